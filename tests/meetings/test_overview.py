"""« Vue d’ensemble »: whose year one sees, what it counts, who comes, and the reminder that leaves once."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from directory.models import Network, Structure
from mail.models import OutgoingMail
from meetings import planning
from meetings.actions import add_body
from meetings.actions.reminders import remind_body
from meetings.charts import bar_chart
from meetings.enums import Attendance, BodyKind, MeetingState, MinutesState
from meetings.models import Body, BodyReminder, Invitee, Meeting, Minutes
from meetings.queries.attendance import attended
from meetings.queries.overview import overview
from spaces.enums import Role
from tests.factories import make_animation, make_member

YEAR = 2026
OVERVIEW = reverse("meetings:overview")


@pytest.fixture(autouse=True)
def _june(monkeypatch) -> None:
    """It is 20 June 2026, wherever the room asks what day it is."""
    now = timezone.make_aware(datetime(YEAR, 6, 20, 10))
    monkeypatch.setattr(timezone, "now", lambda: now)


def make_body(space, name: str = "Comité", kind: BodyKind = BodyKind.CTT, **fields) -> Body:
    fields.setdefault("rrule", "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH")
    return add_body(space=space, slug=slugify(name), name=name, kind=kind, **fields)


def sit(body: Body, day: date, state: MeetingState = MeetingState.HELD, circulated: date | None = None) -> Meeting:
    starts_at = timezone.make_aware(datetime(day.year, day.month, day.day, 14))
    meeting = Meeting.objects.create(
        space=body.space,
        body=body,
        title=f"{body.name} du {day}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        state=state,
        cancelled_at=starts_at if state == MeetingState.CANCELLED else None,
    )
    if circulated:
        at = timezone.make_aware(datetime(circulated.year, circulated.month, circulated.day, 9))
        Minutes.objects.create(meeting=meeting, state=MinutesState.CIRCULATED, circulated_at=at)
    return meeting


def seat(meeting: Meeting, attendance: Attendance, structure: Structure | None = None) -> Invitee:
    number = meeting.invitees.count()
    return Invitee.objects.create(
        meeting=meeting, name=f"P{number}", email=f"p{number}@test.example", attendance=attendance,
        structure=structure, network=structure.network if structure else None,
    )  # fmt: skip


@pytest.fixture
def structure(db) -> Structure:
    return Structure.objects.create(name="CIO Centre", network=Network.objects.create(slug="cio", name="CIO"))


# --- Denied first ---------------------------------------------------------------------------------------------------


def test_a_manager_sees_nothing_of_another_space_not_even_a_count(client, lille, douai, manager, structure) -> None:
    mine, theirs = make_body(lille, "Visible"), make_body(douai, "Cachottier")
    seat(sit(mine, date(YEAR, 2, 3)), Attendance.PRESENT, structure)
    other = Structure.objects.create(name="Furtive", network=structure.network)
    for _ in range(9):
        seat(sit(theirs, date(YEAR, 2, 3)), Attendance.ABSENT, other)
    client.force_login(manager)
    [row] = overview(manager, YEAR)
    assert (row.name, len(row.held)) == ("Visible", 1)
    assert attended(manager, date(YEAR, 1, 1), date(YEAR, 12, 31)).whole.total == 1
    for address in (OVERVIEW, reverse("meetings:attendance")):
        html = client.get(address).content.decode()
        assert "Cachottier" not in html
        assert "Furtive" not in html
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("meetings:overview_export")).content))
    said = [str(cell.value) for sheet in book for line in sheet for cell in line]
    assert "Visible" in said
    assert [word for word in said if "Cachottier" in word or "Furtive" in word or "Douai" in word] == []
    assert client.get(reverse("meetings:overview_body", args=["douai", "cachottier"])).status_code == 404
    assert client.get(reverse("meetings:remind_body", args=["lille", "visible"])).status_code == 403


def test_a_member_who_manages_nothing_is_refused(client, lille) -> None:
    make_body(lille)
    client.force_login(make_member(lille, Role.CONTRIBUTOR))
    for name in ("overview", "attendance", "overview_export"):
        assert client.get(reverse(f"meetings:{name}")).status_code == 403
    assert client.get(reverse("meetings:overview_body", args=["lille", "comite"])).status_code == 403


def test_a_manager_of_one_space_who_reads_another_sees_the_one(lille, douai, manager) -> None:
    make_body(lille, "Visible")
    make_member(douai, Role.CONTRIBUTOR, user=manager)
    seat(sit(make_body(douai, "Lu"), date(YEAR, 2, 3)), Attendance.PRESENT)
    assert [row.name for row in overview(manager, YEAR)] == ["Visible"]
    assert attended(manager, date(YEAR, 1, 1), date(YEAR, 12, 31)).whole.total == 0


def test_the_user_panel_is_in_no_rate(lille, manager, structure) -> None:
    panel = make_body(lille, "Usagers", BodyKind.USER_PANEL)
    seat(sit(panel, date(YEAR, 2, 3)), Attendance.PRESENT, structure)
    found = attended(manager, date(YEAR, 1, 1), date(YEAR, 12, 31))
    assert (found.whole.total, found.networks, found.structures) == (0, [], [])


# --- What it counts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rrule", "days", "over"),
    [
        (
            "FREQ=MONTHLY;INTERVAL=3;BYDAY=2TH",
            4,
            1,
        ),  # 8 January, 9 April, 9 July, 8 October: the second lasts until July
        ("FREQ=MONTHLY;BYDAY=2TU", 12, 5),
        ("FREQ=MONTHLY;INTERVAL=6;BYDAY=3WE", 2, 0),
        ("FREQ=YEARLY", 1, 0),
        ("", 0, 0),
    ],
)
def test_the_rhythm_says_what_is_expected(rrule, days, over) -> None:
    found = planning.rhythm_days(rrule, YEAR)
    assert (len(found), planning.periods_over(found, date(YEAR, 6, 20))) == (days, over)
    assert planning.periods_over(found, date(YEAR + 1, 1, 1)) == days
    assert planning.periods_over(found, date(YEAR, 1, 1)) == 0


def test_a_year_says_what_was_planned_held_and_circulated_in_time(lille, manager) -> None:
    body = make_body(lille, minutes_due_days=10)
    sit(body, date(YEAR, 1, 8), MeetingState.APPROVED, date(YEAR, 1, 18))  # the last day is still in time
    sit(body, date(YEAR, 3, 3), MeetingState.CIRCULATED, date(YEAR, 3, 15))
    sit(body, date(YEAR, 4, 9))
    sit(body, date(YEAR, 6, 15))
    sit(body, date(YEAR, 5, 5), MeetingState.CANCELLED)
    sit(body, date(YEAR, 9, 9), MeetingState.CONVENED)
    sit(body, date(YEAR, 10, 9), MeetingState.DRAFT)
    sit(body, date(YEAR - 1, 12, 31))
    sit(body, date(YEAR + 1, 1, 1), MeetingState.DRAFT)
    [row] = overview(manager, YEAR)
    assert (len(row.days), row.due, len(row.planned), row.drafts) == (4, 1, 2, 1)
    assert (len(row.held), row.circulated, row.in_time, row.missing, row.to_plan) == (4, 2, 1, 0, 0)
    assert [one.day for one in row.awaited] == [date(YEAR, 4, 9)]
    assert [one.days_late for one in row.held] == [0, 2, 0, 0]
    assert [one.day for one in row.others] == [date(YEAR, 5, 5)]
    assert row.reasons == ["Le compte rendu du 9\u00a0avril 2026 était attendu le 19\u00a0avril 2026."]


def test_circulating_again_does_not_make_minutes_late(lille, manager) -> None:
    from meetings.actions import minutes, papers

    body = make_body(lille)
    meeting = sit(body, date(YEAR, 6, 10), MeetingState.CONVENED)
    minutes.circulate_minutes(meeting=meeting, by=manager)
    papers.print_waiting()
    Minutes.objects.update(circulated_at=timezone.now() + timedelta(days=60))
    [row] = overview(manager, YEAR)
    assert (row.in_time, [one.circulated_on for one in row.held]) == (1, [date(YEAR, 6, 20)])


def test_what_is_missing_and_what_remains_to_be_planned(lille, manager) -> None:
    monthly = make_body(lille, "Mensuel", rrule="FREQ=MONTHLY;BYDAY=2TU")
    sit(monthly, date(YEAR, 2, 3), circulated=date(YEAR, 2, 4))
    sit(monthly, date(YEAR, 9, 3), MeetingState.DRAFT)
    make_body(lille, "Libre", rrule="")
    rows = {row.name: row for row in overview(manager, YEAR)}
    assert (rows["Mensuel"].missing, rows["Mensuel"].to_plan) == (4, 6)
    assert len(rows["Mensuel"].reasons) == 2
    assert rows["Libre"].reasons == []
    assert [row.name for row in overview(manager, YEAR, only_late=True)] == ["Mensuel"]
    assert overview(manager, YEAR, kind=BodyKind.COTEC) == []
    [past] = [row for row in overview(manager, YEAR - 1) if row.name == "Mensuel"]
    assert (past.missing, past.to_plan) == (12, 0)


def test_rates_count_seats_and_who_stood_in(lille, manager, structure) -> None:
    first, second = (sit(make_body(lille), date(YEAR, month, 3)) for month in (2, 3))
    for attendance in (Attendance.PRESENT, Attendance.REPRESENTED, Attendance.EXCUSED, Attendance.UNKNOWN):
        seat(first, attendance, structure)
    seat(second, Attendance.ABSENT)
    found = attended(manager, date(YEAR, 1, 1), date(YEAR, 12, 31))
    assert [(one.name, one.there, one.total, one.percent) for one in found.networks] == [
        ("CIO", 2, 3, 66), ("Hors réseau", 0, 1, 0),
    ]  # fmt: skip
    assert [one.name for one in found.structures] == ["Sans structure", "CIO Centre"]
    assert attended(manager, date(YEAR, 3, 3), date(YEAR, 3, 3)).whole.total == 1
    assert attended(manager, date(YEAR, 2, 4), date(YEAR, 3, 2)).whole.total == 0


# --- The screens ----------------------------------------------------------------------------------------------------


def test_the_chart_can_be_read_without_being_seen(client, lille, manager, structure) -> None:
    meeting = sit(make_body(lille), date(YEAR, 2, 3))
    seat(meeting, Attendance.PRESENT, structure)
    seat(meeting, Attendance.ABSENT, Structure.objects.create(name="<b>Gras & « fin »</b> " + "long " * 20))
    client.force_login(manager)
    html = client.get(reverse("meetings:attendance")).content.decode()
    assert 'role="img"' in html
    assert '<rect class="x-chart__part" x="0" y="20" width="100%"' in html
    assert "<b>Gras" not in html
    assert '<th scope="row">&lt;b&gt;Gras' in html
    assert bar_chart([("CIO", 66), ("EIF", 0)]).in_words.replace("\u00a0", " ") == "CIO : 66 % ; EIF : 0 %"


@pytest.mark.parametrize(
    "query", ["?du=2026-13-40", "?du=hier", "?du=2026-03-01&au=2026-02-01", "?du=0001-01-01", "?au=9999-12-31"]
)
def test_a_strange_period_is_said_to_be_one_and_stays_typed(client, lille, manager, query) -> None:
    client.force_login(manager)
    response = client.get(reverse("meetings:attendance") + query)
    assert response.status_code == 400
    assert "fr-alert--error" in response.content.decode()
    assert client.get(reverse("meetings:overview_export") + query).status_code == 302


@pytest.mark.parametrize("year", ["", "abc", "20266", "1999", "²²²²", "-500"])
def test_a_strange_year_is_this_one(client, lille, manager, year) -> None:
    client.force_login(manager)
    assert "Vue d’ensemble 2026" in client.get(OVERVIEW, {"annee": year}).content.decode()


def test_figures_lead_to_the_evidence(client, lille, manager) -> None:
    held = sit(make_body(lille), date(YEAR, 2, 3), MeetingState.CIRCULATED, date(YEAR, 2, 4))
    client.force_login(manager)
    html = client.get(OVERVIEW).content.decode()
    address = reverse("meetings:overview_body", args=["lille", "comite"]) + "?annee=2026"
    assert f'href="{address}#tenues"' in html
    assert "Relancer" not in html
    html = client.get(address).content.decode()
    assert held.get_absolute_url() in html
    assert reverse("meetings:minutes", args=[held.uuid]) in html


@pytest.mark.parametrize("name", ["overview", "attendance", "overview_body"])
def test_screens_cost_the_same_with_ten_times_the_meetings(
    name, client, lille, manager, structure, django_assert_max_num_queries
) -> None:
    client.force_login(manager)
    body = make_body(lille)
    address = reverse(f"meetings:{name}", args=["lille", "comite"] if name == "overview_body" else [])
    line = {"overview": "Instance", "attendance": "Lieu", "overview_body": 'href="/reunions/'}[name]
    costs, shown = [], []
    for many in (2, 18):
        for number in range(many):
            meeting = sit(body, date(YEAR, 3, 1 + number), circulated=date(YEAR, 4, 1))
            seat(meeting, Attendance.PRESENT, Structure.objects.create(name=f"Lieu {many} {number}"))
            make_body(lille, f"Instance {many} {number}")
        client.get(address)
        with django_assert_max_num_queries(12) as asked:
            html = client.get(address).content.decode()
        costs.append(len(asked))
        shown.append(html.count(line))
    assert costs[0] == costs[1]
    assert shown[1] > 5 * shown[0] > 0


# --- Each cell opens what it counts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [[], [date(YEAR, 1, 20)], [date(YEAR, 4, 2), date(YEAR, 4, 20)]])
def test_the_expected_sittings_are_the_figures_of_the_row_one_by_one(held, lille, manager) -> None:
    body = make_body(lille)
    for day in held:
        sit(body, day)
    sit(body, date(YEAR, 10, 1), MeetingState.CONVENED)
    [row] = overview(manager, YEAR)
    alone = [one for one in row.expected if one.sitting is None]
    assert [one.first for one in row.expected] == [date(YEAR, 1, 1), *row.days[1:]]
    assert (sum(one.is_over for one in alone), sum(not one.is_over for one in alone)) == (
        row.missing,
        row.to_plan,
    )
    assert {one.sitting.day for one in row.expected if one.sitting} == {*held, date(YEAR, 10, 1)}


def test_no_cell_is_a_dead_end(client, lille, manager) -> None:
    make_body(lille, "Vide", rrule="")
    late = make_body(lille, "En retard")
    sit(late, date(YEAR, 2, 3))
    client.force_login(manager)
    html = client.get(OVERVIEW).content.decode()
    for slug in ("vide", "en-retard"):
        address = reverse("meetings:overview_body", args=["lille", slug]) + f"?annee={YEAR}"
        page = client.get(address).content.decode()
        for part in ("attendues", "planifiees", "tenues", "comptes-rendus"):
            assert (f'href="{address}#{part}"' in html, f'id="{part}"' in page) == (True, True), (slug, part)
    remind = reverse("meetings:remind_body", args=["lille", "en-retard"])
    assert ("Ouvrir le secrétariat" in page, remind in page) == (True, False)
    client.force_login(make_animation())
    assert f'href="{remind}?annee={YEAR}">Rappeler' in client.get(address).content.decode()


# --- The reminder ---------------------------------------------------------------------------------------------------


def test_a_reminder_goes_to_those_who_manage_the_space_and_once(client, lille, douai, manager) -> None:
    animation = make_animation()
    make_member(lille, Role.CONTRIBUTOR)
    make_member(douai, Role.MANAGER)
    body = make_body(lille)
    sit(body, date(YEAR, 2, 3))
    client.force_login(animation)
    address = reverse("meetings:remind_body", args=["lille", "comite"]) + "?annee=2026"
    html = client.get(address).content.decode()
    assert str(manager) in html
    assert "Le compte rendu du 3\u00a0février 2026" in html
    page = client.post(address, follow=True).content.decode()
    assert "1 personne sera prévenue" in page
    assert "Relances envoyées" in page
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, "3\u00a0février 2026" in mail.text) == (manager.email, True)
    refused = client.post(address)
    assert (refused.status_code, "déjà partie" in refused.content.decode()) == (400, True)
    assert "à partir du 27 juin 2026" in client.get(address).content.decode().replace("\u00a0", " ")
    assert (OutgoingMail.objects.count(), BodyReminder.objects.count()) == (1, 1)
    BodyReminder.objects.update(sent_at=timezone.now() - timedelta(days=8))
    remind_body(body=body, year=YEAR, by=animation)
    assert OutgoingMail.objects.count() == 2


def test_a_reminder_needs_the_animation_a_reason_and_somebody(lille, douai, manager) -> None:
    animation = make_animation()
    body = make_body(lille)
    with pytest.raises(PermissionDenied):
        remind_body(body=body, year=YEAR, by=manager)
    with pytest.raises(ValidationError, match="Rien n’est attendu"):
        remind_body(body=make_body(lille, "Libre", rrule=""), year=YEAR, by=animation)
    with pytest.raises(ValidationError, match="Personne n’anime"):
        remind_body(body=make_body(douai), year=YEAR - 1, by=animation)
    assert not OutgoingMail.objects.exists()
