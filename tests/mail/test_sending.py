"""Real SMTP: a relay that refuses one address in ten, that hangs, that hangs up; and what addresses and names may hold."""

import mailbox
import socket
import threading
from email import message_from_bytes
from email.policy import default as modern

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from mail import actions, gates, queries, tasks
from mail.actions import Letter, Words, sending
from mail.enums import State
from mail.models import OutgoingMail, PausedAddress
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class Sink:
    """Keeps what it accepts."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.connections: set[int] = set()
        self.refused: set[str] = set()
        self.answer = "550 5.1.1 No such user"
        self.after_data = "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server, session: Session, envelope: Envelope, address: str, _options
    ) -> str:
        self.connections.add(session.peer[1])
        if address in self.refused:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope: Envelope) -> str:  # noqa: N802
        if not self.after_data.startswith("250"):
            return self.after_data
        self.received += [(address, envelope.content) for address in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def sink(settings):
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        controller.port = probe.getsockname()[1]
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", controller.port, 1
    yield handler
    controller.stop()


def write(addresses, **fields) -> list[OutgoingMail]:
    words = Words("Objet", "Texte", "<p>HTML</p>")
    return actions.queue_letters([Letter(to=address, words=words, **fields) for address in addresses])


def test_one_address_in_ten_refused_the_others_receive_it_once_over_one_connection(sink):
    addresses = [f"personne{n}@test.example" for n in range(50)]
    sink.refused = set(addresses[::10])
    write(addresses)
    for _ in range(3):
        tasks.sweep_mail()
    assert sorted(address for address, _ in sink.received) == sorted(set(addresses) - sink.refused)
    assert len(sink.connections) == 1
    assert set(PausedAddress.objects.values_list("address", flat=True)) == sink.refused
    assert {mail.state for mail in OutgoingMail.objects.filter(to__in=sink.refused)} == {State.GIVEN_UP}


@pytest.mark.parametrize(
    "answer", ["450 4.2.0 Greylisted", "550 5.7.1 Sender blocked", "554 Transaction failed", "550 5.7.1"]
)
def test_a_refusal_that_says_nothing_of_the_address_is_tried_again(sink, answer):
    sink.refused, sink.answer = {"nadia@test.example"}, answer
    (mail,) = write(["nadia@test.example"])
    actions.deliver(mail.pk)
    mail.refresh_from_db()
    assert (mail.state, PausedAddress.objects.count()) == (State.WAITING, 0)


@pytest.mark.parametrize(
    ("answer", "is_paused"),
    [("550 5.1.1 No such user", True), ("550 Spam", False), ("554 5.6.0 Bad content", False), ("554 5.1.1 Odd", False)],
)
def test_the_address_may_be_refused_after_the_message(sink, answer, is_paused):
    sink.after_data = answer
    (mail,) = write(["nadia@test.example"])
    actions.deliver(mail.pk)
    assert PausedAddress.objects.exists() == is_paused


def test_a_refusal_is_tried_again_longer_each_time_then_given_up(sink):
    sink.refused, sink.answer = {"nadia@test.example"}, "450 4.2.0 Greylisted"
    (mail,) = write(["nadia@test.example"])
    waits = []
    for _ in range(actions.MAX_ATTEMPTS - 1):
        OutgoingMail.objects.update(next_attempt_at=timezone.now())
        before = timezone.now()
        actions.deliver(mail.pk)
        mail.refresh_from_db()
        waits.append(round((mail.next_attempt_at - before).total_seconds() / 60))
    assert waits == [2, 4, 8, 16, 32, 64, 128]
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    actions.deliver(mail.pk)
    mail.refresh_from_db()
    assert mail.state == State.GIVEN_UP


@pytest.mark.parametrize("answer", ["250 OK", "450 4.2.0 Greylisted"])
def test_what_is_taken_back_while_its_batch_leaves_stays(sink, monkeypatch, answer):
    """The first message of the batch is leaving when both are recalled: the second is not sent, and neither is armed again."""
    first, second = write(["nadia@test.example", "omar@test.example"])
    sink.after_data = answer
    compose = sending.message_of

    def recalled_meanwhile(mail, connection):
        actions.recall([first.pk, second.pk])
        return compose(mail, connection)

    monkeypatch.setattr(sending, "message_of", recalled_meanwhile)
    actions.deliver_batch([first.pk, second.pk])
    assert [address for address, _ in sink.received] == (["nadia@test.example"] if answer.startswith("250") else [])
    OutgoingMail.objects.filter(sent_at=None).update(next_attempt_at=timezone.now())
    assert queries.due_ids() == []
    second.refresh_from_db()
    assert second.state == State.RECALLED


def test_the_room_is_asked_again_while_a_slow_batch_leaves(sink, monkeypatch):
    monkeypatch.setattr(sending, "ASK_AGAIN_SECONDS", -1)
    monkeypatch.setitem(gates._gates, "test", lambda ids: set(ids) if sink.received else set())
    mails = write(["nadia@test.example", "omar@test.example"], gate="test")
    assert actions.deliver_batch([mail.pk for mail in mails]) == 1


def test_a_relay_that_hangs_delays_the_batch_and_loses_nothing(sink, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        working, settings.EMAIL_PORT = settings.EMAIL_PORT, silent.getsockname()[1]
        settings.EMAIL_TIMEOUT = 0.2
        addresses = [f"personne{n}@test.example" for n in range(20)]
        write(addresses)
        started = timezone.now()
        tasks.sweep_mail()
        assert (timezone.now() - started).total_seconds() < 5  # two attempts, not twenty
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = working, 5
    assert sink.received == []
    OutgoingMail.objects.update(next_attempt_at=timezone.now())
    tasks.sweep_mail()
    assert sorted(address for address, _ in sink.received) == sorted(addresses)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_two_workers_at_once_send_each_message_once(sink):
    mails = write([f"personne{n}@test.example" for n in range(30)])

    def work() -> None:
        try:
            actions.deliver_batch([mail.pk for mail in mails])
        finally:
            connection.close()

    OutgoingMail.objects.update(sent_at=None, next_attempt_at=timezone.now())
    sink.received.clear()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    OutgoingMail.objects.filter(sent_at=None).update(next_attempt_at=timezone.now())
    tasks.sweep_mail()
    assert sorted(address for address, _ in sink.received) == sorted(mail.to for mail in mails)


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("prenom+spo@test.example", "prenom+spo@test.example"),
        ('"prenom nom"@test.example', '"prenom nom"@test.example'),
        ("o'hara@test.example", "o'hara@test.example"),
        ("nadia@orientation-élan.example", "nadia@" + "orientation-élan.example".encode("idna").decode()),
    ],
)
def test_odd_and_legal_addresses_are_reached(sink, address, envelope):
    (mail,) = write([address])
    assert actions.deliver(mail.pk), OutgoingMail.objects.get().last_error
    ((received, content),) = sink.received
    assert received == envelope
    assert message_from_bytes(content, policy=modern)["To"].addresses[0].addr_spec == envelope


def test_what_can_be_refused_says_how_in_one_click(sink):
    (mail,) = write(["nadia@test.example"], unsubscribe_url="https://extranet.example/courriels/desabonnement/x:y/")
    actions.deliver(mail.pk)
    message = message_from_bytes(sink.received[0][1], policy=modern)
    assert message["List-Unsubscribe"] == "<https://extranet.example/courriels/desabonnement/x:y/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


REPORT = """From: MAILER-DAEMON@relay.example
To: extranet@demo.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

