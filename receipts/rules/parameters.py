"""Figures that a law changes from year to year, each with its source and who has checked it.

A year without a row is unknown, and a row nobody has checked is not used: both raise, because a guessed figure on
a tax receipt is worse than none. A body's accountant confirms a row with `Table.confirmed(...)`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Generic, TypeVar

from ledger.money import Money

Values = TypeVar("Values")


class YearNotSettled(LookupError):
    """There is no figure we may use for this year."""


class UnknownYear(YearNotSettled):
    """No row covers the year; figures of another year are never carried over."""


class UnverifiedYear(YearNotSettled):
    """A row covers the year, and nobody has checked it against its source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Generic[Values]):
    """Figures for the tax years `first` to `last`, both included."""

    first: int
    last: int
    values: Values
    source: str
    verified_by: str = ""
    verified_at: datetime | None = None

    @property
    def is_verified(self) -> bool:
        return bool(self.verified_by) and self.verified_at is not None


@dataclass(frozen=True, slots=True)
class Table(Generic[Values]):
    """Rows that do not overlap."""

    name: str
    rows: tuple[Row[Values], ...]

    def row(self, year: int) -> Row[Values]:
        """This function will return the row of a tax year, checked or not, or raise `UnknownYear`."""
        for row in self.rows:
            if row.first <= year <= row.last:
                return row
        raise UnknownYear(f"{self.name}: no figures for {year}")

    def of(self, year: int) -> Values:
        """This function will return the figures of a tax year, or raise `UnknownYear` or `UnverifiedYear`."""
        row = self.row(year)
        if not row.is_verified:
            raise UnverifiedYear(f"{self.name}: nobody has checked the figures of {year} ({row.source})")
        return row.values

    def confirmed(self, *, year: int, by: str, at: datetime) -> Table[Values]:
        """Write down that `by` has compared the row of `year` to its source.

        This function will return a new table; it raises `ValueError` if nobody is named.
        """
        if not by.strip():
            raise ValueError("somebody has to answer for a figure")
        kept = self.row(year)
        checked = replace(kept, verified_by=by, verified_at=at)
        return Table(self.name, tuple(checked if row is kept else row for row in self.rows))


@dataclass(frozen=True, slots=True)
class UnitedStatesThresholds:
    """Disclosure above `quid_pro_quo`, acknowledgment from `acknowledgment` on, Form 1098-C above `vehicle`."""

    quid_pro_quo: Money
    acknowledgment: Money
    vehicle: Money


@dataclass(frozen=True, slots=True)
class LowCost:
    """The low cost article L of IRC 513(h)(2), from which the other figures of Rev. Proc. 90-12 follow."""

    article: Money

    @property
    def least_payment(self) -> Money:
        return Money(5 * self.article.minor, self.article.currency)

    @property
    def cap(self) -> Money:
        return Money(10 * self.article.minor, self.article.currency)


@dataclass(frozen=True, slots=True)
class CanadianSplit:
    """Advantage up to the lesser of `ignored` and `ignored_percent` counts as none; above `most_percent`, no gift."""

    ignored: Money
    ignored_percent: int
    most_percent: int
    information_return: Money
    information_return_days: int
    appraisal_above: Money


@dataclass(frozen=True, slots=True)
class KoreanDuties:
    """Month and day in the year after the gift; without a threshold no e-receipt is mandatory."""

    e_receipt_above: Money | None
    e_receipt_due: tuple[int, int]
    summary_due: tuple[int, int]
    ledger_years: int


@dataclass(frozen=True, slots=True)
class KoreanCode:
    code: str
    name: str
    english: str


@dataclass(frozen=True, slots=True)
class KoreanForm:
    """A statutory form by the day its front was last revised."""

    form: str
    revised_on: date
    title: str

    @property
    def version(self) -> str:
        return f"kr-{self.form}/{self.revised_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class GiftAid:
    small_donation: Money
    aggregate: Money
    rows: int
    years_back: int
    oral_days: int


