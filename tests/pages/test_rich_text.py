"""Plain text to safe HTML, and back without loss."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from mail.models import OutgoingMail
from notifications.actions import choose
from notifications.enums import Category, Timing
from notifications.models import Delivery, Event
from notifications.tasks import send_digests, sweep_events
from pages.rich_text import beginning, clean_html, excerpt, from_plain, is_plain, to_plain


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), max_size=200))
def test_no_tag_of_the_author_survives(text):
    html = from_plain(text)
    for tag in ("<script", "<img", "<svg", "<style", "<iframe"):
        assert tag not in html.lower()


@pytest.mark.parametrize(
    "text", ["Bonjour.", "Un\n\nDeux", "a < b & c > d", "Ligne\nsuite", "Voir https://exemple.fr/a?b=1&c=2"]
)
def test_what_was_typed_comes_back(text):
    html = from_plain(text)
    assert (to_plain(html), is_plain(html)) == (text, True)


@pytest.mark.parametrize(
    "html", ["<h3>Titre</h3><p>x</p>", "<ul><li>un</li></ul>", '<p><a linktype="page" id="3">x</a></p>']
)
def test_what_the_plain_field_cannot_hold(html):
    assert not is_plain(html)


def test_strange_addresses_go():
    cleaned = clean_html(
        '<p onclick="x()"><a href="javascript:x()">a</a><img src=x onerror=y><a href="https://b.fr">b</a></p>'
    )
    assert "javascript" not in cleaned
    assert "onclick" not in cleaned
    assert "<img" not in cleaned
    assert 'href="https://b.fr"' in cleaned


def test_an_excerpt_ends_at_a_word():
    assert excerpt("<p>" + "mot " * 100 + "</p>", 20) == "mot mot mot mot mot …"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (from_plain("Fermez les volets.\n\nMerci,\nà demain\u00a0!"), "Fermez les volets.\n\nMerci,\nà demain\u00a0!"),
        ("<h3>Jeudi</h3><ul><li>un</li><li>deux</li></ul><p>Fin</p>", "Jeudi\n\n– un\n– deux\n\nFin"),
        ("<p>a &amp; &lt;b&gt;</p>", "a & <b>"),
        ("<p>" + "mot " * 100 + "</p>", "mot mot mot mot mot mot mot mot mot mot mot …"),
    ],
)
def test_a_mail_keeps_paragraphs_and_lists(html, expected):
    assert beginning(html, 45) == expected


@pytest.mark.django_db
def test_a_mail_is_laid_out_and_a_digest_holds_it_on_one_line(at_lille):
    type(at_lille.announcement).objects.update(body=from_plain("Fermez.\n\nMerci."))
    choose(by=at_lille.manager, category=Category.ANNOUNCEMENTS, timing=Timing.DAILY)
    Event.objects.update(actor=None)  # the manager is told too
    User.objects.update(last_login=timezone.now())
    sweep_events()
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=1))
    send_digests()
    letters = {mail.to: mail for mail in OutgoingMail.objects.filter(subject__contains="zorglub").order_by("pk")}
    assert "Fermez.\n\nMerci." in letters[at_lille.reader.email].text
    assert "<p>Fermez.</p>" in letters[at_lille.reader.email].html
    digest = OutgoingMail.objects.get(to=at_lille.manager.email, subject__contains="dans vos espaces")
    assert "Fermez. Merci." in digest.text
