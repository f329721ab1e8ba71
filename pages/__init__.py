"""Wagtail page types that live inside a space, and the confinement of Wagtail's admin."""
