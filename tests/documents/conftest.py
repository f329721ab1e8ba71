import pytest

from accounts.models import User
from documents.models import Folder
from spaces.enums import Role
from spaces.models import Space
from tests import factories


@pytest.fixture
def manager(lille: Space) -> User:
    return factories.make_member(lille, Role.MANAGER)


@pytest.fixture
def folder(lille: Space) -> Folder:
    return factories.make_folder(lille, "comptes-rendus", name="Comptes rendus")
