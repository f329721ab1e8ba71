from itertools import product

from django.core.management import call_command
from django.db import connection

from search import registry
from search.actions import MAX_BODY, SURE_BODY
from search.models import Entry
from tests.factories import make_member
from tests.search.test_queries import plant, titles


def test_rebuilding_forgets_what_is_gone_and_asks_every_room(lille, monkeypatch, capsys):
    def rooms_objects() -> int:
        plant(lille, "Retrouvé")
        return 1

    monkeypatch.setattr(registry, "_indexers", [])
    registry.register(rooms_objects)
    registry.register(rooms_objects)
    plant(lille, "Disparu", object_id="gone")
    call_command("rebuild_search")
    assert [entry.title for entry in Entry.objects.all()] == ["Retrouvé"]
    assert titles(make_member(lille), "retrouvé") == ["Retrouvé"]
    assert capsys.readouterr().out.startswith("tests\u00a0: 1 éléments indexés")


def test_a_list_of_keys_too_rich_for_postgresql_is_found_by_its_beginning(lille):
    """A row of PostgreSQL's index holds 1 MB; SQLite knows no such limit."""
    letters = [chr(code) for code in range(0x10D0, 0x10F1)]  # three bytes each
    parts = ["".join(three) for three in product(letters, repeat=3)]
    words = " ".join(f"{one}-{other}" for one, other in zip(parts, reversed(parts), strict=True))
    plant(lille, "Clés", f"commencement {words} {words}")
    assert titles(make_member(lille), "commencement") == ["Clés"]
    kept = SURE_BODY if connection.vendor == "postgresql" else MAX_BODY
    assert len(Entry.objects.get().body) == kept
