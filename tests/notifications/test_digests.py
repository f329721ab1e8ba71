"""Digests: on time, once, never empty, never about what its reader may not read any more."""

from datetime import datetime, timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from documents.actions import restrict_folder
from mail.tasks import sweep_mail
from meetings.actions import desk, schedule_meeting
from meetings.actions.minutes import circulate_minutes
from meetings.actions.papers import print_waiting
from notifications import actions, queries
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event, Rhythm
from notifications.tasks import send_digests
from notifications.tokens import Power
from spaces.enums import Role
from spaces.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(lille):
    person = factories.make_member(lille)
    Membership.objects.update(created_at=timezone.now() - timedelta(days=90))
    for category in Category:
        actions.choose(by=person, category=category, timing=Timing.DAILY)
    return person


def wait(event: Event, days: float = 1) -> Event:
    """As if it had been told that long ago."""
    actions.tell(event.pk)
    Delivery.objects.filter(event=event).update(created_at=timezone.now() - timedelta(days=days))
    return event


def digest() -> str:
    send_digests()
    sweep_mail()
    return "\n".join(str(message.body) for message in outbox.outbox)


def test_it_says_what_happened_then_falls_silent(lille, member, announce):
    wait(announce(lille, "Forum des métiers"))
    assert "Forum des métiers" in digest()
    assert (send_digests(), len(outbox.outbox)) == (0, 1)


def test_two_beats_at_once_send_one(lille, member, announce):
    wait(announce(lille))
    due = queries.people_due(timezone.now())
    assert [actions.send_digest(user_id=pk, timings=timings) for pk, timings in [*due.items(), *due.items()]] == [
        True, False
    ]  # fmt: skip


def test_nothing_about_a_space_that_one_has_left(lille, douai, member, announce):
    factories.make_member(douai, user=member)
    wait(announce(lille, "Secret de Lille"))
    Membership.objects.filter(space=lille).update(ended_at=timezone.now())
    assert digest() == ""
    assert Delivery.objects.pending().count() == 0  # it does not come back with the right, either


def test_nothing_about_what_was_withdrawn(lille, member, announce):
    wait(announce(lille, "Secret retiré"))
    actions.withdraw_events(lille)
    assert digest() == ""


def test_what_is_withdrawn_between_writing_and_leaving_stays_and_the_rest_comes(lille, douai, member, announce):
    Membership.objects.create(user=member, space=douai)
    Membership.objects.update(created_at=timezone.now() - timedelta(days=90))
    wait(announce(lille, "Secret de Lille"))
    wait(announce(douai, "Forum de Douai"))
    send_digests()
    actions.withdraw_events(lille)
    sweep_mail()
    assert outbox.outbox == []
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    text = digest()
    assert ("Forum de Douai" in text, "Secret de Lille" in text) == (True, False)


def test_several_events_about_one_thing_are_one_item(lille, member, announce):
    wait(announce(lille, "Premier titre"))
    wait(announce(lille, "Second titre"))
    text = digest()
    assert ("Second titre" in text, "Premier titre" in text) == (True, False)
    assert outbox.outbox[0].subject.startswith("1 nouveauté dans vos espaces")


def test_ten_thousand_events_are_summarised(lille, member, django_assert_max_num_queries):
    now = timezone.now()
    events = Event.objects.bulk_create(
        [
            Event(space=lille, kind="document.published", subject=f"documents.document:{n + 10**6}", title=f"Doc {n}", url="/x/")
            for n in range(10_000)
        ],
        batch_size=1000,
    )  # fmt: skip
    Delivery.objects.bulk_create(
        [
            Delivery(event=event, user=member, timing=Timing.DAILY, created_at=now - timedelta(days=1))
            for event in events
        ],
        batch_size=1000,
    )
    with django_assert_max_num_queries(16):
        send_digests()
    text = digest()
    assert "et 9\xa0990\xa0autres" in text
    assert len(text) < 10_000
    assert not Delivery.objects.pending().exists()


def test_away_nothing_leaves_then_a_digest_waits(lille, member, announce):
    actions.set_rhythm(by=member, hour=8, weekday=0, away_until=timezone.localdate())
    wait(announce(lille))
    assert digest() == ""
    actions.set_rhythm(by=member, hour=8, weekday=0, away_until=timezone.localdate() - timedelta(days=1))
    assert "Forum" in digest()


def test_what_somebody_no_longer_wants_does_not_wait(lille, member, announce):
    wait(announce(lille))
    actions.choose(by=member, category=Category.ANNOUNCEMENTS, timing=Timing.SITE)
    assert digest() == ""


@pytest.mark.parametrize(
    ("timing", "now", "expected"),
    [
        (Timing.DAILY, "2026-03-04T07:59", "2026-03-03T08:00"),
        (Timing.DAILY, "2026-03-04T08:00", "2026-03-04T08:00"),
        (Timing.WEEKLY, "2026-03-04T12:00", "2026-03-02T08:00"),
        (Timing.WEEKLY, "2026-03-02T07:00", "2026-02-23T08:00"),
        (Timing.DAILY, "2026-03-29T09:00", "2026-03-29T08:00"),  # the clocks go forward that night
    ],
)
def test_the_appointed_moment(timing, now, expected):
    def at(text: str) -> datetime:
        return timezone.make_aware(datetime.fromisoformat(text))

    assert Rhythm(hour=8, weekday=0).last_moment(timing, at(now)) == at(expected)


