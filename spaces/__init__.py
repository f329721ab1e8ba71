"""Spaces, mandates, and the rights: `policy.py` is the one place that decides who may."""
