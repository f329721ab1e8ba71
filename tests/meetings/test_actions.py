from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.http import Http404
from wagtail.models import ModelLogEntry

from meetings import actions
from meetings.models import Meeting
from notifications.models import Event
from search.models import Entry
from search.queries import search
from spaces.enums import Role
from tests.factories import make_animation, make_meeting, make_member, make_user

START = datetime(2027, 3, 12, 13, 30, tzinfo=UTC)
CONTENTS = {"title": "CTT", "starts_at": START, "ends_at": START + timedelta(hours=2), "place": "Salle A"}


@pytest.mark.parametrize("role", list(Role))
def test_the_same_role_elsewhere_can_do_nothing(role, lille, douai):
    meeting, stranger = make_meeting(lille), make_member(douai, role)
    for write in (
        lambda: actions.schedule_meeting(space=lille, by=stranger, **CONTENTS),
        lambda: actions.change_meeting(meeting=meeting, by=stranger, **CONTENTS),
        lambda: actions.cancel_meeting(meeting=meeting, by=stranger),
    ):
        with pytest.raises(Http404):
            write()
    meeting.refresh_from_db()
    assert (meeting.title, meeting.sequence, meeting.cancelled_at) == ("Réunion", 0, None)
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_members_who_are_not_managers_are_refused(role, lille):
    meeting, member = make_meeting(lille), make_member(lille, role)
    for write in (
        lambda: actions.schedule_meeting(space=lille, by=member, **CONTENTS),
        lambda: actions.change_meeting(meeting=meeting, by=member, **CONTENTS),
        lambda: actions.cancel_meeting(meeting=meeting, by=member),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_a_manager_and_the_animation_announce(lille, commun):
    for space, by in [(lille, make_member(lille, Role.MANAGER)), (commun, make_animation())]:
        meeting = actions.schedule_meeting(space=space, by=by, **CONTENTS)
        assert (meeting.created_by, meeting.sequence) == (by, 0)


def test_each_write_is_logged_told_and_indexed_once(lille):
    by = make_member(lille, Role.MANAGER)
    meeting = actions.schedule_meeting(space=lille, by=by, **CONTENTS)
    actions.change_meeting(meeting=meeting, by=by, **CONTENTS | {"place": "Salle zygomorphe"})
    actions.change_meeting(meeting=meeting, by=by, **CONTENTS | {"place": "Salle zygomorphe"})
    actions.cancel_meeting(meeting=meeting, by=by)
    actions.cancel_meeting(meeting=meeting, by=by)
    meeting.refresh_from_db()
    assert meeting.sequence == 2
    assert meeting.cancelled_at is not None
    kinds = ["meeting.scheduled", "meeting.changed", "meeting.cancelled"]
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == kinds
    assert Event.objects.earliest("pk").title == "CTT – vendredi 12\xa0mars 2027 à 14\xa0h\xa030"
    assert list(ModelLogEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        f"meetings.{kind}" for kind in kinds
    ]
    entry = Entry.objects.get()
    assert (entry.title, entry.url, entry.happened_at) == ("CTT", f"/reunions/{meeting.uuid}/", START)
    assert [hit.title for hit in search(by, "zygomorphe").hits] == ["CTT"]


def test_a_cancelled_meeting_changes_no_more(lille):
    by = make_member(lille, Role.MANAGER)
    meeting = actions.cancel_meeting(meeting=make_meeting(lille, by=by), by=by)
    with pytest.raises(ValidationError, match="annulée"):
        actions.change_meeting(meeting=meeting, by=by, **CONTENTS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": START},
        {"title": "   "},
        {"title": "a\x07b"},
        {"title": "a\u202eb"},
        {"title": "x" * 201},
        {"link": "javascript:alert(1)"},
    ],
)
def test_wrong_contents_are_refused_and_nothing_is_written(wrong, lille):
    by = make_member(lille, Role.MANAGER)
    with pytest.raises(ValidationError):
        actions.schedule_meeting(space=lille, by=by, **CONTENTS | wrong)
    assert (Meeting.objects.count(), Event.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_a_title_is_one_line(lille):
    meeting = make_meeting(lille, title="  Comité\r\n\ttechnique ", description="a\r\nb ")
    assert (meeting.title, meeting.description) == ("Comité technique", "a\nb")


def test_the_index_can_be_made_again(lille):
    make_meeting(lille, title="Retrouvée")
    Entry.objects.all().delete()
    call_command("rebuild_search")
    assert [entry.title for entry in Entry.objects.filter(kind="meeting")] == ["Retrouvée"]


def test_somebody_without_mandate_announces_nothing_in_the_common_space(commun):
    with pytest.raises(PermissionDenied):
        actions.schedule_meeting(space=commun, by=make_user(), **CONTENTS)
