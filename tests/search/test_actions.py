from django.core.management import call_command

from search import registry
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
