"""Inviting, changing, ending: real pages with forms, one for each thing that a manager does."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from spaces import actions, policy, queries, succession
from spaces.enums import Ability
from spaces.forms import ChangeMembershipForm, EndMembershipForm, InviteForm
from spaces.models import AccessRequest, Membership, Space
from spaces.views.lists import visible_space


def _managed(request: HttpRequest, slug: str, pk: int) -> tuple[Space, Membership]:
    """A mandate that can still be changed, in a space whose members the person manages."""
    space = visible_space(request, slug)
    policy.require(request.user, Ability.MANAGE_MEMBERS, space)
    mandates = Membership.objects.current().select_related("user__invitation", "structure", "space")
    return space, get_object_or_404(mandates, space=space, pk=pk)


def _pending_request(request: HttpRequest) -> AccessRequest | None:
    """The request for access that the address says is being accepted."""
    pk = request.GET.get("demande", "")
    if not pk:
        return None
    if not (pk.isascii() and pk.isdecimal()):
        raise Http404
    return get_object_or_404(AccessRequest.objects.visible_to(request.user).pending(), pk=pk)


def invite(request: HttpRequest, slug: str = "") -> HttpResponse:
    space = visible_space(request, slug) if slug else None
    if space is not None or not policy.reader_of(request.user).is_manager:
        policy.require(request.user, Ability.MANAGE_MEMBERS, space)
    answering = _pending_request(request)
    as_list = answering is None and request.GET.get("mode") == "liste"
    form = InviteForm(
        request.POST or None,
        inviter=request.user,
        space=space,
        as_list=as_list,
        initial=_initial(answering) | request.rescued,
    )
    if form.is_valid():
        try:
            outcome = actions.invite(by=request.user, answering=answering, **form.invitation())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            _say(request, outcome)
            return redirect("spaces:members", (space or form.cleaned_data["spaces"][0]).slug)
    context = {"space": space, "form": form, "as_list": as_list, "answering": answering}
    context["abilities"] = policy.abilities(request.user, space) if space else ()
    return render(request, "spaces/invite.html", context)


def _initial(answering: AccessRequest | None) -> dict[str, str]:
    if answering is None:
        return {}
    return {
        "email": answering.email,
        "first_name": answering.first_name,
        "last_name": answering.last_name,
        "function": answering.function,
    }


def _say(request: HttpRequest, outcome: actions.Outcome) -> None:
    if len(outcome.invited) == 1:
        messages.success(request, f"{outcome.invited[0].email} a maintenant accès et reçoit un courriel.")
    elif outcome.invited:
        messages.success(request, f"{len(outcome.invited)} personnes ont maintenant accès et reçoivent un courriel.")
    if outcome.already:
        names = ", ".join(user.email for user in outcome.already)
        messages.info(request, f"Déjà membre, rien n’a changé : {names}.")


def change_membership(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    space, membership = _managed(request, slug, pk)
    form = ChangeMembershipForm(request.POST or None, membership=membership, initial=request.rescued)
    if form.is_valid():
        try:
            actions.change_membership(membership=membership, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Le mandat de {membership.user} est modifié.")
            return redirect("spaces:members", slug)
    return render(
        request,
        "spaces/change_membership.html",
        {
            "space": space,
            "abilities": policy.abilities(request.user, space),
            "membership": membership,
            "invitation": queries.invitation_state(getattr(membership.user, "invitation", None)),
            "form": form,
        },
    )


def end_membership(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    space, membership = _managed(request, slug, pk)
    form = EndMembershipForm(request.POST if request.method == "POST" else None, membership=membership)
    errors: list[str] = []
    if form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            actions.end_membership(membership=membership, by=request.user, successor=successor)
        except ValidationError as error:
            errors = error.messages
        else:
            passed = f" {successor} prend la suite." if successor else ""
            messages.success(request, f"Le mandat de {membership.user} a pris fin\u00a0: l’accès est coupé.{passed}")
            mine = membership.user_id == request.user.pk
            return redirect("spaces:list") if mine else redirect("spaces:members", slug)
    context = _context(request, space, membership, errors)
    context |= {"form": form, "held": succession.held_by(membership.user, space)}
    return render(request, "spaces/end_membership.html", context)


def withdraw_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    space, membership = _managed(request, slug, pk)
    errors: list[str] = []
    if request.method == "POST":
        try:
            actions.withdraw_invitation(membership=membership, by=request.user)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, f"L’invitation de {membership.user} est retirée.")
            return redirect("spaces:members", slug)
    return render(request, "spaces/withdraw_invitation.html", _context(request, space, membership, errors))


def _context(request: HttpRequest, space: Space, membership: Membership, errors: list[str]) -> dict[str, object]:
    return {
        "space": space,
        "abilities": policy.abilities(request.user, space),
        "membership": membership,
        "errors": errors,
    }


@require_POST
def resend_invitation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _, membership = _managed(request, slug, pk)
    try:
        actions.resend_invitation(membership=membership, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"Un nouveau lien est envoyé à {membership.user.email} ; l’ancien ne marche plus.")
    return redirect("spaces:members", slug)
