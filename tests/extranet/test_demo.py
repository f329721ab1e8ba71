"""The demo network: the accounts, the figures and the liveliness that the rest of the project counts on."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Invitation, User
from directory.queries import labelled_table
from documents.enums import TextState
from documents.models import Document
from extranet.demo import files, people, regional
from extranet.demo.dates import in_days
from meetings.enums import BodyKind
from meetings.models import Action, Meeting, Minutes
from pages.models import AnnouncementPage
from panels.models import Identity, Observation
from panels.queries import composition
from region.queries import territories_overview
from spaces import policy
from spaces.enums import Role
from spaces.models import AccessRequest, Membership, Space

pytestmark = [pytest.mark.django_db, pytest.mark.markup]  # the demo has the embedded mode alone


def test_refused_outside_the_demo_mode(settings):
    settings.DEMO_MODE = False
    with pytest.raises(CommandError, match="mode embarqué"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_region_comes_first(settings):
    settings.DEMO_MODE = True
    with pytest.raises(CommandError, match="setup_region"):
        call_command("load_demo")


def test_the_demo_network(settings, capsys):
    settings.DEMO_MODE = True
    call_command("setup_region")
    call_command("load_demo")
    assert "216, en PDF" in capsys.readouterr().out
    slugs = set(Space.objects.filter(kind="territory").values_list("slug", flat=True))
    expected = {"animation@", "etat@", "region@", "partenaire@", "nouvelle.referente@"}
    expected |= {f"{who}.{slug}@" for who in ("coordination", "membre1", "membre2") for slug in slugs}
    expected |= {f"reseau.{slug}@" for slug in people.NETWORK_HEADS}
    assert {user.email for user in User.objects.all()} == {f"{start}demo.example" for start in expected}
    coordinator = User.objects.get(email="coordination.lille@demo.example")
    assert coordinator.check_password(people.PASSWORD)
    assert coordinator.emailaddress_set.get().verified
    lille = Space.objects.get(slug="lille")
    assert policy.reader_of(coordinator).managed_ids == {lille.pk}
    partner = User.objects.get(email="partenaire@demo.example")
    assert set(policy.reader_of(partner).roles.values()) == {Role.READER}
    assert [space.slug for space in Space.objects.visible_to(partner)] == ["commun"]

    table = labelled_table()
    assert {row.slug: (row.labelled, row.existing) for row in table.rows} == {
        "cio": (25, 25), "eif": (17, 17), "fongecif": (4, 4), "mission-locale": (124, 170), "pij": (53, 83),
        "pole-emploi": (18, 66), "universite": (19, 19),
    }  # fmt: skip
    assert (table.labelled, table.existing) == (260, 384)

    for space in Space.objects.all():
        documents = Document.objects.filter(space=space)
        assert documents.count() >= 6, space
        assert len(set(documents.values_list("extension", flat=True))) >= 3, space
        assert AnnouncementPage.objects.filter(space=space, live=True).exists(), space
        assert Meeting.objects.filter(space=space).past().exists(), space
    assert set(Document.objects.filter(current_number__gt=1).values_list("space__slug", "current_number")) == {
        ("commun", 2), ("commun", 4), ("lille", 2), ("lille", 3), ("douai", 2), ("roubaix-tourcoing", 2),
    }  # fmt: skip
    of_lille = Minutes.objects.filter(meeting__space=lille).order_by("meeting__starts_at")
    assert [minutes.state for minutes in of_lille] == ["approved", "approved", "circulated"]
    assert of_lille[2].is_open_to_amendments
    assert of_lille[2].amendments.filter(state="proposed").count() == 1
    assert Minutes.objects.filter(state="draft", meeting__state="held").count() == 2
    actions = Action.objects.visible_to(coordinator)
    assert (actions.late().exists(), actions.filter(status="done").exists()) == (True, True)
    following = Meeting.objects.filter(space=lille, body__kind="ctt").upcoming().first()
    assert following.items.first().approves.get() == of_lille[2]
    assert following.items.filter(carried_from__isnull=False).exists()
    reader = User.objects.get(email="membre2.lille@demo.example")
    restricted = lille.folders.exclude(boundary=None).get()
    assert [Document.objects.visible_to(one).filter(folder=restricted).count() for one in (coordinator, reader)] == [
        2,
        0,
    ]
    neighbour = User.objects.get(email="membre2.roubaix-tourcoing@demo.example")
    assert Document.objects.visible_to(neighbour).get(space=lille).folder.slug == "tableau-de-bord"
    assert Document.objects.in_trash_of(coordinator).count() == 1
    assert not Document.objects.exclude(text_state=TextState.DONE).exists()
    assert not Document.objects.filter(text="").exists()
    for document in Document.objects.prefetch_related(
        "versions"
    ):  # nothing was deposited on the day of the demo itself
        dates = [version.created_at for version in reversed(document.versions.all())]
        assert (dates, dates[-1]) == (sorted(dates), document.published_at), document
        assert dates[-1] < timezone.now() - timedelta(hours=2), document
    assert not Document.objects.filter(published_at__gt=timezone.now()).exists()
    assert not lille.events.filter(created_at__gt=timezone.now()).exists()
    panel = lille.bodies.get(kind=BodyKind.USER_PANEL)
    seats = [(line.seats, line.holders) for line in composition(panel)]
    assert (len(seats), [sum(column) for column in zip(*seats, strict=True)]) == (7, [14, 11])
    assert Observation.objects.visible_to(reader).count() == 5
    assert Identity.objects.visible_to(coordinator).count() == 14
    assert not Identity.objects.visible_to(User.objects.get(email="animation@demo.example")).exists()
    overview = territories_overview(User.objects.get(email="animation@demo.example"))
    assert {line.slug for line in overview if line.minutes_are_late} == {"berck-montreuil", "maubeuge"}
    assert {line.slug for line in overview if not line.next_meeting_at} == {"berck-montreuil"}
    assert all(line.has_manager for line in overview)

    today = timezone.localdate()
    ending = Membership.objects.get(user__email="membre2.saint-omer@demo.example")
    assert (ending.is_in_force, (ending.ends_on - today).days) == (True, 10)
    assert not Membership.objects.get(user__email="membre2.cambrai@demo.example").is_in_force
    assert Invitation.objects.get().is_usable
    assert AccessRequest.objects.filter(state="pending").count() == 2

    before = (User.objects.count(), Document.objects.count(), len(mail.outbox))
    call_command("load_demo")
    assert (User.objects.count(), Document.objects.count(), len(mail.outbox)) == before


def test_the_same_words_give_the_same_bytes():
    for make in (files.odt, files.docx):
        letter = files.Letter(regional.WELCOME)
        first = make("x", letter)
        files._pandoc.cache_clear()
        assert make("x", letter) == first
    assert files.pdf("x", regional.GUIDE) == files.pdf("x", regional.GUIDE)
    assert files.xlsx("x", {"A": [["a", 1]]}) == files.xlsx("x", {"A": [["a", 1]]})


def test_marks_are_replaced_and_escaped():
    paper = files.Paper("Titre", [files.paragraph("Bonjour {{name}}.")])
    made = files.odt("x", files.Letter(paper, {"name": "A & <B>"}))
    assert made.text == "Titre\nBonjour A & <B>."
    assert any(b"A &amp; &lt;B&gt;" in content for _, content in files._parts(made.content))


@pytest.mark.parametrize("days", [-400, -30, -1, 0, 1, 30, 400])
def test_days_are_worked_and_never_cross_today(days):
    day = in_days(days)
    assert day.weekday() < 5
    assert (day <= timezone.localdate()) == (days <= 0)
