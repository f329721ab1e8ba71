import pytest

from documents.models import Folder
from spaces.models import Space
from tests import factories


@pytest.fixture
def folder(lille: Space) -> Folder:
    return factories.make_folder(lille, "comptes-rendus", name="Comptes rendus")
