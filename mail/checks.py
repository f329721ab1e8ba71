"""What `manage.py check --deploy` asks of the mail: that answers reach somebody."""

import re
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_NOBODY = re.compile(r"(no|not|ne[-_.]?pas)[-_.]?(reply|r[eé]pon)|do[-_.]?not[-_.]?reply", re.IGNORECASE)


@register(Tags.security, deploy=True)
def answers_reach_somebody(**kwargs: Any) -> list[CheckMessage]:
    """A mail behind which no person stands says that one may answer it: to whom, `MAIL_REPLY_TO` must say."""
    address = parseaddr(settings.MAIL_REPLY_TO)[1]
    try:
        validate_email(address)
    except ValidationError:
        words = "MAIL_REPLY_TO must be the address where the answers to the site's mails are read."
    else:
        if not _NOBODY.match(address):
            return []
        words = f"MAIL_REPLY_TO ({address}) looks like an address that nobody reads."
    return [Error(words, hint="Give a box that the regional animation reads.", id="mail.E001")]
