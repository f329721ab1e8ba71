"""Wagtail's tree: home → « Espaces » → one SpacePage per space → editorial pages and the space's announcements.

Each page inside a space knows its space (denormalised from the tree, so that lists are filtered by it), and refuses to be
served to somebody who may not read that space.
"""

import re
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.models import PagePermissionTester as WagtailPermissionTester
from wagtail.query import PageQuerySet

from notifications.queries import follow_of
from pages.blocks import RICH_TEXT_FEATURES, body_blocks, link_blocks
from pages.reading_again import AnnouncementEditorForm
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

RESERVED_SLUGS = frozenset(
    {"documents", "ressources", "reunions", "annonces", "membres", "activite", "acces", "calendrier"}
)
"""Addresses of a space that are screens of the other rooms; no page may take them."""
RESERVED_ANNOUNCEMENT_SLUGS = frozenset({"nouvelle"})


def address_of(url_path: str) -> str:
    """A page's address, from Wagtail's path in the tree: the site has one root, whose own slug is not shown. Costs nothing,
    where `page.url` looks for the site."""
    return "/" + url_path.split("/", 2)[2]


def fingerprint(title: str, body: str) -> str:
    return sha256(f"{title}\n{body}".encode()).hexdigest()


def _as_read(body: str) -> str:
    """Without what Wagtail's editor writes in another way than the form of the space."""
    return re.sub(r' data-block-key="[^"]*"', "", body).replace("<br/>", "<br>")


class HomePage(Page):
    """The root. Its address is the personal home, which is a plain view."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["pages.SpaceIndexPage"]
    preview_modes: list[tuple[str, str]] = []
    is_creatable = False

    class Meta:
        verbose_name = "accueil"

    def serve(self, *_: Any, **__: Any) -> HttpResponse:
        raise Http404


class SpaceIndexPage(Page):
    """« Espaces »: holds the spaces' pages; its address is the list of spaces, a plain view."""

    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.SpacePage"]
    preview_modes: list[tuple[str, str]] = []
    is_creatable = False

    class Meta:
        verbose_name = "liste des espaces"

    def serve(self, *_: Any, **__: Any) -> HttpResponse:
        raise Http404


class InSpaceQuerySet(PageQuerySet):
    def visible_to(self, user: "User") -> "InSpaceQuerySet":
        """In the spaces that `user` reads. Drafts are there too: say `current()` for readers."""
        return self.filter(space_id__in=policy.reader_of(user).space_ids)

    def current(self, now: datetime | None = None) -> "InSpaceQuerySet":
        """Published and not past its end, whether or not the clockwork has already put it away."""
        return self.filter(Q(expire_at=None) | Q(expire_at__gt=now or timezone.now()), live=True)


InSpaceManager = PageManager.from_queryset(InSpaceQuerySet)


class PermissionTester(WagtailPermissionTester):
    """What Wagtail's own screens offer: pages do not travel, and who reads them is not set page by page."""

    def can_move(self) -> bool:
        return self.user.is_superuser and super().can_move()

    def can_copy(self) -> bool:
        return self.user.is_superuser and super().can_copy()

    def can_set_view_restrictions(self) -> bool:
        return False


class StructurePermissionTester(PermissionTester):
    """A space's home and its « Annonces » stay as long as the space does."""

    def can_delete(self, *_: Any, **__: Any) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False


class AnnouncementPermissionTester(PermissionTester):
    def can_publish(self) -> bool:
        return super().can_publish() and not self.page.refusal(self.user)


