"""The buttons that make a file of the space the minutes of a meeting."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from meetings.actions.deposited import attach_minutes, detach_minutes
from meetings.views.objects import own_meeting_of


@require_POST
def attach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    try:
        document = UUID(request.POST.get("document", ""))
    except ValueError:
        messages.error(request, "Choisissez le document qui est le compte rendu de cette réunion.")
        return redirect(meeting)
    try:
        attach_minutes(meeting=meeting, document=document, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Http404:
        messages.error(request, "Ce document n’est plus dans l’espace. Choisissez-en un autre.")
    else:
        messages.success(
            request, "Ce document est maintenant le compte rendu de la réunion. Personne n’est prévenu de nouveau."
        )
    return redirect(meeting)


@require_POST
def detach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    meeting = own_meeting_of(request, uuid)
    detach_minutes(meeting=meeting, by=request.user)
    messages.success(request, "La réunion n’a plus de compte rendu. Le document reste à sa place.")
    return redirect(meeting)
