import hashlib
import io
import tempfile
import threading
from datetime import date
from importlib import import_module
from uuid import uuid4

import openpyxl
import pypandoc
import pytest
from django.apps import apps
from django.db import connection, connections, transaction
from django.urls import reverse
from PIL import Image

from documents import actions, previews, tasks
from documents.enums import PreviewState
from documents.models import Preview
from documents.sandbox import UnreadableError, Worker
from spaces.enums import Role
from tests.documents import samples
from tests.factories import make_document, make_folder, make_member, make_space

PNG = samples.picture(size=(181, 256), mode="P")
HUGE = samples.picture(size=(30_000, 30_000), mode="1")
OFFICE = {
    "a.odt": samples.zipped(Thumbnails__thumbnail_png=PNG),
    "a.odp": samples.zipped(Thumbnails__thumbnail_png=PNG),
    "a.docx": samples.zipped(docProps__thumbnail_jpeg=samples.picture("JPEG", (181, 256))),
    "a.pptx": samples.zipped(docProps__thumbnail_jpeg=samples.picture("JPEG", (181, 256))),
}
"""Files that hold a picture of themselves, as LibreOffice and Microsoft's suite write it."""


@pytest.fixture
def document(folder):
    return make_document(folder, name="affiche.png", content=samples.picture(size=(600, 800)))


@pytest.fixture
def drawn(document):
    assert tasks.draw_previews() == 1
    return document


def addresses(document):
    return [
        reverse("documents:thumbnail", args=[document.uuid]),
        reverse("documents:page", args=[document.uuid, 1]),
    ]


def test_somebody_with_the_same_right_elsewhere_sees_no_picture(client, drawn, douai):
    client.force_login(make_member(douai, Role.MANAGER))
    for address in addresses(drawn):
        unknown = client.get(address.replace(str(drawn.uuid), str(uuid4())))
        real = client.get(address, headers={"if-none-match": "*"})
        assert (real.status_code, unknown.status_code, len(real.content)) == (404, 404, len(unknown.content))


def test_a_withdrawn_document_has_no_picture(client, drawn):
    client.force_login(drawn.uploaded_by_user)
    actions.withdraw_document(document=drawn, by=drawn.uploaded_by_user)
    assert [client.get(address).status_code for address in addresses(drawn)] == [404, 404]


def test_pictures_are_handed_to_readers(client, drawn):
    client.force_login(make_member(drawn.space))
    thumbnail, page = (client.get(address) for address in addresses(drawn))
    images = [Image.open(io.BytesIO(b"".join(answer.streaming_content))) for answer in (thumbnail, page)]
    assert [image.size for image in images] == [(320, 427), (600, 800)]
    assert (thumbnail["Content-Type"], thumbnail["Cache-Control"]) == ("image/webp", "private, max-age=600")
    assert thumbnail["X-Content-Type-Options"] == "nosniff"
    again = client.get(addresses(drawn)[0], headers={"if-none-match": thumbnail["ETag"]})
    assert again.status_code == 304
    thumbnail.close()
    page.close()
    assert client.get(reverse("documents:page", args=[drawn.uuid, 2])).status_code == 404


def test_lists_and_the_document_page_show_them(client, drawn):
    client.force_login(make_member(drawn.space))
    folder = client.get(reverse("documents:folder", args=["lille", drawn.folder.slug])).content.decode()
    assert f"/documents/{drawn.uuid}/vignette/?{drawn.sha256[:8]}" in folder
    assert f"/documents/{drawn.uuid}/pages/1/" in client.get(drawn.get_absolute_url()).content.decode()


def test_the_same_bytes_are_drawn_once(folder, document):
    make_document(folder, name="autre.png", content=samples.picture(size=(600, 800)))
    assert (Preview.objects.count(), tasks.draw_previews(), tasks.draw_previews()) == (1, 1, 0)


def test_a_killed_worker_s_claim_lapses(document):
    from datetime import timedelta

    from django.utils import timezone

    next(Preview.objects.claim())
    assert tasks.draw_previews() == 0
    Preview.objects.update(claimed_at=timezone.now() - timedelta(minutes=11))
    assert tasks.draw_previews() == 1
    assert Preview.objects.get().state == PreviewState.DONE


def test_a_file_that_takes_its_worker_along_is_left_alone(document):
    Preview.objects.update(attempts=3)
    tasks.draw_previews()
    assert Preview.objects.get().state == PreviewState.BROKEN


