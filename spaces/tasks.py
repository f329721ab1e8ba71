"""The daily turn, for the worker's schedule."""

from celery import shared_task

from spaces import actions


@shared_task
def close_mandates() -> None:
    actions.close_mandates()
