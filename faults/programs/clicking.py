"""Clicking: supporters and staff press twice, press together, change their mind, or never come back."""

from datetime import timedelta
from functools import partial

from faults.cases import Case
from faults.worlds import Back, World


def _five_clicks(world: World) -> None:
    gift = world.gift()
    outcomes = world.together([("begin", gift.fields)] * 5)
    urls = {outcome.value for outcome in outcomes if outcome.value}
    world.demand(all(outcome.is_ok for outcome in outcomes), f"{[outcome.words for outcome in outcomes]}")
    world.demand(len(urls) == 1, f"five clicks were shown {len(urls)} payment pages")
    world.demand(len(world.tell()["checkouts"]) == 1, "five clicks made more than one intent")
    world.demand(len(set(world.keys("/v1/checkout/sessions"))) == 1, "more than one key was used")
    world.complete(gift)


def _five_presses(world: World) -> None:
    """The same through the form itself: every answer is a way on, none an error page."""
    gift = world.gift()
    answers = [
        outcome.value
        for outcome in world.together([("press", gift.fields | {"fund": world.must("fund_of_page")})] * 5)
    ]
    statuses = [answer and answer["status"] for answer in answers]
    world.demand(all(status in (200, 303, 503) for status in statuses), f"the form answered {statuses}")
    urls = {answer["location"] for answer in answers if answer["status"] == 303}
    world.demand(len(urls) == 1, f"five presses were sent to {len(urls)} payment pages")
    world.complete(gift)


def _five_refunds(world: World) -> None:
    back = world.back(world.given())
    outcomes = world.together([("refund", back.fields)] * 5)
    world.demand(all(outcome.is_ok for outcome in outcomes), f"{[outcome.words for outcome in outcomes]}")
    world.complete_back(back)


def _other_amount(world: World) -> None:
    gift = world.gift()
    world.must("begin", **gift.fields)
    outcome = world.do("begin", **gift.fields | {"amount_minor": gift.minor + 100})
    world.demand(outcome.kind == "fail" and "OtherGift" in outcome.words, f"{outcome.kind} {outcome.words}")
    world.demand(
        len(world.keys("/v1/checkout/sessions")) == 1, "the processor was asked for the other amount"
    )
    world.complete(gift)


def _other_refund(world: World) -> None:
    back = world.back(world.given(50000))
    world.must("refund", **back.fields)
    outcome = world.do("refund", **back.fields | {"amount_minor": back.minor + 100})
    world.demand(outcome.kind == "fail", f"{outcome.kind} {outcome.words}")
    world.demand(len(world.keys("/v1/refunds")) == 1, "the processor was asked for the other amount")
    world.complete_back(back)


def _never_returns(world: World) -> None:
    """The browser is closed on the payment page: the notices alone complete the gift."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.must_deliver(world.events())
    world.must("settle")
    world.demand_once(gift)


def _no_notice(world: World) -> None:
    """No notice ever comes: one look of the sweeper, three minutes on, is enough."""
    gift = world.gift()
    world.pay(gift, str(world.must("begin", **gift.fields)))
    world.ahead += timedelta(minutes=3)
    world.must("sweep")
    world.demand_once(gift)


def _no_notice_of_refund(world: World) -> None:
    back = world.back(world.given())
    world.fault("reset", path="/v1/refunds", method="POST")
    world.must("refund", **back.fields)
    world.heal()
    world.ahead += timedelta(minutes=3)
    world.must("sweep")
    world.demand_back_once(back)


def _never_paid(world: World) -> None:
    """A gift begun and left: nothing is charged, nothing recorded."""
    gift = world.gift()
    world.must("begin", **gift.fields)
    world.converge()
    world.demand_none(gift)


def _two_staff(world: World, *, first: int, second: int) -> None:
    """Two people refund the same gift at the same moment; per cent of it, together more than it holds."""
    gift = world.given(10000)
    backs = [world.back(gift, first * 100), world.back(gift, second * 100)]
    outcomes = world.together([("refund", back.fields) for back in backs])
    won = [back for back, outcome in zip(backs, outcomes, strict=True) if outcome.is_ok]
    lost = [outcome for outcome in outcomes if not outcome.is_ok]
    world.demand(len(won) == 1, f"{len(won)} of two refunds were taken")
    world.demand(
        lost[0].kind == "fail" and "can be given back" in lost[0].words, f"the other heard {lost[0].words}"
    )
    world.converge()
    world.demand_back_once(won[0])


def _two_that_fit(world: World) -> None:
    gift = world.given(10000)
    backs = [world.back(gift, 4000), world.back(gift, 6000)]
    outcomes = world.together([("refund", back.fields) for back in backs])
    world.demand(all(outcome.is_ok for outcome in outcomes), f"{[outcome.words for outcome in outcomes]}")
    world.converge()
    for back in backs:
        world.demand_back_once(back)


def _refund_in_dispute(world: World) -> None:
    """The donor's bank takes the money while staff give it back."""
    gift = world.given(10000)
    charge = world.ground.processor.record("charge")[0]["id"]
    world.ground.processor.operate("POST", "disputes", {"charge": charge})
    world.must_deliver(world.events("charge.dispute.created", "charge.dispute.funds_withdrawn"))
    back: Back = world.back(gift)
    world.together([("settle", {}), ("refund", back.fields)])
    world.converge()
    theirs = [row for row in world.ground.processor.record("refund") if row["status"] == "succeeded"]
    world.demand(len(theirs) == len(world.tell()["refunds"]), "the processor knows another number of refunds")
    refused = world.do("refund", **world.back(gift, 100).fields)
    world.demand(refused.kind == "fail", "a disputed gift could be refunded")


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    told = [
        ("X05", "five clicks on one gift", _five_clicks),
        ("X05", "five presses of one form", _five_presses),
        ("X05", "five clicks on one refund", _five_refunds),
        ("X06", "the same form with another amount", _other_amount),
        ("X06", "the same refund with another amount", _other_refund),
        ("X07", "the supporter never returns", _never_returns),
        ("X07", "the supporter never pays", _never_paid),
        ("X08", "no notice of a gift ever comes", _no_notice),
        ("X08", "no notice of a refund ever comes", _no_notice_of_refund),
        ("X39", "two refunds that fit, together", _two_that_fit),
        ("X39", "a refund while a dispute is settled", _refund_in_dispute),
    ]
    return [Case(code, name, run) for code, name, run in told] + [
        Case(
            "X39",
            f"two refunds of {first} and {second} per cent, together",
            partial(_two_staff, first=first, second=second),
        )
        for first, second in ((100, 100), (60, 70), (100, 1))
    ]
