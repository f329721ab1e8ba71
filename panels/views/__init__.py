"""Screens of the user panels."""
