"""Receipts from gifts: numbered without a gap whoever writes at once, and true again after money went back."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from donations.models import Donation
from donors.models import Donor, Message
from ledger.models import FundText
from paper import storing
from receipts import correcting, finishing, issuing, reading
from receipts.models import Coverage, Exclusion, Obstacle, Receipt, Rendering, RenderingTrouble, Series
from tests import facts, threads
from tests.campaigns import making
from tests.facts import NOW
from tests.receipts.reading import words

LATER = NOW + timedelta(hours=2)


def numbers() -> list[int]:
    return list(Receipt.objects.order_by("number").values_list("number", flat=True))


def snapshot(receipt: Receipt) -> dict[str, object]:
    read = json.loads(receipt.snapshot)
    assert isinstance(read, dict)
    return read


def test_a_gift_gets_one_receipt(db: None) -> None:
    gift = facts.donation()
    assert issuing.due(since=None, now=NOW) == [gift.pk]
    assert issuing.issue_due(now=NOW) == 1
    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.serial, str(receipt)) == (1, "2026-000001", "2026-000001")
    assert (receipt.total.plain, receipt.donor_id, receipt.issued_on) == ("100.00", gift.donor_id, NOW.date())
    assert Coverage.objects.get().receipt == receipt
    assert issuing.due(since=None, now=NOW) == []
    assert issuing.issue_due(now=NOW) == 0
    assert issuing.decide(donation_id=gift.pk, now=NOW) is None
    assert snapshot(receipt)["test"] is True


def test_numbers_begin_anew_each_year_where_the_entity_is(db: None) -> None:
    """The year of the gift, not of the paper, and by the clock of the body."""
    midnight = datetime(2026, 1, 1, 5, 0, tzinfo=UTC)
    for given_at in (midnight - timedelta(minutes=1), midnight, midnight - timedelta(days=1)):
        facts.donation(given_at=given_at)
    issuing.issue_due(now=NOW)
    serials = Receipt.objects.order_by("series__year", "number").values_list(
        "serial", "tax_year", "issued_on"
    )
    assert list(serials) == [
        ("2025-000001", 2025, NOW.date()),
        ("2025-000002", 2025, NOW.date()),
        ("2026-000001", 2026, NOW.date()),
    ]
    assert [series.next_number for series in Series.objects.order_by("year")] == [3, 2]


def test_eight_writers_and_one_that_gives_up_leave_no_gap(committed_db: None) -> None:
    gifts = [facts.donation(donor_id=facts.donor(f"Giver {number}").pk) for number in range(9)]
    taken = threading.Event()

    def give_up() -> None:
        with transaction.atomic():
            assert issuing.decide(donation_id=gifts[8].pk, now=NOW) is not None
            taken.set()
            transaction.set_rollback(True)

    def write(gift: Donation) -> Receipt | None:
        taken.wait(20)
        return issuing.decide(donation_id=gift.pk, now=NOW)

    writers = [lambda gift=gift: write(gift) for gift in gifts[:8]]
    threads.results(threads.at_once([give_up, *writers]))  # type: ignore[list-item]
    assert numbers() == list(range(1, 9))
    assert issuing.issue_due(now=NOW) == 1
    assert numbers() == list(range(1, 10))
    chain = list(Receipt.objects.order_by("number").values_list("previous_hash", "hash"))
    assert [before for before, _ in chain] == [issuing.GENESIS, *[own for _, own in chain[:-1]]]


def test_two_workers_decide_a_gift_once(committed_db: None) -> None:
    gift = facts.donation()
    made = threads.results(threads.at_once([lambda: issuing.decide(donation_id=gift.pk, now=NOW)] * 4))
    assert len([receipt for receipt in made if receipt]) == 1
    assert numbers() == [1]


def test_one_gifts_trouble_does_not_stop_the_others(db: None) -> None:
    facts.campaign()
    unnamed = making.fund("XYZ")
    troubled = facts.donation({unnamed: 5_000}, given_at=NOW - timedelta(days=1))
    facts.donation()
    assert issuing.issue_due(now=NOW) == 1
    assert troubled.obstacle.code == "fund_unnamed"
    assert issuing.due(since=None, now=NOW) == []
    assert issuing.due(since=None, now=LATER) == [troubled.pk]
    assert numbers() == [1]
    FundText.objects.create(fund=unnamed, language="en", name="Named at last")
    assert issuing.issue_due(now=LATER) == 1
    assert not Obstacle.objects.exists()
    assert numbers() == [1, 2]


def test_a_part_that_went_back_replaces_the_receipt(db: None) -> None:
    gift = facts.donation({making.any_fund(): 7_000, facts.general(): 3_000}, language="ko")
    facts.paperwork()
    facts.refund(gift, 2_500)
    assert correcting.due(now=LATER) == [gift.pk]
    assert correcting.correct_due(now=LATER) == 1
    assert correcting.due(now=LATER) == []
    assert correcting.correct(donation_id=gift.pk, now=LATER) is False
    finishing.finish_due(now=LATER)
    old, new = Receipt.objects.order_by("number")
    assert new.replaces == old
    assert new.total.plain == "75.00"
    assert (old.voiding.reason, old.voiding.voided_at) == ("refunded", LATER)
    assert snapshot(new)["replaces"] == "2026-000001"
    lines = snapshot(new)["lines"]
    assert isinstance(lines, list)
    assert [(line["amount_minor"], line["refunded_minor"]) for line in lines] == [
        (7_000, 1_750),
        (3_000, 750),
    ]
    assert Coverage.objects.get().receipt == new
    assert sorted(Message.objects.values_list("kind", flat=True)) == ["receipt", "receipt_corrected"]
    assert "2026-000001" in Message.objects.get(kind="receipt_corrected").text
    assert "2026-000001" in words(reading.file_of(receipt=new))


def test_many_small_refunds_over_three_funds_always_fit(db: None) -> None:
    """Shares of the running total shrink here at the eleventh cent: 6:6:2 of 10 is 4, 4, 2, of 11 is 5, 5, 1."""
    funds = [making.any_fund(), facts.general(), making.fund("SAF")]
    FundText.objects.create(fund=funds[2], language="en", name="Safe houses")
    gift = facts.donation(dict(zip(funds, [6, 6, 2], strict=True)))
    for amount in (10, 1, 3):
        facts.refund(gift, amount)
    from donations import dividing

    assert dividing.refunded_by_fund(donation=gift) == dict(
        zip((fund.pk for fund in funds), [6, 6, 2], strict=True)
    )


def test_everything_that_went_back_voids_the_receipt(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    facts.refund(gift, 10_000)
    facts.paperwork(now=LATER)
    assert Receipt.objects.get().voiding.reason == "refunded"
    assert not Coverage.objects.exists()
    assert (Exclusion.objects.get().reason, str(Exclusion.objects.get())) == ("refunded", "refunded")
    assert Message.objects.filter(kind="receipt_voided").count() == 1
    facts.paperwork(now=LATER)
    assert Message.objects.count() == 2


def test_a_gift_given_back_before_its_receipt_gets_none(db: None) -> None:
    facts.refund(facts.donation(), 10_000)
    facts.paperwork()
    assert Exclusion.objects.get().reason == "refunded"
    assert not Receipt.objects.exists()
    assert issuing.due(since=None, now=NOW) == []


def test_a_refund_that_came_back_gets_a_new_receipt_naming_the_void_one(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    back = facts.refund(gift, 10_000)
    facts.paperwork()
    facts.returned(back)
    facts.paperwork(now=LATER)
    old, new = Receipt.objects.order_by("number")
    assert new.replaces == old
    assert new.total.plain == "100.00"
    assert not Exclusion.objects.exists()
    assert Coverage.objects.get().receipt == new


def test_a_partial_refund_that_came_back_raises_the_receipt_again(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    back = facts.refund(gift, 4_000)
    facts.paperwork()
    facts.returned(back)
    facts.paperwork()
    assert [receipt.total.plain for receipt in Receipt.objects.order_by("number")] == [
        "100.00",
        "60.00",
        "100.00",
    ]
    reasons = [
        receipt.voiding.reason for receipt in Receipt.objects.filter(voiding__isnull=False).order_by("number")
    ]
    assert reasons == ["refunded", "refund_returned"]
    assert Coverage.objects.get().receipt.number == 3


def test_a_refund_that_came_back_before_any_paper_changes_nothing(db: None) -> None:
    gift = facts.donation()
    facts.returned(facts.refund(gift, 10_000))
    facts.paperwork()
    assert Receipt.objects.get().total.plain == "100.00"


def test_an_open_dispute_holds_a_receipt_back(db: None) -> None:
    gift = facts.donation()
    facts.dispute(gift)
    facts.paperwork()
    assert not Receipt.objects.exists()
    assert not Exclusion.objects.exists()
    facts.dispute(gift, "won")
    facts.paperwork()
    assert Receipt.objects.get().total.plain == "100.00"


def test_an_open_dispute_leaves_an_issued_receipt(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    facts.dispute(gift)
    facts.paperwork()
    assert not Receipt.objects.filter(voiding__isnull=False).exists()


def test_a_lost_dispute_voids_the_receipt_or_prevents_it(db: None) -> None:
    gift, early = facts.donation(), facts.donation()
    facts.dispute(early, "lost")
    facts.paperwork()
    facts.dispute(gift, "lost")
    facts.paperwork()
    assert Receipt.objects.get().voiding.reason == "dispute_lost"
    assert str(Receipt.objects.get().voiding).endswith("dispute_lost")
    assert set(Exclusion.objects.values_list("reason", flat=True)) == {"dispute_lost"}


def test_a_lost_inquiry_that_moved_nothing_changes_nothing(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    facts.dispute(gift, "lost", balances=())
    facts.paperwork()
    assert not Receipt.objects.filter(voiding__isnull=False).exists()


def test_a_name_no_font_can_print_waits_for_a_person_and_stops_nobody(db: None) -> None:
    facts.donation(donor_id=facts.donor("สมชาย").pk, given_at=NOW - timedelta(days=1))
    facts.donation()
    issuing.issue_due(now=NOW)
    assert finishing.finish_due(now=NOW) == 1
    trouble = RenderingTrouble.objects.get()
    assert (trouble.receipt.number, trouble.attempts, trouble.try_after) == (1, 1, NOW + timedelta(hours=1))
    assert str(trouble) == trouble.words != ""
    assert finishing.finish_due(now=NOW) == 0
    assert finishing.finish_due(now=LATER) == 0
    trouble.refresh_from_db()
    assert (trouble.attempts, trouble.try_after) == (2, LATER + timedelta(hours=24))
    with pytest.raises(reading.NotDrawnYet):
        reading.file_of(receipt=trouble.receipt)
    assert Message.objects.count() == 1


def test_a_receipt_is_finished_once(db: None) -> None:
    facts.donation()
    issuing.issue_due(now=NOW)
    receipt = Receipt.objects.get()
    assert [finishing.finish(receipt_id=receipt.pk, now=NOW) for _ in range(2)] == [True, False]
    assert Rendering.objects.count() == Message.objects.count() == 1
    assert str(Rendering.objects.get()) == str(receipt.pk)
    assert finishing.finish_due(now=NOW) == 0


def test_two_workers_finish_a_receipt_once(committed_db: None) -> None:
    facts.donation()
    issuing.issue_due(now=NOW)
    receipt = Receipt.objects.get()
    done = threads.results(threads.at_once([lambda: finishing.finish(receipt_id=receipt.pk, now=NOW)] * 3))
    assert sum(done) == 1
    assert Message.objects.count() == 1


def test_a_donor_without_an_address_gets_no_mail(db: None) -> None:
    facts.donation(donor_id=facts.donor(email="").pk)
    facts.paperwork()
    assert Rendering.objects.count() == 1
    assert not Message.objects.exists()


def test_the_stored_bytes_are_handed_out_and_a_void_one_says_so(db: None) -> None:
    gift = facts.donation()
    facts.paperwork()
    receipt = Receipt.objects.get()
    assert reading.copy_of(receipt=receipt) == reading.file_of(receipt=receipt)
    assert reading.filename(receipt) == "receipt-2026-000001.pdf"
    facts.refund(gift, 5_000)
    facts.paperwork(now=LATER)
    receipt = Receipt.objects.get(number=1)
    copy = reading.copy_of(receipt=receipt)
    assert copy != reading.file_of(receipt=receipt)
    assert "VOID" in words(copy)
    assert "2026-000002" in words(copy)
    assert reading.copy_of(receipt=receipt) == copy
    facts.refund(gift, 5_000)
    facts.paperwork(now=LATER)
    assert "VOID" in words(reading.copy_of(receipt=Receipt.objects.get(number=2)))


def test_a_damaged_file_is_never_handed_out(db: None, unguarded: None) -> None:
    facts.donation()
    facts.paperwork()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE paper_document SET content = set_byte(content, 9, 0)")
    with pytest.raises(storing.DocumentDamaged):
        reading.copy_of(receipt=Receipt.objects.get())


def test_a_mailbox_sees_its_own_receipts_and_those_merged_into_it(db: None) -> None:
    grace, samuel = facts.donor(), facts.donor("Samuel Park", "samuel@example.org")
    for donor in (grace, samuel, facts.donor("Hannah Lee", "hannah@example.org")):
        facts.donation(donor_id=donor.pk)
    facts.paperwork()

    def seen(email_key: str) -> list[str]:
        return sorted(reading.visible_to(email_key=email_key).values_list("donor__name", flat=True))

    assert seen("grace@example.org") == ["Grace Kim"]
    assert seen("nobody@example.org") == []
    assert seen("") == []
    Donor.objects.filter(pk=samuel.pk).update(merged_into=grace)
    assert seen("grace@example.org") == ["Grace Kim", "Samuel Park"]
    assert seen("samuel@example.org") == []


def test_a_look_at_what_is_new_leaves_the_rest_to_the_look_at_everything(db: None) -> None:
    gift = facts.donation()
    assert issuing.due(since=NOW + timedelta(seconds=1), now=NOW) == []
    assert issuing.due(since=NOW, now=NOW) == [gift.pk]
    assert issuing.issue_due(now=LATER, since=LATER) == 0
    assert issuing.issue_due(now=LATER) == 1


def test_what_is_decided_is_thrown_out_before_anything_else_is_looked_up(db: None) -> None:
    """Otherwise each look, every few seconds, reads the donor and the receipt of every gift of the week."""
    plan = issuing.waiting_now().explain()
    assert plan.count("Anti Join") == 2, plan
    assert "receipts_coverage.id IS NULL" not in plan, plan
