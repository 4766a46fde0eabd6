"""Signing in to the portal: an e-mailed link that needs a second press. Nothing tells who is known."""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from donors import corresponding, matching
from donors.models import Donor, LinkRequest, Message, SignInLink

LASTS = timedelta(minutes=15)
MOST_PER_HOUR = 5


def address_block(ip: str) -> str:
    """The network an address belongs to: /24 for IPv4, /64 for IPv6; empty when unreadable."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def request_link(*, email: str, language: str, ip: str, now: datetime) -> None:
    """Note that somebody asked for a link. The work differs for nobody: a worker decides later.

    This function will store the request unless the address or the network asked five times this hour.
    """
    key, block, since = matching.email_key(email), address_block(ip), now - timedelta(hours=1)
    recent = LinkRequest.objects.filter(requested_at__gt=since)
    too_many = (
        recent.filter(email_key=key).count() >= MOST_PER_HOUR
        or recent.filter(address_block=block).count() >= MOST_PER_HOUR * 10
    )
    if not too_many:
        LinkRequest.objects.create(
            email=email.strip(), email_key=key, address_block=block, language=language, requested_at=now
        )


def answer_requests(*, now: datetime) -> int:
    """Make a link and queue a mail for each request whose address is known; forget the others.

    This function will return how many mails it queued.
    """
    queued = 0
    with transaction.atomic():
        waiting = list(
            LinkRequest.objects.select_for_update(skip_locked=True)
            .filter(answered_at__isnull=True)
            .order_by("id")[:100]
        )
        for request in waiting:
            donors = matching.sharing_email(email=request.email)
            if donors:
                _queue_link(request=request, donors=donors, now=now)
                queued += 1
            request.answered_at = now
            request.save(update_fields=["answered_at"])
    return queued


def _queue_link(*, request: LinkRequest, donors: list[Donor], now: datetime) -> None:
    token = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        token_hash=_hash(token), email_key=request.email_key, requested_at=now, expires_at=now + LASTS
    )
    with translation.override(request.language):
        url = f"{settings.BASE_URL}/{request.language}/portal/open/{token}/"
        text = "\n\n".join(
            [
                _("Hello,"),
                _("Open this page and press “Sign in” to see your gifts and receipts:"),
                url,
                _("The link works once, for 15 minutes. If you did not ask for it, ignore this mail."),
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


def redeem(*, token: str, now: datetime) -> str | None:
    """Use a link: the e-mail it proves, or None when it is unknown, used, too old or replaced by a newer one.

    This function will mark the link used, so a second press is refused.
    """
    link = SignInLink.objects.filter(
        token_hash=_hash(token), used_at__isnull=True, expires_at__gt=now
    ).first()
    if link is None:
        return None
    # By id, not by time: two requests answered in one go have the same time.
    newer = SignInLink.objects.filter(email_key=link.email_key, pk__gt=link.pk)
    if newer.exists():
        return None
    used = SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now)
    return link.email_key if used else None
