"""Roles, kinds and abilities: the words in which rights are asked."""

from enum import StrEnum

from django.db import models


class Role(models.IntegerChoices):
    """Ordered: a higher role may do all that a lower one may."""

    READER = 10, "Lecteur"
    CONTRIBUTOR = 20, "Contributeur"
    MANAGER = 30, "Animateur d’espace"


class SpaceKind(models.TextChoices):
    COMMON = "common", "Espace commun"
    TERRITORY = "territory", "Territoire"
    COTEC = "cotec", "COTEC régional"
    RESOURCES = "resources", "Groupe Projet Ressources"


class Visibility(models.TextChoices):
    MEMBERS = "members", "Ses membres seulement"
    REGISTERED = "registered", "Toute personne ayant un compte"


class Ability(StrEnum):
    """What somebody may do. Asked of a space, except the last group, asked of the region as a whole."""

    VIEW_SPACE = "view_space"
    VIEW_MEMBERS = "view_members"
    ADD_DOCUMENT = "add_document"
    PROPOSE_ITEM = "propose_item"
    PUBLISH_ANNOUNCEMENT = "publish_announcement"
    CONVENE_MEETING = "convene_meeting"
    EDIT_PAGES = "edit_pages"
    MANAGE_DOCUMENTS = "manage_documents"
    MANAGE_MEMBERS = "manage_members"
    SEE_PANEL_NAMES = "see_panel_names"

    MANAGE_REGION = "manage_region"
    MANAGE_ACCOUNTS = "manage_accounts"


ABILITY_PHRASES: dict[Ability, str] = {
    Ability.VIEW_SPACE: "lire les documents, les réunions et les annonces",
    Ability.VIEW_MEMBERS: "voir qui en est membre",
    Ability.ADD_DOCUMENT: "déposer des documents",
    Ability.PROPOSE_ITEM: "proposer un point à l’ordre du jour",
    Ability.PUBLISH_ANNOUNCEMENT: "publier des annonces",
    Ability.CONVENE_MEETING: "annoncer et convoquer des réunions",
    Ability.EDIT_PAGES: "modifier les pages de l’espace",
    Ability.MANAGE_DOCUMENTS: "ranger et retirer les documents",
    Ability.MANAGE_MEMBERS: "inviter des personnes et gérer les mandats",
    Ability.SEE_PANEL_NAMES: "tenir le groupe d’usagers, noms et coordonnées compris",
    Ability.MANAGE_REGION: "ajouter un territoire et désigner l’animation régionale",
    Ability.MANAGE_ACCOUNTS: "désactiver et rouvrir des comptes",
}
"""What each ability lets one do, in the words of « Ce que je peux voir »."""
