"""Secret addresses: made and revoked by their owner alone, hashed, dead the moment the account is."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts import actions, feeds, queries
from accounts.models import FeedToken, User, token_hash
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FEED = feeds.Feed("essai", "Essai", "Pour essayer.", lambda _, token: [("Tout", f"/flux/{token}/")])


@pytest.fixture(autouse=True)
def _offer_a_feed(monkeypatch):
    monkeypatch.setattr(feeds, "_feeds", {"essai": FEED})


def make(user: User) -> str:
    return actions.create_feed_token(user=user, purpose="essai")


def opens(token: str) -> User | None:
    return actions.open_feed(token=token, purpose="essai")


def test_dead_addresses_open_nothing():
    user = make_user()
    token = make(user)
    assert opens("A" * 43) is None
    assert actions.open_feed(token=token, purpose="autre") is None
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert opens(token) is None
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert opens(token) == user
    actions.revoke_feed_token(token=user.feed_tokens.get(), by=user)
    assert opens(token) is None


def test_nobody_revokes_or_sees_those_of_another(client):
    user, other = make_user(), make_user()
    token = make(user)
    with pytest.raises(Http404):
        actions.revoke_feed_token(token=user.feed_tokens.get(), by=other)
    client.force_login(other)
    response = client.post(reverse("accounts:revoke_feed", args=[user.feed_tokens.get().pk]))
    assert response.status_code == 404
    assert [entry.tokens for entry in queries.feed_tokens(other)] == [[]]
    assert opens(token) == user


def test_256_bits_of_which_the_hash_alone_is_kept():
    token = make(make_user())
    assert len(token) == 43
    assert FeedToken.objects.get().token_hash == token_hash(token) != token


def test_an_unknown_feed_and_an_eleventh_address_are_refused():
    user = make_user()
    with pytest.raises(ValidationError):
        actions.create_feed_token(user=user, purpose="inconnu")
    for _ in range(actions.MAX_FEED_TOKENS):
        make(user)
    with pytest.raises(ValidationError):
        make(user)


def test_the_use_is_noted_once_an_hour(django_assert_num_queries):
    token = make(make_user())
    with django_assert_num_queries(2):
        opens(token)
    with django_assert_num_queries(1):
        opens(token)
    FeedToken.objects.update(last_used_at=timezone.now() - timedelta(hours=2))
    with django_assert_num_queries(2):
        opens(token)


def test_the_page_shows_the_address_once_and_revokes_it(client):
    user = make_user()
    client.force_login(user)
    response = client.post(reverse("accounts:create_feed", args=["essai"]))
    page = response.content.decode()
    token = page.split("/flux/")[1].split("/")[0]
    assert opens(token) == user
    assert (response["Referrer-Policy"], "no-store" in response["Cache-Control"]) == ("no-referrer", True)
    assert token not in client.get(reverse("accounts:feeds")).content.decode()
    client.post(reverse("accounts:revoke_feed", args=[user.feed_tokens.get().pk]))
    assert opens(token) is None
