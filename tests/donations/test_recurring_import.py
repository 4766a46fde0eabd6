"""Scenario A7: standing gifts brought from another processor with tokens, whole or not at all, and never twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from donations import adopting
from donations.models import Checkout, Donation, RecurringPlan
from donors.models import Donor, Message
from tests.donations.giving import selfcheck
from tests.donations.standing import Stage, at, days
from tests.sandbox.driving import Sandbox

Rows = list[dict[str, str]]


@pytest.fixture
def stage(house: None, processor: Sandbox) -> Stage:
    made = Stage(processor, datetime.now().astimezone())
    made.set("2026-01-15T15:00")
    return made


def brought(stage: Stage, count: int) -> Rows:
    """Rows of a file, each with a customer and a card that our processor keeps already."""
    rows = []
    for number in range(count):
        customer = stage.processor.v1.customers.create({"email": f"giver{number}@example.org"})
        method = stage.processor.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        rows.append(
            {
                "reference": f"old-{number}",
                "name": f"Giver {number}",
                "email": f"giver{number}@example.org",
                "language": "ko" if number % 2 else "en",
                "campaign": "general",
                "fund": "",
                "amount": "25.00",
                "currency": "USD",
                "frequency": "monthly",
                "next_charge_on": f"2026-02-{number % 28 + 1:02}",
                "charge_day": "",
                "customer": customer.id,
                "payment_method": method.id,
            }
        )
    return rows


def file(rows: Rows) -> list[str]:
    written = io.StringIO()
    writer = csv.DictWriter(written, adopting.COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().splitlines()


def adopted_twice(stage: Stage, count: int) -> None:
    rows = brought(stage, count)
    lines = file(rows)
    first = adopting.adopt(lines=lines, now=stage.now)
    second = adopting.adopt(lines=lines, now=stage.now)
    assert (first.made, first.known, second.made, second.known) == (count, 0, 0, count)
    assert RecurringPlan.objects.count() == count
    assert len(list(stage.processor.v1.subscriptions.list({"limit": 100}).auto_paging_iter())) == count
    stage.go("2026-01-15T23:59")
    assert stage.attempts() == 0
    assert not Message.objects.exists()
    due = {str(plan.next_charge_at.date()) for plan in RecurringPlan.objects.all() if plan.next_charge_at}
    assert due == {row["next_charge_on"] for row in rows}
    stage.processor.operate("POST", "clock", {"to": at("2026-03-01T12:00").timestamp()})
    charged = stage.processor.v1.charges.list({"limit": 100}).auto_paging_iter()
    told = sorted(
        datetime.fromtimestamp(charge.created).astimezone(at("2026-01-01").tzinfo) for charge in charged
    )
    assert [f"{moment:%Y-%m-%d}" for moment in told if f"{moment:%m}" == "02"] == sorted(
        row["next_charge_on"] for row in rows
    )


@pytest.mark.slow
def test_A7_plans_come_whole_and_are_charged_on_their_next_dates(stage: Stage) -> None:
    adopted_twice(stage, 9)
    stage.now = at("2026-03-01T12:00")
    stage.catch_up()
    assert Donation.objects.filter(given_on__month=2).count() == 9
    assert set(Checkout.objects.filter(source="import").values_list("status", flat=True)) == {"paid"}
    assert not Message.objects.filter(kind="plan_started").exists()
    selfcheck(now=stage.now)


@pytest.mark.slow
@pytest.mark.no_cover
def test_A7_five_hundred_plans(stage: Stage) -> None:
    adopted_twice(stage, 500)


@pytest.mark.slow
def test_A7_the_last_day_of_the_month_is_brought_along(stage: Stage) -> None:
    [row] = brought(stage, 1)
    row |= {"next_charge_on": "2026-02-28", "charge_day": "31"}
    adopting.adopt(lines=file([row]), now=stage.now)
    for day in ("2026-02-28", "2026-03-31", "2026-04-30"):
        stage.go(f"{day}T20:00")
    assert days() == ["2026-02-28", "2026-03-31", "2026-04-30"]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("reference", "", "write 1 to 120 characters"),
        ("reference", "old-0", "stands in the file twice"),
        ("name", "", "write 1 to 120 characters"),
        ("email", "nobody", "not an e-mail address"),
        ("language", "fr", "write en or ko"),
        ("campaign", "none", "there is no such campaign"),
        ("fund", "NONE", "there is no such open fund"),
        ("amount", "ten", "not an amount in USD"),
        ("amount", "0", "not a positive amount that a card can carry"),
        ("currency", "XXX", "not an amount in XXX"),
        ("frequency", "weekly", "write monthly, quarterly or yearly"),
        ("next_charge_on", "soon", "write a day as 2026-02-28"),
        ("next_charge_on", "2026-01-15", "not a day from tomorrow on, within a year"),
        ("charge_day", "32", "write a day of the month from 1 to 31"),
        ("charge_day", "20", "does not fit next_charge_on"),
        ("payment_method", "pm_none", "the processor knows no such payment method"),
        ("customer", "cus_other", "does not belong to this customer"),
    ],
)
def test_A7_one_wrong_cell_refuses_the_whole_file(stage: Stage, column: str, cell: str, reason: str) -> None:
    rows = brought(stage, 2)
    rows[1][column] = cell
    with pytest.raises(adopting.UnableToAdopt) as refusal:
        adopting.adopt(lines=file(rows), now=stage.now)
    told = [(one.row, one.reason) for one in refusal.value.wrong]
    assert (3, reason) in told
    assert not Checkout.objects.exists()
    assert not Donor.objects.filter(email__startswith="giver").exists()
    assert stage.processor.v1.subscriptions.list({"status": "all"}).data == []


def test_A7_a_file_without_rows_or_columns_is_refused(house: None) -> None:
    for lines in (["reference,name"], file([]), []):
        with pytest.raises(adopting.UnableToAdopt):
            adopting.adopt(lines=lines, now=at("2026-01-15"))


@pytest.mark.parametrize("mode", ["500_after", "500_before_sticky", "reset", "hang_after"])
def test_A7_a_lost_answer_makes_no_second_plan(stage: Stage, mode: str) -> None:
    rows = brought(stage, 2)
    fault: dict[str, Any] = {"mode": mode, "path": "/v1/subscriptions", "method": "POST", "count": 1}
    if mode == "hang_after":
        fault["mode"] = "empty_200"
    stage.processor.operate("POST", "faults", fault)
    for _ in range(3):
        adopting.adopt(lines=file(rows), now=stage.now)
    assert RecurringPlan.objects.count() == 2
    assert len(stage.processor.v1.subscriptions.list({"status": "all"}).data) == 2


def test_A7_the_command_tells_what_it_did_and_why_not(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], check_laws: Callable[[], None]
) -> None:
    path = tmp_path / "plans.csv"
    rows = brought(stage, 2)
    path.write_text("\n".join(file(rows)), "utf-8")
    with time_machine.travel(stage.now, tick=False):
        call_command("import_plans", str(path))
    assert "2 rows: 2 adopted, 0 were here already, 0 unsure" in capsys.readouterr().out
    rows[0]["amount"] = "?"
    path.write_text("\n".join(file(rows)), "utf-8")
    with time_machine.travel(stage.now, tick=False), pytest.raises(CommandError, match="row 2, amount"):
        call_command("import_plans", str(path))
    with pytest.raises(CommandError, match="cannot read"):
        call_command("import_plans", str(tmp_path / "none.csv"))
    check_laws()
