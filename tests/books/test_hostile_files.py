"""Files that are not what they seem: refused with row, column and reason, and nothing of them stays."""

from __future__ import annotations

import pytest

from books import decoding, importing, opening_tables, reading_settlements
from books.decoding import UnreadableFile
from books.importing import Source
from books.models import ProcessorReport, ProcessorReportRow
from books.opening_tables import Habits, Unread
from donations.models import Donation
from donors.models import Donor
from ledger.models import Line
from tests import facts
from tests.books import files
from tests.books.test_reports_of_paypal import BRL, FOOTERS, OTHER
from tests.facts import NOW

GOOD = files.given("1", "10.00", "-0.50", "9.50")


def rejects(content: bytes, source: Source = Source.PAYPAL, **how: str) -> list[tuple[int, str, str]]:
    with pytest.raises(importing.UnableToImport) as told:
        importing.bring_in(asked=files.asked(source, content, **how), actor=facts.staff_member(), now=NOW)
    assert not ProcessorReport.objects.exists()
    assert not Donation.objects.exists()
    assert not Line.objects.exists()
    return [(bad.row, bad.column, bad.code) for bad in told.value.rejects]


def unreadable(content: bytes, source: Source = Source.PAYPAL) -> tuple[str, int]:
    with pytest.raises(UnreadableFile) as told:
        importing.read(files.asked(source, content))
    return told.value.code, told.value.row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "bad"),
    [
        ({"Gross": "ten"}, ("gross", "amount")),
        ({"Gross": "10.005"}, ("gross", "decimals")),
        ({"Gross": "1,00"}, ("gross", "amount")),
        ({"Gross": "=1+1"}, ("gross", "amount")),
        ({"Gross": "99999999999999999"}, ("gross", "large")),
        ({"Gross": ""}, ("gross", "empty")),
        ({"Net": "9.51"}, ("net", "net")),
        ({"Currency": "XXX"}, ("currency", "currency")),
        ({"Currency": "<script>"}, ("currency", "currency")),
        ({"Date": "31/12/2026"}, ("date", "date")),
        ({"Date": "tomorrow"}, ("date", "date")),
        ({"Time": "25:00"}, ("time", "time")),
        ({"Time": "soon"}, ("time", "time")),
        ({"TimeZone": "Mars"}, ("timezone", "zone")),
        ({"TimeZone": "../../etc/passwd"}, ("timezone", "zone")),
        ({"TimeZone": "GMT+99:00"}, ("timezone", "zone")),
        ({"Type": "Levitation"}, ("type", "kind")),
        ({"Status": "Sort of"}, ("status", "status")),
        ({"Transaction ID": ""}, ("transaction id", "empty")),
        ({"Name": "Kim 900101-1234567"}, ("name", "resident_number")),
        ({"Date": "11/30/2026"}, ("came_on", "day")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_cell_is_told_with_row_and_column(changed: dict[str, str], bad: tuple[str, str]) -> None:
    assert rejects(files.paypal(GOOD, GOOD | {"Transaction ID": "2"} | changed)) == [(3, *bad)]


@pytest.mark.django_db
def test_a_reference_twice_in_one_file_is_told() -> None:
    assert rejects(files.paypal(GOOD, GOOD)) == [(3, "", "twice")]


@pytest.mark.django_db
def test_all_but_the_rejects_when_somebody_says_so() -> None:
    content = files.paypal(GOOD, GOOD | {"Transaction ID": "2", "Gross": "ten"})
    asked = files.asked(Source.PAYPAL, content)
    seen = importing.rehearse(asked=asked, actor=facts.staff_member(), now=NOW)
    assert (seen.counts(), len(seen.rejects)) == ({"gift": 1}, 1)
    assert not Donation.objects.exists()
    outcome = importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW, but_rejects=True)
    assert outcome.report.rejects == [{"row": 3, "column": "gross", "code": "amount", "said": "ten"}]
    assert Donation.objects.get().processor_ref == "paypal:1"


@pytest.mark.django_db
def test_what_is_kept_of_a_row_names_nobody() -> None:
    columns = (*files.PAYPAL, "Contact Phone Number", "Invoice Number", "Note")
    row = GOOD | {"Date": "11/20/2026", "Time": "08:00:00", "TimeZone": "PST", "Currency": "USD", "Status": "Completed",
                  "Contact Phone Number": "+1 555 0100", "Invoice Number": "A-7", "Note": "for Grace"}  # fmt: skip
    importing.bring_in(
        asked=files.asked(Source.PAYPAL, files.table(columns, [row])), actor=facts.staff_member(), now=NOW
    )
    assert ProcessorReportRow.objects.get().words == {"invoice number": "A-7"}
    assert Donor.objects.get().name == "Grace Kim"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ("empty", 0)),
        (b"  \n ", ("empty", 0)),
        (b"a,b\n1,2\n", ("header", 1)),
        (b"\xff\xfea", ("encoding", 1)),
        (b"Date,Time\x00,Type", ("nul_byte", 1)),
        (b"x" * (opening_tables.LARGEST_FILE + 1), ("large", 0)),
        (b"x" * (decoding.MOST_LINE + 1), ("line_long", 1)),
        ("Date,김민서 이지훈 박서준\n".encode() + b"2026-01-02,M\xfcller\n", ("mixed_encoding", 2)),
        (files.paypal(GOOD) + b'"never closed', ("quote", 3)),
        (files.paypal(GOOD) + b"1,2" + b",x" * 30, ("broken", 3)),
    ],
    ids=[
        "nothing",
        "blank",
        "other table",
        "half utf-16",
        "nul",
        "huge",
        "long line",
        "two encodings",
        "open quote",
        "too many cells",
    ],
)
@pytest.mark.django_db
def test_a_file_that_is_none_is_refused_as_a_whole(content: bytes, code: tuple[str, int]) -> None:
    assert unreadable(content) == code


