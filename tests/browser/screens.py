"""Every screen of the site, for the tests that look at them all: what the table of addresses says that somebody gets, and
the states that no address alone reaches (a right that lacks, a key to rename, a link of a mail, a fault)."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import BadRequest
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from fido2.cose import ES256
from fido2.utils import sha256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from accounts.models import User
from documents import actions as documents
from documents.models import Document, Folder
from extranet.errors import server_error
from extranet.urls import *  # noqa: F403  (this module is also the site whose every page breaks down)
from extranet.urls import urlpatterns as site_urls
from mail.models import OutgoingMail
from meetings import convocations, polling
from meetings.actions import desk
from meetings.actions.minutes import approve_minutes
from meetings.models import Ballot, Meeting, Minutes
from notifications.tokens import stop_token
from tests.accounts.test_sign_in import add_application
from tests.documents import samples
from tests.extranet.test_errors import CAUSES
from tests.factories import PASSWORD, make_user
from tests.harness import PageClient
from tests.test_urls import GET, PEOPLE, TABLE, _address
from tests.world import World

VIEWERS = ("manager", "animation", "reader", "anonymous")
"""Who looks. Each address is looked at in full by the first of them who may open it."""

Seen = tuple[PageClient, HttpResponse]

NOT_PAGES = {
    "health": "a word for a machine",
    "accounts:personal_data": "a file",
    "mfa_login_webauthn": "a challenge, for the script",
    "mfa_download_recovery_codes": "a file",
    "openid_connect_login": "leads to the identity provider, where one is set",
    "openid_connect_callback": "comes back from it, and leads on",
    "documents:download": "a file",
    "documents:version_download": "a file",
    "documents:thumbnail": "a picture",
    "documents:page": "a picture",
    "documents:version_thumbnail": "a picture",
    "documents:version_page": "a picture",
    "documents:media": "a picture",
    "documents:folder_zip": "a file; too large, its page is among the states",
    "documents:resources_zip": "a file",
    "documents:selection_zip": "a file",
    "documents:incoming": "for the script that sends a file by parts",
    "documents:incoming_upload": "for the script that sends a file by parts",
    "meetings:ics": "a file",
    "meetings:feed": "a calendar",
    "meetings:space_feed": "a calendar",
    "meetings:body_feed": "a calendar",
    "meetings:minutes_file": "a file",
    "meetings:attendance_sheet": "a file",
    "meetings:register_export": "a file",
    "meetings:overview_export": "a file",
    "panels:return_preview": "a file",
    "notifications:feed": "a feed",
    "notifications:space_feed": "a feed",
    "notifications:bell": "a fragment of each page",
    "acknowledgements:export": "a file",
    "search:suggestions": "a fragment of the search page",
}
"""Names that answer with something else than a page; besides them, those that only take a POST lead on to a page."""


def column(name: str, who: str) -> str:
    return TABLE[name][2].split()[PEOPLE.index(who)]


def opened_by(who: str) -> list[str]:
    """Names of the pages which this person opens, by the table."""
    return [name for name in TABLE if TABLE[name][0] == GET and column(name, who) == "200" and name not in NOT_PAGES]


def first_opened_by(who: str) -> list[str]:
    before = VIEWERS[: VIEWERS.index(who)]
    return [name for name in opened_by(who) if all(column(name, other) != "200" for other in before)]


def client_of(world: World, who: str) -> PageClient:
    client = PageClient()
    if who != "anonymous":
        client.force_login(world.people[who])
    return client


def by_table(world: World, who: str, names: list[str]) -> Iterator[Seen]:
    client = client_of(world, who)
    for name in names:
        yield client, client.get(_address(name, TABLE[name][1](world)))


def is_page(response: HttpResponse) -> bool:
    return response.status_code not in {301, 302} and response.headers.get("Content-Type", "").startswith("text/html")


# --- What no address alone reaches -------------------------------------------------------------------------------------


def confirmed(user: User) -> PageClient:
    """Has just typed the password again, as the screens of the second factor ask."""
    client = PageClient()
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def _get(client: PageClient, name: str, *args: object, query: str = "") -> Seen:
    return client, client.get(reverse(name, args=args) + query, follow=True)


def second_factor(world: World) -> Iterator[Seen]:
    user = make_user()
    client = confirmed(user)
    yield _get(client, "mfa_index")
    yield _get(client, "mfa_activate_totp")
    yield _get(client, "mfa_add_webauthn")
    yield client, client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    add_application(user)
    RecoveryCodes.activate(user)
    key = Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "Clé de bureau", "passwordless": True, "credential": _credential()}
    )
    for name in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
    ):
        yield _get(client, name)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        yield _get(client, name, key.pk)
    key.delete()
    other = PageClient()
    yield other, other.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    client.force_login(user)
    yield _get(client, "mfa_reauthenticate")
    yield _get(client, "account_reauthenticate")
    Authenticator.objects.create(
        user=user, type="webauthn", data={"name": "Clé", "passwordless": False, "credential": _credential()}
    )
    yield _get(client, "mfa_reauthenticate_webauthn")
    without = make_user()
    without.set_unusable_password()
    without.save()
    client.force_login(without)
    yield _get(client, "account_set_password")


def _credential() -> dict[str, object]:
    """What a key hands over when it is added."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid(bytes(16)), b"cle", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    data = AuthenticatorData.create(sha256(b"localhost"), flags, 0, held)
    said = CollectedClientData.create(CollectedClientData.TYPE.CREATE, b"0" * 32, "http://localhost")
    return dict(
        RegistrationResponse(
            raw_id=b"cle",
            response=AuthenticatorAttestationResponse(
                client_data=said, attestation_object=AttestationObject.create("none", data, {})
            ),
        )
    )


