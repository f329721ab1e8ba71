"""How the desk's plain field shows rich text."""

from django import template

from meetings import rich_text

register = template.Library()


@register.filter
def as_marks(html: str) -> str:
    """« *gras* », « - »: the field without script."""
    return rich_text.to_marks(html)
