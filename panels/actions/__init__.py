"""Writes of the user panels. Nothing that they log, record or index holds a name."""

from panels.actions.composition import add_category, add_theme, compose_panel
from panels.actions.observations import add_observation, change_observation, decide_action, remove_observation
from panels.actions.returns import publish_return
from panels.actions.seats import (
    SeatFacts,
    change_tenure,
    end_tenure,
    erase_old_names,
    fill_seat,
    note_presences,
    withdraw_consent,
)

__all__ = [
    "SeatFacts",
    "add_category",
    "add_observation",
    "add_theme",
    "change_observation",
    "change_tenure",
    "compose_panel",
    "decide_action",
    "end_tenure",
    "erase_old_names",
    "fill_seat",
    "note_presences",
    "publish_return",
    "remove_observation",
    "withdraw_consent",
]
