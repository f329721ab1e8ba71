from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from directory.models import Network
from documents import tasks
from documents.actions import Facts, describe_document, withdraw_document
from documents.enums import DocumentKind
from documents.models import Document
from documents.periods import parse_period, period_in_words
from mail.actions import deliver
from mail.models import OutgoingMail
from spaces.enums import Role
from spaces.models import Membership
from tests.factories import make_document, make_member


@pytest.fixture
def document(folder):
    return make_document(folder)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("", None),
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
        ("2025-2026", (date(2025, 1, 1), date(2026, 12, 31))),
        ("Mars 2026", (date(2026, 3, 1), date(2026, 3, 31))),
        ("février 2024 – août 2025", (date(2024, 2, 1), date(2025, 8, 31))),
        ("du 01/09/2025 au 31/08/2026", (date(2025, 9, 1), date(2026, 8, 31))),
    ],
)
def test_periods_as_people_write_them(text, period):
    assert parse_period(text) == period


@pytest.mark.parametrize("text", ["hier", "2026-2025", "32/01/2026", "brumaire 2026", "2026-", "99999", "1026-2026"])
def test_what_is_not_a_period(text):
    with pytest.raises(ValueError):  # noqa: PT011 -- any of them: the form has one sentence
        parse_period(text)


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(0, 4000))
def test_what_is_said_of_a_period_is_understood_again(start, days):
    end = min(date.max - timedelta(days=5000), start) + timedelta(days=days)
    start = min(start, end)
    assert parse_period(period_in_words(start, end)) == (start, end)


def test_only_its_author_and_managers_describe_a_document(document, douai):
    elsewhere, reader = make_member(douai, Role.MANAGER), make_member(document.space)
    for person, refusal in ((elsewhere, Http404), (reader, PermissionDenied)):
        with pytest.raises(refusal):
            describe_document(document=document, by=person, facts=Facts(kind=DocumentKind.GUIDE))
    document.refresh_from_db()
    assert document.kind == DocumentKind.OTHER


def test_from_the_form_to_the_page(client, document):
    network = Network.objects.create(slug="cio", name="CIO")
    client.force_login(document.uploaded_by_user)
    address = reverse("documents:edit", args=[document.uuid])
    typed = {
        "title": "Guide", "folder": document.folder.slug, "kind": "guide", "networks": [network.pk], "period": "brumaire",
        "print_format": "affiche  40 × 60 cm", "valid_until": "2020-01-31",
    }  # fmt: skip
    refused = client.post(address, typed).content.decode()
    assert ("Cette période n’est pas comprise" in refused, 'value="brumaire"' in refused) == (True, True)
    assert client.post(address, typed | {"period": "mars 2019"}).status_code == 302
    page = client.get(document.get_absolute_url()).content.decode()
    for words in ("Guide, mars 2019", "CIO", "affiche 40 × 60 cm", "Échu depuis le 1er février 2020"):
        assert words in page
    assert 'value="mars 2019"' in client.get(address).content.decode()


def test_a_review_is_reminded_of_once_and_again_when_put_off(document):
    owner = document.uploaded_by_user
    describe_document(document=document, by=owner, facts=Facts(review_on=timezone.localdate()))
    assert [tasks.remind_of_reviews(), tasks.remind_of_reviews()] == [1, 0]
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [owner.email]
    describe_document(document=document, by=owner, facts=Facts(review_on=timezone.localdate() - timedelta(days=1)))
    assert tasks.remind_of_reviews() == 1


@pytest.mark.parametrize("change", [{"ended_at": timezone.now()}, {"role": Role.READER}])
def test_when_its_author_can_do_nothing_about_it_the_managers_are_told(change, document):
    manager = make_member(document.space, Role.MANAGER)
    Document.objects.filter(pk=document.pk).update(review_on=timezone.localdate())
    Membership.objects.filter(user=document.uploaded_by_user).update(**change)
    assert tasks.remind_of_reviews() == 1
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [manager.email]


def test_a_reminder_stays_when_its_reader_has_lost_the_document_meanwhile(document, mailoutbox):
    owner = document.uploaded_by_user
    describe_document(document=document, by=owner, facts=Facts(review_on=timezone.localdate()))
    tasks.remind_of_reviews()
    mail = OutgoingMail.objects.get()
    Membership.objects.filter(user=owner).update(ended_at=timezone.now())
    assert (deliver(mail.pk), mailoutbox) == (False, [])
    mail.refresh_from_db()
    assert (mail.recalled_at is not None, mail.subject, mail.text) == (True, "", "")


def test_a_reminder_stays_when_the_document_is_thrown_away_and_leaves_when_it_is_not(document, mailoutbox):
    owner = document.uploaded_by_user
    describe_document(document=document, by=owner, facts=Facts(review_on=timezone.localdate()))
    tasks.remind_of_reviews()
    assert deliver(OutgoingMail.objects.get().pk)
    assert [message.to for message in mailoutbox] == [[owner.email]]
    describe_document(document=document, by=owner, facts=Facts(review_on=timezone.localdate() - timedelta(days=1)))
    tasks.remind_of_reviews()
    withdraw_document(document=document, by=owner)
    assert not deliver(OutgoingMail.objects.latest("pk").pk)
    assert len(mailoutbox) == 1


def test_a_new_document_takes_its_folder_s_kind(folder):
    folder.default_kind = DocumentKind.MINUTES
    folder.save()
    assert make_document(folder).kind == DocumentKind.MINUTES


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"period": "2027", "valid_until": "2026-12-31"}, "avant le début de la période (1er janvier 2027)"),
        ({"valid_until": "2099-03-31", "review_on": "2099-04-01"}, "après le dernier jour de validité (31 mars 2099)"),
        ({"review_on": "2020-01-31"}, "Ce jour est passé"),
        ({"valid_until": "0026-03-12"}, "0026 n’est pas entre 1990 et 2100"),
        ({"review_on": "2926-03-12"}, "2926 n’est pas entre 1990 et 2100"),
    ],
)
def test_days_that_contradict_each_other_are_refused_and_stay_typed(client, document, typed, said):
    client.force_login(document.uploaded_by_user)
    address = reverse("documents:edit", args=[document.uuid])
    whole = {"title": "Titre retapé", "folder": document.folder.slug, "kind": "other"}
    page = client.post(address, whole | typed).content.decode()
    assert (said in page, "Titre retapé" in page) == (True, True)
    assert all(f'value="{value}"' in page for value in typed.values())
    document.refresh_from_db()
    assert (document.title == "Titre retapé", document.valid_until, document.review_on) == (False, None, None)


def test_days_that_have_passed_since_do_not_stop_who_corrects_a_title(client, document):
    last_year = date(timezone.localdate().year - 1, 6, 30)
    Document.objects.filter(pk=document.pk).update(valid_until=last_year, review_on=last_year + timedelta(days=9))
    client.force_login(document.uploaded_by_user)
    address = reverse("documents:edit", args=[document.uuid])
    as_shown = {"valid_until": last_year.isoformat(), "review_on": (last_year + timedelta(days=9)).isoformat()}
    whole = {"title": "Titre retapé", "folder": document.folder.slug, "kind": "other"} | as_shown
    assert client.post(address, whole).status_code == 302
    document.refresh_from_db()
    assert document.title == "Titre retapé"
    put_off = as_shown | {"review_on": timezone.localdate().isoformat()}
    assert "serait échu avant d’être revu" in client.post(address, whole | put_off).content.decode()
