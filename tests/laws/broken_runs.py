"""Rows of annual runs that the database refuses, by the sentence it refuses them with."""

from __future__ import annotations

from collections.abc import Callable

from receipts.models import AnnualRun, RunException, RunItem
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def run(**given: object) -> AnnualRun:
    values: dict[str, object] = {
        "entity": making.entity(),
        "tax_year": 2026,
        "requested_by": facts.staff_member(),
        "requested_at": NOW,
        **given,
    }
    return AnnualRun.objects.create(**values)


def item(**given: object) -> RunItem:
    values: dict[str, object] = {
        "position": 1,
        "status": "ready",
        "channel": "email",
        "line_count": 1,
        **given,
    }
    values.setdefault("donor", facts.donor())
    return RunItem.objects.create(**{"run": values.pop("run", None) or run(), **values})


def exception(**given: object) -> RunException:
    values: dict[str, object] = {"code": "stock", "words": "", **given}
    return RunException.objects.create(**{"item": values.pop("item", None) or item(), **values})


def two_items(**second: object) -> None:
    first = item()
    item(run=first.run, **second)


def exception_twice() -> None:
    """The same thing about the donor as a whole, where no gift tells the rows apart."""
    first = exception()
    exception(item=first.item)


def exception_of_a_gift_twice() -> None:
    gift = facts.donation()
    first = exception(donation=gift)
    exception(item=first.item, donation=gift)


def approved(**given: object) -> dict[str, object]:
    """What an approved run must tell."""
    approver = facts.staff_member("approver@example.org")
    return {"approved_by": approver, "approved_at": NOW, "issue_on": NOW.date(), **given}


BROKEN: dict[str, list[Callable[[], object]]] = {
    "annual_run_one_at_a_time": [
        lambda: [run(), run()],
        lambda: [run(status="rehearsed"), run()],
        lambda: [run(status="issued", **approved()), run()],
    ],
    "annual_run_approved_by_another": [
        lambda: run(status="approved", **approved(approved_by=facts.staff_member())),
    ],
    "annual_run_issues_only_approved": [
        lambda: run(status="approved"),
        lambda: run(status="issuing"),
        lambda: run(status="paused", **approved(issue_on=None)),
        lambda: run(status="issued", **approved(approved_at=None)),
        lambda: run(status="delivered", **approved(approved_by=None)),
    ],
    "run_item_once_per_donor": [lambda: two_items(position=2)],
    "run_item_once_per_position": [
        lambda: two_items(donor=facts.donor(name="Other", email="other@example.org"))
    ],
    "run_item_has_a_receipt_when_issued": [lambda: item(status="issued")],
    "run_exception_once": [exception_twice, exception_of_a_gift_twice],
    "run_exception_left_out_for_a_reason": [lambda: exception(state="left_out")],
}
