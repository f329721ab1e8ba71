"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from pages import views

app_name = "pages"

urlpatterns = [
    path("espaces/<slug:slug>/", views.space, name="space"),
    path("espaces/<slug:slug>/annonces/", views.announcements, name="announcements"),
    path("espaces/<slug:slug>/annonces/nouvelle/", views.announcement_new, name="announcement_new"),
    path("espaces/<slug:slug>/annonces/<int:pk>/modifier/", views.announcement_edit, name="announcement_edit"),
    path(
        "espaces/<slug:slug>/annonces/<int:pk>/depublier/", views.announcement_unpublish, name="announcement_unpublish"
    ),
]
