"""The steps of an annual run: who may take them, when, and what a change of the facts asks for."""

from __future__ import annotations

import pytest

from donations.models import Donation
from donors.models import Donor
from jobs.models import Job
from ledger import money
from receipts import approving_runs, rehearsing, running
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
