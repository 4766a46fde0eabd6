"""The gifts of a receipt as rows and columns: only the columns that this receipt needs."""

from __future__ import annotations

from functools import lru_cache, partial

from paper import typesetting
from receipts import snapshots, wording
from receipts.pages import tables, words
from receipts.pages.sheet import MARGIN, SIZE, SMALL, wrapped

DATE, METHOD, METHOD_BESIDE_RETURNS = 72.0, 90.0, 66.0
GAP = 12.0
NARROWEST, NARROWEST_ALONE = 52.0, 66.0
WIDEST, WIDEST_ALONE = 78.0, 130.0


def shown(minor: int, line: snapshots.Line) -> str:
    """This function will return an amount in the currency of its line."""
    return wording.amount(minor, currency=line.currency, exponent=line.exponent)


def is_valued(receipt: snapshots.Snapshot, currency: str) -> bool:
    """This function will return whether any gift of a currency has an amount."""
    return any(line.currency == currency and line.amount_minor is not None for line in receipt.lines)


def has_returns(receipt: snapshots.Snapshot) -> bool:
    """This function will return whether something given in return counts on any line."""
    return any(line.benefit_minor for line in receipt.lines)


def table(receipt: snapshots.Snapshot, design: words.Design, *, right: float) -> tables.Table:
    """This function will return the table of a receipt, as wide as the page."""
    language = receipt.language
    keys = ["amount", design.benefit, design.eligible] if has_returns(receipt) else ["amount"]
    columns = _columns(receipt, keys, right=right)
    return tables.Table(
        columns=columns,
        rows=[_row(receipt, line, columns, keys) for line in receipt.lines],
        sums=_sums(receipt, design, has_columns=len(keys) > 1),
        language=language,
        figures=len(keys),
        write=_bare if _is_one_currency(receipt) else tables.shown,
    )


def _bare(minor: int, currency: str, exponent: int) -> str:
    return _figure_of(minor, currency=currency, exponent=exponent)


def _columns(receipt: snapshots.Snapshot, keys: list[str], *, right: float) -> list[tables.Column]:
    """Dates and kinds of one width, figures as wide as the widest of them, the rest for what was given."""
    label = partial(heading, language=receipt.language)
    method = METHOD if len(keys) == 1 else METHOD_BESIDE_RETURNS
    suffix = f" ({receipt.currency})" if _is_one_currency(receipt) else ""
    edges: list[tables.Column] = []
    end = right
    for place in range(len(keys) - 1, -1, -1):
        needed = _widest(receipt, place, has_columns=len(keys) > 1)
        width = min(needed, WIDEST_ALONE if len(keys) == 1 else WIDEST)
        lines, bold = label(keys[place], width=width, suffix=suffix if place == 0 else "")
        edges.insert(0, tables.Column(end - width, end, "right", lines, bold, needed > width))
        end -= width + GAP
    return [
        tables.Column(MARGIN, MARGIN + DATE - 8, "left", *label("given_on")),
        tables.Column(MARGIN + DATE, MARGIN + DATE + method - 10, "left", *label("method")),
        tables.Column(MARGIN + DATE + method, end, "left", *label("fund")),
        *edges,
    ]


def _is_one_currency(receipt: snapshots.Snapshot) -> bool:
    return len({line.currency for line in receipt.lines}) == 1


def _widest(receipt: snapshots.Snapshot, place: int, *, has_columns: bool) -> float:
    """The widest figure of a column: of its lines, and of its sum, which is bold."""
    figures = [NARROWEST if has_columns else NARROWEST_ALONE]
    for line in receipt.lines:
        minor = ((line.amount_minor or 0), line.benefit_minor, line.eligible_minor or 0)[place]
        figures.append(text_width(_in_table(minor, line, receipt), SIZE))
        if line.refunded_minor and place == 0:
            figures.append(text_width(_in_table(-line.refunded_minor, line, receipt), SIZE))
    for one in receipt.totals:
        minor = (one.total_minor, one.benefit_minor, one.eligible_minor)[place]
        write = _figure_of if has_columns and _is_one_currency(receipt) else wording.amount
        figures.append(text_width(write(minor, currency=one.currency, exponent=one.exponent), 10.5))
    return max(figures)


def _figure_of(minor: int, *, currency: str, exponent: int) -> str:
    """An amount whose currency the heading names: a symbol stays, a code of letters is left out."""
    return wording.amount(minor, currency=currency, exponent=exponent).replace(f"{currency} ", "")


def _in_table(minor: int, line: snapshots.Line, receipt: snapshots.Snapshot) -> str:
    write = _figure_of if _is_one_currency(receipt) else wording.amount
    return write(minor, currency=line.currency, exponent=line.exponent)


def text_width(text: str, size: float) -> float:
    """This function will return the width of a figure with digits of one width."""
    return typesetting.typeface("bold").width(text.translate(typesetting.TABULAR), size)


@lru_cache(maxsize=256)
def heading(
    key: str, *, language: wording.Language, width: float = 400.0, suffix: str = ""
) -> tuple[tuple[str, ...], int]:
    """A Korean heading has its English below it. This function will return its lines and how many are bold."""
    english, korean = words.LABELS[key]
    if language == "ko":
        return (korean, *wrapped(english + suffix, 7.5, width)), 1
    lines = wrapped(english + suffix, SMALL, width, "bold")
    return tuple(lines), len(lines)