class InSpace(Page):
    """A page inside a space."""

    permission_tester = PermissionTester

    promote_panels = [FieldPanel("slug")]
    settings_panels = [PublishingPanel()]
    private_page_options: list[str] = []  # who reads is the policy's business

    class Meta:
        abstract = True

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Wagtail completes a page here (slug, titles); a page's space is always that of its parent, copied or not."""
        self.inherit_space()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        """The same, for a draft."""
        self.inherit_space()
        super().minimal_clean()

    def with_content_json(self, content: Any) -> "InSpace":
        """A text read back, or followed by a copy, says nothing of the space where it is read."""
        page = super().with_content_json(content)
        page.space_id = self.space_id
        return page

    def inherit_space(self) -> None:
        parent = self.get_parent()
        if parent is not None:
            self.space = parent.specific.space

    def can_move_to(self, parent: Page) -> bool:
        """A page stays in its space."""
        return super().can_move_to(parent) and getattr(parent.specific, "space_id", None) == self.space_id

    def permissions_for_user(self, user: "User") -> WagtailPermissionTester:
        return self.permission_tester(user, self)

    @property
    def address(self) -> str:
        return address_of(self.url_path)

    @property
    def is_past(self) -> bool:
        return self.expire_at is not None and self.expire_at <= timezone.now()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Only live pages come here (Wagtail's routing); an expired one is gone even before the clockwork has passed."""
        policy.require(request.user, Ability.VIEW_SPACE, self.space)
        if self.is_past:
            raise Http404
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["space"] = self.space
        context["abilities"] = policy.abilities(request.user, self.space)
        return context


class SpacePage(InSpace):
    """The editorial part of a space's home: a short text and useful links. The rest of that screen is computed."""

    space = models.OneToOneField(
        Space, on_delete=models.PROTECT, editable=False, related_name="page", verbose_name="espace"
    )
    body = RichTextField("texte d’accueil", blank=True, features=RICH_TEXT_FEATURES)
    links = StreamField(link_blocks(), blank=True, verbose_name="liens utiles")

    objects = InSpaceManager()

    permission_tester = StructurePermissionTester
    content_panels = [FieldPanel("body"), FieldPanel("links")]
    promote_panels: list[FieldPanel] = []  # its address is the space's, for ever
    settings_panels: list[FieldPanel] = []
    parent_page_types = ["pages.SpaceIndexPage"]
    subpage_types = ["pages.ContentPage", "pages.AnnouncementIndexPage"]
    is_creatable = False

    class Meta:
        verbose_name = "page d’accueil d’espace"
        verbose_name_plural = "pages d’accueil d’espace"

    def inherit_space(self) -> None:
        """The one page whose space is given: its parent is « Espaces »."""

    def can_move_to(self, *_: Any) -> bool:
        return False

    def serve(self, request: HttpRequest, *_: Any, **__: Any) -> HttpResponse:
        """The space's home, with this text: the draft's when Wagtail shows a preview."""
        from pages.views import preview_space

        return preview_space(request, self)


class ContentPage(InSpace):
    space = models.ForeignKey(Space, on_delete=models.PROTECT, editable=False, related_name="content_pages")
    introduction = models.CharField("introduction", max_length=300, blank=True)
    body = StreamField(body_blocks(), blank=True, verbose_name="contenu")

    objects = InSpaceManager()

    template = "pages/content_page.html"
    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    parent_page_types = ["pages.SpacePage", "pages.ContentPage"]
    subpage_types = ["pages.ContentPage"]

    class Meta:
        verbose_name = "page de contenu"
        verbose_name_plural = "pages de contenu"

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError(
                {"slug": "Cette adresse est prise par une rubrique de l’espace ; choisissez-en une autre."}
            )

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        above = self.get_ancestors().filter(depth__gt=4).values_list("title", "url_path")
        context["trail"] = [(title, address_of(path)) for title, path in above]
        below = ContentPage.objects.child_of(self).current().values_list("title", "introduction", "url_path")
        context["children"] = [(title, intro, address_of(path)) for title, intro, path in below]
        context["follow"] = follow_of(request.user, self) if self.pk else None
        return context


class AnnouncementIndexPage(InSpace):
    """« Annonces » of a space: holds its announcements; its address is a plain list view."""

    space = models.OneToOneField(Space, on_delete=models.PROTECT, editable=False, related_name="announcement_index")

    objects = InSpaceManager()

    permission_tester = StructurePermissionTester
    parent_page_types = ["pages.SpacePage"]
    subpage_types = ["pages.AnnouncementPage"]
    preview_modes: list[tuple[str, str]] = []
    is_creatable = False

    class Meta:
        verbose_name = "annonces d’un espace"
        verbose_name_plural = "annonces des espaces"

    def can_move_to(self, *_: Any) -> bool:
        return False

    def serve(self, *_: Any, **__: Any) -> HttpResponse:
        raise Http404


class AnnouncementPage(InSpace):
    """An announcement. Drafts, scheduled publication and expiry are Wagtail's own (`go_live_at`, `expire_at`), and so are the
    copies by which it is read in other spaces too: aliases, which follow it in everything (ADR 020)."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, editable=False, related_name="announcements")
    body = RichTextField("texte", features=RICH_TEXT_FEATURES)
    is_pinned = models.BooleanField("épinglée en tête de l’espace", default=False)
    # Fingerprint of the text that readers were asked to read, where this one merely corrects it; else empty: it is this one.
    corrects = models.CharField("empreinte corrigée", max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField("texte changé le", null=True, editable=False)

    objects = InSpaceManager()

    permission_tester = AnnouncementPermissionTester
    template = "pages/announcement_page.html"
    base_form_class = AnnouncementEditorForm
    content_panels = [*Page.content_panels, FieldPanel("body"), FieldPanel("is_pinned"), FieldPanel("reading")]
    parent_page_types = ["pages.AnnouncementIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = "annonce"

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_ANNOUNCEMENT_SLUGS:
            raise ValidationError({"slug": "Cette adresse est celle d’un formulaire ; choisissez-en une autre."})

    def update_aliases(self, *, revision: Any = None, _content: Any = None, _updated_ids: Any = None) -> None:
        """Copies follow what is published, dates included; Wagtail would publish them with what is only scheduled."""
        if self.live:
            super().update_aliases(revision=revision, _updated_ids=_updated_ids)

    def is_another_text(self, title: str, body: str) -> bool:
        """Than that of the database, for who reads it."""
        row = AnnouncementPage.objects.get(pk=self.pk)
        return (title, _as_read(body)) != (row.title, _as_read(row.body))

    def note_reading(self, *, is_correction: bool) -> None:
        """Before it is kept or published: whether « J’ai lu », said of the published text, holds for this one."""
        row, is_another = AnnouncementPage.objects.get(pk=self.pk), self.is_another_text(self.title, self.body)
        read, own = row.corrects or fingerprint(row.title, row.body), fingerprint(self.title, self.body)
        holds = not is_another or (is_correction and row.live)
        self.corrects = read if holds and read != own else ""
        self.changed_at = timezone.now() if is_another else row.changed_at

    def refusal(self, user: "User") -> str:
        """Why `user` may not publish it, where its copies would carry the text into spaces where they do not publish; else
        empty. Refused rather than detached: a space left with a former text would go on reading it."""
        elsewhere = (
            self.copies_beyond(user).order_by("space__position", "space__name").values_list("space__name", flat=True)
        )
        names = ", ".join(f"«\u00a0{name}\u00a0»" for name in elsewhere)
        return names and (
            f"Cette annonce se lit aussi dans {names}, où vous ne publiez pas\u00a0: vous ne pouvez pas en publier un "
            "autre texte. Demandez à l’animateur de cet espace de l’en retirer, ou à l’animation régionale de la modifier."
        )

    def copies_beyond(self, user: "User | None") -> InSpaceQuerySet:
        """Those in spaces where `user` does not publish."""
        mine = policy.reader_of(user).space_ids_with(Ability.PUBLISH_ANNOUNCEMENT)
        return AnnouncementPage.objects.filter(alias_of=self.pk, alias_of__isnull=False).exclude(space_id__in=mine)

    @property
    def source(self) -> "AnnouncementPage":
        """The announcement that people write: itself, or the one that this copy follows."""
        return self.alias_of.specific if self.alias_of_id else self

    @property
    def edit_url(self) -> str:
        return reverse("pages:announcement_edit", args=[self.space.slug, self.pk])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["author"] = self.owner.get_full_name() if self.owner else ""
        context["source"] = self.source
        context["may_edit"] = policy.can(request.user, Ability.PUBLISH_ANNOUNCEMENT, context["source"].space)
        return context
