"""Every mail that a whole world writes: both parts are valid, say the same, and answer to somebody."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from mail.models import OutgoingMail
from tests import mails, world
from tests.test_html import JARS, JAVA, faults

VOID = {"br", "meta", "hr"}
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").glob("*/email/*.html"))


class Page(HTMLParser):
    """What somebody sees of an HTML part, and where its links go. Raises on a tag that is not closed in its place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def written(db) -> list[OutgoingMail]:
    return mails.of_the_world(world.build())


def _addresses(text: str) -> set[str]:
    """Without what a button adds to them."""
    return {found.partition("?")[0].rstrip(".,") for found in re.findall(r"https?://[^\s<>\"»)]+", text)}


def _numbers(text: str) -> set[str]:
    bare = re.sub(r"https?://\S+|\S+@\S+|(?m:^\d+\. )", " ", text)
    return set(re.findall(r"\d+", bare))


def _check(mail: OutgoingMail) -> None:
    message = mails.received(mail)
    assert not message.defects
    parts = [part for part in message.walk() if not part.is_multipart() and not part.is_attachment()]
    assert [part.get_content_type() for part in parts][:2] == ["text/plain", "text/html"]
    text, html = (part.get_content() for part in parts[:2])
    page = Page(html)
    assert page.tags["h1"] == 1
    assert not {"img", "script", "link", "iframe", "form", "table"} & page.tags.keys()
    assert html.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert _addresses(" ".join(page.links)) == _addresses(text)
    assert _numbers(page.text) <= _numbers(f"{text} {mail.subject}")
    assert _numbers(text) <= _numbers(page.text)
    assert not re.search(r"\bNone\b|&\w+;|\n{4}", text)
    assert max(map(len, text.splitlines())) < 998
    assert message["Reply-To"].addresses[0].addr_spec
    assert message["Auto-Submitted"] == "auto-generated"
    assert ("List-Unsubscribe" in message) == ("Ne plus recevoir ces courriels" in text) == bool(mail.unsubscribe_url)
    if mail.unsubscribe_url:
        assert message["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.unsubscribe_url in text
        assert mail.unsubscribe_url in page.links


def test_both_parts_are_valid_and_say_the_same(written):
    assert set(mails.main_ones(written)) == set(mails.MAIN)
    for mail in written:
        _check(mail)


@pytest.mark.skipif(not JARS or not JAVA, reason="no HTML checker: make tools (needs npm and Java)")
@pytest.mark.markup
def test_the_html_is_valid(written, tmp_path):
    subjects = {}
    for mail in written:
        name = f"{mail.pk}.html"
        subjects[name] = mail.subject
        (tmp_path / name).write_text(mail.html)
    assert faults(tmp_path, subjects) == {}


def _printed(source: str) -> Iterator[str]:
    bare = re.sub(r"{% comment %}.*?{% endcomment %}", "", source, flags=re.S)
    for name in re.findall(r"{{\s*([^}|]+)", bare):
        yield name.strip()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_what_one_part_prints_the_other_does(template):
    """Of every kind, sent by the world or not."""
    html, text = set(_printed(template.read_text())), set(_printed(template.with_suffix(".txt").read_text()))
    asides = {"moment", "forloop.counter", "granted"}  # a shorter date for the subject; the text's own lists
    assert html ^ text <= asides
