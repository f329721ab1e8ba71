"""What the desk says otherwise than the text that was circulated, for its organiser: notes, attendance, agenda."""

from meetings.actions.forgetting import ERASED
from meetings.enums import Approval, Attendance
from meetings.models import AgendaItem, Minutes
from meetings.papers import Attendee, ItemContent, MinutesContent
from meetings.queries.minutes import attendee_of, fate_in_words, invitees_of

_NAMED = 8
"""Beyond, the people are counted: everybody's attendance may have been noted after the circulation."""


def items_now(minutes: Minutes) -> list[AgendaItem]:
    """With their notes; none while there is nothing to compare them with, nor once the assembly has approved what was on the
    table. One query at most."""
    if not minutes.content or minutes.approval == Approval.EXPRESS:
        return []
    return list(minutes.meeting.items.select_related("notes").order_by("position", "pk"))


def notes_since(minutes: Minutes, items: list[AgendaItem]) -> list[AgendaItem]:
    """Those of `items_now` on which something was typed since the last circulation."""
    at = minutes.circulated_at
    return [one for one in items if at and hasattr(one, "notes") and one.notes.saved_at > at]


def people_now(minutes: Minutes, told: MinutesContent) -> list[Attendee]:
    """As the desk says that they came. One query, unless `told`, what is read of the minutes, is what the desk says."""
    return [attendee_of(one) for one in invitees_of(minutes.meeting)] if minutes.content else told.people


def changes_since(minutes: Minutes, told: MinutesContent, items: list[AgendaItem], people: list[Attendee]) -> list[str]:
    """Of attendance and agenda, since the last circulation: what was `told`, then `items_now` and `people_now`."""
    if not minutes.content or minutes.approval == Approval.EXPRESS:
        return []
    return _of_people(told.people, people) + _of_items(told.items, items)


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
