"""Meetings as iCalendar files (RFC 5545, RFC 5546). Times are in UTC: every client shows the right hour without having to
trust a description of our time zone."""

from collections.abc import Iterable
from datetime import UTC
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

from meetings.enums import Answer, MeetingState
from meetings.models import Invitee, Meeting

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
GONE = {MeetingState.CANCELLED, MeetingState.POSTPONED}
"""States in which nobody is to come at the date written."""
_PARTSTAT = {
    Answer.NONE: "NEEDS-ACTION",
    Answer.PRESENT: "ACCEPTED",
    Answer.EXCUSED: "DECLINED",
    Answer.REPRESENTED: "DELEGATED",
}


def uid(meeting: Meeting) -> str:
    """Never changes, wherever the site moves: it is how a calendar knows that two files speak of one meeting."""
    return f"{meeting.uuid}@reunions.extranet-spo"


def ics(meeting: Meeting) -> bytes:
    """The file of one meeting, for whoever asks for it. The same meeting always gives the same bytes: DTSTAMP is the
    moment of its last change. Needs the meeting's space."""
    return feed([meeting])


def feed(meetings: Iterable[Meeting], *, name: str = "") -> bytes:
    """Several meetings, to be read again from time to time; `name` is what the calendar application calls it."""
    calendar = _calendar(PUBLISH)
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", vText("PT1H"), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(meeting))
    return calendar.to_ical()


def invitation(invitee: Invitee, *, method: str = REQUEST, agenda: str = "") -> str:
    """What is sent to one person: METHOD:REQUEST to come, or to come at another hour; METHOD:CANCEL not to. No answer is
    asked of the calendar: it is given on the site, or by the link of the mail. Whoever is not to come is told which meeting,
    and nothing else of it: neither the agenda, which may have grown since, nor the way in."""
    event = _event(invitee.meeting, agenda=agenda)
    event.pop("DTSTAMP")
    event.add(
        "dtstamp", timezone.now().astimezone(UTC)
    )  # RFC 5546: with a METHOD, the moment at which the letter is made
    if method == CANCEL:
        event["status"] = vText("CANCELLED")
        for told in {"DESCRIPTION", "LOCATION"} & event.keys():
            del event[told]
    sender = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    sender.params["CN"] = vText(settings.SITE_NAME)
    event.add("organizer", sender)
    attendee = vCalAddress(f"mailto:{invitee.email}")
    attendee.params["CN"] = vText(invitee.name.replace('"', "’"))
    attendee.params["PARTSTAT"] = vText(_PARTSTAT[Answer(invitee.answer)])
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    calendar = _calendar(method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Extranet SPO//Reunions//FR")
    calendar.add("method", method)
    return calendar


def _event(meeting: Meeting, *, agenda: str = "") -> Event:
    event = Event()
    event.add("uid", uid(meeting))
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.updated_at.astimezone(UTC))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if meeting.state in GONE else "CONFIRMED")
    event.add("url", settings.WAGTAILADMIN_BASE_URL.rstrip("/") + meeting.get_absolute_url())
    event.add("categories", [meeting.space.name])
    location = meeting.place or meeting.link
    if location:
        event.add("location", location)
    link = f"Visioconférence : {meeting.link}" if meeting.link else ""
    description = "\n\n".join(part for part in (link, meeting.description, agenda) if part)
    if description:
        event.add("description", description)
    return event