def by_link(world: World) -> Iterator[Seen]:
    """Reset, confirmation, invitation, sharing, answers: each link alive, and dead."""
    client = PageClient()
    user = make_user()
    key = EmailAwarePasswordResetTokenGenerator().make_token(user)
    yield _get(client, "account_reset_password_from_key", user_pk_to_url_str(user), key)
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    EmailAddress.objects.filter(pk=address.pk).update(verified=False)
    address.refresh_from_db()
    yield _get(client, "account_confirm_email", EmailConfirmationHMAC(address).key)
    text = OutgoingMail.objects.filter(text__contains="/compte/invitation/").latest("pk").text
    yield _get(client, "accounts:invitation", re.search(r"/compte/invitation/([^/\s]+)/", text).group(1))
    yield _get(PageClient(), "accounts:invitation", "forged")
    _, token = documents.create_link(
        document=_document(world), by=world.people["manager"], recipient="Mairie", password="girofle-2026"
    )
    yield _get(client, "documents:link", token)
    yield client, client.post(reverse("documents:link", args=[token]), {"password": "muscade"})
    yield _get(client, "documents:link", "forged")
    yield _get(client, "meetings:respond", convocations.answer_token(world.lille.invitee))
    ballot = Ballot.objects.select_related("poll__meeting__space", "invitee").filter(poll__meeting=world.lille.polled)
    yield _get(client, "meetings:poll_respond", polling.ballot_token(ballot.earliest("pk")))
    reader = world.people["reader"]
    yield _get(client, "notifications:unsubscribe", stop_token(reader, "announcements", world.lille.space.pk))
    client.force_login(reader)
    yield client, client.post(reverse("accounts:create_feed", args=["calendrier"]))


def _document(world: World, number: int = 0) -> Document:
    return Document.objects.select_related("space", "folder").get(pk=world.lille.document.pk)


def lived_in(world: World) -> Iterator[Seen]:
    """Documents with a picture, versions, shares, a reservation, a place in the trash; lists that are empty."""
    manager, reader = world.people["manager"], world.people["reader"]
    client = client_of(world, "manager")
    folder = Folder.objects.select_related("space").get(pk=world.lille.folder.pk)
    pdf = documents.publish_document(
        folder=folder, file=ContentFile(samples.pdf(2), name="plan.pdf"), by=manager, title="Plan d’accès"
    )
    yield _get(client, "documents:uploaded", "lille", query=f"?d={pdf.uuid}")
    documents.draw_waiting_previews()
    document = _document(world)
    new = ContentFile("Relevé de décisions corrigé".encode(), name="releve.txt")
    documents.publish_version(document=document, file=new, by=manager, reason="Une date était fausse")
    documents.compare_waiting_versions()
    until = timezone.localdate() + timedelta(days=9)
    documents.share_document(
        document=document, by=manager, ends_on=until, reason="Projet commun", to_user=world.people["reader_elsewhere"]
    )
    documents.share_document(document=document, by=manager, ends_on=until, reason="Projet", to_space=world.douai.space)
    yield (
        client,
        client.post(
            reverse("documents:link_new", args=[document.uuid]), {"recipient": "Mairie", "days": "14", "password": ""}
        ),
    )
    documents.reserve_document(document=pdf, by=manager)
    for one in (pdf, document):
        for name in ("document", "history", "document_who", "compare", "edit", "share"):
            yield _get(client, f"documents:{name}", one.uuid)
    yield _get(client, "documents:version", document.uuid, 1)
    yield _get(client, "documents:version_restore", document.uuid, 1)
    elsewhere = client_of(world, "reader_elsewhere")
    yield _get(elsewhere, "documents:shared_with_me")
    yield _get(elsewhere, "documents:document", document.uuid)
    yield _get(elsewhere, "documents:shared_with_space", "douai")
    as_reader = client_of(world, "reader")
    yield as_reader, as_reader.get(world.lille.announcement.address)
    yield _get(as_reader, "documents:document", pdf.uuid)
    documents.restrict_folder(folder=folder, members=[manager], by=manager)
    yield _get(client, "documents:folder", "lille", folder.slug)
    documents.release_document(document=pdf, by=manager)
    documents.withdraw_document(document=_afresh(pdf), by=manager)
    yield _get(client, "documents:trash", "lille")
    for words in ("convention", "zzz", "“relevé"):
        yield _get(as_reader, "search:results", query=f"?q={words}")
    with override_settings(ZIP_MAX_BYTES=1):
        yield _get(client, "documents:folder_zip", "lille", folder.slug)
    assert reader.pk


