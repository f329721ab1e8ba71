"""Mail leaves once, later when it must, and forgets what it should not keep."""

import socket
from datetime import timedelta
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core import mail as outbox
from django.core.management import call_command
from django.utils import timezone
from kombu.exceptions import OperationalError

from mail import actions, gates, queries, tasks
from mail.enums import State
from mail.models import OutgoingMail
from tests.factories import make_user

pytestmark = pytest.mark.django_db

LETTER = "accounts/email/access_granted"


def queue(to="nadia@test.example", granted=("Lille",), **fields):
    context = {"user": make_user(), "by": None, "granted": list(granted)}
    return actions.queue_mail(to=to, template=LETTER, context=context, **fields)


@pytest.fixture
def no_relay(settings):
    """A relay that refuses: nothing listens on that port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"


def due(mail: OutgoingMail) -> None:
    OutgoingMail.objects.filter(pk=mail.pk).update(next_attempt_at=timezone.now())


def test_the_message_waits_for_the_transaction_then_leaves(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mail = queue()
        assert outbox.outbox == []
    mail.refresh_from_db()
    assert [message.to for message in outbox.outbox] == [["nadia@test.example"]]
    assert mail.sent_at is not None


def test_delivered_twice_it_leaves_once():
    mail = queue()
    assert [actions.deliver(mail.pk), actions.deliver(mail.pk)] == [True, False]
    assert tasks.sweep_mail() == 0
    assert len(outbox.outbox) == 1


def test_text_and_html_say_the_same_and_answers_reach_somebody(settings):
    mail = queue(reply_to="camille@test.example")
    actions.deliver(mail.pk)
    message = message_from_bytes(outbox.outbox[0].message().as_bytes(), policy=modern)
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert message["Reply-To"] == "camille@test.example"
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert message["Auto-Submitted"] == "auto-generated"
    for part in (text, html):
        assert "Lille" in part
        assert settings.SITE_TAGLINE in part  # the footer
        assert settings.WAGTAILADMIN_BASE_URL in part
    assert "http" not in html.replace(settings.WAGTAILADMIN_BASE_URL, "")  # no remote asset
    assert "<img" not in html


def test_without_a_person_behind_it_answers_go_to_the_sender(settings):
    actions.deliver(queue().pk)
    assert outbox.outbox[0].reply_to == [settings.DEFAULT_FROM_EMAIL]


def test_a_relay_that_is_away_costs_no_attempt_and_is_waited_for_three_days(no_relay):
    mail = queue()
    waits = []
    for age in (0, 1, 6, 71):
        OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=age), next_attempt_at=timezone.now())
        before = timezone.now()
        assert actions.deliver(mail.pk) is False
        mail.refresh_from_db()
        waits.append(round((mail.next_attempt_at - before) / timedelta(minutes=1)))
    assert (waits, mail.attempts) == ([2, 15, 60, 60], 0)
    assert "refused" in mail.last_error
    assert tasks.sweep_mail() == 0  # not yet due
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(hours=73), next_attempt_at=timezone.now())
    actions.deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.state == State.GIVEN_UP


def test_what_was_given_up_and_holds_its_words_is_sent_again(no_relay, settings):
    mail, secret = queue(), queue(holds_secret=True)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=4))
    tasks.sweep_mail()
    assert dict(queries.archive().values_list("pk", "may_retry")) == {mail.pk: True, secret.pk: False}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [actions.retry_mail(secret.pk), actions.retry_mail(mail.pk), actions.retry_mail(mail.pk)] == [
        False,
        True,
        False,
    ]
    tasks.sweep_mail()
    assert len(outbox.outbox) == 1
    assert actions.retry_mail(mail.pk) is False  # it has left


def test_one_batch_that_fails_does_not_hold_the_others(monkeypatch, caplog):
    monkeypatch.setattr(tasks, "BATCH", 1)
    queue()
    OutgoingMail.objects.update(gate="a room that is gone")
    queue("omar@test.example")
    assert tasks.sweep_mail() == 1
    assert [message.to for message in outbox.outbox] == [["omar@test.example"]]
    assert "KeyError" in caplog.text
    assert OutgoingMail.objects.get(to="nadia@test.example").sent_at is None


def test_when_the_relay_is_back_the_sweep_sends(no_relay, settings):
    mail = queue()
    actions.deliver(mail.pk)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    due(mail)
    call_command("send_mail_queue")
    assert len(outbox.outbox) == 1


def test_a_broker_that_is_away_loses_nothing_and_keeps_nobody_waiting(monkeypatch, settings):
    """`delay` towards a closed port, as production does it."""
    from celery import Celery

    app = Celery(broker="redis://127.0.0.1:1/0", set_as_current=False)
    app.conf.task_publish_retry = settings.CELERY_TASK_PUBLISH_RETRY
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    @app.task
    def lost(mail_ids: list[int]) -> None: ...

    with pytest.raises(OperationalError):
        lost.delay([1])
    monkeypatch.setattr(tasks, "deliver_mails", lost)
    mail = queue()
    start = timezone.now()
    tasks.deliver_soon([mail.pk])
    assert timezone.now() - start < timedelta(seconds=2)
    assert outbox.outbox == []
    tasks.sweep_mail()
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize("name", ["Lille\r\nBcc: tous@test.example", "Lille\nObjet : autre", "Lille\u2028Bcc: x"])
def test_a_name_cannot_add_a_header(name):
    mail = queue(granted=[name])
    actions.deliver(mail.pk)
    message = outbox.outbox[0].message()
    assert (message["Bcc"], message["Cc"]) == (None, None)
    assert len(mail.subject.splitlines()) == 1
    assert outbox.outbox[0].recipients() == ["nadia@test.example"]


@pytest.mark.parametrize("outcome", ["sent", "given up"])
def test_a_secret_link_is_forgotten_once_nothing_is_to_be_sent(outcome, request):
    mail = queue(granted=["https://secret/"], holds_secret=True)
    if outcome == "given up":
        request.getfixturevalue("no_relay")
        OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=4))
    actions.deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.text, mail.html) == (actions.FORGOTTEN, "")


def test_what_asks_a_lasting_leave_keeps_its_words_for_two_weeks_once_given_up(no_relay, monkeypatch):
    """To be sent again by hand."""
    monkeypatch.setitem(gates._gates, "tests", lambda _: set())
    monkeypatch.setattr(gates, "_lasting", {"tests"})
    mail = queue(granted=["https://secret/"], holds_secret=True, gate="tests")
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=4))
    actions.deliver(mail.pk)
    actions.purge_mail()
    mail.refresh_from_db()
    assert (mail.state, "https://secret/" in mail.text) == (State.GIVEN_UP, True)
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(days=15))
    actions.purge_mail()
    mail.refresh_from_db()
    assert (mail.text, mail.html, actions.retry_mail(mail.pk)) == (actions.FORGOTTEN, "", False)


def test_a_secret_link_is_kept_as_long_as_it_is_to_be_sent(no_relay):
    mail = queue(granted=["https://secret/"], holds_secret=True)
    actions.deliver(mail.pk)
    mail.refresh_from_db()
    assert "https://secret/" in mail.text


def test_old_rows_go_and_those_that_wait_stay(settings, capsys):
    settings.MAIL_KEEP_DAYS = 90
    old, waiting, young = queue(), queue(), queue()
    actions.deliver(old.pk)
    actions.deliver(young.pk)
    OutgoingMail.objects.exclude(pk=young.pk).update(created_at=timezone.now() - timedelta(days=91))
    call_command("purge_mail")
    assert set(OutgoingMail.objects.values_list("pk", flat=True)) == {waiting.pk, young.pk}
    assert capsys.readouterr().out == "1 courriel(s) de plus de 90 jours effacé(s).\n"
