"""Whatever entries the books hold, what every program reads back has the same sums, and every journal balances."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from books.journals.gathering import Booked
from books.journals.shapes import Line
from books.models import Target
from tests.books import journal_samples as samples
from tests.books import parsing
from tests.books.test_journal_formats import HOSTILE

texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
currencies = st.sampled_from(["USD", "KRW", "KWD"])


@st.composite
def parts(draw: st.DrawFn) -> list[tuple[str, str, int, str]]:
    """Lines of one fund and one currency that sum to nothing."""
    fund, currency = draw(st.sampled_from(sorted(samples.FUNDS))), draw(currencies)
    amounts = draw(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=5).filter(sum))
    accounts = draw(
        st.lists(
            st.sampled_from(sorted(samples.ACCOUNTS)), min_size=len(amounts) + 1, max_size=len(amounts) + 1
        )
    )
    return [
        (account, fund, amount, currency)
        for account, amount in zip(accounts, [*amounts, -sum(amounts)], strict=True)
    ]


Sketch = tuple[list[list[tuple[str, str, int, str]]], int, str, str, str]
sketches = st.lists(
    st.tuples(
        st.lists(parts(), min_size=1, max_size=3),
        st.integers(0, 60),
        texts,
        texts,
        st.sampled_from(["", "po_1", "po_2"]),
    ),
    min_size=1,
    max_size=8,
)


def booked(sketch: Sketch, number: int, target: str) -> Booked:
    lines, days, source, giver, payout = sketch
    return Booked(
        id=number,
        on=date(2026, 1, 1) + timedelta(days=days),
        kind="donation",
        source=source,
        lines=tuple(
            Line(samples.name(account, fund, target), amount, currency, giver)
            for part in lines
            for account, fund, amount, currency in part
        ),
        payout=payout,
        giver=giver,
        rate=Decimal("0.00072"),
    )


def in_order(entries: list[Booked], grouping: str) -> list[Booked]:
    def key(one: Booked) -> tuple[str, str, str, str, int]:
        if grouping != "payout":
            return ("", "", "", str(one.on), one.id)
        return (str(one.on)[:7], one.payout, "" if one.payout else str(one.on), str(one.on), one.id)

    return sorted(entries, key=key)


def called(line: Line, target: str) -> str:
    by_name = target in {Target.QUICKBOOKS_ONLINE, Target.QUICKBOOKS_DESKTOP}
    return line.name.shown if by_name else line.name.code


@settings(max_examples=60, deadline=None)
@given(sketches, st.sampled_from(["entry", "day", "payout"]))
def test_every_file_of_every_format_reads_back_to_the_same_sums(
    sketched: list[Sketch], grouping: str
) -> None:
    for target in Target.values:
        entries = in_order([booked(one, place, target) for place, one in enumerate(sketched, 1)], grouping)
        files, shared = samples.written(entries, target, grouping=grouping)
        found = parsing.parse(target, files, shared)
        told = Counter(parsing.sums(side for journal in found for side in journal.sides))
        booked_sides = [
            (called(line, target), line.currency, line.amount) for one in entries for line in one.lines
        ]
        assert told == Counter(parsing.sums(booked_sides)), target
        if grouping == "entry":
            assert {journal.number.split("-")[0] for journal in found} == {f"E{one.id}" for one in entries}
        assert samples.written(entries, target, grouping=grouping)[0] == files
