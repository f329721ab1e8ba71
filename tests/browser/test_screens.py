"""Nobody adds an address or a template that no test looks at: screens.py says how each is reached, or why it is no page."""

import copy
import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser import screens
from tests.browser.screens import NOT_PAGES, STATES, VIEWERS, is_page
from tests.test_urls import GET, TABLE
from tests.world import World

pytestmark = pytest.mark.markup
TEMPLATES = Path(settings.BASE_DIR) / "templates"
NEVER_SHOWN = {
    "accounts/base.html",  # pages extend it
    "accounts/confirm.html",
    "account/signup_closed.html",  # allauth's sign-up has no address here
}


@pytest.fixture
def world(_built_world: World, db: None) -> World:
    """Nothing is committed here: one world for all the tests of this file (tests/conftest.py)."""
    return copy.deepcopy(_built_world)


def _page_templates() -> set[str]:
    """Those that extend another: the others are bases, components and fragments, and mails."""
    return {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if re.match(r"\s*({% load [^%]+%}\s*)*{% extends ", path.read_text())
        and not {"email", "wagtailadmin", "wagtailimages"} & set(path.parts)
    } - NEVER_SHOWN


def test_every_address_and_every_template_is_looked_at(world: World) -> None:
    names, templates, no_page = set(), set(), {}
    for seen in (
        *(screens.by_table(world, who, screens.first_opened_by(who)) for who in VIEWERS),
        *(state(world) for state in STATES.values()),
    ):
        for _, response in seen:
            name = response.resolver_match.view_name if response.resolver_match else ""
            if is_page(response):
                names.add(name)
                templates |= {template.name for template in response.templates}
            else:
                no_page[name] = response.status_code
    assert no_page == {}
    pages = {name for name in TABLE if TABLE[name][0] == GET} - set(NOT_PAGES)
    assert (pages - names, names & set(NOT_PAGES) - {"documents:folder_zip"}) == (set(), set())
    assert sorted(_page_templates() - templates) == []
