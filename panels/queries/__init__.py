"""Reading a panel. Only `people` knows names, and gives them to those alone who may see them."""

from panels.queries.composition import CategoryLine, composition, panels_of, presence_by_structure
from panels.queries.observations import Filter, observations, written_by
from panels.queries.people import SeatLine, former_members, seats_with_names
from panels.queries.sessions import SessionLine, has_begun, sessions

__all__ = [
    "CategoryLine",
    "Filter",
    "SeatLine",
    "SessionLine",
    "composition",
    "former_members",
    "has_begun",
    "observations",
    "panels_of",
    "presence_by_structure",
    "seats_with_names",
    "sessions",
    "written_by",
]
