"""Two spaces lived in: Lille holds a secret word in everything that has a name; Douai's people must never read it."""

from dataclasses import dataclass
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.images import get_image_model

from accounts.models import User
from documents.actions import add_folder, publish_document
from documents.models import Document
from pages.actions import add_space_pages, publish_announcement
from pages.models import AnnouncementPage, ContentPage, SpacePage
from spaces.enums import Role
from spaces.models import Space
from tests import factories

SECRET = "zorglub"


@dataclass
class Lived:
    """A space with something of each kind."""

    space: Space
    page: SpacePage
    manager: User
    reader: User
    content: ContentPage
    draft: ContentPage
    announcement: AnnouncementPage
    document: Document
    image: object


def png() -> ImageFile:
    file = BytesIO()
    Picture.new("RGB", (40, 30), "navy").save(file, "PNG")
    return ImageFile(BytesIO(file.getvalue()), name="image.png")


def live_in(space: Space, word: str) -> Lived:
    manager = factories.make_member(space, Role.MANAGER, user=factories.make_user(last_name=f"{word.title()}Manager"))
    reader = factories.make_member(space, user=factories.make_user(last_name=f"{word.title()}Lecteur"))
    page = add_space_pages(space=space, body=f"<p>Bienvenue {word}</p>", links=[("Lien", "https://exemple.fr/")])
    content = page.add_child(instance=ContentPage(title=f"Guide {word}", owner=manager))
    content.save_revision(user=manager).publish(user=manager, skip_permission_checks=True)
    draft = page.add_child(instance=ContentPage(title=f"Brouillon {word}", live=False, owner=manager))
    draft.save_revision(user=manager)
    announcement = publish_announcement(
        space=space, by=manager, title=f"Annonce {word}", body_html=f"<p>Nouvelle {word}</p>"
    )
    folder = add_folder(space=space, slug="guides", name=f"Guides {word}")
    document = publish_document(
        folder=folder, file=ContentFile(b"bonjour", name=f"{word}.txt"), by=manager, title=f"Document {word}"
    )
    image = get_image_model().objects.create(
        title=f"Image {word}", file=png(), collection=space.collection, uploaded_by_user=manager
    )
    image.tags.add(f"tag{word}")
    return Lived(space, page, manager, reader, content, draft, announcement, document, image)


@pytest.fixture
def at_lille(lille: Space) -> Lived:
    return live_in(lille, SECRET)


@pytest.fixture
def at_douai(douai: Space) -> Lived:
    return live_in(douai, "ordinaire")
