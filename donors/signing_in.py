"""Signing in to the portal: an e-mailed link that needs a second press, and six digits for another device.

Nothing tells who is known: a request is stored alike for everybody, and a worker decides later. The link opens with one
press in the browser that asked for it; anywhere else, and without the link, the six digits of the same mail are needed.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from donors import bouncing, corresponding, matching
from donors.models import Donor, LinkRequest, Message, SignInLink

LASTS = timedelta(minutes=10)
MOST_PER_HOUR = 5
MOST_WRONG_CODES = 5
CODE_LENGTH = 6


class Refusal(StrEnum):
    """Why nobody was let in. A link that is used, old, replaced, invented or guessed at too often is `spent`."""

    SPENT = "spent"
    WRONG_CODE = "wrong_code"


def fresh_browser() -> str:
    """This function will return a mark for one browser, kept in its cookie and here as a hash only."""
    return secrets.token_urlsafe(32)


def address_block(ip: str) -> str:
    """The network an address belongs to: /24 for IPv4, /64 for IPv6; empty when unreadable."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def request_link(
    *, email: str, language: str, ip: str, now: datetime, browser: str = "", scope: str = ""
) -> None:
    """Note that somebody asked for a link. The work differs for nobody: a worker decides later.

    `browser` is the mark of the browser that asks; without one the digits are needed everywhere.
    This function will store the request unless the address asked five times this hour, or its network fifty times.
    """
    key, block, since = matching.email_key(email), address_block(ip), now - timedelta(hours=1)
    recent = LinkRequest.objects.filter(requested_at__gt=since)
    too_many = (
        recent.filter(email_key=key).count() >= MOST_PER_HOUR
        or recent.filter(address_block=block).count() >= MOST_PER_HOUR * 10
    )
    if not too_many:
        LinkRequest.objects.create(
            email=email.strip(),
            email_key=key,
            address_block=block,
            browser_hash=_hash(browser) if browser else "",
            language=language,
            scope=scope,
            requested_at=now,
        )


def answer_requests(*, now: datetime) -> int:
    """Make a link for each request, and queue a mail where the address is known.

    An unknown address gets a link nobody is told of: its digits are counted as everybody's and are never right.
    This function will return how many mails it queued.
    """
    queued = 0
    with transaction.atomic():
        waiting = list(
            LinkRequest.objects.select_for_update(skip_locked=True)
            .filter(answered_at__isnull=True, scope="")
            .order_by("id")[:100]
        )
        for request in waiting:
            donors = matching.sharing_email(email=request.email)
            token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06}"
            _keep(request=request, token=token, code=code if donors else "", now=now)
            if donors:
                _mail(request=request, token=token, code=code, donors=donors, now=now)
                queued += 1
            request.answered_at = now
            request.save(update_fields=["answered_at"])
    return queued


def _keep(*, request: LinkRequest, token: str, code: str, now: datetime) -> None:
    token_hash = _hash(token)
    SignInLink.objects.create(
        token_hash=token_hash,
        code_hash=_code_hash(token_hash, code) if code else "",
        browser_hash=request.browser_hash,
        email_key=request.email_key,
        requested_at=now,
        expires_at=now + LASTS,
    )


