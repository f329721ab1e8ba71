"""The screens of a panel: what each person is shown, what is typed and refused, and what a page costs."""

import io
import zipfile
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import personal_data
from panels.actions import add_observation, decide_action, fill_seat, publish_return
from panels.enums import Consent, Part
from panels.models import Identity, Observation, SeatPresence, Tenure
from tests.factories import make_meeting, make_member
from tests.panels.conftest import NAME, facts

MOST_QUERIES = 12


@pytest.fixture
def filled(panel, seat, facilitator, structure, session):
    """A panel with a member, an observation, an action and a return sheet."""
    tenure = fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))
    theme = panel.themes.first()
    one = add_observation(meeting=session, by=facilitator, theme=theme, text="Les horaires ne vont pas.")
    decide_action(meeting=session, by=facilitator, text="Ouvrir tard", observations=[one], structure=structure)
    publish_return(meeting=session, by=facilitator)
    return tenure


def address(name: str, *args: object) -> str:
    return reverse(f"panels:{name}", args=["lille", *args])


def typed(structure, **changed: object) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "name": NAME,
        "email": "prune@usagers.example",
        "phone": "",
        "structure": structure.pk,
        "since": today.isoformat(),
        "until": (today + timedelta(days=300)).isoformat(),
        "consent_on": today.isoformat(),
        "consent_how": Consent.FORM,
        **changed,
    }


def test_a_reader_sees_seats_counted_and_no_name(filled, client, strangers):
    client.force_login(strangers["reader"])
    page = client.get(address("panel")).content.decode()
    assert "Étudiants" in page
    assert "1\u00a0pourvu" in page
    assert "Les horaires ne vont pas." in page
    assert "Wyvernois" not in page
    assert "Tenir les sièges" not in page
    assert client.get(address("seats")).status_code == 403


def test_filling_a_seat_then_correcting_then_erasing(panel, seat, facilitator, structure, client):
    client.force_login(facilitator)
    place = address("place", seat.uuid, "titulaire")
    page = client.post(place, typed(structure, consent_on="")).content.decode()
    assert "Sans accord de la personne" in page
    assert NAME in page, "what was typed stays"
    assert not Identity.objects.exists()
    assert client.post(place, typed(structure)).url == address("seats")
    assert NAME in client.get(address("seats")).content.decode()
    client.post(place, typed(structure, name="Prune Corrigée"))
    assert Identity.objects.get().name == "Prune Corrigée"
    tenure = Tenure.objects.get()
    assert "Prune Corrigée" in client.get(address("erase", tenure.uuid)).content.decode()
    assert client.post(address("erase", tenure.uuid)).url == address("seats")
    assert not Identity.objects.exists()
    page = client.get(address("seats")).content.decode()
    assert "Nom effacé" in page
    assert "Libérer la place" in client.get(place).content.decode()
    client.post(address("end", tenure.uuid))
    assert not Tenure.objects.exists()


def test_pages_with_names_are_kept_by_no_cache(filled, session, facilitator, client):
    client.force_login(facilitator)
    for page in (
        address("seats"),
        address("place", filled.seat.uuid, "titulaire"),
        address("erase", filled.uuid),
        address("presences", session.uuid),
    ):
        assert "no-store" in client.get(page).headers["Cache-Control"]


def test_a_name_typed_after_the_session_ended_is_not_kept_in_it(panel, seat, facilitator, structure, client):
    client.force_login(facilitator)
    client.get(address("seats"))
    client.cookies.pop("sessionid")
    client.post(address("place", seat.uuid, "titulaire"), typed(structure))
    assert "rescued_form" not in client.session
    client.post(address("compose"), {"theme-name": "Horaires"})
    assert "rescued_form" in client.session, "other forms are"


def test_an_error_report_holds_no_name(panel, seat, facilitator, structure, client, monkeypatch, mailoutbox, settings):
    settings.ADMINS = [("Admin", "admin@test.example")]
    settings.LOGGING_CONFIG = None
    from django.views.debug import ExceptionReporter

    reports = []
    client.force_login(facilitator)
    client.raise_request_exception = False

    def broken(self: Identity, *args: object, **kwargs: object) -> None:
        raise RuntimeError("disque plein")

    monkeypatch.setattr(Identity, "save", broken)

    def keep(request, kind, value, trace):
        reports.append(ExceptionReporter(request, kind, value, trace).get_traceback_text())

    from django.core.signals import got_request_exception

    def on_error(sender, request, **kwargs):
        import sys

        keep(request, *sys.exc_info())

    got_request_exception.connect(on_error)
    try:
        assert client.post(address("place", seat.uuid, "titulaire"), typed(structure)).status_code == 500
    finally:
        got_request_exception.disconnect(on_error)
    assert "disque plein" in reports[0]
    assert "Wyvernois" not in reports[0]
    assert "prune@usagers" not in reports[0]


def test_presences_by_seat(filled, session, facilitator, client):
    client.force_login(facilitator)
    page = client.get(address("presences", session.uuid)).content.decode()
    assert f"Titulaire présent\u00a0: {NAME}" in page
    client.post(address("presences", session.uuid), {f"siege-{filled.seat.uuid}": "holder"})
    assert SeatPresence.objects.get().seen == "holder"
    assert "1\u00a0siège représenté" in client.get(address("session", session.uuid)).content.decode()
    bad = client.post(address("presences", session.uuid), {f"siege-{filled.seat.uuid}": "substitute"})
    assert bad.status_code == 200
    assert SeatPresence.objects.get().seen == "holder"


