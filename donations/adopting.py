"""Adopting: standing gifts brought from another processor with tokens; the first charge is on each next due date.

The file is read whole before anything is written: one wrong cell refuses all of it, by row, column and reason. Then
every agreement is committed under an id made of its old name, and only after that the processor is asked, with that id
as key. Run again, it finds what is there: nothing is made twice, nobody is charged on the day and nobody gets a mail.
"""

import csv
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from campaigns.models import GivingPage
from donations import recurring, scheduling, telling
from donations.models import Checkout, RecurringPlan
from donations.models.intents import Frequency
from donors import matching, refusing
from ledger import money
from ledger.models import Fund
from ledger.money import LARGEST_MINOR, Money
from payments import gateway
from payments.gateway import PlanRequest, PlanState, ProcessorRefused, ProcessorUnsure, StoredFailure

COLUMNS = (
    "reference", "name", "email", "language", "campaign", "fund", "amount", "currency", "frequency",
    "next_charge_on", "charge_day", "customer", "payment_method",
)  # fmt: skip
TYPED = ("reference", "name", "email", "campaign", "fund")
"""Columns that people wrote; the processor's own numbers are long runs of letters and digits and mean nobody."""
FREQUENCIES = {"monthly": Frequency.MONTHLY, "quarterly": Frequency.QUARTERLY, "yearly": Frequency.YEARLY}
MOST_ROWS = 20_000
_NAMES = uuid.UUID("0b4f4f0e-7b6a-5d0f-8a52-6c6f3f7c9a11")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One cell that cannot be read; rows are counted as in the file, its heading being the first."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.reason}"


