"""« Demander une nouvelle lecture » or « simple correction »: asked of whoever publishes another text of an announcement that is
to be read, in the form of the space and in Wagtail's editor alike."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm

from acknowledgements.models import AcknowledgementRequest

if TYPE_CHECKING:
    from pages.models import AnnouncementPage

AGAIN, CORRECTION = "again", "correction"


def asked_of(page: "AnnouncementPage") -> AcknowledgementRequest | None:
    """The reading that is asked of a published announcement: only then does another text ask the question."""
    from pages.readings import KIND  # knows the model, which knows the form below

    asked = AcknowledgementRequest.objects.filter(kind=KIND, object_id=page.pk, stopped_at=None)
    return asked.first() if page.pk and page.live else None


class ReadingField(forms.ChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label="Si le texte change",
            required=False,
            choices=[
                (
                    AGAIN,
                    "Demander une nouvelle lecture\u00a0: chacun est prévenu, les «\u00a0J’ai lu\u00a0» sont à redire",
                ),
                (CORRECTION, "Simple correction\u00a0: les «\u00a0J’ai lu\u00a0» restent, personne n’est prévenu"),
            ],
            widget=forms.RadioSelect,
            help_text="Qui a dit avoir lu verra, dans les deux cas, que le texte a changé depuis.",
        )


def refusals(chosen: str, asked_until: Any) -> dict[str, str]:
    """By field, what is wrong with the choice for another text."""
    if not chosen:
        return {"reading": "Le texte change et sa lecture est demandée\u00a0: dites s’il est à relire."}
    if chosen == AGAIN and asked_until and asked_until < timezone.localdate():
        return {"read_by": "Cette date est passée\u00a0: donnez-en une à venir pour la nouvelle lecture."}
    return {}


class AnnouncementEditorForm(WagtailAdminPageForm):
    """Wagtail's. A draft need not choose yet."""

    reading = ReadingField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked_of(self.instance)
        if self.asked is None:
            del self.fields["reading"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if (
            self.asked
            and "action-publish" in self.data
            and self.instance.is_another_text(data.get("title"), data.get("body"))
        ):
            for message in refusals(data.get("reading", ""), self.asked.deadline).values():
                self.add_error("reading", message)
        return data

    def save(self, commit: bool = True) -> "AnnouncementPage":
        if self.instance.pk:
            self.instance.note_reading(is_correction=self.cleaned_data.get("reading") == CORRECTION)
        return super().save(commit)
