"""A small whole world: two territories alike and the common space, everything that a space can hold, one person of each
kind. `WORD` is in every object of Lille, and nowhere else: whoever reads it has read something of Lille."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from acknowledgements.actions import ask_acknowledgement
from acknowledgements.models import AcknowledgementRequest
from directory.models import Network, Site, Structure, Territory
from documents.actions import add_folder, publish_document, set_text
from documents.models import Document, Folder
from meetings.actions import (
    Person,
    add_body,
    add_body_guest,
    add_invitees,
    add_item,
    desk,
    minutes,
    papers,
    prepare_meeting,
    propose_dates,
    propose_item,
    schedule_meeting,
)
from meetings.actions.escalations import escalate
from meetings.enums import BodyKind
from meetings.models import Action, AgendaItem, Body, BodyMember, Escalation, Meeting
from meetings.models import Invitee as Guest
from pages.actions import add_space_pages, publish_announcement
from pages.models import AnnouncementPage, ContentPage
from panels.actions import SeatFacts, add_observation, compose_panel, decide_action, fill_seat, publish_return
from panels.enums import Consent, Part
from panels.models import Observation, Tenure, Theme
from spaces import policy
from spaces.actions import ask_for_access, invite, open_space
from spaces.actions.invitations import Invitee
from spaces.enums import Role, SpaceKind, Visibility
from spaces.models import AccessRequest, AnimationMandate, Membership, Space
from tests import factories

WORD = "xylophage"
NAME = "wyvernois"
"""The name of a member of Lille's user panel: read by its facilitator, and by nobody else."""


@dataclass
class Room:
    """A space and what it holds."""

    space: Space
    territory: Territory | None
    folder: Folder
    document: Document
    announcement: AnnouncementPage
    page: ContentPage
    meeting: Meeting
    asked: AcknowledgementRequest
    body: Body
    item: AgendaItem
    invitee: Guest
    held: Meeting
    action: Action
    polled: Meeting
    seat: BodyMember
    raised: Escalation | None = None
    tenure: Tenure | None = None
    session: Meeting | None = None
    observation: Observation | None = None
    invited: Membership | None = None
    request: AccessRequest | None = None


@dataclass
class World:
    lille: Room
    douai: Room
    commun: Room
    people: dict[str, User] = field(default_factory=dict)
    structure: Structure | None = None
    site: Site | None = None
    animation_mandate: AnimationMandate | None = None
    closed_account: User | None = None


ROLES = {"reader": Role.READER, "contributor": Role.CONTRIBUTOR, "manager": Role.MANAGER}


def build() -> World:
    """Through the same actions as the screens. Deterministic."""
    animation = factories.make_animation(email="animation@test.example", first_name="Anne", last_name="Mation")
    cio = Network.objects.create(slug="cio", name="CIO", full_name="Centres d’information et d’orientation")
    world = World(
        lille=_room("lille", WORD, animation, cio),
        douai=_room("douai", "ordinaire", animation, cio),
        commun=_room("commun", "partagé", animation, None),
    )
    yesterday = timezone.localdate() - timedelta(days=1)
    last_month = timezone.localdate() - timedelta(days=30)
    for name, role in ROLES.items():
        for room, who in [(world.lille, name), (world.douai, f"{name}_elsewhere")]:
            word = f" {WORD}" if room is world.lille else ""
            world.people[who] = factories.make_member(
                room.space, role, user=factories.make_user(f"{who}@test.example", last_name=f"Nom{word}"), function=f"référent{word}"
            )  # fmt: skip
    world.people["ended"] = factories.make_member(
        world.lille.space, Role.MANAGER, starts_on=last_month, ends_on=yesterday
    )
    world.people["animation"] = animation
    _raise(world, animation)
    for room, who in ((world.lille, "reader"), (world.douai, "reader_elsewhere")):
        _invite(room, animation)
        add_invitees(meeting=room.polled, people=[Person(world.people[who].email)], by=_afresh(animation))
    assert world.lille.territory is not None
    world.structure = Structure.objects.create(name="CIO Centre", network=cio, territory=world.lille.territory)
    world.site = Site.objects.create(
        name="CIO Centre", structure=world.structure, network=cio, territory=world.lille.territory, town="Lille"
    )
    _panel(world.lille, world.people["manager"], WORD, NAME, world.structure)
    _panel(world.douai, world.people["manager_elsewhere"], "ordinaire", "vraisemblable", world.structure)
    second = factories.make_animation()
    world.animation_mandate = AnimationMandate.objects.get(user=second)
    world.closed_account = factories.make_user(is_active=False)
    return world


