"""What we send, as other people's calendars read it: three parsers, ical.js (`make tools`), and khal fed by vdirsyncer."""

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import ics
import pytest
import vobject
from django.conf import settings

from mail.models import OutgoingMail
from meetings import actions, calendars
from meetings.actions import Person
from meetings.models import Meeting
from spaces.enums import Role
from tests.factories import make_meeting, make_member

PARIS = ZoneInfo("Europe/Paris")
BIN = Path(sys.executable).parent
NODE = shutil.which("node")
ICAL_JS = sorted((Path(settings.BASE_DIR) / "var" / "tools").glob("ical-*.cjs"))
READER = Path(__file__).with_name("read_calendars.cjs")
NONE = vobject.base.ContentLine("DESCRIPTION", [], "")
TEXT = "Été ; 1, 2\nŒuvre \\ « suite »"
CHANGES_OF_HOUR = [
    (datetime(2027, 3, 28, 12, tzinfo=UTC), "14:00"),  # two hours ahead since that morning
    (datetime(2027, 10, 31, 13, tzinfo=UTC), "14:00"),  # one hour ahead since that morning
]


def read(raw: bytes) -> dict[str, list[tuple[object, ...]]]:
    """(uid, beginning, end, title, description) of each entry, by each parser."""
    text = raw.decode()
    return {
        "icalendar": [
            (str(e["UID"]), e.decoded("DTSTART"), e.decoded("DTEND"), str(e["SUMMARY"]), str(e.get("DESCRIPTION", "")))
            for e in icalendar.Calendar.from_ical(raw).walk("VEVENT")
        ],
        "vobject": [
            (e.uid.value, e.dtstart.value, e.dtend.value, e.summary.value, getattr(e, "description", NONE).value)
            for e in vobject.readOne(text).vevent_list
        ],
        "ics": [
            (e.uid, e.begin.datetime, e.end.datetime, e.name, e.description) for e in ics.Calendar(text).events
        ],
    }  # fmt: skip


@pytest.mark.parametrize(("start", "wall"), CHANGES_OF_HOUR)
def test_three_parsers_agree_on_hour_and_words(lille, start, wall):
    for length in range(55, 80):  # the fold falls before, inside and after each accent
        title = "é" * length + " 🙂"
        meeting = make_meeting(
            lille,
            title=title,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            description=f"{TEXT} {'œ' * length}",
        )
        expected = [(calendars.uid(meeting), start, start + timedelta(hours=2), title, f"{TEXT} {'œ' * length}")]
        found = read(calendars.ics(meeting))
        assert found == dict.fromkeys(found, expected), length
        shown = {f"{begin.astimezone(PARIS):%H:%M}" for [(_, begin, *_)] in found.values()}
        assert shown == {wall}


def live(lille) -> Meeting:
    """Called, changed, moved across a change of hour, taken away, on again, cancelled, restored, moved, cancelled: its letters wait to
    leave."""
    by = make_member(lille, Role.MANAGER)
    start = datetime(2027, 3, 27, 13, tzinfo=UTC)
    fields = {"title": "Comité « élargi »", "description": TEXT}
    meeting = actions.prepare_meeting(space=lille, by=by, starts_at=start, ends_at=start + timedelta(hours=2), **fields)
    actions.add_invitees(meeting=meeting, people=[Person("ada@ailleurs.example", 'Ada "É" ; O’Brien, 🙂')], by=by)

    def move(to: datetime, **more: str) -> None:
        actions.change_meeting(
            meeting=meeting, by=by, starts_at=to, ends_at=to + timedelta(hours=2), **{**fields, **more}
        )

    actions.convene_meeting(meeting=meeting, by=by)
    move(start, place="Salle Hénin")  # changed
    move(start + timedelta(days=1, hours=-1))  # moved across the change of hour
    actions.postpone_meeting(meeting=meeting, by=by)  # taken away
    move(start + timedelta(days=30))  # on again
    actions.cancel_meeting(meeting=meeting, by=by)
    actions.restore_meeting(meeting=meeting, by=by)  # on after all
    move(start + timedelta(days=40))
    actions.cancel_meeting(meeting=meeting, by=by)
    return meeting