@pytest.mark.parametrize(
    ("name", "content", "state", "words"),
    [
        ("a.pdf", samples.pdf(password="secret"), "protected", "protégé par un mot de passe"),
        ("a.pdf", samples.pdf()[:200], "broken", "abîmé ou hors norme"),
        ("a.png", HUGE, "heavy", "trop lourd pour un aperçu"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "protected", "protégé par un mot de passe"),
        ("a.odt", samples.zipped(content_xml=b"<a/>"), "none", "Ce fichier ODT n’a pas d’aperçu"),
        ("a.odt", samples.zipped(Thumbnails__thumbnail_png=b"\x89PNG"), "none", "Ce fichier ODT n’a pas d’aperçu"),
        ("a.pptx", samples.zipped(docProps__thumbnail_jpeg=samples.picture("GIF")), "none", "Ce fichier PPTX n’a pas"),
        ("a.xlsx", samples.zipped(docProps__thumbnail_png=PNG + bytes(10**7)), "none", "Ce fichier XLSX n’a pas"),
        ("a.ods", samples.zipped(Thumbnails__thumbnail_png=HUGE), "none", "Ce fichier ODS n’a pas d’aperçu"),
        ("a.odp", samples.zipped(Thumbnails__thumbnail_png=PNG)[:-30], "none", "Ce fichier ODP n’a pas d’aperçu"),
    ],
)
def test_why_there_is_none_is_said_and_the_file_stays(client, folder, name, content, state, words):
    document = make_document(folder, name=name, content=content)
    tasks.draw_previews()
    client.force_login(document.uploaded_by_user)
    page = client.get(document.get_absolute_url()).content.decode()
    assert (Preview.objects.get().state, words in page) == (state, True)
    answer = client.get(reverse("documents:download", args=[document.uuid]))
    assert b"".join(answer.streaming_content) == content
    answer.close()


