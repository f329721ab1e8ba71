"""What the desk says of attendance and agenda otherwise than the text that was circulated, in sentences for its organiser."""

from meetings.actions.forgetting import ERASED
from meetings.enums import Approval, Attendance
from meetings.models import AgendaItem, Minutes
from meetings.papers import Attendee, ItemContent
from meetings.queries.minutes import attendee_of, fate_in_words, invitees_of, read_content

_NAMED = 8
"""Beyond, the people are counted: everybody's attendance may have been noted after the circulation."""


def changes_since(minutes: Minutes) -> list[str]:
    """Since the last circulation, while or where the text says them not. Two queries."""
    if not minutes.content or minutes.approval == Approval.EXPRESS:
        return []
    told, items = read_content(minutes), minutes.meeting.items.order_by("position", "pk")
    people = [attendee_of(one) for one in invitees_of(minutes.meeting)]
    return _of_people(told.people, people) + _of_items(told.items, list(items))


def _of_people(told: list[Attendee], now: list[Attendee]) -> list[str]:
    """Namesakes are told apart by their structure. Names erased since (ADR 025) are no change."""
    before = {(one.name, one.structure): one for one in told}
    said = []
    for one in now:
        old = before.pop((one.name, one.structure), None)
        if one.name != ERASED and (old is None or _came(old) != _came(one)):
            was = f", au lieu de {_came(old)}" if old else " (n’y figurait pas)"
            said.append(f"{one.name}\u00a0: {_came(one)}{was}.")
    if all(one.name != ERASED for one in now):
        said += [f"{one.name}\u00a0: plus parmi les invités." for one in before.values()]
    return said if len(said) <= _NAMED else [f"Présence de {len(said)} personnes."]


def _came(one: Attendee) -> str:
    if one.attendance == Attendance.UNKNOWN:
        return "présence non renseignée"
    by = f" par {one.represented_by}" if one.represented_by else ""
    return f"{Attendance(one.attendance).label.lower()}{by}"


def _of_items(told: list[ItemContent], now: list[AgendaItem]) -> list[str]:
    before, here = {one.uuid: one for one in told}, [str(one.uuid) for one in now]
    said = [f"Point ajouté\u00a0: «\u00a0{one.title}\u00a0»." for one in now if str(one.uuid) not in before]
    said += [f"Point retiré\u00a0: «\u00a0{one.title}\u00a0»." for one in told if one.uuid not in here]
    for one in now:
        if (old := before.get(str(one.uuid))) is None:
            continue
        if old.title != one.title:
            said.append(f"Point renommé\u00a0: «\u00a0{one.title}\u00a0», au lieu de «\u00a0{old.title}\u00a0».")
        if old.state != (fate := fate_in_words(one)):
            said.append(f"«\u00a0{one.title}\u00a0»\u00a0: {fate.lower() or f'n’est plus {old.state.lower()}'}.")
    if [one for one in here if one in before] != [one.uuid for one in told if one.uuid in here]:
        said.append("L’ordre des points.")
    return said
