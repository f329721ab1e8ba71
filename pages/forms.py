"""Forms of the room."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.images.forms import BaseImageForm

from accounts.models import one_line
from acknowledgements.models import AcknowledgementRequest
from pages.actions import ChangedMeanwhileError
from pages.choosable import choosable_collections
from pages.models import AnnouncementPage
from pages.reading_again import AGAIN, CORRECTION, ReadingField, asked_of, refusals
from pages.readings import KIND
from pages.rich_text import clean_html, from_plain, to_plain
from spaces import policy
from spaces.enums import Ability, Visibility
from spaces.models import Space

if TYPE_CHECKING:
    from accounts.models import User

NOW, LATER = "now", "later"


class SpaceImageForm(BaseImageForm):
    """Uploading an image from the editor: into the root of a managed space, without keywords (their suggestions would
    tell those of every space)."""

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields.pop("tags", None)
        if user is None or user.is_superuser:
            return
        # Wagtail's own choice holds the folders of documents too. One space: nothing to choose.
        self.collections = self.collections.filter(pk__in=choosable_collections(user).values("pk"))
        if len(self.collections) == 1:
            self.fields.pop("collection", None)
        elif "collection" in self.fields:
            self.fields["collection"].queryset = self.collections
            self.fields["collection"].label = "Espace"


class ManagedSpacesField(forms.ModelMultipleChoiceField):
    """Other spaces; where one is open to everybody registered, it says so."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Space.objects.none(),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": "Vous ne publiez pas dans l’un de ces espaces."},
            **kwargs,
        )

    def label_from_instance(self, space: Space) -> str:
        is_open = space.visibility == Visibility.REGISTERED
        return f"{space.name} (toutes les personnes inscrites)" if is_open else space.name


