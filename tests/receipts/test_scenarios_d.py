"""The scenarios of receipts (D), from the gift to the words on the page."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from donations import crediting
from donations.benefiting import Return
from donations.dating import Basis
from donations.entering import Detail
from donations.models import Donation, SoftCredit
from donors.models import Donor, Message
from ledger.money import Money
from receipts import correcting, finishing, handing_out, issuing, keyholding, reading
from receipts.models import Coverage, Exclusion, Obstacle, Receipt
from tests import facts
from tests.donations import desk
from tests.facts import NOW
from tests.receipts import bodies
from tests.receipts.reading import read, unwrapped, words

pytestmark = pytest.mark.django_db
LATER = datetime(2026, 11, 23, 15, tzinfo=UTC)


def told(receipt: Receipt) -> dict[str, Any]:
    found = json.loads(receipt.snapshot)
    assert isinstance(found, dict)
    return found


def totals(receipt: Receipt) -> list[tuple[str, int, int]]:
    rows = receipt.totals.order_by("id")
    return [(row.currency, row.total_minor, row.eligible_minor) for row in rows]


def codes(receipt: Receipt) -> list[str]:
    return [each["code"] for each in told(receipt)["statements"]]


def page(receipt: Receipt) -> str:
    finishing.finish_due(now=NOW)
    return unwrapped(words(reading.file_of(receipt=Receipt.objects.get(pk=receipt.pk))))


def annual(donor: Donor, *, law: str = "US", year: int = 2025, now: datetime = NOW) -> Receipt:
    answer = handing_out.issue_for(
        donor_id=donor.pk,
        entity=bodies.body(law).entity,
        tax_year=year,
        actor=facts.staff_member(),
        now=now,
    )
    assert answer.is_new, answer
    assert answer.receipt is not None
    return answer.receipt


def single(gift: Donation, *, now: datetime = NOW) -> Receipt:
    made = issuing.decide(donation_id=gift.pk, now=now)
    assert made is not None, list(Obstacle.objects.values_list("code", "words"))
    return made


def reason(gift: Donation) -> str:
    assert issuing.decide(donation_id=gift.pk, now=NOW) is None
    return str(Exclusion.objects.get(donation=gift).reason)


def hindrance(gift: Donation) -> str:
    assert issuing.decide(donation_id=gift.pk, now=NOW) is None
    return str(Obstacle.objects.get(donation=gift).code)


def a_year_of_gifts() -> tuple[Donor, list[Donation]]:
    """Twelve times $50.00 by card on the fifteenth, and $100.00 in December."""
    grace = bodies.person(receipt_rhythm="annual")
    monthly = [
        facts.donation(
            {facts.general(): 5_000}, donor_id=grace.pk, given_at=datetime(2025, month, 15, 15, tzinfo=UTC)
        )
        for month in range(1, 13)
    ]
    last = datetime(2025, 12, 24, 15, tzinfo=UTC)
    return grace, [*monthly, facts.donation({facts.general(): 10_000}, donor_id=grace.pk, given_at=last)]


def test_d1_a_year_stands_on_one_receipt() -> None:
    grace, gifts = a_year_of_gifts()
    assert issuing.issue_due(now=NOW) == 0  # they wait for the year's receipt, without a row of their own
    assert not Obstacle.objects.exists()
    receipt = annual(grace)
    assert (receipt.serial, receipt.kind, receipt.lines.count()) == ("2025-000001", "annual", 13)
    assert totals(receipt) == [("USD", 70_000, 70_000)]
    snapshot = told(receipt)
    assert (snapshot["schema"], snapshot["tax_year"], len(snapshot["lines"])) == (2, 2025, 13)
    assert codes(receipt) == ["us_none", "us_keep"]
    assert "No goods or services were provided in exchange for this contribution" in page(receipt)
    assert Coverage.objects.filter(donation__in=gifts, receipt=receipt).count() == 13
    stored = Receipt.objects.get(pk=receipt.pk).rendering.document
    assert len(stored.sha256) == 64


def test_d2_a_refund_replaces_the_annual_receipt() -> None:
    grace, gifts = a_year_of_gifts()
    old = annual(grace)
    original = page(old)
    finishing.finish_due(now=NOW)
    facts.refund(gifts[6], 5_000)
    facts.paperwork(now=LATER)
    old, new = Receipt.objects.order_by("number")
    assert (old.voiding.reason, old.voiding.voided_on) == ("refunded", LATER.date())
    assert (new.replaces, new.serial, new.kind, new.lines.count()) == (old, "2025-000002", "annual", 12)
    assert totals(new) == [("USD", 65_000, 65_000)]
    assert told(new)["replaces"] == "2025-000001"
    assert Exclusion.objects.get().donation == gifts[6]
    assert unwrapped(words(reading.file_of(receipt=old))) == original  # kept as it was issued
    assert "VOID" in words(reading.copy_of(receipt=old))
    assert "2025-000001" in page(new)
    mails = Message.objects.filter(queued_at=LATER)
    assert [mail.kind for mail in mails] == ["receipt_corrected"]
    assert "$50.00 of your gift of $50.00 was given back to you." in mails[0].text
    # What came back to us stands on a paper again.
    facts.returned(gifts[6].refunds.get())
    Donor.objects.update(receipt_rhythm="each")
    facts.paperwork(now=LATER + timedelta(days=1))
    assert Coverage.objects.count() == 13


def test_d3_a_refund_takes_the_gift_first() -> None:
    gala = bodies.ticket(15_000, dinner=5_000)
    before = single(gala)
    assert totals(before) == [("USD", 15_000, 10_000)]
    facts.refund(gala, 6_000)
    assert correcting.correct_due(now=LATER) == 1
    after = bodies.the_receipt()
    line = told(after)["lines"][0]
    assert totals(after) == [("USD", 9_000, 4_000)]
    assert (line["amount_minor"] - line["refunded_minor"], line["benefit_minor"], line["eligible_minor"]) == (
        *(9_000, 5_000, 4_000),
    )
    assert "refund_gift_first" in codes(after)
    assert "A refund is taken from the gift first" in page(after)
    facts.refund(gala, 5_000)  # the dinner is all that is left: nothing was given
    assert correcting.correct_due(now=LATER + timedelta(hours=1)) == 1
    assert not Receipt.objects.filter(voiding__isnull=True).exists()
    assert Exclusion.objects.get().reason == "purchase"
    assert Message.objects.filter(kind="receipt_voided").count() == 1


def test_d4_the_disclosure_stands_above_75_dollars() -> None:
    larger = single(bodies.ticket(8_000, dinner=3_000))
    smaller = single(bodies.ticket(7_000, dinner=3_000))
    assert [totals(one)[0][2] for one in (larger, smaller)] == [5_000, 4_000]
    assert "us_quid_pro_quo" in codes(larger)
    assert "us_quid_pro_quo" not in codes(smaller)
    assert all("us_described" in codes(one) and "us_none" not in codes(one) for one in (larger, smaller))
    assert "limited to the excess of the money" in page(larger)


@pytest.mark.parametrize("amount", [24_999, 25_000])
def test_d5_every_gift_is_acknowledged_with_every_element(amount: int) -> None:
    receipt = single(bodies.given(amount))
    text = page(receipt)
    for element in ("Harbour Mission", "Grace Kim", Money(amount, "USD").shown(), "No goods or services"):
        assert element in text
    assert told(receipt)["lines"][0]["given_on"] == "2025-06-15"


def test_d6_coats_are_described_and_never_valued_in_the_united_states() -> None:
    grace = bodies.person()
    detail = Detail(
        quantity=40, claimed_minor=300_000, fair_value_minor=200_000, staff_note="donor says $3,000"
    )
    bodies.thing("40 winter coats", detail=detail)
    bodies.given(5_000)
    receipt = annual(grace)
    assert totals(receipt) == [("USD", 5_000, 5_000)]
    coats = next(line for line in told(receipt)["lines"] if line["kind"] == "property")
    assert (coats["amount_minor"], coats["eligible_minor"], coats["unit_value_minor"]) == (None, None, None)
    assert [(line.is_valued, line.amount_minor) for line in receipt.lines.order_by("amount_minor")] == [
        (True, 5_000),
        (False, 100_000),
    ]
    text = page(receipt)
    assert "40 winter coats" in text
    assert "3,000" not in text
    assert "2,000" not in text
    assert "us_property" in codes(receipt)


def test_d6_in_canada_a_thing_has_its_value_and_above_1000_an_appraiser(signing: None) -> None:
    unknown = bodies.thing("40 winter coats", law="CA")
    assert hindrance(unknown) == "fmv_unknown"
    bare = bodies.thing("40 winter coats", law="CA", detail=Detail(fair_value_minor=100_001))
    assert hindrance(bare) == "CA-10"
    told_of = Detail(
        fair_value_minor=300_000, appraiser_name="Ann Appraiser", appraiser_address="9 Example Way, Toronto"
    )
    receipt = single(bodies.thing("40 winter coats", law="CA", detail=told_of))
    assert totals(receipt) == [("CAD", 300_000, 300_000)]
    assert "Ann Appraiser" in page(receipt)


def test_d7_shares_are_told_without_a_value() -> None:
    day = {Basis.TRANSFER: date(2025, 12, 30)}
    shares = bodies.thing(
        "10 shares ABC",
        kind=Donation.Kind.STOCK,
        method="stock",
        days=day,
        on=date(2025, 12, 30),
        detail=Detail(quantity=10),
        value=123_450,
    )
    receipt = single(shares)
    assert totals(receipt) == [("USD", 0, 0)]
    assert (receipt.total_minor, receipt.tax_year) == (0, 2025)
    text = page(receipt)
    assert "10 shares ABC" in text
    assert "1,234.50" not in text


def test_d8_the_sponsor_gave_and_the_adviser_gets_no_tax_receipt() -> None:
    adviser, sponsor = bodies.person("David Kim"), desk.organization("Lighthouse Charitable")
    credit = crediting.Credit(donor_id=adviser.pk, kind=SoftCredit.Kind.ADVISER)
    grant = bodies.given(
        500_000,
        by=sponsor,
        payer=Donation.Payer.DAF,
        description="Kim Family Fund",
        credits=[credit],
    )
    assert reason(grant) == "daf"
    bodies.given(2_000, by=adviser)
    assert totals(annual(adviser)) == [("USD", 2_000, 2_000)]
    with pytest.raises(handing_out.NothingToReceipt):
        annual(sponsor)


def test_d9_a_match_is_the_companys_own_gift() -> None:
    grace, company = bodies.person(), bodies.organization()
    own = bodies.given(10_000, by=grace)
    credit = crediting.Credit(donor_id=grace.pk, kind=SoftCredit.Kind.MATCH, matches_id=own.pk)
    match = bodies.given(10_000, by=company, payer=Donation.Payer.EMPLOYER, credits=[credit])
    assert single(own).donor == grace
    receipt = single(match)
    assert (receipt.donor, totals(receipt)) == (company, [("USD", 10_000, 10_000)])
    assert told(receipt)["donor"]["is_person"] is False


def test_d11_a_payment_on_a_promise_is_receipted_for_what_was_paid() -> None:
    receipt = single(bodies.given(30_000))
    assert totals(receipt) == [("USD", 30_000, 30_000)]
    assert "1,200" not in page(receipt)


@pytest.mark.parametrize("count", [53, pytest.param(2_400, marks=[pytest.mark.slow, pytest.mark.no_cover])])
def test_d17_every_gift_of_a_busy_year_has_its_line(count: int) -> None:
    grace = bodies.person()
    first = datetime(2025, 1, 1, 15, tzinfo=UTC)
    for place in range(count):
        facts.donation(
            {facts.general(): 1_000 + place}, donor_id=grace.pk, given_at=first + timedelta(hours=3.6 * place)
        )
    receipt = annual(grace)
    assert receipt.lines.count() == len(told(receipt)["lines"]) == count
    assert receipt.total_minor == sum(range(1_000, 1_000 + count))
    text = page(receipt)
    pages = len(read(reading.file_of(receipt=Receipt.objects.get(pk=receipt.pk))).pages)
    assert f"{pages} of {pages}" in text
    assert Money(1_000 + count - 1, "USD").shown() in text


def test_d18_two_currencies_have_two_totals_and_no_mixed_sum() -> None:
    donor = bodies.person("김승은", language="ko", first_name="", last_name="", local_name="")
    for parts, currency in (({facts.general(): 50_000}, "KRW"), ({facts.general(): 3_000}, "USD")):
        facts.donation(parts, currency=currency, donor_id=donor.pk, given_at=NOW - timedelta(days=400))
    receipt = annual(donor)
    assert totals(receipt) == [("USD", 3_000, 3_000), ("KRW", 50_000, 50_000)]
    assert (receipt.currency, receipt.total_minor, receipt.language) == ("USD", 3_000, "ko")
    text = page(receipt)
    assert "김승은" in text
    assert "₩50,000" in text
    assert "$30.00" in text
    assert "53,000" not in text


def test_d19_a_korean_receipt_has_the_boxes_of_its_form() -> None:
    company = bodies.organization("예시산업", business_number="220-81-62517")
    gift = bodies.given(1_000_000, law="KR", by=company, on=date(2026, 6, 15))
    assert hindrance(gift) == "prior_receipts_unknown"
    issuer = bodies.body("KR")
    issuer.prior_totals.create(year=2025, currency="KRW", total_minor=300_000_000)
    receipt = single(gift)
    snapshot = told(receipt)
    assert snapshot["information_copy"] is False
    assert (snapshot["lines"][0]["code"], snapshot["lines"][0]["kind"]) == ("41", "cash")
    assert snapshot["entity"]["form_version"] == "kr-45-2/2026-01-02"
    text = page(receipt)
    for box in ("220-81-62517", "123-82-00008", "41", "1,000,000", "일련번호"):
        assert box in text
    # A person's paper is a copy: the number is entered in Hometax and never here.
    person = single(bodies.given(50_000, law="KR", on=date(2026, 6, 16)))
    assert told(person)["information_copy"] is True
    assert "kr_information_copy" in codes(person)
    assert told(person)["donor"]["number"] == ""


def test_d20_a_canadian_receipt_splits_the_gift(signing: None) -> None:
    gift = bodies.given(10_000, law="CA", returns=[Return("Dinner", fair_value_minor=3_000)])
    receipt = single(gift)
    assert totals(receipt) == [("CAD", 10_000, 7_000)]
    assert receipt.serial == "C2025-000001"
    text = page(receipt)
    for must in (
        *("Official receipt for income tax purposes", "123456789RR0001", "C2025-000001", "Toronto"),
        *("canada.ca/charities-giving", "Dinner", "CA$70.00"),
    ):
        assert must in text
    too_much = bodies.given(10_000, law="CA", returns=[Return("Cruise", fair_value_minor=8_100)])
    assert reason(too_much) == "advantage_over_80pct"
    nowhere = bodies.given(10_000, law="CA", by=bodies.person("Noah Park", address=""))
    assert hindrance(nowhere) == "no_address"


def test_d20_an_address_that_is_entered_lifts_the_obstacle(signing: None) -> None:
    noah = bodies.person("Noah Park", address="")
    gift = bodies.given(10_000, law="CA", by=noah)
    assert hindrance(gift) == "no_address"
    assert issuing.issue_due(now=NOW) == 0
    Donor.objects.filter(pk=noah.pk).update(address="5 Example Street\nToronto")
    from receipts import obstructing

    assert obstructing.try_again(donor_id=noah.pk, now=NOW) == 1
    assert issuing.issue_due(now=NOW) == 1
    assert not Obstacle.objects.exists()


def test_a_canadian_body_without_a_key_issues_nothing() -> None:
    assert hindrance(bodies.given(10_000, law="CA")) == "CA-13"


def test_an_australian_receipt_is_for_a_gift_or_an_event() -> None:
    gift = bodies.given(10_000, law="AU", on=date(2026, 7, 1))
    receipt = single(gift)
    assert (receipt.tax_year, receipt.serial) == (2027, "A2027-000001")
    assert codes(receipt) == ["au_gift"]
    assert "51 824 753 556" in page(receipt)
    event = single(bodies.ticket(10_000, dinner=4_000, law="AU"))
    assert (event.tax_year, codes(event)) == (2025, ["au_event"])


def test_a_british_gift_is_acknowledged_and_is_no_tax_receipt() -> None:
    receipt = single(bodies.given(10_000, law="UK", on=date(2026, 4, 5)))
    assert (receipt.tax_year, codes(receipt)) == (2025, ["uk_acknowledged"])
    assert "not a tax receipt" in page(receipt)


def test_d22_tickets_that_only_bought_their_worth_get_no_receipt() -> None:
    gala = bodies.ticket(5_000, dinner=5_000)
    assert reason(gala) == "purchase"
    with pytest.raises(handing_out.NothingToReceipt):
        annual(bodies.person())


@pytest.fixture
def signing(tmp_path: Any, settings: Any) -> None:
    settings.RECEIPT_KEYS = str(tmp_path)
    keyholding.make_missing(entities=[("CA", "Harbour Mission Canada")], now=NOW)
