"""Visits: half an hour of silence ends one; few writes."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.middleware import VisitMiddleware
from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def seen(user, minutes_ago, before=None):
    moment = timezone.now() - timedelta(minutes=minutes_ago)
    User.objects.filter(pk=user.pk).update(last_seen_at=moment, previous_visit_at=before)
    user.refresh_from_db()
    return moment


def note(user, writes, django_assert_num_queries):
    with django_assert_num_queries(writes):
        VisitMiddleware(HttpResponse).note(user)
    user.refresh_from_db()


def test_a_first_visit_has_none_before(django_assert_num_queries):
    user = make_user()
    note(user, 1, django_assert_num_queries)
    assert user.last_seen_at is not None
    assert user.previous_visit_at is None


@pytest.mark.parametrize(("minutes", "writes", "is_new"), [(4, 0, False), (6, 1, False), (29, 1, False), (31, 1, True)])
def test_a_visit_ends_after_half_an_hour_of_silence(minutes, writes, is_new, django_assert_num_queries):
    user = make_user()
    moment = seen(user, minutes)
    note(user, writes, django_assert_num_queries)
    assert user.previous_visit_at == (moment if is_new else None)
    assert (user.last_seen_at == moment) is (writes == 0)


def test_of_two_requests_at_once_one_writes():
    user = make_user()
    moment = seen(user, 45)
    twin = User.objects.get(pk=user.pk)
    for copy in (user, twin):
        VisitMiddleware(HttpResponse).note(copy)
    user.refresh_from_db()
    assert user.previous_visit_at == moment


def test_a_visitor_costs_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/compte/desactive/")


def test_reading_a_page_notes_the_visit(client):
    user = make_user()
    client.force_login(user)
    client.get("/compte/")
    user.refresh_from_db()
    assert timezone.now() - user.last_seen_at < timedelta(minutes=1)
