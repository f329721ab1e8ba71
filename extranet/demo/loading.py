"""Putting the demo network in place, through the rooms' own actions, then giving each thing its date.

What is written in one transaction is written whole: a load that fails half-way leaves nothing behind."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone
from wagtail.models import Page

from accounts.models import User
from directory.models import Network, Site, Structure, Territory
from documents.actions import publish_document, set_text
from documents.enums import DocumentKind
from documents.models import Document, Folder
from extranet.demo import calling, editorial, library, panel, papers_life, people, places, raising, readings, sittings
from extranet.demo.dates import at, in_days, in_words
from extranet.demo.library import Deposit, Place
from extranet.demo.schedule import Convened, meetings_of
from meetings.actions import schedule_meeting
from meetings.actions.deposited import attach_minutes
from meetings.models import Meeting
from notifications.actions import subject_of
from notifications.models import Event, ReadMarker
from pages.actions import publish_announcement, unpublish_announcement
from pages.models import AnnouncementPage, ContentPage, SpacePage
from search.models import Entry
from spaces import policy
from spaces.actions import Invitee, grant_animation, grant_membership, invite
from spaces.enums import Role
from spaces.models import AccessRequest, Membership, Space

LAST_VISIT_DAYS = 8
"""Everybody was here a week ago: what is newer is new for them."""
REGIONAL = ("commun", "cotec", "ressources")


def is_loaded() -> bool:
    return User.objects.filter(email=people.address(people.ANIMATION[0])).exists()


@transaction.atomic
def load(tell: Callable[[str], None]) -> None:
    """Load everything; `tell` is given a French line as each part is done. The region must have been set up."""
    territories = list(Territory.objects.filter(slug__in=places.TOWNS).select_related("coordinator_network"))
    structures = _load_directory(territories)
    tell(f"Annuaire : {Structure.objects.count()} structures, {Site.objects.count()} lieux d’accueil")
    users = _load_accounts(territories)
    _load_mandates(users, territories, structures)
    tell(f"Comptes : {len(users)}, avec leurs mandats")
    spaces = Space.objects.in_bulk(field_name="slug")
    all_places = {one.slug: _place(rank, one) for rank, one in enumerate(territories)}
    count = _load_documents(users, spaces, all_places)
    tell(f"Documents : {count}, en PDF, ODT, DOCX, XLSX et PNG")
    added = papers_life.load(users, spaces, _date_event)
    tell(f"Vie des documents : {added} nouvelles versions, une réservation, la corbeille, un partage et un lien")
    _load_pages(users, spaces, all_places)
    tell("Annonces et pages")
    calling.seat_members()
    convened = [one for slug in spaces for one in meetings_of(slug, all_places.get(slug))]
    for one in convened:
        _convene(one, users, spaces)
    tell(f"Réunions : {len(convened)}, passées et à venir")
    count = _sit(users, spaces, all_places)
    tell(f"Comptes rendus : {count}, approuvés, diffusés ou en préparation, avec leurs décisions et leurs actions")
    tell(f"Comptes rendus déposés en fichier\u00a0: {_attach_papers()}, rattachés à leur réunion")
    tell(f"Remontées aux instances régionales\u00a0: {raising.load(users, _date_event)}, une dans chaque état")
    tell(f"Groupe d’usagers de Lille\u00a0: {panel.load(users['coordination.lille'], spaces['lille'])} observations")
    number = calling.choose_date(spaces["lille"], users["coordination.lille"])
    tell(f"Une date à choisir à Lille\u00a0: {number} réponses")
    asked = readings.load(users["animation"], users["coordination.lille"], spaces)
    tell(f"Lectures demandées : {asked}, faites en partie")
    _load_waiting(users, spaces)
    tell("Une invitation et deux demandes d’accès en attente")
    Event.objects.update(told_at=timezone.now())  # what is loaded has been known for weeks: no mail about it


# --- Directory ------------------------------------------------------------------------------------------------------


def _structure_name(network: str, territory: Territory) -> str:
    return f"{places.STRUCTURE[network]} – {territory.name}"


def _load_directory(territories: list[Territory]) -> dict[str, Structure]:
    """Structures by name; the sites' counts are those of `places`."""
    networks = Network.objects.in_bulk(field_name="slug")
    made = [
        Structure(name=name, network=networks[network] if network else None)
        for name, network in places.REGIONAL_STRUCTURES.items()
    ]
    for rank, territory in enumerate(territories):
        made += [
            Structure(name=_structure_name(slug, territory), network=networks[slug], territory=territory)
            for slug, counts in places.EXISTING.items()
            if counts[rank]
        ]
    Structure.objects.bulk_create(made)
    structures = {structure.name: structure for structure in made}
    Site.objects.bulk_create(
        Site(
            structure=structures[_structure_name(slug, territory)],
            network=networks[slug],
            territory=territory,
            name=f"{places.SITE[slug]} – {town}",
            town=town,
            is_labelled=number < places.LABELLED[slug][rank],
        )
        for rank, territory in enumerate(territories)
        for slug, counts in places.EXISTING.items()
        for number, town in enumerate(places.TOWNS[territory.slug][: counts[rank]])
    )
    return structures


