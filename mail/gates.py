"""The last question before a message leaves: is it still for this person? Hours may pass between the writing of a message
and its leaving (a relay that is away); what somebody may read can end meanwhile. The room that wrote the message registers,
in its `AppConfig.ready`, the function that answers; this room knows none of them."""

from collections.abc import Callable, Collection

Gate = Callable[[Collection[int]], set[int]]
"""Ids of messages in; ids of those that must not leave out."""

_gates: dict[str, Gate] = {}
_lasting: set[str] = set()


def register(name: str, gate: Gate, *, is_lasting: bool = False) -> None:
    """Messages whose `gate` is `name` leave only with the leave of that function. `is_lasting`: its answer is as good weeks later,
    so that what was given up may be sent again by hand."""
    _gates[name] = gate
    if is_lasting:
        _lasting.add(name)


def is_lasting(name: str) -> bool:
    return name in _lasting


def refused(name: str, mail_ids: Collection[int]) -> set[int]:
    """Those of `mail_ids` that must stay. Raises `KeyError` when nobody has registered that name: nothing leaves unasked."""
    return _gates[name](mail_ids)
