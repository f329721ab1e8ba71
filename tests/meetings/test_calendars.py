from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from meetings import actions, calendars
from spaces.enums import Role
from tests.factories import make_meeting, make_member


def event_of(meeting):
    [event] = Calendar.from_ical(calendars.ics(meeting)).walk("VEVENT")
    return event


def test_what_a_calendar_reads(lille):
    start = datetime(2027, 3, 28, 12, tzinfo=UTC)  # 14 h in Lille, on the day when summer time begins
    meeting = make_meeting(
        lille,
        title="Comité ; élargi, à l’été",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        place="Salle « Hénin », 2e étage",
        link="https://visio.example/ctt?a=1&b=2",
        description="Ordre du jour :\n1. Été ; 2. Œuvre, \\ suite",
    )
    event = event_of(meeting)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Comité ; élargi, à l’été", "Salle « Hénin », 2e étage")
    assert event["DESCRIPTION"].endswith("Ordre du jour :\n1. Été ; 2. Œuvre, \\ suite")
    assert event["URL"].endswith(f"/reunions/{meeting.uuid}/")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (start, start + timedelta(hours=2))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    raw = calendars.ics(meeting)
    assert b"DTSTART:20270328T120000Z\r\n" in raw
    assert b"DTSTAMP:" in raw
    assert b"VTIMEZONE" not in raw
    assert calendars.ics(meeting) == raw


def test_long_lines_are_folded_between_characters(lille):
    meeting = make_meeting(lille, title="é" * 199, description=("œuvre élargie à Béthune 🙂 " * 100).strip())
    raw = calendars.ics(meeting)
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # a fold in the middle of a letter would raise
    assert event_of(meeting)["SUMMARY"] == "é" * 199
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_one_meeting_stays_one_entry_through_its_life(lille):
    by = make_member(lille, Role.MANAGER)
    meeting = make_meeting(lille, by=by)
    first = event_of(meeting)
    later = {"title": meeting.title, "starts_at": meeting.starts_at + timedelta(days=1)}
    changed = actions.change_meeting(meeting=meeting, by=by, ends_at=meeting.ends_at + timedelta(days=1), **later)
    second, third = event_of(changed), event_of(actions.cancel_meeting(meeting=meeting, by=by))
    assert first["UID"] == second["UID"] == third["UID"] == f"{meeting.uuid}@reunions.extranet-spo"
    assert [e["SEQUENCE"] for e in (first, second, third)] == [0, 1, 2]
    assert [e["STATUS"] for e in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_title_cannot_add_a_line_to_the_file(lille):
    raw = calendars.ics(make_meeting(lille, title="a\r\nATTENDEE:mailto:x@y", description="b\r\nEND:VEVENT"))
    assert b"\r\nATTENDEE" not in raw
    assert raw.count(b"\r\nEND:VEVENT") == 1
