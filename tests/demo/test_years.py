"""Two years of the demo: written once by the deeds, alive in every list, and every law holds of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail

from books.models import BankLine, BankMatch, ExportSchedule, JournalExport, MonthEnd, Release
from donations import counting_batches
from donations.models import Batch, Donation, Pledge, RecurringPlan
from launcher import living as street_side
from launcher import preparing
from launcher.living import SandboxStreet
from ledger import closing
from ledger.models import LegalEntity
from payments.models import Payout
from receipts.models import Receipt
from reports import selfchecking
from staff.models import AuditEvent
from tests import making
from tests.sandbox.driving import Sandbox
from web.demo import writing
from web.demo.years import living
from web.demo.years.calendar import LAST, Years

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_years_are_lived_through_once(processor: Sandbox, tmp_path: Path, settings: LazySettings) -> None:
    settings.STATE_DIR = settings.MEDIA_ROOT = tmp_path
    now = datetime.now(UTC)
    writing.write(now=now, state_dir=tmp_path)
    with pytest.raises(Stopped):
        living.live(street=Interrupted(processor.url), now=now)
    street = SandboxStreet(processor.url)
    assert living.live(street=street, now=now + timedelta(hours=1))
    street.set_right()
    years = Years(now=now, zone="America/New_York")
    batches_are_counted()
    cards_and_payouts(years)
    promises_are_behind()
    the_bank_is_almost_explained()
    a_month_is_closed(years)
    assert [(one.code, one.rows) for one in selfchecking.run(now=now) if not one.holds] == []
    assert len(mail.outbox) < 20
    before = Donation.objects.count(), AuditEvent.objects.count(), len(mail.outbox)
    assert not living.live(street=street, now=now)
    assert (Donation.objects.count(), AuditEvent.objects.count(), len(mail.outbox)) == before
    clock = processor.operate("GET", "clock")
    assert abs(clock["offset"]) < 60


class Stopped(Exception):
    """Somebody pressed Ctrl-C in the middle of the years."""


class Interrupted(SandboxStreet):
    """The world until the fourth payout."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.payouts = 0

    def pay_out(self, *, currency: str) -> str | None:
        self.payouts += 1
        if self.payouts > 3:
            raise Stopped
        return super().pay_out(currency=currency)


def test_nobodys_own_gifts_get_a_past(processor: Sandbox, tmp_path: Path, settings: LazySettings) -> None:
    settings.STATE_DIR = settings.MEDIA_ROOT = tmp_path
    writing.write(now=making.FOUNDED, state_dir=tmp_path)
    making.donation(by=making.donor(now=making.FOUNDED), at=making.FOUNDED)
    assert not living.live(street=SandboxStreet(processor.url), now=datetime.now(UTC))
    assert Donation.objects.count() == 1


def batches_are_counted() -> None:
    posted = Batch.objects.filter(status=Batch.Status.POSTED)
    assert posted.count() >= LAST
    begun = Batch.objects.get(status=Batch.Status.OPEN)
    assert counting_batches.of(batch=begun).missing == 2


def cards_and_payouts(years: Years) -> None:
    plans = RecurringPlan.objects.all()
    assert {plan.status for plan in plans} >= {"active", "past_due", "ended"}
    assert {plan.end_reason for plan in plans if plan.ended_at} == {"donor", "retries_exhausted"}
    first = Donation.objects.order_by("given_at")[0].given_on
    assert years.first(0) <= first <= years.last(0)
    assert Payout.objects.count() >= 11
    assert Receipt.objects.exists()  # who wants one for each gift has one; the others wait for the year's


def promises_are_behind() -> None:
    own = Pledge.objects.get(donor__name="Ruth Calder")
    kept = sum(payment.amount_minor for part in own.instalments.all() for payment in part.payments.all())
    assert 0 < kept < own.amount_minor
    match = Pledge.objects.get(kind=Pledge.Kind.MATCH)
    assert match.matches is not None
    assert match.matches.donor.name == "Clara Dune"
    assert Pledge.objects.get(is_booked=True).donor.kind == "organization"


def the_bank_is_almost_explained() -> None:
    waiting = BankLine.objects.filter(state=BankLine.State.NEW)
    assert 3 <= waiting.count() <= 8
    wired = BankMatch.objects.filter(kind=BankMatch.Kind.CHARGE, line__matches__kind=BankMatch.Kind.PAYOUT)
    assert [match.amount_minor for match in wired] == [-15_00]
    assert BankMatch.objects.filter(kind=BankMatch.Kind.GIFT, line__currency="KRW").exists()


def a_month_is_closed(years: Years) -> None:
    closed, begun = MonthEnd.objects.order_by("month")
    assert (closed.status, begun.status) == ("closed", "open")
    house = LegalEntity.objects.get(code="US")
    assert closing.closed_through(entity_id=house.pk) == years.last(LAST - 2)
    assert Release.objects.get().document_name == "quarter.pdf"
    assert JournalExport.objects.get().entry_count > 5
    assert ExportSchedule.objects.get().is_active


def test_only_on_your_own_machine(settings: LazySettings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.INSECURE_LOCAL = False
    assert street_side.main() == 1
    assert "on your own machine" in capsys.readouterr().out
    assert not AuditEvent.objects.exists()


def test_the_street_leads_nowhere_else() -> None:
    with pytest.raises(ValueError, match="not on this street"):
        SandboxStreet("http://127.0.0.1:9").pay(url="http://127.0.0.1:99/c/pay/x", name="", email="")


def test_every_database_gets_the_years_once() -> None:
    python = Path("python")
    step, again, other = (
        preparing.years_step(python=python, environment={}, database=name) for name in ("one", "one", "other")
    )
    assert step.commands == [["python", "-m", "launcher.living"]]
    assert step.fingerprint == again.fingerprint != other.fingerprint
