"""Large files by parts: the answers of tus 1.0. Whatever is refused is said in a French sentence, as the deposit form does."""

import contextlib
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods, require_POST

from documents import actions, resumable
from documents.forms import NO_ROOM_MESSAGE, SAME_NAME, STATUSES, NewVersionForm, Outcome, UploadForm, error_code
from documents.models import Document, IncomingUpload, document_store
from documents.uploads import NO_ROOM, NO_ROOM_ERRORS
from documents.validation import check_file
from documents.views.depositing import outcome_as_json, say_version
from documents.views.screens import document_within, space_context
from spaces import policy
from spaces.enums import Ability
from spaces.models import Space

TUS = {"Tus-Resumable": "1.0.0", "Cache-Control": "no-store"}
PART_TYPE = "application/offset+octet-stream"


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    space = space_context(request, slug)["space"]
    policy.require(request.user, Ability.ADD_DOCUMENT, space)
    told = resumable.metadata(request.headers.get("Upload-Metadata", ""))
    try:
        size, name = int(request.headers["Upload-Length"]), told.pop("filename", "")
    except (KeyError, ValueError):
        return HttpResponse(status=400, headers=TUS)
    if size <= 0:
        return _refused(name, "ce fichier est vide (0 octet).", "empty")
    try:
        _document_to_version(request, space, told)
        upload = resumable.start(space=space, name=name, size=size, choices=told, by=request.user)
    except ValidationError as error:
        return _refused(name, " ".join(error.messages), error_code(error))
    except OSError as error:
        return _no_room(name, error)
    address = reverse("documents:incoming_upload", args=[upload.uuid])
    return HttpResponse(status=201, headers=TUS | {"Location": address} | _expiry(upload))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where it stopped, its next part, or its end. Another person's upload does not exist."""
    found = get_object_or_404(IncomingUpload.objects.visible_to(request.user).select_related("space"), uuid=uuid)
    if not found.path.exists():
        raise Http404
    if request.method == "DELETE":
        resumable.discard(found)
        return HttpResponse(status=204, headers=TUS)
    policy.require(request.user, Ability.ADD_DOCUMENT, found.space)
    if request.method == "PATCH":
        return _take(request, found)
    place = {"Upload-Offset": str(found.offset), "Upload-Length": str(found.size)}
    return HttpResponse(headers=TUS | place | _expiry(found))


def _take(request: HttpRequest, upload: IncomingUpload) -> HttpResponse:
    """One part; with the last, the document is published. A whole file whose name was taken waits for the answer, which
    comes with an empty part."""
    offset = request.headers.get("Upload-Offset", "")
    if request.content_type != PART_TYPE or not (offset.isascii() and offset.isdigit()):
        return HttpResponse(status=415 if request.content_type != PART_TYPE else 400, headers=TUS)
    try:
        checksum = request.headers.get("Upload-Checksum", "")
        received = resumable.append(upload, request, offset=int(offset), checksum=checksum)
        if received < upload.size:
            return HttpResponse(status=204, headers=TUS | {"Upload-Offset": str(received)} | _expiry(upload))
        return _publish(request, upload)
    except resumable.ConflictError:
        return HttpResponse(status=409, headers=TUS)
    except resumable.ChecksumError:
        return HttpResponse(status=460, headers=TUS)
    except FileNotFoundError as error:  # cancelled meanwhile
        raise Http404 from error
    except OSError as error:
        return _no_room(upload.name, error)


def _publish(request: HttpRequest, upload: IncomingUpload) -> HttpResponse:
    """Through the deposit form itself, or the new version's: the same questions, the same refusals. The row goes in the same transaction, so that
    a process killed here either has published, or can be asked again."""
    told = upload.choices | resumable.metadata(request.headers.get("Upload-Metadata", ""))
    with resumable.locked(upload) as raw:
        file = File(raw, name=upload.name)
        _keep_ahead(file)
        with transaction.atomic():
            row = IncomingUpload.objects.select_for_update().filter(pk=upload.pk).first()
            if row is None:
                raise resumable.ConflictError
            form, outcome = _deposit(request, upload.space, told, file)
            is_asking = outcome is not None and [one.code for one in outcome.refused] == [SAME_NAME]
            if not is_asking:
                row.delete()
    if not is_asking:
        upload.path.unlink(missing_ok=True)
    response = outcome_as_json(form, outcome)
    for name, value in (TUS | {"Upload-Offset": str(upload.size)}).items():
        response[name] = value
    return response


def _deposit(
    request: HttpRequest, space: Space, told: dict[str, str], file: File
) -> tuple[UploadForm | NewVersionForm, Outcome | None]:
    document = _document_to_version(request, space, told)
    if document is None:
        files = MultiValueDict({"files": [file]})
        form = UploadForm(told, files, space=space, user=request.user, dropped=[])
        return form, form.deposit() if form.is_valid() else None
    version_form = NewVersionForm(told, MultiValueDict({"file": [file]}), dropped=[])
    outcome = version_form.deposit(document=document, by=request.user) if version_form.is_valid() else Outcome()
    say_version(request, outcome)
    return version_form, outcome


def _document_to_version(request: HttpRequest, space: Space, told: dict[str, str]) -> Document | None:
    """The document of which the file is to be the next version, when the form has named one.

    Raises `Http404` outside what the person reads in that space, `PermissionDenied` when they may give it no version,
    `ReservedError` when somebody else has reserved it."""
    if "document" not in told:
        return None
    try:
        found = document_within(request, UUID(told["document"]))
    except ValueError as error:
        raise Http404 from error
    if found.space_id != space.pk:
        raise Http404
    actions.require_versioner(request.user, found)
    actions.refuse_if_locked(found)
    actions.refuse_if_reserved(found, request.user)
    return found


def _keep_ahead(file: File) -> None:
    """The bytes are stored before the transaction, which on SQLite keeps everybody else from writing. What is refused here
    is refused again, in a sentence, by the form."""
    with contextlib.suppress(ValidationError, OSError):
        check_file(file)
        document_store().save_ahead(file)


def _expiry(upload: IncomingUpload) -> dict[str, str]:
    return {"Upload-Expires": http_date(resumable.expires_at(upload))}


def _refused(name: str, reason: str, code: str) -> JsonResponse:
    refusal = {"name": name, "reason": reason, "code": code}
    return JsonResponse({"accepted": [], "refused": [refusal]}, status=STATUSES.get(code, 400), headers=TUS)


def _no_room(name: str, error: OSError) -> HttpResponse:
    if error.errno not in NO_ROOM_ERRORS:
        raise error
    return _refused(name, NO_ROOM_MESSAGE, NO_ROOM)
