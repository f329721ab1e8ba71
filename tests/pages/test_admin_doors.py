"""Wagtail's admin: each of its addresses is in the written table; a manager of one space finds nothing of another."""

import json
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from wagtail.images import get_image_model
from wagtail.models import Collection, Page

from pages.admin_table import DOORS, Door
from pages.models import AnnouncementIndexPage, ContentPage
from spaces.enums import Role
from tests import factories
from tests.pages.conftest import SECRET, Lived, png

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the file of each new thumbnail to the garbage collector.
    pytest.mark.filterwarnings("ignore:Unclosed file .*SpooledTemporaryFile:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def _walk(patterns: list, prefix: str, namespace: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, prefix + str(pattern.pattern), inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{namespace}{pattern.name}" if pattern.name else "", prefix + str(pattern.pattern)


def admin_addresses() -> list[tuple[str, str]]:
    """(name, pattern) of all that is under /gestion/."""
    admin = next(p for p in get_resolver().url_patterns if str(p.pattern) == "gestion/")
    return list(_walk(admin.url_patterns, "/gestion/", ""))


def concrete(pattern: str, ids: dict[str, object]) -> str:
    """An address that matches the pattern, its identifiers taken from `ids`."""
    if "revisions/compare" in pattern:
        return f"/gestion/pages/{ids['page']}/revisions/compare/earliest...latest/"
    address = pattern.replace("^", "").replace("$", "").replace(".*/", "inconnu/")

    def value(match: re.Match[str]) -> str:
        name = match[1].rpartition(":")[2]
        known = {
            "app_label": "wagtailcore",
            "app_name": "pages",
            "content_type_app_name": "pages",
            "content_type_model_name": "contentpage",
            "model_name": "page",
            "action": "delete",
            "action_name": "approve",
            "filter_spec": "original",
            "uidb64": "MQ",
            "token": "x-y",
            "document_id": ids["document"],
            "doc_id": ids["document"],
            "image_id": ids["image"],
            "destination_id": ids["page"],
            "page_id": ids["page"],
            "parent_page_id": ids["page"],
            "page_to_move_id": ids["page"],
            "page_pk": ids["page"],
            "object_id": ids["page"],
            "revision_id": ids["revision"],
            "collection_id": ids["collection"],
        }
        if name == "pk":
            kind = "document" if "documents" in pattern else "image" if "images" in pattern else "page"
            return str(ids[kind])
        return str(known.get(name, 1))

    return re.sub(r"<([\w:]+)>", value, address)


def ids_of(lived: Lived) -> dict[str, object]:
    return {
        "page": lived.content.pk,
        "document": lived.document.pk,
        "image": lived.image.pk,
        "revision": lived.content.latest_revision_id,
        "collection": lived.space.collection_id,
    }


def test_the_table_names_every_address():
    names = {name for name, _ in admin_addresses()}
    assert (names - DOORS.keys(), DOORS.keys() - names) == (set(), set())


def test_no_second_entrance_for_anybody(client, at_lille):
    boss = factories.make_user()
    boss.is_superuser = True
    boss.save()
    given = {
        "wagtailadmin_password_reset_confirm": {"uidb64": "MQ", "token": "x"},
        "wagtaildocs:delete": {"document_id": 1},
        "wagtaildocs:delete_multiple": {"doc_id": 1},
        "wagtaildocs:edit_multiple": {"doc_id": 1},
        "wagtaildocs:create_multiple_from_uploaded_document": {"uploaded_file_id": 1},
        "wagtaildocs:delete_upload_multiple": {"uploaded_file_id": 1},
    }
    for user in (boss, at_lille.manager):
        client.force_login(user)
        for name, door in DOORS.items():
            if door is Door.NEVER:
                kwargs = given.get(name, {})
                for send in (client.get, client.post):
                    assert send(reverse(name, kwargs=kwargs)).status_code == 404, name
    for name in ("wagtailcore_login", "wagtailcore_authenticate_with_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/_util/login/").status_code == 404


def test_visitors_go_to_the_site_s_own_sign_in(client, at_lille):
    for name, pattern in admin_addresses():
        address = concrete(pattern, ids_of(at_lille))
        for send in (client.get, client.post):
            answer = send(address)
            assert answer.status_code == 302, name
            assert answer["Location"].split("?")[0] == reverse("account_login"), name


@pytest.mark.parametrize("role", [None, Role.READER, Role.CONTRIBUTOR])
def test_members_find_no_admin(client, at_lille, role):
    client.force_login(factories.make_member(at_lille.space, role) if role else factories.make_user())
    unknown = client.get("/inconnu/")
    for name, pattern in admin_addresses():
        address = concrete(pattern, ids_of(at_lille))
        for send in (client.get, client.post):
            answer = send(address)
            assert (answer.status_code, len(answer.content)) == (404, len(unknown.content)), name


def test_an_ended_manager_finds_no_admin(client, at_lille):
    client.force_login(at_lille.manager)
    assert client.get("/gestion/").status_code == 200
    at_lille.manager.memberships.update(ended_at="2020-01-01T00:00Z")  # the groups have not been told yet
    for name, pattern in admin_addresses():
        assert client.get(concrete(pattern, ids_of(at_lille))).status_code == 404, name


def test_closed_doors_are_closed_to_managers_in_their_own_space(client, at_lille):
    client.force_login(at_lille.manager)
    unknown = client.get("/inconnu/")
    for name, pattern in admin_addresses():
        if DOORS[name] is Door.CLOSED:
            answer = client.get(concrete(pattern, ids_of(at_lille)))
            assert (answer.status_code, len(answer.content)) == (404, len(unknown.content)), name


def test_managers_pass_the_doors_of_their_own_space(client, at_lille):
    client.force_login(at_lille.manager)
    ids = ids_of(at_lille)
    posted_only = {"wagtailadmin_logout", "wagtailadmin_pages:set_page_position"}
    for name, pattern in admin_addresses():
        if DOORS[name] in {Door.CLOSED, Door.NEVER} or name in posted_only or "editing_sessions" in name:
            continue
        address = concrete(pattern, ids)
        if DOORS[name] in {Door.PAGES_CHOSEN, Door.IMAGES_CHOSEN, Door.DOCUMENTS_CHOSEN}:
            kind = {"PAGES": "page", "IMAGES": "image", "DOCUMENTS": "document"}[DOORS[name].name.split("_")[0]]
            address += f"?id={ids[kind]}"
        answer = client.get(address)
        assert answer.status_code in {200, 302, 405}, (name, address, answer.status_code)
        assert answer.status_code != 302 or answer["Location"] != reverse("wagtailadmin_home"), name


def test_another_space_s_identifiers_do_not_exist(client, at_lille, at_douai):
    """The heart of it: each address × the other space's page, document, image, by GET and by POST."""
    client.force_login(at_douai.manager)
    unknown = client.get("/inconnu/")
    for lived_page in (at_lille.content, at_lille.draft, at_lille.announcement, at_lille.page):
        ids = ids_of(at_lille) | {"page": lived_page.pk, "revision": lived_page.latest_revision_id}
        for name, pattern in admin_addresses():
            if "<" not in pattern and "(" not in pattern:
                continue
            if name == "wagtailadmin_editing_sessions:release":
                continue
            for send in (client.get, client.post):
                answer = send(concrete(pattern, ids))
                assert (answer.status_code, len(answer.content)) == (404, len(unknown.content)), name
    for name, pk in (
        ("wagtailadmin_choose_page_chosen_multiple", at_lille.content.pk),
        ("wagtaildocs_chooser:chosen_multiple", at_lille.document.pk),
        ("wagtailimages_chooser:chosen_multiple", at_lille.image.pk),
    ):
        own = {"wagtaildocs": at_douai.document.pk, "wagtailimages": at_douai.image.pk}.get(
            name.split("_")[0], at_douai.content.pk
        )
        for query in (f"?id={pk}", f"?id={own}&id={pk}", "?id=x", "?id=0", ""):
            assert client.get(reverse(name) + query).status_code == 404, (name, query)


def test_revisions_of_another_page_do_not_pass_by_one_s_own(client, at_lille, at_douai):
    client.force_login(at_douai.manager)
    own, foreign = at_douai.content.pk, at_lille.content.latest_revision_id
    for name in ("view", "revert", "unschedule"):
        address = reverse(f"wagtailadmin_pages:revisions_{name}", args=[own, foreign])
        for send in (client.get, client.post):
            assert send(address).status_code == 404, name
    for pair in (f"{foreign}...live", f"live...{foreign}"):
        assert client.get(f"/gestion/pages/{own}/revisions/compare/{pair}/").status_code == 404


def test_choosers_offer_one_s_own(client, at_lille, at_douai):
    client.force_login(at_douai.manager)
    for name, own, other in (
        ("wagtaildocs_chooser:choose", "Document ordinaire", "Document zorglub"),
        ("wagtailimages_chooser:choose", "Image ordinaire", "Image zorglub"),
        ("wagtailadmin_choose_page", "Guide ordinaire", "Guide zorglub"),
    ):
        html = client.get(reverse(name)).content.decode()
        assert (own in html, other in html) == (True, False), name
    search = reverse("wagtailadmin_choose_page_search")
    assert "Guide ordinaire" in client.get(f"{search}?q=Guide").content.decode()
    assert "Guide zorglub" not in client.get(f"{search}?q=Guide").content.decode()
    answer = client.post(
        reverse("wagtailadmin_choose_page_external_link"),
        {
            "external-link-chooser-url": f"http://testserver{at_lille.content.address}",
            "external-link-chooser-link_text": "",
        },
    )
    assert SECRET not in answer.content.decode().replace(at_lille.content.address, "")


def test_no_keyword_is_looked_for(client, at_lille, at_douai):
    """Wagtail fails on a search within one."""
    client.force_login(at_douai.manager)
    for name in ("choose", "choose_results"):
        address = reverse(f"wagtailimages_chooser:{name}")
        html = client.get(f"{address}?q=Image&tag=tag{SECRET}").content.decode()
        assert ("Image ordinaire" in html, f"Image {SECRET}" in html) == (True, False)


def test_an_image_goes_to_one_s_own_space(client, at_lille, at_douai):
    client.force_login(at_douai.manager)
    address = reverse("wagtailimages_chooser:create")
    prefix = "image-chooser-upload"
    foreign = {f"{prefix}-title": "Ailleurs", f"{prefix}-collection": at_lille.space.collection_id}
    client.post(address, foreign | {f"{prefix}-file": png()})
    root = Collection.get_first_root_node().pk
    client.post(address, foreign | {f"{prefix}-collection": root, f"{prefix}-file": png()})
    placed = get_image_model().objects.filter(title="Ailleurs").values_list("collection_id", flat=True)
    assert set(placed) <= {at_douai.space.collection_id}
    client.post(address, {f"{prefix}-title": "Ici", f"{prefix}-file": png(), f"{prefix}-tags": "mot"})
    image = get_image_model().objects.get(title="Ici")
    assert (image.collection_id, image.uploaded_by_user) == (at_douai.space.collection_id, at_douai.manager)
    assert list(image.tags.all()) == []


def stream(*blocks: tuple[str, dict[str, object]]) -> dict[str, object]:
    data: dict[str, object] = {"body-count": len(blocks)}
    for number, (kind, fields) in enumerate(blocks):
        data |= {f"body-{number}-deleted": "", f"body-{number}-order": number, f"body-{number}-type": kind}
        data |= {f"body-{number}-{key}": value for key, value in fields.items()}
    return data


def rich(kind: str, **data: object) -> str:
    entity = {"type": kind, "mutability": "MUTABLE", "data": data}
    block = {
        "key": "a1b2c",
        "text": "lien",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": 4, "key": 0}],
    }
    return json.dumps({"blocks": [block], "entityMap": {"0": entity}})


def test_a_form_cannot_name_what_is_elsewhere(client, at_lille, at_douai):
    """Document, image and links of another space posted by hand: the form shown again, the preview and the page know nothing."""
    client.force_login(at_douai.manager)
    body = stream(
        ("document", {"value": at_lille.document.pk}),
        ("image", {"value-image": at_lille.image.pk, "value-decorative": "on"}),
        ("paragraph", {"value": rich("LINK", id=at_lille.content.pk, parentId=1, url="/x/")}),
        ("paragraph", {"value": rich("DOCUMENT", id=at_lille.document.pk, url="/x/", filename="x")}),
        ("paragraph", {"value": rich("LINK", id=at_douai.content.pk, parentId=1, url="/x/")}),
    )
    edit = reverse("wagtailadmin_pages:edit", args=[at_douai.content.pk])
    fields = {"title": "Guide", "slug": "guide", "introduction": "", "action-publish": "1"} | body
    for data in (fields, fields | {"title": ""}):
        html = client.post(edit, data, follow=True).content.decode()
        assert SECRET not in html
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[at_douai.content.pk])
    client.post(preview, fields)
    assert SECRET not in client.get(preview).content.decode()
    kept = stream(
        ("paragraph", {"value": rich("LINK", id=at_lille.content.pk)}),
        ("paragraph", {"value": rich("DOCUMENT", id=at_lille.document.pk)}),
        ("paragraph", {"value": rich("LINK", id=at_douai.content.pk)}),
        ("document", {"value": at_douai.document.pk}),
        ("image", {"value-image": at_douai.image.pk, "value-decorative": "on"}),
    )
    client.post(edit, fields | kept)
    page = ContentPage.objects.get(pk=at_douai.content.pk)
    sources = [block.value.source for block in page.body if block.block_type == "paragraph"]
    assert [f'id="{at_lille.content.pk}"' in s or "document" in s for s in sources] == [False, False, False]
    assert f'id="{at_douai.content.pk}"' in sources[2]
    client.force_login(at_douai.reader)
    html = client.get(page.address).content.decode()
    assert ("Document ordinaire" in html, "fr-responsive-img" in html) == (True, True)


