"""What people choose, signed in or from the foot of a mail; and what nobody chooses for another."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from wagtail.models import ModelLogEntry

from mail.actions import MAX_ATTEMPTS
from mail.enums import State
from mail.models import OutgoingMail, PausedAddress
from mail.tasks import sweep_mail
from notifications import actions, tokens
from notifications.enums import Category, Timing
from notifications.models import Follow, Preference, Rhythm
from spaces.enums import Role
from spaces.models import Membership
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/compte/notifications/"


def choices(**others: str) -> dict[str, str]:
    return {category.value: Timing.DAILY.value for category in Category} | others


def test_the_page_keeps_what_is_chosen(client, lille):
    member = factories.make_member(lille)
    client.force_login(member)
    assert client.get(PAGE).status_code == 200
    client.post(PAGE, choices(announcements="nothing"))
    assert Preference.objects.get(user=member, category="announcements").timing == Timing.NOTHING
    client.post(f"{PAGE}rythme/", {"hour": "18", "weekday": "4", "away_until": ""})
    page = client.get(PAGE).content.decode()
    assert '<option value="18" selected>' in page


def test_an_absence_is_said_and_a_wrong_year_is_not_taken(client, lille):
    """A date of last year paused nothing, one of the next century everything, without a word."""
    member = factories.make_member(lille)
    client.force_login(member)
    for days, refusal in ((-365, "Cette date est passée"), (36500, "vérifiez l’année")):
        day = (timezone.localdate() + timedelta(days=days)).isoformat()
        page = client.post(f"{PAGE}rythme/", {"hour": "18", "weekday": "4", "away_until": day}).content.decode()
        assert (refusal in page, f'value="{day}"' in page) == (True, True)
    assert not Rhythm.objects.exists()
    away = {"hour": "8", "weekday": "0", "away_until": timezone.localdate().isoformat()}
    page = client.post(f"{PAGE}rythme/", away, follow=True).content.decode()
    assert ("Rien ne part jusqu’au" in page, "Vous êtes absent jusqu’au" in page) == (True, True)
    Rhythm.objects.update(away_until=timezone.localdate() - timedelta(days=1))  # back
    page = client.get(PAGE).content.decode()
    assert ("Vous êtes absent" in page, "away_until" in page, f'value="{away["away_until"][:4]}' in page) == (
        False,
        True,
        False,
    )


def test_an_exception_is_added_shown_and_removed(client, lille, douai):
    member = factories.make_member(lille)
    client.force_login(member)
    form = {"category": "documents", "timing": "now"}
    assert client.post(f"{PAGE}exceptions/", form | {"space": douai.pk}).status_code == 200  # refused: not theirs
    assert not Preference.objects.exists()
    client.post(f"{PAGE}exceptions/", form | {"space": lille.pk})
    assert "Retirer cette exception" in client.get(PAGE).content.decode()
    exception = Preference.objects.get()
    stranger = Client()
    stranger.force_login(factories.make_member(lille))
    assert stranger.post(f"{PAGE}exceptions/{exception.pk}/retirer/").status_code == 404
    client.post(f"{PAGE}exceptions/{exception.pk}/retirer/")
    assert not Preference.objects.exists()


def test_one_follows_only_what_one_reads(client, lille, douai):
    member = factories.make_member(lille)
    client.force_login(member)
    mine, other = factories.make_folder(lille), factories.make_folder(douai)
    for subject in (actions.subject_of(other), "accounts.user:1", "documents.folder:x", "n’importe quoi"):
        assert client.post("/notifications/suivre/", {"subject": subject}).status_code == 404
    assert client.post("/notifications/suivre/", {"subject": actions.subject_of(mine)}).status_code == 302
    assert "Ne plus suivre" in client.get(mine.get_absolute_url()).content.decode()
    assert mine.name in client.get(PAGE).content.decode()
    client.post("/notifications/suivre/", {"subject": actions.subject_of(mine), "stop": "1"})
    assert not Follow.objects.exists()


def link(announce, lille) -> str:
    actions.tell(announce(lille).pk)
    sweep_mail()
    return outbox.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").replace("http://localhost:8000", "")


def test_the_link_of_a_mail_works_without_signing_in_and_does_that_alone(client, lille, announce):
    member = factories.make_member(lille)
    address = link(announce, lille)
    page = client.get(address).content.decode()
    assert (lille.name in page, Preference.objects.count()) == (True, 0)
    mail_reader = Client(enforce_csrf_checks=True)
    assert mail_reader.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    (preference,) = Preference.objects.all()
    assert (preference.user, preference.space, preference.category, preference.timing) == (
        member, lille, Category.ANNOUNCEMENTS, Timing.SITE
    )  # fmt: skip
    assert "_auth_user_id" not in mail_reader.session
    client.post(address, {"timing": "weekly"})
    assert Preference.objects.get().timing == Timing.WEEKLY


def test_a_link_is_dead_when_forged_or_when_the_address_has_changed(client, lille, announce):
    member = factories.make_member(lille)
    address = link(announce, lille)
    assert client.get(address[:-3] + "xx/").status_code == 404
    type(member).objects.filter(pk=member.pk).update(email="autre@test.example")
    assert client.post(address).status_code == 404
    assert not Preference.objects.exists()


def test_the_link_of_a_digest_stops_digests(lille):
    member = factories.make_member(lille)
    power = tokens.power_of(tokens.stop_token(member, "", None))
    actions.choose_from_mail(power=power, timing=Timing.SITE)
    assert set(Preference.objects.values_list("category", "timing")) == {
        (Category.DOCUMENTS, Timing.SITE), (Category.PAGES, Timing.SITE)
    }  # fmt: skip


def test_sending_is_resumed_by_who_answers_for_the_person(client, lille, douai):
    member = factories.make_member(lille)
    PausedAddress.objects.create(address=member.email, reason="550 5.1.1")
    for person, expected in [
        (factories.make_member(douai, Role.MANAGER), 404),
        (factories.make_member(lille), 404),
        (factories.make_member(lille, Role.MANAGER), 302),
    ]:
        client.force_login(person)
        data = {"address": member.email, "space": lille.slug}
        assert client.post("/courriels/reprendre/", data).status_code == expected
    assert not PausedAddress.objects.exists()


def test_an_address_that_refuses_shows_to_the_managers_of_the_space_alone(client, lille):
    member, manager = factories.make_member(lille), factories.make_member(lille, Role.MANAGER)
    PausedAddress.objects.create(address=member.email, reason="550 5.1.1 inconnue")
    shown = {}
    for person in (member, manager):
        client.force_login(person)
        page = client.get("/espaces/lille/membres/").content.decode()
        shown[person] = ("Adresse en pause" in page, "550 5.1.1 inconnue" in page, page.count("Reprendre les envois"))
    assert shown == {member: (False, False, 0), manager: (True, True, 1)}
    answer = client.post("/courriels/reprendre/", {"address": member.email, "space": "lille"})
    assert answer["Location"] == "/espaces/lille/membres/"
    assert "Adresse en pause" not in client.get("/espaces/lille/membres/").content.decode()


def test_the_animation_sends_again_what_was_given_up(client, lille):
    mail = OutgoingMail.objects.create(
        to="nadia@test.example", subject="Convocation", text="Texte", last_error="refused"
    )
    retry = f"/courriels/{mail.pk}/reessayer/"
    client.force_login(factories.make_member(lille, Role.MANAGER))
    assert client.post(retry).status_code == 403
    client.force_login(factories.make_animation())
    assert retry in client.get("/courriels/").content.decode()
    pages = [client.post(f"{retry}?etat=abandonne", follow=True) for _ in range(2)]  # pressed twice
    assert [page.redirect_chain[0][0] for page in pages] == ["/courriels/?etat=abandonne"] * 2
    assert ["déjà reparti" in page.content.decode() for page in pages] == [False, True]
    assert ModelLogEntry.objects.filter(action="notifications.retry_mail", data={"mail": mail.pk}).count() == 1
    assert retry not in client.get("/courriels/").content.decode()
    assert client.post("/courriels/2000000000/reessayer/").status_code == 404


@pytest.mark.parametrize("reads", [True, False])
def test_a_notice_given_up_is_sent_again_to_whoever_still_reads(client, lille, announce, monkeypatch, settings, reads):
    """It carries its reader's own link, and was forgotten with it: nothing of what people miss could be sent again."""
    member = factories.make_member(lille)
    actions.tell(announce(lille, "Forum").pk)
    mail = OutgoingMail.objects.get(to=member.email)
    OutgoingMail.objects.update(attempts=MAX_ATTEMPTS - 1)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        assert sweep_mail() == 0
    if not reads:
        Membership.objects.filter(user=member).delete()
    client.force_login(factories.make_animation())
    client.post(f"/courriels/{mail.pk}/reessayer/")
    sweep_mail()
    mail.refresh_from_db()
    assert (len(outbox.outbox), mail.state) == ((1, State.SENT) if reads else (0, State.RECALLED))


def refuse(*_: object) -> None:
    raise smtplib.SMTPDataError(451, b"4.7.1 Try again later")


def test_the_archive_shows_who_and_what_never_the_words(client, lille, announce, django_assert_max_num_queries):
    member = factories.make_member(lille)
    actions.tell(announce(lille, "Forum").pk)
    PausedAddress.objects.create(address="mort@test.example", reason="550 5.1.1")
    client.force_login(factories.make_animation())
    with django_assert_max_num_queries(12):
        page = client.get("/courriels/", {"q": member.email, "etat": "attente"}).content.decode()
    assert (member.email in page, "mort@test.example" in page, "/courriels/desabonnement/" in page) == (
        True,
        True,
        False,
    )
