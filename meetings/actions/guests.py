"""The minutes for those who were at the meeting and do not read its space: a link to that one document, by mail."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from documents.actions import create_link, revoke_link
from documents.actions.shares import LINK_MAX_DAYS
from documents.models import SignedLink
from mail.actions import queue_mail
from meetings import leaving
from meetings.models import Invitee, Minutes
from meetings.queries import minutes as queries

if TYPE_CHECKING:
    from accounts.models import User


def days_of(minutes: Minutes) -> int:
    """How long such a link lives: as long as amendments are taken, and never less than any other link."""
    left = (minutes.amend_until - timezone.localdate()).days + 1 if minutes.amend_until else 0
    return min(max(left, settings.LINK_DAYS), LINK_MAX_DAYS)


def send_links(*, minutes: Minutes, by: "User") -> int:
    """One link each, in the name of `by`, who may share the document; those of the circulation before end. A document inside a
    circle is sent to nobody outside. Returns how many were written to. Asks no right: called by what circulates."""
    before = SignedLink.objects.open().filter(pk__in=minutes.meeting.invitees.values("minutes_link"))
    for link in before.select_related("document__space").order_by("pk"):
        revoke_link(link=link, by=by)
    document, rights, count = minutes.document, [], 0
    if document is None or document.boundary_id is not None:
        return 0
    for guest in queries.guests_who_came(minutes.meeting):
        link, token = create_link(
            document=document, by=by, recipient=_name(guest), days=days_of(minutes), is_warned_of=False
        )
        Invitee.objects.filter(pk=guest.pk).update(minutes_link=link)
        mail = queue_mail(
            to=guest.email,
            template="meetings/email/minutes_guest",
            context={
                "guest": guest,
                "meeting": minutes.meeting,
                "minutes": minutes,
                "link": link,
                "again": minutes.circulations > 1,
                "had_link": guest.minutes_link_id is not None,
                "url": queries.absolute(reverse("documents:link", args=[token])),
                "why": f"Vous recevez ce message parce que vous avez participé à cette réunion de {minutes.meeting.space.name}.",
            },
            reply_to=by.email,
            holds_secret=True,
            gate=leaving.GATE if guest.user_id else "",
        )
        if guest.user_id:
            rights.append((mail.pk, guest.user_id, None))
        count += 1
    leaving.hold(rights)
    return count


def _name(guest: Invitee) -> str:
    """« Jean Dupont (compte rendu de la réunion) », within what a link's recipient holds."""
    what = " (compte rendu de la réunion)"
    return guest.name[: 120 - len(what)] + what
