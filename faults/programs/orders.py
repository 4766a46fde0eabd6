"""Orders: the same five notices in every order there is, 120 of them, end in the same books."""

import itertools
from functools import partial
from typing import Any

from faults.cases import Case
from faults.worlds import World

SHARE = 24
OF_A_PLAN = (
    "customer.subscription.created",
    "invoice.paid",
    "charge.succeeded",
    "checkout.session.completed",
    "customer.subscription.deleted",
)
OF_A_DISPUTE = (
    "charge.succeeded",
    "checkout.session.completed",
    "refund.created",
    "charge.dispute.created",
    "charge.dispute.closed",
)


def _five(world: World, kinds: tuple[str, ...]) -> list[dict[str, Any]]:
    events = world.events()
    return [next(event for event in events if event["type"] == kind) for kind in kinds]


def _monthly(world: World) -> tuple[str, ...]:
    """A monthly gift whose plan the processor has ended before we hear anything at all."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields, monthly=True)))
    plan = world.ground.processor.record("subscription")[0]["id"]
    world.ground.processor.ask("DELETE", f"/v1/subscriptions/{plan}")
    return OF_A_PLAN


def _disputed(world: World) -> tuple[str, ...]:
    """A gift of which a part was given back at the processor, and which was disputed then."""
    gift = world.gift(20000)
    world.pay(gift, str(world.must("begin", **gift.fields)))
    processor = world.ground.processor
    charge = processor.record("charge")[0]["id"]
    processor.ask("POST", "/v1/refunds", {"charge": charge, "amount": str(world.rng.randrange(100, 9000))})
    made = processor.operate("POST", "disputes", {"charge": charge})
    processor.operate("POST", f"disputes/{made['id']}/close", {"outcome": world.rng.choice(["won", "lost"])})
    return OF_A_DISPUTE


STORIES = {"a plan that ended": _monthly, "a refund and a dispute": _disputed}


def _orders(world: World, *, story: str, share: int) -> None:
    events = _five(world, STORIES[story](world))
    every = list(itertools.permutations(events))
    # The first of all orders is in every share, so that the shares are equal to one another as well.
    orders = [every[0], *every[share * SHARE : (share + 1) * SHARE]]
    others = world.must("confluence", orders=[list(order) for order in orders])
    told = [[event["type"] for event in orders[place]] for place in others]
    world.demand(not others, f"{len(others)} orders end in other books, first {told[:1]}")
    for event in orders[-1]:
        world.must_deliver([event])
        world.must("settle")
    world.converge()
    world.demand(len(world.tell()["donations"]) == 1, "not one donation")


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case(
            "X12",
            f"{story}, orders {share * SHARE + 1} to {(share + 1) * SHARE} of 120",
            partial(_orders, story=story, share=share),
        )
        for story in STORIES
        for share in range(120 // SHARE)
    ]
