"""Proving: a small sum for the visitor's browser, asked for only while cards seem to be tested here.

The sum (altcha's, PBKDF2) takes a browser less than a second and a machine that wants thousands of payment pages too
long. It is made for one form: its answer is of no use with another one, and a form is one gift however often it is
sent. So the row of the checkout is what makes an answer single-use.
"""

import json
import secrets
import uuid
from datetime import datetime, timedelta

import altcha
from django.utils.crypto import salted_hmac

from web.giving import vouching

ALGORITHM = "PBKDF2/SHA-256"
ROUNDS = 2_000
FEWEST, SPREAD = 250, 500
"""How many tries the answer is away: always about the same, so that nobody has bad luck."""
LONGEST = 4_000


def challenge(*, checkout_id: uuid.UUID, now: datetime) -> str:
    """This function will return a sum for one form as JSON, as the browser's part reads it."""
    made = altcha.create_challenge(
        ALGORITHM,
        ROUNDS,
        counter=FEWEST + secrets.randbelow(SPREAD),
        expires_at=now + timedelta(seconds=vouching.LASTS_SECONDS),
        data={"form": str(checkout_id)},
        hmac_secret=_key("sum"),
        hmac_key_secret=_key("answer"),
    )
    return json.dumps(made.to_dict(), separators=(",", ":"))


def is_solved(given: str, *, checkout_id: uuid.UUID) -> bool:
    """This function will return whether `given` answers a sum that was made for this form."""
    if not given or len(given) > LONGEST or not given.isascii():
        return False
    told = altcha.verify_solution(given, _key("sum"), hmac_key_secret=_key("answer"))
    if not told.verified:
        return False
    # Signed by us, so it has the shape we gave it.
    return altcha.Payload.from_base64(given).challenge.parameters.data == {"form": str(checkout_id)}


def _key(purpose: str) -> bytes:
    return salted_hmac(f"giving-proof-{purpose}", "", algorithm="sha256").digest()
