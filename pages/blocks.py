"""Blocks of a page's body. A form may only name documents and images that its editor may choose: another identifier is
taken for an empty field, so that neither the page nor the form shown again can tell whose it was."""

from typing import Any

from django.template.loader import render_to_string
from wagtail.blocks import BooleanBlock, CharBlock, RichTextBlock, StructBlock, URLBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock, ImageChooserBlock

from documents.models import Document
from pages.choosable import choosable_documents, choosable_images, current_editor

RICH_TEXT_FEATURES = ["h3", "h4", "bold", "italic", "ol", "ul", "link", "document-link"]


class SpaceDocumentBlock(DocumentChooserBlock):
    """A document, shown to whoever may read it, and to nobody else."""

    def value_from_form(self, value: Any) -> Any:
        chosen = super().value_from_form(value)
        if chosen is None or not choosable_documents(current_editor()).filter(pk=chosen.pk).exists():
            return None
        return chosen

    def render(self, value: Any, context: dict[str, Any] | None = None) -> str:
        request = (context or {}).get("request")
        if value is None or request is None or not Document.objects.visible_to(request.user).filter(pk=value.pk):
            return ""
        return render_to_string("pages/blocks/document.html", {"document": value})

    class Meta:
        icon = "doc-full"


class SpaceImageChooserBlock(ImageChooserBlock):
    def value_from_form(self, value: Any) -> Any:
        chosen = super().value_from_form(value)
        if chosen is None or not choosable_images(current_editor()).filter(pk=chosen.pk).exists():
            return None
        return chosen


class SpaceImageBlock(ImageBlock):
    """Wagtail's own block (image, and its text for those who do not see it), confined."""

    def __init__(self, required: bool = True, **kwargs: Any) -> None:
        # Over ImageBlock, whose children are fixed, to StructBlock: same children, our chooser.
        StructBlock.__init__(
            self,
            [
                ("image", SpaceImageChooserBlock(required=required, label="Image")),
                ("decorative", BooleanBlock(default=False, required=False, label="Image décorative")),
                ("alt_text", CharBlock(required=False, label="Texte de remplacement")),
            ],
            **kwargs,
        )

    class Meta:
        template = "pages/blocks/image.html"


def body_blocks() -> list[tuple[str, Any]]:
    return [
        ("paragraph", RichTextBlock(label="Texte", features=RICH_TEXT_FEATURES)),
        ("image", SpaceImageBlock(label="Image")),
        ("document", SpaceDocumentBlock(label="Document de l’espace")),
    ]


def link_blocks() -> list[tuple[str, Any]]:
    link = StructBlock([("title", CharBlock(label="Intitulé")), ("url", URLBlock(label="Adresse"))], label="Lien")
    return [("link", link)]