_CHECKED = datetime(2026, 11, 21, tzinfo=UTC)
_PROJECT = "the project, from published summaries"


def _low_cost(year: int, minor: int, source: str, *, checked: bool) -> Row[LowCost]:
    return Row(
        first=year,
        last=year,
        values=LowCost(Money(minor, "USD")),
        source=source,
        verified_by=_PROJECT if checked else "",
        verified_at=_CHECKED if checked else None,
    )


def _next(row: Row[Values]) -> tuple[Row[Values], Row[Values]]:
    """The row, and the year after it with the same figures: nobody has looked yet whether the law changed."""
    following = replace(row, first=row.last + 1, last=row.last + 1, verified_by="", verified_at=None)
    return row, following


US_THRESHOLDS: Table[UnitedStatesThresholds] = Table(
    "US thresholds",
    _next(
        Row(
            first=2005,
            last=2026,
            values=UnitedStatesThresholds(
                quid_pro_quo=Money(75_00, "USD"),
                acknowledgment=Money(250_00, "USD"),
                vehicle=Money(500_00, "USD"),
            ),
            source="IRC 6115, 170(f)(8), 170(f)(12); IRS Publication 1771",
            verified_by=_PROJECT,
            verified_at=_CHECKED,
        ),
    ),
)
US_LOW_COST: Table[LowCost] = Table(
    "US low cost article",
    (
        _low_cost(2013, 10_20, "Rev. Proc. 2012-41", checked=True),
        _low_cost(2014, 10_40, "Rev. Proc. 2013-35", checked=True),
        _low_cost(2024, 13_20, "Rev. Proc. 2023-34", checked=True),
        # Secondary sources agree on both; nobody has read the procedures themselves: an accountant confirms them.
        _low_cost(2025, 13_60, "Rev. Proc. 2024-40", checked=False),
        _low_cost(2026, 13_90, "Rev. Proc. 2025-32", checked=False),
    ),
)
CANADA: Table[CanadianSplit] = Table(
    "CA split receipting",
    _next(
        Row(
            first=2019,
            last=2026,
            values=CanadianSplit(
                ignored=Money(75_00, "CAD"),
                ignored_percent=10,
                most_percent=80,
                information_return=Money(50_00, "CAD"),
                information_return_days=90,
                appraisal_above=Money(1_000_00, "CAD"),
            ),
            source="Income Tax Act 248(30)-(32); CRA, Split receipting; CRA P113",
            verified_by=_PROJECT,
            verified_at=_CHECKED,
        ),
    ),
)


def _korean(first: int, last: int, above: int | None, source: str) -> Row[KoreanDuties]:
    return Row(
        first=first,
        last=last,
        values=KoreanDuties(
            e_receipt_above=None if above is None else Money(above, "KRW"),
            e_receipt_due=(1, 10),
            summary_due=(6, 30),
            ledger_years=5,
        ),
        source=source,
        verified_by=_PROJECT,
        verified_at=_CHECKED,
    )


KOREA: Table[KoreanDuties] = Table(
    "KR duties",
    (
        _korean(2021, 2024, None, "소득세법 제160조의3 (2025-01-01 전)"),
        *_next(_korean(2025, 2026, 300_000_000, "소득세법 제160조의3 제4항 (2024-12-31 신설)")),
    ),
)


# When 21, 30 and 31 went out of use has not been read; no year we issue for knows them.
def _code(
    code: str, name: str, english: str, *, first: int = 2021, last: int = 2026, checked: bool = True
) -> Row[KoreanCode]:
    return Row(
        first=first,
        last=last,
        values=KoreanCode(code, name, english),
        source="별지 제45호의2서식 작성방법, 기부금명세서 작성방법",
        verified_by=_PROJECT if checked else "",
        verified_at=_CHECKED if checked else None,
    )


