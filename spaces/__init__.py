"""Spaces, mandates, and the rights: `policy` is the one place that decides who may."""
