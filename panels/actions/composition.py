"""What a panel is made of: the region's file says it, and its animators complete it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from accounts.journal import log
from meetings.models import Body
from panels.models import Category, Seat, Theme
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

MOST_SEATS = 20
_Listed = TypeVar("_Listed", Category, Theme)


@transaction.atomic
def compose_panel(*, body: Body, categories: Iterable[tuple[str, str, int]], themes: Iterable[tuple[str, str]]) -> None:
    """Give `body` the categories (identifier, name, seats) and themes (identifier, name) of the region's file. Run again, it
    adds and renames; it removes no seat and nothing that people have added. Asks no right: the region's set-up calls it."""
    for position, (slug, name, seats) in enumerate(categories):
        category, _ = Category.objects.update_or_create(
            body=body, slug=slug, defaults={"name": name, "position": position}
        )
        _make_seats(category, seats)
    for position, (slug, name) in enumerate(themes):
        Theme.objects.update_or_create(body=body, slug=slug, defaults={"name": name, "position": position})


@transaction.atomic
def add_category(*, body: Body, by: "User", name: str, seats: int) -> Category:
    """One more kind of users, on this panel alone. Raises `PermissionDenied`/`Http404` when `by` may not convene there,
    `ValidationError` for a name already there or a wrong number of seats."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    if not 1 <= seats <= MOST_SEATS:
        raise ValidationError({"seats": f"Entre 1 et {MOST_SEATS} sièges."})
    category = _add(Category(body=body), name)
    _make_seats(category, seats)
    log(body, "panels.category.added", user=by, data={"name": category.name, "seats": seats})
    return category


@transaction.atomic
def add_theme(*, body: Body, by: "User", name: str) -> Theme:
    """Raises as `add_category`."""
    policy.require(by, Ability.CONVENE_MEETING, body.space)
    theme = _add(Theme(body=body), name)
    log(body, "panels.theme.added", user=by, data={"name": theme.name})
    return theme


def _add(one: _Listed, name: str) -> _Listed:
    Body.objects.select_for_update().get(pk=one.body_id)
    others = type(one)._default_manager.filter(body=one.body)
    one.name = " ".join(name.split())
    one.slug = slugify(one.name)[:80]
    if others.filter(slug=one.slug).exists():
        raise ValidationError({"name": f"«\u00a0{one.name}\u00a0» figure déjà dans la liste."})
    last = others.aggregate(last=Max("position"))["last"]
    one.position = 0 if last is None else last + 1
    one.full_clean(exclude=["body"])
    one.save()
    return one


def _make_seats(category: Category, wanted: int) -> None:
    there = set(category.seats.values_list("number", flat=True))
    Seat.objects.bulk_create(
        Seat(category=category, number=number) for number in range(1, wanted + 1) if number not in there
    )
