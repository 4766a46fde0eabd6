"""Posting lines: what a line of the bank means in the books, and its opposite when a match is undone.

A gift by transfer lay undeposited until the bank showed it: 1000 Bank grows, 1050 shrinks, fund by fund. Charges and
interest of the bank are its general fund's. What was tied only (payouts, deposits of batches) is in the books already.
"""

from collections.abc import Sequence
from datetime import datetime

from books.models import BankLine, BankMatch
from donations import paying_out, postings
from donations.models import Donation
from ledger import posting
from ledger.models import Entry, LegalEntity
from ledger.money import Money
from ledger.posting import Posting

CHARGES, INTEREST = "5160", "4400"
SOURCES = ("bankline", "bankcharge", "bankinterest")


class NoGeneralFund(ValueError):
    """There is no open unrestricted fund to bear what the bank takes or to keep what it gives."""


def post(*, line: BankLine, matches: Sequence[BankMatch], gifts: Sequence[Donation], now: datetime) -> None:
    """This function will post what the matches of a line mean beyond what is in the books already."""
    _post(line, "bankline", Entry.Kind.DEPOSIT, _deposited(gifts), now)
    for kind, source, entry_kind in (
        (BankMatch.Kind.CHARGE, "bankcharge", Entry.Kind.BANK_CHARGE),
        (BankMatch.Kind.INTEREST, "bankinterest", Entry.Kind.BANK_INTEREST),
    ):
        minor = sum(match.amount_minor for match in matches if match.kind == kind)
        if minor:
            _post(line, source, entry_kind, _of_the_bank(line, minor), now)


def _post(line: BankLine, source: str, kind: Entry.Kind, lines: Sequence[Posting], now: datetime) -> None:
    entity: LegalEntity = line.bank_account.entity
    if lines:
        posting.post(
            entity=entity,
            kind=kind,
            source=_source(source, line),
            happened_at=entity.noon(line.booked_on),
            postings=lines,
            now=now,
        )


def _source(source: str, line: BankLine) -> str:
    """The first time the line's own name; after an undone match the name says which time it is."""
    undone = BankMatch.objects.filter(line=line, undoes__isnull=False).count()
    return f"{source}:{line.pk}:{undone + 1}" if undone else f"{source}:{line.pk}"


def _deposited(gifts: Sequence[Donation]) -> list[Posting]:
    lines: list[Posting] = []
    for gift in gifts:
        for part in gift.designations.order_by("id"):
            amount = Money(part.amount_minor, gift.currency)
            lines += [
                Posting(postings.BANK, part.fund_id, amount),
                Posting(postings.UNDEPOSITED, part.fund_id, -amount),
            ]
    return lines


def _of_the_bank(line: BankLine, minor: int) -> list[Posting]:
    fund = paying_out.general_fund(entity=line.bank_account.entity)
    if fund is None:
        raise NoGeneralFund
    amount = Money(minor, line.currency)
    against = CHARGES if minor < 0 else INTEREST
    return [Posting(postings.BANK, fund.pk, amount), Posting(against, fund.pk, -amount)]


def take_back(*, line: BankLine, now: datetime) -> None:
    """This function will reverse every entry of a line that stands, on the day it was booked or the first open one."""
    wanted = [f"{source}:{line.pk}" for source in SOURCES]
    standing = Entry.objects.filter(source__in=wanted) | Entry.objects.filter(
        source__regex=rf"^({'|'.join(SOURCES)}):{line.pk}:\d+$"
    )
    for entry in standing.filter(reversals__isnull=True).order_by("id"):
        posting.post(
            entity=line.bank_account.entity,
            kind=Entry.Kind.REVERSAL,
            source=f"undone:{entry.source}",
            happened_at=entry.happened_at,
            postings=posting.opposite(entry),
            reverses=entry.source,
            now=now,
        )
