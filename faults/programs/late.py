"""Late: a notice that comes days after what it tells of, when the books of that day are closed."""

from datetime import timedelta
from functools import partial
from typing import Any

from faults.cases import Case
from faults.worlds import World


def _days_late(world: World, *, deed: str) -> None:
    """The processor tells at last, freshly signed, of what was made days ago; since then the books were closed."""
    days = world.rng.randrange(3, 12)
    made_at = int(world.now.timestamp()) - days * 86400
    processor = world.ground.processor
    processor.operate("POST", "clock", {"set": made_at})
    world.ahead = -timedelta(days=days)
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    if deed == "refund":
        world.must_deliver(world.events())
        world.must("settle")
        charge = processor.record("charge")[0]["id"]
        processor.ask("POST", "/v1/refunds", {"charge": charge, "amount": str(gift.minor // 3)})
    world.ahead = timedelta()
    processor.operate("POST", "clock", {"set": int(world.now.timestamp())})
    closed = world.must("close_books")
    before = len(world.must("entries"))
    world.must_deliver(world.events())
    world.must("settle")
    entries: list[dict[str, Any]] = world.must("entries")
    world.demand(len(entries) > before, "nothing was booked")
    for entry in entries[before:]:
        world.demand(
            entry["booked_on"] > entry["happened_on"], f"{entry['source']} was booked in a closed period"
        )
        words = f"Of {entry['happened_on']}, a period that is closed."
        world.demand(
            words in entry["memo"], f"{entry['source']} does not say that it is late: {entry['memo']!r}"
        )
    for entry in entries[:before]:
        world.demand(entry["memo"] == "", f"{entry['source']} says {entry['memo']!r}")
    world.demand(world.must("checksum_of_closed") == closed, "the closed period's sum has changed")
    world.demand_once(gift)
    world.converge()
    world.demand_once(gift)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X13", f"a {what} told days late, into closed books", partial(_days_late, deed=deed))
        for what, deed in (("gift", "begin"), ("refund", "refund"))
    ]
