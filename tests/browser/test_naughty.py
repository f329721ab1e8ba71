"""Script in text: hostile words go through every text field of the main forms, then somebody who manages looks at every page.
Nothing runs, nothing is refused by the policy (it would mean that something had tried), and the words read as they were typed."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup, Tag
from django.http import HttpResponse
from django.utils import timezone
from playwright.sync_api import Browser

from meetings.actions import desk
from tests.browser import screens
from tests.browser.stage import Stage
from tests.harness import PageClient
from tests.test_urls import TABLE, _address
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.markup]

NAUGHTY = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(2)'>",
    '<a href="javascript:alert(3)">x</a>',
    "{{ 7|add:7 }} {% debug %} ${7*7}",
    "</textarea></title><svg onload=alert(4)>",
    "<p class=MsoNormal style='mso-list:l0'><o:p>Word</o:p></p>",
    "שלום &lt;b&gt; 👩🏽‍🚒 l'« été » \\u003cscript\\u003e",
)
WATCH = "window.refused = []; addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective + ' ' + e.blockedURI))"

FORMS = {
    "manager": (
        "pages:announcement_edit", "documents:folder_new", "documents:folder_rename", "documents:edit", "documents:version_name",
        "documents:share", "documents:link_new", "meetings:new", "meetings:change", "meetings:item_new", "meetings:item_change",
        "meetings:propose", "meetings:body_settings", "meetings:escalate", "meetings:action", "panels:observation_new",
        "panels:observation_change", "panels:action_new", "panels:compose", "panels:place", "accounts:profile",
        "spaces:change_membership", "spaces:invite", "spaces:decline_request",
    ),
    "animation": ("region:change_structure", "region:change_site", "region:add_structure"),
    "contributor": ("meetings:minutes",),
    "reader": ("accounts:profile",),
    "anonymous": ("spaces:request_access",),
}  # fmt: skip
"""Who fills in which forms of the table of addresses."""


GIVEN = {
    "period": "2026",
    "day": f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}",
    "start": "14:00",
    "end": "16:00",
    "email": "hostile@test.example",
    "to_space": "",
    "person": "",
    "days": "14",
    "website": "",  # a trap for robots
}
"""What fields want that are not for words, or that exclude one another."""


NOT_SHOWN = {
    "manager documents:link_new password",
    "manager spaces:decline_request note",  # goes into the mail
    "manager meetings:propose presenter",  # until a meeting takes the point
}


class Typist:
    """Fills in forms as they are shown: each text field with a hostile text of its own."""

    def __init__(self) -> None:
        self.typed: dict[str, str] = {}
        self._numbers = count()

    def words(self, where: str) -> str:
        number = next(self._numbers)
        text = f"{NAUGHTY[number % len(NAUGHTY)]} fin{number}."
        self.typed[text] = where
        return text

    def fill(self, form: Tag, where: str) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for field in form.select("input[name], textarea[name], select[name]"):
            value = self._value(field, where)
            if value is not None:
                data.setdefault(field["name"], []).extend(value)
        for button in form.select("input[type=radio][name]"):
            data.setdefault(button["name"], [button["value"]])
        return data

    def _value(self, field: Tag, where: str) -> list[str] | None:
        kind = field.get("type", "text")
        given = GIVEN.get(field["name"].split("-")[-1])
        if given is not None and not field.get("value") and (field.name != "select" or not given):
            return [given]
        if field.name == "select":
            chosen = [option["value"] for option in field.select("option[selected]") if option.get("value")]
            return chosen or [option.get("value", "") for option in field.select("option")][-1:]
        if kind in {"checkbox", "radio"}:
            return [field.get("value", "on")] if field.has_attr("checked") else None
        if field.name == "textarea" or (
            kind in {"text", "search"} and not field.get("inputmode") and not field.get("list")
        ):
            return [self.words(f"{where} {field['name']}")]
        return [field.get("value", "")]


def _main_forms(html: str) -> Iterator[Tag]:
    for form in BeautifulSoup(html, "html.parser").select("main form[method=post]"):
        if form.select("textarea[name], input[type=text][name]"):
            yield form


def _complaints(answer: HttpResponse) -> list[str]:
    page = BeautifulSoup(answer.content, "html.parser")
    return [said.get_text(" ", strip=True) for said in page.select(".fr-error-text, .fr-alert--error")]


def _send_all(world: World, typist: Typist) -> dict[str, PageClient]:
    """Fill in and send every form of FORMS: the addresses where that led, and who went there."""
    led, refused = {}, {}
    for who, names in FORMS.items():
        client = screens.client_of(world, who)
        for name in names:
            address = _address(name, TABLE[name][1](world))
            forms = list(_main_forms(client.get(address).content.decode()))
            assert forms, f"{name}: no text to type as {who}"
            for form in forms:
                answer = client.post(form.get("action") or address, typist.fill(form, f"{who} {name}"))
                if answer.status_code == 302:
                    led[urldefrag(answer["Location"]).url] = client
                elif answer.templates[0].name != "documents/link_made.html":
                    refused[f"{who} {name}"] = _complaints(answer)
    assert refused == {}
    return led


def _take_minutes(world: World, typist: Typist) -> None:
    """What the desk's script sends: the notes are HTML, of which nothing that acts is kept."""
    meeting, by = world.lille.meeting, world.people["manager"]
    desk.hold_meeting(meeting=meeting, by=by)
    point = desk.add_item(meeting=meeting, by=by, title=typist.words("desk item"))
    desk.save_notes(meeting=meeting, item=point.uuid, by=by, html="".join(NAUGHTY), revision=0)
    desk.take_decision(meeting=meeting, item=point.uuid, by=by, text=typist.words("desk decision"))
    desk.note_action(
        meeting=meeting,
        item=point.uuid,
        by=by,
        text=typist.words("desk action"),
        person_name=typist.words("desk person"),
    )


@pytest.fixture
def world(_built_world: World, db: None) -> World:
    return copy.deepcopy(_built_world)


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    stage = Stage(browser)
    stage.page.add_init_script(WATCH)
    stage.page.on("dialog", lambda dialog: stage.complaints.append(f"dialog: {dialog.message}") or dialog.dismiss())
    yield stage
    stage.context.close()


def _read(stage: Stage) -> str:
    """All that the page says, fields included, folded parts too."""
    return stage.page.evaluate(
        """() => [document.body.textContent, document.title,
          ...[...document.querySelectorAll('input, textarea')].map(one => one.value)].join('\\n').replace(/\\s+/g, ' ')"""
    )


def test_hostile_words_are_words(world: World, stage: Stage) -> None:
    typist = Typist()
    led = _send_all(world, typist)
    _take_minutes(world, typist)
    said, tried = "", {}
    for client, response in (
        *screens.by_table(world, "manager", screens.opened_by("manager")),
        *screens.by_table(world, "animation", screens.first_opened_by("animation")),
        *((client, client.get(address)) for address, client in led.items()),
    ):
        page = stage.show(response, client)
        said += _read(stage)
        if page.evaluate("refused.length"):
            tried[page.url] = page.evaluate("refused")
    assert (tried, stage.complaints) == ({}, [])
    silent = [
        text for text, where in typist.typed.items() if where not in NOT_SHOWN and " ".join(text.split()) not in said
    ]
    assert [(typist.typed[text], text) for text in silent] == []
