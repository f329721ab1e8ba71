"""`{% document_rows documents show_folder=True %}`: documents as a list. Written in Jinja2, for its fifty lines
(docs/adr/024-une-liste-en-jinja.md)."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from documents.queries import DocumentRow

register = template.Library()


@register.simple_tag(takes_context=True)
def document_rows(
    context: Any, documents: Sequence[DocumentRow], *, show_folder: bool = False, can_choose: bool = False
) -> SafeString:
    """`show_folder` adds the folder's name, `can_choose` a box to tick before each (its form is around)."""
    shown: dict[str, Any] = {"documents": documents, "show_folder": show_folder, "can_choose": can_choose}
    shown["is_kept"] = "is_kept" in context
    return mark_safe(render_to_string("documents/_rows.jinja.html", shown, using="jinja2"))  # noqa: S308 -- it escapes