class WallClockField(forms.DateTimeField):
    """Twice a year an hour of the night does not exist, or exists twice."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as refusal:
            if refusal.code == "ambiguous_timezone":
                raise ValidationError("On change d’heure cette nuit-là\u00a0: choisissez une autre heure.") from refusal
            raise


def _is_blank(text: str) -> bool:
    """Nothing of it is seen on screen."""
    return not any(character.isprintable() and character != " " for character in text)


class AnnouncementForm(forms.Form):
    title = forms.CharField(label="Titre", max_length=200, help_text="La nouvelle elle-même, en une ligne.")
    text = forms.CharField(
        label="Texte",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Une ligne vide sépare deux paragraphes. Les adresses deviennent des liens.",
    )
    is_pinned = forms.BooleanField(
        label="Épingler en tête de l’espace",
        required=False,
        help_text="L’annonce reste au-dessus des autres jusqu’à ce qu’elle soit retirée ou désépinglée.",
    )
    when = forms.ChoiceField(
        label="Publication",
        choices=[(NOW, "Publier maintenant"), (LATER, "Publier plus tard, à la date ci-dessous")],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    go_live_at = WallClockField(
        label="Publier le",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "Cette date n’est pas lisible. Exemple : 12/03/2026 14:30."},
    )
    expire_at = WallClockField(
        label="Retirer le",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="Ce jour-là, l’annonce quitte la page de l’espace. Vide : elle y reste.",
        error_messages={"invalid": "Cette date n’est pas lisible. Exemple : 12/03/2026 14:30."},
    )

    also_in = ManagedSpacesField(
        label="Publier aussi dans",
        required=False,
        help_text="Une seule annonce, lue dans chacun de ces espaces ; qui en lit plusieurs n’est prévenu qu’une fois.",
    )
    must_be_read = forms.BooleanField(
        label="Demander à chaque membre de confirmer sa lecture",
        required=False,
        help_text="Un bouton «\u00a0J’ai lu\u00a0» suit l’annonce\u00a0; vous saurez qui n’a pas encore lu.",
    )
    read_by = forms.DateField(
        label="À lire jusqu’au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Ce jour compris. Ceux qui n’ont pas lu reçoivent un rappel deux jours avant, puis le lendemain.",
        error_messages={"invalid": "Cette date n’est pas lisible. Exemple\u00a0: 12/03/2027."},
    )

    reading = ReadingField()

    happened = "Annonce modifiée."
    """What to say once it is."""

    read_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The text that the form was filled with, so that two people who change it at once do not undo each other's work."""

    def __init__(
        self, *args: Any, space: Space, user: "User", announcement: AnnouncementPage | None = None, **kwargs: Any
    ) -> None:
        """`space`: where the announcement lives; `user` may have it read in the others where they publish. `announcement`: the
        one that is changed, as published."""
        super().__init__(*args, **kwargs)
        self.announcement = announcement
        if announcement is None or asked_of(announcement) is None:
            del self.fields["reading"]
        mine = policy.reader_of(user).space_ids_with(Ability.PUBLISH_ANNOUNCEMENT)
        others = Space.objects.filter(pk__in=mine - {space.pk}, announcement_index__isnull=False)
        self.fields["also_in"].queryset = others
        if not others:
            del self.fields["also_in"]

    @property
    def is_draft(self) -> bool:
        """Sent by « Enregistrer le brouillon »."""
        return "draft" in self.data

    def clean_read_by(self) -> date | None:
        day = self.cleaned_data["read_by"]
        if day and "read_by" in self.changed_data and day < timezone.localdate():
            raise forms.ValidationError("Cette date est passée\u00a0: choisissez-en une à venir.")
        return day if self.cleaned_data.get("must_be_read") else None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        now = timezone.now()
        go_live_at, expire_at = data.get("go_live_at"), data.get("expire_at")
        if data.get("when") == LATER and not self.is_draft and "go_live_at" not in self.errors:
            if go_live_at is None:
                self.add_error("go_live_at", "Donnez le jour et l’heure de la publication.")
            elif go_live_at <= now:
                self.add_error(
                    "go_live_at", "Cette date est passée : choisissez-en une à venir, ou publiez maintenant."
                )
        if data.get("when") != LATER:
            data["go_live_at"] = go_live_at = None
        if expire_at and expire_at <= max(now, go_live_at or now):
            self.add_error(
                "expire_at", "L’annonce serait retirée avant d’être lue : choisissez une date plus lointaine."
            )
        if (read_by := data.get("read_by")) and "read_by" not in self.errors:
            if go_live_at and read_by < timezone.localdate(go_live_at):
                self.add_error(
                    "read_by", "L’annonce ne sera pas encore publiée ce jour-là\u00a0: choisissez-en un autre."
                )
            elif expire_at and read_by > timezone.localdate(expire_at):
                self.add_error("read_by", "L’annonce sera retirée avant ce jour\u00a0: choisissez-en un plus proche.")
        if "reading" in self.fields and data.get("must_be_read") and self._is_another_text(data):
            if data.get("reading") == AGAIN:
                self.happened = "Annonce modifiée\u00a0: sa lecture est demandée de nouveau, chacun en sera prévenu."
            for field, message in refusals(data.get("reading", ""), data.get("read_by")).items():
                self.add_error(field, message)
        return data

    def _is_another_text(self, data: dict[str, Any]) -> bool:
        title, body = " ".join(data.get("title", "").split()), clean_html(from_plain(data.get("text", "")))
        return self.announcement is not None and self.announcement.is_another_text(title, body)

    def clean_title(self) -> str:
        """It makes a mail's subject, and a link that somebody must see."""
        title = " ".join(self.cleaned_data["title"].split())
        one_line(title)
        if _is_blank(title):
            raise forms.ValidationError("Écrivez le titre de l’annonce.")
        return title

    def clean_text(self) -> str:
        """Something must be left once it is made safe."""
        text = self.cleaned_data["text"]
        if _is_blank(to_plain(from_plain(text))):
            raise forms.ValidationError("Écrivez le texte de l’annonce.")
        return text

    def say_refused(self, refusal: ValidationError) -> None:
        """Show it again as it was typed; sent once more over another's text, it is sent knowingly."""
        self.add_error(None, refusal)
        if isinstance(refusal, ChangedMeanwhileError):
            self.data = self.data.copy()
            self.data["read_revision"] = refusal.revision

    @property
    def values(self) -> dict[str, Any]:
        """What the actions take, once the form is valid."""
        data = self.cleaned_data
        names = ("title", "is_pinned", "go_live_at", "expire_at", "must_be_read", "read_by")
        return {name: data[name] for name in names} | {
            "body_html": from_plain(data["text"]),
            "also_in": list(data.get("also_in", [])),
            "is_draft": self.is_draft,
        }

    @property
    def changes(self) -> dict[str, Any]:
        """The same, for an announcement that is there."""
        data = self.cleaned_data
        return self.values | {
            "read_revision": data["read_revision"],
            "is_correction": data.get("reading") == CORRECTION,
        }

    @classmethod
    def initial_of(cls, page: AnnouncementPage) -> dict[str, Any]:
        """What to show when editing: `page` as its last draft says."""
        asked = AcknowledgementRequest.objects.filter(kind=KIND, object_id=page.pk, stopped_at=None).first()
        # That of a draft is shown even once past: whoever planned it chooses another.
        later = page.go_live_at is not None and (page.go_live_at > timezone.now() or page.first_published_at is None)
        return {
            "read_revision": page.latest_revision_id,
            "title": page.title,
            "text": to_plain(page.body),
            "is_pinned": page.is_pinned,
            "when": LATER if later else NOW,
            "go_live_at": page.go_live_at if later else None,
            "expire_at": page.expire_at,
            "must_be_read": asked is not None,
            "read_by": asked.deadline if asked else None,
            "also_in": list(AnnouncementPage.objects.filter(alias_of=page.pk).values_list("space_id", flat=True)),
        }
