"""Forms: the giving form as browsers send it, each with its own signed id, and the counts that nothing here reaches."""

import urllib.parse
import uuid

from bench.pouring import Asked
from campaigns.models import GivingPage

SLUG = "family"
# All gifts come from this machine within seconds. The limits are asked as ever, they only lie higher.
UNLIMITED = ",".join(
    f"{name}=1000000"
    for name in (
        "posts_per_minute",
        "starts_per_minute",
        "starts_per_hour",
        "starts_per_minute_of_all",
        "processor_per_second",
        "presses_a_second",
    )
)


def fund() -> int:
    """This function will return the fund that the page of the bench gives to."""
    return int(GivingPage.objects.select_related("campaign").get(campaign__slug=SLUG).campaign.fund_id)


def filled(checkout_id: uuid.UUID, *, fund_id: int, email: str = "") -> dict[str, str]:
    """This function will return the fields of a form that somebody has filled in."""
    from web.giving import vouching

    return {
        "token": vouching.token(checkout_id=checkout_id, slug=SLUG, shown_at=0),
        "currency": "USD",
        "freq": "once",
        "amount_once": "100",
        "other": "100",
        "fund": str(fund_id),
        "name": "Grace Kim",
        "email": email or f"giver-{checkout_id.hex[:12]}@example.org",
    }


def pressed(checkout_id: uuid.UUID, *, fund_id: int, email: str = "", address: str = "") -> Asked:
    """This function will return the press of one form, from `address` as a proxy of ours would tell it."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if address:
        headers["X-Forwarded-For"] = address
    fields = filled(checkout_id, fund_id=fund_id, email=email)
    return Asked(f"/en/give/{SLUG}/", body=urllib.parse.urlencode(fields), headers=headers)


def many(count: int) -> tuple[list[uuid.UUID], list[Asked]]:
    """This function will return so many forms of different givers, with their ids."""
    fund_id, ids = fund(), [uuid.uuid4() for _ in range(count)]
    return ids, [pressed(checkout_id, fund_id=fund_id) for checkout_id in ids]
