"""The annual run from rehearsal to delivery: what is shown, what is decided, what is issued."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from donations.models import Donation
from donors.models import Donor, Message
from ledger import money
from receipts import (
    approving_runs,
    delivering,
    excepting,
    handing_over,
    issuing,
    noticing,
    posting_letters,
    previewing,
    rehearsing,
    surveying,
)
from receipts.models import (
    AnnualRun,
    Coverage,
    Delivery,
    Exclusion,
    Receipt,
    ReceiptLine,
    RunException,
    RunItem,
    Series,
)
from reports import export_jobs
from tests import making
from tests.receipts import years
from tests.receipts.reading import words
from tests.receipts.years import NOW, YEAR

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def body() -> None:
    years.issuer()


def told(run: AnnualRun, currency: str = "USD") -> dict[str, object]:
    """The bridge in one currency: every line by its code, and the difference."""
    [one] = [one for one in run.figures["bridge"]["currencies"] if one["currency"] == currency]
    return {code: minor for code, _count, minor in [*one["books"], *one["papers"]]} | {
        "difference": one["difference"]
    }


def found(run: AnnualRun) -> set[str]:
    return set(RunException.objects.filter(item__run=run).values_list("code", flat=True))


def test_a_dry_run_makes_no_row_but_its_own() -> None:
    ada, ben = years.donor("Ada Ames"), years.donor("Ben Bow")
    years.gift(ada, "50.00")
    years.gift(ada, "350.00", month=7)
    years.gift(ben, "10.00")
    run = years.rehearsed()
    assert run.status == AnnualRun.Status.REHEARSED
    assert [(item.donor, item.status, item.line_count) for item in run.items.order_by("position")] == [
        (ada, "ready", 2),
        (ben, "ready", 1),
    ]
    assert run.figures["totals"] == [["USD", 2, 410_00, 410_00]]
    assert run.figures["channels"] == {"email": 2}
    assert told(run) == {"booked": 410_00, "now": 410_00, "difference": 0}
    assert not Receipt.objects.exists()
    assert not Series.objects.exists()
    assert not Exclusion.objects.exists()
    assert not Message.objects.exists()
    assert not Delivery.objects.exists()


def test_an_approved_run_gives_everybody_one_receipt_in_the_order_of_positions() -> None:
    ben, ada, eve = years.donor("Ben Bow"), years.donor("Ada Ames"), years.donor("Eve Elm")
    for person in (ben, ada, eve):
        years.gift(person, "25.00")
        years.gift(person, "75.00", month=9)
    run = years.issued(years.rehearsed())
    assert run.status == AnnualRun.Status.DELIVERED
    assert run.ended_at is not None
    assert list(Receipt.objects.order_by("number").values_list("number", "donor", "kind", "tax_year")) == [
        (1, ada.pk, "annual", YEAR),
        (2, ben.pk, "annual", YEAR),
        (3, eve.pk, "annual", YEAR),
    ]
    assert {receipt.issued_on for receipt in Receipt.objects.all()} == {run.issue_on}
    assert ReceiptLine.objects.count() == 6
    assert list(run.items.order_by("position").values_list("receipt__number", flat=True)) == [1, 2, 3]
    assert Delivery.objects.filter(channel="email").count() == 3
    assert Receipt.objects.filter(rendering__isnull=False).count() == 3
    assert Message.objects.filter(kind="receipt").count() == 3


def test_the_bridge_explains_every_cent_between_books_and_receipts() -> None:
    ada, ben, daf = years.donor("Ada Ames"), years.donor("Ben Bow"), years.donor("Big Fund")
    years.gift(ada, "100.00")
    receipted = years.gift(ada, "40.00", month=3)
    making.receipt(of=years.at_once(receipted), now=NOW)
    back = years.gift(ben, "30.00")
    years.gift(ben, "20.00")
    making.refund(of=back, amount=money.Money(30_00, "USD"), at=NOW)  # in the next year's books
    adviser = years.gift(daf, "5.00", payer="daf")
    disputed = years.gift(ben, "7.00")
    making.dispute(of=disputed, at=NOW)
    making.donation(by=ada, amount=money.Money(9_00, "USD"), at=NOW)  # of the next tax year
    run = years.rehearsed()
    assert told(run) == {
        "booked": 202_00,
        "returned": -30_00,
        "now": 120_00,
        "receipted": 40_00,
        "held": 7_00,
        "excluded:refunded": 0,
        "excluded:daf": 5_00,
        "difference": 0,
    }
    assert run.figures["bridge"]["differing"] == []
    assert adviser.pk


def test_tax_day_and_booked_day_in_different_years_are_two_lines_of_the_bridge() -> None:
    ada = years.donor("Ada Ames")
    years.gift(ada, "10.00")
    late = years.gift(ada, "4.00", month=12)
    years.restated(late, given_on=date(YEAR - 1, 12, 31))  # mailed the year before
    early = making.donation(by=ada, amount=money.Money(2_00, "USD"), at=NOW)
    years.restated(early, given_on=date(YEAR, 12, 31))  # booked in the next
    run = years.rehearsed()
    assert told(run) == {
        "booked": 14_00,
        "other_year": -4_00,
        "elsewhere": 2_00,
        "now": 12_00,
        "difference": 0,
    }


def test_a_paper_that_no_longer_says_what_the_books_say_is_a_difference_and_an_exception() -> None:
    ada = years.donor("Ada Ames")
    gift = years.gift(ada, "40.00")
    making.receipt(of=years.at_once(gift), now=NOW)
    years.gift(years.donor("Ben Bow"), "5.00")
    making.refund(of=gift, amount=money.Money(10_00, "USD"), at=NOW)
    run = years.rehearsed()
    assert told(run)["difference"] == -10_00
    assert run.figures["bridge"]["differing"] == [
        {"donation": str(gift.pk), "currency": "USD", "books": 30_00, "paper": 40_00}
    ]
    assert found(run) == {"not_corrected"}
    codes = {code for code, _ in approving_runs.hindrances(run=run)}
    assert codes == {"open", "difference"}
    making.correction(of=gift, now=NOW)
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    assert told(run)["difference"] == 0
    assert {one.code: one.state for one in RunException.objects.filter(item__run=run)} == {
        "not_corrected": "solved",
        "refunded_after": "open",
    }


def test_wishes_decide_the_way_not_the_receipt() -> None:
    """D21: annual only, none, no e-mail, bounced."""
    annual = years.donor("Ann Annual", receipt_rhythm="annual")
    none = years.donor("Ned None", receipt_rhythm="none")
    paper = years.donor("Pat Paper", email="")
    lost = years.donor("Lou Lost", email_failed_at=NOW)
    for giver in (annual, none, paper, lost):
        years.gift(giver)
    assert issuing.issue_due(now=NOW) == 1  # only who wishes none has a receipt at once, and it is not sent
    years.issued(years.rehearsed())
    ways = {way.receipt.donor.name: way.channel for way in Delivery.objects.select_related("receipt__donor")}
    assert ways == {"Ann Annual": "email", "Lou Lost": "post", "Pat Paper": "post", "Ned None": "none"}
    assert Receipt.objects.filter(kind="annual").count() == 3
    assert Receipt.objects.count() == 4


def test_a_donor_with_nothing_to_receipt_is_in_the_run_with_the_reason() -> None:
    """D22."""
    tickets, receipted = years.donor("Tia Tickets"), years.donor("Ray Receipted")
    years.benefit(years.gift(tickets, "50.00", kind="ticket"), value="50.00")
    years.gift(years.donor("Ada Ames"))
    fund = years.donor("Giving Fund")
    years.gift(fund, payer="daf")
    making.receipt(of=years.at_once(years.gift(receipted)), now=NOW)
    run = years.rehearsed()
    assert {item.donor.name: (item.status, item.words) for item in run.items.select_related("donor")} == {
        "Ada Ames": ("ready", ""),
        "Giving Fund": ("nothing", "excluded:daf"),
        "Ray Receipted": ("nothing", "receipted"),
        "Tia Tickets": ("nothing", "excluded:purchase"),
    }
    years.issued(run)
    assert Message.objects.filter(kind="yearly_summary").get().donor == receipted
    assert Receipt.objects.filter(kind="annual").count() == Receipt.objects.filter(run=run).count()


def test_merged_donors_get_one_receipt_together() -> None:
    ada = years.donor("Ada Ames")
    before = years.donor("Ada A", email="old@example.org")
    years.gift(ada, "10.00")
    years.gift(before, "5.00")
    Donor.objects.filter(pk=before.pk).update(merged_into=ada)
    run = years.issued(years.rehearsed())
    assert run.items.get().donor == ada
    assert Receipt.objects.get().total == money.Money(15_00, "USD")


def test_two_currencies_are_two_totals_and_two_bridges() -> None:
    kim = years.donor("Kim Seung", language="ko")
    years.gift(kim, "30.00")
    run = years.rehearsed()
    assert [one["currency"] for one in run.figures["bridge"]["currencies"]] == ["USD"]
    years.gift(kim, "50000", currency="KRW")
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    assert [one["currency"] for one in run.figures["bridge"]["currencies"]] == ["KRW", "USD"]
    assert told(run, "KRW")["difference"] == 0
    assert told(run, "USD")["difference"] == 0


def test_previews_are_the_same_ten_by_lot_the_largest_and_the_solved_without_a_number() -> None:
    people = [years.donor(f"Giver {chr(65 + n)}") for n in range(14)]
    for n, giver in enumerate(people):
        years.gift(giver, f"{n + 1}.00")
    lonely = years.donor("Zed", email="", address="")
    years.gift(lonely)
    run = years.rehearsed()
    first = previewing.chosen(run=run)
    assert [item.pk for item in first["lot"]] == [item.pk for item in previewing.chosen(run=run)["lot"]]
    assert len(first["lot"]) == len(first["largest"]) == 10
    assert "Giver N" in {item.donor.name for item in first["largest"]}
    assert "Giver A" not in {item.donor.name for item in first["largest"]}
    assert first["solved"] == []
    Donor.objects.filter(pk=lonely.pk).update(address="2 Oak Lane\nBath, ME 04530")
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    assert [item.donor for item in previewing.chosen(run=run)["solved"]] == [lonely]
    item = RunItem.objects.select_related("run__entity", "donor").get(run=run, donor=lonely)
    paper = previewing.paper(made=previewing.draft(item=item, now=NOW), now=NOW)
    assert paper == previewing.paper(made=previewing.draft(item=item, now=NOW), now=NOW)
    said = words(paper)
    assert "PREVIEW" in said
    assert "2025-0" not in said
    assert not Receipt.objects.exists()
    making.refund(of=Donation.objects.get(donor=lonely), amount=money.Money(100_00, "USD"), at=NOW)
    with pytest.raises(previewing.NothingToPreview):
        previewing.draft(item=item, now=NOW)


def test_the_facts_are_read_again_at_the_moment_of_issue() -> None:
    """X40 in one thread: a refund, a lost dispute and a profile between approval and issue."""
    ada, ben, eve, zoe = (years.donor(name) for name in ("Ada Ames", "Ben Bow", "Eve Elm", "Zoe Zed"))
    part, whole = years.gift(ada, "50.00"), years.gift(ben, "20.00")
    years.gift(eve, "10.00")
    years.gift(zoe, "5.00")
    run = years.approved(years.rehearsed())
    making.refund(of=part, amount=money.Money(20_00, "USD"), at=NOW)
    making.refund(of=whole, amount=money.Money(20_00, "USD"), at=NOW)
    Donor.objects.filter(pk=eve.pk).update(address="2 Oak Lane\nBath, ME 04530")
    late = years.gift(zoe, "99.00", heard_at=NOW + timedelta(minutes=1))
    years.work(now=NOW + timedelta(seconds=1))
    totals = {one.donor.name: one.total_minor for one in Receipt.objects.select_related("donor")}
    assert totals == {"Ada Ames": 30_00, "Eve Elm": 10_00, "Zoe Zed": 5_00}
    assert list(Receipt.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert years.item(run, ben).status == "nothing"
    assert "Oak Lane" in Receipt.objects.get(donor=eve).snapshot
    # What came into the books after the rehearsal was approved by nobody: it waits.
    assert not Coverage.objects.filter(donation__in=[whole, late]).exists()


def test_what_the_law_needs_meanwhile_is_written_into_the_item_and_the_others_go() -> None:
    ada, ben = years.donor("Ada Ames"), years.donor("Ben Bow")
    gift = years.gift(ada, "150.00")
    years.gift(ben, "20.00")
    run = years.approved(years.rehearsed())
    years.benefit(gift, value="")
    years.work()
    item = years.item(run, ada)
    assert item.status == "blocked"
    assert item.words
    assert Receipt.objects.get().donor == ben
    run.refresh_from_db()
    assert run.status == "delivered"


def test_the_days_of_a_year_are_those_of_its_law() -> None:
    years.issuer(law="AU")
    year = surveying.year_of(entity=making.entity(), tax_year=2026)
    assert (year.first, year.last) == (date(2025, 7, 1), date(2026, 6, 30))


def test_every_kind_to_know_is_a_question() -> None:
    assert set(noticing.TO_KNOW) <= set(noticing.QUESTIONS)
    assert excepting.UnableToDecide("x").words == "x"


def test_what_goes_by_post_is_one_file_by_postcode_with_labels_and_expires() -> None:
    for name, postcode in (("Ada Ames", "04999"), ("Ben Bow", "04001"), ("Eve Elm", "04500")):
        address = f"1 Elm Street\nPortland, ME {postcode}"
        years.gift(years.donor(name, wants_post=True, postcode=postcode, address=address))
    years.gift(years.donor("Nobody Known", email="", address="", country=""))
    run = years.rehearsed()
    excepting.note(run_id=run.pk, code="", actor=years.person(), now=NOW)
    lost = RunException.objects.get(item__run=run, code="no_contact")
    excepting.leave_out(exception_id=lost.pk, reason="No way to reach", actor=years.person(), now=NOW)
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    years.issued(run)
    made = run.print_files.get()
    assert (made.receipt_count, made.deliveries.count(), made.page_count % 3) == (3, 3, 0)
    path = handing_over.file_of(made=made, which="receipts", reader=years.person(), now=NOW)
    assert path is not None
    said = words(path.read_bytes())
    assert said.index("Ben Bow") < said.index("Eve Elm") < said.index("Ada Ames")
    stickers = handing_over.file_of(made=made, which="labels", reader=years.person(), now=NOW)
    assert stickers is not None
    assert "04001" in words(stickers.read_bytes())
    assert path.name.startswith(str(run.job_id))
    # A day later both are gone, and the same receipts can be set again.
    export_jobs.purge(now=NOW)
    assert path.exists()
    assert export_jobs.purge(now=NOW + timedelta(hours=25)) == 1
    assert handing_over.file_of(made=made, which="receipts", reader=years.person(), now=NOW) is None
    assert handing_over.where(made=made, which="anything") is None
    handing_over.ask_again(print_file_id=made.pk, actor=years.person(), now=NOW)
    years.work()
    before, made = made, run.print_files.get()
    assert made.receipts_sha256 == before.receipts_sha256
    assert handing_over.where(made=made, which="receipts") is not None
    assert handing_over.hand_over(run=run, job_id=made.pk, requested_by=None, now=NOW) is None
    assert posting_letters.mark_printed(print_file_id=made.pk, actor=years.person(), now=NOW) == 3
    assert delivering.tally(run_id=run.pk).printed == 3
    for left in (path.parent).glob("*.pdf"):
        left.unlink()