def test_a_pdf_of_ten_thousand_pages(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(samples.pdf(10_000))
    with Worker() as worker:
        facts = previews.draw("f" * 64, str(path), worker)
    assert (facts["pages"], facts["drawn"]) == (10_000, previews.MAX_PAGES)
    previews.forget("f" * 64)


def test_an_office_file_shows_how_it_begins(client, folder):
    document = make_document(folder, name="note.txt", content="Première ligne\n\nSeconde".encode())
    actions.read_text(document)
    client.force_login(document.uploaded_by_user)
    page = client.get(document.get_absolute_url()).content.decode()
    assert ("Un fichier TXT n’a pas d’aperçu" in page, "Première ligne<br>Seconde" in page) == (True, True)


@pytest.mark.parametrize("name", OFFICE)
def test_an_office_file_shows_the_picture_that_it_holds_to_its_readers(name, client, folder, douai):
    document = make_document(folder, name=name, content=OFFICE[name])
    actions.set_text(document, "Première ligne")
    assert tasks.draw_previews() == 1
    small, page = addresses(document)
    client.force_login(make_member(douai, Role.MANAGER))
    assert client.get(small).status_code == 404
    client.force_login(make_member(folder.space))
    answer = client.get(small)
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (181, 256)
    answer.close()
    assert client.get(page).status_code == 404  # its pages are not drawn
    html = client.get(document.get_absolute_url()).content.decode()
    assert (small in html, page in html, "Première ligne" in html) == (True, False, True)
    assert small in client.get(reverse("documents:folder", args=["lille", folder.slug])).content.decode()


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_a_text_without_a_picture_is_laid_out_anew_and_nothing_of_it_is_a_command(kind, client, folder, tmp_path):
    written = '# Titre\n\n\\#read("/etc/passwd") \\#panic() \\@ref \\<lbl\\> // /\\* \\$x\\$\n\n' + "Un mot.\n\n" * 500
    made = tmp_path / f"a.{kind}"
    pypandoc.convert_text(written, kind, "markdown", outputfile=str(made))
    document = make_document(folder, name=made.name, content=made.read_bytes())
    tasks.draw_previews()
    assert Preview.objects.get().state == PreviewState.DONE
    client.force_login(make_member(folder.space))
    answer = client.get(addresses(document)[0])
    picture = Image.open(io.BytesIO(b"".join(answer.streaming_content))).convert("L")
    answer.close()
    assert (picture.size, picture.getextrema()[0] < 200) == ((320, 453), True)  # an A4 page, with ink on it


def sheet(*rows):
    """An XLSX of which the first sheet is hidden."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    book.active.sheet_state = "hidden"
    book.active.append(["caché"])
    shown = book.create_sheet("Suivi")
    for row in rows:
        shown.append(row)
    book.save(made)
    return made.getvalue()


def slides():
    with tempfile.NamedTemporaryFile(suffix=".pptx") as made:
        pypandoc.convert_text("# Bilan\n\nUn mot\n\n# Suite\n\nUn autre", "pptx", "markdown", outputfile=made.name)
        return made.read()


@pytest.mark.parametrize(
    ("name", "made", "size"),
    [
        ("a.pptx", slides, (320, 180)),
        ("a.xlsx", lambda: sheet(["Action", "Échéance"], ["Relire", date(2026, 3, 12)], [None, 0.25]), (320, 226)),
        ("a.xlsx", lambda: sheet(*[["mot " * 99] * 99] * 999), (320, 226)),
        ("a.xlsx", lambda: sheet(['#read("/etc/passwd")', "#panic()", "@ref <lbl> // /* $x$ ] \\ ` _*"]), (320, 226)),
    ],
)
def test_sheets_and_slides_without_a_picture_show_how_they_begin(name, made, size, client, folder):
    document = make_document(folder, name=name, content=made())
    tasks.draw_previews()
    assert Preview.objects.get().state == PreviewState.DONE
    client.force_login(make_member(folder.space))
    answer = client.get(addresses(document)[0])
    picture = Image.open(io.BytesIO(b"".join(answer.streaming_content))).convert("L")
    answer.close()
    assert (picture.size, picture.getextrema()[0] < 200) == (size, True)


@pytest.mark.parametrize("content", [sheet(), sheet([None, " "]), sheet(["mot"])[:-900]])
def test_a_sheet_that_says_nothing_has_no_picture(content, folder):
    make_document(folder, name="a.xlsx", content=content)
    tasks.draw_previews()
    assert Preview.objects.get().state == PreviewState.NONE


def test_sheets_and_slides_that_had_no_picture_are_looked_at_again(folder):
    make_document(folder, name="a.xlsx", content=sheet(["mot"]))
    make_document(folder, name="a.ods", content=samples.zipped(content_xml=b"<a/>"))
    Preview.objects.update(state=PreviewState.NONE, attempts=3)
    import_module("documents.migrations.0021_pictures_of_sheets_and_slides").forwards(apps, None)
    assert tasks.draw_previews() == 1
    assert sorted(Preview.objects.values_list("state", flat=True)) == ["done", "none"]


@pytest.mark.parametrize("body", [b"<w:p><w:r>", b"", b"<w:p/>" * 2 * 10**6, b"<w:p><w:r><w:t>" + b"mot " * 10**6])
def test_a_text_that_cannot_be_laid_out_has_no_picture(body, folder):
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>"
    )
    ends = b"</w:t></w:r></w:p></w:body></w:document>" if body.endswith(b"mot ") else b"</w:body></w:document>"
    content = samples.zipped(**{"_rels/.rels": relations, "word__document_xml": head + body + ends})
    make_document(folder, name="a.docx", content=content)
    tasks.draw_previews()
    assert Preview.objects.get().state == PreviewState.NONE


def test_office_files_that_are_there_wait_for_their_picture(folder):
    make_document(folder, name="a.odt", content=OFFICE["a.odt"])
    make_document(folder, name="a.txt", content=b"texte")
    Preview.objects.all().delete()
    import_module("documents.migrations.0019_pictures_of_office_files").ask_for_previews(apps, None)
    assert tasks.draw_previews() == 1


def test_a_worker_goes_on_after_a_file_that_hangs(tmp_path):
    (tmp_path / "good").write_bytes(samples.picture())
    with Worker(seconds=10) as worker:
        worker.ask(ask="draw", path=str(tmp_path / "good"), seconds=10)
        worker.seconds = 0
        with pytest.raises(UnreadableError) as error:
            worker.ask(ask="draw", path=str(tmp_path / "good"), seconds=10)
        worker.seconds = 10
        assert (error.value.reason, worker.ask(ask="draw", path=str(tmp_path / "good"), seconds=10)["drawn"]) == (
            "heavy",
            1,
        )


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one transaction write at a time")
def test_bytes_that_come_back_while_they_are_forgotten_keep_their_pictures():
    folder = make_folder(make_space("lille"), "guide")
    content = samples.picture(size=(60, 80))
    sha256 = hashlib.sha256(content).hexdigest()
    actions.forget_unused_contents()  # the pictures that earlier tests left on the disk
    Preview.objects.create(sha256=sha256, state=PreviewState.DONE)
    forgotten = []

    def forget():
        try:
            forgotten.append(actions.forget_unused_contents())
        finally:
            connections.close_all()

    forgetting = threading.Thread(target=forget)
    with transaction.atomic():
        make_document(folder, name="affiche.png", content=content)
        forgetting.start()  # looks for what is used before this commits
        forgetting.join(timeout=2)
    forgetting.join()
    assert (forgotten, Preview.objects.filter(sha256=sha256).count()) == ([0], 1)


def test_what_came_of_removed_bytes_is_forgotten(drawn):
    tasks.forget_contents()  # the pictures that earlier tests left on the disk
    assert (tasks.forget_contents(), Preview.objects.count()) == (0, 1)
    actions.withdraw_document(document=drawn, by=drawn.uploaded_by_user)
    drawn.versions.all().delete()
    drawn.delete()
    assert (tasks.forget_contents(), Preview.objects.count()) == (1, 0)
    assert not previews.picture_path(drawn.sha256, "small").exists()
