from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import actions
from notifications.models import ReadMarker
from tests import factories

pytestmark = pytest.mark.django_db


def seen_at(user: object) -> object:
    return ReadMarker.objects.get(user=user).seen_at


def test_the_mark_never_goes_back_nor_into_the_future() -> None:
    user, now = factories.make_user(), timezone.now()
    actions.mark_all_read(by=user, until=now - timedelta(hours=1))
    assert seen_at(user) == now - timedelta(hours=1)
    actions.mark_all_read(by=user, until=now - timedelta(hours=2))
    assert seen_at(user) == now - timedelta(hours=1)
    actions.mark_all_read(by=user, until=now + timedelta(days=365))
    assert now <= seen_at(user) <= timezone.now()


def test_each_has_their_own_mark() -> None:
    one, other = factories.make_user(), factories.make_user()
    actions.mark_all_read(by=one)
    assert not ReadMarker.objects.filter(user=other).exists()
