"""French on screen: dates as people say them, sizes, counts, with the non-breaking spaces that typography asks for.

    {% load french %}
    {{ meeting.starts_at|near_date }}    « demain à 14 h 30 », « hier à 9 h », else « 12 mars 2026 »
    {{ meeting.starts_at|near_moment }}  « demain à 14 h 30 », else « jeudi 12 mars 2026 à 14 h 30 »
    {{ meeting.starts_at|long_date }}    « jeudi 12 mars 2026 »
    {{ meeting.starts_at|clock }}        « 14 h 30 »
    {{ document.file_size|file_size }}   « 2,1 Mo »
    {{ total|counted:"document,documents" }}  « 0 document », « 1 document », « 1 240 documents »

Dates may be `date` or aware `datetime` (shown in the site's time zone); anything else gives an empty string.
"""

from datetime import date, datetime
from functools import lru_cache

from django import forms, template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.safestring import SafeString

register = template.Library()

NBSP = "\u00a0"
_NEAR = {-1: "hier", 0: "aujourd’hui", 1: "demain"}


def _local(value: object) -> tuple[date, datetime | None] | None:
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return moment.date(), moment
    if isinstance(value, date):
        return value, None
    return None


@lru_cache  # the names of months are looked up in a catalogue of words
def _day(day: date) -> str:
    number = f"1er{NBSP}" if day.day == 1 else f"{day.day}{NBSP}"
    return f"{number}{MONTHS[day.month]} {day.year}"


def _clock(moment: datetime) -> str:
    minutes = f"{NBSP}{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour}{NBSP}h{minutes}"


@register.filter
def clock(value: object) -> str:
    local = _local(value)
    return _clock(local[1]) if local and local[1] else ""


@register.filter
def long_date(value: object) -> str:
    local = _local(value)
    return f"{WEEKDAYS[local[0].weekday()]} {_day(local[0])}" if local else ""


@register.filter
def near_date(value: object) -> str:
    """The day in one word when it is near (with the hour when there is one), else in full without the hour."""
    local = _local(value)
    if local is None:
        return ""
    day, moment = local
    word = _NEAR.get((day - timezone.localdate()).days)
    if word is None:
        return _day(day)
    return f"{word} à {_clock(moment)}" if moment else word


@register.filter
def on_date(value: object) -> str:
    """As `near_date`, after a verb: « remplacée le 12 mars 2026 », « remplacée hier à 9 h »."""
    said = near_date(value)
    return f"le {said}" if said[:1].isdigit() else said


@register.filter
def near_moment(value: object) -> str:
    """As `near_date`, but the weekday and the hour are always said: for what one has to attend."""
    local = _local(value)
    if local is None:
        return ""
    day, moment = local
    word = _NEAR.get((day - timezone.localdate()).days, long_date(day))
    return f"{word} à {_clock(moment)}" if moment else word


@register.filter
def file_size(value: object) -> str:
    """A size in bytes, in the unit (of 1 024) that one would say aloud."""
    if not isinstance(value, int) or value < 0:
        return ""
    if value < 1024:
        return f"{value}{NBSP}{'octet' if value < 2 else 'octets'}"
    size = float(value)
    for unit in ("ko", "Mo", "Go", "To"):
        size /= 1024
        if size < 999.5 or unit == "To":
            break
    shown = f"{size:.1f}" if size < 9.95 and unit != "ko" else f"{size:.0f}"
    return f"{shown.removesuffix('.0').replace('.', ',')}{NBSP}{unit}"


@register.filter
def counted(value: object, forms: str) -> str:
    """The number and its noun; zero is singular in French. `forms` is « singulier,pluriel »."""
    singular, _, plural = forms.partition(",")
    number = int(value) if isinstance(value, int | float | str) and str(value) else 0
    noun = plural if abs(number) >= 2 and plural else singular
    return f"{number:,}".replace(",", NBSP) + f"{NBSP}{noun}"


_INPUT_CLASSES = {
    "select": "fr-select",
    "selectmultiple": "fr-select",
    "checkbox": "",
    "file": "fr-upload",
    "clearablefile": "fr-upload",
}


@register.filter
def dsfr_widget(field: BoundField) -> SafeString:
    """The field's widget with the DSFR's class for it, whatever class the form gave it already."""
    wanted = _INPUT_CLASSES.get(field.widget_type, "fr-input")
    present = field.field.widget.attrs.get("class", "").split()
    classes = " ".join(present if not wanted or wanted in present else [wanted, *present])
    return field.as_widget(attrs={"class": classes} if classes else None)


@register.filter
def dsfr_kind(field: BoundField) -> str:
    """How the field is laid out: « radio », « checkboxes », or Django's own `widget_type`. Asked of the widget rather than
    of its class's name, so that a widget derived from a known one is laid out like it."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    return "radio" if isinstance(widget, forms.RadioSelect) else field.widget_type


@register.filter
def bare_input(choice: BoundWidget) -> SafeString:
    """The input of one choice without a label of its own: django-dsfr's option templates add one, and ours is elsewhere."""
    return choice.parent_widget._render("django/forms/widgets/input.html", {"widget": choice.data}, choice.renderer)
