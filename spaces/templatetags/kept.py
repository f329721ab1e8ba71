"""`{% hole "bell" %}…{% endhole %}`: what belongs to one reader, in a page that may be kept for others (spaces/kept.py)."""

from typing import Any

from django import template

from spaces.kept import mark

register = template.Library()


class HoleNode(template.Node):
    def __init__(self, name: template.base.FilterExpression, nodelist: template.NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Any) -> str:
        return mark(str(self.name.resolve(context))) if context.get("is_kept") else self.nodelist.render(context)


@register.tag
def hole(parser: Any, token: Any) -> HoleNode:
    """Left open in a kept page, its contents elsewhere. The name may be a variable."""
    _, name = token.split_contents()
    nodelist = parser.parse(("endhole",))
    parser.delete_first_token()
    return HoleNode(parser.compile_filter(name), nodelist)
