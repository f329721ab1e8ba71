"""The space's home, and its announcements."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail import views as wagtail_views

from documents.queries import latest_documents
from meetings.dates import moment_in_words
from meetings.queries import last_minutes, upcoming_meetings
from pages import actions, queries
from pages.forms import AnnouncementForm
from pages.models import AnnouncementPage, SpacePage
from pages.rich_text import is_plain
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space


def serve_page(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's pages, all of them below a space. Wagtail looks in its tree first and the page asks the right afterwards: from
    outside, the time that this takes would tell an address that exists. So nothing is looked for in a space that is not
    the reader's."""
    match path.split("/"):
        case ["espaces", slug, *_] if slug in policy.reader_of(request.user).spaces:
            return wagtail_views.serve(request, path)
    raise Http404


@require_safe
def space(request: HttpRequest, slug: str) -> HttpResponse:
    return show_space(request, queries.space_home(request.user, slug))


def preview_space(request: HttpRequest, page: SpacePage) -> HttpResponse:
    """The same screen, with the text of a draft."""
    home = queries.space_home(request.user, page.space.slug)
    return show_space(request, home, page)


def show_space(request: HttpRequest, home: Space, page: SpacePage | None = None) -> HttpResponse:
    content = queries.space_content(request.user, home)
    meetings = upcoming_meetings(request.user, home, limit=1)
    context = {
        "space": home,
        "abilities": policy.abilities(request.user, home),
        "page": page or getattr(home, "page", None),
        "coordinator": queries.coordinator_of(home),
        "meeting": meetings[0] if meetings else None,
        "minuted": last_minutes(request.user, home),
        "documents": latest_documents(request.user, home, limit=5),
        "pinned": [row for row in content.announcements if row.is_pinned],
        "announcements": [row for row in content.announcements if not row.is_pinned],
        "content_pages": content.pages,
    }
    return render(request, "pages/space.html", context)


@require_safe
def announcements(request: HttpRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    abilities = policy.abilities(request.user, space)
    board = queries.announcement_board(request.user, space, with_waiting=Ability.PUBLISH_ANNOUNCEMENT in abilities)
    return render(request, "pages/announcements.html", {"space": space, "abilities": abilities, "board": board})


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_new(request: HttpRequest, slug: str) -> HttpResponse:
    space = get_object_or_404(Space.objects.visible_to(request.user), slug=slug)
    policy.require(request.user, Ability.PUBLISH_ANNOUNCEMENT, space)
    form = AnnouncementForm(request.POST or None, initial=request.rescued, space=space, user=request.user)
    if request.method == "POST" and form.is_valid():
        page = actions.publish_announcement(space=space, by=request.user, **form.values)
        messages.success(request, _what_happened(page, "Annonce publiée.", form))
        return redirect("pages:announcements", slug=slug)
    return render(request, "pages/announcement_form.html", _form_context(request, space, form))


@require_http_methods(["GET", "HEAD", "POST"])
def announcement_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    announcement, draft = _announcement(request, slug, pk)
    if elsewhere := _written_elsewhere(request, announcement, draft):
        return elsewhere
    initial = _initial(request, draft)
    given = {"space": announcement.space, "user": request.user, "announcement": announcement}
    form = AnnouncementForm(request.POST or None, initial=initial, **given)
    if request.method == "POST" and form.is_valid():
        try:
            page = actions.change_announcement(announcement=announcement, by=request.user, **form.changes)
        except ValidationError as refusal:
            form.say_refused(refusal)
        else:
            messages.success(request, _what_happened(page, form.happened, form))
            return redirect("pages:announcements", slug=slug)
    elif request.method != "POST" and (refusal := announcement.refusal(request.user)):
        messages.warning(request, refusal)
    context = _form_context(request, announcement.space, form) | {"announcement": announcement}
    return render(request, "pages/announcement_form.html", context)


def _written_elsewhere(
    request: HttpRequest, announcement: AnnouncementPage, draft: AnnouncementPage
) -> HttpResponse | None:
    """A copy is written in the space that it comes from; a text that was laid out, in the editor of pages. What was typed here
    meanwhile is not thrown away."""
    if announcement.alias_of_id:
        policy.require(request.user, Ability.PUBLISH_ANNOUNCEMENT, announcement.source.space)
        return redirect(announcement.source.edit_url)
    if request.method == "POST" or is_plain(draft.body):
        return None
    messages.info(request, "Cette annonce est mise en forme (titres, listes…) : elle s’ouvre dans l’éditeur de pages.")
    return redirect("wagtailadmin_pages:edit", announcement.pk)


def _initial(request: HttpRequest, draft: AnnouncementPage) -> dict[str, Any]:
    initial = AnnouncementForm.initial_of(draft)
    if request.rescued:  # a box that was left empty is not in what was sent
        initial |= {"is_pinned": False, "must_be_read": False, "also_in": []} | request.rescued
    return initial


@require_POST
def announcement_unpublish(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    announcement, _ = _announcement(request, slug, pk)
    actions.unpublish_announcement(announcement=announcement, by=request.user)
    after = "Elle reste parmi vos brouillons, prête à être republiée."
    if announcement.alias_of_id:
        after = "Elle se lit encore dans l’espace d’où elle vient."
    messages.success(request, f"« {announcement.title} » n’est plus lisible ici. {after}")
    return redirect("pages:announcements", slug=slug)


def _announcement(request: HttpRequest, slug: str, pk: int) -> tuple[AnnouncementPage, AnnouncementPage]:
    """The announcement as published, and its last draft; 404 outside one's spaces, 403 without the right."""
    found = AnnouncementPage.objects.visible_to(request.user).select_related("space")
    announcement = get_object_or_404(found, pk=pk, space__slug=slug)
    policy.require(request.user, Ability.PUBLISH_ANNOUNCEMENT, announcement.space)
    return announcement, announcement.get_latest_revision_as_object()


def _form_context(request: HttpRequest, space: Space, form: AnnouncementForm) -> dict[str, Any]:
    return {"space": space, "abilities": policy.abilities(request.user, space), "form": form}


def _what_happened(page: AnnouncementPage, published: str, form: AnnouncementForm) -> str:
    asks = form.announcement is None and form.cleaned_data["must_be_read"]
    others = len(form.cleaned_data.get("also_in", []))
    if page.live:
        where = f"et {others} autre{'s' if others > 1 else ''} " if others else ""
        asked = "\u00a0; chaque membre est invité à confirmer sa lecture" if asks else ""
        return f"{published} Les personnes qui lisent l’espace {where}la voient dès maintenant{asked}."
    if page.go_live_at is None:
        return "Brouillon enregistré. Seules les personnes qui publient dans l’espace le voient."
    when = moment_in_words(page.go_live_at)
    if form.is_draft:
        return f"Brouillon enregistré avec sa date prévue, le {when}\u00a0: il ne partira pas de lui-même."
    return f"L’annonce est prête : elle sera publiée le {when}."
