"""What leaves is what Django would have put together, and no header is added by what a name holds."""

import re
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core.mail import BadHeaderError, get_connection
from django.utils import timezone

from mail.messages import as_sent, message_of
from mail.models import OutgoingMail

LONG = "mot à mot " * 200


def row(**fields) -> OutgoingMail:
    given = {"pk": 7, "to": "nadia@test.example", "subject": "Objet", "text": "Texte\n", "html": "<p>HTML</p>\n"}
    return OutgoingMail(**given | {"created_at": timezone.now()} | fields)


def parsed(raw: bytes) -> tuple[list[tuple[str, str]], list[str]]:
    """The headers but the boundary's, and the words of each part."""
    message = message_from_bytes(raw, policy=modern)
    assert not message.defects
    headers = [(name, str(value).strip()) for name, value in message.items() if name not in {"Content-Type", "Date"}]
    return sorted(headers), [part.get_content() for part in message.iter_parts()]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"subject": "Annonce – Bassin d’emploi de Béthune-Bruay : l’accueil des publics" + ", et la suite" * 6},
        {"subject": "x" * 200},
        {"to": "nadia@orientation-élan.example", "reply_to": "o'neil+orientation@test.example"},
        {"text": LONG, "html": f"<p>{LONG}</p>"},
        {"text": "From ici\n.\n..deux\n", "html": "<p>é</p>"},
        {"text": "saisi\r\nici\rou là\u2028\n\n", "html": "<p>sans fin"},
        {"unsubscribe_url": "https://extranet.example/courriels/desabonnement/" + "x" * 160},
    ],
)
def test_it_is_what_django_makes(fields):
    message = message_of(row(**fields), get_connection())
    raw = as_sent(message)
    assert parsed(raw) == parsed(message.message().as_bytes(linesep="\r\n"))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert re.findall(rb"\r(?!\n)|(?<!\r)\n", raw) == []


@pytest.mark.parametrize("field", ["subject", "unsubscribe_url"])
def test_a_header_holds_one_line(field):
    with pytest.raises(BadHeaderError):
        as_sent(message_of(row(**{field: "x\r\nBcc: tous@test.example"}), get_connection()))
