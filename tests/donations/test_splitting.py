"""A ticket is part gift and part purchase: contributions 100, event income 50, and both follow what changes."""

from __future__ import annotations

import uuid

import pytest
from django.db.models import Sum

from campaigns.models import Campaign
from donations import benefiting, splitting
from donations.benefiting import Return
from donations.models import Benefit, Donation
from ledger import balances
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from reports import selfchecking
from tests import facts
from tests.donations import desk
from tests.facts import NOW

pytestmark = pytest.mark.django_db
DINNER = Return("Dinner", fair_value_minor=5_000)
USD_150 = Money(15_000, "USD")


def ticket(*returns: Return, parts: dict[Fund, int] | None = None) -> Donation:
    given = [(fund, Money(minor, "USD")) for fund, minor in (parts or {}).items()] or None
    return desk.enter(
        desk.check(amount=USD_150, kind=Donation.Kind.TICKET, returns=returns or (DINNER,), parts=given)
    )


def online() -> Donation:
    return facts.donation({facts.campaign().fund: 15_000})


def booked(fund: Fund | None = None) -> tuple[int, int]:
    """Contributions and event income, in cents."""
    found = Line.objects.filter(fund=fund) if fund else Line.objects.all()
    sums = dict(found.values_list("account__code").annotate(sum=Sum("amount_minor")).order_by())
    return -(sums.get("4100", 0) + sums.get("4000", 0)), -sums.get("4200", 0)


def raised(campaign: Campaign) -> list[Money]:
    return balances.received(segments=[campaign.slug]).get(campaign.slug, [])


def add(gift: Donation, given: Return) -> Benefit:
    return benefiting.add(donation_id=gift.pk, given=given, actor=facts.staff_member(), now=NOW)


def withdraw(gift: Donation, benefit: Benefit) -> None:
    actor = facts.staff_member()
    benefiting.withdraw(benefit_id=benefit.pk, donation_id=gift.pk, actor=actor, now=NOW)


def sound() -> None:
    broken = [found for found in selfchecking.run(now=NOW) if not found.holds]
    assert [(found.code, found.rows) for found in broken if found.code in {"I3", "I5", "I13", "I63"}] == []


def test_a_ticket_over_the_desk_is_one_entry_of_two_incomes() -> None:
    gift = ticket()
    entry = Entry.objects.get(source=f"hand:{gift.pk}")
    told = entry.lines.order_by("id").values_list("account__code", "amount_minor")
    assert list(told) == [("1050", 15_000), ("4100", -10_000), ("4200", -5_000)]
    assert raised(gift.campaign) == [Money(10_000, "USD")]
    sound()


def test_a_ticket_by_card_is_split_when_the_dinner_is_noted() -> None:
    gift = online()
    add(gift, DINNER)
    entry = Entry.objects.get(source=f"event:{gift.pk}:1")
    told = entry.lines.order_by("id").values_list("account__code", "amount_minor", "segment")
    assert list(told) == [("4100", 5_000, gift.campaign.slug), ("4200", -5_000, gift.campaign.slug)]
    assert (booked(), raised(gift.campaign)) == ((10_000, 5_000), [Money(10_000, "USD")])
    assert entry.source in splitting.sources(donation=gift)
    sound()


def test_a_dinner_taken_back_makes_it_a_gift_again_and_another_one_follows() -> None:
    gift = ticket()
    withdraw(gift, Benefit.objects.get())
    assert booked() == (15_000, 0)
    add(gift, Return("Wine", fair_value_minor=2_000))
    assert booked() == (13_000, 2_000)
    assert Entry.objects.filter(source__startswith="event:").count() == 2
    sound()


@pytest.mark.parametrize(
    "free",
    [
        Return("Mug", fair_value_minor=900, is_token=True),
        Return("A service", fair_value_minor=900, is_intangible_religious=True),
        Return("A book"),
    ],
)
def test_what_is_worth_nothing_in_law_buys_nothing(free: Return) -> None:
    gift = online()
    add(gift, free)
    assert booked() == (15_000, 0)
    assert not Entry.objects.filter(source__startswith="event:").exists()


def test_two_equal_dinners_are_one_line() -> None:
    ticket(DINNER, DINNER)
    assert booked() == (10_000, 5_000)
    sound()


def test_more_than_was_paid_is_never_bought() -> None:
    ticket(Return("Cruise", fair_value_minor=40_000))
    assert booked() == (0, 15_000)
    sound()


def test_d3_the_gift_part_goes_back_first_and_a_returned_refund_restores_it() -> None:
    gift = online()
    add(gift, DINNER)
    facts.refund(gift, 6_000)
    assert booked() == (4_000, 5_000)
    back = facts.refund(gift, 6_000)
    assert booked() == (0, 3_000)
    facts.returned(back)
    assert booked() == (4_000, 5_000)
    sound()


def test_a_whole_refund_leaves_neither() -> None:
    gift = online()
    add(gift, DINNER)
    facts.refund(gift, 15_000)
    assert booked() == (0, 0)
    assert raised(gift.campaign) in ([], [Money(0, "USD")])
    sound()


def test_a_lost_dispute_takes_both_and_an_appeal_gives_both_back() -> None:
    gift = online()
    add(gift, DINNER)
    facts.dispute(gift, "lost")
    assert booked() == (0, 0)
    sound()


def test_a_ticket_to_two_funds_is_split_by_what_is_left_of_each() -> None:
    one, other = facts.campaign().fund, facts.general()
    ticket(parts={one: 10_000, other: 5_000})
    assert (booked(one), booked(other)) == ((6_667, 3_333), (3_333, 1_667))
    sound()


def test_gifts_of_before_are_caught_up_with_and_told_by_the_law() -> None:
    gift = online()
    benefiting.write(donation_id=gift.pk, given=DINNER, actor=facts.staff_member(), now=NOW)
    told = {found.code: found.rows for found in selfchecking.run(now=NOW)}
    assert told["I63"] == (f"gift {gift.pk} bought 5000, the books say 0",)
    assert splitting.catch_up(now=NOW) == 1
    assert splitting.catch_up(now=NOW) == 0
    assert booked() == (10_000, 5_000)


def test_a_gift_without_returns_is_left_alone() -> None:
    gift = online()
    assert not splitting.follow(donation_id=gift.pk, happened_at=NOW, now=NOW)
    assert not splitting.follow(donation_id=uuid.uuid4(), happened_at=NOW, now=NOW)
