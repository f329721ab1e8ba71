"""Wagtail's own form of a document, as far as it is ours to hold."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm


class HeldDocumentForm(BaseDocumentForm):
    """What another room writes is not renamed there either (see `documents.actions.locks`)."""

    def clean(self) -> dict[str, Any]:
        if self.instance.locked_reason:
            raise ValidationError(self.instance.locked_reason, code="locked")
        return super().clean()
