"""A region filled with documents, quickly: rows are inserted in bulk, all over the same few stored files. Run as a program
(`python -m bench.world 1000`): each world has a process, a database and settings of its own. What the measuring needs to know
of it is written to BENCH_DIR/world.json."""

import json
import random
import sys
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User
    from documents.models import Document

WORDS = [
    "orientation",
    "formation",
    "territoire",
    "réseau",
    "structure",
    "accueil",
    "public",
    "jeune",
    "emploi",
    "métier",
    "validation",
    "expérience",
    "alternance",
    "salarié",
    "demandeur",
    "convention",
    "label",
    "guide",
    "carte",
    "réunion",
    "compte",
    "rendu",
    "indicateur",
    "action",
    "coordination",
]
RARE, COMMON = "phalanstère", "formation"
HOLDING_RARE = 100
"""Documents that hold the rare word, in a small world as in a large one: the same answer to the same question."""
SPACES = 20
MEASURED = 50
"""Documents that the folder measured holds at least, so that its first page is as long in a small world as in a large one."""
BATCH = 5_000


def main(documents: int) -> None:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    member = build(documents)
    with connection.cursor() as cursor:  # as the engine does by itself in time
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    (settings.BENCH_DIR / "world.json").write_text(json.dumps(_told_of(member)))


def build(documents: int) -> "User":
    """Make the region, one member of three of its spaces (Lille, as manager, COTEC and the common space), and `documents`
    documents shared out evenly. Deterministic. Returns the member."""
    from accounts.models import User
    from region.actions import add_territory, build_region
    from region.plan import load
    from spaces import policy
    from spaces.enums import Role
    from spaces.models import Membership, Space

    build_region(load(settings.REGION_FILE))
    for number in range(SPACES - Space.objects.count()):
        add_territory(name=f"Mesure {number}", slug=f"mesure-{number}", coordinator_network=None, by=None)
    member = _person(User, "mesure@bench.example", "Maud")
    author = _person(User, "autrice@bench.example", "Alix")
    for slug, role in [("lille", Role.MANAGER), ("cotec", Role.READER)]:
        Membership.objects.create(user=member, space=Space.objects.get(slug=slug), role=role)
    Membership.objects.create(user=author, space=Space.objects.get(slug="lille"), role=Role.MANAGER)
    for person in (member, author):
        policy.forget(person)
        policy.project(person)
    _speak(author)
    _fill(author, documents)
    return member


def _person(model: "type[User]", email: str, first_name: str) -> "User":
    """Somebody who comes every week."""
    person = model.objects.create_user(email, None, first_name=first_name, last_name="Mesure")
    now = timezone.now()
    model.objects.filter(pk=person.pk).update(
        created_at=now - timedelta(days=365), previous_visit_at=now - timedelta(days=7), last_seen_at=now
    )
    person.refresh_from_db()
    return person