def _row(
    receipt: snapshots.Snapshot, line: snapshots.Line, columns: list[tables.Column], keys: list[str]
) -> tables.Row:
    language = receipt.language
    cells = [tables.Cell() for _ in columns]
    day, method, given, *figures = cells
    day.add([wording.short_day(line.given_on, language)], is_figure=True)
    spoken = words.kind(line.kind, line.method, language)
    method.add(wrapped(spoken, SIZE, columns[1].right - columns[1].left))
    _tell(given, line, receipt, width=columns[2].right - columns[2].left)
    if line.amount_minor is None:
        figures[0].add([words.said("not_valued", language)])
    else:
        _figure(figures, line, receipt)
    if line.refunded_minor:
        at = given.depth
        given.add([words.said("refunded", language)])
        figures[0].add_at(at, _in_table(-line.refunded_minor, line, receipt))
    return tables.row(cells, line, figures=len(keys))


def _figure(figures: list[tables.Cell], line: snapshots.Line, receipt: snapshots.Snapshot) -> None:
    minors = (line.amount_minor, line.benefit_minor or None, line.eligible_minor)
    for cell, minor in zip(figures, minors[: len(figures)], strict=True):
        if minor is not None:
            cell.add([_in_table(minor, line, receipt)], is_figure=True)


def described(line: snapshots.Line, language: wording.Language) -> str:
    """This function will return what was given with how many: "40 winter coats", "겨울 외투, 40"."""
    if line.quantity == 1 or str(line.quantity) in line.description:
        return line.description
    if language == "ko":
        return f"{line.description}, {line.quantity}"
    return f"{line.quantity} {line.description}"


def _tell(cell: tables.Cell, line: snapshots.Line, receipt: snapshots.Snapshot, *, width: float) -> None:
    language = receipt.language
    what = described(line, language)
    if what and line.is_thing:
        cell.add(wrapped(what, SIZE, width))
        small = [f"{words.said('for_fund', language)}: {line.fund}"]
    else:
        cell.add(wrapped(line.fund, SIZE, width))
        small = [what] if what else []
    if line.unit_value_minor is not None and line.quantity > 1:
        small.append(f"{line.quantity} × {shown(line.unit_value_minor, line)} {words.said('each', language)}")
    small += [_return(benefit, line, language) for benefit in line.benefits]
    if line.equivalent:
        small.append(_equivalent(line.equivalent, language))
    if line.appraiser:
        who = ", ".join(part for part in (line.appraiser.name, line.appraiser.address) if part)
        small.append(f"{words.said('appraised', language)}: {who}")
    if line.note:
        small.append(line.note)
    for text in small:
        cell.add(wrapped(text, SMALL, width), is_small=True)


def _return(benefit: snapshots.Benefit, line: snapshots.Line, language: wording.Language) -> str:
    value = "" if benefit.value_minor is None else f", {shown(benefit.value_minor, line)}"
    return f"{words.said('in_return', language)}: {benefit.description}{value}"


def _equivalent(equivalent: snapshots.Equivalent, language: wording.Language) -> str:
    return wording.choose(words.EQUIVALENT, language).format(
        amount=wording.amount(equivalent.minor, currency=equivalent.currency, exponent=equivalent.exponent),
        day=wording.day(equivalent.rate_on, language),
        source=equivalent.source,
    )


def amount_of(line: snapshots.Line, language: wording.Language) -> str:
    """This function will return what a gift comes to, or that it is not valued."""
    return words.said("not_valued", language) if line.amount_minor is None else shown(line.net_minor, line)


def plain_sums(receipt: snapshots.Snapshot) -> list[tables.Sum]:
    """This function will return one total for each currency, and nothing beside it."""
    return _sums(receipt, words.DESIGNS["us-3"], has_columns=False)


def _sums(receipt: snapshots.Snapshot, design: words.Design, *, has_columns: bool) -> list[tables.Sum]:
    """One total for each currency and never one over two."""
    language = receipt.language
    found: list[tables.Sum] = []
    for one in receipt.totals:
        if not one.total_minor and not is_valued(receipt, one.currency):
            continue
        write = partial(wording.amount, currency=one.currency, exponent=one.exponent)
        label = words.label("total", language)
        if len(receipt.totals) > 1:
            label = f"{label}, {one.currency}"
        figures = [write(one.total_minor)]
        if has_columns:
            in_column = partial(_figure_of, currency=one.currency, exponent=one.exponent)
            column = in_column if _is_one_currency(receipt) else write
            benefit = column(one.benefit_minor) if one.benefit_minor else ""
            figures = [column(one.total_minor), benefit, column(one.eligible_minor)]
        found.append(tables.Sum(label, tuple(figures)))
        if design.states_eligible:
            key = words.label(words.SUMS[design.eligible], language)
            found.append(tables.Sum(key, (write(one.eligible_minor),)))
    return found or [tables.Sum(words.label("total", language), (words.said("not_valued", language),))]
