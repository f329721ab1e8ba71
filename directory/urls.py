"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from directory import views

app_name = "directory"

urlpatterns = [
    path("annuaire/", views.directory_list, name="list"),
]
