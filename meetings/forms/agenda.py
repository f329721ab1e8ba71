"""An item of an agenda, or of a backlog."""

from typing import TYPE_CHECKING, Any

from django import forms

from documents.models import Document
from meetings.enums import Purpose
from meetings.models import no_control_character
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

SHOWN_DOCUMENTS = 100


class ItemForm(forms.Form):
    """The documents on offer are those of the space that the writer may read."""

    title = forms.CharField(
        label="Intitulé",
        max_length=200,
        validators=[no_control_character],
        error_messages={"required": "Donnez un intitulé à ce point."},
    )
    purpose = forms.ChoiceField(label="Pour", choices=Purpose.choices, initial=Purpose.DISCUSSION)
    minutes = forms.IntegerField(label="Durée, en minutes", min_value=1, max_value=600, required=False)
    presenter = forms.CharField(label="Présenté par", max_length=120, required=False, validators=[no_control_character])
    description = forms.CharField(
        label="Précisions", max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    documents = forms.ModelMultipleChoiceField(
        label="Documents",
        queryset=Document.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Parmi ceux de l’espace, les plus récents d’abord.",
    )

    def __init__(self, *args: Any, user: "User", space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = Document.objects.visible_to(user).filter(space=space)
        latest = readable.order_by("-published_at", "-pk").values_list("pk", flat=True)[:SHOWN_DOCUMENTS]
        chosen = self.initial.get("documents") or []
        field = self.fields["documents"]
        field.queryset = readable.filter(pk__in=[*latest, *chosen]).order_by("-published_at", "-pk")
        field.label_from_instance = lambda one: one.title
        if not field.queryset:
            del self.fields["documents"]

    def contents(self) -> dict[str, Any]:
        """What the actions take."""
        return {**self.cleaned_data, "purpose": Purpose(self.cleaned_data["purpose"])}
