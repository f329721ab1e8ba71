"""Writes: a space's pages, and its announcements. Publication itself is Wagtail's; what follows from it (search, what is
new) is in `publication.py`, so that it follows from Wagtail's own editor too."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.log_actions import log
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Page, Site

from acknowledgements.actions import ask_acknowledgement, stop_acknowledgement
from pages.models import (
    RESERVED_ANNOUNCEMENT_SLUGS,
    AnnouncementIndexPage,
    AnnouncementPage,
    HomePage,
    SpaceIndexPage,
    SpacePage,
)
from pages.publication import forget_page, make_known
from pages.readings import KIND
from pages.rich_text import clean_html
from spaces import policy
from spaces.enums import Ability, Role
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page")
"""What the managers of a space may do on its home and below it, in Wagtail's words; `audit.py` compares."""

COLLECTION_PERMISSIONS = (
    ("wagtailimages", "choose_image"),
    ("wagtailimages", "add_image"),
    ("wagtaildocs", "choose_document"),
)

Link = Mapping[str, str] | tuple[str, str]


class ChangedMeanwhileError(ValidationError):
    """Two people change one announcement at once: the second reads the text of the first before writing over it."""

    def __init__(self, announcement: AnnouncementPage) -> None:
        latest = announcement.latest_revision
        self.revision = latest.pk
        super().__init__(
            f"Cette annonce a été modifiée depuis que vous l’avez ouverte, par {latest.user or 'quelqu’un'}. Votre texte est "
            "gardé ci-dessous\u00a0: comparez-le au sien dans un autre onglet. Envoyé de nouveau, il le remplacera."
        )


@transaction.atomic
def add_space_pages(*, space: Space, body: str = "", links: Iterable[Link] = ()) -> SpacePage:
    """Give `space` its home and its « Annonces », and its managers their rights on them in Wagtail's admin; idempotent.

    `body` (HTML) and `links` (title, address) are written when the home is made, and never over what people have written
    since. Asks no right: called by the region's set-up, which does."""
    page = SpacePage.objects.filter(space=space).first()
    if page is None:
        page = SpacePage(
            title=space.name,
            slug=space.slug,
            space=space,
            body=clean_html(body),
            links=[("link", _link(link)) for link in links],
        )
        _space_index().add_child(instance=page)
        page.save_revision(log_action=False).publish(log_action=False)
    elif page.title != space.name:
        page.title = page.draft_title = space.name
        page.save(update_fields=["title", "draft_title"])
    if not AnnouncementIndexPage.objects.filter(space=space).exists():
        page.add_child(instance=AnnouncementIndexPage(title="Annonces", slug="annonces"))
    give_managers_their_rights(space, page)
    return page


def _link(link: Link) -> dict[str, str]:
    if isinstance(link, Mapping):
        return {"title": link["title"], "url": link["url"]}
    title, url = link
    return {"title": title, "url": url}


def _space_index() -> SpaceIndexPage:
    """« Espaces », made with the home and the site the first time, in the place of Wagtail's welcome page."""
    index = SpaceIndexPage.objects.first()
    if index is not None:
        return index
    home = HomePage.objects.first()
    if home is None:
        home = Page.get_first_root_node().add_child(instance=HomePage(title="Accueil", slug="accueil"))
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": port,
            "root_page": home,
            "site_name": settings.SITE_NAME,
        },
    )
    for welcome in Page.objects.filter(depth=2).exclude(pk=home.pk):
        welcome.delete()
    return home.add_child(instance=SpaceIndexPage(title="Espaces", slug="espaces"))


def give_managers_their_rights(space: Space, page: SpacePage) -> None:
    """Wagtail's groups mirror the policy: what they say here, the policy has already said (see admin_doors.py)."""
    names = [policy.group_name(space.slug, Role.MANAGER), policy.ANIMATION_GROUP]
    enter = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    on_pages = Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_PERMISSIONS)
    on_files = [
        Permission.objects.get(content_type__app_label=app, codename=codename)
        for app, codename in COLLECTION_PERMISSIONS
    ]
    for group in Group.objects.filter(name__in=names):
        group.permissions.add(enter)
        for permission in on_pages:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        for permission in on_files:
            GroupCollectionPermission.objects.get_or_create(
                group=group, collection=space.collection, permission=permission
            )


# --- Announcements --------------------------------------------------------------------------------------------------


@transaction.atomic
def publish_announcement(
    *,
    space: Space,
    by: "User",
    title: str,
    body_html: str,
    is_pinned: bool = False,
    go_live_at: datetime | None = None,
    expire_at: datetime | None = None,
    is_draft: bool = False,
    must_be_read: bool = False,
    read_by: date | None = None,
    also_in: Iterable[Space] = (),
) -> AnnouncementPage:
    """Publish an announcement in `space`, now or at `go_live_at`, until `expire_at`; or keep it as a draft (`is_draft`), which
    only those who publish there see. `must_be_read` asks readers for an acknowledgement, until `read_by`. It is read in the
    spaces of `also_in` too; whoever reads several is told once.

    Raises `PermissionDenied`/`Http404` when `by` may not, `ValidationError` when the text is empty or the dates are
    reversed."""
    policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, space)
    index = AnnouncementIndexPage.objects.get(space=space)
    page = AnnouncementPage(owner=by, live=False, slug=_free_slug(title, index))
    _write(page, title=title, body_html=body_html, is_pinned=is_pinned, go_live_at=go_live_at, expire_at=expire_at)
    index.add_child(instance=page)
    _ask_to_read(page, by, must_be_read, read_by)
    if is_draft:
        page.save_revision(user=by, log_action=True)
    else:
        _publish(page, by)
    _address(page, by, also_in)
    return page


