"""Vouching: a form carries its own signed id, so that no session and no cookie is needed to give.

The id becomes the checkout's id. Two presses of one form are therefore one gift, whatever the network does.
"""

import uuid

from django.core import signing

SALT = "giving-form"
LASTS_SECONDS = 4 * 3600


def token(*, checkout_id: uuid.UUID, slug: str) -> str:
    """This function will return a signed token for one form of one giving page."""
    return signing.dumps({"id": str(checkout_id), "page": slug}, salt=SALT)


def opened(given: str, *, slug: str) -> uuid.UUID | None:
    """This function will return the id inside, or None when the token is old, changed or of another page."""
    try:
        inside = signing.loads(given, salt=SALT, max_age=LASTS_SECONDS)
        return uuid.UUID(inside["id"]) if inside["page"] == slug else None
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None
