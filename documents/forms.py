"""What is asked of people. Files are checked one by one (validation.py), so that the good ones of a batch are kept."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from directory.models import Network, Territory
from documents.actions import Facts, LockedError, publish_document, publish_version
from documents.enums import DocumentKind
from documents.models import Document, DocumentVersion, Folder
from documents.periods import EXAMPLES, parse_period
from documents.queries import folder_choices, same_name_documents
from documents.uploads import NO_ROOM, NO_ROOM_ERRORS, TOO_LARGE
from documents.validation import ACCEPTED_IN_WORDS, FORMATS, clean_name, max_size, title_of, too_large_message
from spaces.models import Space, french_date

if TYPE_CHECKING:
    from accounts.models import User

SAME_NAME = "same_name"
RESERVED = "reserved"
SAME_NAME_MESSAGE = (
    "un fichier de ce nom est déjà dans ce dossier. Déposez-le de nouveau en choisissant d’en faire la nouvelle version, "
    "ou de garder les deux."
)
NOT_YOURS_MESSAGE = (
    "le document de ce nom n’est pas le vôtre : seuls son auteur et l’animateur de l’espace lui donnent une nouvelle version. "
    "Vous pouvez garder les deux."
)
NO_ROOM_MESSAGE = "il n’y a plus de place sur le serveur. Rien n’est perdu chez vous : réessayez plus tard, et prévenez l’animation régionale."
STATUSES = {TOO_LARGE: 413, NO_ROOM: 507, SAME_NAME: 409, RESERVED: 409}
"""HTTP status when no file at all came in, by reason of the first refusal; 400 for the others."""


def lost_message(code: str) -> str:
    """Of a file that did not pass the reception, by what `uploads.refused_uploads` says of it."""
    return NO_ROOM_MESSAGE if code == NO_ROOM else too_large_message()


@dataclass(frozen=True)
class Refusal:
    """A file that did not come in. `reason` is a sentence that follows « nom du fichier : »."""

    name: str
    reason: str
    code: str


@dataclass
class Outcome:
    """What became of each file of a batch."""

    accepted: list[Document] = field(default_factory=list)
    versions: list[DocumentVersion] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    @property
    def status(self) -> int:
        return (
            201 if self.accepted or self.versions else STATUSES.get(self.refused[0].code, 400) if self.refused else 400
        )


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files, taken as they are: each has its own verdict later."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [file for file in data or [] if file]


class UploadForm(forms.Form):
    folder = forms.ChoiceField(label="Dossier", error_messages={"required": "Choisissez un dossier."})
    files = ManyFilesField(label="Fichiers", required=False)
    same_name = forms.ChoiceField(
        label="Si un fichier du même nom est déjà dans le dossier",
        choices=[
            ("skip", "Ne pas le déposer, et me le dire"),
            ("version", "En faire la nouvelle version de celui qui y est"),
            ("keep", "Garder les deux"),
        ],
        widget=forms.RadioSelect,
        initial="skip",
    )
    reason = forms.CharField(
        label="Pour une nouvelle version, ce qui a changé",
        max_length=500,
        required=False,
        help_text="En une phrase, pour ceux qui connaissent la version précédente.",
    )

    def __init__(self, *args: Any, space: Space, user: "User", dropped: list[tuple[str, str]], **kwargs: Any) -> None:
        """`dropped`: the files that did not pass the reception (`uploads.refused_uploads`)."""
        super().__init__(*args, **kwargs)
        self.space, self.user, self.dropped = space, user, dropped
        choices = folder_choices(user, space)
        first = [("", "Choisissez un dossier")] if len(choices) > 1 else []
        self.fields["folder"].choices = first + choices
        self.fields["files"].required = True  # said to the reader; checked below
        self.fields[
            "files"
        ].help_text = (
            f"{settings.DOCUMENT_MAX_FILES} fichiers au plus, {max_size()} au plus chacun. {ACCEPTED_IN_WORDS}."
        )
        self.fields["files"].widget.attrs["accept"] = ",".join(f".{extension}" for extension in FORMATS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        files = cleaned.get("files") or []
        if not files and not self.dropped and "files" not in self.errors:
            self.add_error("files", "Choisissez au moins un fichier.")
        if len(files) + len(self.dropped) > settings.DOCUMENT_MAX_FILES:
            self.add_error("files", f"Déposez {settings.DOCUMENT_MAX_FILES} fichiers au plus à la fois.")
        return cleaned

    def deposit(self) -> Outcome:
        """Publish each file by itself. Raises `PermissionDenied`/`Http404` without the right, nothing for a bad file."""
        folder = (
            Folder.objects.visible_to(self.user)
            .select_related("space")
            .get(space=self.space, slug=self.cleaned_data["folder"])
        )
        refused = [Refusal(clean_name(name), lost_message(code), code) for name, code in self.dropped]
        outcome = Outcome(refused=refused)
        for file in self.cleaned_data["files"]:
            self._deposit_one(folder, file, outcome)
        return outcome

    def _deposit_one(self, folder: Folder, file: UploadedFile, outcome: Outcome) -> None:
        name = clean_name(file.name or "")
        same = same_name_documents(folder, name)
        choice = self.cleaned_data["same_name"]
        if same and choice not in ("keep", "version"):
            outcome.refused.append(Refusal(name, SAME_NAME_MESSAGE, SAME_NAME))
            return
        try:
            if same and choice == "version":
                reason = self.cleaned_data["reason"]
                outcome.versions.append(publish_version(document=same[0], file=file, by=self.user, reason=reason))
                return
            title = f"{title_of(name)} ({len(same) + 1})" if same else ""
            outcome.accepted.append(publish_document(folder=folder, file=file, by=self.user, title=title))
        except LockedError as error:
            outcome.refused.append(Refusal(name, str(error), "locked"))
        except PermissionDenied:
            outcome.refused.append(Refusal(name, NOT_YOURS_MESSAGE, "not_yours"))
        except ValidationError as error:
            outcome.refused.append(Refusal(name or "sans nom", " ".join(error.messages), error_code(error)))
        except OSError as error:
            if error.errno not in NO_ROOM_ERRORS:
                raise
            outcome.refused.append(Refusal(name, NO_ROOM_MESSAGE, NO_ROOM))


def error_code(error: ValidationError) -> str:
    return getattr(error, "code", None) or "invalid"


_FACTS = ("kind", "territory", "period", "print_format", "valid_until", "review_on")


_DATES = ("period", "valid_until", "review_on")
YEARS = (1990, 2100)
"""What the days of a document may be in: archives, and plans."""
_OVER_BEFORE = "Ce jour vient avant le début de la période ({})\u00a0: le document serait échu avant d’avoir commencé."
_REVIEW_TOO_LATE = (
    "Ce jour vient après le dernier jour de validité ({})\u00a0: le document serait échu avant d’être revu. "
    "Choisissez un jour plus tôt, ou prolongez la validité."
)
_REVIEW_PAST = "Ce jour est passé\u00a0: le rappel ne partirait pas à temps. Choisissez aujourd’hui ou un jour à venir."


class DayInput(forms.DateInput):
    """The browser’s own calendar; it wants its days as 2026-03-12."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TitleForm(forms.Form):
    title = forms.CharField(label="Titre", max_length=255, error_messages={"required": "Donnez un titre au document."})


