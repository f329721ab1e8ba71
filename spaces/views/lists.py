"""Reading: my spaces, their members, who sees what."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from spaces import policy, queries
from spaces.enums import Ability, Visibility
from spaces.forms import MemberFilterForm
from spaces.models import Space

MEMBERS_PER_PAGE = 50


def visible_space(request: HttpRequest, slug: str) -> Space:
    return get_object_or_404(Space.objects.visible_to(request.user), slug=slug)


def space_list(request: HttpRequest) -> HttpResponse:
    rows = queries.spaces_for(request.user)
    return render(
        request,
        "spaces/list.html",
        {
            "mine": [row for row in rows if row.is_mine],
            "others": [row for row in rows if not row.is_mine],
            "is_animation": policy.reader_of(request.user).is_animation,
        },
    )


def members(request: HttpRequest, slug: str) -> HttpResponse:
    space = visible_space(request, slug)
    abilities = policy.abilities(request.user, space)
    form = MemberFilterForm(request.GET or None, structures=queries.structures_in(space))
    wanted = form.wanted()
    page = Paginator(queries.members(space, request.user, wanted), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "spaces/members.html",
        {
            "space": space,
            "abilities": abilities,
            "form": form,
            "page": page,
            "is_filtered": not wanted.is_empty,
            "is_registered": space.visibility == Visibility.REGISTERED,
            "past": queries.past_members(space) if Ability.MANAGE_MEMBERS in abilities else [],
        },
    )


def who_can_see(request: HttpRequest, slug: str) -> HttpResponse:
    space = visible_space(request, slug)
    return render(
        request,
        "spaces/who_can_see.html",
        {
            "space": space,
            "abilities": policy.abilities(request.user, space),
            "lines": policy.who_can_see(space),
            "is_registered": space.visibility == Visibility.REGISTERED,
        },
    )


def what_i_can_see(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "spaces/what_i_can_see.html",
        {
            "lines": queries.spaces_seen_by(request.user),
            "region": queries.phrases(policy.abilities(request.user)),
        },
    )