def _fill(author: "User", documents: int) -> None:
    """A document an hour, going back in time: its version, its row in the index, its event."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages

    from documents.models import Document, DocumentVersion
    from notifications.models import Event
    from search.models import Entry

    Event._meta.get_field("created_at").auto_now_add = False  # these happened in the past
    chance = random.Random(2026)  # noqa: S311 - sample text, not a secret
    small = storages["documents"].save("", ContentFile(chance.randbytes(100_000)))
    large = storages["documents"].save("", ContentFile(chance.randbytes(10_000_000)))
    folders = _places(documents)
    rare = set(range(0, documents, documents // HOLDING_RARE + 1))
    made: list[Document] = []
    for number, folder in enumerate(folders):
        stored, size = (large, 10_000_000) if number // SPACES % 50 == 1 else (small, 100_000)
        text = " ".join(chance.choices(WORDS, k=120)) + (f" {RARE}" if number in rare else "")
        made.append(
            Document(
                title=f"{' '.join(chance.choices(WORDS, k=5)).capitalize()} n° {number}",
                space_id=folder.space_id,
                folder=folder,
                collection_id=folder.collection_id,
                uploaded_by_user=author,
                version_author=author,
                file=stored,
                file_size=size,
                original_name=f"document-{number}.pdf",
                extension="pdf",
                media_type="application/pdf",
                sha256=stored.rpartition("/")[2],
                text=text,
                text_state="done",
                published_at=timezone.now() - timedelta(hours=number + 1),
            )
        )
        if len(made) == BATCH or number == documents - 1:
            Document.objects.bulk_create(made, batch_size=500)
            DocumentVersion.objects.bulk_create(map(DocumentVersion.current_of, made), batch_size=500)
            Entry.objects.bulk_create(map(_entry, made), batch_size=500)
            Event.objects.bulk_create((_event(one, author) for one in made), batch_size=500)
            made = []


def _places(documents: int) -> list[Any]:
    """The folder of each document: the spaces in turn, and in each the measured folder first, then every folder in turn."""
    from documents.models import Folder

    by_space: dict[int, list[Any]] = {}
    for folder in Folder.objects.select_related("space").order_by("space__position", "space__pk", "pk"):
        by_space.setdefault(folder.space_id, []).append(folder)
    spaces = list(by_space.values())
    places = []
    for number in range(documents):
        turn, space = divmod(number, len(spaces))
        folders = spaces[space]
        places.append(folders[0] if turn < MEASURED else folders[turn % len(folders)])
    return places


def _entry(document: "Document") -> Any:
    from search.models import Entry, Kind

    return Entry(
        space_id=document.space_id,
        kind=Kind.DOCUMENT,
        object_id=str(document.uuid),
        title=document.title,
        body=document.text,
        url=document.get_absolute_url(),
        happened_at=document.published_at,
        extension=document.extension,
        nature="" if document.kind == "other" else document.kind,
    )


def _event(document: "Document", author: "User") -> Any:
    from notifications.enums import Category
    from notifications.models import Event
    from notifications.subjects import subject_for

    return Event(
        space_id=document.space_id,
        kind="document.published",
        subject=subject_for(document),
        title=document.title,
        url=document.get_absolute_url(),
        actor=author,
        created_at=document.published_at,
        category=Category.DOCUMENTS,
        told_at=document.published_at,
    )


def _speak(author: "User") -> None:
    """Announcements and a meeting, so that a home has something of everything."""
    from meetings.actions import schedule_meeting
    from pages.actions import publish_announcement
    from spaces.models import Space

    lille = Space.objects.get(slug="lille")
    for number in range(3):
        publish_announcement(space=lille, by=author, title=f"Annonce {number}", body_html="<p>Une phrase ou deux.</p>")
    starts_at = timezone.now() + timedelta(days=9)
    schedule_meeting(
        space=lille,
        by=author,
        title="Comité",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="Lille",
    )


def _told_of(member: "User") -> dict[str, Any]:
    """The pages to ask, by name, and the session to ask them with."""
    from documents.models import Document, Folder
    from meetings.models import Meeting

    mine = Document.objects.visible_to(member).filter(space__slug="lille")
    small, large = mine.filter(file_size=100_000).first(), mine.filter(file_size=10_000_000).first()
    folder = Folder.objects.filter(space__slug="lille").order_by("pk")[0]
    assert small is not None and large is not None  # noqa: S101, PT018
    return {
        "cookie": f"{settings.SESSION_COOKIE_NAME}={_session(member)}",
        "pages": {
            "floor": "/bench/floor/",
            "bell": "/notifications/cloche/?repere=",  # the measuring adds the mark that it is given
            "home": "/",
            "spaces": "/espaces/",
            "space": "/espaces/lille/",
            "documents": "/espaces/lille/documents/",
            "folder": folder.get_absolute_url() + "?page=1",  # an address with a question is rendered anew
            "folder-kept": folder.get_absolute_url(),
            "document": small.get_absolute_url(),
            "meeting": Meeting.objects.get().get_absolute_url(),
            "rare": f"/recherche/?q={quote(RARE)}",
            "common": f"/recherche/?q={quote(COMMON)}",
            "floor-small": f"/bench/file/{small.file.name}",
            "small": small.url,
            "floor-large": f"/bench/file/{large.file.name}",
            "large": large.url,
            "owing-large": f"/bench/owing/{large.pk}/{large.file.name}",
        },
    }


def _session(member: "User") -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.save()
    return session.session_key


if __name__ == "__main__":
    main(int(sys.argv[1]))