@transaction.atomic
def change_announcement(
    *,
    announcement: AnnouncementPage,
    by: "User",
    title: str,
    body_html: str,
    is_pinned: bool = False,
    go_live_at: datetime | None = None,
    expire_at: datetime | None = None,
    is_draft: bool = False,
    must_be_read: bool = False,
    read_by: date | None = None,
    also_in: Iterable[Space] | None = None,
    is_correction: bool = False,
    read_revision: int | None = None,
) -> AnnouncementPage:
    """Publish a new text of an announcement; readers are not told twice, unless its reading is asked: they have to read another
    text, and are told so, unless it is a mere correction (`is_correction`). Its address does not change. One that was never
    published, or was taken back, can stay a draft (`is_draft`); a published one cannot.
    `also_in` (None: as they are) replaces the other spaces where it is read, among those where `by` may publish.

    `read_revision` is the text that `by` had before them (None: not compared).

    Raises as `publish_announcement`; `ValidationError` when it is read in a space where `by` does not publish,
    `ChangedMeanwhileError` when somebody has written another text since."""
    policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, announcement.space)
    announcement = AnnouncementPage.objects.select_for_update(of=("self",)).get(pk=announcement.pk)
    if read_revision is not None and read_revision != announcement.latest_revision_id:
        raise ChangedMeanwhileError(announcement)
    page = announcement.get_latest_revision_as_object()
    is_kept = is_draft and not page.live
    if not is_kept and (refusal := announcement.refusal(by)):
        raise ValidationError(refusal)
    _write(page, title=title, body_html=body_html, is_pinned=is_pinned, go_live_at=go_live_at, expire_at=expire_at)
    page.note_reading(is_correction=is_correction)
    if go_live_at and page.live:  # put off: readers must not go on reading the former text meanwhile
        announcement.unpublish(user=by)
        page.live = False
        page.live_revision = None
    page.full_clean()
    _ask_to_read(page, by, must_be_read, read_by)
    if is_kept:
        announcement.revisions.update(approved_go_live_at=None)
        page.save()
        page.save_revision(user=by, log_action=True)
    else:
        _publish(page, by)
    page = AnnouncementPage.objects.get(pk=page.pk)
    if also_in is not None:
        _address(page, by, also_in)
    return page


@transaction.atomic
def unpublish_announcement(*, announcement: AnnouncementPage, by: "User") -> None:
    """Take an announcement back, published or only scheduled: it stays among the managers' drafts. One that comes from another
    space leaves this one, and stays where else it is read.

    Raises `PermissionDenied`/`Http404` when `by` may not."""
    policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, announcement.space)
    if announcement.alias_of_id:
        announcement.delete(user=by)
        return
    was_live = announcement.live
    if was_live:
        announcement.unpublish(user=by)
    else:  # it keeps the date it was planned for, as any draft
        announcement.revisions.update(approved_go_live_at=None)
        forget_page(announcement)
    draft = announcement.get_latest_revision_as_object()
    if draft.go_live_at and was_live:
        draft.go_live_at = None
        draft.save_revision(user=by)


def _write(
    page: AnnouncementPage,
    *,
    title: str,
    body_html: str,
    is_pinned: bool,
    go_live_at: datetime | None,
    expire_at: datetime | None,
) -> None:
    page.title = page.draft_title = " ".join(title.split())[:255]
    page.body = clean_html(body_html)
    page.is_pinned = is_pinned
    page.go_live_at = go_live_at
    page.expire_at = expire_at
    page.expired = False
    if not page.title or not page.body:
        raise ValidationError("Une annonce a un titre et un texte.")
    if expire_at and expire_at <= (go_live_at or timezone.now()):
        raise ValidationError("L’annonce serait retirée avant d’être publiée.")


def _ask_to_read(page: AnnouncementPage, by: "User", must_be_read: bool, read_by: date | None) -> None:
    """Before it is published: the news of its publication then says that it is to be read, and only what was published already
    is news again."""
    if must_be_read:
        ask_acknowledgement(kind=KIND, object_id=page.pk, space=page.space, by=by, deadline=read_by)
    else:
        stop_acknowledgement(kind=KIND, object_id=page.pk, space=page.space, by=by)


def _address(page: AnnouncementPage, by: "User", also_in: Iterable[Space]) -> None:
    """Have it read in these spaces beside its own, and in no other of those where `by` publishes."""
    wanted = {space.pk: space for space in also_in if space.pk != page.space_id}
    for space in wanted.values():
        policy.require(by, Ability.PUBLISH_ANNOUNCEMENT, space)
    mine = policy.reader_of(by).space_ids_with(Ability.PUBLISH_ANNOUNCEMENT)
    copies = {copy.space_id: copy for copy in AnnouncementPage.objects.filter(alias_of=page)}
    for space_id, copy in copies.items():
        if space_id in mine and space_id not in wanted:
            copy.delete(user=by)
    for index in AnnouncementIndexPage.objects.filter(space__in=wanted.keys() - copies.keys()).order_by("space_id"):
        copy = page.create_alias(parent=index, update_slug=_free_slug(page.title, index), log_action=None)
        log(copy, "wagtail.create_alias", user=by)
        if copy.live:
            make_known(copy, actor=by)


def _publish(page: AnnouncementPage, by: "User") -> None:
    revision = page.save_revision(user=by, log_action=True)
    # The policy has just said yes; Wagtail's groups may not have been projected yet.
    revision.publish(user=by, skip_permission_checks=True)
    page.refresh_from_db()


def _free_slug(title: str, index: AnnouncementIndexPage) -> str:
    """An address made of the title, not taken and not reserved."""
    base = slugify(title)[:80].strip("-") or "annonce"
    taken = set(index.get_children().values_list("slug", flat=True)) | RESERVED_ANNOUNCEMENT_SLUGS
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
