"""One line of the desk, and what became of an action."""

from typing import TYPE_CHECKING, Any

from django import forms

from documents.models import Document
from meetings.enums import ActionStatus
from meetings.forms.agenda import SHOWN_DOCUMENTS
from meetings.forms.fields import DayField, LinkField
from meetings.models import no_control_character
from meetings.queries.minutes import who_is
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User


class ActionLineForm(forms.Form):
    """What, who, when. Who is written in one field: a member's name, a structure's, or any other name, kept as it is."""

    text = forms.CharField(
        label="Quoi",
        max_length=500,
        validators=[no_control_character],
        error_messages={"required": "Dites ce qu’il y a à faire."},
    )
    who = forms.CharField(
        label="Qui",
        max_length=160,
        validators=[no_control_character],
        error_messages={"required": "Dites qui s’en charge : une personne ou une structure."},
    )
    due_on = DayField(label="Pour le", required=False)

    def __init__(self, *args: Any, space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space = space

    def contents(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"text": said["text"], "due_on": said["due_on"]} | who_is(said["who"], self.space)


class DocumentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Document) -> str:
        return obj.title


class ActionUpdateForm(forms.Form):
    status = forms.ChoiceField(label="Où en est-elle ?", choices=ActionStatus.choices)
    comment = forms.CharField(
        label="Commentaire", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    link = LinkField(
        label="Lien vers une preuve",
        required=False,
        help_text="Page, document de l’extranet\u00a0: l’adresse entière.",
    )
    document = DocumentField(
        label="Document de l’espace qui le prouve",
        queryset=Document.objects.none(),
        required=False,
        empty_label="Aucun",
        to_field_name="uuid",
        help_text="Les plus récents d’abord.",
    )

    field_order = ("status", "comment", "document", "link")

    def __init__(self, *args: Any, user: "User", space: Space, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = Document.objects.visible_to(user).filter(space=space)
        latest = readable.order_by("-published_at", "-pk").values_list("pk", flat=True)[:SHOWN_DOCUMENTS]
        field = self.fields["document"]
        field.queryset = readable.filter(pk__in=list(latest)).order_by("-published_at", "-pk")  # type: ignore[attr-defined]