def _room(slug: str, word: str, by: User, network: Network | None) -> Room:
    territory = network and Territory.objects.create(slug=slug, name=slug.capitalize(), coordinator_network=network)
    space = open_space(
        slug=slug,
        name=slug.capitalize(),
        kind=SpaceKind.TERRITORY if territory else SpaceKind.COMMON,
        visibility=Visibility.MEMBERS if territory else Visibility.REGISTERED,
        description=f"Espace {word}",
        territory=territory,
    )
    home = add_space_pages(space=space, body=f"<p>Bienvenue {word}</p>")
    by = _afresh(by)
    folder = add_folder(space=space, slug="comptes-rendus", name=f"Comptes rendus {word}", description=f"Rangés {word}")
    document = publish_document(
        folder=folder,
        file=ContentFile(f"Relevé de décisions {word}".encode(), name=f"releve-{word}.txt"),
        by=by,
        title=f"Relevé {word}",
        description=f"Description {word}",
    )
    set_text(document, f"Texte du fichier {word} convention")
    announcement = publish_announcement(
        space=space, by=by, title=f"Annonce {word}", body_html=f"<p>Corps {word}</p>", is_pinned=True
    )
    page = ContentPage(title=f"Page {word}", slug="repere", introduction=f"Introduction {word}")
    home.add_child(instance=page)
    page.save_revision(user=by).publish(user=by)
    tomorrow = factories.by_day(timezone.now() + timedelta(days=1))
    instance = add_body(
        space=space, slug="ctt", name=f"Comité {word}", kind=BodyKind.CTT, rrule="FREQ=MONTHLY;BYDAY=2TH"
    )
    meeting = schedule_meeting(
        space=space,
        body=instance,
        by=by,
        title=f"Réunion {word}",
        starts_at=tomorrow,
        ends_at=tomorrow + timedelta(hours=2),
        place=f"Salle {word}",
        description=f"Ordre du jour {word}",
    )
    asked = ask_acknowledgement(kind="annonce", object_id=announcement.pk, space=space, by=by, deadline=None)
    item = add_item(meeting=meeting, by=by, title=f"Point {word}", presenter=word, documents=[document])
    propose_item(body=instance, by=by, title=f"En attente {word}")
    seat = add_body_guest(body=instance, by=by, name=f"Invitée {word}", email=f"siege-{slug}@ailleurs.example")
    [invitee] = add_invitees(meeting=meeting, people=[Person(f"{slug}@ailleurs.example", f"Convive {word}")], by=by)
    held, action = _held(space, word, by)
    polled = _polled(space, word, by)
    return Room(
        space,
        territory,
        folder,
        document,
        announcement,
        page,
        meeting,
        asked,
        instance,
        item,
        invitee,
        held,
        action,
        polled,
        seat,
    )


def _held(space: Space, word: str, by: User) -> tuple[Meeting, Action]:
    """A past meeting whose minutes have been circulated."""
    starts_at = factories.by_day(timezone.now() - timedelta(days=2))
    held = schedule_meeting(
        space=space, by=by, title=f"Séance {word}", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2)
    )
    item = desk.add_item(meeting=held, by=by, title=f"Point {word}").uuid
    desk.save_notes(meeting=held, item=item, by=by, html=f"<p>Notes {word}</p>", revision=0)
    desk.take_decision(meeting=held, item=item, by=by, text=f"Décision {word}")
    action = desk.note_action(meeting=held, item=item, by=by, text=f"Action {word}", person_name=f"Qui {word}")
    minutes.circulate_minutes(meeting=held, by=by)
    papers.print_waiting()
    return held, action


