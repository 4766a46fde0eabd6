"""What a browser is told on every page: nothing runs that we did not write, nobody frames it, no link leads away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from campaigns.models import Site
from donations.models import Checkout, Donation
from donors.models import Donor
from ledger.money import Money
from staff.models import Role
from tests import making
from tests.sandbox.driving import Sandbox
from tests.web import filling, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MARK = "x9m4rk"
CORPUS = (
    "</script><script>alert('x9m4rk')</script>", "<script>x9m4rk()</script>", "<img src=x onerror=x9m4rk()>",
    "<svg onload=x9m4rk()>", "<svg><script>x9m4rk()</script></svg>", "\"><script>x9m4rk()</script>",
    "'><b>x9m4rk</b>",
    "javascript:x9m4rk()", "{{7*7}}x9m4rk", "{% debug %}x9m4rk", "${7*7}x9m4rk", "<a href=javascript:x9m4rk()>a</a>",
    "<iframe src=//evil.example></iframe>x9m4rk",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x9m4rk()&gt;\">",
    "<noscript><p title=\"</noscript><img src=x onerror=x9m4rk()>\">",
    "<form action=//evil.example><input name=x9m4rk>",
    "<base href=//evil.example>x9m4rk", "<meta http-equiv=refresh content=0;url=//evil.example>x9m4rk",
    "<!--x9m4rk-->",
    "]]>x9m4rk<![CDATA[", "x9m4rk\" autofocus onfocus=\"x9m4rk()", "x9m4rk' onmouseover='x9m4rk()", "`x9m4rk`",
    "&lt;script&gt;x9m4rk", "&#60;script&#62;x9m4rk", "\\u003cscript\\u003ex9m4rk", "%3Cscript%3Ex9m4rk",
    "＜script＞x9m4rk",
    "<details open ontoggle=x9m4rk()>", "<video><source onerror=x9m4rk()>",
    "<style>*{background:url(//evil.example)}</style>x9m4rk",
    "<textarea></textarea><script>x9m4rk()</script>", "<title></title><script>x9m4rk()</script>",
    "<object data=x9m4rk>",
)  # fmt: skip


def every(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from every(found, found.namespace or space)
        else:
            yield space, found


OURS = {"giving", "portal", "office", "embed", "proof"}
NOBODYS = "00000000-0000-4000-8000-000000000000"


def pages(keys: dict[str, object]) -> list[str]:
    """Every address of a page, with real keys where they are known; machines' addresses answer no page."""
    found = []
    for space, pattern in every(get_resolver()):
        if not pattern.name or space.startswith("api"):
            continue
        name = f"{space}:{pattern.name}" if space else pattern.name
        names = pattern.pattern.regex.groupindex
        given = {key: keys.get(f"{name}.{key}", keys.get(key, "nothing-known")) for key in names}
        # What is known under a name may be of another kind here; then anything of the right kind will do.
        for key, converter in pattern.pattern.converters.items():
            if re.fullmatch(converter.regex, str(given[key])) is None:
                given[key] = NOBODYS if "uuid" in type(converter).__name__.lower() else 1
        try:
            found.append(reverse(name, kwargs=given))
        except NoReverseMatch:  # a route of allauth's own that is shut here, or takes its key by another way
            assert space not in OURS, name
    return sorted({address for address in found if address and not address.startswith("/api/")})


@pytest.fixture
def keys(house: None, today: datetime) -> dict[str, object]:
    gift = making.donation(by=making.donor(now=today), amount=Money(7000, "USD"), at=today)
    receipt = making.receipt(of=gift, now=today)
    return {
        "slug": "family",
        "number": 1,
        "checkout_id": NOBODYS,
        "pk": gift.pk,
        "donation_id": gift.pk,
        "receipt_id": receipt.pk,
        "key": gift.pk,
        "token": "token",
        "language": "en",
        "campaign_id": 1,
        "rest": "family/",
        "of": "campaign",
        "ref": "family",
        "code": "wix",
        "kind": "atom",
    }


