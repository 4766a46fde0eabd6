"""Gifts over the desk: the day by what is known, the books by what it is, and once (C3 to C5, D6 to D9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from donations import crediting, entering, refunding
from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import Detail, HandGift, UnableToEnter
from donations.models import Benefit, Donation, GiftDetail, GiftEvent, SoftCredit
from donors import joining
from donors.models import Donor
from ledger.models import Entry, LegalEntity, Line
from ledger.money import LARGEST_BY_HAND, Money
from reports import selfchecking
from staff.models import AuditEvent
from tests import facts
from tests.campaigns import making
from tests.donations import desk
from tests.facts import NOW

pytestmark = pytest.mark.django_db
JANUARY = datetime(2026, 1, 20, 15, tzinfo=UTC)


def booked(gift: Donation) -> list[tuple[str, str, int]]:
    lines = Line.objects.filter(entry__source=f"hand:{gift.pk}").order_by("id")
    return [(line.account.code, line.fund.code, line.amount_minor) for line in lines]


def dated(**days: date) -> tuple[date, str]:
    """The day and rule of a check that reached us on 3 January 2026."""
    told = {Basis(name): day for name, day in days.items()}
    gift = desk.check(came_on=date(2026, 1, 3), days=told)
    made = entering.enter(gift=gift, actor=facts.staff_member(), now=JANUARY)
    return made.given_on, made.date_rule


def test_c3_the_postmark_decides_and_the_books_get_it_when_it_came() -> None:
    days = {
        Basis.WRITTEN: date(2025, 12, 31),
        Basis.POSTMARK: date(2025, 12, 31),
        Basis.RECEIVED: date(2026, 1, 3),
    }
    gift = entering.enter(
        gift=desk.check(came_on=date(2026, 1, 3), days=days), actor=facts.staff_member(), now=JANUARY
    )
    assert (gift.given_on, gift.date_rule) == (date(2025, 12, 31), "postmark")
    assert Entry.objects.get(source=f"hand:{gift.pk}").booked_on == date(2026, 1, 3)
    assert {event.basis: event.on for event in gift.events.all()} == {
        basis.value: day for basis, day in days.items()
    }


def test_c4_the_day_written_on_a_check_never_wins() -> None:
    third, written = date(2026, 1, 3), date(2025, 12, 31)
    assert dated(written=written, postmark=date(2026, 1, 2), received=third) == (date(2026, 1, 2), "postmark")
    assert dated(written=written, hand=third, received=third) == (third, "hand")
    assert dated(written=written, received=third) == (third, "received")
    with pytest.raises(UnableToEnter) as refused:
        dated(written=written)
    assert (refused.value.code, refused.value.field) == ("basis", "basis")


@pytest.mark.parametrize(
    ("day", "weak"),
    [
        (date(2025, 12, 19), False),
        (date(2025, 12, 20), True),
        (date(2026, 1, 15), True),
        (date(2026, 1, 16), False),
    ],
)
def test_c5_only_around_the_new_year_the_day_of_receipt_is_asked_about(day: date, weak: bool) -> None:
    received = {Basis.RECEIVED: day}
    assert entering.is_basis_weak(method="check", days=received) is weak
    assert not entering.is_basis_weak(method="cash", days=received)
    assert not entering.is_basis_weak(method="check", days={**received, Basis.POSTMARK: day})
    assert not entering.is_basis_weak(method="check", days={Basis.HAND: day})


@pytest.mark.parametrize(
    ("gift", "account"),
    [
        ({}, "1050"),
        ({"method": "cash", "days": {Basis.HAND: date(2026, 11, 18)}}, "1050"),
        ({"method": "bank_transfer", "days": {Basis.SETTLEMENT: date(2026, 11, 18)}}, "1050"),
        (
            {
                "method": "stock",
                "kind": Donation.Kind.STOCK,
                "description": "10 shares ABC",
                "days": {Basis.TRANSFER: date(2026, 11, 17)},
            },
            "1300",
        ),
        ({"method": "in_kind", "kind": Donation.Kind.PROPERTY, "description": "40 coats"}, "1350"),
        ({"method": "in_kind", "kind": Donation.Kind.VEHICLE, "description": "A van"}, "1350"),
        ({"method": "in_kind", "kind": Donation.Kind.VOLUNTEER_EXPENSES, "description": "Fuel"}, "5200"),
    ],
)
def test_each_kind_lies_on_its_account(
    gift: dict[str, Any], account: str, check_laws: Callable[[], None]
) -> None:
    made = desk.enter(desk.check(**gift))
    assert booked(made) == [(account, "RSC", 25_000), ("4100", "RSC", -25_000)]
    assert (made.rail, made.is_live, made.processor_ref) == ("desk", False, None)
    check_laws()
    assert [found for found in selfchecking.run(now=NOW) if not found.holds] == []


def test_i5_finds_a_gift_of_the_desk_that_is_not_in_the_books(unguarded: None) -> None:
    made = desk.enter(desk.check())
    line = Line.objects.filter(entry__source=f"hand:{made.pk}", account__code="4100")
    line.update(amount_minor=-24_000)
    assert "books 24000 of a gift of 25000" in str(_i5())
    Entry.objects.filter(source=f"hand:{made.pk}").update(source="hand:another")
    assert f"donation {made.pk} of the desk is not in the books" in _i5()


def _i5() -> tuple[str, ...]:
    return next(found.rows for found in selfchecking.run(now=NOW) if found.code == "I5")


def test_one_gift_over_two_funds() -> None:
    asked = facts.campaign()
    parts = [(asked.fund, Money(20_000, "USD")), (facts.general(), Money(5_000, "USD"))]
    made = desk.enter(desk.check(parts=parts))
    assert booked(made) == [
        ("1050", "RSC", 20_000),
        ("4100", "RSC", -20_000),
        ("1050", "GEN", 5_000),
        ("4000", "GEN", -5_000),
    ]


def test_sent_twice_is_one_gift() -> None:
    gift = desk.check(returns=[Return("A mug", 500, 300)], credits=[])
    first = desk.enter(gift)
    assert desk.enter(gift) == first
    assert (Donation.objects.count(), Benefit.objects.count(), GiftEvent.objects.count()) == (1, 1, 2)
    assert AuditEvent.objects.filter(action="donation.entered").count() == 1
    with pytest.raises(UnableToEnter, match="entered"):
        desk.enter(replace(gift, amount=Money(1, "USD"), parts=[(gift.parts[0][0], Money(1, "USD"))]))


def test_d6_forty_coats_are_described_and_the_givers_figure_stays_with_staff() -> None:
    made = desk.enter(desk.thing(detail=Detail(quantity=40, claimed_minor=300_000, staff_note="Says 3,000")))
    assert (made.description, made.amount_minor) == ("40 winter coats", 200_000)
    kept = GiftDetail.objects.get(donation=made)
    assert (kept.quantity, kept.claimed_minor, kept.fair_value_minor) == (40, 300_000, None)


def test_d7_ten_shares_are_dated_by_their_transfer() -> None:
    made = desk.enter(
        desk.check(
            method="stock",
            kind=Donation.Kind.STOCK,
            description="10 shares ABC",
            days={Basis.TRANSFER: date(2026, 11, 17)},
            detail=Detail(quantity=10, unit_value_minor=2_500, fair_value_minor=25_000),
        )
    )
    assert (made.given_on, made.date_rule) == (date(2026, 11, 17), "transfer")
    assert booked(made)[0] == ("1300", "RSC", 25_000)


def test_d8_a_fund_gives_and_its_adviser_is_thanked() -> None:
    adviser, sponsor = facts.donor("Grace Kim"), desk.organization("Lighthouse Charitable")
    made = desk.enter(
        desk.check(
            donor_id=sponsor.pk,
            payer=Donation.Payer.DAF,
            credits=[Credit(adviser.pk, SoftCredit.Kind.ADVISER)],
        )
    )
    assert (made.donor, made.payer) == (sponsor, "daf")
    credit = SoftCredit.objects.get()
    assert (credit.donor, credit.kind, credit.amount_minor) == (adviser, "adviser", 25_000)
    assert not Donation.objects.filter(donor=adviser).exists()


def test_d9_an_employer_matches_the_persons_own_gift() -> None:
    own = facts.donation()
    company = desk.organization("Northwind Freight")
    credit = Credit(own.donor_id, SoftCredit.Kind.MATCH, own.amount_minor, own.pk)
    made = desk.enter(
        desk.check(amount=own.amount, donor_id=company.pk, payer=Donation.Payer.EMPLOYER, credits=[credit])
    )
    assert Donation.objects.count() == 2
    assert SoftCredit.objects.get(donation=made).matches == own
    again = crediting.thank(donation_id=made.pk, credit=credit, actor=facts.staff_member(), now=NOW)
    assert SoftCredit.objects.get() == again


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        (lambda gift, who: Credit(facts.fresh_id(), SoftCredit.Kind.OTHER), "unknown"),
        (lambda gift, who: Credit(gift.donor_id, SoftCredit.Kind.OTHER), "giver"),
        (lambda gift, who: Credit(who.pk, SoftCredit.Kind.OTHER, 0), "amount"),
        (lambda gift, who: Credit(who.pk, SoftCredit.Kind.OTHER, 25_001), "amount"),
        (lambda gift, who: Credit(who.pk, SoftCredit.Kind.MATCH, 100, gift.pk), "matches"),
        (lambda gift, who: Credit(who.pk, SoftCredit.Kind.OTHER, 100, facts.donation().pk), "matches"),
        (lambda gift, who: Credit(who.pk, SoftCredit.Kind.OTHER, 200), "twice"),
    ],
)
def test_a_credit_that_cannot_be(credit: Callable[[Donation, Donor], Credit], code: str) -> None:
    gift = desk.enter(desk.check(donor_id=desk.organization().pk, payer=Donation.Payer.DAF))
    who = facts.donor()
    actor = facts.staff_member()
    crediting.thank(donation_id=gift.pk, credit=Credit(who.pk, SoftCredit.Kind.ADVISER), actor=actor, now=NOW)
    with pytest.raises(crediting.UnableToCredit) as refused:
        crediting.thank(donation_id=gift.pk, credit=credit(gift, who), actor=actor, now=NOW)
    assert refused.value.code == code


def parted() -> Donor:
    joint = joining.join(
        joint_id=facts.fresh_id(),
        member_ids=[facts.donor("Grace Kim").pk, facts.donor("Daniel Kim").pk],
        profile={"name": "Grace and Daniel Kim"},
        actor=facts.staff_member(),
        now=NOW,
    )
    joining.part(joint_id=joint.pk, actor=facts.staff_member(), now=NOW)
    return joint


def merged() -> Donor:
    donor = facts.donor("Grace K")
    Donor.objects.filter(pk=donor.pk).update(merged_into=facts.donor())
    return donor


def other_fund() -> Any:
    other = LegalEntity.objects.create(
        code="KR", legal_name="Harbour Mission Korea", country="KR", address="Seoul", registration="1",
        status_line="", signatory="", email="k@example.org", zone="Asia/Seoul", base_currency="KRW", paper="a4",
    )  # fmt: skip
    fund = making.fund("KRF")
    fund.entity = other
    fund.save()
    return [(fund, Money(25_000, "USD"))]


WRONG: list[tuple[Callable[[], HandGift], str, str]] = [
    (lambda: desk.check(amount=Money(0, "USD")), "amount", "amount"),
    (lambda: desk.check(amount=Money(LARGEST_BY_HAND + 1, "USD")), "amount", "amount"),
    (lambda: desk.check(parts=[(facts.general(), Money(24_999, "USD"))]), "sum", "parts"),
    (lambda: desk.check(parts=[(facts.general(), Money(25_000, "KRW"))]), "parts", "parts"),
    (lambda: desk.check(parts=[(facts.general(), Money(12_500, "USD"))] * 2), "twice", "parts"),
    (lambda: desk.check(parts=other_fund()), "fund", "parts"),
    (lambda: desk.check(method="stock"), "method", "method"),
    (lambda: desk.thing(description="  "), "description", "description"),
    (lambda: desk.thing(payer=Donation.Payer.IRA_QCD), "payer", "payer"),
    (lambda: desk.check(kind=Donation.Kind.TICKET), "ticket", "returns"),
    (lambda: desk.check(donor_id=facts.fresh_id()), "unknown", "donor"),
    (lambda: desk.check(donor_id=merged().pk), "merged", "donor"),
    (lambda: desk.check(donor_id=parted().pk), "parted", "donor"),
    (lambda: desk.check(payer=Donation.Payer.DAF), "organization", "donor"),
    (lambda: desk.check(payer=Donation.Payer.IRA_QCD, donor_id=desk.organization().pk), "person", "donor"),
    (lambda: desk.check(credits=[Credit(facts.donor().pk, SoftCredit.Kind.OTHER)]), "self", "credits"),
    (lambda: desk.check(came_on=date(2026, 11, 21)), "day", "came_on"),
    (lambda: desk.check(days={Basis.POSTMARK: date(1996, 11, 1)}), "day", "postmark"),
    (lambda: desk.check(days={Basis.POSTMARK: date(2026, 11, 19)}), "later", "postmark"),
    (lambda: desk.check(days={}), "basis", "basis"),
]


@pytest.mark.parametrize(("gift", "code", "field"), WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    gift: Callable[[], HandGift], code: str, field: str
) -> None:
    with pytest.raises(UnableToEnter) as refused:
        desk.enter(gift())
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Donation.objects.exists()
    assert not Entry.objects.exists()


def test_a_check_may_be_dated_ahead() -> None:
    days = {Basis.WRITTEN: date(2026, 12, 31), Basis.RECEIVED: date(2026, 11, 18)}
    assert desk.enter(desk.check(days=days)).given_on == date(2026, 11, 18)


def test_b07_the_same_check_is_noticed_for_120_days() -> None:
    first = desk.enter(desk.check(last4="1042"))
    again = desk.check(last4="1042")
    assert entering.same_check(gift=again) == first
    assert entering.same_check(gift=replace(again, last4="1043")) is None
    assert entering.same_check(gift=replace(again, last4="")) is None
    assert entering.same_check(gift=replace(again, came_on=date(2027, 11, 18))) is None


def test_the_processor_gives_nothing_back_that_did_not_come_through_it() -> None:
    made = desk.enter(desk.check())
    assert not refunding.refundable(donation=made)
    with pytest.raises(refunding.UnableToRefund) as refused:
        refunding.request(
            donation_id=made.pk, amount=Money(100, "USD"), reason="asked", actor=facts.staff_member(),
            request_id=facts.fresh_id(), now=NOW,
        )  # fmt: skip
    assert refused.value.code == "desk"