def _raise(world: World, by: User) -> None:
    """Each territory has put a question to a committee that none of its people reads."""
    space = open_space(slug="cotec", name="Cotec", kind=SpaceKind.COTEC)
    add_space_pages(space=space, body="<p>Bienvenue</p>")
    upper = add_body(space=space, slug="cotec", name="Comité régional", kind=BodyKind.COTEC)
    for room, word in ((world.lille, WORD), (world.douai, "ordinaire")):
        room.raised = escalate(
            space=room.space,
            body=room.body,
            meeting=room.held,
            to_body=upper,
            by=_afresh(by),
            title=f"Remontée {word}",
            text=f"Question {word}",
        )


def _panel(room: Room, by: User, word: str, name: str, structure: Structure) -> None:
    """A panel with a protected member, one session, an observation that has led to an action, and the return sheet."""
    by = _afresh(by)
    body = add_body(space=room.space, slug="usagers", name=f"Groupe d’usagers {word}", kind=BodyKind.USER_PANEL)
    compose_panel(
        body=body, categories=[("etudiants", f"Étudiants {word}", 2)], themes=[("accueil", f"Accueil {word}")]
    )
    today = timezone.localdate()
    seat = body.categories.get().seats.get(number=1)
    room.tenure = fill_seat(
        seat=seat,
        part=Part.HOLDER,
        by=by,
        facts=SeatFacts(
            name=f"Prune {name}",
            email=f"{name}@usagers.example",
            phone=f"06 {name}",
            structure=structure,
            since=today - timedelta(days=30),
            until=today + timedelta(days=300),
            consent_on=today - timedelta(days=30),
            consent_how=Consent.FORM,
        ),
    )
    starts_at = factories.by_day(timezone.now() - timedelta(days=3))
    room.session = schedule_meeting(
        space=room.space, body=body, by=by, title=f"Usagers {word}", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1)
    )  # fmt: skip
    theme = Theme.objects.get(body=body)
    room.observation = add_observation(meeting=room.session, by=by, theme=theme, text=f"Observé {word}")
    decide_action(
        meeting=room.session, by=by, text=f"Corriger {word}", observations=[room.observation], structure=structure
    )
    publish_return(meeting=room.session, by=by)


def _polled(space: Space, word: str, by: User) -> Meeting:
    """A draft whose date is being chosen."""
    days = [factories.by_day(timezone.now() + timedelta(days=20 + rank)) for rank in range(3)]
    spans = [(start, start + timedelta(hours=2)) for start in days]
    polled = prepare_meeting(space=space, by=by, title=f"Date {word}", starts_at=days[0], ends_at=spans[0][1])
    add_invitees(meeting=polled, people=[Person(f"{space.slug}@ailleurs.example", f"Convive {word}")], by=by)
    propose_dates(meeting=polled, spans=spans, closes_on=timezone.localdate() + timedelta(days=5), by=by)
    return polled


def _afresh(user: User) -> User:
    """The same person with today's rights, as the next request would see them."""
    policy.project(user)
    return User.objects.get(pk=user.pk)


def _invite(room: Room, by: User) -> None:
    slug = room.space.slug
    word = WORD if slug == "lille" else "ordinaire"
    by = _afresh(by)
    person: dict[str, Any] = {
        "email": f"invite.{slug}@test.example",
        "first_name": "Inès",
        "last_name": f"Vitée {word}",
    }
    invite(by=by, people=[Invitee(**person)], spaces=[room.space], role=Role.READER, function=f"invitée {word}")
    room.invited = Membership.objects.get(user__email=person["email"], space=room.space)
    room.request = ask_for_access(
        email=f"demande.{slug}@test.example",
        first_name="Dominique",
        last_name=f"Mandeur {word}",
        structure_name=f"Structure {word}",
        territory=room.territory,
        message=f"Motif {word}",
    )
