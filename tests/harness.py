"""What every page must hold, checked wherever a test asks for a page: no test has to think of it."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client

OUR_TEMPLATES = str(Path(settings.BASE_DIR) / "templates")
OUTSIDE = ("/gestion/",)
"""Wagtail's own screens: their HTML and their bookkeeping are theirs."""

READING_MAY_WRITE = re.compile(
    r"""django_session"""  # signing in and out, flash messages
    r"""|UPDATE\ ["`]?accounts_user["`]?\ SET\ ["`]?(last_visit|previous_visit|visit|last_seen|last_login)"""
    r"""|UPDATE\ ["`]?accounts_feedtoken["`]?\ SET\ ["`]?last_used_at"""
    r"""|UPDATE\ ["`]?mfa_authenticator"""  # allauth notes that the recovery codes were seen
    r"""|INSERT\ INTO\ ["`]documents_downloadrecord"""  # what was handed over, to whom
    r"""|["`]?wagtail(core|images|search)_(pagelogentry|rendition|query)""",  # thumbnails are made when first shown
    re.VERBOSE,
)
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


class UndefinedVariable(str):
    """`string_if_invalid` that refuses: a variable printed by one of our templates must exist.

    `{% if x %}` and `{{ x|default:"…" }}` may still ask for what is absent, and other people's templates may do as they
    please. Django asks for the truth of this string just where it could not resolve a variable.
    """

    def __bool__(self) -> bool:
        frame = sys._getframe(1)
        if frame.f_code.co_name != "resolve" or "string_if_invalid" not in frame.f_locals:
            return False
        expression, context = frame.f_locals["self"], frame.f_locals["context"]
        if any(func.__name__ in {"default", "default_if_none"} for func, _ in expression.filters):
            return False
        template = context.render_context.template
        if template is not None and str(template.origin.name).startswith(OUR_TEMPLATES):
            raise AssertionError(f"Undefined variable {{{{ {expression.token} }}}} in {template.origin.name}")
        return False


class Page(HTMLParser):
    """The few facts about a page that we hold to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.h1 = 0
        self.lang: str | None = None
        self.title = ""
        self.links: list[str] = []
        self.inline: list[str] = []
        self._tag = ""
        self._depth_svg = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._tag = tag
        self._depth_svg += tag == "svg"
        if tag == "html":
            self.lang = values.get("lang")
        elif tag == "h1":
            self.h1 += 1
        elif tag == "style":
            self.inline.append("<style>")
        elif tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.inline.append("<script>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.inline.append(f"<{tag} {name}={value!r}>")
            if name in {"href", "src", "action"} and value:
                if value.lower().startswith("javascript:"):
                    self.inline.append(value)
                if name == "href" and tag == "a":
                    self.links.append(value)

    def handle_endtag(self, tag: str) -> None:
        self._depth_svg -= tag == "svg"
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag == "title" and not self._depth_svg:
            self.title += data


def check_page(path: str, response: HttpResponse) -> None:
    """Raise `AssertionError` unless the page holds what each page must."""
    page = Page(response.content.decode())
    policy = response.headers.get("Content-Security-Policy", "")
    assert page.lang == "fr", f"{path}: lang={page.lang!r}"
    assert page.title.strip(" \n–"), f"{path}: no <title>"
    assert page.h1 == 1, f"{path}: {page.h1} <h1>"
    assert page.inline == [], f"{path}: {page.inline}"
    assert "default-src 'none'" in policy, f"{path}: {policy!r}"
    assert "unsafe" not in policy, f"{path}: {policy!r}"


class PageClient(Client):
    """Django's client, which checks every whole page it gets, and that reading does not write."""

    def request(self, **request: Any) -> HttpResponse:
        path = request["PATH_INFO"]
        written: list[str] = []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if _WRITE.match(sql) and not READING_MAY_WRITE.search(sql):
                written.append(sql)
            return execute(sql, params, many, context)

        reading = request["REQUEST_METHOD"] in {"GET", "HEAD"} and not path.startswith(OUTSIDE)
        if not reading:
            response = super().request(**request)
        else:
            with connection.execute_wrapper(watch):
                response = super().request(**request)
            assert written == [], f"GET {path} writes: {written}"
        whole = (
            not path.startswith(OUTSIDE)
            and "HTTP_HX_REQUEST" not in request
            and not response.streaming
            and response.headers.get("Content-Type", "").startswith("text/html")
            and response.content
            and response.status_code not in {301, 302, 303}
        )
        if whole:
            check_page(path, response)
        return response
