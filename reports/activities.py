"""Activities: what came in and went out in a period by class of net assets, and what the body is worth at its end.

Two classes: without and with donor restrictions (ASU 2016-14). Gifts of securities and of things stand on lines of
their own (ASU 2020-07), and so do event income and what was released. Fees are borne without restrictions. What is in
another currency stands on a statement of its own: nothing is added up that is not the same money, and what was
exchanged goes out of one and into another in the class of its fund.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.models import LegalEntity
from ledger.money import Money
from reports import narrowing, sums
from reports.sums import Sum

RELEASED, MOVED = ("4900", "4910"), ("4950", "4960")
CONTRIBUTIONS = ("4000", "4100")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement. `accounts` and `what` say of which lines of the books it is the sum."""

    code: str
    name: str
    accounts: tuple[str, ...]
    without: Money
    with_: Money
    what: str = ""

    @property
    def total(self) -> Money:
        return self.without + self.with_


@dataclass(frozen=True, slots=True)
class Statement:
    """One currency of one period. `opening` and `closing` are net assets by class; `assets` and `debts` what they are.

    `revenue` holds what was earned and given, `between` what was released and moved, `expenses` what was spent,
    negative.
    """

    currency: str
    revenue: list[Line]
    between: list[Line]
    expenses: list[Line]
    opening: Line
    closing: Line
    assets: list[Line]
    debts: list[Line]

    @property
    def lines(self) -> list[Line]:
        return [*self.revenue, *self.between, *self.expenses]

    @property
    def revenues(self) -> Line:
        return _added("revenues", self.revenue, self.currency)

    @property
    def spent(self) -> Line:
        return _added("spent", self.expenses, self.currency)

    @property
    def change(self) -> Line:
        return _added("change", self.lines, self.currency)

    @property
    def worth(self) -> Money:
        """What the body has less what it owes."""
        return _added("worth", [*self.assets, *self.debts], self.currency).total

    @property
    def ties(self) -> bool:
        """Whether opening and change make closing in each class, and what the body has is what it is worth."""
        return (
            self.opening.without + self.change.without == self.closing.without
            and self.opening.with_ + self.change.with_ == self.closing.with_
            and self.worth == self.closing.total
        )


def statements(*, entity: LegalEntity, first: date, last: date) -> list[Statement]:
    """This function will return one statement for each currency the body's books hold, over a period."""
    rows = sums.moved(entity=entity, first=first, last=last)
    things = narrowing.things_given(entity=entity, first=first, last=last)
    return [_statement(rows, things, currency) for currency in sums.currencies(rows)]


def _statement(rows: Sequence[Sum], things: dict[tuple[str, str, str], int], currency: str) -> Statement:
    mine = [one for one in rows if one.currency == currency]
    told = {one.code: one for one in mine}
    income = sorted(code for code, one in told.items() if one.kind == "income" and code not in CONTRIBUTIONS)
    costs = sorted(code for code, one in told.items() if one.kind == "expense")
    exchange = sorted(code for code, one in told.items() if one.kind == "exchange")
    return Statement(
        currency=currency,
        revenue=_shown(
            [*_contributions(mine, things, currency), *(_account(mine, told[code]) for code in income)]
        ),
        between=_shown(
            [_named("released", RELEASED, mine, currency), _named("moved", MOVED, mine, currency)]
        ),
        expenses=_shown([_account(mine, told[code]) for code in (*costs, *exchange)]),
        opening=_worth("opening", mine, currency, at_end=False),
        closing=_worth("closing", mine, currency, at_end=True),
        assets=_balances(mine, told, "asset", currency),
        debts=_balances(mine, told, "liability", currency),
    )


def _contributions(rows: Sequence[Sum], things: dict[tuple[str, str, str], int], currency: str) -> list[Line]:
    """Money, securities and things apart: what is neither of the last two is the first."""
    parts = {
        what: [things.get((what, code, currency), 0) for code in CONTRIBUTIONS]
        for what in (narrowing.SECURITIES, narrowing.IN_KIND)
    }
    whole = [-sum(one.within for one in rows if one.code == code) for code in CONTRIBUTIONS]
    money = [total - sum(part[place] for part in parts.values()) for place, total in enumerate(whole)]
    return [
        Line(
            f"contributions_{what}",
            "",
            CONTRIBUTIONS,
            Money(without, currency),
            Money(with_, currency),
            what=what,
        )
        for what, (without, with_) in {narrowing.MONEY: money, **parts}.items()
    ]


def _account(rows: Sequence[Sum], one: Sum) -> Line:
    return Line(one.code, one.name, (one.code,), *_classes(rows, (one.code,), one.currency))


def _named(code: str, accounts: tuple[str, ...], rows: Sequence[Sum], currency: str) -> Line:
    return Line(code, "", accounts, *_classes(rows, accounts, currency))


def _classes(rows: Iterable[Sum], codes: Sequence[str], currency: str) -> tuple[Money, Money]:
    sides = [0, 0]
    for one in rows:
        if one.code in codes:
            sides[one.is_with] -= one.within
    return Money(sides[0], currency), Money(sides[1], currency)


def _shown(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.without or line.with_]


def _worth(code: str, rows: Sequence[Sum], currency: str, *, at_end: bool) -> Line:
    without, with_ = (
        sums.held(rows, currency=currency, is_with=is_with, at_end=at_end) for is_with in (False, True)
    )
    return Line(code, "", (), without, with_)


def _balances(rows: Sequence[Sum], told: dict[str, Sum], kind: str, currency: str) -> list[Line]:
    """What stands on accounts of one kind at the end; that part of it is restricted no account says."""
    nothing = Money(0, currency)
    lines = []
    for code, one in sorted(told.items()):
        if one.kind == kind:
            minor = sum(row.before + row.within for row in rows if row.code == code)
            lines.append(Line(code, one.name, (code,), Money(minor, currency), nothing))
    return _shown(lines)


def _added(code: str, lines: Iterable[Line], currency: str) -> Line:
    without = with_ = Money(0, currency)
    for line in lines:
        without, with_ = without + line.without, with_ + line.with_
    return Line(code, "", (), without, with_)