def _mail(*, request: LinkRequest, token: str, code: str, donors: list[Donor], now: datetime) -> None:
    with translation.override(request.language):
        url = f"{settings.BASE_URL}/{request.language}/portal/open/{token}/"
        text = "\n\n".join(
            [
                _("Hello,"),
                _("Open this page and press “Sign in” to see your gifts and receipts:"),
                url,
                _("Or type these six digits where you asked for this mail:"),
                code,
                _("Both work once, for 10 minutes. If you did not ask for this mail, ignore it."),
            ]
        )
        corresponding.queue(
            kind=Message.Kind.SIGN_IN,
            cause=f"link_request:{request.pk}",
            to_email=donors[0].email,
            sender=corresponding.sender_to(donors=donors),
            language=request.language,
            subject=_("Your sign-in link"),
            text=text,
            donor_id=None,
            now=now,
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _code_hash(token_hash: str, code: str) -> str:
    # A million possible codes are tried in a moment by whoever reads the table; our secret key is not in it.
    return salted_hmac("portal sign-in code", f"{token_hash}{code}", algorithm="sha256").hexdigest()


def is_at_home(*, token: str, browser: str) -> bool:
    """This function will say whether a link is opened in the browser that asked for it; looking changes nothing."""
    return (
        bool(browser)
        and SignInLink.objects.filter(token_hash=_hash(token), browser_hash=_hash(browser)).exists()
    )


def redeem(*, token: str, browser: str = "", code: str = "", now: datetime) -> str | Refusal:
    """Use a link: with one press in the browser that asked for it, anywhere else with the six digits too.

    This function will return the e-mail that is proven now, or why not; a link that let somebody in is used up, and
    five tries of its digits use it up too.
    """
    link = _living(now=now).filter(token_hash=_hash(token)).first()
    if link is None or _is_replaced(link):
        return Refusal.SPENT
    if browser and link.browser_hash == _hash(browser):
        return _use(link, now=now)
    return _try_code(link, code=code, now=now)


def redeem_code(*, browser: str, code: str, now: datetime) -> str | Refusal:
    """Use the six digits in the browser that asked for them, without opening the link.

    Somebody whose address is unknown gets the same answers as somebody who mistypes. This function will return the
    e-mail that is proven now, or why not.
    """
    mark = _hash(browser) if browser else ""
    if not mark:
        return Refusal.SPENT
    if LinkRequest.objects.filter(browser_hash=mark, answered_at__isnull=True).exists():
        return Refusal.WRONG_CODE  # no digits have been sent yet, to anybody
    link = _living(now=now).filter(browser_hash=mark).order_by("-id").first()
    if link is None or _is_replaced(link):
        return Refusal.SPENT
    return _try_code(link, code=code, now=now)


def expire(*, email_keys: Iterable[str], now: datetime) -> None:
    """This function will end every link to these addresses: whoever holds one must ask again."""
    SignInLink.objects.filter(
        email_key__in=list(email_keys), used_at__isnull=True, expires_at__gt=now
    ).update(expires_at=now)


def _living(*, now: datetime) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(
        used_at__isnull=True, expires_at__gt=now, wrong_codes__lt=MOST_WRONG_CODES
    )


def _is_replaced(link: SignInLink) -> bool:
    # By id, not by time: two requests answered in one go have the same time.
    return SignInLink.objects.filter(email_key=link.email_key, pk__gt=link.pk).exists()


def _use(link: SignInLink, *, now: datetime) -> str | Refusal:
    used = SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now)
    if not used:
        return Refusal.SPENT
    # Whoever came by the mailed link has read their mail: the mailbox works, whatever a report said before.
    bouncing.reopen(email_key=link.email_key)
    return link.email_key


def _try_code(link: SignInLink, *, code: str, now: datetime) -> str | Refusal:
    digits = "".join(char for char in code if char in "0123456789")
    if len(digits) != CODE_LENGTH:
        return Refusal.WRONG_CODE  # no try: an empty field, half of the digits
    # Counted before it is compared: a hundred guesses at the same moment are a hundred tries.
    counted = SignInLink.objects.filter(pk=link.pk, wrong_codes__lt=MOST_WRONG_CODES).update(
        wrong_codes=F("wrong_codes") + 1
    )
    if not counted:
        return Refusal.SPENT
    if link.code_hash and hmac.compare_digest(link.code_hash, _code_hash(link.token_hash, digits)):
        return _use(link, now=now)
    return Refusal.SPENT if link.wrong_codes + 1 >= MOST_WRONG_CODES else Refusal.WRONG_CODE
