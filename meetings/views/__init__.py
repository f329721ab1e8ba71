"""Screens of the meetings. Each takes its object among what the reader may see: anything else is a 404."""
