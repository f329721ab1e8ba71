"""The harness itself: a check that cannot fail protects nothing."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.template import Context, Origin, Template, engines

from spaces.models import Space
from tests.harness import OUR_TEMPLATES, check_page

GOOD = '<html lang="fr"><head><title>Accueil</title></head><body><h1>Bonjour</h1>{}</body></html>'


def _render(source: str, where: str = OUR_TEMPLATES) -> str:
    engine = engines["django"].engine
    return Template(source, origin=Origin(f"{where}/essai.html"), engine=engine).render(Context({"known": "oui"}))


def _page(html: str, policy: str = "default-src 'none'; style-src 'self'") -> HttpResponse:
    return HttpResponse(html, headers={"Content-Security-Policy": policy})


def test_an_undefined_variable_fails() -> None:
    with pytest.raises(AssertionError, match="unknown"):
        _render("{{ known.unknown }}")
    with pytest.raises(AssertionError, match="unknown"):
        _render("{{ unknown|upper }}")


def test_asking_whether_a_variable_exists_is_allowed() -> None:
    assert _render("{% if unknown %}non{% else %}{{ unknown|default:known }}{% endif %}") == "oui"


def test_other_peoples_templates_may_do_as_they_please() -> None:
    assert _render("[{{ unknown }}]", where="/somewhere/else") == "[]"


def test_a_good_page_passes() -> None:
    check_page("/", _page(GOOD.format('<script src="/x.js"></script>')))


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Encore</h1>",
        "<script>alert(1)</script>",
        "<style>p { color: red }</style>",
        '<p style="color: red">',
        '<button onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_a_bad_page_fails(body: str) -> None:
    with pytest.raises(AssertionError):
        check_page("/", _page(GOOD.format(body)))


@pytest.mark.parametrize("policy", ["", "default-src 'self'", "default-src 'none'; script-src 'unsafe-inline'"])
def test_a_weak_policy_fails(policy: str) -> None:
    with pytest.raises(AssertionError):
        check_page("/", _page(GOOD.format(""), policy))


@pytest.mark.django_db
def test_unordered_lists_come_backwards_on_sqlite(lille: Space, douai: Space) -> None:
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        assert list(Space.objects.order_by()) == [douai, lille]


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_its_own_cache(turn: int) -> None:
    assert cache.get("seen") is None
    cache.set("seen", turn)
