"""A form is read and sent as a browser without scripts would."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from launcher.visiting import Page, StepFailed, Visitor

FORMS = b"""<form action="/search"><input name="q"></form>
<form method="POST" action="/take?x=1"><input type="hidden" name="token" value="a&amp;b">
<input type="radio" name="often" value="once" checked><input type="radio" name="often" value="monthly">
<input type="checkbox" name="cover"><input type="checkbox" name="letter" checked>
<select name="fund"><option value="1">One</option><option value="2" selected>Two</option></select>
<select name="first"><option value="7">Seven</option><option value="8">Eight</option></select>
<textarea name="note">
one &lt; two
three</textarea><input type="submit" name="go" value="Go"></form>"""


class Answerer(BaseHTTPRequestHandler):
    """Shows the forms, sets a cookie, and says back what it was sent."""

    def do_GET(self) -> None:
        if self.path == "/old":
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
            return
        self._say(FORMS if self.path == "/" else f"{self.path} {self.headers['Cookie']}".encode())

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._say(f"{self.path} {self.headers['Cookie']} {sorted(sent.items())}".encode(), status=422)

    def _say(self, content: bytes, *, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Set-Cookie", "known=1; Path=/")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answerer) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def test_a_form_holds_what_a_browser_would_send() -> None:
    form = Page("http://localhost/", 200, FORMS).form("token", "fund")
    assert (form.method, form.action) == ("post", "/take?x=1")
    assert form.fields == {
        "token": "a&b",
        "often": "once",
        "letter": "on",
        "fund": "2",
        "first": "7",
        "note": "one < two\nthree",
    }
    with pytest.raises(StepFailed, match="has no form with password"):
        Page("http://localhost/", 200, FORMS).form("password")


def test_forms_are_sent_with_the_cookies_of_this_visitor_alone(address: str) -> None:
    visitor = Visitor()
    page = visitor.get(f"{address}/old")
    assert page.url == f"{address}/"
    taken = visitor.send(page, page.form("note"), status=422, note="other")
    assert "/take?x=1 known=1" in taken.text
    assert "('note', ['other'])" in taken.text
    assert visitor.send(page, page.form("q"), q="김").text == "/search?q=%EA%B9%80 known=1"
    assert "None" in Visitor().send(page, page.form("q"), q="x").text
    with pytest.raises(StepFailed, match="answered 422, not 200"):
        visitor.send(page, page.form("note"))