class DocumentForm(TitleForm):
    description = forms.CharField(
        label="Description",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="À quoi sert ce document, pour qui. 1 000 caractères au plus.",
    )
    folder = forms.ChoiceField(label="Dossier")
    kind = forms.ChoiceField(label="Nature", choices=DocumentKind.choices)
    territory = forms.ModelChoiceField(Territory.objects.all(), label="Territoire", required=False, empty_label="Aucun")
    networks = forms.ModelMultipleChoiceField(
        Network.objects.all(), label="Réseaux", required=False, widget=forms.CheckboxSelectMultiple
    )
    period = forms.CharField(label="Période", max_length=60, required=False, help_text=EXAMPLES)
    print_format = forms.CharField(
        label="Format d’impression",
        max_length=60,
        required=False,
        help_text="Pour ce qui s’imprime. Par exemple : affiche 40 × 60 cm.",
    )
    valid_until = forms.DateField(
        label="Valable jusqu’au",
        required=False,
        widget=DayInput,
        help_text="Passé ce jour, le document est signalé comme échu.",
    )
    review_on = forms.DateField(
        label="À revoir le",
        required=False,
        widget=DayInput,
        help_text="Ce jour-là, un courriel le rappellera à son auteur.",
    )

    is_open = forms.BooleanField(
        label="Tout contributeur de l’espace peut en déposer une nouvelle version",
        required=False,
        help_text="Sinon, seuls l’auteur du document et l’animateur de l’espace le peuvent. Aucune version n’est jamais perdue.",
    )

    def __init__(self, *args: Any, document: Document, user: "User", **kwargs: Any) -> None:
        initial = {name: getattr(document, name) for name in ("title", "description", "is_open", *_FACTS)}
        initial |= {"folder": document.folder.slug, "networks": list(document.networks.values_list("pk", flat=True))}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.document, self.user = document, user
        self.fields["folder"].choices = folder_choices(user, document.space)

    def clean_period(self) -> tuple[date, date] | None:
        try:
            return parse_period(self.cleaned_data["period"])
        except ValueError as error:
            raise ValidationError(f"Cette période n’est pas comprise. {EXAMPLES}") from error

    def clean(self) -> dict[str, Any]:
        """Days that contradict each other, or that were mistyped. Those that nobody touches here stay as they are: a day that
        has passed since is no fault of whoever corrects a title."""
        cleaned = super().clean() or {}
        period, last, review = (cleaned.get(name) for name in _DATES)
        if not self.errors.keys() & set(_DATES) and set(_DATES) & set(self.changed_data):
            if last and period and last < period[0]:
                self.add_error("valid_until", _OVER_BEFORE.format(french_date(period[0])))
            if last and review and review > last:
                self.add_error("review_on", _REVIEW_TOO_LATE.format(french_date(last)))
            elif review and "review_on" in self.changed_data and review < timezone.localdate():
                self.add_error("review_on", _REVIEW_PAST)
        return cleaned

    def clean_valid_until(self) -> date | None:
        return self._plausible("valid_until")

    def clean_review_on(self) -> date | None:
        return self._plausible("review_on")

    def _plausible(self, name: str) -> date | None:
        """« 26 » typed for a year makes the year 26."""
        day: date | None = self.cleaned_data[name]
        if day and name in self.changed_data and not YEARS[0] <= day.year <= YEARS[1]:
            raise ValidationError(f"Vérifiez l’année\u00a0: {day.year:04} n’est pas entre {YEARS[0]} et {YEARS[1]}.")
        return day

    def facts(self) -> Facts:
        return Facts(networks=self.cleaned_data["networks"], **{name: self.cleaned_data[name] for name in _FACTS})

    def chosen_folder(self) -> Folder:
        return Folder.objects.visible_to(self.user).get(space=self.document.space, slug=self.cleaned_data["folder"])


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Ce qui a changé",
        max_length=500,
        required=False,
        help_text="En une phrase, pour ceux qui connaissent la version précédente.",
    )


