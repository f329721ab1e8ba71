"""What happens to meetings by the calendar. Each may run twice, late, or by two workers."""

from celery import shared_task

from meetings import actions
from meetings.actions import carry_over, escalations, minutes, papers, register


@shared_task
def remind_unanswered() -> int:
    return actions.remind_unanswered()


@shared_task
def remind_polled() -> int:
    return actions.remind_polled()


@shared_task
def close_past_meetings() -> int:
    return actions.close_past_meetings()


@shared_task
def carry_over_of(body_id: int) -> int:
    return carry_over.carry_over_of(body_id)


@shared_task
def carry_over_everywhere() -> int:
    return carry_over.carry_over_everywhere()


@shared_task
def approve_tacitly() -> int:
    return minutes.approve_tacitly()


@shared_task
def remind_of_amendments() -> int:
    return minutes.remind_of_amendments()


@shared_task
def remind_of_answers() -> int:
    return escalations.remind_of_answers()


@shared_task
def remind_late_actions() -> int:
    return register.remind_late()


@shared_task
def erase_guest_names() -> int:
    return actions.erase_guest_names()


@shared_task
def print_papers() -> int:
    return papers.print_waiting()
