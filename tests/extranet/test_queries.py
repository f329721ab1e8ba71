"""What the personal home says waits, is new, is mine."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Invitation
from directory.models import Territory
from documents.models import Document
from extranet import queries
from meetings.models import Action, Meeting, Minutes
from notifications.actions import record_event
from spaces.enums import Role
from spaces.models import AccessRequest, Space
from tests import factories

pytestmark = pytest.mark.django_db


def summaries(user: object) -> list[str]:
    return [task.summary.replace("\u00a0", " ") for task in queries.what_waits(user)]


def ending(space: Space, days: int, **fields: object) -> object:
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=60), "ends_on": today + timedelta(days=days)}
    return factories.make_member(space, **dates, **fields)


def silent_guest(space: Space, days: int = 8) -> None:
    guest = factories.make_member(space)
    sent_at = timezone.now() - timedelta(days=days)
    Invitation.objects.create(user=guest, token_hash=guest.email, sent_at=sent_at, expires_at=sent_at)


def give_actions(space: Space, user: object, number: int, *, days: int = -1) -> None:
    """Actions of circulated minutes, due so many days from now."""
    starts_at = timezone.now() - timedelta(days=10)
    meeting = Meeting.objects.create(
        space=space, state="circulated", title="CTT", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )
    Minutes.objects.create(meeting=meeting, state="circulated", content={})
    due_on = timezone.localdate() + timedelta(days=days)
    Action.objects.bulk_create(
        Action(meeting=meeting, text=f"Action {n} à {days}", person=user, due_on=due_on, is_told=True)
        for n in range(number)
    )


def request_access(space: Space) -> None:
    if space.territory is None:
        space.territory = Territory.objects.create(slug=space.slug, name=space.name)
        space.save()
    AccessRequest.objects.create(
        email="a@test.example", first_name="A", last_name="B", structure_name="C", territory=space.territory
    )


def test_nothing_of_another_space(lille: Space, douai: Space) -> None:
    manager = factories.make_member(lille, Role.MANAGER)
    factories.make_member(douai, Role.MANAGER)
    ending(douai, 3)
    silent_guest(douai)
    request_access(douai)
    assert summaries(manager) == []


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_nothing_for_whoever_manages_nothing(lille: Space, role: Role) -> None:
    member = factories.make_member(lille, role)
    factories.make_member(lille, Role.MANAGER)
    ending(lille, 3)
    silent_guest(lille)
    request_access(lille)
    assert summaries(member) == []


def test_what_waits_for_a_manager(lille: Space) -> None:
    manager = factories.make_member(lille, Role.MANAGER)
    ending(lille, 3)
    ending(lille, 13)
    ending(lille, 20)
    silent_guest(lille)
    silent_guest(lille, days=2)
    request_access(lille)
    assert summaries(manager) == ["1 demande d’accès à traiter", "2 mandats à renouveler", "1 invitation sans réponse"]


def test_my_own_mandate_ends(lille: Space) -> None:
    [task] = queries.what_waits(ending(lille, 1))
    assert task.detail == "Dernier jour de votre accès à l’espace Lille\u00a0: demain."
    assert task.url == "/espaces/lille/membres/"


def test_second_factor_missing(lille: Space, settings: Settings) -> None:
    manager, reader = factories.make_member(lille, Role.MANAGER), factories.make_member(lille)
    settings.MFA_REQUIRED_FOR_MANAGERS = True
    assert summaries(manager) == ["1 réglage de sécurité à faire"]
    assert summaries(reader) == []


def test_the_same_words_are_said_once() -> None:
    tasks = [queries.Task("1 mandat", "a", "/a/", "voir"), queries.Task("1 mandat", "b", "/b/", "voir")]
    assert queries.summary(tasks) == [("1 mandat", "/a/")]


def test_my_spaces_the_common_one_first(lille: Space, douai: Space, commun: Space) -> None:
    reader = factories.make_member(lille, Role.MANAGER)
    assert [(space.slug, space.role) for space in queries.my_spaces(reader)] == [
        ("commun", "Lecteur"),
        ("lille", "Animateur d’espace"),
    ]


def fill(space: Space, number: int) -> None:
    for n in range(number):
        record_event(space=space, kind="document.published", about=space, title=f"Document {n}", url="/")
        starts_at = timezone.now() + timedelta(days=n + 1)
        Meeting.objects.create(
            space=space,
            state="convened",
            title=f"Réunion {n}",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )
        ending(space, 3)
        silent_guest(space)
        request_access(space)


@pytest.mark.parametrize("who", ["manager", "animation"])
def test_the_home_costs_the_same_with_ten_times_more(
    client: Client,
    lille: Space,
    douai: Space,
    commun: Space,
    who: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    user = factories.make_animation() if who == "animation" else factories.make_member(lille, Role.MANAGER)
    client.force_login(user)
    counts = []
    for number in (1, 10):
        for space in (lille, douai, commun):
            fill(space, number)
        give_actions(lille, user, number)
        client.get("/")
        with django_assert_max_num_queries(15) as asked:
            page = client.get("/")
        assert page.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_home_shows_nothing_of_another_space(client: Client, lille: Space, douai: Space) -> None:
    record_event(space=douai, kind="document.published", about=douai, title="Mot-secret", url="/")
    starts_at = timezone.now() + timedelta(days=1)
    Meeting.objects.create(
        space=douai,
        state="convened",
        title="Mot-secret",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
    )
    client.force_login(factories.make_member(lille, Role.MANAGER))
    page = client.get("/").content.decode()
    assert "Mot-secret" not in page
    assert "Douai" not in page
    assert "Rien ne vous attend." in page


def test_my_actions_are_on_my_page_the_late_ones_first(client: Client, lille: Space, douai: Space) -> None:
    user = factories.make_member(lille)
    give_actions(lille, user, 4, days=5)
    give_actions(lille, user, 3, days=-5)
    give_actions(lille, factories.make_member(lille), 1, days=-9)
    give_actions(douai, user, 1, days=-7)  # assigned where one reads no more
    client.force_login(user)
    html = client.get("/").content.decode().replace("\u00a0", " ")
    shown = [
        days for line in html.split("<li>") for days in ("à 5", "à -5", "à -7", "à -9") if f"Action 0 {days}<" in line
    ]
    assert shown == ["à -5", "à 5"]
    assert (html.count("En retard"), "3 actions en retard" in html, "Toutes mes actions (7 à faire)" in html) == (
        3,
        True,
        True,
    )
    assert "/decisions-actions/?miennes=1" in html


def test_documents_to_look_at_again_wait_for_who_deposited_them(lille: Space, douai: Space) -> None:
    author = factories.make_member(lille, Role.CONTRIBUTOR)
    manager = factories.make_member(lille, Role.MANAGER)
    folder = factories.make_folder(lille, "guides")
    for rank in range(5):
        factories.make_document(folder, by=author, title=f"Guide {rank}")
    today = timezone.localdate()
    Document.objects.exclude(title="Guide 4").update(review_on=today)
    Document.objects.filter(title="Guide 4").update(review_on=today + timedelta(days=1))
    tasks = list(queries.what_waits(author))
    assert {task.summary.replace("\u00a0", " ") for task in tasks} == {"4 documents à revoir"}
    assert [task.action for task in tasks] == ["Revoir le document"] * 3 + ["Voir le suivant"]
    assert ("«\u00a0Guide 0\u00a0», Lille." in tasks[0].detail, tasks[3].detail) == (
        True, "Et 1\u00a0autre document à revoir.",
    )  # fmt: skip
    others = [manager, factories.make_member(lille), factories.make_member(douai, Role.MANAGER)]
    assert [summaries(who) for who in others] == [[], [], []]
    author.memberships.update(role=Role.READER)
    assert summaries(type(author).objects.get(pk=author.pk)) == []