def test_the_structure_stays(client, at_lille):
    """A space's home and its « Annonces » are neither deleted nor unpublished, and nothing leaves the space."""
    client.force_login(at_lille.manager)
    index = AnnouncementIndexPage.objects.get(space=at_lille.space)
    for page in (at_lille.page, index):
        for name in ("delete", "unpublish"):
            assert client.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code == 404
    assert client.get(reverse("wagtailadmin_pages:edit", args=[index.pk])).status_code == 404
    above = Page.objects.get(slug="espaces")
    assert client.get(reverse("wagtailadmin_pages:edit", args=[above.pk])).status_code == 404
    assert client.get(reverse("wagtailadmin_pages:add_subpage", args=[above.pk])).status_code == 404
    add = reverse("wagtailadmin_pages:add", args=["pages", "spacepage", at_lille.page.pk])
    assert client.get(add).status_code == 404


def test_pages_do_not_change_space(at_lille, at_douai):
    assert at_lille.content.can_move_to(at_douai.page) is False
    assert at_lille.announcement.can_move_to(at_douai.announcement.get_parent()) is False
    copy = at_lille.content.copy(to=at_douai.page, update_attrs={"slug": "copie"})
    assert copy.space == at_douai.space


def test_the_animation_edits_every_space(client, at_lille, at_douai):
    client.force_login(factories.make_animation())
    for lived in (at_lille, at_douai):
        assert client.get(reverse("wagtailadmin_pages:edit", args=[lived.content.pk])).status_code == 200
    for name in ("wagtailusers_users:index", "wagtailsites:index", "wagtailadmin_reports:site_history"):
        assert client.get(reverse(name)).status_code == 404