# By way of the policy, what a browser would run, load, send or be framed in on our pages.
STRICT = {
    "default-src": {"'none'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
}


def test_T49_every_page_carries_the_policy(keys: dict[str, object], today: datetime) -> None:
    staff = Client(raise_request_exception=False)
    staff.force_login(making.user(email="all@example.org", role=Role.ADMIN, now=today))
    readers = [Client(raise_request_exception=False), staff]
    seen = 0
    for address in pages(keys):
        for reader in readers:
            answer = reader.get(address)
            if not str(answer.get("Content-Type", "")).startswith("text/html"):
                continue
            seen += 1
            _strict(answer, address)
    for answer in (readers[0].get("/en/nowhere/"), readers[0].post("/en/portal/", {}), readers[0].get("/")):
        if str(answer.get("Content-Type", "")).startswith("text/html"):
            _strict(answer, "an error")
    assert seen > 40


def _strict(answer: Any, address: str) -> None:
    policy = {
        words[0]: set(words[1:])
        for part in answer["Content-Security-Policy"].split(";")
        if (words := part.split())
    }
    if policy["frame-ancestors"] != {"'none'"}:  # a frame's own policy says it all: nothing but its style
        assert policy["default-src"] == {"'none'"}, address
        assert policy["style-src"] == {"'self'"}, address
        assert not {"script-src", "img-src", "object-src"} & policy.keys(), address
        return
    for name, allowed in STRICT.items():
        assert policy[name] == allowed, (address, name)
    scripts = policy.get("script-src", policy["default-src"])
    assert not scripts & {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:"}, address
    assert policy["frame-ancestors"] == {"'none'"} or "/embed/" in address, address
    assert "form-action" in policy, address
    html = answer.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(ld\+)?json\")", html), address
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), address
    assert answer["X-Content-Type-Options"] == "nosniff", address


