"""Journals for tests, without a database: names of every target, entries as they are read out of the books."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from books.journals import beancount, filling, gathering
from books.journals.formats import FORMATS
from books.journals.gathering import Booked
from books.journals.shapes import Handover, Line, Name
from books.models import Target
from tests.books.parsing import Files

ACCOUNTS = {
    "1000": ("Bank", "asset"),
    "1100": ("Processor clearing", "asset"),
    "2000": ("Owed", "liability"),
    "4000": ("Contributions without donor restrictions", "income"),
    "4100": ("Contributions with donor restrictions", "income"),
    "4900": ("Net assets released", "net_assets"),
    "5100": ("Processing fees", "expense"),
    "7900": ("Currency exchange", "exchange"),
}
FUNDS = {"GEN": "none", "RSC": "purpose", "CTR": "time"}
ID = UUID("00000000-0000-4000-8000-000000000007")
DAY = date(2026, 1, 5)


def name(account: str, fund: str, target: str = Target.GENERIC, **given: str) -> Name:
    called, kind = ACCOUNTS[account]
    own = beancount.own_code(account=account, account_name=called, kind=kind, fund=fund)
    code = own if target == Target.BEANCOUNT else account
    shown = f"Mission:{called}" if target in {Target.QUICKBOOKS_ONLINE, Target.QUICKBOOKS_DESKTOP} else ""
    return Name(account, called, kind, fund, FUNDS[fund], code, **{"name": shown, **given})


def handover(names: Iterable[Name], currencies: Iterable[str] = ("USD",), **given: object) -> Handover:
    known = tuple(names)
    values: dict[str, object] = {
        "id": ID,
        "number": 3,
        "entity": "HM",
        "entity_name": "Harbour Mission",
        "base_currency": "USD",
        "currencies": tuple(sorted(set(currencies))),
        "digest": "0123456789abcdef",
        "names": known,
        "opened": tuple(sorted({one.code for one in known})),
        **given,
    }
    return Handover(**values)  # type: ignore[arg-type]


def entry(*lines: Line, number: int = 1, **given: object) -> Booked:
    values: dict[str, object] = {"on": DAY, "kind": "donation", "source": f"charge:ch_{number}", **given}
    return Booked(id=number, lines=lines, **values)  # type: ignore[arg-type]


def written(
    entries: Iterable[Booked], target: str, *, grouping: str = "entry", **given: object
) -> tuple[Files, Handover]:
    """This function will return the files of a target, by name, and what its journals share."""
    known = list(entries)
    names = dict.fromkeys(line.name for one in known for line in one.lines)
    shared = handover(names, [line.currency for one in known for line in one.lines], **given)
    journals = gathering.journals(
        known, grouping=grouping, number=shared.number, base_currency=shared.base_currency
    )
    files: Files = {}
    for path, content, _ in filling.filled(journals, form=FORMATS[target], handover=shared):
        files[path] = files.get(path, b"") + content
    return files, shared


def january(target: str) -> list[Booked]:
    """A card gift and its fee, a payout, a refund that corrects a closed month, a gift in won, a divided gift."""

    def line(account: str, fund: str, amount: int, currency: str = "USD", campaign: str = "") -> Line:
        more: dict[str, str] = {}
        if target != Target.GENERIC and fund == "RSC" and target != Target.BEANCOUNT:
            more = {"class_name": "12" if target == Target.SAGE_50 else "Rescue", "location": "Portland"}
        return Line(name(account, fund, target, **more), amount, currency, campaign)

    giver = "3f1d6a52-0000-4000-8000-0000000000aa"
    return [
        entry(
            line("1100", "RSC", 10_000), line("4100", "RSC", -10_000, campaign="rescue"),
            number=101, payout="po_1", counterparty=giver,
        ),
        entry(
            line("5100", "RSC", 320), line("1100", "RSC", -320),
            number=102, kind="processor_fee", source="balance:txn_1", payout="po_1", counterparty=giver,
        ),
        entry(
            line("1000", "RSC", 9_680), line("1100", "RSC", -9_680),
            number=103, kind="payout", source="payout:po_1", payout="po_1",
        ),
        entry(
            line("4100", "RSC", 2_500, campaign="rescue"), line("1100", "RSC", -2_500),
            number=104, kind="refund", source="refund:re_1", on=date(2026, 1, 6),
            of_day=date(2025, 12, 30), reverses=77, counterparty=giver,
        ),
        entry(
            line("1100", "GEN", 50_000, "KRW"), line("4000", "GEN", -50_000, "KRW", "general"),
            number=105, source="charge:ch_won", on=date(2026, 1, 7), rate=Decimal("0.0007250000"),
        ),
        entry(
            line("1000", "GEN", 1_234), line("4000", "GEN", -1_234, campaign="general"),
            line("1000", "CTR", 5_000, "KRW"), line("4100", "CTR", -5_000, "KRW", "center"),
            number=106, kind="offering", source="offering:9", on=date(2026, 1, 7),
        ),
    ]  # fmt: skip
