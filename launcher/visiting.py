"""Visiting pages as a browser without scripts does: cookies, redirects, and forms filled in and sent."""

import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar


class StepFailed(Exception):
    """What a step expected did not hold; the message says what was found instead."""


@dataclass
class Form:
    """One form of a page with what it would send if nothing were changed."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Page:
    """One answer: where it came from after all redirects, and what it says."""

    url: str
    status: int
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode(errors="replace")

    def form(self, *names: str) -> Form:
        """This function will return the first form that has all of these fields; it raises StepFailed when
        there is none."""
        reader = _FormReader()
        reader.feed(self.text)
        for form in reader.forms:
            if form.names.issuperset(names):
                return form
        raise StepFailed(f"{self.url} has no form with {', '.join(names) or 'anything'}")


class Visitor:
    """Somebody with a browser of their own: what one is told, another is not."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, address: str, *, status: int = 200) -> Page:
        """This function will return the page, after checking its status; redirects are followed."""
        return self._asked(urllib.request.Request(address), status)  # noqa: S310 - addresses of our own stack

    def send(self, page: Page, form: Form, *, status: int = 200, **typed: str) -> Page:
        """This function will send a form of that page with these fields changed and return the answer."""
        address = urllib.parse.urljoin(page.url, form.action)
        body = urllib.parse.urlencode(form.fields | typed)
        if form.method == "get":
            return self.get(f"{address.partition('?')[0]}?{body}", status=status)
        request = urllib.request.Request(address, data=body.encode())  # noqa: S310 - as above
        return self._asked(request, status)

    def _asked(self, request: urllib.request.Request, status: int) -> Page:
        try:
            with self._opener.open(request, timeout=30) as answer:
                page = Page(answer.url, answer.status, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                page = Page(refused.url or request.full_url, refused.code, refused.read())
        if page.status != status:
            raise StepFailed(f"{page.url} answered {page.status}, not {status}")
        return page


class _FormReader(HTMLParser):
    """Reads every form of a page with the fields a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("method", "get").lower(), given.get("action", "")))
        elif self.forms:
            self._read_field(tag, given)

    def _read_field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        form.names.add(name)
        if tag == "input" and name:
            ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if ticked and given.get("type") != "submit":
                form.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in form.fields):
            form.fields[self._select] = given.get("value", "")
        elif tag == "textarea":
            self._textarea = name
            form.fields[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            fields = self.forms[-1].fields
            fields[self._textarea] += data if fields[self._textarea] else data.removeprefix("\n")
