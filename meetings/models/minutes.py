"""What was said, decided and promised: notes on each item, decisions, actions; and the minutes, from draft to frozen."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils import timezone

from directory.models import Structure
from documents.models import Document
from meetings.enums import ActionStatus, AmendmentState, Approval, MinutesState
from meetings.models.agenda import AgendaItem
from meetings.models.meetings import Meeting
from meetings.models.texts import no_control_character
from spaces import policy
from spaces.enums import Ability

if TYPE_CHECKING:
    from accounts.models import User

_PERSON = {"null": True, "blank": True, "on_delete": models.SET_NULL, "related_name": "+"}


def _read(user: "User", told: Q) -> Q:
    """What the minutes of a meeting say is told with them: before they are circulated, to those who write them alone."""
    writers = policy.reader_of(user).space_ids_with(Ability.CONVENE_MEETING)
    visible = Meeting.objects.visible_to(user).order_by().values("pk")
    return Q(meeting__in=visible) & (Q(meeting__space_id__in=writers) | told)


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, user: "User") -> "MinutesQuerySet":
        """Circulated minutes, for whoever reads the meeting; drafts, for those who may convene it."""
        return self.filter(_read(user, Q(state__in=[MinutesState.CIRCULATED, MinutesState.APPROVED])))

    def amended(self) -> "MinutesQuerySet":
        """Circulated minutes that wait for their organiser: `to_settle` amendments without an answer, `to_write` accepted since
        the last circulation. Silence approves neither: nobody has read the text that would follow."""
        return self.filter(state=MinutesState.CIRCULATED)._with_amendments().filter(_AMENDED)

    def unfinished(self) -> "MinutesQuerySet":
        """Those and, with `to_tell` lines, those that silence approves, or has approved, without what was noted since they
        were circulated: an assembly approves it with the rest, silence does not."""
        silent = Q(state=MinutesState.APPROVED) | Q(
            state=MinutesState.CIRCULATED, meeting__body__approval=Approval.TACIT
        )
        found = self.filter(
            Q(state=MinutesState.CIRCULATED)
            | Q(meeting__in=Decision.objects.filter(is_told=False).order_by().values("meeting"))
            | Q(meeting__in=Action.objects.filter(is_told=False).order_by().values("meeting"))
        )
        untold = {"meeting": OuterRef("meeting"), "is_told": False}
        lines = _number(Decision.objects.filter(**untold)) + _number(Action.objects.filter(**untold))
        counted = found._with_amendments().annotate(to_tell=Case(When(silent, then=lines), default=0))
        return counted.filter(_AMENDED | Q(to_tell__gt=0))

    def _with_amendments(self) -> "MinutesQuerySet":
        asked = Amendment.objects.filter(minutes=OuterRef("pk"), minutes__state=MinutesState.CIRCULATED)
        accepted = asked.filter(state=AmendmentState.ACCEPTED, settled_at__gt=F("minutes__circulated_at"))
        return self.annotate(to_settle=_number(asked.filter(state=AmendmentState.PROPOSED)), to_write=_number(accepted))


_AMENDED = Q(to_settle__gt=0) | Q(to_write__gt=0)


def _number(found: models.QuerySet) -> Subquery:
    """Each count stands alone: none multiplies another."""
    return Subquery(found.order_by().annotate(number=Func(F("pk"), function="COUNT")).values("number"))


class Minutes(models.Model):
    """The minutes of one meeting. `content` is what readers get: written at each circulation and at the approval, then never
    again (a database trigger sees to it). The draft is the desk itself."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes", verbose_name="réunion")
    state = models.CharField("état", max_length=10, choices=MinutesState, default=MinutesState.DRAFT)
    content = models.JSONField("contenu", null=True, editable=False)
    sha256 = models.CharField("empreinte", max_length=64, blank=True, editable=False)
    circulated_at = models.DateTimeField("diffusé le", null=True, editable=False)
    circulations = models.PositiveSmallIntegerField("diffusions", default=0, editable=False)
    amend_until = models.DateField("amendements jusqu’au", null=True, blank=True)
    reminded_on = models.DateField("organisateur relancé le", null=True, editable=False)
    approved_at = models.DateTimeField("approuvé le", null=True, editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)
    approval = models.CharField("approbation", max_length=10, choices=Approval, blank=True, editable=False)
    document = models.ForeignKey(Document, null=True, editable=False, on_delete=models.PROTECT, related_name="minutes")
    approval_item = models.ForeignKey(
        AgendaItem, null=True, editable=False, on_delete=models.SET_NULL, related_name="approves"
    )

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = "compte rendu"
        verbose_name_plural = "comptes rendus"
        ordering = ["-meeting__starts_at", "pk"]
        indexes = [models.Index(fields=["state", "amend_until"])]

    def __str__(self) -> str:
        return f"Compte rendu · {self.meeting}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:minutes", args=[self.meeting.uuid])

    @property
    def what_waits(self) -> str:
        """Of minutes that come from `MinutesQuerySet.unfinished`, in a sentence for their organiser."""
        said = []
        if self.to_settle:
            said.append(f"{_counted(self.to_settle, 'amendement attend', 'amendements attendent')} votre réponse.")
        if self.to_write:
            was = _counted(self.to_write, "amendement accepté n’est", "amendements acceptés ne sont")
            said.append(f"{was} pas dans le texte diffusé\u00a0: reportez-le dans les notes, puis diffusez de nouveau.")
        if self.to_tell:
            lines = _counted(self.to_tell, "décision ou action notée", "décisions ou actions notées")
            was = "n’ont été lues" if self.to_tell > 1 else "n’a été lue"
            said.append(f"{lines} depuis la diffusion {was} par personne\u00a0: {self._way_out}")
        return " ".join(said)

    @property
    def where_it_waits(self) -> str:
        anchor = "#amendements" if self.to_settle or self.to_write else "#a-dire"
        return f"{self.get_absolute_url()}{anchor}"

    @property
    def _way_out(self) -> str:
        it = "les" if self.to_tell > 1 else "la"
        if self.is_frozen:
            return f"publiez-{it} par un erratum, ou reportez-{it}."
        return f"diffusez de nouveau avant l’approbation tacite, ou retirez-{it}."

    @property
    def is_frozen(self) -> bool:
        return self.state == MinutesState.APPROVED

    @property
    def is_open_to_amendments(self) -> bool:
        return self.state == MinutesState.CIRCULATED and (
            self.amend_until is None or self.amend_until >= timezone.localdate()
        )


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {many if number > 1 else one}"


