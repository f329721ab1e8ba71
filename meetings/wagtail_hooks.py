"""The audit log's words for what happens to meetings."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

_WORDS = {
    "action.noted": "Action notée",
    "action.passed": "Action confiée à quelqu’un d’autre",
    "action.updated": "Suite donnée à une action",
    "agenda.added": "Point ajouté à l’ordre du jour",
    "agenda.changed": "Point de l’ordre du jour modifié",
    "agenda.chosen": "Points en attente inscrits à l’ordre du jour",
    "agenda.moved": "Ordre du jour réordonné",
    "agenda.proposed": "Point proposé",
    "agenda.removed": "Point retiré de l’ordre du jour",
    "amendment.accepted": "Amendement accepté",
    "amendment.proposed": "Amendement proposé",
    "amendment.refused": "Amendement refusé",
    "body.reminded": "Animateurs d’une instance relancés",
    "body.changed": "Instance réglée",
    "body.member_added": "Membre ajouté à l’instance",
    "body.member_removed": "Membre retiré de l’instance",
    "decision.removed": "Décision retirée avant diffusion",
    "decision.taken": "Décision notée",
    "escalation.returned": "Remontée renvoyée",
    "escalation.sent": "Remontée à une instance régionale",
    "escalation.treated": "Remontée traitée",
    "escalation.withdrawn": "Remontée retirée",
    "invitees.added": "Invités ajoutés",
    "invitees.answered": "Réponse à une convocation",
    "invitees.removed": "Invité retiré",
    "meeting.cancelled": "Réunion annulée",
    "meeting.changed": "Réunion modifiée",
    "meeting.convened": "Convocations envoyées",
    "meeting.discarded": "Brouillon de réunion abandonné",
    "meeting.restored": "Réunion rétablie",
    "meeting.postponed": "Réunion reportée",
    "meeting.prepared": "Réunion préparée",
    "meeting.reminded": "Invités relancés",
    "meeting.scheduled": "Réunion annoncée",
    "meeting.sent_again": "Convocation envoyée de nouveau",
    "minutes.approved": "Compte rendu approuvé",
    "minutes.attached": "Fichier rattaché comme compte rendu",
    "minutes.circulated": "Compte rendu diffusé",
    "minutes.corrected": "Erratum publié",
    "minutes.detached": "Fichier détaché d’une réunion",
    "minutes.opened": "Secrétariat ouvert",
    "minutes.put_off": "Lignes restées hors du compte rendu reportées",
    "poll.answered": "Réponse à un choix de date",
    "poll.changed": "Dates proposées modifiées",
    "poll.chosen": "Date retenue",
    "poll.opened": "Dates proposées",
    "poll.reminded": "Relance d’un choix de date",
}


@hooks.register("register_log_actions")
def meeting_log_actions(actions: LogActionRegistry) -> None:
    for name, words in _WORDS.items():
        actions.register_action(f"meetings.{name}", words, words)
