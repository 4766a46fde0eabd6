"""Vouching: a form carries its own signed id, so that no session and no cookie is needed to give.

The id becomes the checkout's id. Two presses of one form are therefore one gift, whatever the network does. The token
also says when the form was first shown; another language, a correction or a second try keep that time.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing

SALT = "giving-form"
LASTS_SECONDS = 30 * 60
"""A form that was open for longer is shown once more with everything typed, and its next press is taken."""


@dataclass(frozen=True)
class Vouched:
    """What a token of ours says, however old it is."""

    checkout_id: uuid.UUID
    shown_at: float
    is_fresh: bool


def token(*, checkout_id: uuid.UUID, slug: str, shown_at: float | None = None) -> str:
    """This function will return a signed token for one form of one giving page."""
    inside: dict[str, Any] = {"id": str(checkout_id), "page": slug}
    if shown_at is not None:
        inside["shown"] = int(shown_at)
    return signing.dumps(inside, salt=SALT)


def read(given: str, *, slug: str) -> Vouched | None:
    """This function will return what the token says, or None when it is not ours or of another page."""
    try:
        inside = signing.loads(given, salt=SALT)
        signed_at = signing.b62_decode(given.rsplit(":", 2)[1])
        if inside["page"] != slug:
            return None
        return Vouched(uuid.UUID(inside["id"]), float(inside.get("shown", signed_at)), _is_fresh(given))
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None


def _is_fresh(given: str) -> bool:
    try:
        signing.loads(given, salt=SALT, max_age=LASTS_SECONDS)
    except signing.SignatureExpired:
        return False
    return True


def opened(given: str, *, slug: str) -> uuid.UUID | None:
    """This function will return the id inside, or None when the token is old, changed or of another page."""
    vouched = read(given, slug=slug)
    return vouched.checkout_id if vouched and vouched.is_fresh else None


def age(vouched: Vouched, *, now: datetime) -> float:
    """This function will return for how many seconds the form has been with somebody."""
    return now.timestamp() - vouched.shown_at