class Notes(models.Model):
    """What was said on one item. `revision` counts the savings, so that two secretaries never write over each other."""

    item = models.OneToOneField(AgendaItem, on_delete=models.CASCADE, related_name="notes", verbose_name="point")
    html = models.TextField("notes", blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(auto_now=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, **_PERSON)

    class Meta:
        verbose_name = "notes"
        verbose_name_plural = "notes"

    def __str__(self) -> str:
        return f"Notes · {self.item}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: "User") -> "DecisionQuerySet":
        return self.filter(_read(user, Q(is_told=True)))


class Decision(models.Model):
    """« D-2026-014 »: numbered by body and by year; a number is never given twice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions", verbose_name="réunion")
    item = models.ForeignKey(
        AgendaItem, null=True, on_delete=models.SET_NULL, related_name="decisions", verbose_name="point"
    )
    series = models.CharField(max_length=30, editable=False, help_text="« body:12 », or « space:3 » without a body.")
    year = models.PositiveSmallIntegerField("année", editable=False)
    rank = models.PositiveIntegerField("numéro", editable=False)
    text = models.TextField("décision", max_length=2000)
    # Minutes that were circulated, or approved in session, say it; what was noted at the desk since then is read by who writes there.
    is_told = models.BooleanField("lue dans le compte rendu", default=False, editable=False)
    created_at = models.DateTimeField("prise le", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "décision"
        ordering = ["-year", "-rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["series", "year", "rank"], name="decision_number_once")]
        indexes = [models.Index(fields=["meeting"], name="decision_untold", condition=Q(is_told=False))]

    def __str__(self) -> str:
        return f"{self.number} · {self.text[:60]}"

    @property
    def number(self) -> str:
        return f"D-{self.year}-{self.rank:03}"


class DecisionSeries(models.Model):
    """The last number given in a series in a year, so that a decision taken back leaves its own to nobody."""

    series = models.CharField(max_length=30)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "numérotation des décisions"
        verbose_name_plural = "numérotations des décisions"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="decision_series_once")]

    def __str__(self) -> str:
        return f"{self.series} · {self.year} · {self.last}"


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, user: "User") -> "ActionQuerySet":
        return self.filter(_read(user, Q(is_told=True)))

    def open(self) -> "ActionQuerySet":
        return self.filter(status=ActionStatus.OPEN)

    def late(self) -> "ActionQuerySet":
        return self.open().filter(due_on__lt=timezone.localdate())

    def left_to(self, meeting: Meeting) -> "ActionQuerySet":
        """Open, and told: what earlier meetings of its body left to do."""
        earlier = Q(
            meeting__body__isnull=False, meeting__body=meeting.body_id, meeting__starts_at__lt=meeting.starts_at
        )
        return self.open().filter(earlier, is_told=True)

    def of(self, user: "User") -> "ActionQuerySet":
        return self.filter(person=user)


class Action(models.Model):
    """Something that somebody has said they would do."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions", verbose_name="réunion")
    item = models.ForeignKey(
        AgendaItem, null=True, on_delete=models.SET_NULL, related_name="actions", verbose_name="point"
    )
    text = models.CharField("quoi", max_length=500, validators=[no_control_character])
    person = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="qui", **_PERSON)
    person_name = models.CharField("qui (nom)", max_length=160, blank=True, validators=[no_control_character])
    structure = models.ForeignKey(
        Structure, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name="structure"
    )
    due_on = models.DateField("pour le", null=True, blank=True)
    status = models.CharField("état", max_length=10, choices=ActionStatus, default=ActionStatus.OPEN)
    closed_at = models.DateTimeField("close le", null=True, editable=False)
    reminded_on = models.DateField("relancée le", null=True, editable=False)
    # Decided outside the minutes, after a user panel for instance: read by whoever reads the meeting, whatever they become.
    is_apart = models.BooleanField(default=False, editable=False)
    # As a decision's; what was decided apart is told at once.
    is_told = models.BooleanField("lue dans le compte rendu", default=False, editable=False)
    created_at = models.DateTimeField("notée le", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action"
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        indexes = [
            models.Index(fields=["status", "due_on"]),
            models.Index(fields=["person", "status"]),
            models.Index(fields=["meeting"], name="action_untold", condition=Q(is_told=False)),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("meetings:action", args=[self.uuid])

    @property
    def is_late(self) -> bool:
        return self.status == ActionStatus.OPEN and self.due_on is not None and self.due_on < timezone.localdate()


class ActionUpdate(models.Model):
    """What became of an action: a word, a new state, a proof."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="updates", verbose_name="action")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name="par", **_PERSON)
    at = models.DateTimeField("le", auto_now_add=True)
    status = models.CharField("état", max_length=10, choices=ActionStatus)
    comment = models.TextField("commentaire", max_length=2000, blank=True)
    link = models.URLField("lien", max_length=400, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = "suite donnée"
        verbose_name_plural = "suites données"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.action} · {self.get_status_display()}"


class Amendment(models.Model):
    """What a member asks to change in circulated minutes, and the answer."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    minutes = models.ForeignKey(
        Minutes, on_delete=models.PROTECT, related_name="amendments", verbose_name="compte rendu"
    )
    item = models.ForeignKey(
        AgendaItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="point"
    )
    text = models.TextField("amendement", max_length=4000)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)
    proposed_at = models.DateTimeField("proposé le", auto_now_add=True)
    state = models.CharField("état", max_length=10, choices=AmendmentState, default=AmendmentState.PROPOSED)
    answer = models.CharField("réponse", max_length=500, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)
    settled_at = models.DateTimeField("traité le", null=True, editable=False)

    class Meta:
        verbose_name = "amendement"
        ordering = ["proposed_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]

    def is_to_write(self, minutes: Minutes) -> bool:
        """Accepted since its minutes were last circulated: what is read does not say it yet."""
        is_accepted = self.state == AmendmentState.ACCEPTED and self.settled_at and minutes.circulated_at
        return bool(is_accepted and not minutes.is_frozen and self.settled_at > minutes.circulated_at)  # type: ignore[operator]


class Erratum(models.Model):
    """A correction of approved minutes: added after them, numbered, never a silent change."""

    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="errata", verbose_name="compte rendu")
    number = models.PositiveSmallIntegerField("numéro", editable=False)
    text = models.TextField("correction", max_length=4000)
    created_at = models.DateTimeField("publié le", auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, editable=False, **_PERSON)

    class Meta:
        verbose_name = "erratum"
        verbose_name_plural = "errata"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["minutes", "number"], name="erratum_number_once")]

    def __str__(self) -> str:
        return f"Erratum nº {self.number}"
