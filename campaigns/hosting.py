"""Hosting: which web sites may carry our embeds in a frame, and to which address they are the way back.

An origin is a scheme, a host and perhaps a port. A browser asks for every frame above ours, so a page two levels deep
needs both hosts listed.
"""

import re
import unicodedata
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from django.db import transaction

from campaigns.models import Site, SiteOrigin
from staff import auditing
from staff.models import User

WIX = "wix"
WIX_ORIGINS = (
    "https://*.wixsite.com",
    "https://*.editorx.io",
    "https://*.filesusr.com",
    "https://editor.wix.com",
)
"""Where Wix serves sites, its editor and the inner frame of "Embed HTML" from; an own domain is added beside them."""

_CODE = re.compile(r"[a-z0-9-]{2,40}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_SECOND_LEVEL = frozenset(
    {"ac", "co", "com", "edu", "go", "gob", "gov", "ne", "net", "nom", "or", "org", "re"}
)
"""Under two-letter countries these are everybody's: `*.co.kr` would be all of Korea."""


class UnableToHost(ValueError):
    """The site cannot be registered as asked; `code` says which part is wrong and why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_origin(typed: str) -> str:
    """ "https://Church.example.org/" becomes "https://church.example.org", a Hangul domain its ASCII form.

    One wildcard may stand for the first label: `https://*.example.org`. Anything that is more than an origin (a path,
    a name, a question) or less (no https, no domain) raises UnableToHost, as does a wildcard over what is everybody's.
    This function will return the origin as browsers write it.
    """
    parts = _parts(typed)
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise UnableToHost("origin")
    host = (parts.hostname or "").removesuffix(".")
    is_wild = host.startswith("*.")
    labels = _labels(host.removeprefix("*."))
    if is_wild and len(labels[-1]) == 2 and len(labels) == 2 and labels[0] in _SECOND_LEVEL:
        raise UnableToHost("wildcard")
    name = ".".join(labels)
    return f"https://{'*.' if is_wild else ''}{name}{_port(parts.port)}"


def clean_address(typed: str) -> str:
    """An address to lead back to: https, a domain, no name or password in it. Raises UnableToHost.

    This function will return it with an ASCII host, or nothing for nothing.
    """
    if not typed.strip():
        return ""
    parts = _parts(typed)
    host = ".".join(_labels((parts.hostname or "").removesuffix(".")))
    address = parts._replace(netloc=f"{host}{_port(parts.port)}").geturl()
    if len(address) > 300:
        raise UnableToHost("return_url")
    return address


def _parts(typed: str) -> SplitResult:
    """An https address without anything that browsers and we might read differently."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if any(not char.isprintable() or char in " \\<>\"'`,;" for char in text):
        raise UnableToHost("address")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UnableToHost("address") from error
    if parts.scheme != "https" or not parts.netloc or "@" in parts.netloc or port == 0:
        raise UnableToHost("address")
    return parts


def _labels(host: str) -> list[str]:
    """The parts of a domain, in ASCII; at least two, and the last one no number."""
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise UnableToHost("domain") from error
    labels = ascii_host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        raise UnableToHost("domain")
    return labels


def _port(port: int | None) -> str:
    return "" if port in {None, 443} else f":{port}"


def ancestors() -> list[str]:
    """This function will return every origin of a site that is switched on, in a settled order."""
    found = (
        SiteOrigin.objects.filter(site__is_active=True).order_by("origin").values_list("origin", flat=True)
    )
    return list(dict.fromkeys(found))


def way_back(code: str) -> Site | None:
    """This function will return the site of that code if it may be led back to, else None."""
    if not _CODE.fullmatch(code):
        return None
    return Site.objects.filter(code=code, is_active=True).exclude(return_url="").first()


def register(*, code: str, name: str, return_url: str, actor: User, now: datetime) -> Site:
    """Note a site, switched on and without an origin yet. Raises UnableToHost.

    This function will return the site.
    """
    plain = code.strip().lower()
    if not _CODE.fullmatch(plain):
        raise UnableToHost("code")
    with transaction.atomic():
        site, is_new = Site.objects.get_or_create(
            code=plain, defaults={"name": _name(name), "return_url": clean_address(return_url)}
        )
        if not is_new:
            raise UnableToHost("code_taken")
        _record(site, "registered", actor=actor, now=now, details={"return_url": site.return_url})
    return site


def change(*, site_id: int, name: str, return_url: str, is_active: bool, actor: User, now: datetime) -> Site:
    """Another name or way back, or switched off: then it frames nothing and nobody is led back to it.

    Raises UnableToHost. This function will return the site.
    """
    with transaction.atomic():
        site = Site.objects.select_for_update().get(pk=site_id)
        site.name, site.return_url, site.is_active = _name(name), clean_address(return_url), is_active
        site.save(update_fields=["name", "return_url", "is_active"])
        _record(
            site,
            "changed",
            actor=actor,
            now=now,
            details={"return_url": site.return_url, "is_active": is_active},
        )
    return site


def _name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > 120 or not name.isprintable():
        raise UnableToHost("name")
    return name


def remove(*, site_id: int, actor: User, now: datetime) -> None:
    """Forget a site with its origins. This function will do nothing if somebody else did it already.

    Gifts that came by it stay; their thank-you pages lead back nowhere.
    """
    with transaction.atomic():
        site = Site.objects.select_for_update().filter(pk=site_id).first()
        if site is not None:
            origins = list(site.origins.order_by("origin").values_list("origin", flat=True))
            _record(site, "removed", actor=actor, now=now, details={"code": site.code, "origins": origins})
            site.delete()


def add_origin(*, site_id: int, typed: str, actor: User, now: datetime) -> SiteOrigin:
    """Let one more origin carry our embeds; listed twice it is there once. Raises UnableToHost.

    This function will return the origin.
    """
    origin = clean_origin(typed)
    if len(origin) > 200:
        raise UnableToHost("domain")
    with transaction.atomic():
        site = Site.objects.select_for_update().get(pk=site_id)
        row, is_new = SiteOrigin.objects.get_or_create(site=site, origin=origin)
        if is_new:
            _record(site, "origin_added", actor=actor, now=now, details={"origin": origin})
    return row


def remove_origin(*, origin_id: int, actor: User, now: datetime) -> None:
    """Stop one origin from carrying our embeds. This function will do nothing if it is gone already."""
    with transaction.atomic():
        row = SiteOrigin.objects.select_for_update().select_related("site").filter(pk=origin_id).first()
        if row is not None:
            _record(row.site, "origin_removed", actor=actor, now=now, details={"origin": row.origin})
            row.delete()


def switch_on_wix(*, actor: User, now: datetime) -> Site:
    """Register the places Wix serves from, or switch them on again. This function will return the site."""
    with transaction.atomic():
        site, is_new = Site.objects.get_or_create(code=WIX, defaults={"name": "Wix"})
        SiteOrigin.objects.bulk_create(
            [SiteOrigin(site=site, origin=origin) for origin in WIX_ORIGINS], ignore_conflicts=True
        )
        if is_new or not site.is_active:
            Site.objects.filter(pk=site.pk).update(is_active=True)
        _record(site, "registered" if is_new else "changed", actor=actor, now=now, details={"preset": WIX})
        site.refresh_from_db()
    return site


def _record(site: Site, deed: str, *, actor: User, now: datetime, details: dict[str, object]) -> None:
    auditing.record(actor=actor, action=f"site.{deed}", target=f"site:{site.pk}", now=now, details=details)
