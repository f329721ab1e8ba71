"""What the reader may do in the region as a whole, for templates of rooms that know no rights (the directory)."""

from typing import Any

from django import template

from spaces import policy

register = template.Library()


@register.simple_tag(takes_context=True)
def region_abilities(context: dict[str, Any]) -> frozenset[str]:
    """`{% region_abilities as may %}{% if "manage_region" in may %}…`: the set given by `spaces.policy.abilities(user)`."""
    return policy.abilities(context["request"].user)
