"""Reading the region's file key by key, and saying in French where and why it cannot be used."""

import re
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PlanError(ValueError):
    """The file cannot be used; the message, in French, says where and why."""


class Source:
    """The text of the file, to say on which line a wrong entry stands."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self.lines = text.splitlines()

    def line_of(self, path: str, key: str) -> int | None:
        """Best effort: the line of `key` in the n-th `[[table]]` of that name, else the line of its header."""
        head = re.match(r"(\w*)(?:\[(\d+)\])?(?:\.(\w+)(?:\[(\d+)\])?)?", path)
        if not head or not head[1]:
            return next(
                (n for n, line in enumerate(self.lines, 1) if re.match(rf"\s*\[*{re.escape(key)}\b", line)), None
            )
        headers = [n for n, line in enumerate(self.lines) if re.match(rf"\s*\[+{head[1]}\]+", line)]
        rank = int(head[2] or 0)
        if rank >= len(headers):
            return None
        start = headers[rank]
        end = next((n for n in range(start + 1, len(self.lines)) if self.lines[n].lstrip().startswith("[")), None)
        block = range(start + 1, end or len(self.lines))
        if head[3]:
            opening = next((n for n in block if re.match(rf"\s*{head[3]}\s*=", self.lines[n])), start)
            closing = next((n for n in block if n >= opening and self.lines[n].rstrip().endswith("]")), opening)
            entries = [n for n in range(opening, closing) if self.lines[n].lstrip().startswith("{")]
            inner = int(head[4] or 0)
            return (entries[inner] if inner < len(entries) else opening) + 1
        return next((n for n in block if re.match(rf"\s*{re.escape(key)}\s*=", self.lines[n])), start) + 1


class Table:
    """A table of the file, read key by key; what nobody asked for is refused by `done`."""

    def __init__(self, data: dict[str, Any], path: str, source: Source) -> None:
        self.data, self.path, self.source = data, path, source
        self.read: set[str] = set()

    def error(self, path: str, key: str, problem: str) -> PlanError:
        line = self.source.line_of(path, key)
        place = ", ".join(part for part in (_in_words(path), f"ligne {line}" if line else "") if part)
        return PlanError(f"{self.source.where}{', ' if place else ''}{place} : clé « {key} » : {problem}.")

    def error_at(self, key: str, problem: str) -> PlanError:
        return self.error(self.path, key, problem)

    def get(self, key: str, kind: type, expected: str) -> Any:
        self.read.add(key)
        value = self.data.get(key)
        if value is not None and not isinstance(value, kind):
            raise self.error_at(key, f"{expected} attendu")
        return value

    def text(self, key: str, *, default: str | None = None, limit: int | None = None) -> str:
        value = self.get(key, str, "un texte entre guillemets")
        value = value.strip() if value is not None else default
        if not value and default is None:
            raise self.error_at(key, "elle manque, ou elle est vide")
        if limit and len(value or "") > limit:
            raise self.error_at(key, f"{limit} caractères au plus ({len(value or '')} ici)")
        return value or ""

    def number(self, key: str, *, default: int | None = None, at_least: int = 0, at_most: int) -> int | None:
        value = self.get(key, int, "un nombre entier, sans guillemets,")
        if value is None:
            return default
        if isinstance(value, bool) or not at_least <= value <= at_most:
            raise self.error_at(key, f"un nombre entre {at_least} et {at_most} attendu")
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.get(key, list, "une suite de textes entre guillemets") or []
        if not all(isinstance(entry, str) and entry.strip() for entry in value):
            raise self.error_at(key, "une suite de textes entre guillemets attendue")
        return tuple(entry.strip() for entry in value)

    def slug(self, *, limit: int = 50) -> str:
        value = self.text("identifiant", limit=limit)
        if not SLUG.fullmatch(value):
            raise self.error_at(
                "identifiant", f"« {value} » ne convient pas : lettres minuscules sans accent, chiffres et tirets"
            )
        return value

    def choice(self, key: str, choices: dict[str, Any], *, default: str | None = None) -> Any:
        value = self.text(key, default=default)
        if value not in choices:
            raise self.error_at(key, f"« {value} » n’est pas possible ; au choix : {', '.join(choices)}")
        return choices[value]

    def table(self, key: str, *, default: dict[str, Any] | None = None) -> "Table":
        value = self.get(key, dict, f"une table [{key}]")
        value = default if value is None else value
        if value is None:
            raise self.error_at(key, "elle manque")
        return Table(value, key, self.source)

    def tables(self, key: str, *, optional: bool = False) -> list["Table"]:
        value = self.get(key, list, f"une suite de [[{key}]]")
        if not value and not optional:
            raise self.error_at(key, "il en faut au moins une entrée")
        if not all(isinstance(entry, dict) for entry in value or ()):
            raise self.error_at(key, f"une suite de [[{key}]] attendue")
        prefix = f"{self.path}." if self.path else ""
        return [Table(entry, f"{prefix}{key}[{rank}]", self.source) for rank, entry in enumerate(value or ())]

    def done(self) -> None:
        unknown = sorted(self.data.keys() - self.read)
        if unknown:
            known = ", ".join(sorted(self.read))
            raise self.error_at(unknown[0], f"elle n’existe pas ici ; clés possibles : {known}")


def _in_words(path: str) -> str:
    """« espaces[0].dossiers[2] » → « espaces, 1re entrée, dossiers, 3e entrée »."""

    def rank(match: re.Match[str]) -> str:
        number = int(match[1]) + 1
        return f", {number}{'re' if number == 1 else 'e'} entrée"

    return re.sub(r"\[(\d+)\]", rank, path).replace(".", ", ")
