"""The site's addresses, and the floors under them."""

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import include, path

from documents.actions import record_downloads


def floor(request: HttpRequest) -> HttpResponse:
    """The least a signed-in page can cost here: all the middleware, the session, the user's name."""
    return HttpResponse(f"<p>{request.user.get_full_name()}</p>")


def owing_file(request: HttpRequest, document: int, name: str) -> HttpResponseBase:
    """The least that a download can cost which asks a right, however simple, and is recorded. No page is held against it: it tells
    what a goal for downloads has to leave room for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT role FROM spaces_membership WHERE user_id = %s LIMIT 1", [request.user.pk])
        cursor.fetchall()
    record_downloads(versions=[(document, 1)], by=request.user)
    return bare_file(request, name)


def bare_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The least a signed-in download can cost: the same, and the bytes, without any question of right."""
    if not settings.X_ACCEL_PREFIX:
        return FileResponse(storages["documents"].open(name))
    return HttpResponse(headers={"X-Accel-Redirect": f"{settings.X_ACCEL_PREFIX}/documents/{name}"})


urlpatterns = [
    path("bench/floor/", floor),
    path("bench/file/<path:name>", bare_file),
    path("bench/owing/<int:document>/<path:name>", owing_file),
    path("", include("extranet.urls")),
]
