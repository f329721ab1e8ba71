"""« J’ai lu »: who may say it, ask it, follow it; what a new version does; reminders leave once."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from acknowledgements import actions, queries, subjects, tasks
from acknowledgements.models import Acknowledgement, AcknowledgementRequest, Reminder
from documents.actions import restrict_folder
from mail.enums import State
from mail.models import OutgoingMail
from mail.tasks import sweep_mail
from notifications import actions as actions_of_notices
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from notifications.tasks import send_digests
from pages.actions import add_space_pages, change_announcement, publish_announcement, unpublish_announcement
from pages.models import AnnouncementPage
from spaces.enums import Role
from spaces.models import Membership, Space, french_date
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(lille: Space) -> User:
    add_space_pages(space=lille)
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def asked(lille: Space, author: User) -> AcknowledgementRequest:
    publish_announcement(
        space=lille, by=author, title="Consigne", body_html="<p>À lire</p>", must_be_read=True,
        read_by=timezone.localdate() + timedelta(days=1),
    )  # fmt: skip
    return AcknowledgementRequest.objects.get()


def current(asked: AcknowledgementRequest) -> subjects.Current:
    found = subjects.for_author(asked)
    assert found is not None
    return found


def current_for(user: User, asked: AcknowledgementRequest) -> subjects.Current:
    return subjects.find(user, [asked.subject])[asked.subject]


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_another_space_gets_nothing(asked, douai):
    outsider = factories.make_member(douai, Role.MANAGER)
    with pytest.raises(Http404):
        actions.acknowledge(request=asked, by=outsider)
    assert queries.to_read(outsider) == []
    with pytest.raises(Http404):
        actions.ask_acknowledgement(
            kind="annonce", object_id=asked.object_id, space=Space.objects.get(slug="lille"), by=outsider, deadline=None
        )


def test_a_reader_may_neither_ask_nor_follow(asked, lille):
    reader = factories.make_member(lille)
    with pytest.raises(PermissionDenied):
        actions.ask_acknowledgement(kind="annonce", object_id=asked.object_id, space=lille, by=reader, deadline=None)
    with pytest.raises(PermissionDenied):
        actions.remind_by_hand(request=asked, current=current(asked), by=reader)
    another_manager = factories.make_member(lille, Role.MANAGER)
    assert not queries.may_follow(another_manager, asked, lille.pk)
    assert queries.may_follow(factories.make_animation(), asked, lille.pk)


def test_it_is_asked_neither_of_the_author_nor_of_the_animation_that_only_oversees(asked, author):
    for who in (author, factories.make_animation()):
        assert queries.to_read(fresh(who)) == []
        with pytest.raises(PermissionDenied):
            actions.acknowledge(request=asked, by=fresh(who))


def test_saying_it_twice_counts_once(asked, lille):
    reader = factories.make_member(lille)
    assert [row.title for row in queries.to_read(reader)] == ["Consigne"]
    for _ in range(2):
        actions.acknowledge(request=asked, by=reader)
    assert Acknowledgement.objects.count() == 1
    assert queries.to_read(reader) == []


def test_a_new_text_starts_the_count_again_and_a_pin_does_not(asked, lille, author):
    reader = factories.make_member(lille)
    actions.acknowledge(request=asked, by=reader)
    page = AnnouncementPage.objects.get()
    same = {"title": "Consigne", "must_be_read": True, "read_by": asked.deadline}
    change_announcement(announcement=page, by=author, body_html="<p>À lire</p>", is_pinned=True, **same)
    assert queries.coverage(asked, current(asked)).whole.read == 1
    change_announcement(
        announcement=AnnouncementPage.objects.get(), by=author, body_html="<p>Autre consigne</p>", **same
    )
    after = queries.coverage(asked, current(asked))
    assert (after.whole.read, after.former) == (0, 1)
    assert [row.title for row in queries.to_read(fresh(reader))] == ["Consigne"]


def test_who_left_is_no_longer_outstanding_and_what_they_read_stays_counted(asked, lille):
    reader, leaver = factories.make_member(lille), factories.make_member(lille)
    actions.acknowledge(request=asked, by=reader)
    Membership.objects.update(ends_on=None)
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user__in=[reader, leaver]).update(starts_on=yesterday, ends_on=yesterday)
    after = queries.coverage(asked, current(asked))
    assert (after.people, after.left) == ([], 1)
    with pytest.raises(Http404):
        actions.acknowledge(request=asked, by=fresh(leaver))


def test_a_draft_or_withdrawn_announcement_is_asked_of_nobody(asked, lille, author):
    reader = factories.make_member(lille)
    unpublish_announcement(announcement=AnnouncementPage.objects.get(), by=author)
    assert queries.to_read(reader) == []
    with pytest.raises(Http404):
        actions.acknowledge(request=asked, by=reader)
    publish_announcement(
        space=lille, by=author, title="Brouillon", body_html="<p>x</p>", is_draft=True, must_be_read=True
    )
    assert queries.to_read(fresh(reader)) == []


def test_each_reminder_leaves_once_to_those_who_have_not_read(asked, lille):
    done, late = factories.make_member(lille), factories.make_member(lille)
    actions.acknowledge(request=asked, by=done)
    assert tasks.remind() == 0  # the announcement has just left
    factories.asked_yesterday()
    for _ in range(2):
        tasks.remind()
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [late.email]
    AcknowledgementRequest.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    for _ in range(2):
        tasks.remind()
    subjects_sent = list(OutgoingMail.objects.order_by("pk").values_list("subject", flat=True))
    assert len(subjects_sent) == 2
    assert "depuis le" in subjects_sent[1]


def test_by_hand_once_a_day_and_nothing_to_who_has_lost_the_right_since(asked, lille, author):
    late, gone = factories.make_member(lille), factories.make_member(lille)
    reminder = actions.remind_by_hand(request=asked, current=current(asked), by=author)
    with pytest.raises(ValidationError):
        actions.remind_by_hand(request=asked, current=current(asked), by=author)
    Membership.objects.filter(user=gone).update(ended_at=timezone.now())
    assert actions.send_reminder(reminder.pk) == 1
    assert actions.send_reminder(reminder.pk) == 0
    assert OutgoingMail.objects.get().to == late.email
    assert Reminder.objects.get().recipients == 1


def test_when_the_author_has_left_the_animation_reminds_in_its_own_name(asked, lille, author):
    late, animation = factories.make_member(lille), factories.make_animation()
    Membership.objects.filter(user=author).update(ended_at=timezone.now())
    reminder = actions.remind_by_hand(request=asked, current=current_for(animation, asked), by=animation)
    assert actions.send_reminder(reminder.pk) == 1
    mail = OutgoingMail.objects.get(to=late.email)
    assert mail.reply_to == animation.email
    assert str(animation) in mail.text
    assert str(author) not in mail.text


def test_whoever_publishes_there_takes_over_what_somebody_gone_had_asked(client, asked, lille, author):
    next_one, reader = factories.make_member(lille, Role.MANAGER), factories.make_member(lille)
    page = AnnouncementPage.objects.get(pk=asked.object_id).address
    taking_over = "Reprendre le suivi de cette lecture"
    client.force_login(next_one)
    assert taking_over not in client.get(page).content.decode()
    Membership.objects.filter(user=author).update(ended_at=timezone.now())
    assert taking_over in client.get(page).content.decode()
    client.force_login(reader)
    assert taking_over not in client.get(page).content.decode()
    ask = f"/accuses/annonce/{asked.object_id}/demander/"
    assert client.post(ask).status_code == 403
    client.force_login(fresh(next_one))
    assert "Reprendre cette demande" in client.get(ask).content.decode()
    answer = client.post(ask, {"deadline": timezone.localdate() + timedelta(days=1)}, follow=True)
    assert reader.email in answer.content.decode()
    factories.asked_yesterday()
    tasks.remind()
    assert OutgoingMail.objects.filter(to=reader.email).last().reply_to == next_one.email


def test_whom_an_invitation_still_waits_for_is_neither_expected_nor_reminded(asked, lille, author):
    reader, invited = factories.make_member(lille), factories.make_member(lille)
    invited.set_unusable_password()
    invited.save()
    assert [person.user_id for person in queries.coverage(asked, current(asked)).people] == [reader.pk]
    actions.send_reminder(actions.remind_by_hand(request=asked, current=current(asked), by=author).pk)
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [reader.email]
    User.objects.filter(pk=invited.pk).update(last_login=timezone.now())  # by ProConnect, without a password
    assert len(queries.coverage(asked, current(asked)).people) == 2


def test_nobody_takes_over_what_its_author_follows(asked, lille, author):
    another = factories.make_member(lille, Role.MANAGER)
    actions.ask_acknowledgement(
        kind="annonce", object_id=asked.object_id, space=lille, by=another, deadline=timezone.localdate()
    )
    assert AcknowledgementRequest.objects.get().asked_by == author


@pytest.mark.parametrize("what", ["left", "read", "stopped", "unpublished"])
def test_a_reminder_written_and_not_yet_gone_asks_again(asked, lille, author, what):
    stays, reader = factories.make_member(lille), factories.make_member(lille)
    factories.asked_yesterday()
    tasks.remind()
    if what == "left":
        Membership.objects.filter(user=reader).update(ended_at=timezone.now())
    elif what == "read":
        actions.acknowledge(request=asked, by=reader)
    elif what == "stopped":
        actions.stop_acknowledgement(kind="annonce", object_id=asked.object_id, space=lille, by=author)
    else:
        unpublish_announcement(announcement=AnnouncementPage.objects.get(pk=asked.object_id), by=author)
    sweep_mail()
    received = [stays.email] if what in {"left", "read"} else []
    assert [address for message in outbox.outbox for address in message.to] == received
    recalled = OutgoingMail.objects.get(to=reader.email)
    assert (recalled.state, recalled.subject, recalled.text) == (State.RECALLED, "", "")


def test_one_reminder_that_fails_does_not_hold_the_others(asked, lille, author, monkeypatch, caplog):
    factories.make_member(lille)
    first = actions.remind_by_hand(request=asked, current=current(asked), by=author)
    send = actions.send_reminder
    monkeypatch.setattr(actions, "send_reminder", lambda pk: 1 // 0 if pk == first.pk else send(pk))
    factories.asked_yesterday()
    assert tasks.remind() == 1
    assert "ZeroDivisionError" in caplog.text


def test_asking_of_a_document_that_is_there_is_said_with_its_deadline(lille, author):
    document = factories.make_document(factories.make_folder(lille), by=author, title="Charte")
    done, reader = factories.make_member(lille), factories.make_member(lille)
    factories.make_member(factories.make_space())
    ask = {"kind": "document", "object_id": document.pk, "space": lille, "by": author, "deadline": None}
    asked = actions.ask_acknowledgement(**ask)
    actions.acknowledge(request=asked, by=done)
    actions.stop_acknowledgement(kind="document", object_id=document.pk, space=lille, by=author)
    Event.objects.all().delete()
    day = timezone.localdate() + timedelta(days=5)
    for _ in range(2):
        actions.ask_acknowledgement(**ask | {"deadline": day})
    event = Event.objects.get()
    assert (event.kind, event.subject, event.title) == (
        "acknowledgement.asked", f"documents.document:{document.pk}", "Charte",
    )  # fmt: skip
    actions_of_notices.tell(event.pk)
    sweep_mail()
    (message,) = outbox.outbox
    assert message.to == [reader.email]
    assert f"jusqu’au {french_date(day)} inclus" in message.body
    assert "parce que la lecture de ce document vous est demandée." in message.body  # its rubric comes by digests


def test_the_mail_of_an_announcement_says_until_when_it_is_to_be_read(asked, lille):
    reader = factories.make_member(lille)
    Event.objects.update(created_at=timezone.now() + timedelta(seconds=1))
    for event in Event.objects.order_by("pk"):
        actions_of_notices.tell(event.pk)
    sweep_mail()
    (message,) = [message for message in outbox.outbox if message.to == [reader.email]]
    assert f"jusqu’au {french_date(asked.deadline)} inclus" in message.body


def test_a_document_is_asked_again_when_its_bytes_change(lille, author):
    document = factories.make_document(factories.make_folder(lille), by=author)
    reader = factories.make_member(lille)
    asked = actions.ask_acknowledgement(kind="document", object_id=document.pk, space=lille, by=author, deadline=None)
    actions.acknowledge(request=asked, by=reader)
    assert queries.to_read(reader) == []
    type(document).objects.update(sha256="0" * 64)
    assert [row.kind for row in queries.to_read(reader)] == ["document"]


def test_the_coverage_costs_the_same_for_many(asked, lille, django_assert_num_queries):
    for more in (2, 20):
        for _ in range(more):
            factories.make_member(lille)
        with django_assert_num_queries(3):
            queries.coverage(asked, current_of(asked))


def current_of(asked: AcknowledgementRequest) -> subjects.Current:
    """Made without a query."""
    return subjects.Current("x", "/", "v", timezone.now(), 0, frozenset(Space.objects.none() or {1}))


def test_inside_a_circle_only_its_members_and_the_managers_are_expected(lille, author):
    inside, outside = factories.make_member(lille), factories.make_member(lille)
    folder = factories.make_folder(lille)
    document = factories.make_document(folder, by=author)
    restrict_folder(folder=folder, members=[inside], by=author)
    asked = actions.ask_acknowledgement(kind="document", object_id=document.pk, space=lille, by=author, deadline=None)
    assert queries.to_read(fresh(outside)) == []
    with pytest.raises(Http404):
        actions.acknowledge(request=asked, by=fresh(outside))
    assert [row.kind for row in queries.to_read(fresh(inside))] == ["document"]
    expected = {person.user_id for person in queries.coverage(asked, current(asked)).people}
    assert (inside.pk in expected, outside.pk in expected) == (True, False)


@pytest.fixture
def addressed(lille: Space, douai: Space, author: User) -> AnnouncementPage:
    """An announcement of Lille read in Douai too, by somebody who managed both when it was published."""
    add_space_pages(space=douai)
    factories.make_member(douai, Role.MANAGER, user=author)
    page = publish_announcement(space=lille, by=author, title="Forum", body_html="<p>x</p>", also_in=[douai])
    Event.objects.all().delete()
    return page


@pytest.mark.parametrize("role", [None, Role.READER, Role.CONTRIBUTOR])
def test_the_members_of_a_space_where_one_publishes_no_more_are_not_asked(addressed, lille, douai, author, role):
    there = factories.make_member(douai)
    mandate = Membership.objects.filter(user=author, space=douai)
    mandate.update(ended_at=timezone.now()) if role is None else mandate.update(role=role)
    ask = {"kind": "annonce", "object_id": addressed.pk, "space": lille, "deadline": None}
    with pytest.raises(ValidationError) as refusal:
        actions.ask_acknowledgement(**ask, by=fresh(author))
    assert "«\u00a0Douai\u00a0»" in refusal.value.message
    assert (AcknowledgementRequest.objects.count(), Event.objects.count()) == (0, 0)
    assert queries.to_read(there) == []
    actions.ask_acknowledgement(**ask, by=factories.make_animation())
    assert len(queries.to_read(fresh(there))) == 1


def test_whoever_loses_a_space_between_asking_and_telling_has_nobody_of_it_told(addressed, lille, douai, author):
    here, _ = factories.make_member(lille), factories.make_member(douai)
    actions.ask_acknowledgement(kind="annonce", object_id=addressed.pk, space=lille, by=author, deadline=None)
    Membership.objects.filter(user=author, space=douai).update(role=Role.READER)
    tell_all()
    assert [message.to for message in outbox.outbox] == [[here.email]]


def tell_all() -> None:
    for event in Event.objects.order_by("pk"):
        actions_of_notices.tell(event.pk)
    sweep_mail()


def test_asking_of_an_announcement_that_is_there_tells_once_those_who_have_not_read(addressed, lille, douai, author):
    both, read = factories.make_member(lille), factories.make_member(lille)
    factories.make_member(douai, user=both)
    factories.make_member(factories.make_space())
    ask = {"kind": "annonce", "object_id": addressed.pk, "space": lille, "by": author}
    asked = actions.ask_acknowledgement(**ask, deadline=None)
    actions.acknowledge(request=asked, by=read)
    day = timezone.localdate() + timedelta(days=5)
    actions.ask_acknowledgement(**ask, deadline=day)
    assert [event.kind for event in Event.objects.all()] == ["announcement.reading"] * 2
    tell_all()
    tell_all()
    (message,) = outbox.outbox
    assert (message.to, message.subject) == ([both.email], "À lire – Lille : Forum")
    assert f"jusqu’au {french_date(day)} inclus" in message.body


def test_a_new_announcement_says_itself_that_it_is_to_be_read(asked, lille, author):
    assert [event.kind for event in Event.objects.all()] == ["announcement.published"]
    page = AnnouncementPage.objects.get()
    same = {"announcement": page, "by": author, "title": "Consigne", "body_html": "<p>À lire</p>"}
    change_announcement(**same, must_be_read=False)
    change_announcement(**same, must_be_read=True)
    assert sorted(event.kind for event in Event.objects.all()) == ["announcement.published", "announcement.reading"]


def test_what_was_read_since_the_news_is_not_in_the_digest(addressed, lille, author):
    done, late = factories.make_member(lille), factories.make_member(lille)
    for person in (done, late):
        actions_of_notices.choose(by=person, category=Category.ANNOUNCEMENTS, timing=Timing.DAILY)
    asked = actions.ask_acknowledgement(kind="annonce", object_id=addressed.pk, space=lille, by=author, deadline=None)
    tell_all()
    actions.acknowledge(request=asked, by=done)
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    send_digests()
    sweep_mail()
    assert [message.to for message in outbox.outbox] == [[late.email]]
