import pytest

from accounts.alphabet import alphabetical
from accounts.models import User
from directory.models import Structure
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_people_come_as_in_a_dictionary() -> None:
    for name in ["Zola", "Éluard", "eiffel", "Fabre", "Étienne"]:
        make_user(f"{len(name)}{name.encode().hex()}@demo.example", last_name=name)
    found = list(User.objects.order_by("last_name").values_list("last_name", flat=True))
    assert found == ["eiffel", "Éluard", "Étienne", "Fabre", "Zola"]


def test_structures_come_as_in_a_dictionary_and_names_stay_exact() -> None:
    for name in ["CIO – Boulogne", "CIO – Béthune", "Cio – Béthune", "CIO – Bethune"]:
        Structure.objects.create(name=name)
    assert Structure.objects.order_by("name").last().name == "CIO – Boulogne"
    assert Structure.objects.filter(name="CIO – Béthune").count() == 1


def test_so_do_lists_that_are_sorted_here() -> None:
    names = ["Zola", "Éluard", "eiffel", "Élan", "Fabre"]
    assert sorted(names, key=alphabetical) == ["eiffel", "Élan", "Éluard", "Fabre", "Zola"]
