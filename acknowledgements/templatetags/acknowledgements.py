"""What the page of an object says of its acknowledgement, whichever room the page belongs to.

{% load acknowledgements %}
{% reading_receipt "document" document.pk space %}
"""

from typing import Any

from django import template

from acknowledgements import queries
from spaces.models import Space

register = template.Library()


@register.inclusion_tag("acknowledgements/_receipt.html", takes_context=True)
def reading_receipt(context: dict[str, Any], kind: str, object_id: int, space: Space) -> dict[str, Any]:
    request = context["request"]
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "kind": kind,
        "object_id": object_id,
        "receipt": queries.receipt(request.user, kind, object_id, space),
    }
