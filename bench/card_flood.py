"""`card_flood` (L5): cards are tested with 500 presses a second from 1,000 networks, and five people a second give.

Every press is a form in order with an id of its own, which is more than an attacker will manage. The limits are those
of an installation that changed none. People must get to the payment page, at least 99 in 100 and within 2 s (p95);
the processor may see at most ten calls a second from the flood, no giver may be written down, the database may grow
by less than 1 MB a minute and the web may take less than 80 % of the processors. The ratio is the people's share.
"""

import bisect
import os
import uuid
from datetime import datetime, timedelta

from django.db import connection

from bench import forms, lasting, pairing, people, pouring, standing
from donations.models import Checkout
from donors.models import Donor

NAME = "card_flood"
PRESSES, NETWORKS, PEOPLE = 500.0, 1000, 5.0
SHARE, P95_MS, CALLS, MEGABYTES, CPU = 0.99, 2000.0, 10.0, 1.0, 0.8
LATENCY_MS = 300
SECONDS = 20.0
FORMS = 4000


def measure() -> pairing.Outcome:
    """This function will return the share of people who came through, to 99 in 100."""
    seconds = lasting.seconds(SECONDS)
    _forget()
    with standing.sandbox(latency_ms=LATENCY_MS) as processor:
        environment = {"STRIPE_API_BASE": processor.url, "TRUSTED_PROXIES": "1", "GIVING_LIMITS": ""}
        with standing.house(environment=environment) as house:
            notes = _attack(house, seconds=seconds)
    _forget()
    share = float(str(notes["share"]))
    return pairing.Outcome(
        name=NAME,
        value=share,
        unit="of people gave",
        limit=SHARE,
        ratio=round(share / SHARE, 3),
        n=int(PRESSES * seconds),
        notes=notes,
    )


def _attack(house: standing.House, *, seconds: float) -> dict[str, object]:
    before, donors, cpu = _size(), Donor.objects.count(), house.web.cpu_seconds()
    mark = uuid.uuid4().hex[:8]
    poured = pouring.Pouring([_flood(house.web.url, mark)], seconds=seconds)
    honest = people.give(house.web.url, rate=PEOPLE, seconds=seconds, prefix=f"honest{mark}")
    flood = poured.finish()["flood"]
    spent = house.web.cpu_seconds() - cpu
    calls = _calls(mark)
    row = honest.row()
    grown = {table: after - before[table] for table, after in _size().items()}
    return {
        "seconds": seconds,
        "share": row["share_begun"],
        "people": row,
        "is_p95_below_2_s": float(str(row["p95_ms"])) < P95_MS,
        "flood": flood.row(),
        "flood_begun": len(calls),
        "most_calls_in_a_second": _most_in_a_second(calls),
        "calls_a_second": round(len(calls) / seconds, 2),
        "donors_written": Donor.objects.count() - donors,
        "grown_bytes": grown,
        "grown_megabytes": round(sum(grown.values()) / 1e6, 3),
        "grown_megabytes_a_minute": round(sum(grown.values()) / 1e6 / seconds * 60, 2),
        "web_cpu_share": round(spent / seconds / (os.cpu_count() or 1), 3),
    }


def _flood(base: str, mark: str) -> pouring.Stream:
    fund_id = forms.fund()
    requests = [
        forms.pressed(
            uuid.uuid4(),
            fund_id=fund_id,
            email=f"flood{mark}-{number}@example.org",
            address=f"10.{number % NETWORKS // 250}.{number % NETWORKS % 250}.7",
        )
        for number in range(FORMS)
    ]
    return pouring.Stream("flood", base, PRESSES, requests, again=True)


def _calls(mark: str) -> list[datetime]:
    """This function will return when the flood's payment pages were asked for."""
    begun = Checkout.objects.filter(email__startswith=f"flood{mark}-").order_by("began_at")
    return list(begun.values_list("began_at", flat=True))


def _most_in_a_second(moments: list[datetime]) -> int:
    """This function will return how many fell into the fullest second, wherever it begins."""
    second = timedelta(seconds=1)
    ends = (bisect.bisect_left(moments, moment + second) - place for place, moment in enumerate(moments))
    return max(ends, default=0)


def _size() -> dict[str, int]:
    """This function will return the bytes of what a press may write, with their indexes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_total_relation_size(name::regclass) FROM unnest(%s::text[]) AS name",
            [["donations_tally", "donations_checkout", "donors_donor", "jobs_heartbeat"]],
        )
        return dict(cursor.fetchall())


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM donations_tally")
