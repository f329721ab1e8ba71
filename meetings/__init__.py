"""Meetings of the spaces' bodies."""
