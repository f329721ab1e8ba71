import pytest
from django.test import RequestFactory

from documents.serving import UnsatisfiableRangeError, parse_range, serve

pytestmark = pytest.mark.django_db  # closing a response tells Django that the request is over, hence its connections

CONTENT = bytes(range(200))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-", (10, 199)),
        ("bytes=10-19", (10, 19)),
        ("bytes=190-5000", (190, 199)),
        ("bytes=-5", (195, 199)),
        ("bytes=-5000", (0, 199)),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("lines=1-2", None),
        ("bytes=a-b", None),
    ],
)
def test_ranges(header, expected):
    assert parse_range(header, 200) == expected


@pytest.mark.parametrize("header", ["bytes=200-", "bytes=200-300", "bytes=-0"])
def test_ranges_beyond_the_end(header):
    with pytest.raises(UnsatisfiableRangeError):
        parse_range(header, 200)


@pytest.fixture
def ask(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(CONTENT)

    def ask(method="get", *, media_type="application/pdf", name="a.pdf", inline=False, **headers):
        request = getattr(RequestFactory(), method)("/", headers=headers)
        return serve(
            request,
            path=str(path),
            internal="documents/ab/cd/été",
            size=200,
            media_type=media_type,
            name=name,
            etag="abc",
            inline=inline,
        )

    return ask


def body(response):
    content = b"".join(response.streaming_content)
    response.close()
    return content


def test_whole(ask):
    response = ask()
    assert (response.status_code, response["Content-Length"], response["ETag"]) == (200, "200", '"abc"')
    assert body(response) == CONTENT


def test_part(ask):
    response = ask(range="bytes=10-19")
    assert (response.status_code, response["Content-Range"]) == (206, "bytes 10-19/200")
    assert response["Content-Length"] == "10"
    assert body(response) == CONTENT[10:20]


def test_part_beyond_the_end(ask):
    response = ask(range="bytes=200-")
    assert (response.status_code, response["Content-Range"], response.content) == (416, "bytes */200", b"")


@pytest.mark.parametrize(("etag", "status"), [('"abc"', 206), ('"old"', 200)])
def test_a_part_of_another_version_is_not_sent(ask, etag, status):
    response = ask(range="bytes=0-1", **{"if-range": etag})
    assert response.status_code == status
    response.close()


@pytest.mark.parametrize("known", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
def test_not_modified(ask, known):
    response = ask(**{"if-none-match": known})
    assert (response.status_code, response.content) == (304, b"")


def test_head_says_the_size_and_sends_nothing(ask):
    response = ask("head")
    assert (response.status_code, response["Content-Length"], response.content) == (200, "200", b"")


def test_a_file_runs_nothing(ask):
    response = ask(media_type="image/svg+xml", name="logo.svg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Disposition"] == 'attachment; filename="logo.svg"'
    assert response["Cache-Control"] == "private, no-cache"
    response.close()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("été.pdf", "attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf"),
        ('le "bon" plan.pdf', 'attachment; filename="le \\"bon\\" plan.pdf"'),
        ("🙂.pdf", "attachment; filename*=utf-8''%F0%9F%99%82.pdf"),
    ],
)
def test_the_name_survives(ask, name, expected):
    response = ask(name=name)
    assert response["Content-Disposition"] == expected
    response.close()


def test_nginx_hands_it_out(ask, settings):
    settings.X_ACCEL_PREFIX = "/fichiers-internes"
    response = ask(name="été.pdf", inline=True)
    assert response["X-Accel-Redirect"] == "/fichiers-internes/documents/ab/cd/%C3%A9t%C3%A9"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%C3%A9t%C3%A9.pdf"
    assert response.content == b""
    assert not response.has_header("ETag")
