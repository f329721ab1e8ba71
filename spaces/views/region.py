"""What the regional animation alone sees: its own mandates, and the accounts."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from spaces import actions, policy, queries
from spaces.enums import Ability
from spaces.forms import AccountFilterForm, AnimationForm
from spaces.models import AnimationMandate

ACCOUNTS_PER_PAGE = 50


def animation(request: HttpRequest) -> HttpResponse:
    """Who is of the regional animation, and the form that adds somebody."""
    policy.require(request.user, Ability.MANAGE_REGION)
    form = AnimationForm(request.POST or None, initial=request.rescued)
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.grant_animation(
                user=data["email"], by=request.user, function=data["function"], ends_on=data["ends_on"]
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{data['email']} fait maintenant partie de l’animation régionale.")
            return redirect("spaces:animation")
    mandates = AnimationMandate.objects.current().select_related("user", "structure")
    return render(request, "spaces/animation.html", {"mandates": mandates, "form": form})


def end_animation(request: HttpRequest, pk: int) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_REGION)
    mandate = get_object_or_404(AnimationMandate.objects.current().select_related("user"), pk=pk)
    errors: list[str] = []
    if request.method == "POST":
        try:
            actions.end_animation(mandate=mandate, by=request.user)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, f"Le mandat d’animation de {mandate.user} a pris fin.")
            return redirect("spaces:list" if mandate.user_id == request.user.pk else "spaces:animation")
    return render(request, "spaces/end_animation.html", {"mandate": mandate, "errors": errors})


def accounts(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_ACCOUNTS)
    form = AccountFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = queries.accounts(wanted.get("q", ""), wanted.get("etat", ""))
    page = Paginator(rows, ACCOUNTS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [(user, queries.account_state(user)) for user in page.object_list]
    return render(
        request,
        "spaces/accounts.html",
        {"form": form, "page": page, "states": queries.ACCOUNT_STATES, "is_filtered": any(wanted.values())},
    )


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """What somebody can see, in the words of their own « Ce que je peux voir »."""
    policy.require(request.user, Ability.MANAGE_ACCOUNTS)
    found = get_object_or_404(User, pk=pk, is_superuser=False)
    region = queries.phrases(policy.abilities(found))
    context = {"account": found, "lines": queries.spaces_seen_by(found), "region": region}
    return render(request, "spaces/account.html", context)


def deactivate_account(request: HttpRequest, pk: int) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_ACCOUNTS)
    account = get_object_or_404(User, pk=pk, is_superuser=False, is_active=True)
    errors: list[str] = []
    if request.method == "POST":
        try:
            actions.deactivate_account(user=account, by=request.user)
        except ValidationError as error:
            errors = error.messages
        else:
            messages.success(request, f"Le compte de {account} est désactivé : l’accès est coupé.")
            return redirect("spaces:accounts")
    return render(request, "spaces/deactivate_account.html", {"account": account, "errors": errors})


def reactivate_account(request: HttpRequest, pk: int) -> HttpResponse:
    policy.require(request.user, Ability.MANAGE_ACCOUNTS)
    account = get_object_or_404(User, pk=pk, is_superuser=False, is_active=False)
    if request.method == "POST":
        actions.reactivate_account(user=account, by=request.user)
        messages.success(request, f"Le compte de {account} est rouvert, avec ses mandats en vigueur.")
        return redirect("spaces:accounts")
    return render(request, "spaces/reactivate_account.html", {"account": account})
