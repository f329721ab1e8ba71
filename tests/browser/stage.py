"""Chromium in front of Django's test client: the pages are those of the tests, with their styles and scripts, and there is
neither a server nor anything to commit."""

import re
from contextvars import Context, copy_context
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles.finders import find
from django.http import HttpResponse
from playwright.sync_api import Browser, Request, Route
from playwright.sync_api import Page as BrowserPage

from tests.browser.conftest import Tab
from tests.harness import PageClient


class _Statics(SimpleHTTPRequestHandler):
    """Styles, scripts and fonts go to Chromium straight, and it keeps them from one page to the next."""

    def translate_path(self, path: str) -> str:
        return find(unquote(urlsplit(path).path).removeprefix("/static/")) or ""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def log_message(self, *args: object) -> None: ...


@cache
def _site() -> str:
    """Under a name that Chromium trusts with keys (passkeys are offered nowhere else without TLS)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Statics)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://localhost:{server.server_port}"


class Stage(Tab):
    """One person's tab. `client` answers what a page asks for while it is shown."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser, _site(), None)
        self.client = PageClient()
        self._shown: tuple[str, HttpResponse] | None = None
        self._context = Context()
        self.context.route(re.compile(rf"^(?!{self.site}/static/)"), self._answer)
        self.context.new_cdp_session(self.page).send("Network.setCacheDisabled", {"cacheDisabled": False})

    def show(self, response: HttpResponse, client: PageClient) -> BrowserPage:
        """The page as that client got it, by whatever verb."""
        self.client = client
        path = response.request["PATH_INFO"]
        query = response.request["QUERY_STRING"]
        address = f"{self.site}{path}{'?' if query else ''}{query}"
        self._shown = (address, response)
        self._context = copy_context()
        self.page.goto(address)
        return self.page

    def _answer(self, route: Route) -> None:
        request = route.request
        if self._shown and request.is_navigation_request() and request.url == self._shown[0]:
            response = self._shown[1]
        else:  # Playwright answers in a context of its own, where the database connection would be another one
            response = self._context.copy().run(self._ask, request)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        route.fulfill(status=response.status_code, headers=dict(response.headers.items()), body=body)

    def _ask(self, request: Request) -> HttpResponse:
        kind = request.headers.get("content-type", "application/octet-stream")
        headers = {"HX-Request": "true"} if "hx-request" in request.headers else {}
        target, data = request.url.removeprefix(self.site), request.post_data_buffer or b""
        return self.client.generic(request.method, target, data, content_type=kind, headers=headers)