def test_the_policy_of_content_is_loosened_there_alone(client, at_lille):
    client.force_login(at_lille.manager)
    assert "unsafe-inline" in client.get("/gestion/")["Content-Security-Policy"]
    assert "unsafe" not in client.get("/espaces/lille/")["Content-Security-Policy"]
    assert 'lang="fr"' in client.get("/gestion/").content.decode()
    assert settings.WAGTAIL_GRAVATAR_PROVIDER_URL is None


def test_publishing_in_the_editor_has_the_same_consequences(client, at_lille):
    from notifications.models import Event
    from search.models import Entry

    client.force_login(at_lille.manager)
    add = reverse("wagtailadmin_pages:add", args=["pages", "contentpage", at_lille.page.pk])
    fields = {"title": "Permanences", "slug": "permanences", "introduction": "Le mardi"} | stream()
    client.post(add, fields)
    assert (Entry.objects.filter(title="Permanences").count(), Event.objects.filter(title="Permanences").count()) == (
        0,
        0,
    )
    page = ContentPage.objects.get(title="Permanences")
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    for _ in range(2):
        client.post(edit, fields | {"action-publish": "1"})
    events = Event.objects.filter(kind="page.published", title="Permanences")
    assert (Entry.objects.get(title="Permanences").url, events.get().actor) == (page.address, at_lille.manager)
    assert "slug" in client.post(add, fields | {"slug": "documents"}).context["form"].errors
    client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert (Entry.objects.filter(title="Permanences").count(), events.count()) == (0, 0)
