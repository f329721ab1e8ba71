"""Proposing dates, and saying which suit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.actions.polls import MAX_DATES
from meetings.dates import span_in_words
from meetings.enums import Choice
from meetings.forms.fields import DayField
from meetings.forms.meetings import SpanForm
from meetings.models import PollDate

BLANK_ROWS = 4
"""Lines left to fill in below the dates already there."""


class ClosingForm(forms.Form):
    closes_on = DayField(
        label="Réponses jusqu’au",
        help_text="Ce jour compris. Ceux qui n’ont pas répondu sont relancés trois jours avant.",
        error_messages={"required": "Jusqu’à quel jour peut-on répondre ?"},
    )


class _Spans(forms.BaseFormSet):
    """Every line may stay empty, those that came filled in too: that is how a date is taken away."""

    def initial_form_count(self) -> int:
        return 0

    def clean(self) -> None:
        if not any(self.errors) and len(self.spans()) < 2:
            raise ValidationError("Proposez au moins deux dates.")

    def spans(self) -> list[tuple[datetime, datetime]]:
        """Without doubles, soonest first."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("starts_at")]
        return sorted({(data["starts_at"], data["ends_at"]) for data in filled})


def spans_formset(data: Any, present: Sequence[tuple[datetime, datetime]]) -> _Spans:
    """`present`: the dates shown when nothing has been typed yet."""
    initial = [
        {"day": start.date(), "start": start.time(), "end": end.time()}
        for start, end in ((timezone.localtime(start), timezone.localtime(end)) for start, end in present)
    ]
    made = forms.formset_factory(
        SpanForm,
        formset=_Spans,
        extra=min(len(initial) + BLANK_ROWS, MAX_DATES),
        max_num=MAX_DATES,
        absolute_max=MAX_DATES,
    )
    # What was typed is held against nothing: a line left as it was counts as much as another.
    return made(data, initial=None if data else initial, prefix="date")


class PollAnswerForm(forms.Form):
    """One question for each date."""

    def __init__(self, *args: Any, proposed: Sequence[PollDate], given: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in proposed:
            self.fields[f"date_{one.pk}"] = forms.ChoiceField(
                label=span_in_words(one.starts_at, one.ends_at).capitalize(),
                choices=Choice,
                initial=given.get(one.pk),
                widget=forms.RadioSelect,
                error_messages={"required": "Répondez aussi pour cette date."},
            )

    def choices(self) -> dict[int, Choice]:
        return {int(name.removeprefix("date_")): Choice(value) for name, value in self.cleaned_data.items()}


def default_closing(starts: Sequence[datetime]) -> object:
    """A week from now, or the day before the first date when that comes sooner."""
    in_a_week = timezone.localdate() + timedelta(days=7)
    return min([in_a_week, *(timezone.localdate(start) - timedelta(days=1) for start in starts)])
