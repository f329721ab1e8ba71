"""What was said of a document waits in the trash with it, and comes back with it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from documents import actions, purge
from mail.models import OutgoingMail
from notifications.actions import bound_events, tell
from notifications.models import Delivery, Event
from spaces.enums import Role
from spaces.models import Boundary
from tests.factories import make_document, make_member


@pytest.fixture
def manager(folder):
    return make_member(folder.space, Role.MANAGER)


@pytest.fixture
def reader(folder):
    user = make_member(folder.space)
    user.memberships.update(created_at=timezone.now() - timedelta(days=9), starts_on="2020-01-01")
    type(user).objects.filter(pk=user.pk).update(
        created_at=timezone.now() - timedelta(days=9), last_login=timezone.now()
    )
    return user


@pytest.fixture
def document(folder, manager, reader):
    """In its second version; `reader` has the first."""
    document = make_document(folder, name="note.txt", content=b"un", by=manager)
    actions.record_downloads(versions=[(document.pk, 1)], by=reader)
    actions.publish_version(document=document, file=ContentFile(b"deux", name="note.txt"), by=manager)
    document.refresh_from_db()
    return document


def there_and_back(document, manager):
    actions.withdraw_document(document=document, by=manager)
    assert Event.objects.count() == 0
    document.refresh_from_db()
    actions.put_back_document(document=document, by=manager)


def waiting_mail():
    return OutgoingMail.objects.filter(recalled_at=None)


def test_what_was_said_comes_back_as_it_was(document, manager, reader):
    columns = ("pk", "kind", "title", "created_at", "actor")
    before = list(Event.objects.visible_to(reader).order_by("pk").values_list(*columns))
    there_and_back(document, manager)
    assert list(Event.objects.visible_to(reader).order_by("pk").values_list(*columns)) == before
    assert len(before) == 2


def test_a_notice_not_yet_written_is_told_after(document, manager, reader):
    version = Event.objects.get(kind="document.version")
    actions.withdraw_document(document=document, by=manager)
    assert (tell(version.pk), OutgoingMail.objects.count()) == (0, 0)
    document.refresh_from_db()
    actions.put_back_document(document=document, by=manager)
    tell(version.pk)
    assert [mail.to for mail in waiting_mail()] == [reader.email]


def test_a_notice_taken_back_is_told_after(document, manager, reader):
    version = Event.objects.get(kind="document.version")
    tell(version.pk)
    there_and_back(document, manager)
    assert waiting_mail().count() == 0
    tell(version.pk)
    assert [mail.to for mail in waiting_mail()] == [reader.email]


def test_a_notice_that_has_left_is_not_told_again(document, manager, reader):
    version = Event.objects.get(kind="document.version")
    tell(version.pk)
    OutgoingMail.objects.update(sent_at=timezone.now())
    there_and_back(document, manager)
    tell(version.pk)
    assert (OutgoingMail.objects.count(), Delivery.objects.filter(event=version).count()) == (1, 1)


def test_a_circle_closed_meanwhile_holds_for_what_comes_back(document, manager, reader):
    circle = Boundary.objects.create(space=document.space)
    actions.withdraw_document(document=document, by=manager)
    bound_events(type(document).objects.filter(pk=document.pk), boundary_id=circle.pk)
    assert set(Event.hidden_or_not.values_list("boundary", flat=True)) == {circle.pk}


def test_what_leaves_the_trash_for_good_takes_what_was_said_with_it(document, manager, settings):
    actions.withdraw_document(document=document, by=manager)
    type(document).objects.update(withdrawn_at=timezone.now() - timedelta(days=settings.TRASH_DAYS + 1))
    purge.purge_trash()
    assert Event.hidden_or_not.count() == 0
