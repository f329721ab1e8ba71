"""Deterministic objects for tests. Numbers count up; nothing is random."""

from datetime import datetime, timedelta
from itertools import count

from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from documents.actions import add_folder, publish_document
from documents.models import Document, Folder
from spaces import actions, policy
from spaces.enums import Role, SpaceKind, Visibility
from spaces.models import AnimationMandate, Membership, Space

PASSWORD = "mot-de-passe-de-test-2026"
_numbers = count(1)


def make_user(email: str = "", **fields: object) -> User:
    """An active account that can sign in with `PASSWORD`, with no mandate."""
    n = next(_numbers)
    fields.setdefault("first_name", f"Prénom{n}")
    fields.setdefault("last_name", f"Nom{n}")
    user = User.objects.create_user(email or f"personne{n}@test.example", PASSWORD, **fields)
    policy.project(user)
    return user


def make_space(
    slug: str = "", *, kind: SpaceKind = SpaceKind.TERRITORY, visibility: Visibility = Visibility.MEMBERS
) -> Space:
    """A bare space (no folder, no page): what rights need. See `tests/region` for a whole one."""
    slug = slug or f"espace-{next(_numbers)}"
    return actions.open_space(slug=slug, name=slug.capitalize(), kind=kind, visibility=visibility)


def make_member(space: Space, role: Role = Role.READER, *, user: User | None = None, **fields: object) -> User:
    """A person with a mandate in `space` in force since a month ago (unless dates are given)."""
    user = user or make_user()
    mandate = Membership.objects.create(user=user, space=space, role=role, **fields)
    policy.project(user)
    assert mandate.pk
    return user


def make_animation(**fields: object) -> User:
    """Somebody of the regional animation."""
    user = make_user(**fields)
    AnimationMandate.objects.create(user=user, function="animation régionale")
    policy.project(user)
    return user


def by_day(moment: datetime) -> datetime:
    """Two hours from there end on the same day, as the form of a meeting asks: the suite runs late in the evening too."""
    local = timezone.localtime(moment)
    return local.replace(hour=min(local.hour, 21))


def make_meeting(space: Space, *, by: User | None = None, title: str = "Réunion", in_days: int = 7, **fields: object):
    """A meeting of two hours, `in_days` from now (negative: past), announced by a manager of the space."""
    from meetings.actions import schedule_meeting

    starts_at = by_day(timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=in_days))
    ends_at = starts_at + timedelta(hours=2)
    by = by or make_member(space, Role.MANAGER)
    return schedule_meeting(space=space, by=by, title=title, **{"starts_at": starts_at, "ends_at": ends_at, **fields})


PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def make_folder(space: Space, slug: str = "", *, name: str = "") -> Folder:
    slug = slug or f"dossier-{next(_numbers)}"
    return add_folder(space=space, slug=slug, name=name or slug.capitalize())


def make_document(
    folder: Folder, *, by: User | None = None, name: str = "", content: bytes = PDF, **fields: object
) -> Document:
    """A document published by `by` (else by a new contributor); its text is not read."""
    by = by or make_member(folder.space, Role.CONTRIBUTOR)
    file = ContentFile(content, name=name or f"fichier-{next(_numbers)}.pdf")
    return publish_document(folder=folder, file=file, by=by, **fields)


def asked_yesterday() -> None:
    """Every reading in progress was asked yesterday, of announcements that had appeared: their reminders may leave."""
    from acknowledgements.models import AcknowledgementRequest
    from pages.models import AnnouncementPage

    day = timedelta(days=1)
    AcknowledgementRequest.objects.update(asked_at=F("asked_at") - day)
    AnnouncementPage.objects.update(last_published_at=F("last_published_at") - day, changed_at=F("changed_at") - day)