class UnableToAdopt(Exception):
    """Nothing was written: something in the file is wrong."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("; ".join(str(one) for one in wrong[:20]))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Brought:
    """One standing gift of the file."""

    row: int
    checkout_id: uuid.UUID
    name: str
    email: str
    language: str
    page: GivingPage
    fund: Fund
    amount: Money
    frequency: Frequency
    first_on: date
    charge_day: int
    customer_ref: str
    method_ref: str


@dataclass
class Adopted:
    """What one run came to. `unsure` are asked for again by running the same file."""

    rows: int = 0
    made: int = 0
    known: int = 0
    unsure: int = 0


def adopt(*, lines: Iterable[str], now: datetime) -> Adopted:
    """Adopt the plans of a CSV file. Raises UnableToAdopt. This function will return what the run came to."""
    brought = _read(lines, now=now)
    _refuse_strange_cards(brought)
    _write(brought, now=now)
    adopted = Adopted(rows=len(brought))
    for one in brought:
        _begin(one, adopted=adopted, now=now)
    return adopted


# Reading


def _read(lines: Iterable[str], *, now: datetime) -> list[Brought]:
    reader = csv.DictReader(lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise UnableToAdopt([Wrong(1, name, "this column is missing") for name in missing])
    pages = {
        page.campaign.slug: page for page in GivingPage.objects.select_related("campaign__fund", "entity")
    }
    wrong: list[Wrong] = []
    found: list[Brought] = []
    seen: set[str] = set()
    for row, cells in enumerate(reader, start=2):
        if row > MOST_ROWS:
            raise UnableToAdopt([Wrong(row, "reference", f"more than {MOST_ROWS} rows")])
        reading = _Row(row, cells, wrong)
        one = reading.brought(pages=pages, now=now)
        if reading.text("reference") in seen:
            wrong.append(Wrong(row, "reference", "stands in the file twice"))
        seen.add(reading.text("reference"))
        if one is not None:
            found.append(one)
    if wrong or not found:
        raise UnableToAdopt(wrong or [Wrong(2, "reference", "the file is empty")])
    return found


class _Row:
    """One row being read; what is wrong with it is collected, not raised, so that all of it is told at once."""

    def __init__(self, number: int, cells: dict[str, str], wrong: list[Wrong]) -> None:
        self.number, self.cells, self.wrong = number, cells, wrong

    def text(self, column: str) -> str:
        return (self.cells.get(column) or "").replace("\x00", "").strip()

    def bad(self, column: str, reason: str) -> None:
        self.wrong.append(Wrong(self.number, column, reason))

    def brought(self, *, pages: dict[str, GivingPage], now: datetime) -> Brought | None:
        before = len(self.wrong)
        page = pages.get(self.text("campaign"))
        if page is None:
            self.bad("campaign", "there is no such campaign")
        fund = self._fund(page) if page else None
        amount, frequency = self._amount(), FREQUENCIES.get(self.text("frequency"))
        if frequency is None:
            self.bad("frequency", "write monthly, quarterly or yearly")
        first_on = self._first_on(now=now)
        charge_day = self._charge_day(first_on)
        self._check_people()
        for column in TYPED:
            if refusing.is_held_by(self.text(column)):
                self.bad(column, "a resident number is never kept here")
        if page is None or fund is None or amount is None or frequency is None or first_on is None:
            return None
        if len(self.wrong) > before:
            return None
        return Brought(
            row=self.number,
            checkout_id=uuid.uuid5(_NAMES, self.text("reference")),
            name=matching.clean_name(self.text("name")),
            email=self.text("email"),
            language=self.text("language") or "en",
            page=page,
            fund=fund,
            amount=amount,
            frequency=frequency,
            first_on=first_on,
            charge_day=charge_day or first_on.day,
            customer_ref=self.text("customer"),
            method_ref=self.text("payment_method"),
        )

    def _fund(self, page: GivingPage) -> Fund | None:
        code = self.text("fund")
        if not code:
            return page.campaign.fund
        fund = Fund.objects.filter(code=code, entity=page.entity, is_open=True).first()
        if fund is None:
            self.bad("fund", "there is no such open fund")
        return fund

    def _amount(self) -> Money | None:
        currency = self.text("currency").upper()
        try:
            amount = money.read_amount(self.text("amount"), currency=currency)
        except (money.UnreadableAmount, ValueError, LookupError):
            self.bad("amount", f"not an amount in {currency or 'a currency'}")
            return None
        if not 0 < amount.minor <= LARGEST_MINOR:
            self.bad("amount", "not a positive amount that a card can carry")
        return amount

    def _first_on(self, *, now: datetime) -> date | None:
        try:
            day = date.fromisoformat(self.text("next_charge_on"))
        except ValueError:
            self.bad("next_charge_on", "write a day as 2026-02-28")
            return None
        today = now.astimezone(UTC).date()
        if not today < day <= today + timedelta(days=366):
            self.bad("next_charge_on", "not a day from tomorrow on, within a year")
        return day

    def _charge_day(self, first_on: date | None) -> int | None:
        typed = self.text("charge_day")
        if not typed:
            return None
        if not typed.isdecimal() or not 1 <= int(typed[:4]) <= 31:
            self.bad("charge_day", "write a day of the month from 1 to 31")
            return None
        day = int(typed[:4])
        if first_on and scheduling.months_later(first_on.replace(day=1), 0, meant=day) != first_on:
            self.bad("charge_day", "does not fit next_charge_on")
        return day

    def _check_people(self) -> None:
        for column, most in (("reference", 120), ("name", 120), ("customer", 80), ("payment_method", 80)):
            if not 0 < len(self.text(column)) <= most:
                self.bad(column, f"write 1 to {most} characters")
        if self.text("language") not in {"", "en", "ko"}:
            self.bad("language", "write en or ko")
        try:
            validate_email(self.text("email"))
        except ValidationError:
            self.bad("email", "not an e-mail address")


def _refuse_strange_cards(brought: list[Brought]) -> None:
    """Each token must be there and belong to its customer. Raises UnableToAdopt before anything is written."""
    known = set(
        RecurringPlan.objects.filter(checkout_id__in=[one.checkout_id for one in brought]).values_list(
            "checkout_id", flat=True
        )
    )
    wrong = []
    for one in brought:
        if one.checkout_id in known:
            continue
        try:
            owner = gateway.connect().card(one.method_ref).customer_ref
        except ProcessorRefused:
            wrong.append(Wrong(one.row, "payment_method", "the processor knows no such payment method"))
            continue
        if owner != one.customer_ref:
            wrong.append(Wrong(one.row, "payment_method", "does not belong to this customer"))
    if wrong:
        raise UnableToAdopt(wrong)


# Writing, then asking


def _write(brought: list[Brought], *, now: datetime) -> None:
    """Every agreement is committed under its own id before the processor hears of it."""
    with transaction.atomic():
        Checkout.objects.bulk_create(
            [
                Checkout(
                    id=one.checkout_id,
                    page=one.page,
                    campaign=one.page.campaign,
                    entity=one.page.entity,
                    fund=one.fund,
                    frequency=one.frequency,
                    charge_day=one.charge_day,
                    amount_minor=one.amount.minor,
                    currency=one.amount.currency,
                    donor_name=one.name,
                    email=one.email,
                    language=one.language,
                    source=telling.IMPORTED,
                    # There is no payment page to look for; the first charge will make it paid.
                    status=Checkout.Status.ABANDONED,
                    ended_at=now,
                    began_at=now,
                    look_after=now,
                )
                for one in brought
            ],
            ignore_conflicts=True,
        )


def _begin(one: Brought, *, adopted: Adopted, now: datetime) -> None:
    if RecurringPlan.objects.filter(checkout_id=one.checkout_id).exists():
        adopted.known += 1
        return
    try:
        state = _found(one) or _asked(one, attempt=0)
    except ProcessorUnsure:
        adopted.unsure += 1
        return
    recurring.mirror(state=state, fetched_at=now, now=now)
    adopted.made += 1


def _found(one: Brought) -> PlanState | None:
    """Look first: a plan made by an earlier run whose answer was lost."""
    for state in gateway.connect().plans_of(one.customer_ref):
        if state.reference == str(one.checkout_id):
            return state
    return None


def _asked(one: Brought, *, attempt: int) -> PlanState:
    request = PlanRequest(
        reference=str(one.checkout_id),
        customer_ref=one.customer_ref,
        method_ref=one.method_ref,
        amount=one.amount,
        months=one.frequency.months,
        label=one.fund.code,
        first_at=scheduling.moment(one.first_on),
        charge_day=one.charge_day,
    )
    try:
        return gateway.connect().open_plan(key=f"adopt-{one.checkout_id}-{attempt}", request=request)
    except StoredFailure:
        if attempt or _found(one) is not None:
            raise
        return _asked(one, attempt=attempt + 1)
