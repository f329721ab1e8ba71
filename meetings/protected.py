"""Names that nothing of a meeting may hold, because of the kind of its body: those of the members of a user panel. The room that
keeps the names registers its check, in its `AppConfig.ready`; this one knows neither the names nor that room."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from meetings.enums import BodyKind
from meetings.models import Body

if TYPE_CHECKING:
    from accounts.models import User

Check = Callable[..., None]
"""Called with the body, who writes and the texts; raises `ValidationError` when one of them gives a name away."""

_checks: dict[str, Check] = {}


def protect(kind: BodyKind, check: Check) -> None:
    _checks[kind] = check


def refuse_names(body: Body | None, by: "User | None", *texts: str) -> None:
    """To be asked before a text of a meeting of `body` is kept. Raises `ValidationError`."""
    check = _checks.get(body.kind) if body and by else None
    if check and any(texts):
        check(body, by, *texts)
