"""ODT and DOCX by pandoc, in a process of its own (workshop.py), that may open neither file nor connection (`--sandbox`)."""

from html import escape
from typing import Literal

import pypandoc

from meetings import rich_text
from meetings.papers.apart import make
from meetings.papers.content import Attendee, ErratumLine, MinutesContent

MEGABYTES = 512


def minutes_word(
    content: MinutesContent, kind: Literal["odt", "docx"], *, state: str, errata: list[ErratumLine] | None = None
) -> bytes:
    """The minutes as a file to work with. Raises `UnprintableError` when there is too much of them."""
    command = [
        pypandoc.get_pandoc_path(), "--sandbox", "--from=html", f"--to={kind}", "--output=paper", "--standalone",
        f"--metadata=title:{content.title}", "--metadata=lang:fr-FR",
        "+RTS", f"-M{MEGABYTES}M", "-RTS",
    ]  # fmt: skip
    return make(_html(content, state, errata or []).encode(), command)


def _html(content: MinutesContent, state: str, errata: list[ErratumLine]) -> str:
    parts = [
        _line(content.space, content.body),
        f"<p><strong>{escape(content.when)}</strong></p>",
        _line(content.place),
    ]
    parts.append(f"<blockquote><p>{escape(state)}</p></blockquote>")
    if content.groups:
        parts += ["<h1>Participants</h1>", _line(content.quorum)]
    for label, people in content.groups:
        rows = [[_name(one), one.structure, one.network] for one in people]
        parts.append(f"<h2>{label} ({len(people)})</h2>{_table(['Nom', 'Structure', 'Réseau'], rows)}")
    for item in content.items:
        parts.append(f"<h1>{item.number}. {escape(item.title)}</h1>")
        presenter = f"présenté par {item.presenter}" if item.presenter else ""
        parts += [_line(item.purpose, presenter, item.state), rich_text.clean(item.notes)]
        for decision in item.decisions:
            text = "<br>".join(escape(line) for line in decision.text.split("\n"))
            parts.append(
                f"<blockquote><p><strong>Décision {escape(decision.number)}</strong><br>{text}</p></blockquote>"
            )
    if content.actions:
        rows = [[str(one.item or "–"), one.text, one.who, one.due or "–"] for one in content.actions]
        parts.append(f"<h1>Actions</h1>{_table(['Point', 'Action', 'Qui', 'Échéance'], rows)}")
    for one in errata:
        parts.append(f"<h1>Erratum nº {one.number}, le {escape(one.day)}</h1><p>{escape(one.text)}</p>")
    return "\n".join(parts)


def _name(one: Attendee) -> str:
    return f"{one.name}, par {one.represented_by}" if one.represented_by else one.name


def _line(*facts: str) -> str:
    text = " · ".join(fact for fact in facts if fact)
    return f"<p>{escape(text)}</p>" if text else ""


def _table(head: list[str], rows: list[list[str]]) -> str:
    def row(cells: list[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

    lines = "".join(row(cells, "td") for cells in rows)
    return f"<table><thead>{row(head, 'th')}</thead><tbody>{lines}</tbody></table>"