class NewVersionForm(ReasonForm):
    file = forms.FileField(label="Fichier", required=False)

    field_order = ("file", "reason")

    def __init__(self, *args: Any, dropped: list[tuple[str, str]], **kwargs: Any) -> None:
        """`dropped`: the file, when it did not pass the reception (`uploads.refused_uploads`)."""
        super().__init__(*args, **kwargs)
        self.dropped = dropped
        self.status = 400
        self.fields["file"].required = True  # said to the reader; checked below
        self.fields["file"].help_text = f"{max_size()} au plus. Il peut avoir un autre nom, ou un autre format."
        self.fields["file"].error_messages["required"] = "Choisissez un fichier."
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{extension}" for extension in FORMATS)

    def add_error(self, field: str | None, error: Any) -> None:
        """A file lost at the reception is not a file forgotten: its own reason is said."""
        if field == "file" and self.dropped:
            code = self.dropped[0][1]
            self.status, error = STATUSES[code], lost_message(code)
        super().add_error(field, error)

    def deposit(self, *, document: Document, by: "User") -> Outcome:
        """The version made; or why not, which the form then says too."""
        file, reason = self.cleaned_data["file"], self.cleaned_data["reason"]
        try:
            return Outcome(versions=[publish_version(document=document, file=file, by=by, reason=reason)])
        except ValidationError as error:
            refusal = Refusal(clean_name(file.name), " ".join(error.messages), error_code(error))
        except OSError as error:
            if error.errno not in NO_ROOM_ERRORS:
                raise
            refusal = Refusal(clean_name(file.name), NO_ROOM_MESSAGE, NO_ROOM)
        outcome = Outcome(refused=[refusal])
        self.status = outcome.status
        self.add_error("file", f"« {refusal.name} » : {refusal.reason}")
        return outcome


class LabelForm(forms.Form):
    label = forms.CharField(
        label="Nom de la version",
        max_length=80,
        required=False,
        help_text="Par exemple « version validée en COTEC ». Laissez vide pour retirer le nom.",
    )


class FolderForm(forms.ModelForm):
    class Meta:
        model = Folder
        fields = ["name", "description"]
        error_messages = {"name": {"required": "Donnez un nom au dossier."}}
