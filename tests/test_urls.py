"""Every address of the site outside /gestion/, asked by nine kinds of people. An address that is missing here fails the
suite: whoever adds one decides, in this table, who gets what. (/gestion/ has its own table, tests/pages.)"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from tests.harness import PageClient
from tests.world import World

PEOPLE = (
    "anonymous",
    "reader_elsewhere",  # the same role in another space: the one that finds the holes
    "contributor_elsewhere",
    "manager_elsewhere",
    "ended",  # was a manager of Lille until yesterday
    "reader",
    "contributor",
    "manager",
    "animation",
)

# What each of PEOPLE gets, in that order. 302 for somebody anonymous is the sign-in page.
PUBLIC = "200 200 200 200 200 200 200 200 200"
REGISTERED = "302 200 200 200 200 200 200 200 200"
READERS = "302 404 404 404 404 200 200 200 200"
CONTRIBUTORS = "302 404 404 404 404 403 200 200 200"
MANAGERS = "302 404 404 404 404 403 403 200 200"
MANAGERS_POST = "302 404 404 404 404 403 403 302 302"
FACILITATORS = "302 404 404 404 404 403 403 200 403"  # by a mandate of the space itself
FACILITATORS_POST = "302 404 404 404 404 403 403 302 403"
DRAFTS = "302 404 404 404 404 404 404 200 200"  # nobody else knows of a meeting that is being prepared
DRAFTS_POST = "302 404 404 404 404 404 404 302 302"
REGION_OF_READERS = "302 404 404 404 404 403 403 403 200"  # and the author, as long as they publish there
ANY_MANAGER = "302 403 403 200 403 403 403 200 200"
REGION = "302 403 403 403 403 403 403 403 200"
NOBODY = "404 404 404 404 404 404 404 404 404"
ANONYMOUS_ONLY = "200 302 302 302 302 302 302 302 302"
CONFIRMED_AGAIN = "302 302 302 302 302 302 302 302 302"  # asks for the password once more, or has nothing to do
UNKNOWN_ID = "302 404 404 404 404 404 404 404 404"
POSTED = "302 302 302 302 302 302 302 302 302"

GET, POST = "GET", "POST"
Arguments = Callable[[World], dict[str, Any]]


def _nothing(world: World) -> dict[str, Any]:
    return {}


def _lille(world: World) -> dict[str, Any]:
    return {"slug": "lille"}


def _folder(world: World) -> dict[str, Any]:
    return {"slug": "lille", "folder_slug": world.lille.folder.slug}


def _document(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.document.uuid}


def _version(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.document.uuid, "number": 1}


def _meeting(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.meeting.uuid}


def _instance(world: World) -> dict[str, Any]:
    return {"slug": "lille", "body_slug": world.lille.body.slug}


def _item(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.meeting.uuid, "item": world.lille.item.uuid}


def _invitee(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.meeting.uuid, "invitee": world.lille.invitee.uuid}


def _minutes(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.held.uuid}


def _session(world: World) -> dict[str, Any]:
    return {"slug": "lille", "uuid": world.lille.session.uuid}


def _observation(world: World) -> dict[str, Any]:
    return {"slug": "lille", "observation": world.lille.observation.uuid}


def _place(world: World) -> dict[str, Any]:
    return {"slug": "lille", "seat": world.lille.tenure.seat.uuid, "place": "titulaire"}


def _tenure(world: World) -> dict[str, Any]:
    return {"slug": "lille", "tenure": world.lille.tenure.uuid}


def _polled(world: World) -> dict[str, Any]:
    return {"uuid": world.lille.polled.uuid}


def _poll_date(world: World) -> dict[str, Any]:
    return _polled(world) | {"pk": world.lille.polled.poll.dates.earliest("pk").pk}


def _announcement(world: World) -> dict[str, Any]:
    return {"slug": "lille", "pk": world.lille.announcement.pk}


def _asked(world: World) -> dict[str, Any]:
    return {"pk": world.lille.asked.pk}


def _invited(world: World) -> dict[str, Any]:
    return {"slug": "lille", "pk": world.lille.invited.pk}


def _request(world: World) -> dict[str, Any]:
    return {"pk": world.lille.request.pk}


TABLE: dict[str, tuple[str, Arguments, str]] = {
    "home": (GET, _nothing, REGISTERED),
    "health": (GET, _nothing, PUBLIC),
    "health_detail": (GET, _nothing, REGION),
    "help": (GET, _nothing, PUBLIC),
    "accessibility": (GET, _nothing, PUBLIC),
    "personal_data": (GET, _nothing, PUBLIC),
    # --- /compte/
    "accounts:profile": (GET, _nothing, REGISTERED),
    "accounts:personal_data": (GET, _nothing, REGISTERED),
    "accounts:feeds": (GET, _nothing, REGISTERED),
    "accounts:create_feed": (POST, lambda _: {"purpose": "inconnu"}, UNKNOWN_ID),
    "accounts:revoke_feed": (POST, lambda _: {"pk": 999_999}, UNKNOWN_ID),
    "accounts:join": (GET, _nothing, NOBODY),
    "accounts:invitation": (GET, lambda _: {"token": "forged"}, NOBODY),
    "account_login": (GET, _nothing, ANONYMOUS_ONLY),
    "account_logout": (GET, _nothing, "302 200 200 200 200 200 200 200 200"),
    "account_signup": (GET, _nothing, NOBODY),
    "account_inactive": (GET, _nothing, PUBLIC),
    "account_reauthenticate": (GET, _nothing, REGISTERED),
    "account_email": (GET, _nothing, REGISTERED),
    "account_email_verification_sent": (GET, _nothing, PUBLIC),
    "account_confirm_email": (GET, lambda _: {"key": "forged"}, PUBLIC),
    "account_change_password": (GET, _nothing, REGISTERED),
    "account_set_password": (GET, _nothing, CONFIRMED_AGAIN),
    "account_reset_password": (GET, _nothing, PUBLIC),
    "account_reset_password_done": (GET, _nothing, PUBLIC),
    "account_reset_password_from_key": (GET, lambda _: {"uidb36": "1", "key": "forged"}, PUBLIC),
    "account_reset_password_from_key_done": (GET, _nothing, PUBLIC),
    "mfa_login_webauthn": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_authenticate": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_reauthenticate": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_reauthenticate_webauthn": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_index": (GET, _nothing, REGISTERED),
    "mfa_activate_totp": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_deactivate_totp": (GET, _nothing, UNKNOWN_ID),
    "mfa_view_recovery_codes": (GET, _nothing, UNKNOWN_ID),
    "mfa_generate_recovery_codes": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_download_recovery_codes": (GET, _nothing, UNKNOWN_ID),
    "mfa_list_webauthn": (GET, _nothing, REGISTERED),
    "mfa_add_webauthn": (GET, _nothing, CONFIRMED_AGAIN),
    "mfa_remove_webauthn": (GET, lambda _: {"pk": 1}, CONFIRMED_AGAIN),
    "mfa_edit_webauthn": (GET, lambda _: {"pk": 1}, CONFIRMED_AGAIN),
    "socialaccount_login_cancelled": (GET, _nothing, PUBLIC),
    "socialaccount_login_error": (GET, _nothing, "302 401 401 401 401 401 401 401 401"),
    "openid_connect_login": (GET, lambda _: {"provider_id": "proconnect"}, NOBODY),
    "openid_connect_callback": (GET, lambda _: {"provider_id": "proconnect"}, NOBODY),
    # --- spaces
    "spaces:list": (GET, _nothing, REGISTERED),
    "spaces:members": (GET, _lille, READERS),
    "spaces:who_can_see": (GET, _lille, READERS),
    "spaces:invite": (GET, _lille, MANAGERS),
    "spaces:invite_anywhere": (GET, _nothing, ANY_MANAGER),
    "spaces:change_membership": (GET, _invited, MANAGERS),
    "spaces:end_membership": (GET, _invited, MANAGERS),
    "spaces:resend_invitation": (POST, _invited, MANAGERS_POST),
    "spaces:withdraw_invitation": (GET, _invited, MANAGERS),
    "spaces:what_i_can_see": (GET, _nothing, REGISTERED),
    "spaces:request_access": (GET, _nothing, PUBLIC),
    "spaces:access_requested": (GET, _nothing, PUBLIC),
    "spaces:access_requests": (GET, _nothing, ANY_MANAGER),
    "spaces:decline_request": (GET, _request, "302 403 403 404 403 403 403 200 200"),
    "spaces:animation": (GET, _nothing, REGION),
    "spaces:end_animation": (GET, lambda world: {"pk": world.animation_mandate.pk}, REGION),
    "spaces:accounts": (GET, _nothing, REGION),
    "spaces:account": (GET, lambda world: {"pk": world.people["reader"].pk}, REGION),
    "spaces:deactivate_account": (GET, lambda world: {"pk": world.people["reader"].pk}, REGION),
    "spaces:reactivate_account": (GET, lambda world: {"pk": world.closed_account.pk}, REGION),
    # --- what a space holds
    "pages:space": (GET, _lille, READERS),
    "pages:announcements": (GET, _lille, READERS),
    "pages:announcement_new": (GET, _lille, MANAGERS),
    "pages:announcement_edit": (GET, _announcement, MANAGERS),
    "pages:announcement_unpublish": (POST, _announcement, MANAGERS_POST),
    "wagtail_serve": (GET, lambda _: {"": "espaces/lille/repere/"}, READERS),
    "documents:space": (GET, _lille, READERS),
    "documents:resources": (GET, _lille, READERS),
    "documents:resources_zip": (GET, _lille, READERS),
    "documents:folder": (GET, _folder, READERS),
    "documents:upload": (GET, _lille, CONTRIBUTORS),
    "documents:uploaded": (GET, _lille, UNKNOWN_ID),
    "documents:incoming": (POST, _lille, "302 404 404 404 404 403 400 400 400"),  # without its headers
    "documents:incoming_upload": ("HEAD", lambda _: {"uuid": UUID(int=1)}, UNKNOWN_ID),
    "documents:folder_new": (GET, _lille, MANAGERS),
    "documents:folder_rename": (GET, _folder, MANAGERS),
    "documents:folder_place": (GET, _folder, MANAGERS),
    "documents:folder_order": (POST, _folder, MANAGERS_POST),
    "documents:folder_remove": (POST, _folder, MANAGERS_POST),
    "documents:folder_restrict": (GET, _folder, MANAGERS),
    "documents:folder_who": (GET, _folder, READERS),
    "documents:folder_zip": (GET, _folder, READERS),
    "documents:selection_zip": (GET, _nothing, UNKNOWN_ID),
    "documents:shared_with_me": (GET, _nothing, REGISTERED),
    "documents:shared_with_space": (GET, _lille, READERS),
    "documents:document_who": (GET, _document, READERS),
    "documents:share": (GET, _document, MANAGERS),
    "documents:link_new": (GET, _document, MANAGERS),
    "documents:share_revoke": (
        POST,
        lambda world: _document(world) | {"pk": 999_999},
        "302 404 404 404 404 403 403 404 404",
    ),
    "documents:link_revoke": (
        POST,
        lambda world: _document(world) | {"pk": 999_999},
        "302 404 404 404 404 403 403 404 404",
    ),
    "documents:link": (GET, lambda _: {"token": "forged"}, NOBODY),
    "documents:document": (GET, _document, READERS),
    "documents:download": (GET, _document, READERS),
    "documents:thumbnail": (GET, _document, UNKNOWN_ID),  # a text: no picture; tests/documents/test_previews.py has one
    "documents:page": (GET, lambda world: _document(world) | {"number": 1}, UNKNOWN_ID),
    "documents:downloads": (GET, _document, MANAGERS),
    "documents:my_downloads": (GET, _nothing, REGISTERED),
    "documents:edit": (GET, _document, MANAGERS),
    "documents:withdraw": (GET, _document, MANAGERS),
    "documents:put_back": (POST, _document, "302 404 404 404 404 404 404 302 302"),  # it is not in the trash
    "documents:trash": (GET, _lille, MANAGERS),
    "documents:history": (GET, _document, READERS),
    "documents:version": (GET, _version, READERS),
    "documents:version_download": (GET, _version, READERS),
    "documents:version_thumbnail": (
        GET,
        _version,
        UNKNOWN_ID,
    ),  # a text: no picture; see tests/documents/test_version_pictures.py
    "documents:version_page": (GET, lambda world: _version(world) | {"page": 1}, UNKNOWN_ID),
    "documents:compare": (GET, _document, READERS),
    "documents:version_new": (GET, _document, MANAGERS),
    "documents:version_restore": (GET, _version, MANAGERS),
    "documents:version_name": (GET, _version, MANAGERS),
    "documents:reserve": (POST, _document, MANAGERS_POST),
    "documents:release": (POST, _document, "302 404 404 404 404 302 302 302 302"),
    "documents:media": (GET, lambda _: {"path": "original_images/x.png"}, UNKNOWN_ID),
    "meetings:space": (GET, _lille, READERS),
    "meetings:new": (GET, _lille, MANAGERS),
    "meetings:meeting": (GET, _meeting, READERS),
    "meetings:change": (GET, _meeting, MANAGERS),
    "meetings:cancel": (GET, _meeting, MANAGERS),
    "meetings:ics": (GET, _meeting, READERS),
    "meetings:feed": (GET, lambda _: {"token": "forged"}, NOBODY),
    "meetings:space_feed": (GET, lambda _: {"token": "forged", "slug": "lille"}, NOBODY),
    "meetings:body_feed": (GET, lambda _: {"token": "forged", "slug": "lille", "body_slug": "ctt"}, NOBODY),
    "meetings:body": (GET, _instance, READERS),
    "meetings:propose": (GET, _instance, CONTRIBUTORS),
    "meetings:plan": (GET, _instance, MANAGERS),
    "meetings:body_settings": (GET, _instance, MANAGERS),
    "meetings:body_members": (GET, _instance, MANAGERS),
    "meetings:remove_body_member": (POST, lambda world: _instance(world) | {"pk": world.lille.seat.pk}, MANAGERS_POST),
    "meetings:announce": (POST, _meeting, MANAGERS_POST),
    "meetings:convene": (GET, _meeting, MANAGERS),
    "meetings:resend": (POST, _meeting, MANAGERS_POST),
    "meetings:remind": (POST, _meeting, MANAGERS_POST),
    "meetings:postpone": (GET, _meeting, MANAGERS),
    "meetings:restore": (POST, _meeting, MANAGERS_POST),
    "meetings:discard": (POST, _meeting, MANAGERS_POST),
    "meetings:answer": (POST, _meeting, UNKNOWN_ID),  # nobody of the table is invited
    "meetings:invitees": (GET, _meeting, MANAGERS),
    "meetings:invite_members": (POST, _meeting, MANAGERS_POST),
    "meetings:remove_invitee": (POST, _invitee, MANAGERS_POST),
    "meetings:poll": (GET, _polled, "302 404 404 404 404 200 404 200 200"),  # the reader was asked
    "meetings:poll_propose": (GET, _polled, DRAFTS),
    "meetings:poll_remind": (POST, _polled, DRAFTS_POST),
    "meetings:poll_choose": (POST, _poll_date, DRAFTS_POST),
    "meetings:poll_respond": (GET, lambda _: {"token": "forged"}, NOBODY),
    "meetings:item_new": (GET, _meeting, MANAGERS),
    "meetings:choose_items": (POST, _meeting, MANAGERS_POST),
    "meetings:item_change": (GET, _item, MANAGERS),
    "meetings:item_move": (POST, _item, MANAGERS_POST),
    "meetings:item_remove": (POST, _item, MANAGERS_POST),
    "meetings:respond": (GET, lambda _: {"token": "forged"}, NOBODY),
    "meetings:desk": (GET, _meeting, MANAGERS),
    "meetings:attendance_sheet": (GET, _meeting, MANAGERS),
    "meetings:attach_minutes": (POST, _meeting, MANAGERS_POST),
    "meetings:detach_minutes": (POST, _meeting, MANAGERS_POST),
    "meetings:minutes": (GET, _minutes, READERS),
    "meetings:minutes_file": (GET, lambda world: {**_minutes(world), "kind": "pdf"}, READERS),
    "meetings:register": (GET, _nothing, REGISTERED),
    "meetings:register_export": (GET, _nothing, REGISTERED),
    "meetings:action": (GET, lambda world: {"uuid": world.lille.action.uuid}, READERS),
    "meetings:calendar": (GET, _nothing, REGISTERED),
    "meetings:escalations": (GET, _nothing, REGISTERED),
    "meetings:escalate": (GET, _meeting, MANAGERS),
    "meetings:escalation": (GET, lambda world: {"uuid": world.lille.raised.uuid}, READERS),
    "meetings:overview": (GET, _nothing, ANY_MANAGER),
    "meetings:attendance": (GET, _nothing, ANY_MANAGER),
    "meetings:overview_export": (GET, _nothing, ANY_MANAGER),
    "meetings:overview_body": (GET, _instance, MANAGERS),
    "meetings:remind_body": (GET, _instance, REGION),
    # --- the user panel, whose names its facilitators alone see
    "panels:panel": (GET, _lille, READERS),
    "panels:observations": (GET, _lille, READERS),
    "panels:session": (GET, _session, READERS),
    "panels:compose": (GET, _lille, MANAGERS),
    "panels:observation_new": (GET, _session, MANAGERS),
    "panels:observation_change": (GET, _observation, MANAGERS),
    "panels:observation_remove": (POST, _observation, MANAGERS_POST),
    "panels:action_new": (GET, _session, MANAGERS),
    "panels:return_preview": (GET, _session, MANAGERS),
    "panels:return_publish": (POST, _session, MANAGERS_POST),
    "panels:seats": (GET, _lille, FACILITATORS),
    "panels:place": (GET, _place, FACILITATORS),
    "panels:presences": (GET, _session, FACILITATORS),
    "panels:erase": (GET, _tenure, FACILITATORS),
    "panels:end": (POST, _tenure, FACILITATORS_POST),
    "notifications:space": (GET, _lille, READERS),
    "notifications:bell": (GET, _nothing, POSTED),
    "notifications:feed": (GET, lambda _: {"token": "forged"}, NOBODY),
    "notifications:space_feed": (GET, lambda _: {"token": "forged", "slug": "lille"}, NOBODY),
    "notifications:list": (GET, _nothing, REGISTERED),
    "notifications:mark_read": (POST, lambda _: {"pk": 2_000_000_000}, UNKNOWN_ID),
    "notifications:mark_all_read": (POST, _nothing, POSTED),
    "acknowledgements:to_read": (GET, _nothing, REGISTERED),
    "acknowledgements:ask": (GET, lambda w: {"kind": "annonce", "object_id": w.lille.announcement.pk}, MANAGERS),
    "acknowledgements:coverage": (GET, _asked, REGION_OF_READERS),
    "acknowledgements:export": (GET, _asked, REGION_OF_READERS),
    "acknowledgements:acknowledge": (POST, _asked, "302 404 404 404 404 302 302 302 403"),
    "acknowledgements:remind": (POST, _asked, "302 404 404 404 404 403 403 403 302"),
    "acknowledgements:stop": (POST, _asked, "302 404 404 404 404 403 403 403 302"),
    "notifications:follow": (POST, _nothing, UNKNOWN_ID),
    "notifications:preferences": (GET, _nothing, REGISTERED),
    "notifications:rhythm": (POST, _nothing, REGISTERED),
    "notifications:add_exception": (POST, _nothing, REGISTERED),
    "notifications:remove_exception": (POST, lambda _: {"pk": 1}, UNKNOWN_ID),
    "notifications:unsubscribe": (GET, lambda _: {"token": "forged"}, NOBODY),
    "notifications:mails": (GET, _nothing, REGION),
    "notifications:retry_mail": (POST, lambda _: {"pk": 2_000_000_000}, "302 403 403 403 403 403 403 403 404"),
    "notifications:resume_address": (POST, _nothing, "302 404 404 404 404 404 404 404 404"),
    "search:results": (GET, _nothing, REGISTERED),
    "search:suggestions": (GET, _nothing, REGISTERED),
    # --- the region
    "directory:list": (GET, _nothing, REGISTERED),
    "region:add_territory": (GET, _nothing, REGION),
    "region:territory": (GET, _lille, REGION),
    "region:add_structure": (GET, _nothing, REGION),
    "region:change_structure": (GET, lambda world: {"pk": world.structure.pk}, REGION),
    "region:add_site": (GET, _nothing, REGION),
    "region:change_site": (GET, lambda world: {"pk": world.site.pk}, REGION),
}

PUBLIC_NAMES = {
    "accessibility",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "health",
    "help",
    "personal_data",
    "socialaccount_login_cancelled",
    "spaces:access_requested",
    "spaces:request_access",
}
"""All that somebody who has not signed in gets an answer from. Adding a name here opens a door to everybody."""


def _names(resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith("gestion/"):
            continue
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name or f"unnamed {route}"])
        else:
            yield from _names(pattern, route, (*spaces, pattern.namespace) if pattern.namespace else spaces)


def _address(name: str, arguments: dict[str, Any]) -> str:
    if name == "wagtail_serve":
        return "/" + arguments[""]
    return reverse(name, kwargs=arguments)


def _client(world: World, who: str) -> PageClient:
    client = PageClient()
    if who != "anonymous":
        client.force_login(world.people[who])
    return client


def _ask(client: PageClient, method: str, address: str) -> HttpResponse:
    """Ask, then undo what the answer has written: every line of the table meets the same world."""
    with transaction.atomic():
        response = client.generic(method, address)
        response.close()
        transaction.set_rollback(True)
    return response


def test_every_address_is_in_the_table() -> None:
    assert set(TABLE) == set(_names(get_resolver()))


def test_what_is_public_is_listed() -> None:
    assert {name for name, (_, _, expected) in TABLE.items() if expected.startswith("200")} == PUBLIC_NAMES


@pytest.mark.parametrize("who", PEOPLE)
def test_each_person_gets_what_the_table_says(world: World, who: str) -> None:
    client = _client(world, who)
    expected, found = {}, {}
    for name, (method, arguments, statuses) in TABLE.items():
        expected[name] = int(statuses.split()[PEOPLE.index(who)])
        try:
            found[name] = _ask(client, method, _address(name, arguments(world))).status_code
        except Exception as error:  # every line is asked, then all that is wrong is told
            found[name] = repr(error)[:300]
    assert {name: (found[name], expected[name]) for name in TABLE if found[name] != expected[name]} == {}


@pytest.mark.parametrize("who", PEOPLE[1:5])
def test_no_other_verb_opens_what_reading_refuses(world: World, who: str) -> None:
    client = _client(world, who)
    opened = {}
    for name, (_, arguments, statuses) in TABLE.items():
        if statuses.split()[PEOPLE.index(who)] in {"403", "404"}:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                status = _ask(client, method, _address(name, arguments(world))).status_code
                if status not in {403, 404, 405}:
                    opened[method, name] = status
    assert opened == {}


_VARYING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')
_HEADERS_VARYING = {"Content-Security-Policy", "Expires"}  # its nonce; the hour


def _told(client: PageClient, method: str, address: str) -> tuple[int, bytes, int, dict[str, str], int]:
    """All that an answer gives away: its status, its words, its length, its headers, and the queries that it took, which
    somebody could measure by its time."""
    with CaptureQueriesContext(connection) as asked:
        answer = _ask(client, method, address)
    headers = {name: value for name, value in answer.headers.items() if name not in _HEADERS_VARYING}
    content = b"" if answer.streaming else answer.content
    return answer.status_code, _VARYING.sub(b"", content), len(content), headers, len(asked)


def _settle_in(client: PageClient) -> None:
    """What a first page asks once has been asked, and the visit is not written down again in the middle, on a slow machine."""
    client.get("/")
    User.objects.update(last_seen_at=timezone.now() + timedelta(hours=1))


@pytest.mark.parametrize("who", ["manager_elsewhere", "ended"])
def test_what_is_elsewhere_looks_like_what_does_not_exist(world: World, who: str) -> None:
    """Same status, same page, but for the address itself when the page repeats it."""
    client = _client(world, who)
    _settle_in(client)
    nowhere = {
        "slug": "nulle-part",
        "uuid": UUID("00000000-0000-4000-8000-000000000000"),
        "pk": 999_999,
        "kind": "annonce",
        "object_id": 999_999,
        "number": 7,
        "folder_slug": "rien",
        "body_slug": "rien",
        "token": "forged",
        "item": UUID("00000000-0000-4000-8000-000000000000"),
        "invitee": UUID("00000000-0000-4000-8000-000000000000"),
        "seat": UUID("00000000-0000-4000-8000-000000000000"),
        "tenure": UUID("00000000-0000-4000-8000-000000000000"),
        "observation": UUID("00000000-0000-4000-8000-000000000000"),
        "": "espaces/nulle-part/repere/",
    }
    different = []
    for name, (method, arguments, statuses) in TABLE.items():
        values = arguments(world)
        if statuses.split()[PEOPLE.index(who)] != "404" or not set(values) & set(nowhere):
            continue
        unknown = _told(
            client, method, _address(name, values | {key: nowhere[key] for key in values if key in nowhere})
        )
        if _told(client, method, _address(name, values)) != unknown:
            different.append(name)
    assert different == []


@pytest.mark.parametrize("who", ["reader_elsewhere", "manager_elsewhere", "ended"])
def test_no_address_inside_a_closed_space_tells_what_is_there(world: World, who: str) -> None:
    """Wagtail's catch-all finds the page first, and would ask the right afterwards."""
    client = _client(world, who)
    _settle_in(client)
    lille = world.lille
    told = [
        _told(client, method, f"/{path}")
        for method in (GET, POST)
        for path in (
            "espaces/nulle-part/rien/",
            "espaces/lille/rien/",
            "espaces/lille/repere/",
            "espaces/lille/annonces/rien/",
            lille.announcement.address.strip("/") + "/",
            "rien/",
        )
    ]
    assert {answer[0] for answer in told} == {404}
    assert [answer for answer in told if answer != told[0]] == []
