"""Whether enough people are there for the body to decide."""

from collections.abc import Iterable

from meetings.enums import Attendance
from meetings.models import Invitee, Meeting


def quorum_in_words(meeting: Meeting, invitees: Iterable[Invitee], *, is_over: bool = False) -> str:
    """« Quorum : 5 présents sur 8 attendus, il en faut 6 »; empty for a body that has none. Whoever is represented counts. No
    query: the caller has the meeting's body and its invitees."""
    quorum = meeting.body.quorum if meeting.body else None
    if not quorum:
        return ""
    seen = [one.attendance for one in invitees]
    represented = seen.count(Attendance.REPRESENTED)
    there = seen.count(Attendance.PRESENT) + represented
    reached = " atteint" if there >= quorum else ""
    by_others = f", dont {represented}\u00a0représenté{_s(represented)}," if represented else ""
    needed = "il en fallait" if is_over else "il en faut"
    return (
        f"Quorum{reached}\u00a0: {there}\u00a0présent{_s(there)}{by_others} "
        f"sur {len(seen)}\u00a0attendu{_s(len(seen))}, {needed}\u00a0{quorum}"
    )


def _s(number: int) -> str:
    return "s" if number > 1 else ""
