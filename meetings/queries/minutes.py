"""The desk and the minutes, as they are read."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from directory.models import Structure
from documents.models import SignedLink
from meetings import dates, prepared, rich_text
from meetings.enums import Approval, Attendance, ItemState, MeetingState, MinutesState
from meetings.models import Action, AgendaItem, Amendment, Decision, Invitee, Meeting, Minutes, Paper
from meetings.papers import (
    ActionLine,
    Attendee,
    DecisionLine,
    ErratumLine,
    ItemContent,
    MinutesContent,
    attendance_pdf,
    minutes_pdf,
    minutes_word,
)
from meetings.queries.quorum import quorum_in_words
from spaces.audience import who_may
from spaces.enums import Ability
from spaces.models import Membership, Space

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


_SITTING = {MeetingState.CONVENED, MeetingState.HELD, MeetingState.CIRCULATED, MeetingState.APPROVED}


def absolute(url: str) -> str:
    return urljoin(settings.WAGTAILADMIN_BASE_URL, url)


def title_of(meeting: Meeting) -> str:
    day = timezone.localtime(meeting.starts_at).date()
    return f"Compte rendu du {dates.long_day(day)} – {meeting.title}"[:255]


def day_of(meeting: Meeting) -> str:
    return day_in_words(timezone.localdate(meeting.starts_at))


def day_in_words(day: date) -> str:
    return dates.long_day(day).split(" ", 1)[1]


def agenda_of(meeting: Meeting) -> list[AgendaItem]:
    """The items in order, each with its notes, decisions and actions. Three queries, whatever their number."""
    return list(
        AgendaItem.objects.filter(meeting=meeting)
        .select_related("notes__saved_by", "carried_from__meeting")
        .prefetch_related(
            Prefetch("approves", Minutes.objects.select_related("meeting").defer("content")),
            Prefetch("decisions", Decision.objects.order_by("rank")),
            Prefetch("actions", Action.objects.select_related("person", "structure").order_by("pk")),
        )
        .order_by("position", "pk")
    )


def invitees_of(meeting: Meeting) -> list[Invitee]:
    return list(
        Invitee.objects.filter(meeting=meeting)
        .select_related("structure", "network")
        .order_by(F("structure__name").asc(nulls_last=True), "name", "pk")
    )


def who_does(action: Action) -> str:
    person = str(action.person) if action.person else action.person_name
    return ", ".join(part for part in (person, action.structure.name if action.structure else "") if part)


def content_of(meeting: Meeting) -> MinutesContent:
    """What the desk holds now, as the minutes would say it."""
    items, invitees, lines, actions = agenda_of(meeting), invitees_of(meeting), [], []
    for number, item in enumerate(items, 1):
        notes = getattr(item, "notes", None)
        lines.append(
            ItemContent(
                number=number,
                title=item.title,
                uuid=str(item.uuid),
                purpose=item.get_purpose_display(),
                presenter=item.presenter,
                state=fate_in_words(item),
                notes=notes.html if notes else "",
                decisions=[DecisionLine(one.number, one.text) for one in item.decisions.all()],
            )
        )
        actions += [_action_line(action, number) for action in item.actions.all()]
    loose = meeting.actions.filter(item=None, is_apart=False).select_related("person", "structure").order_by("pk")
    return MinutesContent(
        title=meeting.title,
        space=meeting.space.name,
        body=meeting.body.name if meeting.body else "",
        when=dates.span_in_words(meeting.starts_at, meeting.ends_at),
        day=timezone.localtime(meeting.starts_at).date().isoformat(),
        place=meeting.place or ("En visioconférence" if meeting.link else ""),
        people=[attendee_of(one) for one in invitees],
        quorum=quorum_in_words(meeting, invitees, is_over=True),
        items=lines,
        actions=actions + [_action_line(action, 0) for action in loose],
    )


def _action_line(action: Action, number: int) -> ActionLine:
    return ActionLine(action.text, who_does(action), day_in_words(action.due_on) if action.due_on else "", number)


def fate_in_words(item: AgendaItem) -> str:
    """Of an item that was not simply treated."""
    words = {ItemState.POSTPONED: "Reporté à la prochaine réunion", ItemState.WITHDRAWN: "Retiré"}
    return words.get(ItemState(item.state), "")


def attendee_of(one: Invitee) -> Attendee:
    represented = one.represented_by if one.attendance == Attendance.REPRESENTED else ""
    return Attendee(
        one.name,
        one.structure.name if one.structure else "",
        one.network.name if one.network else "",
        one.attendance,
        represented,
    )


def state_in_words(minutes: Minutes) -> str:
    """The banner."""
    if minutes.approved_at:
        day = day_in_words(timezone.localtime(minutes.approved_at).date())
        how = "" if minutes.approval == Approval.EXPRESS else ", sans amendement dans le délai"
        return f"Approuvé le {day}{how} · version figée"
    again = f" ({minutes.circulations}e diffusion)" if minutes.circulations > 1 else ""
    if minutes.state == MinutesState.CIRCULATED and minutes.amend_until:
        if minutes.is_open_to_amendments:
            return f"Provisoire{again}, amendements possibles jusqu’au {day_in_words(minutes.amend_until)}"
        return f"Provisoire{again}, en attente d’approbation"
    return "En préparation\u00a0: visible des seuls animateurs de l’espace"


def why_not_yet(minutes: Minutes) -> str:
    """Members were given until a day to ask for changes: express approval waits for that day to be over, or for the sitting that has
    it on its agenda. In a sentence; empty when nothing has to be waited for."""
    if minutes.amend_until is None or minutes.amend_until < timezone.localdate():
        return ""
    sitting = minutes.approval_item.meeting if minutes.approval_item else None
    if sitting and sitting.state in _SITTING and sitting.starts_at <= timezone.now():
        return ""
    day = day_in_words(minutes.amend_until)
    at = ""
    if sitting and sitting.state in {MeetingState.DRAFT, *_SITTING}:  # put off, its day says nothing
        at = f" ou dès l’ouverture de la séance du {day_in_words(timezone.localdate(sitting.starts_at))}"
    return f"Les membres peuvent demander des changements jusqu’au {day}\u00a0: l’approbation se fait ensuite{',' if at else ''}{at}."


def errata_of(minutes: Minutes) -> list[ErratumLine]:
    return [
        ErratumLine(one.number, day_in_words(timezone.localtime(one.created_at).date()), one.text)
        for one in minutes.errata.order_by("number")
    ]


def paper_of(minutes: Minutes) -> Paper:
    """What the papers of the minutes as they are now say; not saved. Circulated or approved: from what was frozen."""
    moment = minutes.approved_at or minutes.circulated_at or timezone.now()
    return Paper(
        minutes=minutes,
        content=read_content(minutes).as_data(),
        banner=state_in_words(minutes),
        day=timezone.localtime(moment).date(),
        fingerprint=minutes.sha256 if minutes.is_frozen else "",
        errata=[vars(one) for one in errata_of(minutes)],
    )


def pdf_of(paper: Paper) -> bytes:
    """Raises `UnprintableError` when there is too much of it."""
    return minutes_pdf(
        MinutesContent.from_data(paper.content),
        state=paper.banner,
        day=paper.day,
        fingerprint=paper.fingerprint,
        errata=[ErratumLine(**one) for one in paper.errata],
    )


def word_of(paper: Paper, kind: Literal["odt", "docx"]) -> bytes:
    """Raises as `pdf_of`."""
    content, errata = MinutesContent.from_data(paper.content), [ErratumLine(**one) for one in paper.errata]
    return minutes_word(content, kind, state=paper.banner, errata=errata)


def left_out(minutes: Minutes) -> list[Decision | Action]:
    """What was noted since what is read was written, for who may say it all the same. Two queries."""
    if not minutes.content:
        return []
    decisions = minutes.meeting.decisions.filter(is_told=False).select_related("item").order_by("year", "rank")
    actions = minutes.meeting.actions.filter(is_told=False).select_related("item", "person", "structure")
    return [*decisions, *actions.order_by("pk")]


def line_in_words(line: Decision | Action) -> str:
    on = f", sur «\u00a0{line.item.title}\u00a0»" if line.item else ""
    if isinstance(line, Decision):
        return f"Décision {line.number}{on}\u00a0: {line.text}"
    due = f", pour le {day_in_words(line.due_on)}" if line.due_on else ""
    return f"Action{on}\u00a0: {line.text} ({who_does(line)}{due})"


def last_paper(minutes: Minutes) -> Paper | None:
    """Of the minutes as they were last circulated, approved or corrected; None before that, and for what was circulated before
    papers were kept. Without the files."""
    return minutes.papers.defer("content", "errata", "odt", "docx").order_by("pk").last()


def read_content(minutes: Minutes) -> MinutesContent:
    """What readers get: what was written down; for a draft, what the desk holds now."""
    return MinutesContent.from_data(minutes.content) if minutes.content else content_of(minutes.meeting)


def words_of(minutes: Minutes) -> str:
    """For search: all that the minutes say, but the names of those present."""
    content = read_content(minutes)
    parts = [state_in_words(minutes)]
    for item in content.items:
        parts += [item.title, rich_text.to_plain(item.notes)]
        parts += [f"{one.number} {one.text}" for one in item.decisions]
    parts += [f"{one.text} ({one.who})" for one in content.actions]
    return "\n".join(part for part in parts if part)


def attendance_sheet(meeting: Meeting) -> bytes:
    people = [
        {"name": one.name, "structure": one.structure, "network": one.network}
        for one in map(attendee_of, invitees_of(meeting))
    ]
    return attendance_pdf(
        title=meeting.title,
        space=meeting.space.name,
        when=dates.span_in_words(meeting.starts_at, meeting.ends_at),
        place=meeting.place,
        people=people,
        day=timezone.localtime(meeting.starts_at).date(),
    )


def participants_who_read(meeting: Meeting) -> list[User]:
    """Those invited with an account who may read the space today. One query."""
    invited = meeting.invitees.exclude(user=None).values("user")
    return list(who_may(meeting.space, Ability.VIEW_SPACE).filter(pk__in=invited).order_by("pk"))


def guests_who_came(meeting: Meeting) -> list[Invitee]:
    """Those who were there, or had themselves represented, and do not read the space: without an account, or from elsewhere.
    Nobody whose account is closed, nor who was called as a member and is one no more, nor whose address is erased. One query."""
    readers = who_may(meeting.space, Ability.VIEW_SPACE).order_by().values("pk")
    came = Invitee.objects.filter(meeting=meeting).who_came().still_called(meeting.space)
    guests = came.filter(Q(user=None) | ~Q(user__in=readers)).exclude(email="").select_related("minutes_link")
    return list(guests.order_by("name", "pk"))


def links_of(guests: list[Invitee]) -> list[SignedLink]:
    """Those by which they read the minutes today."""
    sent = [one.minutes_link for one in guests if one.minutes_link]
    return [link for link in sent if link.revoked_at is None and link.expires_at > timezone.now()]


@dataclass(frozen=True)
class ShownItem:
    content: ItemContent
    html: "SafeString"


def shown_items(content: MinutesContent) -> list[ShownItem]:
    """Cleaned again on the way out: what was kept is not believed."""
    return [ShownItem(item, rich_text.clean(item.notes)) for item in content.items]


def unfinished_minutes(user: User) -> list[Minutes]:
    """Those of the spaces that `user` runs that wait for an answer, a text or a word on what was left out, the oldest first. One
    query."""
    return prepared.unfinished(user)


def amendments_of(minutes: Minutes) -> list[Amendment]:
    return list(minutes.amendments.select_related("item", "proposed_by", "settled_by").order_by("proposed_at", "pk"))


def open_actions_of_body(meeting: Meeting, user: User) -> QuerySet[Action]:
    """What earlier meetings of the body left to do: it comes back by itself on each agenda until it is closed."""
    actions = Action.objects.visible_to(user).open().filter(meeting__body=meeting.body_id)
    if meeting.body_id is None:
        return Action.objects.none()
    return (
        actions.filter(meeting__starts_at__lt=meeting.starts_at)
        .select_related("person", "structure", "meeting")
        .annotate(words=Count("updates", filter=~Q(updates__comment="")))
        .order_by("due_on", "pk")
    )


@dataclass(frozen=True)
class Doer:
    """Whom an action can be given to: a member of the space with the structure they sit for, or a structure."""

    name: str
    user: User | None
    structure: Structure | None

    @property
    def hint(self) -> str:
        return self.structure.name if self.user and self.structure else ""


def doers(space: Space) -> list[Doer]:
    """The members of the space today, then their structures and those of its territory. Namesakes are told apart by their
    structure. Two queries."""
    mandates = Membership.objects.in_force().filter(space=space, user__is_active=True)
    members = list(mandates.select_related("user", "structure").order_by("user__last_name", "user__first_name", "pk"))
    namesakes = Counter(str(one.user) for one in members)
    people = [
        Doer(
            str(one.user) if namesakes[str(one.user)] == 1 else f"{one.user} ({one.structure or one.user.email})",
            one.user,
            one.structure,
        )
        for one in members
    ]
    near = Q(territory=space.territory_id) if space.territory_id else Q()
    theirs = Q(pk__in=[one.structure_id for one in members if one.structure_id])
    structures = Structure.objects.filter(theirs | near if near else theirs).order_by("name", "pk")
    return people + [Doer(one.name, None, one) for one in structures]


def who_is(text: str, space: Space) -> dict[str, object]:
    """What was written in « Qui », as an action keeps it: an account and its structure, a structure, or a name."""
    said = " ".join(text.split())
    found = next((one for one in doers(space) if one.name.casefold() == said.casefold()), None)
    if found is None:
        return {"person_name": said}
    return {"person": found.user, "structure": found.structure}
