"""No dead end: `check --deploy` asks where answers are read."""

import pytest

from mail.checks import answers_reach_somebody


@pytest.mark.parametrize(
    ("address", "problems"),
    [
        ("animation@extranet.example", 0),
        ("Animation régionale <animation@extranet.example>", 0),
        ("reponses@extranet.example", 0),
        ("", 1),
        ("animation", 1),
        ("noreply@extranet.example", 1),
        ("no-reply@extranet.example", 1),
        ("ne-pas-repondre@extranet.example", 1),
        ("nepasrepondre@extranet.example", 1),
        ("DoNotReply@extranet.example", 1),
    ],
)
def test_answers_reach_somebody(settings, address, problems):
    settings.MAIL_REPLY_TO = address
    assert len(answers_reach_somebody()) == problems
