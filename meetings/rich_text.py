"""Rich text of the minutes: what comes in from a keyboard or from Word, and what goes out on screen, on paper and to pandoc.

One shape in the middle: a list of blocks, plain data. What is kept is the HTML that these blocks give, never the HTML that came
in; what is printed is the blocks, handed to typst as data, so that no text can ever be its code."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe

MAX_CHARACTERS = 60_000
"""Of what is kept of one field, marks included: some twenty pages for one item. More is refused, and never cut."""

_SCHEMES = {"http", "https", "mailto"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LINES = {"p", "div", "li", "tr", "blockquote", "pre", *_HEADINGS}
_SILENT = {"script", "style", "title", "xml", "template", "svg", "math", "select"}
_TAGS = _LINES | {"br", "b", "strong", "em", "i", "a", "ul", "ol", "td", "th", "table", "tbody", "thead"}
# Word writes its bullets as text; symbol fonts show « · », « § » and « o ».
_WORD_BULLET = re.compile(r"^\s*[·•▪§]\s*|^o\s{2,}")
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


@dataclass
class Run:
    """Some words said in one way. `text` « \\n » is a line break."""

    text: str
    strong: bool = False
    em: bool = False
    href: str = ""

    def as_data(self) -> dict[str, Any]:
        return {"text": self.text, "strong": self.strong, "em": self.em, "href": self.href}


@dataclass
class Block:
    """A paragraph (« p ») or a line of a list (« ul », « ol »)."""

    kind: str = "p"
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def as_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "runs": [run.as_data() for run in self.runs]}


def clean(html: str) -> SafeString:
    """The HTML that is kept: paragraphs, lists, bold, italics, links to the web or to an address. Cleaning twice changes nothing."""
    return to_html(blocks(html))


def accept(html: str) -> SafeString:
    """`clean`, for what comes in. Raises `ValidationError` when it is too long: a text cut in silence would be a text lost."""
    cleaned = clean(html)
    if len(cleaned) > MAX_CHARACTERS:
        raise ValidationError(
            f"Ce texte est trop long pour un seul point\u00a0: {_thousands(len(cleaned))} signes, {_thousands(MAX_CHARACTERS)} au "
            "plus. Rien n’est enregistré\u00a0: raccourcissez-le, ou mettez la suite dans un autre point ou un document.",
            code="too_long",
        )
    return cleaned


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\u00a0")


def blocks(html: str) -> list[Block]:
    """What the text says, without how it was said: headings become bold lines, a table one line a row."""
    allowed = nh3.clean(
        _UNWANTED.sub("", html),
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(allowed)
    reader.close()
    return reader.finish()


def to_html(found: list[Block]) -> SafeString:
    """Every character escaped, every address checked: nothing but our own tags comes out."""
    parts: list[str] = []
    opened = ""
    for block in found:
        if opened and opened != block.kind:
            parts.append(f"</{opened}>")
            opened = ""
        if block.kind != "p" and not opened:
            parts.append(f"<{block.kind}>")
            opened = block.kind
        tag = "p" if block.kind == "p" else "li"
        parts.append(f"<{tag}>{''.join(_run_html(run) for run in block.runs)}</{tag}>")
    if opened:
        parts.append(f"</{opened}>")
    return mark_safe("".join(parts))  # noqa: S308 - built above from escaped text and our own tags  # nosec B308, B703


def to_plain(html: str) -> str:
    """For search, mails, the calendar: one line a block."""
    return "\n".join(("– " if block.kind != "p" else "") + block.text for block in blocks(html))


def to_data(html: str) -> list[dict[str, Any]]:
    """For typst, and for the file attached to the PDF: JSON, in which nothing is code."""
    return [block.as_data() for block in blocks(html)]


# --- The plain field ------------------------------------------------------------------------------------------------
# Without JavaScript the text is typed with the marks that people put in a mail: *gras*, _italique_, « - » and « 1. ».


def to_marks(html: str) -> str:
    """What the plain field shows."""
    lines: list[str] = []
    before = ""
    number = 0
    for block in blocks(html):
        number = number + 1 if block.kind == before == "ol" else 1
        if lines and (block.kind == "p" or block.kind != before):
            lines.append("")
        lead = {"p": "", "ul": "- ", "ol": f"{number}. "}[block.kind]
        lines.append(lead + "".join(_run_marks(run) for run in block.runs))
        before = block.kind
    return "\n".join(lines)


def from_marks(text: str) -> SafeString:
    """HTML out of the plain field."""
    found: list[Block] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        bullet = re.match(r"\s*(?:([-–•*])|(\d{1,3})[.)])\s+(?=\S)", line)
        if bullet:
            found.append(Block("ul" if bullet[1] else "ol", _marked(line[bullet.end() :])))
        elif not line.strip():
            found.append(Block())
        elif found and found[-1].kind == "p" and found[-1].runs:
            found[-1].runs += [Run("\n"), *_marked(line)]
        else:
            found.append(Block("p", _marked(line)))
    return clean(to_html([block for block in found if block.runs]))


def _marked(line: str) -> list[Run]:
    runs: list[Run] = []
    for part in re.split(r"(\*[^*\n]+\*|(?<!\w)_[^_\n]+_(?!\w)|https?://[^\s<>\"]+[\w/])", line):
        if part.startswith(("http://", "https://")):
            runs.append(Run(part, href=part))
        elif len(part) > 2 and part[0] == part[-1] and part[0] in "*_":
            runs.append(Run(part[1:-1], strong=part[0] == "*", em=part[0] == "_"))
        elif part:
            runs.append(Run(part))
    return runs


def _run_marks(run: Run) -> str:
    mark = "*" if run.strong else "_" if run.em else ""
    text = run.text if not mark else f"{mark}{run.text.strip()}{mark}"
    return text if not run.href or run.href == run.text else f"{text} ({run.href})"


# --- Reading --------------------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """From nh3's HTML, well formed and without surprises, to blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = [Block()]
        self.lists: list[str] = []
        self.strong = self.em = self.cells = 0
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.cells = 0
        if tag in _LINES:
            self._new_block(tag == "li")
        if tag in {"b", "strong", *_HEADINGS}:
            self.strong += 1
        elif tag in {"i", "em"}:
            self.em += 1
        elif tag in {"ul", "ol"}:
            self._new_block(False)
            self.lists.append(tag)
        elif tag == "br":
            self._add("\n")
        elif tag == "a":
            self.href = _checked_address(dict(attrs).get("href") or "")
        elif tag in {"td", "th"}:
            if self.cells:
                self._add(" | ")
            self.cells += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"b", "strong", *_HEADINGS}:
            self.strong = max(0, self.strong - 1)
        elif tag in {"i", "em"}:
            self.em = max(0, self.em - 1)
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        elif tag == "a":
            self.href = ""
        elif tag in {"tr", "table"}:
            self.cells = 0
        if tag in _LINES - {"li"} or tag in {"ul", "ol", "table"}:
            self._new_block(False)

    def handle_data(self, data: str) -> None:
        text = re.sub(r"[ \t\n\r\f]+", " ", data)
        if self.cells and not text.strip():
            return
        self._add(text)

    def _new_block(self, is_line: bool) -> None:
        """Word puts a paragraph in each line of a list and in each cell: what is still empty is used again."""
        kind = self.lists[-1] if is_line and self.lists else "p"
        if self.cells and not is_line:
            return
        if self.blocks[-1].runs:
            self.blocks.append(Block(kind))
        elif kind != "p" or not self.lists:
            self.blocks[-1].kind = kind

    def _add(self, text: str) -> None:
        runs = self.blocks[-1].runs
        if not runs and not text.strip():
            return
        run = Run(text, bool(self.strong), bool(self.em), self.href)
        last = runs[-1] if runs else None
        if last and (last.strong, last.em, last.href) == (run.strong, run.em, run.href):
            last.text += text
        else:
            runs.append(run)

    def finish(self) -> list[Block]:
        for block in self.blocks:
            _trim(block)
        return [block for block in self.blocks if block.runs]


def _trim(block: Block) -> None:
    """No space at either end nor around a line break; a bullet typed by Word makes a line of a list."""
    runs = block.runs
    for run in runs:
        run.text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", run.text))
    if runs and block.kind == "p" and (bullet := _WORD_BULLET.match(runs[0].text)):
        runs[0].text = runs[0].text[bullet.end() :].lstrip(" \u00a0")
        block.kind = "ul"
    while runs and not runs[0].text.lstrip():
        runs.pop(0)
    while runs and not runs[-1].text.rstrip():
        runs.pop()
    if runs:
        runs[0].text = runs[0].text.lstrip()
        runs[-1].text = runs[-1].text.rstrip()


def _checked_address(href: str) -> str:
    href = unescape(href).strip()
    return href[:2000] if re.match(r"(https?://|mailto:)\S+$", href, re.IGNORECASE) else ""


def _run_html(run: Run) -> str:
    text = "<br>".join(escape(part, quote=False) for part in run.text.split("\n"))
    if run.em:
        text = f"<em>{text}</em>"
    if run.strong:
        text = f"<strong>{text}</strong>"
    return f'<a href="{escape(run.href)}" rel="noopener noreferrer external">{text}</a>' if run.href else text