def test_every_letter_of_a_life_has_one_uid_and_a_higher_sequence(lille):
    meeting = live(lille)
    start = datetime(2027, 3, 27, 13, tzinfo=UTC)
    letters = [one.calendar for one in OutgoingMail.objects.order_by("pk")]
    seen = []
    for letter in letters:
        parsed = vobject.readOne(letter)
        event = parsed.vevent
        assert read(letter.encode())["ics"][0][0] == event.uid.value == calendars.uid(meeting)
        seen.append((parsed.method.value, int(event.sequence.value), event.status.value, event.dtstart.value))
    assert seen == [
        ("REQUEST", 0, "CONFIRMED", start),
        ("REQUEST", 1, "CONFIRMED", start),
        ("REQUEST", 2, "CONFIRMED", start + timedelta(hours=23)),
        ("CANCEL", 3, "CANCELLED", start + timedelta(hours=23)),
        ("REQUEST", 4, "CONFIRMED", start + timedelta(days=30)),
        ("CANCEL", 5, "CANCELLED", start + timedelta(days=30)),
        ("REQUEST", 6, "CONFIRMED", start + timedelta(days=30)),
        ("REQUEST", 7, "CONFIRMED", start + timedelta(days=40)),
        ("CANCEL", 8, "CANCELLED", start + timedelta(days=40)),
    ]