def left_out(world: World) -> Iterator[Seen]:
    """Lines noted since the circulation: before the approval that silence gives, and after it."""
    client, held = client_of(world, "manager"), Meeting.objects.select_related("space").get(pk=world.lille.held.pk)
    desk.take_decision(meeting=held, item=None, by=world.people["manager"], text="On ouvre le samedi.")
    yield _get(client, "meetings:minutes", held.uuid)
    Minutes.objects.filter(meeting=held).update(amend_until=timezone.localdate() - timedelta(days=1))
    approve_minutes(minutes=held.minutes, by=None)
    yield _get(client, "meetings:minutes", held.uuid)


def _afresh(document: Document) -> Document:
    return Document.objects.select_related("space", "folder").get(pk=document.pk)


def refused(world: World) -> Iterator[Seen]:
    """Forms sent back with their errors."""
    client = client_of(world, "animation")
    held = {"slug": "lille"}
    for name, arguments in {
        "meetings:new": held,
        "pages:announcement_new": held,
        "documents:upload": held,
        "documents:folder_new": held,
        "spaces:invite": held,
        "region:add_territory": {},
        "region:add_structure": {},
        "accounts:profile": {},
        "meetings:item_new": {"uuid": world.lille.meeting.uuid},
        "documents:version_new": {"uuid": world.lille.document.uuid},
        "documents:share": {"uuid": world.lille.document.uuid},
    }.items():
        yield client, client.post(reverse(name, kwargs=arguments), {})
    stranger = PageClient()
    editor = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", world.lille.space.page.pk])
    stranger.force_login(world.people["manager"])
    stranger.get(editor)
    del stranger.cookies["sessionid"]
    stranger.post(editor, {"title": "Écrit trop tard", "slug": "trop-tard"})
    stranger.force_login(world.people["manager"])
    yield stranger, stranger.get(editor)
    stranger = PageClient()
    yield stranger, stranger.post(reverse("account_login"), {"login": "x@test.example", "password": "x"})
    yield stranger, stranger.post(reverse("spaces:request_access"), {})


FAULTS = {**CAUSES, "nonsense": BadRequest}


@require_safe
def break_down(request: object, cause: str) -> None:
    raise FAULTS[cause]("secret")


urlpatterns = [path("panne/<slug:cause>/", break_down), *site_urls]
handler500 = server_error


def faults(world: World) -> Iterator[Seen]:
    client = PageClient()
    yield client, client.get(reverse("account_signup"))
    client = client_of(world, "reader")
    session = client.session
    session["proconnect_way_out"] = "https://identite.example/fin"
    session.save()
    signed_out = client.post(reverse("account_logout"))
    del signed_out["Refresh"]  # time to look
    yield client, signed_out
    client = client_of(world, "reader")
    yield client, client.get("/nulle-part/")
    yield client, client.get("/espaces/lille/documents/deposer/")
    yield client, client.get(reverse("notifications:mark_all_read"))
    yield client, client.get(reverse("socialaccount_login_error"))
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        for cause in FAULTS:
            yield client, client.get(f"/panne/{cause}/")
    strict = PageClient(enforce_csrf_checks=True)
    yield strict, strict.post(reverse("account_login"))
    hasty = PageClient()
    for _ in range(22):
        answer = hasty.post(reverse("account_reset_password"), {"email": "x@test.example"})
    yield hasty, answer


STATES: dict[str, Callable[[World], Iterator[Seen]]] = {
    "second factor": second_factor,
    "by link": by_link,
    "lived in": lived_in,
    "left out": left_out,
    "refused": refused,
    "faults": faults,
}
