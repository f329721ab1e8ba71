"""What the lists hold, and above all what they must not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import actions, queries
from notifications.models import Event
from spaces.enums import Role
from spaces.models import Membership, Space
from tests import factories

pytestmark = pytest.mark.django_db


def record(space: Space, title: str = "Compte rendu", *, days_ago: float = 0, actor: object = None) -> Event:
    event = actions.record_event(
        space=space, kind="document_published", about=space, title=title, url="/documents/x/", actor=actor
    )
    Event.objects.filter(pk=event.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return event


def titles(news: list[queries.SpaceNews]) -> list[str]:
    return [notice.title for group in news for notice in group.notices]


def test_nothing_of_another_space(lille: Space, douai: Space) -> None:
    reader = factories.make_member(lille, Role.MANAGER)
    record(douai, "Secret de Douai")
    since = timezone.now() - timedelta(days=1)
    assert queries.unread_count(reader) == 0
    assert list(queries.notices(reader)) == []
    assert list(queries.activity(reader, douai)) == []
    assert queries.news_by_space(reader, since=since) == []


def test_nothing_once_the_mandate_has_ended(lille: Space) -> None:
    reader = factories.make_member(lille, starts_on=timezone.localdate() - timedelta(days=9))
    record(lille)
    Membership.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    reader = type(reader).objects.get(pk=reader.pk)
    assert queries.unread_count(reader) == 0
    assert list(queries.notices(reader)) == []


def test_nobody_is_told_what_they_did(lille: Space) -> None:
    author, other = factories.make_member(lille), factories.make_member(lille)
    record(lille, "De l’auteur", actor=author)
    record(lille, "De la machine", actor=None)
    assert [row["title"] for row in queries.notices(author)] == ["De la machine"]
    assert {row["title"] for row in queries.notices(other)} == {"De l’auteur", "De la machine"}
    assert {row["title"] for row in queries.activity(author, lille)} == {"De l’auteur", "De la machine"}


def test_unread_until_marked(lille: Space) -> None:
    reader = factories.make_member(lille, user=factories.make_user(created_at=timezone.now() - timedelta(days=20)))
    record(lille, "Hier", days_ago=1)
    record(lille, "Avant le compte", days_ago=30)
    assert queries.unread_count(reader) == 1
    actions.mark_all_read(by=reader)
    assert queries.unread_count(reader) == 0
    record(lille, "Après")
    Event.objects.filter(title="Après").update(created_at=timezone.now() + timedelta(seconds=5))
    assert [(row["title"], row["is_unread"]) for row in queries.notices(reader)] == [
        ("Après", True),
        ("Hier", False),
        ("Avant le compte", False),
    ]


def test_news_are_the_latest_five_of_each_space(lille: Space, douai: Space) -> None:
    reader = factories.make_member(lille)
    factories.make_member(douai, user=reader)
    for n in range(7):
        record(lille, f"Lille {n}", days_ago=n / 10)
    record(douai, "Douai")
    record(douai, "Trop vieux", days_ago=40)
    news = queries.news_by_space(reader, since=timezone.now() - timedelta(days=3))
    assert [(group.slug, group.total) for group in news] == [("douai", 1), ("lille", 7)]
    assert titles(news) == ["Douai", "Lille 0", "Lille 1", "Lille 2", "Lille 3", "Lille 4"]


def test_days_gather_by_space(lille: Space, douai: Space) -> None:
    reader = factories.make_member(lille)
    factories.make_member(douai, user=reader)
    noon = timezone.localtime().replace(hour=12)
    for space, title, at in [
        (lille, "A", noon - timedelta(days=2)),
        (douai, "B", noon - timedelta(days=2, hours=1)),
        (lille, "C", noon - timedelta(days=5)),
    ]:
        Event.objects.filter(pk=record(space, title).pk).update(created_at=at)
    days = queries.by_day(queries.notices(reader))
    assert [[(g.slug, [n.title for n in g.notices]) for g in day.spaces] for day in days] == [
        [("lille", ["A"]), ("douai", ["B"])],
        [("lille", ["C"])],
    ]


def test_an_unknown_kind_is_shown_by_its_title_alone(lille: Space) -> None:
    reader = factories.make_member(lille)
    actions.record_event(space=lille, kind="strange", about=lille, title="Chose", url="/")
    [day] = queries.by_day(queries.notices(reader))
    assert day.spaces[0].notices[0].kind.label == ""
