"""A word is planted in everything that Lille holds (tests/world.py). Somebody who manages another territory follows every
link there is, searches, guesses every address of Lille, reads their mail: the word is nowhere."""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import pytest
from django.apps import apps
from django.http import HttpResponse

from accounts.models import User
from mail.models import OutgoingMail
from spaces.models import AnimationMandate, Membership
from tests import test_urls
from tests.harness import Page, PageClient
from tests.world import NAME, WORD, World

MOST = 1000
"""Pages after which a walk gives up: something makes addresses without end."""
MOST_OF_ONE = 6
"""Variants of one path by its query (months of the calendar, filters) that a walk follows."""
NOT_FOLLOWED = re.compile(
    r"^/compte/(deconnexion|mot-de-passe|second-facteur|confirmer)|^/static/|^/gestion/(logout|jsi18n)"
)


@dataclass
class Visit:
    """What an answer said, read to its end."""

    status: int
    holds_word: bool
    holds_name: bool
    html: str = ""
    redirect: str = ""


def visit(response: HttpResponse) -> Visit:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    text = body.decode(errors="replace")
    headers = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    is_page = response.headers.get("Content-Type", "").startswith("text/html")
    return Visit(
        status=response.status_code,
        holds_word=WORD in (text + headers).lower(),
        holds_name=NAME in (text + headers).lower(),
        html=text if is_page and not response.streaming else "",
        redirect=response.headers.get("Location", ""),
    )


def _links(address: str, seen: Visit) -> Iterator[str]:
    """Addresses of this site that the answer leads to."""
    for link in [seen.redirect] if seen.redirect else Page(seen.html).links:
        target = urlsplit(urldefrag(urljoin(address, link)).url)
        if target.netloc in {"", "testserver"} and target.scheme in {"", "http"}:
            yield target._replace(scheme="", netloc="").geturl()


def walk(client: PageClient, *starts: str, leaving_out: tuple[str, ...] = ()) -> dict[str, Visit]:
    """Every answer reachable by links from `starts`, by address; those that begin with `leaving_out` are not asked."""
    waiting, visits, variants = deque(starts), {}, Counter()
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        if (
            address in visits
            or NOT_FOLLOWED.match(address)
            or variants[path] == MOST_OF_ONE
            or path.startswith(leaving_out)
        ):
            continue
        assert len(visits) < MOST, f"More than {MOST} addresses: {list(visits)[-20:]}"
        variants[path] += 1
        visits[address] = visit(client.get(address))
        waiting.extend(_links(address, visits[address]))
    return visits


def _client(world: World, who: str) -> PageClient:
    client = PageClient()
    client.force_login(world.people[who])
    return client


@pytest.fixture(scope="module")
def _walks() -> dict[str, dict[str, Visit]]:
    return {}


@pytest.fixture
def walked(world: World, _walks: dict[str, dict[str, Visit]]) -> Callable[[str], dict[str, Visit]]:
    """What somebody meets from the home page and Wagtail's; several tests look at the same walk."""

    def by(who: str) -> dict[str, Visit]:
        if who not in _walks:
            _walks[who] = walk(_client(world, who), "/", "/gestion/")
        return dict(_walks[who])

    return by


def test_the_walk_finds_the_word_where_it_may_be_read(world: World, walked: Callable) -> None:
    """Were the walk blind, the next tests would prove nothing."""
    answers = walked("manager")
    holding = {address for address, seen in answers.items() if seen.holds_word}
    assert {
        "/espaces/lille/",
        "/espaces/lille/documents/",
        "/espaces/lille/annonces/",
        "/espaces/lille/reunions/",
        "/espaces/lille/membres/",
        world.lille.document.get_absolute_url(),
        world.lille.document.url,
        f"/reunions/{world.lille.meeting.uuid}/",
    } <= holding


@pytest.mark.parametrize("who", ["manager_elsewhere", "ended"])
def test_a_walk_from_elsewhere_never_meets_the_word(walked: Callable, who: str) -> None:
    answers = walked(who)
    assert len(answers) > 20
    assert [address for address, seen in answers.items() if seen.holds_word] == []
    assert {address: seen.status for address, seen in answers.items() if seen.status >= 500} == {}


