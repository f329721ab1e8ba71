"""Making, naming, placing and restricting folders."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from wagtail import hooks
from wagtail.models import Collection

from accounts.journal import log
from documents.actions.openings import end_openings
from documents.actions.texts import queue_labels
from documents.enums import DocumentKind
from documents.models import Document, Folder, RemovedFolder
from documents.queries import alone
from documents.shares import Openings
from notifications.actions import bound_events
from search import actions as search
from search.models import Kind
from spaces import policy
from spaces.enums import Ability
from spaces.models import Boundary, Space
from spaces.queries import members_in_force

if TYPE_CHECKING:
    from accounts.models import User

RESERVED_SLUGS = frozenset({"corbeille", "deposer", "deposes", "envois", "nouveau-dossier", "partages"})
"""Words that are addresses beside the folders'."""


@transaction.atomic
def add_folder(
    *,
    space: Space,
    slug: str,
    name: str,
    description: str = "",
    position: int = 0,
    parent: Folder | None = None,
    default_kind: DocumentKind = DocumentKind.OTHER,
) -> Folder:
    """Make the folder with its Wagtail collection, or bring the existing one of that slug up to date; a name that a manager
    has since given stays.

    Asks no right: set-up. Raises `ValidationError` when the slug is one of `RESERVED_SLUGS` or `parent` is elsewhere."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"« {slug} » ne peut pas être l’identifiant d’un dossier.")
    parent = _held(parent)
    if parent is not None and parent.space_id != space.pk:
        raise ValidationError("Le dossier parent est dans un autre espace.")
    folder = Folder.objects.filter(space=space, slug=slug).first()
    if folder is None:
        above = Collection.objects.get(pk=parent.collection_id if parent else space.collection_id)
        return Folder.objects.create(
            space=space,
            parent=parent,
            boundary_id=parent.boundary_id if parent else None,
            collection=above.add_child(name=name),
            slug=slug,
            name=name,
            description=description,
            position=position,
            default_kind=default_kind,
        )
    folder.position, folder.default_kind = position, default_kind
    is_renamed = not folder.is_named_by_hand and folder.name != name
    if not folder.is_named_by_hand:
        folder.name, folder.description = name, description
        Collection.objects.filter(pk=folder.collection_id).update(name=name)
    folder.save()
    if is_renamed:
        queue_labels(folder)
    return folder


@transaction.atomic
def create_folder(
    *, space: Space, name: str, by: "User", description: str = "", parent: Folder | None = None
) -> Folder:
    """A manager's new folder, last of its level. Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS,
    `ValidationError` when the level has a folder of that name."""
    policy.require(by, Ability.MANAGE_DOCUMENTS, space)
    name = " ".join(name.split())
    _check_folder_name(space=space, parent=parent, name=name)
    last = Folder.objects.filter(space=space, parent=parent).order_by("position").last()
    folder = add_folder(
        space=space,
        slug=_free_slug(space, name),
        name=name,
        description=description,
        position=min(last.position + 1, 32767) if last else 0,
        parent=parent,
        default_kind=DocumentKind(parent.default_kind) if parent else DocumentKind.OTHER,
    )
    Folder.objects.filter(pk=folder.pk).update(is_named_by_hand=True)
    log(folder, "documents.folder.create", user=by)
    return folder


@transaction.atomic
def rename_folder(*, folder: Folder, name: str, by: "User", description: str = "") -> None:
    """Change what the folder is called; its address stays. Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS,
    `ValidationError` when the level has a folder of that name."""
    policy.require(by, Ability.MANAGE_DOCUMENTS, folder.space, boundary_id=folder.boundary_id)
    _held(folder)
    name = " ".join(name.split())
    _check_folder_name(space=folder.space, parent=folder.parent, name=name, but=folder)
    before = folder.name
    folder.name, folder.description, folder.is_named_by_hand = name, description, True
    folder.full_clean(validate_constraints=False)
    folder.save(update_fields=["name", "description", "is_named_by_hand"])
    Collection.objects.filter(pk=folder.collection_id).update(name=name)
    queue_labels(folder)
    log(folder, "documents.folder.rename", user=by, data={"before": before})


# --- Places ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def move_folder(*, folder: Folder, parent: Folder | None, by: "User") -> Openings:
    """Put the folder, with all it holds, last in `parent` or at the top of the space; Wagtail's tree of collections follows.
    What it holds is read there by whoever reads the destination: put into a restricted folder it is restricted, taken out of
    one it is not. A folder with a circle of its own keeps it. Returns the shares and links that a new circle has ended.

    Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS, `ValidationError` when the destination is in another space,
    in the folder itself, has a folder of that name, or would put one circle inside another."""
    folder = _locked_to_manage(folder, by)
    space = folder.space
    parent = _held(parent)
    if parent is not None:
        if parent.space_id != space.pk:
            raise ValidationError({"parent": "Ce dossier est dans un autre espace."})
        if parent.pk in {one.pk for one in branch(folder)}:
            raise ValidationError({"parent": "Un dossier ne peut pas être rangé dans lui-même."})
    _check_folder_name(space=space, parent=parent, name=folder.name, but=folder)
    around = parent.boundary_id if parent else None
    inherits = folder.parent is not None and folder.parent.boundary_id == folder.boundary_id
    inside = {one.boundary_id for one in branch(folder)} - {None}
    if around is not None and inside - ({folder.boundary_id} if inherits else set()):
        raise ValidationError({"parent": "Un dossier restreint ne se range pas dans un autre dossier restreint."})
    last = Folder.objects.filter(space=space, parent=parent).order_by("position").last()
    folder.parent, folder.position = parent, min(last.position + 1, 32767) if last else 0
    folder.save(update_fields=["parent", "position"])
    above = Collection.objects.get(pk=parent.collection_id if parent else space.collection_id)
    Collection.objects.get(pk=folder.collection_id).move(above, pos="sorted-child")
    ended = Openings()
    if around is not None or (inherits and folder.boundary_id is not None):
        ended = _bind(branch(folder), around, by=by)
    log(folder, "documents.folder.move", user=by, data={"to": parent.slug if parent else ""})
    return ended


@transaction.atomic
def order_folder(*, folder: Folder, step: int, by: "User") -> bool:
    """Move the folder one place up (`step` -1) or down (+1) among its neighbours; without effect at the end. Returns whether
    it has moved.

    Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS."""
    folder = _locked_to_manage(folder, by)
    level = list(Folder.objects.filter(space=folder.space, parent=folder.parent).order_by("position", "name", "pk"))
    here = next(number for number, one in enumerate(level) if one.pk == folder.pk)
    there = min(max(here + step, 0), len(level) - 1)
    level.insert(there, level.pop(here))
    for position, one in enumerate(level):
        if one.position != position:
            Folder.objects.filter(pk=one.pk).update(position=position)
    log(folder, "documents.folder.order", user=by)
    return there != here


@transaction.atomic
def remove_folder(*, folder: Folder, by: "User") -> None:
    """Take away a folder that holds nothing, with its circle and its collection; the region's set-up, run again, does not
    make it anew.

    Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS, `ValidationError` when it holds a folder or a document, in the
    trash included: it would have no place to come back to."""
    folder = _locked_to_manage(folder, by)
    if folder.children.exists() or Document.objects.filter(folder=folder, withdrawn_at=None).exists():
        raise ValidationError(f"«\u00a0{folder.name}\u00a0» n’est pas vide\u00a0: déplacez d’abord ce qu’il contient.")
    if Document.objects.filter(folder=folder).exists():
        raise ValidationError(
            f"Des documents de «\u00a0{folder.name}\u00a0» sont à la corbeille\u00a0: ils n’auraient plus de place où revenir."
        )
    log(folder, "documents.folder.remove", user=by)
    RemovedFolder.objects.get_or_create(space=folder.space, slug=folder.slug)
    collection = folder.collection
    folder.delete()
    # Its collection would take with it whatever else was put there from Wagtail's admin.
    if any(describe(collection) for describe in hooks.get_hooks("describe_collection_contents")):
        raise ValidationError(f"«\u00a0{folder.name}\u00a0» sert aux images des pages\u00a0: déplacez-les d’abord.")
    collection.delete()
    if folder.boundary is not None and (folder.parent is None or folder.parent.boundary_id != folder.boundary_id):
        folder.boundary.delete()


# --- Circles --------------------------------------------------------------------------------------------------------


@transaction.atomic
def restrict_folder(*, folder: Folder, members: Iterable["User"], by: "User") -> Openings:
    """Only `members`, and those who manage the space, read the folder and all it holds from now on: its shares and its links
    end, and are returned. Asked again, it changes who is in the circle. Whoever asks grants no more than they have: they
    manage the space, hence read all of it.

    Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS, `ValidationError` when one of them has no mandate in the
    space, or when a folder above or below has a circle of its own."""
    folder = _locked_to_manage(folder, by)
    chosen = {member.pk for member in members}
    if chosen - set(members_in_force(folder.space).filter(pk__in=chosen).values_list("pk", flat=True)):
        raise ValidationError({"members": "Le cercle se choisit parmi les membres de l’espace."})
    if folder.parent is not None and folder.parent.boundary_id is not None:
        raise ValidationError("Ce dossier est déjà dans un dossier restreint\u00a0: c’est celui-là qui a un cercle.")
    folders = branch(folder)
    closed = [one.name for one in folders if one.boundary_id not in {None, folder.boundary_id}]
    if closed:
        raise ValidationError(
            f"«\u00a0{closed[0]}\u00a0», qu’il contient, est déjà restreint\u00a0: ouvrez-le d’abord."
        )
    boundary = folder.boundary or Boundary.objects.create(space=folder.space, created_by=by)
    boundary.members.set(chosen)
    ended = _bind(folders, boundary.pk, by=by) if folder.boundary_id is None else Openings()
    log(folder, "documents.folder.restrict", user=by, data={"members": sorted(chosen)})
    return ended


@transaction.atomic
def open_folder(*, folder: Folder, by: "User") -> None:
    """The whole space reads the folder again, with all it holds; its circle is forgotten.

    Raises `PermissionDenied`/`Http404` without MANAGE_DOCUMENTS, `ValidationError` when the circle is that of a folder above."""
    folder = _locked_to_manage(folder, by)
    boundary = folder.boundary
    if boundary is None:
        return
    if folder.parent is not None and folder.parent.boundary_id == boundary.pk:
        raise ValidationError("Ce dossier est dans un dossier restreint\u00a0: c’est celui-là qu’il faut ouvrir.")
    _bind(branch(folder), None, by=by)
    boundary.delete()
    log(folder, "documents.folder.open", user=by)


def _held(folder: Folder | None) -> Folder | None:
    """The folder as it is now, held until the end of the transaction: one that is being restricted at this moment makes
    nothing below that stays outside its circle. Raises `Http404` when it has been removed."""
    return folder and get_object_or_404(Folder.objects.select_for_update(of=("self",)), pk=folder.pk)


def _locked_to_manage(folder: Folder, by: "User") -> Folder:
    """With every folder of the space, in the order of `branch`: held one after the other, two of these actions could wait for
    each other."""
    branch(folder)
    folders = Folder.objects.select_for_update(of=("self",)).select_related("space", "parent", "boundary")
    current = get_object_or_404(folders, pk=folder.pk)
    policy.require(by, Ability.MANAGE_DOCUMENTS, current.space, boundary_id=current.boundary_id)
    return current


def branch(folder: Folder) -> list[Folder]:
    """The folder and all those below it, held until the end of the transaction: what is being put in one of them waits. Asked
    again until nothing new comes: one that was being made is not among those that the question waited for."""
    folders = Folder.objects.select_for_update().filter(space=folder.space_id).order_by("pk")
    every = list(folders)
    while len(again := list(folders.all())) > len(every):
        every = again
    below = [one for one in every if one.pk == folder.pk]
    for one in below:
        below += [child for child in every if child.parent_id == one.pk]
    return below


def _bind(folders: list[Folder], boundary_id: int | None, *, by: "User") -> Openings:
    """Write the boundary on the folders and on every row that speaks of what they hold, those in the trash included. Returns
    what ended of those that it newly closes."""
    pks = [folder.pk for folder in folders]
    entering = [folder.pk for folder in folders if folder.boundary_id != boundary_id]
    Folder.objects.filter(pk__in=pks).update(boundary_id=boundary_id)
    held = Document.objects.filter(folder__in=pks)
    held.update(boundary_id=boundary_id)
    bound_events(held, boundary_id=boundary_id)
    search.bound(kind=Kind.DOCUMENT, object_ids=held.search_ids(), boundary_id=boundary_id)
    return Openings() if boundary_id is None else end_openings(Document.objects.filter(folder__in=entering), by=by)


def _check_folder_name(*, space: Space, parent: Folder | None, name: str, but: Folder | None = None) -> None:
    same = Folder.objects.filter(space=space, parent=parent, name__iregex=alone(name))
    if not name.strip():
        raise ValidationError({"name": "Donnez un nom au dossier."})
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        raise ValidationError({"name": "Un dossier de ce nom existe déjà ici. Choisissez un autre nom."})


def _free_slug(space: Space, name: str) -> str:
    stem = slugify(name)[:70] or "dossier"
    taken = set(Folder.objects.filter(space=space, slug__startswith=stem).values_list("slug", flat=True))
    candidates = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 4))]
    return next(slug for slug in candidates if slug not in taken | RESERVED_SLUGS)