def test_weekly_waits_for_its_day_and_comes_with_the_daily_one(lille, member, announce):
    actions.choose(by=member, category=Category.ANNOUNCEMENTS, timing=Timing.WEEKLY)
    today = timezone.localdate().weekday()
    actions.set_rhythm(by=member, hour=0, weekday=(today + 1) % 7, away_until=None)
    wait(announce(lille), days=1)
    assert digest() == ""
    actions.set_rhythm(by=member, hour=0, weekday=today, away_until=None)
    assert "Forum" in digest()


def test_old_rows_go(lille, member, announce, settings):
    settings.MAIL_KEEP_DAYS = 90
    wait(announce(lille), days=40)
    assert actions.forget_old_deliveries() == 1
    assert digest() == ""


@pytest.fixture
def demoted(lille, announce):
    """Somebody who ran the space when two things happened, one of the kind that only those who run it are told of; their
    digest waits. Called, it takes the role away."""
    manager = factories.make_member(lille, Role.MANAGER)
    Membership.objects.update(created_at=timezone.now() - timedelta(days=90))
    for category in Category:
        actions.choose(by=manager, category=category, timing=Timing.DAILY)
    kind, folder = "escalation.received", factories.make_folder(lille)
    wait(actions.record_event(space=lille, kind=kind, about=folder, title="Remontée secrète", url="/x/"))
    wait(announce(lille, "Forum"))
    assert Delivery.objects.pending().count() == 2
    return lambda: Membership.objects.filter(user=manager).update(role=Role.READER)


def test_nothing_that_takes_a_right_lost_since(demoted):
    demoted()
    text = digest()
    assert ("Forum" in text, "secrète" in text, "1 nouveauté" in outbox.outbox[0].subject) == (True, False, True)


def test_a_right_lost_between_writing_and_leaving_keeps_it_here(demoted):
    send_digests()
    demoted()
    sweep_mail()
    assert outbox.outbox == []
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    text = digest()
    assert ("Forum" in text, "secrète" in text) == (True, False)


@pytest.mark.parametrize("word", ["Dossier réservé", "Titre réservé"])
def test_what_has_become_private_is_not_named(lille, member, word):
    author = factories.make_member(lille, Role.MANAGER)
    folder = factories.make_folder(lille, name="Dossier réservé")
    document = factories.make_document(folder, by=author, title="Titre réservé")
    wait(Event.objects.get(subject=actions.subject_of(document)))
    restrict_folder(folder=folder, members=[author], by=author)
    assert word not in digest()


@pytest.fixture
def followed(lille, member):
    """A document that `member` follows, and the event of its coming, which waits for their digest."""
    folder = factories.make_folder(lille)
    actions.follow(by=member, subject=actions.subject_of(folder))
    document = factories.make_document(folder, by=factories.make_member(lille, Role.MANAGER), title="Charte suivie")
    return wait(Event.objects.get(subject=actions.subject_of(document)))


@pytest.mark.parametrize(
    ("stopped", "is_told"), [((), True), (("documents",), True), (("documents", "followed"), False)]
)
def test_what_is_followed_is_stopped_by_its_own_choice(lille, member, followed, stopped, is_told):
    """One click in a mail, each time: that of its category, then that of what one follows."""
    for category in stopped:
        actions.choose_from_mail(power=Power(member, category, None), timing=Timing.SITE)
    assert ("Charte suivie" in digest()) == is_told


def test_what_is_followed_alone_is_stopped_in_one_click(lille, member, followed):
    actions.choose(by=member, category=Category.DOCUMENTS, timing=Timing.SITE)
    actions.choose_from_mail(power=Power(member, Category.FOLLOWED, None), timing=Timing.SITE)
    assert (digest(), Delivery.objects.pending().count()) == ("", 0)


def test_the_minutes_and_their_document_are_named_once(lille, member):
    manager = factories.make_member(lille, Role.MANAGER)
    begins = timezone.now() - timedelta(days=2)
    meeting = schedule_meeting(
        space=lille, by=manager, title="CTT", starts_at=begins, ends_at=begins + timedelta(hours=2)
    )
    item = desk.add_item(meeting=meeting, by=manager, title="Horaires")
    desk.save_notes(meeting=meeting, item=item.uuid, by=manager, html="<p>x</p>", revision=0)
    circulate_minutes(meeting=meeting, by=manager)
    print_waiting()
    for event in Event.objects.exclude(kind__startswith="meeting."):
        wait(event)
    assert Delivery.objects.pending().filter(user=member).count() == 2
    assert "Compte rendu diffusé" in digest()
    assert outbox.outbox[0].subject.startswith("1 nouveauté")
