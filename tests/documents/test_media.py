import io

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Collection

from spaces.enums import Role
from tests.factories import make_animation, make_folder, make_member, make_user

# Wagtail leaves the temporary file of each rendition it makes to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:ResourceWarning")


def make_image(collection):
    buffer = io.BytesIO()
    Picture.new("RGB", (20, 10), "blue").save(buffer, "PNG")
    buffer.seek(0)
    return get_image_model().objects.create(
        title="Bleu", file=ImageFile(buffer, name="bleu.png"), collection=collection, width=20, height=10
    )


@pytest.fixture
def image(folder):
    return make_image(Collection.objects.get(pk=folder.collection_id))


def urls(image):
    return [f"/medias/{image.file.name}", f"/medias/{image.get_rendition('width-10').file.name}"]


@pytest.mark.parametrize("role", list(Role))
def test_an_image_is_its_space_s(client, role, image, douai):
    client.force_login(make_member(douai, role))
    unknown = client.get("/medias/images/perdu.png")
    for url in urls(image):
        for method in (client.get, client.head):
            response = method(url, headers={"range": "bytes=0-1", "if-none-match": "*"})
            assert response.status_code == unknown.status_code == 404
        assert len(client.get(url).content) == len(client.get("/medias/" + "x" * (len(url) - 8)).content)


def test_nobody_and_anonymous(client, image):
    for url in urls(image):
        assert client.get(url).status_code == 302
    client.force_login(make_user())
    for url in urls(image):
        assert client.get(url).status_code == 404


def test_who_reads_the_space_sees_its_images(client, image, folder):
    client.force_login(make_member(folder.space))
    for url in urls(image):
        response = client.get(url)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response["Content-Disposition"].startswith("inline")
        assert response["Cache-Control"] == "private, no-cache"
        response.close()


def test_an_image_of_no_space_is_the_region_s(client, folder):
    image = make_image(Collection.get_first_root_node())
    client.force_login(make_member(folder.space, Role.MANAGER))
    assert client.get(urls(image)[0]).status_code == 404
    client.force_login(make_animation())
    response = client.get(urls(image)[0])
    assert response.status_code == 200
    response.close()


def test_a_space_inside_another_s_name_is_not_it(client, image, lille):
    make_folder(lille)
    client.force_login(make_member(lille))
    assert client.get("/medias/../" + image.file.name).status_code == 404
    assert client.get("/medias/%2e%2e/%2e%2e/etc/passwd").status_code == 404


def test_nginx(client, image, folder, settings):
    settings.X_ACCEL_PREFIX = "/fichiers-internes"
    client.force_login(make_member(folder.space))
    assert client.get(urls(image)[0])["X-Accel-Redirect"] == f"/fichiers-internes/medias/{image.file.name}"
