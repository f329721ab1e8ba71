"""Screens of the room. Each reads from `.visible_to(request.user)`: what is outside does not exist."""
