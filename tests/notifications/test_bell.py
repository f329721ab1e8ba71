"""The bell: nothing of elsewhere, one query when nothing has happened, no presence faked."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from notifications.actions import mark_all_read, mark_read, record_event
from notifications.models import Event
from spaces.models import Space
from tests import factories

pytestmark = pytest.mark.django_db
BELL = "/notifications/cloche/"


def ask(client, mark: str = ""):
    return client.get(BELL, {"repere": mark}, headers={"HX-Request": "true", "X-Background": "1"})


def mark_of(response) -> str:
    return re.search(r'data-mark="(\w+)"', response.content.decode()).group(1)


def record(space: Space) -> None:
    record_event(space=space, kind="document.published", about=space, title="x", url="/x/")


def test_what_happens_elsewhere_is_not_counted(client, lille, douai):
    client.force_login(factories.make_member(lille))
    record(douai)
    assert "x-count" not in ask(client).content.decode()
    record(lille)
    assert ">1<" in ask(client).content.decode()


def test_one_query_beside_the_person_when_nothing_happened(client, lille):
    reader = factories.make_member(lille)
    client.force_login(reader)
    record(lille)
    mark = mark_of(ask(client))
    with CaptureQueriesContext(connection) as asked:
        assert ask(client, mark).status_code == 204
    person, *own = asked.captured_queries
    assert person["sql"].startswith('SELECT "accounts_user"."id", "accounts_user"."password"')
    assert [query["sql"].partition("bell")[0] for query in own] == ["SELECT '"]


def test_the_mark_changes_with_an_event_and_with_reading(client, lille):
    reader = factories.make_member(lille)
    client.force_login(reader)
    record(lille)
    first = mark_of(ask(client))
    record(lille)
    second = mark_of(ask(client, first))
    mark_read(by=reader, event_id=Event.objects.values_list("pk", flat=True)[0])
    third = ask(client, second)
    assert (third.status_code, ">1<" in third.content.decode()) == (200, True)
    mark_all_read(by=reader)
    after = ask(client, mark_of(third))
    assert (after.status_code, "x-count" in after.content.decode()) == (200, False)
    assert len({first, second, mark_of(third), mark_of(after)}) == 4


def test_polling_is_not_a_visit(client, lille):
    reader = factories.make_member(lille)
    client.force_login(reader)
    ask(client)
    assert User.objects.get(pk=reader.pk).last_seen_at is None
