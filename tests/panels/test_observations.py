"""Observations, corrective actions and the return sheet: read by the space, written by those who convene, without a name."""

import re
from datetime import date, timedelta

import pypdfium2
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.models import Document
from meetings.actions.minutes import approve_minutes, circulate_minutes
from meetings.actions.register import remind_late
from meetings.models import Action
from panels import queries
from panels.actions import (
    add_category,
    add_observation,
    add_theme,
    change_observation,
    compose_panel,
    decide_action,
    fill_seat,
    publish_return,
    remove_observation,
)
from panels.enums import ObservationState, Part
from panels.models import Category, Observation, ReturnSheet, Seat, Theme
from panels.papers import ObservationLine, ReturnContent, return_pdf
from tests.archive import check_archive
from tests.factories import make_animation, make_meeting
from tests.meetings.test_minutes import close_amendments
from tests.panels.conftest import CATEGORIES, NAME, THEMES, facts


@pytest.fixture
def theme(panel) -> Theme:
    return panel.themes.get(slug="accueil")


@pytest.fixture
def observation(session, facilitator, theme, panel) -> Observation:
    category = panel.categories.get(slug="etudiants")
    return add_observation(
        meeting=session, by=facilitator, theme=theme, category=category, text="L’accueil ferme trop tôt."
    )


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in document))


def test_only_those_who_convene_write_and_others_elsewhere_see_nothing(
    observation, session, panel, theme, structure, strangers
):
    writers = {"animation", "superuser"}
    for who, user in strangers.items():
        if who in writers:
            continue
        for write in (
            lambda user=user: add_observation(meeting=session, by=user, theme=theme, text="Non"),
            lambda user=user: change_observation(
                observation=observation, by=user, theme=theme, text="Non", state="followed"
            ),
            lambda user=user: remove_observation(observation=observation, by=user),
            lambda user=user: decide_action(meeting=session, by=user, text="Non", observations=[], structure=structure),
            lambda user=user: publish_return(meeting=session, by=user),
            lambda user=user: add_theme(body=panel, by=user, name="Non"),
            lambda user=user: add_category(body=panel, by=user, name="Non", seats=1),
        ):
            with pytest.raises((PermissionDenied, Http404)):
                write()
    seen = {who: queries.observations(user, panel).count() for who, user in strangers.items()}
    assert seen == {
        "reader": 1, "contributor": 1, "manager elsewhere": 0, "animation": 1, "superuser": 1, "ended": 0,
    }  # fmt: skip


def test_a_text_that_names_a_member_is_refused_to_whoever_knows_the_names(
    session, facilitator, theme, seat, structure, observation
):
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))
    for text in (NAME, "d’après WYVERNOIS Prune, c’est long", "Prune-Wyvernois l’a dit", "prune\nwyvernois"):
        with pytest.raises(ValidationError, match="nomme un membre"):
            add_observation(meeting=session, by=facilitator, theme=theme, text=text)
        with pytest.raises(ValidationError, match="nomme un membre"):
            decide_action(meeting=session, by=facilitator, text=text[:60].replace("\n", " "), observations=[], structure=structure)  # fmt: skip
        with pytest.raises(ValidationError, match="nomme un membre"):
            change_observation(observation=observation, by=facilitator, theme=theme, text="Tôt", state="heard", answer=text)  # fmt: skip
    add_observation(meeting=session, by=facilitator, theme=theme, text="Une prune pour deux, wyvernois ou non.")
    # Somebody who may not know is not answered about names: it would be a way to ask.
    add_observation(meeting=session, by=make_animation(), theme=theme, text=NAME)


def test_an_observation_is_of_its_panel_and_after_its_beginning(session, panel, facilitator, theme, douai, strangers):
    elsewhere = Theme.objects.exclude(body=panel).first()
    with pytest.raises(ValidationError, match="n’est pas de ce groupe"):
        add_observation(meeting=session, by=facilitator, theme=elsewhere, text="Non")
    coming = make_meeting(panel.space, body=panel, by=facilitator, in_days=5)
    with pytest.raises(ValidationError, match="n’a pas eu lieu"):
        add_observation(meeting=coming, by=facilitator, theme=theme, text="Non")
    with pytest.raises(ValidationError):
        add_observation(meeting=session, by=facilitator, theme=theme, text="  \n ")


def test_leaving_an_observation_without_follow_up_asks_why(observation, facilitator, theme):
    with pytest.raises(ValidationError, match="Dites pourquoi"):
        change_observation(
            observation=observation, by=facilitator, theme=theme, text="Trop tôt", state=ObservationState.DECLINED
        )
    observation.refresh_from_db()
    assert (observation.state, observation.text) == (ObservationState.HEARD, "L’accueil ferme trop tôt.")


def test_a_corrective_action_is_one_of_the_register(observation, session, facilitator, structure, strangers):
    action = decide_action(
        meeting=session,
        by=facilitator,
        text="Ouvrir le mercredi soir",
        observations=[observation],
        structure=structure,
        person=facilitator,
        due_on=timezone.localdate() - timedelta(days=1),
    )
    observation.refresh_from_db()
    assert (observation.state, list(observation.actions.all())) == (ObservationState.STUDIED, [action])
    assert list(Action.objects.visible_to(strangers["reader"])) == [action], "there are no minutes yet"
    assert list(Action.objects.visible_to(strangers["manager elsewhere"])) == []
    assert remind_late() == 1
    with pytest.raises(ValidationError, match="qui s’en charge"):
        decide_action(meeting=session, by=facilitator, text="Rien", observations=[])


