"""What the return sheet says: each observation of a session, what became of it, and what is being done. No name, not even of
the professionals in charge: their structure."""

from django.utils import timezone

from meetings.enums import ActionStatus
from meetings.models import Action, Meeting
from meetings.queries.minutes import day_in_words
from panels.models import Observation
from panels.papers import ActionLine, ObservationLine, ReturnContent
from panels.queries.sessions import presences


def content_of(meeting: Meeting) -> ReturnContent:
    """Three queries, whatever the number of observations."""
    found = Observation.objects.filter(meeting=meeting).select_related("theme", "category")
    found = found.prefetch_related("actions__structure").order_by("theme__position", "theme_id", "pk")
    came, expected = presences([meeting.pk])
    return ReturnContent(
        title="Ce que sont devenus vos avis",
        space=meeting.space.name,
        body=meeting.body.name if meeting.body else "",
        session=day_in_words(timezone.localtime(meeting.starts_at).date()),
        seats=expected[meeting.pk],
        came=came[meeting.pk],
        observations=[_line(one) for one in found],
    )


def title_of(meeting: Meeting) -> str:
    """What the document is called in the folder."""
    return f"Ce que sont devenus vos avis, séance du {day_in_words(timezone.localtime(meeting.starts_at).date())}"


def _line(one: Observation) -> ObservationLine:
    return ObservationLine(
        theme=one.theme.name,
        category=one.category.name if one.category else "",
        text=one.text,
        state=one.get_state_display(),
        answer=one.answer,
        actions=[_action(action) for action in sorted(one.actions.all(), key=lambda action: action.pk)],
    )


def _action(action: Action) -> ActionLine:
    return ActionLine(
        text=action.text,
        who=action.structure.name if action.structure else "un professionnel du réseau",
        due=day_in_words(action.due_on) if action.due_on and action.status == ActionStatus.OPEN else "",
        state=action.get_status_display(),
    )
