"""Announcing or changing a meeting: one day, a start and an end, as people say them."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings import dates
from meetings.enums import MeetingState
from meetings.forms.fields import DayField, HourField, LinkField
from meetings.models import Body, BodyQuerySet, Meeting, MeetingQuerySet, no_control_character


class MeetingChoice(forms.ModelChoiceField):
    def label_from_instance(self, meeting: Meeting) -> str:
        return f"{meeting.title}, {dates.moment_in_words(meeting.starts_at)}"


class SpanForm(forms.Form):
    """One day, and its two hours."""

    day = DayField(
        label="Jour",
        error_messages={"required": "Choisissez le jour de la réunion."},
    )
    start = HourField(
        label="Début",
        error_messages={"required": "À quelle heure commence-t-elle ?"},
    )
    end = HourField(
        label="Fin",
        error_messages={"required": "À quelle heure finit-elle ?"},
    )

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        latest = timezone.localdate().year + 5
        if not dates.FIRST_YEAR <= day.year <= latest:
            raise ValidationError(f"Choisissez une année entre {dates.FIRST_YEAR} et {latest}.")
        return day

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if not {"day", "start", "end"} <= data.keys():
            return data
        data["starts_at"] = self._moment("start")
        data["ends_at"] = self._moment("end")
        if data["starts_at"] and data["ends_at"] and data["ends_at"] <= data["starts_at"]:
            self.add_error("end", "La fin doit suivre le début, le même jour.")
        return data

    def _moment(self, name: str) -> datetime | None:
        try:
            return dates.at_wall_clock(
                self.cleaned_data["day"], self.cleaned_data[name].replace(second=0, microsecond=0)
            )
        except ValidationError as error:
            self.add_error(name, error)
            return None


class PostponeForm(forms.Form):
    """To another day at the same hours, to a meeting already planned, or to none."""

    day = DayField(
        label="Nouveau jour",
        required=False,
        help_text="Aux mêmes heures\u00a0; chacun est prévenu et répond de nouveau.",
    )
    to = MeetingChoice(
        label="Ou à une réunion déjà prévue",
        queryset=Meeting.objects.none(),
        required=False,
        empty_label="Aucune",
        help_text="Ses points y sont inscrits\u00a0; cette réunion-ci n’aura pas lieu.",
    )

    def __init__(self, *args: Any, meeting: Meeting, others: MeetingQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting
        self.fields["to"].queryset = others
        if not others.exists():
            del self.fields["to"]

    def clean_day(self) -> date | None:
        day = self.cleaned_data["day"]
        if day and day <= timezone.localdate():
            raise ValidationError("Choisissez un jour à venir.")
        return day

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("day") and data.get("to"):
            self.add_error("to", "Choisissez un nouveau jour ou une autre réunion, pas les deux.")
        return data

    def contents(self) -> dict[str, object] | None:
        """What `change_meeting` takes, when a day was chosen."""
        day, meeting = self.cleaned_data["day"], self.meeting
        if day is None:
            return None
        start = timezone.localtime(meeting.starts_at)
        starts_at = dates.at_wall_clock(day, start.time())
        same = {name: getattr(meeting, name) for name in ("title", "place", "link", "description")}
        return {**same, "starts_at": starts_at, "ends_at": starts_at + (meeting.ends_at - meeting.starts_at)}


class MeetingForm(SpanForm):
    """`bodies`: on offer when the meeting is made; it does not change its body afterwards."""

    field_order = ("body", "title", "day", "start", "end", "place", "link", "description")

    body = forms.ModelChoiceField(
        label="Instance",
        queryset=Body.objects.none(),
        required=False,
        empty_label="Aucune",
        help_text="Son ordre du jour type est repris ; ses membres pourront être invités d’un geste.",
    )
    title = forms.CharField(
        label="Intitulé",
        max_length=200,
        validators=[no_control_character],
        help_text="Par exemple « Comité technique territorial de Lille ».",
        error_messages={"required": "Donnez un intitulé à la réunion."},
    )
    place = forms.CharField(
        label="Lieu",
        max_length=200,
        required=False,
        validators=[no_control_character],
        help_text="Salle, adresse. Laissez vide pour une réunion à distance.",
    )
    link = LinkField(label="Lien de visioconférence", required=False)
    description = forms.CharField(
        label="En quelques mots",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Objet, ordre du jour, ce qu’il faut préparer.",
    )

    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    """When the meeting that the form shows had last changed: it may have changed again since, in another tab or by a colleague."""

    def __init__(self, *args: Any, bodies: BodyQuerySet | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bodies:
            self.fields["body"].queryset = bodies
        else:
            del self.fields["body"]

    def contents(self) -> dict[str, object]:
        """What the actions take."""
        names = ("title", "starts_at", "ends_at", "place", "link", "description")
        return {name: self.cleaned_data[name] for name in names}


def initial_of(meeting: Meeting) -> dict[str, object]:
    """The meeting as the form shows it. Put off, its day is to be chosen: the old one is what « Rétablir » gives back."""
    start, end = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return {
        "title": meeting.title,
        "day": None if meeting.state == MeetingState.POSTPONED else start.date(),
        "start": start.time(),
        "end": end.time(),
        "place": meeting.place,
        "link": meeting.link,
        "description": meeting.description,
        "seen": meeting.updated_at.isoformat(),
    }
