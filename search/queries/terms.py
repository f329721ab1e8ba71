"""What was asked, in words. Nothing typed reaches an engine as it is: neither operator, nor punctuation, nor emoji."""

import re
import unicodedata
from dataclasses import dataclass

MAX_QUERY = 200
"""Characters of a query that are read."""
MAX_WORDS = 20

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Terms:
    """A query in words. Everything else that was typed is left out."""

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    """What stood between quotes: words that must follow each other."""

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def every_word(self) -> tuple[str, ...]:
        return (*self.words, *(word for phrase in self.phrases for word in phrase))


def terms_of(q: str) -> Terms:
    """Read a query. A quote that is never closed is no quote."""
    text = unicodedata.normalize("NFC", re.sub(r"[«»“”]", '"', q[:MAX_QUERY]))
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    pieces = text.split('"')
    for number, piece in enumerate(pieces):
        found = words_of(piece)[:MAX_WORDS]
        if number % 2 and number < len(pieces) - 1:
            phrases += [tuple(found)] if found else []
        else:
            words += found
    return Terms(tuple(words[:MAX_WORDS]), tuple(phrases[:MAX_WORDS]))


def words_of(text: str) -> list[str]:
    return _WORD.findall(text)


def bare(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
