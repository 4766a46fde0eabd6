"""Funds that hold something, for tests: gifts by the real deed, releases and transfers with their papers."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from books import placing, releasing, transferring
from books.filing_papers import Paper
from books.models import FundTransfer, PlacedAsset, Release
from books.placing import Opening
from books.releasing import Wanted
from books.transferring import Move
from campaigns.models import Campaign
from donations.models import Donation
from ledger.models import Fund
from ledger.money import Money
from staff.models import User
from tests import facts
from tests.campaigns import making
from tests.donations import desk
from tests.facts import NOW

PAPER = Paper(b"%PDF-1.7 the invoice of the builder", "Invoice 12.pdf")
TODAY = date(2026, 11, 20)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def center() -> Fund:
    """The fund of the community center: for a purpose."""
    return Fund.objects.filter(code="CTR").first() or making.fund("CTR")


def given(minor: int, *, fund: Fund | None = None, **told: Any) -> Donation:
    """A check for a fund, the center's unless another is named; by a campaign that is of no fund of these."""
    wanted = fund or center()
    campaign: Campaign = facts.campaign()
    return desk.enter(desk.check(campaign=campaign, amount=usd(minor), parts=[(wanted, usd(minor))], **told))


def wanted(minor: int, *, fund: Fund | None = None, **told: Any) -> Wanted:
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "fund": fund or center(),
        "kind": Release.Kind.PURPOSE,
        "amount": usd(minor),
        "released_on": TODAY,
        "reason": "Invoice 12 of the builder",
        **told,
    }
    return Wanted(**values)


def released(minor: int, *, fund: Fund | None = None, **told: Any) -> Release:
    asked = wanted(minor, fund=fund, **told)
    return releasing.release(wanted=asked, paper=PAPER, actor=facts.staff_member(), now=NOW)


def opened(minor: int, *, on: date = TODAY, **told: Any) -> PlacedAsset:
    opening = Opening(
        id=told.pop("id", None) or uuid.uuid4(),
        fund=told.pop("fund", None) or center(),
        name="Community center",
        opened_on=on,
        spent=usd(minor),
    )
    return placing.open_up(opening=opening, paper=PAPER, actor=facts.staff_member(), now=told.pop("now", NOW))


def move(minor: int, *, fund_from: Fund, fund_to: Fund, **told: Any) -> Move:
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "fund_from": fund_from,
        "fund_to": fund_to,
        "is_restricted": False,
        "amount": usd(minor),
        "moved_on": TODAY,
        "reason": "Fees of the center are borne by the general fund",
        **told,
    }
    return Move(**values)


def second() -> User:
    return facts.staff_member("approver@example.org")


def moved(minor: int, *, fund_from: Fund, fund_to: Fund, **told: Any) -> FundTransfer:
    asked = move(minor, fund_from=fund_from, fund_to=fund_to, **told)
    kept = transferring.ask(move=asked, paper=PAPER, actor=facts.staff_member(), now=NOW)
    return transferring.approve(request_id=kept.pk, actor=second(), now=NOW)


def released_paper() -> str:
    """The hash of a document that is kept."""
    return releasing.filed_as(paper=PAPER, now=NOW).sha256
