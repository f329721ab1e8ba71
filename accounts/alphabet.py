"""The order of a French dictionary: « Béthune » before « Boulogne », « Élodie » beside « Eloi ».

A migration makes PostgreSQL's (ICU); SQLite, which sorts accents after « z », is taught it under the same name at each connection, so
that a field or a query names it once for both engines. Two texts are equal only if they are the same: unique names stay so."""

import unicodedata
from typing import Any

FRENCH = "french"


def teach_french(connection: Any, **kwargs: Any) -> None:
    """Receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(FRENCH, _compare)


def _compare(one: str, other: str) -> int:
    first, second = alphabetical(one), alphabetical(other)
    return (first > second) - (first < second)


def alphabetical(text: str) -> tuple[str, str]:
    """The key of that order, for what is sorted here: `sorted(names, key=alphabetical)`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)), text
