"""What banks write is read exactly or refused with row, column and reason; nothing hostile gets further than that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from books import decoding, mapping_columns, reading_cells, reading_statements
from books.decoding import UnreadableFile
from books.mapping_columns import Columns, UnableToMap
from books.reading_cells import UnreadableCell
from books.reading_statements import Told
from tests.books import banks
from tests.books.banks import US, csv, told

DAYS = [
    ("2026-01-31", "dmy", date(2026, 1, 31)), ("31.01.2026", "dmy", date(2026, 1, 31)),
    ("01/31/2026", "mdy", date(2026, 1, 31)), ("1/2/26", "mdy", date(2026, 1, 2)),
    ("1/2/26", "dmy", date(2026, 2, 1)),
    ("26.01.31", "ymd", date(2026, 1, 31)), ("20260131", "ymd", date(2026, 1, 31)),
    ("31012026", "dmy", date(2026, 1, 31)),
    ("01312026", "mdy", date(2026, 1, 31)), ("2026.01.31 10:22:33", "ymd", date(2026, 1, 31)),
    ("20260131 102233", "ymd", date(2026, 1, 31)), ("2026-01-31T10:22:33Z", "mdy", date(2026, 1, 31)),
    ("2026년 1월 31일", "ymd", date(2026, 1, 31)), ("31 Jan 2026", "mdy", date(2026, 1, 31)),
    ("January 31, 2026", "ymd", date(2026, 1, 31)), ("２０２６-０１-３１", "ymd", date(2026, 1, 31)),
]  # fmt: skip
NO_DAYS = [
    ("39.09.2010", "dmy"), ("2026-02-30", "ymd"), ("01/02/2026", "ymd"), ("31/01/2026", "mdy"), ("", "ymd"),
    ("=1+1", "ymd"), ("today", "ymd"), ("123", "ymd"), ("1.2.3", "dmy"), ("100.1.2026", "dmy"),
    ("01.01.0001", "dmy"),
    ("31 Foo 2026", "dmy"), ("Jan Feb 2026", "dmy"), ("1.1.026", "dmy"), ("44927", "ymd"),
]  # fmt: skip
AMOUNTS = [
    ("-3.50", "USD", ".", -350), ("1,250.00", "USD", ".", 125_000), ("(5.00)", "USD", ".", -500),
    ("$-5.00", "USD", ".", -500), ("-$5.00", "USD", ".", -500), ("5.00 DR", "USD", ".", -500),
    ("5.00CR", "USD", ".", 500),
    ("5-", "USD", ".", -500), ("−5.00", "USD", ".", -500), ("+5.00", "USD", ".", 500), (".50", "USD", ".", 50),
    ("USD 5.00", "USD", ".", 500), ("5", "USD", ".", 500), ("5.", "KRW", ".", None),
    ("₩50,000", "KRW", ".", 50_000),
    ("50,000원", "KRW", ".", 50_000), ("10.00", "KRW", ".", 10), ("12,50", "EUR", ",", 1_250),
    ("1.250,00", "EUR", ",", 125_000), ("1 250,00 €", "EUR", ",", 125_000), ("1'250.00", "CHF", ".", 125_000),
    ("１２３", "USD", ".", 12_300), ("1.234", "KWD", ".", 1_234),
]  # fmt: skip
NO_AMOUNTS = [
    ("", "USD", "amount"), ("-", "USD", "amount"), ("1,25", "USD", "amount"), ("=1+1", "USD", "amount"),
    ("1e3", "USD", "amount"), ("10.001", "USD", "decimals"), ("0.50", "KRW", "decimals"), ("$5", "KRW", "amount"),
    ("5.00 EUR", "USD", "amount"), ("-5.00 CR", "USD", "amount"), ("(-5.00)", "USD", "amount"),
    ("-5-", "USD", "amount"),
    ("NaN", "USD", "amount"), ("9" * 18, "USD", "large"), ("1" * 50, "USD", "amount"),
    ("5,00,00", "USD", "amount"),
    ("😀", "USD", "amount"), ("1.2.3", "USD", "amount"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "order", "day"), DAYS)
def test_days_as_banks_write_them(text: str, order: str, day: date) -> None:
    assert reading_cells.read_day(text, order=order) == day


@pytest.mark.parametrize(("text", "order"), NO_DAYS)
def test_what_is_no_day_is_refused(text: str, order: str) -> None:
    with pytest.raises(UnreadableCell, match=r"^day$"):
        reading_cells.read_day(text, order=order)


@pytest.mark.parametrize(("text", "currency", "decimal", "minor"), AMOUNTS)
def test_amounts_as_banks_write_them(text: str, currency: str, decimal: str, minor: int | None) -> None:
    if minor is None:
        with pytest.raises(UnreadableCell):
            reading_cells.read_amount(text, currency=currency, decimal=decimal)
    else:
        assert reading_cells.read_amount(text, currency=currency, decimal=decimal) == minor


@pytest.mark.parametrize(("text", "currency", "reason"), NO_AMOUNTS)
def test_what_is_no_amount_is_refused(text: str, currency: str, reason: str) -> None:
    with pytest.raises(UnreadableCell, match=f"^{reason}$"):
        reading_cells.read_amount(text, currency=currency, decimal=".")


@given(st.integers(-(10**12), 10**12))
def test_every_amount_reads_back(minor: int) -> None:
    whole, part = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    assert reading_cells.read_amount(f"{sign}{whole:,}.{part:02}", currency="USD", decimal=".") == minor
    german = f"{whole:,}".replace(",", ".")
    assert reading_cells.read_amount(f"{sign}{german},{part:02}", currency="EUR", decimal=",") == minor


def reason_of(read: Callable[[], object]) -> str:
    try:
        read()
    except UnreadableCell as error:
        return error.reason
    return ""


@given(st.text(max_size=60), st.sampled_from(reading_cells.ORDERS), st.sampled_from(".,"))
def test_no_text_makes_a_reader_fail_otherwise(text: str, order: str, decimal: str) -> None:
    assert reason_of(partial(reading_cells.read_day, text, order=order)) in {"", "day"}
    reason = reason_of(partial(reading_cells.read_amount, text, currency="USD", decimal=decimal))
    assert reason in {"", "amount", "decimals", "large"}


def test_an_order_is_known_only_where_every_day_tells_it() -> None:
    assert reading_cells.orders_of(["01/02/2026", "03/04/2026"]) == {"mdy", "dmy"}
    assert reading_cells.orders_of(["01/02/2026", "01/22/2026"]) == {"mdy"}
    assert reading_cells.orders_of(["2026-01-02"]) == {"ymd"}
    assert reading_cells.orders_of(["39.09.2010"]) == set()


def test_resident_numbers_are_masked_before_anything_is_kept() -> None:
    found, _, _ = told(csv("11/02/2026,KIM 900101-1234567,９００１０１－１２３４５６７,900101-1234567,5.00,"))
    assert found == [Told(2, date(2026, 11, 2), 500, "KIM 000000-*******", "000000-*******", "")]
    _, wrong, _ = told(csv("never,KIM 900101-1234567,,,5.00,"))
    assert "1234567" not in wrong[0].original


def test_every_refused_row_says_row_column_and_reason() -> None:
    rows = (
        "39.09.2010,LEE,,,5.00,", "11/02/2026,LEE,,,=1+1,", "11/02/2026,LEE,,,1.005,", "11/02/2046,LEE,,,5.00,",
        "11/02/2026,LEE,with,comma,T9,5.00,", "11/02/2026,LEE", "11/02/2026,LEE,,,,",
    )  # fmt: skip
    _, wrong, _ = told(csv(*rows))
    assert [(one.position, one.column, one.reason) for one in wrong] == [
        (2, "posting date", "day"), (3, "amount", "amount"), (4, "amount", "decimals"),
        (5, "posting date", "day_far"),
        (6, "amount", "amount"), (7, "", "cells_few"), (8, "amount", "amount"),
    ]  # fmt: skip
    _, wrong, _ = told(csv("11/02/2026,LEE,,,5.00,,too much"))
    assert (wrong[0].column, wrong[0].reason) == ("", "cells_many")


def test_preamble_totals_and_empty_rows_are_left_out_and_counted() -> None:
    content = csv(
        "", "11/02/2026,KIM,,,5.00,", "----,----,,,,", ",,,,,", "Total,,,,5.00,", "11/03/2026,NOTICE,,,0.00,",
    )  # fmt: skip
    content = b"Account 1234\r\nFrom,11/01/2026\r\n" + content
    found, wrong, gist = told(content)
    assert (len(found), wrong, gist.skipped) == (1, [], [1, 2, 4, 6, 7, 8, 9])


def test_korean_files_in_cp949_with_two_columns_of_money() -> None:
    text = (
        "조회기간,2026.11.01 ~ 2026.11.20\r\n거래일시,적요,보낸분/받는분,송금메모,출금액,입금액,거래후잔액\r\n"
        '2026.11.18 09:10:11,타행이체,김민서,RSC-123456,0,"250,000","1,250,000"\r\n'
        '2026.11.17 10:00:00,수수료,은행,,500,0,"1,000,000"\r\n합계,,,,500,"250,000",\r\n'
    )
    found, wrong, gist = told(text.encode("cp949"), columns=banks.KOREAN, currency="KRW")
    assert [(one.position, one.amount_minor, one.payer, one.reference) for one in found] == [
        (3, 250_000, "김민서", "타행이체 RSC-123456"),
        (4, -500, "은행", "수수료"),
    ]
    assert (wrong, gist.skipped) == ([], [1, 5])
    assert (gist.opening_minor, gist.closing_minor) == (1_000_500, 1_250_000)


def test_money_in_both_columns_another_currency_and_no_side_are_refused() -> None:
    two = Columns(day="d", money_in="in", money_out="out", currency="c", date_order="ymd")
    _, wrong, _ = told(b"d,in,out,c\n2026-01-02,1,2,USD\n2026-01-02,1,,EUR\n2026-01-02,,-,\n", columns=two)
    assert [(one.column, one.reason) for one in wrong] == [("out", "both_amounts"), ("c", "currency")]
    side = Columns(day="d", amount="a", direction="s", date_order="ymd")
    found, wrong, _ = told(b"d,a,s\n2026-01-02,1,CREDIT\n2026-01-02,2,Debit\n2026-01-02,3,?\n", columns=side)
    assert [one.amount_minor for one in found] == [100, -200]
    assert (wrong[0].column, wrong[0].reason) == ("s", "direction")


def test_columns_are_known_by_name_and_doubled_names_are_counted() -> None:
    doubled = Columns(day="date", amount="amount (2)", date_order="ymd")
    found, _, _ = told("\ufeff  DATE ,Amount,AMOUNT\n2026-01-02,1,2\n".encode(), columns=doubled)
    assert found[0].amount_minor == 200
    with pytest.raises(UnreadableFile, match=r"columns_missing.*amount"):
        told(b"Date,Sum\n2026-01-02,1\n", columns=Columns(day="date", amount="amount", date_order="ymd"))
    bare = Columns(day="column 1", amount="column 2", payer=("column 3",), date_order="ymd", has_header=False)
    assert told(b"2026-01-02,1,KIM\n", columns=bare)[0][0].payer == "KIM"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_letters_and_delimiters_are_found(encoding: str, delimiter: str) -> None:
    columns = Columns(day="date", amount="amount", payer=("name",), date_order="ymd")
    rows = [["Date", "Name", "Amount", "Memo"], ["2026-01-02", "김민서", "5.00", "가나다"]]
    found, _, _ = told("\n".join(map(delimiter.join, rows)).encode(encoding), columns=columns)
    assert (found[0].payer, found[0].amount_minor) == ("김민서", 500)


def test_western_letters_and_decimal_commas() -> None:
    columns = Columns(day="buchungstag", amount="betrag", payer=("name",), date_order="dmy", decimal=",")
    content = "Buchungstag;Name;Betrag\n02.01.2026;Müller & Söhne é,x;1.250,50\n".encode("cp1252")
    found, _, _ = told(content, columns=columns, currency="EUR")
    assert (found[0].payer, found[0].amount_minor) == ("Müller & Söhne é,x", 125_050)


LONG = b"x" * (decoding.MOST_LINE + 10)


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (csv("11/02/2026,KI\0M,,,5.00,"), "nul_byte", 2),
        ("Date,김민서 이지훈 박서준\n".encode() + b"2026-01-02,M\xfcller\n", "mixed_encoding", 2),
        (b"a,b\n\x81\x8d\x8f,c\n", "encoding", 2),
        (csv("11/02/2026," + "x" * decoding.MOST_LINE + ",,,5.00,"), "line_long", 2),
        (LONG, "line_long", 1),
        (csv('11/02/2026,"KIM,,,5.00,', *(["x" * 90_000] * 2)), "quote", 2),
        (b"nothing,here\n1,2\n", "columns_missing", 1),
        ("a,b\n\0".encode("utf-16"), "nul_byte", 2),
    ],
)
def test_a_hostile_file_is_refused_as_a_whole(content: bytes, code: str, row: int) -> None:
    with pytest.raises(UnreadableFile) as refused:
        told(content)
    assert (refused.value.code, refused.value.row) == (code, row)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_statements, "MOST_ROWS", 2)
    with pytest.raises(UnreadableFile, match="too_many_rows"):
        told(csv(*["11/02/2026,KIM,,,5.00,"] * 3))


def test_emoji_and_directions_are_only_letters() -> None:
    found, _, _ = told(csv("11/02/2026,🙏 감사 \u202eevil,=1+1,,5.00,"))
    assert (found[0].payer, found[0].reference) == ("🙏 감사 evil", "=1+1")


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        (Columns(), "missing"), (Columns(day="a"), "amount"),
        (Columns(day="a", amount="b", money_in="c"), "amount"),
        (Columns(day="a", money_in="b"), "amount"),
        (Columns(day="a", money_in="b", money_out="c", direction="d"), "amount"),
        (Columns(day="a", amount="b"), "choose"),
        (Columns(day="a", amount="b", date_order="ymd", decimal="x"), "choose"),
        (Columns(day="a", amount="b", date_order="ymd", encoding="x"), "choose"),
        (Columns(day="a", amount="b", date_order="ymd", delimiter="x"), "choose"),
        (Columns(day="a", amount="a", date_order="ymd"), "twice"),
        (Columns(day="a", money_in="b", money_out="b", date_order="ymd"), "twice"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_read_together_are_refused(columns: Columns, code: str) -> None:
    with pytest.raises(UnableToMap, match=code):
        mapping_columns.check(columns)


def test_what_is_stored_is_what_is_read() -> None:
    assert mapping_columns.of_json({**mapping_columns.as_json(US), "later": 1}) == US


def test_a_look_tells_columns_samples_and_orders() -> None:
    look = mapping_columns.look(
        BytesIO(b"Bank\n\nDate;Name;Sum\n01.02.2026;KIM 900101-1234567;1,00\n03.04.2026;LEE;2,00\n")
    )
    assert (look.delimiter, look.has_header, [one.key for one in look.columns]) == (
        ";",
        True,
        ["date", "name", "sum"],
    )
    assert look.orders == {"date": {"dmy", "mdy"}}
    assert look.columns[1].samples == ("KIM 000000-*******", "LEE")
    bare = mapping_columns.look(BytesIO(b"2026-01-02,KIM,5.00\n2026-01-03,LEE,6.00\n"))
    assert (bare.has_header, bare.columns[0].key, bare.orders["column 1"]) == (
        False,
        "column 1",
        frozenset({"ymd"}),
    )
    with pytest.raises(UnreadableFile, match="no_lines"):
        mapping_columns.look(BytesIO(b"\n\n"))
    with pytest.raises(UnreadableFile, match="too_many_columns"):
        mapping_columns.look(BytesIO(b",".join([b"x"] * 70) + b"\n"))
