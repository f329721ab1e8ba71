"""Addresses of the room. Included at the root of the site."""

from django.urls import path

from panels.views import panel, seats, sessions

app_name = "panels"

_PANEL = "espaces/<slug:slug>/panel/"
_SESSION = _PANEL + "seances/<uuid:uuid>/"

urlpatterns = [
    path(_PANEL, panel.panel, name="panel"),
    path(_PANEL + "composition/", panel.compose, name="compose"),
    path(_PANEL + "observations/", panel.observations, name="observations"),
    path(_PANEL + "observations/<uuid:observation>/", sessions.observation_change, name="observation_change"),
    path(_PANEL + "observations/<uuid:observation>/retirer/", sessions.observation_remove, name="observation_remove"),
    path(_PANEL + "sieges/", seats.seats, name="seats"),
    path(_PANEL + "sieges/<uuid:seat>/<slug:place>/", seats.place, name="place"),
    path(_PANEL + "mandats/<uuid:tenure>/liberer/", seats.end, name="end"),
    path(_PANEL + "mandats/<uuid:tenure>/effacer/", seats.erase, name="erase"),
    path(_SESSION, sessions.session, name="session"),
    path(_SESSION + "presences/", seats.presences, name="presences"),
    path(_SESSION + "observations/nouvelle/", sessions.observation_new, name="observation_new"),
    path(_SESSION + "actions/nouvelle/", sessions.action_new, name="action_new"),
    path(_SESSION + "restitution.pdf", sessions.return_preview, name="return_preview"),
    path(_SESSION + "restitution/", sessions.return_publish, name="return_publish"),
]
