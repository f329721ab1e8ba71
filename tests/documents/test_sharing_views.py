"""Signed links, shared pages and ZIPs, as the people behind them meet them."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import personal_data
from documents import actions, shares, zips
from documents.models import Document, Folder, SignedLink
from mail.models import OutgoingMail
from notifications.enums import Category, Timing
from notifications.models import Preference
from spaces.enums import Role
from spaces.models import Membership, Share
from tests import factories
from tests.harness import PageClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def lille():
    return factories.make_space("lille")


@pytest.fixture
def manager(lille):
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def folder(lille):
    return factories.make_folder(lille, "budget", name="Budget secret")


@pytest.fixture
def document(folder, manager):
    return factories.make_document(folder, by=manager, title="Tableau", name="tableau.pdf")


def address(token: str) -> str:
    return reverse("documents:link", args=[token])


@pytest.fixture
def opened(document, manager):
    """The document, shared and linked to: what it takes to ask for it from outside, by each way."""
    guest = factories.make_member(factories.make_space("douai"), Role.MANAGER)
    in_a_week = timezone.localdate() + timedelta(days=7)
    actions.share_document(document=document, by=manager, to_user=guest, ends_on=in_a_week, reason="Relecture")
    actions.share_document(
        document=document, by=manager, to_space=factories.make_space(), ends_on=in_a_week, reason="Travail"
    )
    _, token = actions.create_link(document=document, by=manager, recipient="Imprimeur")

    def statuses() -> tuple[int, int]:
        client = PageClient()
        client.force_login(guest)
        answer = client.get(reverse("documents:download", args=[document.uuid]))
        answer.close()
        return answer.status_code, PageClient().get(address(token)).status_code

    assert statuses() == (200, 200)
    return statuses


@pytest.mark.parametrize("name", ["history", "compare", "version", "version_restore", "version_name"])
def test_a_share_tells_nothing_of_who_wrote_what_and_why(document, opened, name):
    """A share opens the current version, and not the life of the space."""
    guest = Share.objects.exclude(to_user=None).get().to_user
    client = PageClient()
    client.force_login(guest)
    number = [1] if name.startswith("version") else []
    screen = reverse(f"documents:{name}", args=[document.uuid, *number])
    unknown = client.get(screen.replace(str(document.uuid), str(uuid4())))
    answer = client.get(screen)
    assert (answer.status_code, len(answer.content)) == (404, len(unknown.content))
    assert client.get(reverse("documents:version_download", args=[document.uuid, 1])).status_code == 404
    taken = client.get(document.url)
    taken.close()
    assert taken.status_code == 200
    client.force_login(factories.make_member(document.space))
    assert client.get(screen).status_code == (403 if name in {"version_restore", "version_name"} else 200)


def messages_of(client, answer):
    return client.get(answer.url).content.decode()


ENDED = "2\u00a0partages et 1\u00a0lien ont pris fin."


def test_restricting_a_folder_ends_what_opened_it(client, folder, document, manager, opened):
    below = actions.add_folder(space=folder.space, slug="annexes", name="Annexes", parent=folder)
    actions.change_document(document=document, by=manager, title="Tableau", description="", folder=below)
    client.force_login(manager)
    screen = reverse("documents:folder_restrict", args=["lille", "budget"])
    assert "2\u00a0partages et 1\u00a0lien prendront fin." in client.get(screen).content.decode()
    answer = client.post(screen, {"members": [manager.pk]})
    assert (opened(), ENDED in messages_of(client, answer)) == ((404, 404), True)
    assert "prendront fin" not in client.get(screen).content.decode()
    told = ModelLogEntry.objects.filter(action__endswith=".revoke").values_list("action", "user")
    assert sorted(told) == [("documents.link.revoke", manager.pk), *[("documents.share.revoke", manager.pk)] * 2]


def test_so_does_putting_a_folder_into_a_circle(client, lille, manager, opened):
    circle = factories.make_folder(lille, "bureau")
    actions.restrict_folder(folder=circle, members=[], by=manager)
    client.force_login(manager)
    place = reverse("documents:folder_place", args=["lille", "budget"])
    assert "2\u00a0partages et 1\u00a0lien prendront fin" in client.get(place).content.decode()
    answer = client.post(place, {"parent": "bureau"})
    assert (opened(), ENDED in messages_of(client, answer)) == ((404, 404), True)


def test_so_does_putting_a_document_into_a_circle(client, lille, document, manager, opened):
    circle = factories.make_folder(lille, "bureau")
    actions.restrict_folder(folder=circle, members=[], by=manager)
    client.force_login(manager)
    screen = reverse("documents:edit", args=[document.uuid])
    page = client.get(screen)
    assert "2\u00a0partages et 1\u00a0lien prendront fin." in page.content.decode()
    fields = page.context["form"].initial | {"folder": "bureau"}
    answer = client.post(screen, {name: value for name, value in fields.items() if value is not None})
    assert (opened(), ENDED in messages_of(client, answer)) == ((404, 404), True)


def test_what_is_in_the_trash_comes_back_closed(folder, document, manager, opened):
    actions.withdraw_document(document=document, by=manager)
    actions.restrict_folder(folder=folder, members=[], by=manager)
    document.refresh_from_db()
    actions.put_back_document(document=document, by=manager)
    assert opened() == (404, 404)


def test_what_is_opened_from_inside_a_circle_stands(lille, folder, document, manager):
    """Whoever opens it knows the circle; changing its members, or moving inside it, ends nothing."""
    actions.restrict_folder(folder=folder, members=[], by=manager)
    below = actions.add_folder(space=lille, slug="annexes", name="Annexes", parent=Folder.objects.get(pk=folder.pk))
    other = actions.add_folder(space=lille, slug="autre", name="Autre", parent=Folder.objects.get(pk=folder.pk))
    document = Document.objects.get(pk=document.pk)
    _, token = actions.create_link(document=document, by=manager, recipient="Imprimeur")
    actions.restrict_folder(folder=folder, members=[manager], by=manager)
    actions.change_document(document=document, by=manager, title="Tableau", description="", folder=below)
    actions.move_folder(folder=below, parent=other, by=manager)
    assert PageClient().get(address(token)).status_code == 200


def test_a_link_gives_the_current_version_and_counts_the_button_alone(document, manager):
    _link, token = actions.create_link(document=document, by=manager, recipient="Mairie")
    page = PageClient().get(address(token))
    assert page.status_code == 200
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex, nofollow", "same-origin")
    assert b"Budget secret" not in page.content
    assert b"Lille" not in page.content
    assert SignedLink.objects.get().download_count == 0
    answer = PageClient().post(address(token))
    assert b"".join(answer.streaming_content) == factories.PDF
    assert SignedLink.objects.get().download_count == 1
    assert token not in str(SignedLink.objects.values())


@pytest.mark.parametrize("how", ["revoked", "expired", "withdrawn", "sharer"])
def test_a_link_dies_at_once(document, manager, lille, how):
    factories.make_member(lille, Role.MANAGER)
    link, token = actions.create_link(document=document, by=manager, recipient="Mairie")
    if how == "revoked":
        actions.revoke_link(link=link, by=manager)
    elif how == "expired":
        SignedLink.objects.update(expires_at=timezone.now())
    elif how == "withdrawn":
        actions.withdraw_document(document=document, by=manager)
    else:
        Membership.objects.filter(user=manager).update(ended_at=timezone.now())
    unknown = PageClient().get(address("inconnu"))
    dead = PageClient().get(address(token))
    assert (dead.status_code, len(dead.content)) == (404, len(unknown.content))
    assert PageClient().post(address(token)).status_code == 404


def test_nothing_is_said_before_the_password(document, manager):
    _, token = actions.create_link(document=document, by=manager, recipient="Mairie", password="girofle-2026")
    client = PageClient()
    for answer in (client.get(address(token)), client.post(address(token), {"password": "non"})):
        page = answer.content.decode()
        assert "Ce document est protégé par un mot de passe." in page
        assert [word for word in ("Tableau", "PDF", "octets", "s’éteint") if word in page] == []


def test_a_password_is_asked_and_tries_are_counted(document, manager):
    _, token = actions.create_link(document=document, by=manager, recipient="Mairie", password="girofle-2026")
    client = PageClient()
    good = client.post(address(token), {"password": "girofle-2026"})
    good.close()
    assert good.status_code == 200
    assert {client.post(address(token), {"password": f"non-{n}"}).status_code for n in range(10)} == {403}
    assert client.post(address(token), {"password": "girofle-2026"}).status_code == 429


def test_the_maker_is_told_once_before_the_end(document, manager):
    actions.create_link(document=document, by=manager, recipient="Mairie", days=2)
    assert [actions.warn_of_ending_links(), actions.warn_of_ending_links()] == [1, 0]
    assert OutgoingMail.objects.filter(to=manager.email).count() == 1


def test_who_shared_is_told_once_before_the_end(document, manager):
    today = timezone.localdate()
    douai, guest = factories.make_space("douai"), factories.make_user()
    for days, target in (
        (2, {"to_space": douai}),
        (3, {"to_user": guest}),
        (4, {"to_space": factories.make_space("arras")}),
    ):
        actions.share_document(
            document=document, by=manager, ends_on=today + timedelta(days=days), reason="Utile", **target
        )
    assert [actions.warn_of_ending_shares(), actions.warn_of_ending_shares()] == [2, 0]
    told = OutgoingMail.objects.filter(to=manager.email).values_list("text", flat=True)
    assert sorted((douai.name in text, str(guest) in text) for text in told) == [(False, True), (True, False)]


def test_a_guest_who_took_an_older_version_is_told_and_learns_nothing_of_the_space(document, manager):
    took, never, left, deaf = (factories.make_user() for _ in range(4))
    until = timezone.localdate() + timedelta(days=9)
    for guest in (took, never, left, deaf):
        actions.share_document(document=document, by=manager, ends_on=until, reason="Utile", to_user=guest)
    for guest in (took, left, deaf):
        actions.record_downloads(versions=[(document.pk, 1)], by=guest)
    actions.revoke_share(share=Share.objects.get(to_user=left), by=manager)
    Preference.objects.create(user=deaf, category=Category.DOCUMENTS, timing=Timing.NOTHING)
    file = ContentFile(b"deux", name="autre.txt")
    actions.publish_version(document=document, file=file, by=manager, reason="Le motif")
    guests = {guest.email for guest in (took, never, left, deaf)}
    mail = OutgoingMail.objects.get(to__in=guests)
    assert (mail.to, document.title in mail.subject, document.get_absolute_url() in mail.text) == (
        took.email,
        True,
        True,
    )
    assert [word for word in (document.folder.name, str(manager), "Le motif") if word in mail.text + mail.html] == []


def test_who_may_no_longer_share_is_told_nothing(document, manager):
    guest = factories.make_user()
    actions.share_document(document=document, by=manager, ends_on=timezone.localdate(), reason="Utile", to_user=guest)
    manager.memberships.update(ended_at="2020-01-01T00:00Z")
    assert (actions.warn_of_ending_shares(), OutgoingMail.objects.count()) == (0, 0)


def test_the_page_of_a_shared_document_tells_nothing_of_its_folder(document, manager):
    douai = factories.make_space("douai")
    reader = factories.make_member(douai)
    until = timezone.localdate() + timedelta(days=9)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=until, reason="Carte commune")
    client = PageClient()
    client.force_login(reader)
    page = client.get(document.get_absolute_url()).content.decode()
    assert "Carte commune" in page
    assert "Budget secret" not in page
    assert "Tableau" in client.get(reverse("documents:shared_with_me")).content.decode()
    assert client.get(reverse("documents:document_who", args=[document.uuid])).status_code == 404
    assert client.get(document.folder.get_absolute_url()).status_code == 404


def test_a_zip_holds_what_its_reader_may_read(document, folder, lille, manager):
    inner = actions.add_folder(space=lille, slug="clos", name="../Clos", parent=folder)
    factories.make_document(inner, by=manager, title="=1+1", name="tableau.pdf")
    factories.make_document(folder, by=manager, title="Autre", name="tableau.pdf")
    actions.restrict_folder(folder=inner, members=[], by=manager)

    def names(user):
        archive = zipfile.ZipFile(io.BytesIO(b"".join(zips.stream(zips.of_folder(user, folder)))))
        return set(archive.namelist()), archive.read(zips.MANIFEST).decode("utf-8-sig")

    assert names(factories.make_member(lille))[0] == {"LISEZ-MOI.csv", "tableau.pdf", "tableau (2).pdf"}
    everything, listing = names(manager)
    assert len(everything) == 4
    assert not any(".." in name for name in everything)
    assert "'=1+1" in listing
    assert document.sha256 in listing
    assert zips.of_selection(factories.make_member(factories.make_space()), [document.uuid]) == []


def test_a_zip_too_large_says_so(document, folder, manager, settings):
    settings.ZIP_MAX_BYTES = 3
    client = PageClient()
    client.force_login(manager)
    answer = client.get(reverse("documents:folder_zip", args=["lille", folder.slug]))
    assert (answer.status_code, "trop de documents" in answer.content.decode()) == (413, True)


def test_order_and_move(lille, manager):
    one, two = (factories.make_folder(lille, slug) for slug in ("un", "deux"))
    actions.order_folder(folder=two, step=-1, by=manager)
    one.refresh_from_db()
    two.refresh_from_db()
    assert two.position < one.position
    client = PageClient()
    client.force_login(manager)
    page = client.get(reverse("documents:folder_place", args=["lille", "deux"])).content.decode()
    assert "<strong>Deux</strong></li><li>Un</li>" in page
    actions.move_folder(folder=two, parent=one, by=manager)
    two.refresh_from_db()
    assert two.parent_id == one.pk
    assert two.collection.get_parent().pk == one.collection_id


def test_a_space_has_a_page_of_what_is_shared_with_it(document, manager):
    douai, cambrai = factories.make_space("douai"), factories.make_space("cambrai")
    until = timezone.localdate() + timedelta(days=9)
    actions.share_document(document=document, by=manager, to_space=douai, ends_on=until, reason="Carte commune")
    page = reverse("documents:shared_with_space", args=["douai"])
    client = PageClient()
    client.force_login(factories.make_member(cambrai, Role.MANAGER))
    assert client.get(page).status_code == 404
    client.force_login(factories.make_member(douai))
    assert page in client.get(reverse("documents:space", args=["douai"])).content.decode()
    told = client.get(page).content.decode()
    assert ("Tableau" in told, "Carte commune" in told, "Budget secret" in told) == (True, True, False)
    actions.withdraw_document(document=document, by=manager)
    assert "Tableau" not in client.get(page).content.decode()
    assert page not in client.get(reverse("documents:space", args=["douai"])).content.decode()


def test_one_s_own_shares_links_and_reservations_are_among_one_s_data(document, manager):
    other = factories.make_member(document.space)
    until = timezone.localdate() + timedelta(days=9)
    actions.share_document(document=document, by=manager, to_user=other, ends_on=until, reason="Relecture")
    _, token = actions.create_link(document=document, by=manager, recipient="Mairie")
    actions.reserve_document(document=document, by=manager)
    told = personal_data.export(manager)
    assert [row["titre"] for row in told["Partages de documents"]] == ["Tableau"]
    assert [row["pour"] for row in told["Liens de partage"]] == ["Mairie"]
    assert [row["titre"] for row in told["Documents réservés"]] == ["Tableau"]
    assert token not in str(told)
    (received,) = shares.shares_of(other)
    assert (received["avec"], received["partagé par vous"]) == ("vous", False)


# --- Memory ---------------------------------------------------------------------------------------------------------

MEASURE = """
import sys
from pathlib import Path
from django.utils import timezone
from documents import zips
from documents.models import document_store

def peak():  # not ru_maxrss, which a child inherits from the process that started it
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024

def packed(count, size):
    for number in range(count):
        path = Path(document_store().path(f"file-{number}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.truncate(size)
        yield zips.Packed(number, f"{number}.pdf", f"file-{number}", "Titre", 1, "0" * 64, timezone.now(), size)

sum(map(len, zips.stream(list(packed(1, 1024**2)))))
before = peak()
sent = sum(map(len, zips.stream(list(packed(3, 100 * 1024**2)))))
print(sent, peak() - before)
"""


def test_the_memory_of_an_archive_stays_flat(tmp_path):
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", "import django; django.setup()\n" + MEASURE],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
        env={"DJANGO_SETTINGS_MODULE": "extranet.settings.test", "PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    sent, megabytes = map(float, done.stdout.split())
    assert sent > 300 * 1024**2
    assert megabytes < 15
