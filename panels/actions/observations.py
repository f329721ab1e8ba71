"""What a panel observes, and what is decided of it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.journal import log
from directory.models import Structure
from meetings.actions.register import note_apart
from meetings.models import Action, Meeting
from panels.actions.names import refuse_names
from panels.enums import ObservationState
from panels.models import Category, Observation, Theme
from panels.queries.sessions import has_begun
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def add_observation(
    *, meeting: Meeting, by: "User", theme: Theme, text: str, category: Category | None = None
) -> Observation:
    """Note what was said at a session. Raises `PermissionDenied`/`Http404` when `by` may not convene there, `ValidationError`
    before the session, for a text that is empty or that names a member of the panel."""
    policy.require(by, Ability.CONVENE_MEETING, meeting.space)
    if not has_begun(meeting):
        raise ValidationError("Cette séance n’a pas eu lieu\u00a0: ses observations se notent à partir de son début.")
    observation = Observation(meeting=meeting, created_by=by)
    _write(observation, by, theme=theme, category=category, text=text)
    log(meeting, "panels.observation.added", user=by, data={"observation": str(observation.uuid)})
    return observation


@transaction.atomic
def change_observation(
    *,
    observation: Observation,
    by: "User",
    theme: Theme,
    text: str,
    category: Category | None = None,
    state: ObservationState | str,
    answer: str = "",
    actions: Collection[Action] = (),
) -> Observation:
    """Correct it, and say what became of it. Raises as `add_observation`; `ValidationError` too when it is left without follow-up
    and nobody says why."""
    policy.require(by, Ability.CONVENE_MEETING, observation.meeting.space)
    observation = Observation.objects.select_for_update(of=("self",)).select_related("meeting__body__space").get(pk=observation.pk)  # fmt: skip
    observation.state, observation.answer = state, _text(answer)
    if state == ObservationState.DECLINED and not observation.answer:
        raise ValidationError({"answer": "Dites pourquoi\u00a0: les usagers le liront."})
    _write(observation, by, theme=theme, category=category, text=text)
    observation.actions.set(actions)
    log(observation.meeting, "panels.observation.changed", user=by, data={"observation": str(observation.uuid)})
    return observation


@transaction.atomic
def remove_observation(*, observation: Observation, by: "User") -> None:
    """Take back what was noted by mistake; the actions that it led to stay. Raises `PermissionDenied`/`Http404`."""
    policy.require(by, Ability.CONVENE_MEETING, observation.meeting.space)
    log(observation.meeting, "panels.observation.removed", user=by, data={"observation": str(observation.uuid)})
    observation.delete()


@transaction.atomic
def decide_action(
    *,
    meeting: Meeting,
    by: "User",
    text: str,
    observations: Iterable[Observation],
    structure: Structure | None = None,
    person: "User | None" = None,
    due_on: date | None = None,
) -> Action:
    """A corrective action: one of the register, tied to the observations of this session that it answers; those only heard until
    now are being studied. Raises as `add_observation`, and `ValidationError` when nobody is in charge."""
    refuse_names(meeting.body, by, text)
    action = note_apart(meeting=meeting, by=by, text=text, structure=structure, person=person, due_on=due_on)
    answered = Observation.objects.filter(pk__in=[one.pk for one in observations], meeting=meeting)
    action.observations.set(answered)
    answered.filter(state=ObservationState.HEARD).update(state=ObservationState.STUDIED)
    return action


def _write(observation: Observation, by: "User", *, theme: Theme, category: Category | None, text: str) -> None:
    observation.theme, observation.category, observation.text = theme, category, _text(text)
    body = observation.meeting.body_id
    if theme.body_id != body or (category and category.body_id != body):
        raise ValidationError("Ce thème ou cette catégorie n’est pas de ce groupe.")
    refuse_names(observation.meeting.body, by, observation.text, observation.answer)
    observation.full_clean(exclude=["meeting", "theme", "category", "created_by"])
    observation.save()


def _text(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.replace("\r\n", "\n").split("\n")).strip()