def test_an_action_decided_after_the_approval_does_not_touch_the_minutes(observation, session, facilitator, structure):
    minutes, _ = circulate_minutes(meeting=session, by=facilitator)
    close_amendments()
    frozen = approve_minutes(minutes=minutes, by=facilitator).sha256
    decide_action(meeting=session, by=facilitator, text="Plus tard", observations=[observation], structure=structure)
    minutes.refresh_from_db()
    assert (minutes.sha256, minutes.content["actions"]) == (frozen, [])


def test_actions_of_another_session_are_not_tied_to_its_observations(observation, panel, facilitator, structure):
    other = make_meeting(panel.space, body=panel, by=facilitator, in_days=-200)
    action = decide_action(meeting=other, by=facilitator, text="Non", observations=[observation], structure=structure)
    assert list(action.observations.all()) == []


def test_the_return_sheet_is_a_document_then_its_versions(observation, session, facilitator, structure, seat, theme):
    fill_seat(seat=seat, part=Part.HOLDER, by=facilitator, facts=facts(structure))
    decide_action(
        meeting=session, by=facilitator, text="Ouvrir le soir", observations=[observation], person=facilitator
    )
    sheet = publish_return(meeting=session, by=facilitator)
    document = Document.objects.get()
    assert sheet.document == document
    assert document.folder.slug == "groupe-d-usagers"
    with document.file.open() as file:
        text = text_of(file.read())
    for said in (
        "Ce que sont devenus vos avis",
        "L’accueil ferme trop tôt.",
        "À l’étude",
        "Ouvrir le soir",
        "Étudiants",
    ):
        assert said in text
    assert not [name for name in (NAME, facilitator.last_name, facilitator.first_name) if name in text]
    with pytest.raises(ValidationError):
        publish_return(meeting=session, by=facilitator)  # nothing has changed
    change_observation(
        observation=observation, by=facilitator, theme=theme, text="Trop tôt", state="followed", answer="Ouvert à 19 h."
    )
    publish_return(meeting=session, by=facilitator)
    assert (Document.objects.count(), document.versions.count(), ReturnSheet.objects.count()) == (1, 2, 1)


def test_nothing_observed_nothing_returned(session, facilitator):
    with pytest.raises(ValidationError, match="rien à restituer"):
        publish_return(meeting=session, by=facilitator)


HOSTILE = '#read("/etc/passwd") ]#panic()[ 😀 $x$ \ue000 <img src=x> @ref // /* \\u{41}'


def test_the_sheet_is_accessible_archivable_and_deaf_to_orders():
    line = ObservationLine(theme=HOSTILE, text=HOSTILE, state=HOSTILE, category=HOSTILE, answer=f"{HOSTILE}\n{HOSTILE}")
    content = ReturnContent("Ce que sont devenus vos avis", HOSTILE, "Groupe", "12 mars 2026", 14, 9, [line] * 40)
    made = return_pdf(content, day=date(2026, 3, 12))
    assert made == return_pdf(content, day=date(2026, 3, 12))
    check_archive(made)
    assert '#read("/etc/passwd")' in text_of(made)


def test_composing_again_renames_and_adds_and_removes_nothing(panel, facilitator):
    add_category(body=panel, by=facilitator, name="Bénévoles", seats=3)
    add_theme(body=panel, by=facilitator, name="Horaires")
    compose_panel(
        body=panel,
        categories=[("etudiants", "Étudiants et apprentis", 3), *CATEGORIES[1:]],
        themes=[*THEMES, ("accueil-numerique", "Numérique")],
    )
    assert list(Category.objects.filter(body=panel).values_list("name", flat=True)) == [
        "Étudiants et apprentis", "Employeurs", "Bénévoles",
    ]  # fmt: skip
    assert Seat.objects.filter(category__body=panel).count() == 3 + 2 + 3
    assert set(Theme.objects.filter(body=panel).values_list("name", flat=True)) == {
        "Accueil", "Information", "Numérique", "Horaires",
    }  # fmt: skip
    with pytest.raises(ValidationError, match="déjà"):
        add_theme(body=panel, by=facilitator, name="  HORAIRES ")
    with pytest.raises(ValidationError, match="Entre 1 et 20"):
        add_category(body=panel, by=facilitator, name="Foule", seats=21)


def test_return_content_costs_the_same_with_one_and_ten(observation, session, facilitator, theme, structure):
    from panels.queries.returns import content_of

    def add() -> None:
        one = add_observation(meeting=session, by=facilitator, theme=theme, text="Autre")
        decide_action(meeting=session, by=facilitator, text="Faire", observations=[one], structure=structure)

    add()
    content_of(session)
    with CaptureQueriesContext(connection) as few:
        content_of(session)
    for _ in range(10):
        add()
    with CaptureQueriesContext(connection) as many:
        content_of(session)
    assert len(few) == len(many)
