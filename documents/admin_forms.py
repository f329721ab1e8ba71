"""Wagtail's own form of a document, as far as it is ours to hold."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from wagtail.documents.forms import BaseDocumentForm

from documents.actions import change_document, publish_version
from documents.actions.versions import refuse_if_reserved
from documents.forms import lost_message
from documents.models import Document
from documents.storage import fingerprint
from documents.validation import check_file

if TYPE_CHECKING:
    from accounts.models import User


class HeldDocumentForm(BaseDocumentForm):
    """A file given there is the document's next version, and a title is changed as on the site's own screens: search and
    notices follow. What another room writes changes there neither (see `documents.actions.locks`)."""

    file = forms.FileField(
        label="Nouvelle version",
        required=False,
        widget=forms.FileInput,
        help_text="Laissez vide pour garder le fichier en vigueur. Les versions précédentes restent.",
    )

    def __init__(self, *args: Any, user: "User", **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.user = user

    def clean_file(self) -> File | None:
        for _, code in getattr(self.user, "refused_uploads", []):
            raise ValidationError(lost_message(code), code)
        file = self.cleaned_data["file"]
        if not isinstance(file, File) or file == self.instance.file:
            return None
        refuse_if_reserved(self.instance, self.user)
        check_file(file)
        if fingerprint(file) == self.instance.sha256:
            raise ValidationError("C’est déjà, octet pour octet, la version en vigueur.", "same")
        return file

    def clean(self) -> dict[str, Any]:
        if self.instance.locked_reason:
            raise ValidationError(self.instance.locked_reason, code="locked")
        return super().clean()

    def save(self, commit: bool = True) -> Document:
        """By our own actions, which check the right, log and index; the document's folder says its collection."""
        given, document = self.cleaned_data, Document.objects.select_related("space", "folder").get(pk=self.instance.pk)
        if given["file"]:
            publish_version(document=document, file=given["file"], by=self.user)
        return change_document(
            document=document,
            by=self.user,
            title=given["title"],
            description=given["description"],
            folder=document.folder,
        )
