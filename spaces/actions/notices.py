"""What somebody is told, by mail, of a mandate that another person has changed or ended by hand."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from mail.actions import queue_mail
from spaces import policy
from spaces.enums import Role
from spaces.models import AnimationMandate, Membership, french_date
from spaces.queries import phrases
from spaces.succession import Held

if TYPE_CHECKING:
    from accounts.models import User


def terms(membership: Membership) -> dict[str, str]:
    """What the mandate says, in the words of the mail: taken before a change, and compared after it."""
    return {
        "Rôle": Role(membership.role).label.lower(),
        "Fonction": membership.function or "aucune",
        "Structure représentée": membership.structure.name if membership.structure else "aucune",
        "Début": french_date(membership.starts_on),
        "Fin": french_date(membership.ends_on) if membership.ends_on else "sans terme fixé",
    }


def say_changed(membership: Membership, *, by: "User", before: dict[str, str]) -> None:
    """Nothing is sent when nothing reads otherwise, to oneself, or to a closed account."""
    after = terms(membership)
    changes = [(what, after[what], before[what]) for what in after if after[what] != before[what]]
    if not changes:
        return
    _say(
        "spaces/email/mandate_changed",
        membership,
        by,
        changes=changes,
        may=phrases(policy.ABILITIES[Role(membership.role)]),
        url=settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("pages:space", args=[membership.space.slug]),
    )


def say_ended(mandate: Membership | AnimationMandate, *, by: "User") -> None:
    """Not sent to oneself, nor to a closed account. A space may still be read by another way: the mail says so."""
    left = phrases(policy.abilities(mandate.user, mandate.space)) if isinstance(mandate, Membership) else ()
    _say("spaces/email/mandate_ended", mandate, by, left=left)


def say_handed_over(mandate: Membership, *, to: "User", held: list[Held], by: "User") -> None:
    """To the successor: what is theirs from now. Not sent to oneself."""
    if to.pk == by.pk:
        return
    site = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    context: dict[str, object] = {
        "person": to,
        "by": by,
        "former": mandate.user,
        "space": mandate.space,
        "held": [one.words for one in held],
        "url": site + reverse("home"),
        "why": f"Vous recevez ce message parce que vous êtes membre de cet espace, sur {settings.SITE_NAME}.",
    }
    queue_mail(to=to.email, template="spaces/email/handed_over", context=context, reply_to=by.email)


def _say(template: str, mandate: Membership | AnimationMandate, by: "User", **context: object) -> None:
    person = mandate.user
    if person.pk == by.pk or not person.is_active:
        return
    context |= {
        "person": person,
        "by": by,
        "space": getattr(mandate, "space", None),
        "why": f"Vous recevez ce message parce que ce mandat vous concerne, sur {settings.SITE_NAME}.",
    }
    queue_mail(to=person.email, template=template, context=context, reply_to=by.email)
