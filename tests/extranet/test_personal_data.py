"""« Mes données personnelles »: what every room tells, gathered; one's own, and nothing of another's."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import personal_data
from accounts.models import User
from documents.actions import withdraw_document
from documents.models import Document
from meetings.models import Meeting
from notifications.models import ReadMarker
from spaces.actions import ask_for_access
from spaces.enums import Role
from spaces.models import AnimationMandate, Membership, Space
from tests.factories import make_animation, make_document, make_folder, make_meeting, make_member, make_user

SECRET = "zorglub"


def live_in(space: Space, word: str) -> User:
    """Somebody who has left a trace in every room, with `word` in each."""
    user = make_user(f"{word}@test.example", first_name=word, last_name=word)
    make_member(space, Role.MANAGER, user=user, function=f"fonction {word}")
    make_document(make_folder(space), by=user, name=f"{word}.pdf", title=f"Titre {word}")
    make_meeting(space, by=user, title=f"Réunion {word}")
    ReadMarker.objects.create(user=user, seen_at=timezone.now())
    ask_for_access(
        email=f"{word.upper()}@test.example",
        first_name=word,
        last_name=word,
        structure_name=f"Structure {word}",
        message=f"Message {word}",
    )
    return user


@pytest.fixture
def mine(lille: Space) -> User:
    return live_in(lille, "camille")


def test_the_file_holds_my_own_and_nothing_of_another_s(mine, lille, client):
    other = live_in(lille, SECRET)
    AnimationMandate.objects.create(user=other, function=f"animation {SECRET}")
    client.force_login(mine)
    text = client.get(reverse("accounts:personal_data")).content.decode()
    assert SECRET not in text.lower()
    data = json.loads(text)
    (mandate,) = data["Espaces et mandats"]["mandats"]
    assert (mandate["espace"], mandate["rôle"], mandate["fonction"]) == (
        "Lille",
        "Animateur d’espace",
        "fonction camille",
    )
    (asked,) = data["Espaces et mandats"]["demandes d’accès à cette adresse"]
    assert (asked["message"], asked["état"]) == ("Message camille", "En attente")
    assert data["Espaces et mandats"]["mandats d’animation régionale"] == []
    (document,) = data["Documents déposés"]
    assert (document["titre"], document["fichier"]) == ("Titre camille", "camille.pdf")
    (meeting,) = data["Réunions annoncées"]
    assert meeting["intitulé"] == "Réunion camille"
    assert data["Notifications"]["lu jusqu’au"]


def test_a_mandate_that_is_over_is_told_and_what_others_wrote_since_is_not(mine, lille):
    Membership.objects.filter(user=mine).update(ended_at=timezone.now())
    Document.objects.update(title=f"Titre {SECRET}")
    Meeting.objects.update(title=f"Réunion {SECRET}", starts_at=timezone.now() + timedelta(hours=1))
    data = personal_data.export(User.objects.get(pk=mine.pk))
    assert SECRET not in str(data)
    assert [mandate["mis fin le"] is None for mandate in data["Espaces et mandats"]["mandats"]] == [False]
    assert [document["fichier"] for document in data["Documents déposés"]] == ["camille.pdf"]
    assert [list(meeting) for meeting in data["Réunions annoncées"]] == [["espace", "annoncée le"]]


def test_a_withdrawn_document_is_told_without_its_title(mine):
    withdraw_document(document=Document.objects.get(), by=mine)
    (document,) = personal_data.export(mine)["Documents déposés"]
    assert (document["titre"], document["fichier"], document["retiré le"] is None) == ("", "camille.pdf", False)


def test_whoever_has_done_nothing_has_an_empty_file(db):
    data = personal_data.export(make_user())
    assert (data["Documents déposés"], data["Réunions annoncées"]) == ([], [])
    kept = data["Notifications"]
    assert (kept["lu jusqu’au"], kept["préférences"], kept["suivis"]) == (None, [], [])
    assert not any(data["Espaces et mandats"].values())


def test_a_regional_mandate_is_told(db):
    (mandate,) = personal_data.export(make_animation())["Espaces et mandats"]["mandats d’animation régionale"]
    assert mandate["fonction"] == "animation régionale"


def test_it_costs_the_same_with_two_documents_and_twenty(mine, lille, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    folder = make_folder(lille)
    make_document(folder, by=mine)
    with CaptureQueriesContext(connection) as few:
        personal_data.export(User.objects.get(pk=mine.pk))
    for number in range(18):
        make_document(folder, by=mine, content=b"%PDF-1.4 " + str(number).encode())
    with django_assert_num_queries(len(few)):
        personal_data.export(User.objects.get(pk=mine.pk))
