"""Kinds, states and answers of this room, with the words that people read."""

from django.db import models


class BodyKind(models.TextChoices):
    CTT = "ctt", "Comité technique territorial"
    COORDINATORS = "coordinators", "Réunion des coordinateurs"
    REGIONAL = "regional", "Rencontre régionale"
    COTEC = "cotec", "COTEC régional"
    GPR = "gpr", "Groupe Projet Ressources"
    USER_PANEL = "user_panel", "Groupe d’usagers"
    OTHER = "other", "Autre instance"


class Approval(models.TextChoices):
    """How a body approves its minutes."""

    EXPRESS = "express", "À la séance suivante"
    TACIT = "tacit", "Tacite, passé le délai d’amendement"


class MeetingState(models.TextChoices):
    """A draft tells nobody. `POSTPONED`: put off, without a new date of its own."""

    DRAFT = "draft", "Brouillon"
    CONVENED = "convened", "Convoquée"
    HELD = "held", "Tenue"
    CIRCULATED = "circulated", "Compte rendu diffusé"
    APPROVED = "approved", "Compte rendu approuvé"
    CANCELLED = "cancelled", "Annulée"
    POSTPONED = "postponed", "Reportée"


class Purpose(models.TextChoices):
    INFORMATION = "information", "Information"
    DISCUSSION = "discussion", "Discussion"
    DECISION = "decision", "Décision"


class ItemState(models.TextChoices):
    OPEN = "open", "À traiter"
    TREATED = "treated", "Traité"
    POSTPONED = "postponed", "Reporté"
    WITHDRAWN = "withdrawn", "Retiré"


class Answer(models.TextChoices):
    """What an invitee says before the meeting."""

    NONE = "none", "Sans réponse"
    PRESENT = "present", "Présent"
    EXCUSED = "excused", "Excusé"
    REPRESENTED = "represented", "Représenté"


class AnsweredVia(models.TextChoices):
    LINK = "link", "par le lien du courriel"
    SITE = "site", "sur le site"
    ORGANISER = "organiser", "notée par l’organisateur"


class Choice(models.TextChoices):
    """What somebody says of one date of a poll."""

    YES = "yes", "Oui"
    MAYBE = "maybe", "Peut-être"
    NO = "no", "Non"


class Attendance(models.TextChoices):
    """What was seen at the meeting."""

    UNKNOWN = "unknown", "Non relevé"
    PRESENT = "present", "Présent"
    EXCUSED = "excused", "Excusé"
    ABSENT = "absent", "Absent"
    REPRESENTED = "represented", "Représenté"


class MinutesState(models.TextChoices):
    DRAFT = "draft", "En préparation"
    CIRCULATED = "circulated", "Provisoire"
    APPROVED = "approved", "Approuvé"


class PaperState(models.TextChoices):
    """`PENDING` is what `documents.models.works.WorkQuerySet` looks for."""

    PENDING = "pending", "Se prépare"
    DONE = "done", "Prêt"
    FAILED = "failed", "N’a pas pu être mis en page"


class AmendmentState(models.TextChoices):
    PROPOSED = "proposed", "Proposé"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"


class ActionStatus(models.TextChoices):
    OPEN = "open", "À faire"
    DONE = "done", "Faite"
    DROPPED = "dropped", "Abandonnée"


UPPER_KINDS = (BodyKind.COORDINATORS, BodyKind.REGIONAL, BodyKind.COTEC)
"""The bodies to which a territory may put a question."""


class EscalationState(models.TextChoices):
    """`ENTERED` is never stored: it is read from the agenda (`Escalation.objects.with_step`)."""

    SENT = "sent", "Transmise"
    ENTERED = "entered", "Inscrite à l’ordre du jour"
    TREATED = "treated", "Traitée"
    RETURNED = "returned", "Renvoyée"
    WITHDRAWN = "withdrawn", "Retirée"
