"""The names of a panel's members are in no text that others read: neither here nor in the meetings of the panel."""

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_variables

from meetings.models import Body
from panels.models import Identity

if TYPE_CHECKING:
    from accounts.models import User


@sensitive_variables()
def refuse_names(body: Body | None, by: "User", *texts: str) -> None:
    """Whoever knows the names may let one slip into a text that everybody reads. Others are not answered about names. Raises
    `ValidationError` for a name or an address of the panel."""
    known = Identity.objects.visible_to(by).filter(tenure__seat__category__body=body)
    said, raw = _plain(*texts), " ".join(texts).lower()
    for name, email in known.values_list("name", "email"):
        words = _plain(name).split()
        is_named = len(words) > 1 and any(f" {' '.join(order)} " in said for order in (words, words[::-1]))
        if is_named or (email and email.lower() in raw):
            raise ValidationError(
                "Ce texte nomme un membre du groupe\u00a0: il sera lu par d’autres, écrivez-le sans nom."
            )


def _plain(*texts: str) -> str:
    """Words alone, without case, accent or punctuation, between two spaces."""
    parted = re.sub(r"[\W_]", " ", " ".join(texts))
    return f" {slugify(parted).replace('-', ' ')} "