@pytest.mark.parametrize("who", ["manager_elsewhere", "ended"])
def test_guessed_addresses_never_answer_the_word(world: World, who: str) -> None:
    client = _client(world, who)
    holding = []
    for name, (method, arguments, _) in test_urls.TABLE.items():
        response = client.generic(method, test_urls._address(name, arguments(world)))
        if visit(response).holds_word:
            holding.append(name)
    for page in (world.lille.announcement, world.lille.page):
        for action in ("", "edit/", "view_draft/", "history/", "copy/", "delete/", "usage/"):
            if visit(client.get(f"/gestion/pages/{page.pk}/{action}")).holds_word:
                holding.append(f"{action} {page}")
    assert holding == []


@pytest.mark.parametrize("who", ["manager_elsewhere", "ended"])
def test_search_does_not_know_the_word(world: World, who: str) -> None:
    """The answer is that of a word which nobody ever wrote, letter for letter."""
    client = _client(world, who)
    invented = "zylophagy"
    assert len(invented) == len(WORD)
    for path in ("/recherche/?q={}", "/annuaire/?q={}", "/gestion/pages/search/?q={}"):
        asked = client.get(path.format(WORD)).content.decode()
        other = client.get(path.format(invented)).content.decode()
        varying = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|_TOKEN": "[^"]*"')
        assert varying.sub("", asked.replace(WORD, "·")) == varying.sub("", other.replace(invented, "·"))
    for words in ("relevé", "annonce", "réunion", "page", "convention", "xylo", "salle"):
        assert not visit(client.get(f"/recherche/?q={quote(words)}")).holds_word


def test_the_walk_finds_the_protected_name_where_it_may_be_read(world: World, walked: Callable) -> None:
    answers = walked("manager")
    holding = {urlsplit(address).path for address, seen in answers.items() if seen.holds_name}
    seat = world.lille.tenure.seat
    assert holding == {
        "/espaces/lille/panel/sieges/",
        f"/espaces/lille/panel/sieges/{seat.uuid}/titulaire/",
        f"/espaces/lille/panel/mandats/{world.lille.tenure.uuid}/effacer/",
        f"/espaces/lille/panel/seances/{world.lille.session.uuid}/presences/",
    }


@pytest.mark.parametrize("who", ["reader", "contributor", "animation", "manager_elsewhere", "ended"])
def test_a_walk_never_meets_a_protected_name(world: World, walked: Callable, who: str) -> None:
    """Nor do guessed addresses, nor searches: not even for the regional animation, which manages every space."""
    client = _client(world, who)
    answers = walked(who)
    for name, (method, arguments, _) in test_urls.TABLE.items():
        answers[name] = visit(test_urls._ask(client, method, test_urls._address(name, arguments(world))))
    for path in ("/recherche/?q={}", "/annuaire/?q={}", "/decisions-actions/?personne={}"):
        searched = client.get(path.format("prune"))
        answers[path] = visit(searched)
    assert [address for address, seen in answers.items() if seen.holds_name] == []


def test_lists_of_people_offer_those_with_whom_one_shares_a_space(world: World, walked: Callable) -> None:
    me = world.people["manager_elsewhere"]
    answers = {
        address: seen for address, seen in walked("manager_elsewhere").items() if not address.startswith("/gestion/")
    }
    choices = "\n".join(
        choice
        for seen in answers.values()
        for choice in re.findall(r"<option[^>]*>[^<]*|<label[^>]*>[^<]*|data-choice=\"[^\"]*", seen.html)
    )
    mine = Membership.objects.filter(user=me).values("space")
    around = set(Membership.objects.in_force().filter(space__in=mine).values_list("user", flat=True))
    around |= set(AnimationMandate.objects.values_list("user", flat=True))
    strangers = User.objects.exclude(pk__in=around)
    assert str(world.people["reader_elsewhere"]) in choices
    assert [person for person in strangers if str(person) in choices or person.email in choices] == []


def test_no_protected_name_is_kept_anywhere_but_in_its_table(world: World) -> None:
    """Mails, events, the audit log, the search index, sessions: every text of the database is read."""
    holding = set()
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.order_by().values():
            if NAME in str(row).lower():
                holding.add(model._meta.label)
    assert holding == {"panels.Identity"}


def test_nobody_elsewhere_is_written_the_word(world: World) -> None:
    elsewhere = [world.people[who].email for who in world.people if "elsewhere" in who or who == "ended"]
    assert not OutgoingMail.objects.filter(to__in=elsewhere, text__icontains=WORD).exists()
    assert OutgoingMail.objects.filter(text__icontains=WORD).exists()
