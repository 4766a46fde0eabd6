"""A small year of giving for tests of the annual run: donors with gifts in the books, a run, and its jobs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from donations.models import Benefit, Correction, Donation
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


def gift(
    by: Donor,
    amount: str = "100.00",
    *,
    month: int = 5,
    currency: str = "USD",
    heard_at: datetime | None = None,
    **corrected: object,
) -> Donation:
    """A gift of the year, in the books; what else is said of it was written by a correction."""
    at = datetime(YEAR, month, next(_days), 16, 0, tzinfo=UTC)
    given = money.read_amount(amount, currency=currency)
    made = making.donation(by=by, amount=given, at=at, heard_at=heard_at)
    return restated(made, **corrected) if corrected else made


FIELDS = ("donor_id", "given_on", "date_rule", "kind", "payer", "description", "is_person_directed")


def restated(gift: Donation, **after: object) -> Donation:
    """The only way a recorded gift changes: a correction says so first."""
    gift = Donation.objects.select_related("donor", "entity").get(pk=gift.pk)
    before = {name: getattr(gift, name) for name in FIELDS}
    Correction.objects.create(
        donation=gift,
        before={name: str(value) if name in FIELDS[:2] else value for name, value in before.items()},
        after={
            name: str(value) if name in FIELDS[:2] else value for name, value in {**before, **after}.items()
        },
        reason="as the letter says",
        corrected_by=person("clerk"),
        corrected_at=NOW,
    )
    Donation.objects.filter(pk=gift.pk).update(**after)
    gift.refresh_from_db()
    return gift


def benefit(of: Donation, *, value: str = "50.00", **given: object) -> Benefit:
    values: dict[str, object] = {
        "description": "Dinner",
        "fair_value_minor": money.read_amount(value, currency=of.currency).minor if value else None,
        "entered_at": NOW,
        **given,
    }
    return Benefit.objects.create(donation=of, **values)


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
