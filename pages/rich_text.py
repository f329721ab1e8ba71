"""Rich text: what an editor's form may link to, what a plain text becomes, and back."""

import re
from html import unescape
from typing import Any

import nh3
from django.utils.html import linebreaks, strip_tags, urlize
from wagtail.admin.rich_text import DraftailRichTextArea

from pages.choosable import choosable_documents, current_editor

_LINK = re.compile(r"<a\b[^>]*\blinktype=\"(?P<type>\w+)\"[^>]*>")
_ID = re.compile(r"\bid=\"(?P<id>\d+)\"")
_TAGS = {"p", "br", "a", "b", "strong", "i", "em", "ul", "ol", "li", "h3", "h4"}


class ConfinedRichTextArea(DraftailRichTextArea):
    """Wagtail's editor; a link to a page or a document outside the editor's spaces loses its target as it comes in, before
    anything looks up what that target is called."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        html = super().value_from_datadict(data, files, name)
        return _LINK.sub(_confine, html) if html else html


def _confine(link: re.Match[str]) -> str:
    found = _ID.search(link[0])
    pk = int(found["id"]) if found else 0
    return link[0] if _may_link(link["type"], pk) else "<a>"


def _may_link(kind: str, pk: int) -> bool:
    from pages.queries import managed_pages  # the models name the blocks, which name this editor

    if kind == "page":
        return managed_pages(current_editor()).filter(pk=pk).exists()
    if kind == "document":
        return choosable_documents(current_editor()).filter(pk=pk).exists()
    return False


def clean_html(html: str) -> str:
    """Only what an announcement may hold; scripts, styles and strange addresses go."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href", "linktype", "id"}}, url_schemes={"http", "https", "mailto"}
    )


def from_plain(text: str) -> str:
    """Paragraphs and links out of what somebody typed in a plain field."""
    return clean_html(linebreaks(urlize(text.strip(), autoescape=True), autoescape=False))


def to_plain(html: str) -> str:
    """What to show in the plain field again."""
    text = re.sub(r"</p>\s*<p>", "\n\n", html)
    return unescape(strip_tags(re.sub(r"<br\s*/?>", "\n", text))).strip()


def is_plain(html: str) -> bool:
    """Whether the plain field can hold it without losing anything (a heading, a list…)."""
    return _tight(clean_html(html)) == _tight(from_plain(to_plain(html)))


def _tight(html: str) -> str:
    """Wagtail's editor puts nothing between paragraphs; Django's `linebreaks`, two lines."""
    return re.sub(r">\s+<", "><", html)


def excerpt(html: str, length: int = 220) -> str:
    """The first words, on one line."""
    text = " ".join(unescape(strip_tags(re.sub(r"<(?:br|/p|/li|/h\d)\b[^>]*>", " ", html))).split())
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def beginning(html: str, length: int) -> str:
    """The first words as they are laid out, for a mail: a blank line between paragraphs, a line for each item of a list."""
    text = re.sub(r"\s+", " ", html.replace("\u00a0", "&nbsp;"))
    text = re.sub(r"<li\b[^>]*>", "– ", re.sub(r"<(?:br|/li)\b[^>]*>", "\n", text))
    text = unescape(strip_tags(re.sub(r"</(?:p|h\d|ul|ol)>", "\n\n", text)))
    text = re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", text)).strip()
    return text if len(text) <= length else text[:length].rsplit(None, 1)[0] + " …"
