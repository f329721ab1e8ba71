"""Taking the object of a screen among what the reader may see, or may change."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from meetings.models import Body, Meeting
from panels.queries import panels_of
from spaces import policy
from spaces.enums import Ability


def panel_of(request: HttpRequest, slug: str, ability: Ability = Ability.VIEW_SPACE) -> Body:
    """The panel of a space that the person reads; inside and not allowed is refused."""
    found = get_object_or_404(panels_of(request.user).select_related("space"), space__slug=slug)
    policy.require(request.user, ability, found.space)
    return found


def session_of(request: HttpRequest, body: Body, uuid: UUID) -> Meeting:
    found = get_object_or_404(Meeting.objects.visible_to(request.user).filter(body=body), uuid=uuid)
    found.body, found.space = body, body.space
    return found


def context_of(request: HttpRequest, body: Body, **more: object) -> dict[str, object]:
    """What every screen of the room is given."""
    return {"body": body, "space": body.space, "abilities": policy.abilities(request.user, body.space), **more}