def by_ical_js(*calendars_read: str) -> list[list[dict[str, object]]]:
    done = subprocess.run(  # noqa: S603 - words of this test
        [str(NODE), str(READER), str(ICAL_JS[-1])],
        input=json.dumps(calendars_read), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr  # strict: what ical.js calls an error stops it
    return json.loads(done.stdout)


def at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@pytest.mark.skipif(not NODE or not ICAL_JS, reason="no ical.js: make tools (needs npm and Node.js)")
def test_ical_js_agrees(lille):
    texts, expected, meetings = [], [], []
    for start, _ in CHANGES_OF_HOUR:
        for length in range(55, 80):  # as above: the fold falls before, inside and after each accent
            title, description = "é" * length + " 🙂", f"{TEXT} {'œ' * length}"
            meeting = make_meeting(
                lille, title=title, description=description, starts_at=start, ends_at=start + timedelta(hours=2)
            )
            meetings.append(meeting)
            texts.append(calendars.ics(meeting).decode())
            facts = (calendars.uid(meeting), at(start), at(start + timedelta(hours=2)), title, description)
            expected.append([facts])
    texts.append(calendars.feed(meetings, name="Mes réunions ; « été », 🙂").decode())
    expected.append([facts for [facts] in expected])
    keys = ("uid", "start", "end", "title", "description")
    assert [[tuple(event[key] for key in keys) for event in found] for found in by_ical_js(*texts)] == expected


@pytest.mark.skipif(not NODE or not ICAL_JS, reason="no ical.js: make tools (needs npm and Node.js)")
def test_ical_js_reads_every_letter_of_a_life(lille):
    meeting = live(lille)
    start = datetime(2027, 3, 27, 13, tzinfo=UTC)
    letters = by_ical_js(*(one.calendar for one in OutgoingMail.objects.order_by("pk")))
    assert [(one["method"], one["sequence"], one["status"], one["start"]) for [one] in letters] == [
        ("REQUEST", 0, "CONFIRMED", at(start)),
        ("REQUEST", 1, "CONFIRMED", at(start)),
        ("REQUEST", 2, "CONFIRMED", at(start + timedelta(hours=23))),
        ("CANCEL", 3, "CANCELLED", at(start + timedelta(hours=23))),
        ("REQUEST", 4, "CONFIRMED", at(start + timedelta(days=30))),
        ("CANCEL", 5, "CANCELLED", at(start + timedelta(days=30))),
        ("REQUEST", 6, "CONFIRMED", at(start + timedelta(days=30))),
        ("REQUEST", 7, "CONFIRMED", at(start + timedelta(days=40))),
        ("CANCEL", 8, "CANCELLED", at(start + timedelta(days=40))),
    ]
    assert {one["uid"] for [one] in letters} == {calendars.uid(meeting)}
    assert {tuple(one["who"]) for [one] in letters} == {("Ada ’É’ ; O’Brien, 🙂",)}


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """An address that gives the feed of the moment."""
    content: dict[str, bytes] = {}

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/calendar; charset=utf-8")
            self.end_headers()
            self.wfile.write(content["feed"])

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/reunions.ics", content
    server.shutdown()
    server.server_close()


def test_khal_fed_by_vdirsyncer_shows_one_entry_at_the_right_hour(lille, served, tmp_path):
    address, content = served
    (tmp_path / "vdirsyncer").write_text(
        f"""[general]
status_path = "{tmp_path}/status/"
[pair reunions]
a = "feed"
b = "local"
collections = null
conflict_resolution = "a wins"
[storage feed]
type = "http"
url = "{address}"
[storage local]
type = "filesystem"
path = "{tmp_path}/events/"
fileext = ".ics"
"""
    )
    (tmp_path / "khal").write_text(
        f"""[calendars]
[[reunions]]
path = {tmp_path}/events/
[locale]
local_timezone = Europe/Paris
default_timezone = Europe/Paris
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {tmp_path}/khal.db
[default]
highlight_event_days = False
"""
    )

    def run(*command: str) -> str:
        environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(  # noqa: S603 - words of this test
            [str(BIN / command[0]), *command[1:]],
            env=environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def seen(meeting) -> list[str]:
        content["feed"] = calendars.feed([meeting], name="Mes réunions")
        run("vdirsyncer", "-c", f"{tmp_path}/vdirsyncer", "discover")
        run("vdirsyncer", "-c", f"{tmp_path}/vdirsyncer", "sync")
        assert len(list((tmp_path / "events").glob("*.ics"))) == 1
        columns = "{start-date} {start-time}-{end-time} {title} {status}"
        listed = run(
            "khal", "-c", f"{tmp_path}/khal", "list", "--day-format", "", "--format", columns, "2027-01-01", "365d"
        )
        return [re.sub(r"\s+", " ", line).strip() for line in listed.splitlines() if line.strip()]

    by = make_member(lille, Role.MANAGER)
    spring, autumn = (start for start, _ in CHANGES_OF_HOUR)
    title = "Comité élargi à l’été, « été »"
    meeting = make_meeting(
        lille, by=by, title=title, description=TEXT, starts_at=spring, ends_at=spring + timedelta(hours=2)
    )
    assert seen(meeting) == [f"2027-03-28 14:00-16:00 {title} CONFIRMED"]
    moved = actions.change_meeting(
        meeting=meeting, by=by, title=title, description=TEXT, starts_at=autumn, ends_at=autumn + timedelta(hours=2)
    )
    assert seen(moved) == [f"2027-10-31 14:00-16:00 {title} CONFIRMED"]
    cancelled = actions.cancel_meeting(meeting=moved, by=by)
    assert seen(cancelled) == [f"2027-10-31 14:00-16:00 {title} CANCELLED"]


def test_whoever_is_taken_off_and_invited_again_is_called_again(lille):
    """A client that has read a CANCEL takes a REQUEST for a newer one by its SEQUENCE, then by its DTSTAMP (RFC 5546, 2.1.5)."""
    by = make_member(lille, Role.MANAGER)
    meeting = make_meeting(lille, by=by)
    ada, rose = Person("ada@ailleurs.example"), Person("rose@ailleurs.example")
    actions.add_invitees(meeting=meeting, people=[ada, rose], by=by)
    actions.convene_meeting(meeting=meeting, by=by)
    for _ in range(2):
        actions.remove_invitee(invitee=meeting.invitees.get(email=ada.email), by=by)
        meeting.refresh_from_db()
        actions.add_invitees(meeting=meeting, people=[ada], by=by)
    letters = OutgoingMail.objects.order_by("pk")
    read = [icalendar.Calendar.from_ical(one.calendar) for one in letters.filter(to=ada.email)]
    events = [one.walk("VEVENT")[0] for one in read]
    assert [str(one["METHOD"]) for one in read] == ["REQUEST", "CANCEL", "REQUEST", "CANCEL", "REQUEST"]
    assert len({str(one["UID"]) for one in events}) == 1
    marks = [(int(one["SEQUENCE"]), one.decoded("DTSTAMP")) for one in events]
    assert [sequence for sequence, _ in marks] == sorted({sequence for sequence, _ in marks}), "each above the last"
    assert [stamp for _, stamp in marks] == sorted(stamp for _, stamp in marks)
    assert letters.filter(to=rose.email).count() == 1, "whoever stays is not written to"


def test_a_letter_is_stamped_when_it_is_made(lille):
    by = make_member(lille, Role.MANAGER)
    meeting = make_meeting(lille, by=by)
    [invitee] = actions.add_invitees(meeting=meeting, people=[Person("ada@ailleurs.example")], by=by)
    Meeting.objects.update(updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    meeting.refresh_from_db()
    invitee.meeting = meeting
    [event] = icalendar.Calendar.from_ical(calendars.invitation(invitee)).walk("VEVENT")
    assert event.decoded("DTSTAMP") > datetime(2026, 1, 2, tzinfo=UTC)
    [kept] = icalendar.Calendar.from_ical(calendars.ics(meeting)).walk("VEVENT")
    assert kept.decoded("DTSTAMP") == datetime(2026, 1, 1, tzinfo=UTC)
