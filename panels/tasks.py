"""What happens to names by the calendar. May run twice, late, or by two workers."""

from celery import shared_task

from panels.actions import seats


@shared_task
def erase_old_names() -> int:
    return seats.erase_old_names()