KOREAN_CODES: tuple[Row[KoreanCode], ...] = (
    _code("10", "법정기부금", "statutory", last=2022),
    *_next(_code("10", "특례기부금", "special", first=2023)),
    *_next(_code("20", "정치자금기부금", "political funds")),
    _code("21", "진흥기금출연", "promotion funds", first=2005, last=2020, checked=False),
    _code("30", "조세특례제한법상 그 밖의 기부금", "special tax act", first=2005, last=2020, checked=False),
    _code("31", "공익신탁기부금", "charitable trust", first=2005, last=2020, checked=False),
    _code("40", "지정기부금", "designated", last=2022),
    *_next(_code("40", "일반기부금", "general", first=2023)),
    *_next(_code("41", "종교단체기부금", "religious body")),
    *_next(_code("42", "우리사주조합기부금", "employee stock association")),
    _code("43", "고향사랑기부금", "hometown", first=2023, checked=False),
    *_next(_code("50", "그 밖의 기부금(공제 제외)", "other, not deductible")),
)
KOREAN_FORMS: tuple[Row[KoreanForm], ...] = (
    Row(
        first=2023,
        last=2026,
        values=KoreanForm("45-2", date(2023, 3, 20), "소득세법 시행규칙 별지 제45호의2서식"),
        source="소득세법 시행규칙, as told by a secondary page",
    ),
    *_next(
        Row(
            first=2026,
            last=2026,
            values=KoreanForm("45-2", date(2026, 1, 2), "소득세법 시행규칙 별지 제45호의2서식"),
            source="소득세법 시행규칙 별지 제45호의2서식 (개정 2026. 1. 2.), front",
            verified_by=_PROJECT,
            verified_at=_CHECKED,
        ),
    ),
    Row(
        first=2026,
        last=2026,
        values=KoreanForm("63-3", date(2026, 1, 2), "법인세법 시행규칙 별지 제63호의3서식"),
        source="법인세법 시행규칙 별지 제63호의3서식; day of revision not read",
    ),
)
GIFT_AID: Table[GiftAid] = Table(
    "UK Gift Aid",
    _next(
        Row(
            first=2019,
            last=2026,
            values=GiftAid(
                small_donation=Money(30_00, "GBP"),
                aggregate=Money(1_000_00, "GBP"),
                rows=1_000,
                years_back=4,
                oral_days=30,
            ),
            source="HMRC, Schedule spreadsheet to claim back tax on Gift Aid donations; chapter 3 of its guidance",
            verified_by=_PROJECT,
            verified_at=_CHECKED,
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Every table; what a body's accountant has confirmed goes into a book of its own."""

    us_thresholds: Table[UnitedStatesThresholds] = US_THRESHOLDS
    us_low_cost: Table[LowCost] = US_LOW_COST
    canada: Table[CanadianSplit] = CANADA
    korea: Table[KoreanDuties] = KOREA
    korean_codes: tuple[Row[KoreanCode], ...] = KOREAN_CODES
    korean_forms: tuple[Row[KoreanForm], ...] = KOREAN_FORMS
    gift_aid: Table[GiftAid] = GIFT_AID


SHIPPED = Book()


def korean_code(*, code: str, year: int, book: Book = SHIPPED) -> KoreanCode:
    """Look up a type of gift (기부금 코드) as it was called in a tax year.

    This function will return it, or raise `UnknownYear` for a code the year does not know and `UnverifiedYear`.
    """
    rows = tuple(row for row in book.korean_codes if row.values.code == code)
    return Table(f"KR code {code}", rows).of(year)


def korean_form(*, form: str, issued_on: date, book: Book = SHIPPED) -> KoreanForm:
    """Look up the newest front of a form on the day of issue: forms change by day, not by tax year.

    This function will return it, or raise `UnknownYear` or `UnverifiedYear`.
    """
    known = [
        row for row in book.korean_forms if row.values.form == form and row.values.revised_on <= issued_on
    ]
    newest = max((row.values.revised_on for row in known), default=None)
    rows = tuple(row for row in known if row.values.revised_on == newest)
    return Table(f"KR form {form}", rows).of(issued_on.year)
