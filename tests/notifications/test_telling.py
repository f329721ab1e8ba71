"""Who is told, and who must not be."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from mail.models import OutgoingMail, PausedAddress
from mail.tasks import sweep_mail
from meetings.models import Invitee
from notifications import actions, registry, tasks
from notifications.actions import telling
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from spaces import policy
from spaces.audience import who_may
from spaces.enums import Ability, Role
from spaces.models import Boundary, Membership
from tests import factories

pytestmark = pytest.mark.django_db


def tell_and_send(event: Event) -> None:
    actions.tell(event.pk)
    sweep_mail()


def test_nobody_of_another_space_is_told(lille, douai, announce, sent_to):
    factories.make_member(douai, Role.MANAGER)
    member = factories.make_member(lille)
    event = announce(lille)
    tell_and_send(event)
    assert sent_to() == [member.email]


def test_neither_the_author_nor_those_who_left_arrived_since_or_never_came(lille, announce, sent_to):
    author, reader = factories.make_member(lille, Role.MANAGER), factories.make_member(lille)
    yesterday = timezone.localdate() - timedelta(days=1)
    factories.make_member(lille, starts_on=yesterday - timedelta(days=9), ends_on=yesterday)
    closed = factories.make_member(lille)
    type(closed).objects.filter(pk=closed.pk).update(is_active=False)
    invited = factories.make_member(lille)
    invited.set_unusable_password()
    invited.save()
    event = announce(lille, actor=author)
    late = factories.make_member(lille)
    assert policy.can(late, Ability.VIEW_SPACE, lille)
    tell_and_send(event)
    assert sent_to() == [reader.email]


def test_whoever_leaves_before_it_is_said_is_not_told(lille, announce, sent_to):
    factories.make_member(lille)
    event = announce(lille)
    Membership.objects.update(ended_at=timezone.now())
    tell_and_send(event)
    assert sent_to() == []


def test_whoever_leaves_before_the_mail_has_left_does_not_receive_it(lille, announce, sent_to):
    gone, stays = factories.make_member(lille), factories.make_member(lille)
    event = announce(lille, "Secret de Lille")
    actions.tell(event.pk)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now())
    sweep_mail()
    assert sent_to() == [stays.email]
    recalled = OutgoingMail.objects.get(to=gone.email)
    assert (recalled.state, recalled.subject, recalled.text, recalled.html) == ("rappele", "", "", "")


def test_what_is_withdrawn_before_the_mail_has_left_is_taken_back(lille, announce, sent_to):
    factories.make_member(lille)
    event = announce(lille, "Secret de Lille")
    actions.tell(event.pk)
    actions.withdraw_events(lille)
    sweep_mail()
    assert sent_to() == []
    assert not OutgoingMail.objects.exclude(subject="").exists()


def test_told_twice_or_by_two_beats_it_is_told_once(lille, announce, sent_to):
    member = factories.make_member(lille)
    event = announce(lille)
    tell_and_send(event)
    tell_and_send(event)
    tasks.sweep_events()
    sweep_mail()
    assert sent_to() == [member.email]
    event.refresh_from_db()
    assert event.told_at is not None


def test_a_large_space_is_told_by_batches_each_person_once(lille, announce, sent_to, monkeypatch):
    people = [factories.make_member(lille) for _ in range(7)]
    monkeypatch.setattr(telling, "BATCH", 3)
    event = announce(lille)
    assert actions.tell(event.pk) == 7
    sweep_mail()
    assert sent_to() == sorted(person.email for person in people)


def test_a_worker_killed_between_two_batches_is_taken_over(lille, announce, sent_to, monkeypatch):
    people = [factories.make_member(lille) for _ in range(7)]
    monkeypatch.setattr(telling, "BATCH", 3)
    event = announce(lille)
    telling._tell_some(event.pk)
    assert Delivery.objects.count() == 3
    tasks.sweep_events()
    sweep_mail()
    assert sent_to() == sorted(person.email for person in people)


def test_queries_do_not_grow_with_the_people(lille, announce, django_assert_max_num_queries):
    counts = []
    for number in (2, 30):
        for _ in range(number):
            factories.make_member(lille)
        event = announce(lille)
        with django_assert_max_num_queries(16) as queries:
            actions.tell(event.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_same_news_in_two_spaces_comes_once(lille, douai, announce, sent_to):
    both, one = factories.make_member(lille), factories.make_member(douai)
    factories.make_member(douai, user=both)
    for space in (lille, douai):
        tell_and_send(announce(space, news="forum-2026"))
    assert sent_to() == sorted([both.email, one.email])


def test_an_event_that_no_class_declares_is_told_to_nobody(lille, announce, sent_to):
    factories.make_member(lille)
    event = announce(lille, kind="unknown.kind")
    tell_and_send(event)
    event.refresh_from_db()
    assert (sent_to(), event.told_at is None) == ([], False)


def test_a_class_may_narrow_its_audience(lille, announce, sent_to, monkeypatch):
    wanted, _other = factories.make_member(lille), factories.make_member(lille)
    outsider = factories.make_user()

    class Narrow(registry.Notification):
        kind = "test.narrow"
        name = "Test"
        category = Category.ANNOUNCEMENTS

        @classmethod
        def audience(cls, _event):
            return {wanted.pk, outsider.pk}  # an audience never adds somebody who may not read

    monkeypatch.setitem(registry._classes, Narrow.kind, Narrow)
    tell_and_send(announce(lille, kind=Narrow.kind))
    assert sent_to() == [wanted.email]


@pytest.mark.parametrize(
    ("timing", "mails", "waiting"),
    [(Timing.AT_ONCE, 1, 0), (Timing.DAILY, 0, 1), (Timing.WEEKLY, 0, 1), (Timing.SITE, 0, 0), (Timing.NOTHING, 0, 0)],
)
def test_each_is_told_as_they_chose(lille, announce, timing, mails, waiting):
    actions.choose(by=factories.make_member(lille), category=Category.ANNOUNCEMENTS, timing=timing)
    actions.tell(announce(lille).pk)
    assert (OutgoingMail.objects.count(), Delivery.objects.pending().count()) == (mails, waiting)


def test_an_exception_holds_in_its_space_alone(lille, douai, announce, sent_to):
    member = factories.make_member(lille)
    factories.make_member(douai, user=member)
    actions.choose(by=member, category=Category.ANNOUNCEMENTS, timing=Timing.NOTHING)
    actions.choose(by=member, category=Category.ANNOUNCEMENTS, timing=Timing.AT_ONCE, space=douai)
    for space in (lille, douai):
        tell_and_send(announce(space, space.name))
    assert [message.subject for message in outbox.outbox] == ["Annonce – Douai : Douai"]


def test_following_something_tells_at_once_whatever_its_category(lille, announce):
    follower, other = factories.make_member(lille), factories.make_member(lille)
    folder = factories.make_folder(lille)
    document = factories.make_document(folder, by=factories.make_member(lille, Role.MANAGER))
    actions.follow(by=follower, subject=actions.subject_of(folder))
    actions.tell(Event.objects.get(subject=actions.subject_of(document)).pk)
    timings = dict(Delivery.objects.values_list("user", "timing"))
    assert (timings[follower.pk], timings[other.pk]) == (Timing.AT_ONCE, Timing.DAILY)


def test_following_gives_no_right(lille, announce, sent_to):
    follower = factories.make_member(lille)
    folder = factories.make_folder(lille)
    actions.follow(by=follower, subject=actions.subject_of(folder))
    document = factories.make_document(folder)
    Membership.objects.filter(user=follower).update(ended_at=timezone.now())
    tell_and_send(Event.objects.get(subject=actions.subject_of(document)))
    assert follower.email not in sent_to()


@pytest.mark.parametrize("reason", ["away", "paused"])
def test_who_cannot_be_reached_now_is_told_later(lille, announce, reason):
    member = factories.make_member(lille)
    if reason == "away":
        actions.set_rhythm(by=member, hour=8, weekday=0, away_until=timezone.localdate())
    else:
        PausedAddress.objects.create(address=member.email, reason="550 5.1.1")
    actions.tell(announce(lille).pk)
    assert OutgoingMail.objects.count() == 0
    assert Delivery.objects.pending().get().timing == Timing.DAILY


def test_the_set_query_agrees_with_the_policy(lille, douai, commun):
    factories.make_animation()
    factories.make_user(is_superuser=True)
    yesterday = timezone.localdate() - timedelta(days=1)
    for role in Role:
        factories.make_member(lille, role)
        factories.make_member(douai, role, starts_on=yesterday - timedelta(days=3), ends_on=yesterday)
        factories.make_member(commun, role)
        factories.make_member(lille, role, starts_on=timezone.localdate() + timedelta(days=1))
    people = type(factories.make_user()).objects.all()
    for space in (lille, douai, commun):
        for ability in Ability:
            by_one = {person for person in people if policy.can(person, ability, space)}
            if ability not in policy.REGION_ABILITIES:
                assert set(who_may(space, ability)) == by_one, (space, ability)


def test_inside_a_boundary_only_its_circle_and_the_managers_are_told(lille, announce, sent_to):
    inside, outside = factories.make_member(lille), factories.make_member(lille)
    manager = factories.make_member(lille, Role.MANAGER)
    boundary = Boundary.objects.create(space=lille)
    boundary.members.add(inside)
    people = (inside, outside, manager)
    assert {
        person for person in people if policy.can(person, Ability.VIEW_SPACE, lille, boundary_id=boundary.pk)
    } == set(who_may(lille, Ability.VIEW_SPACE, boundary_id=boundary.pk))
    tell_and_send(announce(lille, boundary_id=boundary.pk))
    assert sent_to() == sorted([inside.email, manager.email])


def test_what_is_put_inside_a_boundary_before_the_mail_leaves_stays_there(lille, announce, sent_to):
    factories.make_member(lille)
    event = announce(lille, "Désormais réservé")
    actions.tell(event.pk)
    circle = Boundary.objects.create(space=lille)
    actions.bound_events(type(lille).objects.filter(pk=lille.pk), boundary_id=circle.pk)
    sweep_mail()
    assert sent_to() == []


def test_whom_a_convocation_has_told_is_not_told_twice(lille, sent_to):
    convened, other = factories.make_member(lille), factories.make_member(lille)
    meeting = factories.make_meeting(lille)
    Invitee.objects.create(meeting=meeting, user=convened, name="x", email=convened.email, told_sequence=0)
    tell_and_send(Event.objects.get(kind="meeting.scheduled"))
    assert sent_to() == [other.email]


@pytest.mark.parametrize(("chosen", "received"), [(None, 1), (Timing.DAILY, 1), (Timing.NOTHING, 0)])
def test_whoever_wants_nothing_is_told_nothing_of_what_replaces_their_version(
    lille, announce, sent_to, monkeypatch, chosen, received
):
    member = factories.make_member(lille)
    if chosen:
        actions.choose(by=member, category=Category.DOCUMENTS, timing=chosen)
    monkeypatch.setattr(registry.of("document.version"), "concerned", lambda _event: [member.pk])
    tell_and_send(announce(lille, kind="document.version"))
    assert len(sent_to()) == received
