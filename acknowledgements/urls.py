"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from acknowledgements import views

app_name = "acknowledgements"

urlpatterns = [
    path("a-lire/", views.to_read, name="to_read"),
    path("accuses/<slug:kind>/<int:object_id>/demander/", views.ask, name="ask"),
    path("accuses/<int:pk>/", views.coverage, name="coverage"),
    path("accuses/<int:pk>/lu/", views.acknowledge, name="acknowledge"),
    path("accuses/<int:pk>/relancer/", views.remind, name="remind"),
    path("accuses/<int:pk>/arreter/", views.stop, name="stop"),
    path("accuses/<int:pk>/personnes.xlsx", views.export, name="export"),
]