class Tags(HTMLParser):
    """Finds what of a text became markup: a tag or an attribute with the mark in it, or a comment."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.live: list[str] = []
        self.scripts = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        harmless = {"value", "title", "aria-label", "alt", "content", "data-name"}
        for name, value in attrs:
            is_path = name in {"href", "action"} and (value or "").startswith(("/", "?", "#"))
            is_told = MARK in (value or "") and name not in harmless and not is_path
            if MARK in name or name.startswith("on") or is_told:
                self.live.append(f"<{tag} {name}={value}>")
        if tag in {"iframe", "object", "base", "math", "video", "style"}:
            self.live.append(f"<{tag}>")

    def handle_comment(self, text: str) -> None:
        if MARK in text:
            self.live.append(f"<!--{text}-->")


def test_T48_texts_of_givers_are_shown_and_never_obeyed(house: None, today: datetime) -> None:
    staff = Client()
    staff.force_login(making.user(email="reader@example.org", role=Role.FINANCE, now=today))
    for number, text in enumerate(CORPUS):
        name = text[:120]
        giver = making.donor(name=name, email=f"x{number}@example.org", now=today)
        Donor.objects.filter(pk=giver.pk).update(address=text, local_name=name)
        gift = making.donation(by=giver, at=today - timedelta(minutes=number))
        addresses = [
            reverse("office:donation", args=[gift.pk]),
            f"{reverse('office:donations')}?q=x{number}%40example.org",
            f"{reverse('office:donations')}?q={text[:40]}".replace("#", "%23").replace("&", "%26"),
        ]
        for address in addresses:
            assert Tags(staff.get(address).content.decode()).live == [], (text, address)
    for address in (reverse("office:donations"), reverse("office:today"), reverse("office:receipts")):
        assert Tags(staff.get(address).content.decode()).live == [], address


def test_T48_the_form_shows_what_was_typed_and_never_obeys_it(house: None, clock: Any) -> None:
    for number, text in enumerate(CORPUS):
        client = visiting.visitor(number + 1)
        form = filling.filled(client, name=text, note=text, email=text, other=text, src=text)
        answer = client.post(visiting.GIVE, form)
        assert answer.status_code in {422, 429}
        assert Tags(answer.content.decode()).live == [], text
        clock.shift(1)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "java\tscript:alert(1)", "java\nscript:x",
     " javascript:x", "vbscript:x", "file:///etc/passwd", "http:evil", "https:/evil"],
)  # fmt: skip
def test_T50_addresses_that_are_none(address: str) -> None:
    field = Site._meta.get_field("return_url")
    with pytest.raises(ValidationError):
        field.clean(address, None)


ELSEWHERE = (
    "//evil.example", "///evil.example", "////evil.example", "https://evil.example", "http://evil.example",
    "https:evil.example",
    "https:/evil.example", "http:///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\\/evil.example",
    "//evil.example/%2f..", "https://testserver@evil.example", "https://testserver:x@evil.example",
    "//testserver@evil.example",
    "https://testserver.evil.example", "https://evil.example/testserver", "https://evil.example#testserver",
    "https://evil.example?testserver",
    "https://еxample.org", "https://tеstserver", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)", "data:text/html,x",
    "vbscript:x", "ftp://evil.example", "\t//evil.example", "\n//evil.example", " //evil.example", "/\t/evil.example",
    "/\n/evil.example", "%2f%2fevil.example", "%5c%5cevil.example", "/%0d%0aLocation:https://evil.example",
    "/x\r\nLocation: https://evil.example",
    "https://[::1]", "https://0x7f000001", "\x00//evil.example", "//evil%00.example",
    "https://evil.example\\@testserver",
)  # fmt: skip


def _is_here(location: str) -> bool:
    """A browser reads backslashes as slashes and skips tabs and line ends."""
    read = re.sub(r"[\t\r\n\x00]", "", location).strip().replace("\\", "/")
    there = urlsplit(urljoin("https://testserver/en/accounts/login/", read))
    return (there.scheme, there.netloc) == ("https", "testserver")


def test_T51_next_leads_nowhere_else(house: None, today: datetime) -> None:
    assert len(ELSEWHERE) >= 40
    making.user(email="ann@example.org", role=Role.VIEWER, password="a long enough password", now=today)
    for number, wanted in enumerate(ELSEWHERE):
        client = Client(REMOTE_ADDR=f"10.3.{number}.7", raise_request_exception=False)
        answer = client.post(
            reverse("account_login"),
            {"login": "ann@example.org", "password": "a long enough password", "next": wanted},
        )
        assert answer.status_code in {200, 302, 400}, wanted
        assert _is_here(answer.headers.get("Location", "/")), (wanted, answer.headers.get("Location"))
        for name in ("next", "return_url", "url", "redirect"):
            again = Client(raise_request_exception=False).get("/en/give/family/", {name: wanted})
            assert again.status_code == 200
            assert "evil.example" not in re.sub(r'value="[^"]*"', "", "".join(_links(again)))


def _links(answer: Any) -> list[str]:
    return [
        link for link in re.findall(r'(?:href|action|src)="([^"]*)"', answer.content.decode()) if not _is_here(link)
    ]  # fmt: skip


def test_T52_no_page_of_ours_is_framed(keys: dict[str, object]) -> None:
    for address in pages(keys):
        if "/embed/" in address:
            continue
        answer = Client(raise_request_exception=False).get(address)
        if str(answer.get("Content-Type", "")).startswith("text/html"):
            assert answer["X-Frame-Options"] == "DENY", address
            assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], address


def test_T53_pages_ask_nobody_else(keys: dict[str, object]) -> None:
    for address in pages(keys):
        answer = Client(raise_request_exception=False).get(address)
        if not str(answer.get("Content-Type", "")).startswith("text/html"):
            continue
        html = answer.content.decode()
        loaded = re.findall(
            r'<(?:script|img|link|iframe|source|video|audio)[^>]+(?:src|href)="(https?://[^"]+)"', html
        )
        ours = [link for link in loaded if not re.match(r"https?://(testserver|localhost:8000)(/|$)", link)]
        assert ours == [], address


def test_T55_an_error_of_ours_tells_nothing(house: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from web.giving import asking

    def broken(**_: object) -> object:
        raise RuntimeError("secret-canary of the database")

    monkeypatch.setattr(asking, "ask", broken)
    answer = Client(raise_request_exception=False).get("/en/give/family/")
    html = answer.content.decode()
    assert answer.status_code == 500
    for secret in ("secret-canary", "RuntimeError", "Traceback", "asking.py", "SECRET_KEY", "DATABASE"):
        assert secret not in html


def test_T36_a_return_of_somebody_else_shows_no_address(house: None, processor: Sandbox) -> None:
    giver = visiting.visitor(1)
    giver.post(visiting.GIVE, filling.filled(giver, name="Secret Name"))
    checkout = Checkout.objects.get()
    html = visiting.visitor(2).get(reverse("giving:thanks", args=[checkout.pk])).content.decode()
    assert "Secret Name" not in html
    assert "grace@example.org" not in html
    assert not Donation.objects.exists()