It could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {to}
Status: {status}

--B
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Objet

Texte
--B--
"""


@pytest.mark.parametrize(
    ("status", "to", "forged", "expected"),
    [
        ("5.1.1", "nadia@test.example", False, "nadia@test.example"),
        ("4.2.2", "nadia@test.example", False, ""),
        ("5.1.1", "autre@test.example", False, ""),
        ("5.1.1", "nadia@test.example", True, ""),
    ],
)
def test_a_report_is_believed_when_it_quotes_what_we_sent(sink, status, to, forged, expected):
    make_user("autre@test.example")
    (mail,) = write(["nadia@test.example"])
    actions.deliver(mail.pk)
    message_id = str(message_from_bytes(sink.received[0][1], policy=modern)["Message-ID"])
    if forged:
        message_id = "<mail-1-20200101000000@demo.example>"
    report = REPORT.format(to=to, status=status, message_id=message_id).encode()
    assert actions.read_bounce(message_from_bytes(report, policy=modern)) == expected
    assert list(PausedAddress.objects.values_list("address", flat=True)) == [expected] * bool(expected)


@pytest.mark.parametrize("kind", ["maildir", "mbox"])
def test_a_box_is_read_once_whatever_was_written_to_it(sink, tmp_path, settings, kind):
    (mail,) = write(["nadia@test.example"])
    actions.deliver(mail.pk)
    message_id = str(message_from_bytes(sink.received[0][1], policy=modern)["Message-ID"])
    settings.BOUNCE_MAILBOX = str(tmp_path / "box")
    box = (mailbox.Maildir if kind == "maildir" else mailbox.mbox)(settings.BOUNCE_MAILBOX, create=True)
    box.add(b"\xff\xfe not a report")
    box.add(REPORT.format(to=mail.to, status="5.1.1", message_id=message_id).encode())
    box.close()
    assert [tasks.read_bounces(), tasks.read_bounces()] == [1, 0]
    actions.resume_address(address=mail.to)
    call_command("read_bounces", settings.BOUNCE_MAILBOX)
    assert not PausedAddress.objects.exists()
