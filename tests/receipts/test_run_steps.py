"""The steps of an annual run: who may take them, when, and what a change of the facts asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from donations.models import Donation
from donors.models import Donor
from jobs.models import Job
from ledger import money
from receipts import approving_runs, bridging, drafting, rehearsing, running, sketching, surveying, tasks
from receipts.models import AnnualRun, Receipt
from tests import making
from tests.receipts import years
from tests.receipts.years import NOW, YEAR
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def body() -> None:
    years.issuer()


def test_the_second_person_is_another_and_nothing_may_be_open() -> None:
    years.gift(years.donor("Anonymous"))
    run = years.rehearsed()
    with pytest.raises(approving_runs.UnableToApprove, match="somebody else"):
        approving_runs.approve(run_id=run.pk, actor=years.person(), now=NOW)
    with pytest.raises(approving_runs.UnableToApprove, match="open or has changed"):
        approving_runs.approve(run_id=run.pk, actor=years.person("boss"), now=NOW)
    assert [code for code, _ in approving_runs.hindrances(run=run)] == ["open"]
    # Whoever rehearsed it last prepared it as well.
    rehearsing.again(run_id=run.pk, actor=years.person("carl"), now=NOW)
    years.work()
    run.refresh_from_db()
    assert approving_runs.is_own(run=run, actor=years.person("carl"))
    assert not approving_runs.is_own(run=run, actor=years.person("boss"))
    rehearsing.cancel(run_id=run.pk, actor=years.person(), now=NOW)
    with pytest.raises(approving_runs.UnableToApprove, match="not waiting"):
        approving_runs.approve(run_id=run.pk, actor=years.person("boss"), now=NOW)
    with refused_by("annual_run_takes_allowed_step"):
        AnnualRun.objects.filter(pk=run.pk).update(status="rehearsing")


def profile() -> None:
    Donor.objects.filter(name="Ada Ames").update(address="2 Oak Lane\nBath, ME 04530")


def new_gift() -> None:
    years.gift(Donor.objects.get(name="Ada Ames"))


def refund() -> None:
    making.refund(of=Donation.objects.get(), amount=money.Money(1_00, "USD"), at=NOW)


def dinner() -> None:
    years.benefit(Donation.objects.get())


def receipt() -> None:
    making.receipt(of=years.at_once(Donation.objects.get()), now=NOW)


def signatory() -> None:
    making.entity()
    type(making.entity()).objects.update(signatory="Somebody Else")


@pytest.mark.parametrize(
    ("happens", "part"),
    [
        (profile, "givers"),
        (new_gift, "gifts"),
        (refund, "money"),
        (dinner, "details"),
        (receipt, "papers"),
        (signatory, "issuer"),
    ],
)
def test_what_changes_after_the_rehearsal_asks_for_another(happens: years.Deed, part: str) -> None:
    years.gift(years.donor("Ada Ames"), "80.00")
    run = years.rehearsed()
    assert approving_runs.changes(run=run) == ()
    happens()
    assert part in approving_runs.changes(run=run)
    with pytest.raises(approving_runs.UnableToApprove, match="open or has changed"):
        approving_runs.approve(run_id=run.pk, actor=years.person("boss"), now=NOW)
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    assert approving_runs.changes(run=run) == ()


def test_one_run_of_a_year_at_a_time() -> None:
    years.gift(years.donor("Ada Ames"))
    run = years.rehearsed()
    with pytest.raises(rehearsing.UnableToPrepare, match="under way"):
        rehearsing.begin(entity_id=run.entity_id, tax_year=YEAR, actor=years.person(), now=NOW)
    rehearsing.cancel(run_id=run.pk, actor=years.person(), now=NOW)
    assert (
        rehearsing.begin(entity_id=run.entity_id, tax_year=YEAR, actor=years.person(), now=NOW).pk != run.pk
    )


def test_a_rehearsal_that_was_given_up_can_be_asked_for_again() -> None:
    years.gift(years.donor("Ada Ames"))
    run = rehearsing.begin(entity_id=making.entity().pk, tax_year=YEAR, actor=years.person(), now=NOW)
    with pytest.raises(rehearsing.UnableToPrepare):
        rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    Job.objects.filter(pk=years.the_job(run).pk).update(status="failed", ended_at=NOW)
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    assert run.status == "rehearsed"
    years.approved(run)
    with pytest.raises(rehearsing.UnableToPrepare):
        rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)


def test_what_is_being_issued_is_paused_not_canceled() -> None:
    for name in ("Ada Ames", "Ben Bow"):
        years.gift(years.donor(name))
    run = years.approved(years.rehearsed())
    with pytest.raises(running.UnableToSteer):
        running.pause(run_id=run.pk, actor=years.person(), now=NOW)
    AnnualRun.objects.filter(pk=run.pk).update(status="issuing")
    with pytest.raises(rehearsing.UnableToPrepare, match="paused"):
        rehearsing.cancel(run_id=run.pk, actor=years.person(), now=NOW)
    running.pause(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    assert not Receipt.objects.exists()
    running.resume(run_id=run.pk, actor=years.person(), now=NOW)
    with pytest.raises(running.UnableToSteer):
        running.resume(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    assert Receipt.objects.count() == 2
    run.refresh_from_db()
    assert run.status == "delivered"


def test_the_timetable_finds_a_run_that_waits() -> None:
    years.gift(years.donor("Ada Ames"))
    run = rehearsing.begin(entity_id=making.entity().pk, tax_year=YEAR, actor=years.person(), now=NOW)
    tasks.run_jobs()
    run.refresh_from_db()
    assert run.status == "rehearsed"
    # A bell that rings for a job of yesterday changes nothing.
    before = run.figures
    job = years.the_job(run)
    assert rehearsing.rehearse(job, NOW, clock=years.clock) == {"donors": 1}
    run.refresh_from_db()
    assert run.figures == before


def test_many_donors_are_drafted_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "TOGETHER", 2)
    for name in ("Ada Ames", "Ben Bow", "Eve Elm"):
        years.gift(years.donor(name))
    run = years.rehearsed()
    assert list(run.items.order_by("position").values_list("donor__name", flat=True)) == [
        "Ada Ames",
        "Ben Bow",
        "Eve Elm",
    ]


def test_a_year_without_anything_to_make_and_one_that_is_blocked_are_not_approved() -> None:
    run = years.rehearsed()
    assert [code for code, _ in approving_runs.hindrances(run=run)] == ["nothing"]
    years.benefit(years.gift(years.donor("Ada Ames"), "150.00"), value="")
    rehearsing.again(run_id=run.pk, actor=years.person(), now=NOW)
    years.work()
    run.refresh_from_db()
    assert [code for code, _ in approving_runs.hindrances(run=run)] == ["open", "blocked", "nothing"]


def test_a_large_gift_without_the_sentence_of_the_law_is_an_exception() -> None:
    """US-04, US-05: from 250.00 on the giver needs the sentence about goods and services; things count as large."""
    ada = years.donor("Ada Ames")
    small, large = years.gift(ada, "249.99"), years.gift(ada, "250.00")
    shares = years.gift(ada, kind="stock", description="10 shares ABC")
    asked = sketching.ask(
        donor_id=ada.pk, entity=making.entity(), tax_year=YEAR, gifts=[small.pk, large.pk, shares.pk]
    )
    draft = drafting.draft_many(asks=[asked], now=NOW)[0]
    assert sketching.missing(draft) == []
    silent = replace(draft, snapshot={**draft.snapshot, "statements": []})
    found = {(one.code, one.donation_id) for one in sketching.missing(silent)}
    assert found == {("no_acknowledgment_text", large.pk), ("no_acknowledgment_text", shares.pk)}


def test_a_receipt_to_be_made_that_differs_from_the_books_is_listed_by_its_giver() -> None:
    ada = years.donor("Ada Ames")
    years.gift(ada, "40.00")
    year = surveying.year_of(entity=making.entity(), tax_year=YEAR)
    [(donor_id, gifts)] = list(surveying.people(of=year))
    bridge = bridging.Bridge()
    bridge.begin(of=year)
    bridge.receipt(gifts, totals={"USD": 39_00}, donor_id=donor_id)
    told = bridge.told()
    assert told["differing"] == [{"donor": str(ada.pk), "currency": "USD", "books": 40_00, "paper": 39_00}]
    assert [one["difference"] for one in told["currencies"]] == [1_00]  # type: ignore[attr-defined]
