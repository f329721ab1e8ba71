"""The record of downloads: written when bytes are handed over, emptied of its names after a while."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from documents.models import DownloadCount

if TYPE_CHECKING:
    from accounts.models import User


_RECORD = (
    'INSERT INTO "documents_downloadrecord" (document_id, version_number, user_id, created_at) VALUES (%s, %s, %s, %s)'
)
_UNHURRIED = " RETURNING set_config('synchronous_commit', 'off', true)"
"""PostgreSQL does not wait for its disk to note that (ADR 027)."""
_FORGET = 'DELETE FROM "documents_downloadrecord" WHERE created_at < %s RETURNING document_id, version_number'
"""Counted from what it returns: of two schedules at once, each counts what it removed itself."""


def record_downloads(*, versions: list[tuple[int, int]], by: "User | None") -> None:
    """Note that `by` took these versions away: (document id, version number), several for a ZIP. One query. None is somebody
    without an account, by a signed link.

    Asks no right: whoever calls has just handed over what `by` may read."""
    now, who = connection.ops.adapt_datetimefield_value(timezone.now()), by.pk if by else None
    rows = [(document, number, who, now) for document, number in versions]
    sql = _RECORD + (_UNHURRIED if connection.vendor == "postgresql" else "")
    with connection.cursor() as cursor:  # by hand: the ORM would take longer than all the rest of a download
        if len(rows) == 1:  # without the pipeline that psycopg opens for many
            cursor.execute(sql, rows[0])
        else:
            cursor.executemany(sql, rows)


@transaction.atomic
def forget_downloads() -> int:
    """Drop who downloaded what more than `DOWNLOAD_RECORD_DAYS` ago; how many there were is kept, by version. Returns how many
    were dropped. Asks no right: a schedule."""
    limit = timezone.now() - timedelta(days=settings.DOWNLOAD_RECORD_DAYS)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [connection.ops.adapt_datetimefield_value(limit)])
        gone = Counter(cursor.fetchall())
    for (document, number), count in sorted(gone.items()):
        kept, _ = DownloadCount.objects.get_or_create(document_id=document, version_number=number)
        DownloadCount.objects.filter(pk=kept.pk).update(count=F("count") + count)
    return gone.total()
