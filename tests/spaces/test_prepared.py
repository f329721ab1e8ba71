"""Queries written once: the same rights, the same answers, whoever asked first."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.utils import timezone

from documents.models import Document, Folder
from spaces import policy
from spaces.audience import reader_count
from spaces.enums import Role, Visibility
from spaces.models import Membership, Share, Space
from spaces.prepared import prepared
from tests.factories import make_document, make_folder, make_member, make_user

pytestmark = pytest.mark.django_db


@prepared
def titles(user, extension, *, upper=False):
    found = Document.objects.visible_to(user).order_by("title").values_list("title", flat=True)
    if extension is not None:
        found = found.filter(extension=extension.upper() if upper else extension)
    return found


@prepared
def folders(user, pks):
    return Folder.objects.visible_to(user).filter(pk__in=pks).select_related("space").order_by("pk")


@pytest.fixture
def here(lille):
    return make_document(make_folder(lille), title="ici")


@pytest.fixture
def elsewhere(douai):
    return make_document(make_folder(douai), title="ailleurs")


def test_the_same_role_in_another_space_is_told_of_its_own_alone(here, elsewhere):
    for first, second in [(here, elsewhere), (elsewhere, here), (here, elsewhere)]:
        assert titles(make_member(first.space, Role.READER), None) == [first.title]
        assert titles(make_member(second.space, Role.READER), None) == [second.title]


def test_nobody_is_told_of_nothing(here):
    stranger = make_user()
    assert (titles(make_member(here.space), None), titles(stranger, None)) == ([here.title], [])
    member = make_member(here.space, Role.MANAGER)
    Membership.objects.filter(user=member).update(ended_at=timezone.now())
    policy.forget(member)
    assert titles(member, None) == []


@pytest.mark.parametrize("role", list(Role))
def test_agrees_with_the_query_itself(here, elsewhere, role):
    Share.objects.create(
        space=elsewhere.space, object_id=elsewhere.uuid, to_space=here.space, ends_on=timezone.localdate(), reason="x"
    )
    reader = make_member(here.space, role)
    expected = list(Document.objects.visible_to(reader).order_by("title").values_list("title", flat=True))
    assert titles(reader, None) == expected == ["ailleurs", "ici"]
    assert (titles(reader, here.extension), titles(reader, "zzz")) == (expected, [])


def test_the_stand_in_has_every_right_that_a_reader_can_have():
    """A new field of `Reader` goes into the shape, and into the stand-in: else the first to ask would lend it to the next."""
    rights = {one.name for one in fields(policy.Reader)} - {"spaces"}  # their names, which no query is made of
    assert rights == {
        "roles",
        "mandated",
        "is_animation",
        "boundary_ids",
        "shared_ids",
    }


def test_gives_instances_and_takes_sets(here, elsewhere, django_assert_num_queries):
    reader = make_member(here.space, Role.READER)
    both = frozenset({here.folder_id, elsewhere.folder_id})
    policy.reader_of(reader)
    for pks in (both, frozenset({here.folder_id}), both):
        with django_assert_num_queries(1):
            found = folders(reader, pks)
            assert [folder.space.slug for folder in found] == ["lille"]
    assert folders(reader, frozenset()) == []


def test_refuses_a_value_that_does_not_come_out_as_it_is(here):
    with pytest.raises(ValueError, match="otherwise than as it was given"):
        titles(make_member(here.space), "pdf-x", upper=True)


def test_refuses_a_day_that_would_never_end(here):
    @prepared
    def wrong(space):
        return Membership.objects.in_force().filter(space=space).values_list("pk")

    with pytest.raises(ValueError, match="for ever"):
        wrong(here.space_id)


def test_days_and_moments_are_values(here):
    @prepared
    def since(moment, day):
        found = Document.objects.filter(published_at__gt=moment, review_on=day)
        return found.order_by("pk").values_list("pk", "published_at", "uuid")

    now = timezone.now()
    Document.objects.update(published_at=now, review_on=date(2030, 1, 2))
    assert since(now - timedelta(hours=1), date(2030, 1, 2)) == [(here.pk, now, here.uuid)]
    assert since(now - timedelta(hours=1), date(2030, 1, 3)) == since(now, date(2030, 1, 2)) == []


def test_counts_as_many_readers_as_are_named(here, douai):
    make_member(here.space), make_member(here.space, Role.MANAGER)
    make_member(douai)
    make_user(is_superuser=True), make_user(is_superuser=True, is_active=False)
    named = make_user()
    both = {"space": here.space, "object_id": here.uuid, "ends_on": timezone.localdate(), "reason": "x"}
    assert reader_count(here.space, object_id=here.uuid) == len(policy.who_can_see(here.space, object_id=here.uuid))
    Share.objects.create(**both, to_user=named)
    Share.objects.create(**both, to_space=Space.objects.get(pk=douai.pk))
    assert (
        reader_count(here.space, object_id=here.uuid) == len(policy.who_can_see(here.space, object_id=here.uuid)) == 6
    )
    Space.objects.filter(pk=douai.pk).update(visibility=Visibility.REGISTERED)
    assert reader_count(here.space, object_id=here.uuid) is None
