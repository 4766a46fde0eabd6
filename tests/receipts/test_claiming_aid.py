"""UK-02: what is claimed, once; its file; what goes back afterwards is adjusted in the next claim."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from xml.etree import ElementTree

import pytest
from django.db import IntegrityError, transaction

from donations.models import Benefit, Donation
from donors.models import Donor
from ledger.money import Money
from receipts import claiming_aid, declaring, weighing_aid
from receipts.claiming_aid import UnableToClaim
from receipts.models import GiftAidClaim, GiftAidClaimLine
from receipts.rules import claiming, parameters
from receipts.rules.declarations import Form, Scope
from tests import facts
from tests.receipts import abroad
from tests.receipts.test_declaring import SAID, declared

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 20, 11, 0, tzinfo=UTC)
DAY = date(2026, 5, 20)
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def gift(
    minor: int = 10_000, *, by: Donor | None = None, on: tuple[int, int] = (5, 4), year: int = 2026
) -> Donation:
    at = datetime(year, *on, 12, tzinfo=UTC)
    return abroad.gift(entity=abroad.britain(), amount=pounds(minor), by=by, at=at)


def look() -> weighing_aid.Preview:
    return weighing_aid.look(entity=abroad.britain(), on=DAY)


def draft() -> list[GiftAidClaim]:
    return claiming_aid.draft(entity=abroad.britain(), actor=facts.staff_member(), now=NOW)


def filed(claim: GiftAidClaim) -> GiftAidClaim:
    return claiming_aid.file(
        claim_id=claim.pk, reference="HMRC-1", filed_on=DAY, actor=facts.staff_member(), now=NOW
    )


def sheets(claim: GiftAidClaim) -> list[list[list[tuple[str, str]]]]:
    """The file read back: sheets, rows, cells as (kind, text)."""
    with zipfile.ZipFile(io.BytesIO(bytes(claim.content or b""))) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        content = ElementTree.fromstring(archive.read("content.xml"))
    return [
        [
            [(cell.get(f"{OFFICE}value-type", ""), "".join(cell.itertext())) for cell in row]
            for row in table.iter(f"{TABLE}table-row")
        ]
        for table in content.iter(f"{TABLE}table")
    ]


def test_UK_02_one_row_for_a_donor_dated_by_the_latest_gift() -> None:
    declared()
    gift(10_000)
    gift(2_550, on=(5, 6))
    (claim,) = draft()
    schedule, form = sheets(claim)
    assert [text for _, text in schedule[0]] == list(claiming.COLUMNS)
    assert schedule[1:] == [
        [
            *(
                ("float", "1"),
                ("string", "Mrs"),
                ("string", "Grace"),
                ("string", "Kim Park"),
                ("string", "12"),
            ),
            *(("string", "LS1 4AP"), ("", ""), ("", ""), ("date", "06/05/26"), ("float", "125.50")),
        ]
    ]
    assert form[1:] == [
        [("string", "Earliest donation date in the period of claim"), ("date", "06/05/26")],
        [("string", "Prior overclaimed amount (tax)"), ("float", "0.00")],
    ]
    assert (claim.total_minor, claim.lines.count(), claim.status) == (12_550, 2, "draft")
    assert claiming_aid.filename(claim) == f"gift-aid-2026-05-20-{str(claim.pk)[:8]}.ods"


def test_gifts_of_two_accounting_periods_stand_on_two_rows() -> None:
    declared()
    gift(year=2025, on=(12, 31))
    gift(on=(1, 1))
    seen = look()
    assert [one.line.on for one in seen.ready] == [date(2025, 12, 31), date(2026, 1, 1)]
    assert (seen.total, seen.tax) == (pounds(20_000), pounds(5_000))


def test_every_gift_left_out_has_its_reason() -> None:
    undeclared = gift(by=facts.donor("Ada Undeclared", "ada@example.org"))
    spoken = facts.donor("Sam Spoken", "sam@example.org")
    declared(replace(SAID, form=Form.ORAL), donor_id=spoken.pk)
    waiting = gift(by=spoken)
    declared(replace(SAID, scopes=frozenset({Scope.FUTURE})))
    before = gift(on=(5, 3))
    dinner = gift(on=(5, 6))
    Benefit.objects.create(donation=dinner, description="Dinner", fair_value_minor=1_000, entered_at=NOW)
    company = gift(by=abroad.organization())
    returned = gift(on=(5, 7))
    facts.refund(returned, 10_000)
    assert {one.donation.pk: one.reason for one in look().unready} == {
        undeclared.pk: "no_declaration",
        waiting.pk: "declaration_awaiting_record",
        before.pk: "outside_declaration",
        dinner.pk: "benefit",
        company.pk: "not_individual",
        returned.pk: "refunded",
    }
    with pytest.raises(UnableToClaim, match="nothing"):
        draft()


def test_a_withdrawn_benefit_and_a_disputed_gift() -> None:
    declared()
    given = gift()
    made = Benefit.objects.create(donation=given, description="Dinner", entered_at=NOW)
    Benefit.objects.create(donation=given, description="Dinner", withdraws=made, entered_at=NOW)
    assert [one.donations for one in look().ready] == [(given,)]
    held = gift(on=(5, 9))
    facts.dispute(held)
    assert held.pk not in {one.pk for row in look().ready for one in row.donations}


def test_the_declaration_of_a_merged_donor_carries_the_survivors_gifts() -> None:
    former = facts.donor("G. Kim", "old@example.org")
    declared(donor_id=former.pk)
    Donor.objects.filter(pk=former.pk).update(merged_into=facts.donor())
    assert [one.donations for one in look().ready] == []
    given = gift()
    assert [one.donations for one in look().ready] == [(given,)]


def test_what_the_schedule_cannot_hold_goes_to_a_person() -> None:
    declared()
    given = gift()
    # A dollar gift to a British charity: the schedule is in pounds.
    foreign = abroad.gift(entity=abroad.britain(), amount=Money(5_000, "USD"), at=given.given_at)
    by_reason = {one.donation.pk: (one.reason, one.words) for one in look().unready}
    assert by_reason == {foreign.pk: ("currency", ())}
    assert [one.donations for one in look().ready] == [(given,)]


def test_a_donation_is_claimed_once() -> None:
    declared()
    given = gift()
    claim = filed(draft()[0])
    with pytest.raises(UnableToClaim, match="nothing"):
        draft()
    other = GiftAidClaim.objects.create(entity=abroad.britain(), made_by=facts.staff_member(), made_at=NOW)
    line = claim.lines.get()
    with pytest.raises(IntegrityError, match="claim_line_once_per_donation"), transaction.atomic():
        GiftAidClaimLine.objects.create(
            claim=other, donation=given, declaration=line.declaration, amount_minor=10_000
        )


def test_a_new_draft_takes_the_place_of_the_old_one() -> None:
    declared()
    gift()
    first = draft()[0]
    gift(500, on=(5, 8))
    second = draft()[0]
    assert list(GiftAidClaim.objects.values_list("pk", "total_minor")) == [(second.pk, 10_500)]
    claiming_aid.discard(claim_id=second.pk, actor=facts.staff_member(), now=NOW)
    assert (GiftAidClaim.objects.count(), GiftAidClaimLine.objects.count()) == (0, 0)
    assert first.pk != second.pk


def test_what_goes_back_after_the_claim_is_adjusted_in_the_next_ones() -> None:
    declared()
    given = gift()
    filed(draft()[0])
    facts.refund(given, 4_000)
    gift(2_000, on=(5, 10))
    second = draft()[0]
    assert sorted(second.lines.values_list("amount_minor", "is_adjustment")) == [
        (-4_000, True),
        (2_000, False),
    ]
    assert second.total_minor == -2_000
    assert sheets(second)[1][2:] == [
        [("string", "Prior overclaimed amount (tax)"), ("float", "10.00")],
        [("string", "Adjusted: donation of 04/05/26"), ("float", "-40.00")],
    ]
    filed(second)
    with pytest.raises(UnableToClaim, match="nothing"):
        draft()
    facts.refund(given, 1_000)
    third = draft()[0]
    assert list(third.lines.values_list("amount_minor", flat=True)) == [-1_000]
    assert sheets(third)[0][1:] == []


def test_a_declaration_undone_after_the_claim_gives_everything_back() -> None:
    row = declared(replace(SAID, form=Form.ORAL, scopes=frozenset({Scope.PAST, Scope.PRESENT})))
    actor = facts.staff_member()
    declaring.record_posted(declaration_id=row.pk, on=date(2026, 5, 4), actor=actor, now=NOW)
    gift()
    filed(draft()[0])
    declaring.cancel(declaration_id=row.pk, on=DAY, actor=actor, now=NOW)
    assert [one.amount for one in look().adjustments] == [pounds(10_000)]


def test_a_lost_dispute_is_adjusted_whole() -> None:
    declared()
    given = gift()
    filed(draft()[0])
    facts.dispute(given, "lost")
    assert [one.amount for one in look().adjustments] == [pounds(10_000)]


def test_a_claim_is_filed_then_paid_and_stays() -> None:
    declared()
    given = gift()
    claim = draft()[0]
    actor = facts.staff_member()
    for code, reference, on in (("reference", "x", DAY), ("day", "HMRC-1", date(2026, 5, 19))):
        with pytest.raises(UnableToClaim, match=code):
            claiming_aid.file(claim_id=claim.pk, reference=reference, filed_on=on, actor=actor, now=NOW)
    with pytest.raises(UnableToClaim, match="step"):
        claiming_aid.paid(claim_id=claim.pk, actor=actor, now=NOW)
    assert (filed(claim).status, filed_again(claim)) == ("filed", "step")
    with pytest.raises(IntegrityError, match="stays as it was filed"), transaction.atomic():
        GiftAidClaim.objects.filter(pk=claim.pk).update(total_minor=1)
    with pytest.raises(IntegrityError, match="lines of a filed claim stay"), transaction.atomic():
        GiftAidClaimLine.objects.filter(donation=given).delete()
    with pytest.raises(UnableToClaim, match="step"):
        claiming_aid.discard(claim_id=claim.pk, actor=actor, now=NOW)
    claiming_aid.paid(claim_id=claim.pk, actor=actor, now=NOW)
    assert GiftAidClaim.objects.get().status == "paid"


def filed_again(claim: GiftAidClaim) -> str:
    with pytest.raises(UnableToClaim) as refused:
        filed(claim)
    return refused.value.code


def test_a_draft_whose_gift_went_back_is_made_again_first() -> None:
    declared()
    given = gift()
    claim = draft()[0]
    facts.refund(given, 1_000)
    assert filed_again(claim) == "stale"
    assert filed(draft()[0]).total_minor == 9_000


def test_UK_02_a_file_holds_at_most_a_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    row = parameters.GIFT_AID.rows[0]
    few = replace(row, values=replace(row.values, rows=2))
    book = replace(parameters.SHIPPED, gift_aid=parameters.Table("UK Gift Aid", (few,)))
    monkeypatch.setattr(parameters, "SHIPPED", book)
    for number in range(5):
        by = facts.donor(f"Giver {number}", f"g{number}@example.org")
        declared(replace(SAID, last_name=f"Name {number}"), donor_id=by.pk)
        gift(1_000, by=by)
    claims = draft()
    assert [claim.lines.count() for claim in claims] == [2, 2, 1]
    assert [[row[0][1] for row in sheets(claim)[0][1:]] for claim in claims] == [
        ["1", "2"],
        ["1", "2"],
        ["1"],
    ]
    assert parameters.GIFT_AID.of(2026).rows == 1_000
