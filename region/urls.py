"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from region import views

app_name = "region"

urlpatterns = [
    path("region/territoires/ajouter/", views.add_territory, name="add_territory"),
    path("region/territoires/<slug:slug>/", views.territory, name="territory"),
    path("annuaire/structures/ajouter/", views.structure, name="add_structure"),
    path("annuaire/structures/<int:pk>/", views.structure, name="change_structure"),
    path("annuaire/lieux/ajouter/", views.site, name="add_site"),
    path("annuaire/lieux/<int:pk>/", views.site, name="change_site"),
]
