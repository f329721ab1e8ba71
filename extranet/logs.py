"""What never reaches a log or an error mail: the secret of an address (feeds, calendars, answers, invitations, passwords)."""

import logging
import re
from typing import Any

from django.utils.log import AdminEmailHandler

_SECRET = re.compile(r"(?<=/)[A-Za-z0-9_:-]{40,}")
"""A random secret, or an identifier with its signature after a colon."""


def scrub(text: str) -> str:
    """« … » in the place of whatever looks like a secret in the path of an address."""
    return _SECRET.sub("…", text)


class ScrubTokens(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        scrubbed = scrub(message)
        if scrubbed != message:
            record.msg, record.args = scrubbed, None
        return True


class ScrubbedMailHandler(AdminEmailHandler):
    """Django's mail to ADMINS, which tells the whole request."""

    def send_mail(self, subject: str, message: str, *args: Any, **kwargs: Any) -> None:
        super().send_mail(scrub(subject), scrub(message), *args, **kwargs)