def test_from_observation_to_return_sheet_on_screen(panel, session, facilitator, structure, client):
    client.force_login(facilitator)
    theme = panel.themes.first()
    new = address("observation_new", session.uuid)
    assert "Sous quel thème" in client.post(new, {"text": "Trop loin"}).content.decode()
    assert client.post(new, {"theme": theme.pk, "text": "Trop loin", "draft": "1"}).url == new
    one = Observation.objects.get()
    action = address("action_new", session.uuid)
    assert f'value="{one.pk}" id="id_observations_0" checked' in client.get(f"{action}?observation={one.pk}").content.decode()  # fmt: skip
    refused = client.post(action, {"text": "Aller vers", "observations": [one.pk]}).content.decode()
    assert "qui s’en charge" in refused
    client.post(action, {"text": "Aller vers", "structure": structure.pk, "observations": [one.pk]})
    made = one.actions.get()
    client.post(
        address("observation_change", one.uuid),
        {"theme": theme.pk, "text": "Trop loin", "state": "followed", "answer": "Un bus", "actions": [made.pk]},
    )
    one.refresh_from_db()
    assert (one.state, one.answer, one.actions.get()) == ("followed", "Un bus", made)
    preview = client.get(address("return_preview", session.uuid))
    assert preview.content.startswith(b"%PDF")
    page = client.post(address("return_publish", session.uuid), follow=True).content.decode()
    assert "Restitution publiée" in page
    page = client.post(address("return_publish", session.uuid), follow=True).content.decode()
    assert "fr-alert--error" in page, "nothing has changed since"
    client.post(address("observation_remove", one.uuid))
    assert not Observation.objects.exists()


def test_observations_are_filtered_and_a_wrong_filter_asks_nothing(filled, panel, client, strangers):
    client.force_login(strangers["reader"])
    first, second = panel.themes.all()
    for query, found in [
        (f"theme={first.pk}", True), (f"theme={second.pk}", False), ("etat=studied", True), ("etat=followed", False),
        ("etat=zut&theme=zut&page=zut", True), (f"categorie={panel.categories.first().pk}", False),
    ]:  # fmt: skip
        page = client.get(f"{address('observations')}?{query}").content.decode()
        assert ("Les horaires ne vont pas." in page) is found, query


def test_composition_is_completed_on_screen(panel, facilitator, client):
    client.force_login(facilitator)
    client.post(address("compose"), {"categorie-name": "Bénévoles", "categorie-seats": "3"})
    client.post(address("compose"), {"theme-name": "Horaires"})
    page = client.get(address("compose")).content.decode()
    assert "Bénévoles (3)" in page
    assert "Horaires" in page
    assert "déjà dans la liste" in client.post(address("compose"), {"theme-name": "horaires"}).content.decode()


def test_exports_hold_no_name(filled, session, panel, facilitator, client, strangers):
    """ZIP, spreadsheet, feeds, papers: opened, not only looked at from outside. The facilitator's own are clean too: they travel."""
    for user in (facilitator, strangers["reader"], strangers["animation"]):
        client.force_login(user)
        answer = client.get(reverse("documents:folder_zip", args=["lille", "groupe-d-usagers"]))
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        (name,) = [one for one in archive.namelist() if one.endswith(".pdf")]
        text = " ".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(archive.read(name)))
        assert "horaires" in text
        book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("meetings:register_export")).content))
        cells = [str(cell.value) for sheet in book for row in sheet.rows for cell in row]
        assert "Ouvrir tard" in cells
        ics = client.get(reverse("meetings:ics", args=[session.uuid])).content.decode()
        told = str(personal_data.export(user))
        for holding in (text, *archive.namelist(), *cells, ics, told):
            assert "wyvernois" not in holding.lower()


def test_my_data_hold_the_observations_that_i_noted(filled, facilitator):
    (noted,) = personal_data.export(facilitator)["Groupes d’usagers\u00a0: observations notées"]
    assert (noted["espace"], noted["texte"]) == ("Lille", "Les horaires ne vont pas.")


@pytest.mark.parametrize("page", ["panel", "observations", "session", "seats", "presences", "action_new", "compose"])
def test_pages_cost_the_same_whatever_they_hold(filled, page, panel, session, facilitator, structure, client):
    client.force_login(facilitator)
    url = address(page, session.uuid) if page in {"session", "presences", "action_new"} else address(page)
    client.get(url)
    add_observation(meeting=session, by=facilitator, theme=panel.themes.first(), text="Encore")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(10):
        one = add_observation(meeting=session, by=facilitator, theme=panel.themes.first(), text=f"Plus {number}")
        decide_action(
            meeting=session, by=facilitator, text=f"Faire {number}", observations=[one], structure=structure, person=make_member(panel.space)
        )  # fmt: skip
        make_meeting(panel.space, body=panel, by=facilitator, in_days=-30 - number)
    for free in panel.categories.first().seats.exclude(pk=filled.seat_id):
        fill_seat(seat=free, part=Part.HOLDER, by=facilitator, facts=facts(structure, name="Autre Personne"))
    client.get(url)  # the bell counts again after what has happened
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(few) == len(many)
    assert len(many) <= MOST_QUERIES


def test_a_space_without_a_panel_has_no_such_page(douai, client):
    client.force_login(make_member(douai))
    assert client.get(reverse("panels:panel", args=["douai"])).status_code == 404
