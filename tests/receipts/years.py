"""A small year of giving for tests of the annual run: donors with gifts in the books, a run, and its jobs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from donations.models import Donation
from donors.models import Donor
from jobs import running as working
from jobs.models import Job
from ledger import money
from receipts import approving_runs, excepting, rehearsing, running
from receipts.models import AnnualRun, Issuer, RunItem
from staff.models import Role, User
from tests import making

YEAR = 2025
NOW = datetime(2026, 1, 12, 15, 0, tzinfo=UTC)
_days = itertools.cycle(range(1, 29))


def issuer(**given: object) -> Issuer:
    """The demo body as its country's law knows it; everybody gets one receipt a year."""
    entity = making.entity()
    values: dict[str, object] = {
        "law": "US",
        "is_exclusively_religious": True,
        "registered_name": entity.legal_name,
        "registered_address": entity.address,
        "place": "Portland",
        "default_rhythm": "annual",
        "changed_at": NOW,
        **given,
    }
    return Issuer.objects.update_or_create(entity=entity, defaults=values)[0]


def donor(name: str, **given: object) -> Donor:
    email = given.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    made = making.donor(name=name, email=str(email), now=NOW)
    values = {"address": "1 Elm Street\nPortland, ME 04101", "postcode": "04101", "country": "US", **given}
    Donor.objects.filter(pk=made.pk).update(**values)
    made.refresh_from_db()
    return made


def gift(by: Donor, amount: str = "100.00", *, month: int = 5, currency: str = "USD") -> Donation:
    at = datetime(YEAR, month, next(_days), 16, 0, tzinfo=UTC)
    return making.donation(by=by, amount=money.read_amount(amount, currency=currency), at=at)


def person(name: str = "anna") -> User:
    found = User.objects.filter(email=f"{name}@example.org").first()
    return found or making.user(email=f"{name}@example.org", role=Role.FINANCE, now=NOW)


def clock() -> datetime:
    return NOW


def works() -> dict[str, working.Work]:
    return {
        rehearsing.KIND: lambda job, now: rehearsing.rehearse(job, now, clock=clock),
        running.KIND: lambda job, now: running.run(job, now, clock=clock),
    }


def work(*, now: datetime = NOW) -> None:
    """Run every job that waits, as a worker would."""
    while working.run_one(works=works(), now=now) is not None:
        pass


def rehearsed(*, year: int = YEAR) -> AnnualRun:
    run = rehearsing.begin(entity_id=making.entity().pk, tax_year=year, actor=person(), now=NOW)
    work()
    run.refresh_from_db()
    return run


def approved(run: AnnualRun) -> AnnualRun:
    """Everything that only has to be known is noted, and a second person says yes."""
    excepting.note(run_id=run.pk, code="", actor=person(), now=NOW)
    approving_runs.approve(run_id=run.pk, actor=person("boss"), now=NOW)
    run.refresh_from_db()
    return run


def issued(run: AnnualRun) -> AnnualRun:
    approved(run)
    work()
    run.refresh_from_db()
    return run


def item(run: AnnualRun, of: Donor) -> RunItem:
    return RunItem.objects.get(run=run, donor=of)


def the_job(run: AnnualRun) -> Job:
    return Job.objects.get(pk=run.job_id)


Deed = Callable[[], object]
Key = UUID
