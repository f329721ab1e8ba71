"""A poll and its answers, for the tests of several files."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from meetings import actions, polling
from meetings.actions import Person
from meetings.enums import AnsweredVia, Choice
from meetings.models import Ballot, Poll, PollDate

ADA, BOB = Person("ada@ailleurs.example", "Ada « O’Ailleurs » 🙂"), Person("bob@ailleurs.example", "Bob")


def spans(*days):
    noon = timezone.localtime().replace(hour=14, minute=0, second=0, microsecond=0)
    return [(noon + timedelta(days=day), noon + timedelta(days=day, hours=2)) for day in days]


def draft(space, by, **fields):
    [(start, end)] = spans(40)
    return actions.prepare_meeting(
        space=space, by=by, title="CTT zygomorphe", starts_at=start, ends_at=end, place="Salle 2", **fields
    )


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def propose(meeting, by, *days, closes_in=7):
    return actions.propose_dates(
        meeting=meeting, spans=spans(*(days or (20, 21, 22))), closes_on=in_days(closes_in), by=by
    )


def ballot_of(person):
    return Ballot.objects.select_related("poll__meeting__space", "invitee").get(invitee__email=person.email)


def link_of(person):
    return reverse("meetings:poll_respond", args=[polling.ballot_token(ballot_of(person))])


def dates_of(poll):
    return list(PollDate.objects.filter(poll=poll).select_related("poll__meeting__space"))


def typed(poll, *choices):
    return {f"date_{date.pk}": choice for date, choice in zip(dates_of(poll), choices, strict=True)}


def answer(person, *choices):
    ballot = ballot_of(person)
    given = {date.pk: choice for date, choice in zip(dates_of(ballot.poll), choices, strict=True)}
    actions.answer_poll(ballot=ballot, choices=given, via=AnsweredVia.LINK)


Y, M, N = Choice.YES, Choice.MAYBE, Choice.NO


def expired(poll, manager):
    Poll.objects.update(closes_on=in_days(-1))


def chosen(poll, manager):
    actions.choose_date(date=dates_of(poll)[1], by=manager)
