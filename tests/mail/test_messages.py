"""What leaves is what Django would have put together, and no header is added by what a name holds."""

from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives, get_connection
from django.utils import timezone

from mail.messages import message_of
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
        {"unsubscribe_url": "https://extranet.example/courriels/desabonnement/" + "x" * 160},
    ],
)
@pytest.mark.parametrize("linesep", ["\n", "\r\n"])
def test_it_is_what_django_makes(fields, linesep):
    ours = message_of(row(**fields), get_connection())
    theirs = EmailMultiAlternatives.message(ours)
    raw = ours.message().as_bytes(linesep=linesep)
    assert parsed(raw) == parsed(theirs.as_bytes(linesep=linesep))
    assert max(map(len, raw.split(linesep.encode()))) <= 998


@pytest.mark.parametrize("field", ["subject", "unsubscribe_url"])
def test_a_header_holds_one_line(field):
    with pytest.raises(BadHeaderError):
        message_of(row(**{field: "x\r\nBcc: tous@test.example"}), get_connection()).message()
