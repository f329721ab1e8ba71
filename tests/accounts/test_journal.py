"""Our entries of the audit log are Wagtail's, in one query."""

import pytest
from django.db import connection
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from wagtail.log_actions import LogContext
from wagtail.log_actions import log as wagtail_log
from wagtail.models import ModelLogEntry

from accounts.journal import log
from tests.factories import make_member, make_user


def test_an_entry_says_what_wagtail_s_would(lille) -> None:
    by = make_user()
    told = {"user": by, "data": {"number": "D-2026-001"}}
    wagtail_log(lille, "spaces.membership.grant", **told)
    with CaptureQueriesContext(connection) as asked:
        log(lille, "spaces.membership.grant", **told)
    theirs, ours = (model_to_dict(entry, exclude=["id", "timestamp"]) for entry in ModelLogEntry.objects.order_by("pk"))
    assert (ours, len(asked)) == (theirs, 1)
    assert str(ModelLogEntry.objects.latest("pk").user) == str(by)


def test_what_is_done_in_wagtail_s_admin_is_of_who_works_there(lille) -> None:
    by = make_user()
    with LogContext(user=by) as context:
        log(lille, "spaces.membership.grant")
    entry = ModelLogEntry.objects.get()
    assert (entry.user, entry.uuid) == (by, context.uuid)


def test_an_action_without_words_or_a_row_that_is_gone_is_refused(lille) -> None:
    with pytest.raises(ValueError, match=r"spaces\.unheard"):
        log(lille, "spaces.unheard")
    member = make_member(lille)
    mandate = member.memberships.get()
    mandate.pk = None
    with pytest.raises(ValueError, match="does not exist"):
        log(mandate, "spaces.membership.end")
    assert not ModelLogEntry.objects.filter(action="spaces.membership.end").exists()
