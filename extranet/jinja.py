"""Jinja2, for the lists that are asked so often that Django's templates would be most of their cost (docs/adr/024)."""

from typing import Any

from jinja2 import Environment, StrictUndefined

from extranet.templatetags import french
from spaces import kept


def environment(*, autoescape: bool, undefined: object, **options: Any) -> Environment:
    """Whatever Django proposes, what is written there is escaped, and a variable that does not exist is an error."""
    made = Environment(autoescape=True, undefined=StrictUndefined, **options)
    made.filters |= {"near_date": french.near_date, "long_date": french.long_date, "file_size": french.file_size}
    made.globals["hole"] = kept.mark
    return made
