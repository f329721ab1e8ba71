"""The Django project: settings, addresses, middleware. No business rule lives here."""

from extranet.celery import app as celery_app

__all__ = ["celery_app"]
