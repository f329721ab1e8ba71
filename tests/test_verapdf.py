"""veraPDF, when its command is on the path, on every paper that the site makes and in each of its states: as PDF/UA-1 and as
PDF/A-3a, for each is both in one file."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

import pikepdf
import pytest

from documents.models import DocumentVersion
from meetings import rich_text
from meetings.actions import Person, add_invitees, desk
from meetings.actions import minutes as actions
from meetings.actions.papers import print_waiting
from meetings.papers import (
    Attendee,
    DecisionLine,
    ErratumLine,
    ItemContent,
    MinutesContent,
    attendance_pdf,
    minutes_pdf,
)
from meetings.queries import minutes as queries
from panels.actions import add_observation, change_observation, decide_action, publish_return
from panels.papers import ActionLine, ObservationLine, ReturnContent, return_pdf
from spaces.enums import Role
from spaces.models import Space
from tests.factories import make_meeting, make_member
from tests.meetings.test_minutes import close_amendments, make_held, write
from tests.meetings.test_papers import HOSTILE, make_content
from tests.panels.conftest import make_panel

VERAPDF = shutil.which("verapdf")
pytestmark = [
    pytest.mark.markup,
    pytest.mark.skipif(not VERAPDF, reason="no veraPDF: put its command, verapdf, on the path (needs Java)"),
]

DAY = date(2026, 3, 12)
RICH = """<h2>Titre</h2><p>Dit <strong>fort <em>et penché</em></strong>, voir <a href="https://exemple.org/?a=1&amp;b=é">une
adresse <strong>assez longue</strong> pour que ses mots, l’un après l’autre, aillent tous ensemble à la ligne suivante</a>.</p>
<ul><li>un<ol><li>deux</li><li><a href="mailto:a@exemple.org">trois</a></li></ol></li></ul><ol><li>quatre</li></ol>
<table><tr><th>Lieu</th><th>Heure</th></tr><tr><td>Lille</td><td>9 | 12</td></tr></table>
<p>😀 👍🏽 1️⃣ 中文 العربية हिन्दी Привет ελληνικά ﬁ œ € ½ ™ → ✓ ☐ a\u0302 \u00ad\u2011\u200b\u200d\ufeff \ue000</p><p>a<br>b</p>"""


def failures(folder: Path) -> list[str]:
    """What veraPDF says of the papers of `folder`, but that they pass: one line a paper, then one for each rule it breaks."""
    papers = sorted(str(path) for path in folder.glob("*.pdf"))
    told = []
    for flavour in ("ua1", "3a"):
        command = [str(VERAPDF), "--flavour", flavour, "--format", "text", "-v", *papers]
        output = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False).stdout  # noqa: S603
        passed = [f"PASS {path} {flavour}" for path in papers]
        lines = output.splitlines()
        told += [line for line in lines if line not in passed] + [line for line in passed if line not in lines]
    return told


def test_it_refuses_what_lacks_something(tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(minutes_pdf(make_content(), state="Provisoire", day=DAY))) as pdf:
        del pdf.Root.MarkInfo
        pdf.save(tmp_path / "damaged.pdf")
    assert [line.split()[:2] for line in failures(tmp_path) if line.startswith("  ")] == [
        ["FAIL", "6.2-1"],
        ["FAIL", "6.7.2.2-1"],
    ]


def test_papers_in_each_of_their_states(tmp_path: Path, lille: Space) -> None:
    manager, member = make_member(lille, Role.MANAGER), make_member(lille, Role.CONTRIBUTOR)
    held = make_held(lille, manager)
    add_invitees(
        meeting=held,
        by=manager,
        people=[Person(f"{number}@invites.example", f"Ève Nement {number}") for number in range(40)],
    )
    item = write(held, manager, RICH)
    minutes = held.minutes
    (tmp_path / "draft.pdf").write_bytes(queries.pdf_of(queries.paper_of(minutes)))
    (tmp_path / "attendance.pdf").write_bytes(queries.attendance_sheet(held))
    actions.circulate_minutes(meeting=held, by=manager)
    amendment = actions.propose_amendment(minutes=minutes, by=member, text="Lire 18 h", item=item)
    actions.settle_amendment(amendment=amendment, by=manager, accepted=True, answer="Exact")
    desk.save_notes(meeting=held, item=item.uuid, by=manager, html=f"{RICH}<p>18 h</p>", revision=1)
    actions.circulate_minutes(meeting=held, by=manager)
    close_amendments()
    minutes.refresh_from_db()
    actions.approve_minutes(minutes=minutes, by=manager)
    actions.add_erratum(minutes=minutes, by=manager, text="Lire trois\n\net non deux 😀")
    print_waiting()

    panel = make_panel(lille)
    session = make_meeting(lille, body=panel, by=manager, in_days=-3)
    theme = panel.themes.get(slug="accueil")
    observation = add_observation(meeting=session, by=manager, theme=theme, text="L’accueil ferme trop tôt.")
    decide_action(meeting=session, by=manager, text="Ouvrir le soir", observations=[observation], person=manager)
    publish_return(meeting=session, by=manager)
    change_observation(
        observation=observation, by=manager, theme=theme, text="Trop tôt", state="followed", answer="Ouvert.\nÀ 19 h."
    )
    publish_return(meeting=session, by=manager)

    versions = DocumentVersion.objects.order_by("pk")
    for version in versions:
        with version.file.open() as file:
            (tmp_path / f"version-{version.pk}.pdf").write_bytes(file.read())
    assert versions.count() == 4 + 2
    assert failures(tmp_path) == []


def test_papers_of_whatever_is_written(tmp_path: Path) -> None:
    rich = str(rich_text.clean(RICH))
    errata = [ErratumLine(1, "5\xa0mai 2026", "Lire trois\n\net non deux"), ErratumLine(2, "6\xa0mai 2026", "😀")]
    crowd = [replace(one, name=f"{one.name} {number}") for number in range(75) for one in make_content().people]
    empty = MinutesContent("T", "S", "", "", "2026-03-12")
    blank = ItemContent(1, "", notes="<p></p>", decisions=[DecisionLine("", "")])
    minutes = {
        "rich": make_content(3, "", rich),
        "200 items": make_content(200, "", rich),
        "300 people": replace(make_content(), people=crowd, quorum="Quorum atteint\xa0: 150 sur 300"),
        "long words": make_content(2, "Anticonstitutionnellement" * 40),
        "long paragraphs": make_content(1, "", f"<p>{'Un mot ' * 9000}</p><ul>{'<li>une ligne</li>' * 300}</ul>"),
        "long link": make_content(1, "", f'<p><a href="https://exemple.org/">{"mot " * 900}</a></p>'),
        "nothing": empty,
        "blank": replace(empty, people=[Attendee("")], items=[blank]),
        **{f"hostile {number}": make_content(1, text, f"<p>{escape(text)}</p>") for number, text in enumerate(HOSTILE)},
    }
    for name, content in minutes.items():
        made = minutes_pdf(content, state=f"Approuvé {name}", day=DAY, fingerprint="ab" * 32, errata=errata)
        (tmp_path / f"minutes {name}.pdf").write_bytes(made)
    for count in (0, 300):
        people = [{"name": f"Personne {number} 😀", "structure": "", "network": "CIO"} for number in range(count)]
        made = attendance_pdf(title="CTT 😀", space="Lille", when="demain", place="", people=people, day=DAY)
        (tmp_path / f"attendance {count}.pdf").write_bytes(made)
    actions_done = [ActionLine(text, "CIO", "En cours", "4\xa0mai 2026") for text in HOSTILE]
    for count in (0, 100):
        lines = [
            ObservationLine(f"Thème {n // 20}", "\n".join(HOSTILE), "Reçu", "", RICH, actions_done)
            for n in range(count)
        ]
        content = ReturnContent("Ce que sont devenus vos avis", "Lille", "Groupe", "12\xa0mars 2026", count, 9, lines)
        (tmp_path / f"return {count}.pdf").write_bytes(return_pdf(content, day=DAY))
    assert failures(tmp_path) == []
