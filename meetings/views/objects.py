"""Taking the object of a screen among what the reader may see, or may change."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from meetings import prepared
from meetings.models import Meeting, Poll
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space


def space_of(request: HttpRequest, slug: str) -> Space:
    return get_object_or_404(Space.objects.visible_to(request.user), slug=slug)


def meeting_of(request: HttpRequest, uuid: UUID) -> Meeting:
    found = prepared.meeting(request.user, uuid)
    if not found:
        raise Http404
    return found[0]


def own_meeting_of(request: HttpRequest, uuid: UUID) -> Meeting:
    """A meeting that the person may convene; inside the space and not allowed is refused."""
    found = meeting_of(request, uuid)
    policy.require(request.user, Ability.CONVENE_MEETING, found.space)
    return found


def poll_of(request: HttpRequest, uuid: UUID) -> Poll:
    found = Poll.objects.visible_to(request.user).select_related("meeting__space", "meeting__body")
    return get_object_or_404(found, meeting__uuid=uuid)