# --- People ---------------------------------------------------------------------------------------------------------


def _load_accounts(territories: list[Territory]) -> dict[str, User]:
    """Accounts by the beginning of their address. The password is hashed once: argon2 is slow on purpose."""
    named = dict([_named(*people.ANIMATION), _named(*people.STATE), _named(*people.REGION), _named(*people.PARTNER)])
    for rank, territory in enumerate(territories):
        named[f"coordination.{territory.slug}"] = people.COORDINATORS[rank]
        named[f"membre1.{territory.slug}"] = people.MEMBERS[2 * rank]
        named[f"membre2.{territory.slug}"] = people.MEMBERS[2 * rank + 1]
    named |= {f"reseau.{network}": name for network, name in people.NETWORK_HEADS.items()}
    password = make_password(people.PASSWORD)
    seen = timezone.now() - timedelta(days=LAST_VISIT_DAYS)
    users = User.objects.bulk_create(
        User(
            email=people.address(key),
            first_name=first,
            last_name=last,
            password=password,
            created_at=at(in_days(-360), 9),
            last_seen_at=seen,
            previous_visit_at=seen,
        )
        for key, (first, last) in named.items()
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    ReadMarker.objects.bulk_create(ReadMarker(user=user, seen_at=seen) for user in users)
    return dict(zip(named, users, strict=True))


def _named(key: str, first: str, last: str) -> tuple[str, tuple[str, str]]:
    return key, (first, last)


def _load_mandates(users: dict[str, User], territories: list[Territory], structures: dict[str, Structure]) -> None:
    spaces = Space.objects.in_bulk(field_name="slug")
    since = in_days(-350)
    grant_animation(
        user=users["animation"],
        by=None,
        function="animation régionale",
        structure=structures["C2RP"],
        starts_on=since,
    )

    def grant(key: str, space: str, role: Role, function: str, structure: str, *, ends_on: date | None = None) -> None:
        grant_membership(
            user=users[key],
            space=spaces[space],
            role=role,
            by=None,
            function=function,
            structure=structures[structure],
            starts_on=since,
            ends_on=ends_on,
        )

    for rank, territory in enumerate(territories):
        slug, own = territory.slug, territory.coordinator_network.slug
        grant(f"coordination.{slug}", slug, Role.MANAGER, "coordination du territoire", _structure_name(own, territory))
        first, second = people.represented(rank, own)
        if not places.EXISTING[first][rank]:
            first = "mission-locale"
        if not places.EXISTING[second][rank]:
            second = "pole-emploi"
        grant(f"membre1.{slug}", slug, Role.CONTRIBUTOR, people.REFERENT[first], _structure_name(first, territory))
        ends_on = in_days(365 * 2) if rank % 4 == 1 else None
        if slug == people.ENDING_SOON:
            ends_on = timezone.localdate() + timedelta(days=10)
        grant(
            f"membre2.{slug}",
            slug,
            Role.READER,
            people.REFERENT[second],
            _structure_name(second, territory),
            ends_on=ends_on,
        )
    state, region = "État, Direccte Nord – Pas-de-Calais", "Conseil régional Nord – Pas-de-Calais"
    for slug in (*people.STATE_TERRITORIES, "cotec"):
        grant("etat", slug, Role.READER, "chargé de mission État", state)
    for slug in (*people.REGION_TERRITORIES, "cotec"):
        grant("region", slug, Role.READER, "chargé de mission Région", region)
    heads = [name for name, network in places.REGIONAL_STRUCTURES.items() if network]
    for network, structure in zip(people.NETWORK_HEADS, heads, strict=True):
        grant(f"reseau.{network}", "commun", Role.READER, "tête de réseau", structure)
        grant(f"reseau.{network}", "cotec", Role.READER, "tête de réseau", structure)
        grant(
            f"reseau.{network}", "ressources", Role.CONTRIBUTOR, "tête de réseau", structure, ends_on=in_days(365 * 3)
        )
    partner = "Cap emploi, tête de réseau régionale"
    grant("partenaire", "commun", Role.READER, "partenaire associé", partner, ends_on=in_days(365))
    over = timezone.localdate() - timedelta(days=20)
    Membership.objects.filter(user=users[f"membre2.{people.ENDED}"]).update(ends_on=over, ended_at=at(over, 23, 59))
    for user in users.values():
        policy.project(user)


def _load_waiting(users: dict[str, User], spaces: dict[str, Space]) -> None:
    email, first, last = people.INVITED
    invite(
        by=users["coordination.lille"],
        people=[Invitee(email, first, last)],
        spaces=[spaces["lille"]],
        role=Role.CONTRIBUTOR,
        function="référente mission locale",
        structure=Structure.objects.get(name="Mission locale – Lille"),
    )
    for number, one in enumerate(people.ACCESS_REQUESTS):
        asked = AccessRequest.objects.create(
            email=one.email,
            first_name=one.first_name,
            last_name=one.last_name,
            structure_name=one.structure,
            function=one.function,
            territory=spaces[one.territory].territory if one.territory else None,
            message=one.message,
        )
        AccessRequest.objects.filter(pk=asked.pk).update(created_at=at(in_days(-4 - number), 11, 12))


# --- What the spaces hold -------------------------------------------------------------------------------------------


def _place(rank: int, territory: Territory) -> Place:
    own = [slug for slug, counts in places.EXISTING.items() if counts[rank]]
    return Place(
        rank=rank,
        slug=territory.slug,
        name=territory.name,
        coordinator_network=territory.coordinator_network.slug,
        structures=tuple(_structure_name(slug, territory) for slug in own),
    )


def _load_documents(users: dict[str, User], spaces: dict[str, Space], all_places: dict[str, Place]) -> int:
    deposits: list[tuple[str, Deposit]] = [("commun", one) for one in library.of_common_space(all_places)]
    deposits += [("cotec", one) for one in library.of_cotec()]
    deposits += [("ressources", one) for one in library.of_resources()]
    for slug, place in all_places.items():
        deposits += [(slug, one) for one in library.of_territory(place)]
    folders = {(folder.space_id, folder.slug): folder for folder in Folder.objects.filter(space__in=spaces.values())}
    for slug, one in sorted(deposits, key=lambda pair: pair[1].when):
        folder = folders[spaces[slug].pk, one.folder]
        folder.space = spaces[slug]
        document = publish_document(
            folder=folder,
            file=ContentFile(one.made.content, name=one.made.name),
            by=users[one.by],
            title=one.title,
            description=one.description,
            published_at=one.when,
        )
        set_text(document, one.made.text)
        type(document).objects.filter(pk=document.pk).update(created_at=one.when)
        _date_event(document, one.when)
    return len(deposits)


def _date_event(about: models.Model, when: datetime) -> None:
    Event.objects.filter(subject=subject_of(about)).update(created_at=when)


def _load_pages(users: dict[str, User], spaces: dict[str, Space], all_places: dict[str, Place]) -> None:
    animation = users["animation"]
    _announce(animation, spaces["commun"], editorial.COMMON)
    _announce(animation, spaces["cotec"], editorial.COTEC)
    _announce(animation, spaces["ressources"], editorial.RESOURCES)
    _write(animation, spaces["commun"], editorial.COMMON_PAGES)
    _write(animation, spaces["cotec"], editorial.COTEC_PAGES)
    _write(animation, spaces["ressources"], editorial.RESOURCES_PAGES)
    for slug, place in all_places.items():
        by = users[f"coordination.{slug}"]
        _announce(by, spaces[slug], editorial.TERRITORY[place.rank % len(editorial.TERRITORY)])
        _write(by, spaces[slug], [editorial.territory_page(place.name)])
    for page in SpacePage.objects.filter(space__in=spaces.values()):
        _date_page(page, at(in_days(-350), 9))


def _announce(by: User, space: Space, notices: Iterable[editorial.Notice]) -> None:
    for one in notices:
        page = publish_announcement(
            space=space,
            by=by,
            title=one.title,
            body_html=one.html,
            is_pinned=one.is_pinned,
            go_live_at=at(in_days(one.goes_live_in), 8, 30) if one.goes_live_in else None,
            expire_at=at(in_days(one.expires_in), 18) if one.expires_in else None,
        )
        if one.is_draft:
            unpublish_announcement(announcement=page, by=by)
        elif not one.goes_live_in:
            _date_page(page, at(in_days(one.days), 9, 15))
        if one.is_expired:
            AnnouncementPage.objects.filter(pk=page.pk).update(expire_at=at(in_days(-10), 18))
            page.refresh_from_db()
            page.unpublish(set_expired=True, log_action=False)


def _write(by: User, space: Space, texts: Iterable[editorial.Text]) -> None:
    home = SpacePage.objects.get(space=space)
    for one in texts:
        page = ContentPage(
            title=one.title, introduction=one.introduction, body=[("paragraph", one.html)], owner=by, live=False
        )
        home.add_child(instance=page)
        page.save_revision(user=by).publish(user=by, skip_permission_checks=True)
        page.refresh_from_db()
        _date_page(page, at(in_days(-200 - len(one.title) % 60), 14))


def _date_page(page: Page, when: datetime) -> None:
    Page.objects.filter(pk=page.pk).update(
        first_published_at=when, last_published_at=when, latest_revision_created_at=when
    )
    page.revisions.update(created_at=when)
    _date_event(page, when)
    Entry.objects.filter(url=getattr(page, "address", ""), object_id=str(page.pk)).update(happened_at=when)


def _sit(users: dict[str, User], spaces: dict[str, Space], all_places: dict[str, Place]) -> int:
    """Each body's past meetings in turn, so that what one leaves is on the next."""
    count = 0
    for slug in sittings.TAKEN:
        by = users[f"coordination.{slug}" if slug in all_places else "animation"]
        held = Meeting.objects.filter(space=spaces[slug], ends_at__lt=timezone.now()).exclude(body__kind="user_panel")
        for step, meeting in enumerate(held.select_related("space", "body").order_by("starts_at")):
            if how := sittings.how_far(slug, step):
                sittings.sit(
                    meeting, step=step, rank=all_places[slug].rank if slug in all_places else 0, how=how, by=by
                )
                count += 1
    return count


def _attach_papers() -> int:
    """The minutes that are papers belong to the meeting of the day that they name."""
    past = Meeting.objects.filter(ends_at__lt=timezone.now(), minutes=None).select_related("space", "created_by")
    count = 0
    for meeting in past.order_by("starts_at", "pk"):
        day = in_words(timezone.localtime(meeting.starts_at).date())
        papers = Document.objects.filter(space=meeting.space, kind=DocumentKind.MINUTES, title__endswith=day)
        if (found := papers.filter(minutes_of=None).order_by("pk").first()) and meeting.created_by:
            attach_minutes(meeting=meeting, document=found.uuid, by=meeting.created_by)
            count += 1
    return count


def _convene(one: Convened, users: dict[str, User], spaces: dict[str, Space]) -> None:
    starts_at = at(one.day, one.hour, one.minute)
    meeting = schedule_meeting(
        space=spaces[one.space],
        by=users[one.by],
        title=one.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=one.minutes),
        place=one.place,
        link=one.link,
        description=one.description,
        body=calling.body_of(spaces[one.space], one.title),
    )
    calling.call(meeting, by=users[one.by])
    announced = min(starts_at - timedelta(days=21, hours=1), timezone.now() - timedelta(days=1 + one.day.day % 12))
    Meeting.objects.filter(pk=meeting.pk).update(created_at=announced, updated_at=announced)
    _date_event(meeting, announced)