@pytest.mark.django_db
def test_korean_and_western_files_are_read_in_their_own_letters() -> None:
    korean = files.paypal(GOOD | {"Name": "김은혜"}, encoding="cp949")
    assert next(iter(importing.read(files.asked(Source.PAYPAL, korean)).lines)).giver.name == "김은혜"  # type: ignore[union-attr]
    western = files.paypal(GOOD | {"Name": "Zoë Müller"}, encoding="cp1252")
    assert next(iter(importing.read(files.asked(Source.PAYPAL, western)).lines)).giver.name == "Zoë Müller"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_lines_before_the_header_are_counted_and_left_out() -> None:
    told = importing.read(
        files.asked(Source.PAYPAL, b"Account activity\nsince,yesterday\n" + files.paypal(GOOD))
    )
    assert (told.skipped, len(told.lines)) == (2, 1)


def settlement(*bodies: str, footers: tuple[str, ...] = FOOTERS, count: int | None = None) -> bytes:
    return files.settlement(bodies if bodies else [*BRL, OTHER], footers, count=count)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (settlement(footers=('"BRL",1700,1356,0,344', '"USD",1802,0,0,52')), ("sum", 10)),
        (settlement(footers=('"BRL",1700,1356,0,343', '"USD",1801,0,0,52')), ("sum", 9)),
        (settlement(count=5), ("count", 11)),
        (settlement(footers=('"XXX",0,0,0,0',)), ("broken", 9)),
        (settlement(footers=('"BRL",x,0,0,0',)), ("broken", 9)),
        (settlement().replace(b'"SC",4', b'"SC",many'), ("broken", 11)),
        (settlement().replace(b'"FF",1', b'"ZZ",1'), ("broken", 15)),
        (settlement().replace(b'"Transaction Event Code"', b'"Nothing"'), ("header", 4)),
        (settlement().replace(files.SETTLEMENT.encode() + b"\n", b""), ("header", 4)),
    ],
    ids=["gross", "fee", "count", "currency", "footer", "counter", "record", "columns", "no columns"],
)
def test_a_settlement_report_whose_sums_are_off_is_not_believed(
    content: bytes, code: tuple[str, int]
) -> None:
    assert unreadable(content) == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "bad"),
    [
        (files.moved("1", "T9999", "CR", "100", "USD"), ("transaction event code", "kind")),
        (files.moved("1", "T0006", "XX", "100", "USD"), ("transaction debit or credit", "side")),
        (files.moved("1", "T0006", "CR", "1.00", "USD"), ("gross transaction amount", "amount")),
        (files.moved("1", "T0006", "CR", "10050", "JPY"), ("gross transaction amount", "decimals")),
    ],
    ids=["code", "side", "amount", "half a yen"],
)
def test_a_bad_movement_of_a_settlement_report(body: str, bad: tuple[str, str]) -> None:
    told = reading_settlements.read(files.settlement([body], ()), Habits())
    assert [(one.row, one.column, one.code) for one in told.rejects] == [(5, *bad)]


@pytest.mark.django_db
def test_holds_move_nothing_and_yen_are_hundredths_too() -> None:
    bodies = [files.moved("1", "T1503", "DR", "500", "USD"), files.moved("2", "T0006", "CR", "10000", "JPY")]
    told = reading_settlements.read(
        files.settlement(bodies, ('"USD",0,500,0,0', '"JPY",10000,0,0,0')), Habits()
    )
    assert (told.skipped, [line.gross for line in told.lines]) == (1, [100])
    assert not reading_settlements.is_one(b"")
    assert not reading_settlements.is_one(files.paypal(GOOD))


@pytest.mark.parametrize(
    ("said", "minor"),
    [("(1.50)", -150), ("1.50-", -150), ("+1.50", 150), ("$1,234.50", 123_450), ("1.500", 150), ("−2", -200)],
)
def test_amounts_as_people_and_banks_write_them(said: str, minor: int) -> None:
    assert opening_tables.read_amount(said, currency="USD", column="x", habits=Habits()) == minor


@pytest.mark.parametrize("said", ["12.34.56", "1,23", "--1", "1e3", "", "abc"])
def test_what_is_no_amount_is_never_guessed(said: str) -> None:
    with pytest.raises(Unread):
        opening_tables.read_amount(said, currency="USD", column="x", habits=Habits())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "bad"),
    [
        ({"settled_total_amount": "-5.00", "type": "adjustment"}, ("type", "kind")),
        ({"backend_processor": ""}, ("backend_processor", "empty")),
        ({"full_name": "Kim 900101-1234567"}, ("name", "resident_number")),
        ({"settled_date": "soon"}, ("settled_date", "date")),
    ],
    ids=["too much for rounding", "no sponsor", "resident number", "no day"],
)
def test_a_bad_grant_is_told(changed: dict[str, str], bad: tuple[str, str]) -> None:
    (grant,) = files.grants(1)
    assert rejects(files.chariot(grant | changed), Source.CHARIOT) == [(2, *bad)]


@pytest.mark.django_db
def test_a_stripe_row_that_does_not_add_up_and_a_donorbox_row_of_nothing() -> None:
    row = {
        "balance_transaction_id": "t",
        "gross": "10",
        "fee": "1",
        "net": "10",
        "reporting_category": "charge",
    }
    assert rejects(files.stripe(row), Source.STRIPE) == [(2, "net", "net")]
    nothing = {"Amount": "0", "Stripe Charge Id": "ch_1"}
    assert rejects(files.donorbox(nothing), Source.DONORBOX) == [(2, "amount", "amount")]
