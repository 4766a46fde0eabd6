"""Each format to the byte, as a golden file says it; grouping, dividing, and texts that would break a file."""

from __future__ import annotations

import os
import tracemalloc
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from books import mapping
from books.journals import (
    civicrm,
    dividing,
    filling,
    gathering,
    intacct,
    neutralizing,
    packing,
    quickbooks_desktop,
)
from books.journals.formats import FORMATS
from books.journals.shapes import Journal, Line
from books.mapping import Given, UnableToMap
from books.models import Target
from tests.books import journal_samples as samples
from tests.books import parsing
from tests.books.journal_samples import DAY, entry, name, written

GOLDEN = Path(__file__).parent / "golden"
HOSTILE = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "a\tb", "a\r\nb", 'say "hi"', '"', "'", "\\", '\\"', "a,b;c|d",
    "김은혜 권사", "갈렙선교회, 서울", "🕊" * 200, "\x00\x07", "\u2028x", "!TRNS\tx\r\nENDTRNS", "ENDTRNS", "é ø ß",
    "\ud800", "", " ", "2026-01-01 open X", '" ; x', "~" * 300,
]  # fmt: skip


@pytest.mark.parametrize("target", Target.values)
@pytest.mark.parametrize("grouping", ["entry", "day", "payout"])
def test_every_format_is_its_golden_file(target: str, grouping: str) -> None:
    """`GOLDEN=1` writes them anew; what changes then has to be read before it is committed."""
    files, shared = written(samples.january(target), target, grouping=grouping)
    parsing.parse(target, files, shared)
    for path, content in files.items():
        golden = GOLDEN / f"{target}-{grouping}-{path}"
        if os.environ.get("GOLDEN"):
            golden.write_bytes(content)
        assert golden.read_bytes() == content, path
    known = {path.name for path in GOLDEN.glob(f"{target}-{grouping}-*")}
    assert known == {f"{target}-{grouping}-{path}" for path in files}


@pytest.mark.parametrize("target", Target.values)
@pytest.mark.parametrize("text", HOSTILE)
def test_texts_harm_no_format(target: str, text: str) -> None:
    more = {} if target == Target.BEANCOUNT else {"class_name": text, "location": text, "tax": text}
    gift = entry(
        Line(name("1100", "RSC", target, **more), 10_000, "USD", text),
        Line(name("4100", "RSC", target, **more), -10_000, "USD", text),
        source=f"charge:{text}",
        payout=text,
        counterparty=text,
        giver=text,
    )
    files, shared = written([gift, replace(gift, id=2)], target, entity_name=text)
    found = parsing.parse(target, files, shared)
    assert [journal.number for journal in found] == ["E1", "E2"]
    assert {abs(amount) for journal in found for _, _, amount in journal.sides} == {10_000}


def test_a_name_is_only_where_it_was_asked_for() -> None:
    lines = [Line(name("1100", "RSC"), 10_000, "USD"), Line(name("4100", "RSC"), -10_000, "USD")]
    for target in Target.values:
        known, _ = written([entry(*lines, counterparty="id-7")], target)
        named, _ = written([entry(*lines, counterparty="id-7", giver="Grace Kim")], target)
        assert not any(b"Grace Kim" in content for content in known.values())
        # Sage 50 has room for neither.
        assert any(b"Grace Kim" in content for content in named.values()) == (target != Target.SAGE_50)
        assert any(b"id-7" in content for content in known.values()) == (target != Target.SAGE_50)


def test_letters_that_desktop_cannot_write_become_question_marks_in_a_memo() -> None:
    files, _ = written([january_in_korean()], Target.QUICKBOOKS_DESKTOP)
    text = files["journal.iif"].decode("cp1252")
    assert "giver ???\t" in text
    assert quickbooks_desktop.field("=1\t2") == "'=1 2"


def january_in_korean() -> gathering.Booked:
    lines = [Line(name("1100", "RSC"), 10_000, "USD"), Line(name("4100", "RSC"), -10_000, "USD")]
    return entry(*lines, giver="김은혜")


def wide(lines: int, *, funds: tuple[str, ...] = ("GEN",), number: int = 1) -> gathering.Booked:
    """An entry of so many lines, shared over funds in pairs."""
    made = []
    for place in range(lines // 2):
        fund = funds[place % len(funds)]
        made += [
            Line(name("1000", fund), 100 + place, "USD"),
            Line(name("4000", fund), -100 - place, "USD"),
        ]
    return entry(*made, number=number)


def test_a_journal_that_fills_a_file_stays_whole_and_the_next_begins_another() -> None:
    entries = [wide(298, number=1), wide(2, number=2), wide(2, number=3), wide(300, number=4)]
    files, shared = written(entries, Target.XERO)
    assert sorted(files) == ["journal-0001.csv", "journal-0002.csv", "journal-0003.csv"]
    assert [len(parsing.table(files[path])[1]) for path in sorted(files)] == [300, 2, 300]
    assert len(parsing.parse(Target.XERO, files, shared)) == 4


def test_a_journal_longer_than_a_file_is_divided_by_fund() -> None:
    files, shared = written([wide(600, funds=("GEN", "RSC", "CTR"))], Target.XERO)
    found = parsing.parse(Target.XERO, files, shared)
    assert [journal.number for journal in found] == ["E1-1", "E1-2", "E1-3"]
    assert [len(journal.sides) for journal in found] == [200, 200, 200]


def test_a_fund_longer_than_a_file_is_refused() -> None:
    with pytest.raises(dividing.TooLong, match="E1 has 302 lines") as refused:
        written([wide(302)], Target.XERO)
    assert (refused.value.number, refused.value.lines) == ("E1", 302)
    files, _ = written([wide(302)], Target.QUICKBOOKS_ONLINE)
    assert len(files) == 1


def test_two_thousand_rows_are_three_files_for_quickbooks_online() -> None:
    files, shared = written([wide(200, number=one) for one in range(1, 11)], Target.QUICKBOOKS_ONLINE)
    assert [len(parsing.table(files[path])[1]) for path in sorted(files)] == [800, 800, 400]
    assert len(parsing.parse(Target.QUICKBOOKS_ONLINE, files, shared)) == 10


def test_currencies_have_journals_of_their_own_where_a_program_wants_one() -> None:
    entries = samples.january(Target.XERO)
    files, shared = written(entries, Target.XERO)
    assert sorted(files) == ["journal-0001.csv", "journal-KRW-0001.csv"]
    assert {journal.number for journal in parsing.parse(Target.XERO, files, shared)} >= {"E106", "E106-KRW"}
    online, shared = written(samples.january(Target.QUICKBOOKS_ONLINE), Target.QUICKBOOKS_ONLINE)
    assert "Currency" in parsing.table(online["journal-0001.csv"])[0]
    whole, shared = written(samples.january(Target.GENERIC), Target.GENERIC)
    assert "E106-KRW" not in {one.number for one in parsing.parse(Target.GENERIC, whole, shared)}


def test_columns_that_must_be_switched_on_are_there_only_when_used() -> None:
    lines = [Line(name("1000", "GEN"), 100, "USD"), Line(name("4000", "GEN"), -100, "USD")]
    files, _ = written([entry(*lines)], Target.QUICKBOOKS_ONLINE)
    assert parsing.table(files["journal-0001.csv"])[0][-1] == "Name"


def test_a_day_keeps_debits_and_credits_apart() -> None:
    [day] = [
        journal
        for journal in gathering.journals(
            samples.january(Target.GENERIC)[:3], grouping="day", number=3, base_currency="USD"
        )
    ]
    held = [(line.name.account, line.amount) for line in day.lines]
    assert held == [("1000", 9_680), ("1100", 10_000), ("1100", -10_000), ("4100", -10_000), ("5100", 320)]
    assert (day.number, day.on, day.memo) == ("D3-1", DAY, "day 2026-01-05, entries: 3")


def test_a_payout_gathers_what_it_carried_and_the_rest_goes_by_day() -> None:
    entries = samples.january(Target.GENERIC)
    ordered = sorted(entries, key=lambda one: ("2026-01", one.payout, str(one.on) if not one.payout else ""))
    found = list(gathering.journals(ordered, grouping="payout", number=3, base_currency="USD"))
    assert [(one.number, one.memo) for one in found] == [
        ("P3-1", "day 2026-01-06, entries: 1"),
        ("P3-2", "day 2026-01-07, entries: 2"),
        ("P3-3", "payout po_1, entries: 3"),
    ]


def test_values_in_the_own_currency_balance_even_when_rounding_does_not() -> None:
    rate = Decimal("0.333")
    lines = [Line(name("1000", "GEN"), amount, "EUR") for amount in (101, 101, 101)]
    gift = entry(*lines, Line(name("4000", "GEN"), -303, "EUR"), rate=rate)
    valued = gathering.valued(gift, base_currency="USD")
    assert [line.base for line in valued] == [34, 34, 34, -102]
    assert sum(line.base or 0 for line in valued) == 0
    unknown = gathering.valued(replace(gift, rate=None), base_currency="USD")
    assert {line.base for line in unknown} == {None}
    [day] = gathering.journals(
        [gift, replace(gift, rate=None)], grouping="day", number=1, base_currency="USD"
    )
    assert {(line.rate, line.base) for line in day.lines} == {(None, None)}


def test_pairs_move_every_amount_once() -> None:
    lines = (
        Line(name("1000", "GEN"), 70, "USD"),
        Line(name("5100", "GEN"), 30, "USD"),
        Line(name("4000", "GEN"), -60, "USD"),
        Line(name("2000", "GEN"), -40, "USD"),
    )
    moved = civicrm.pairs(Journal("E1", DAY, lines, "gift", "x"))
    told = [(debit.name.account, credit.name.account, amount) for debit, credit, amount in moved]
    assert told == [("1000", "4000", 60), ("1000", "2000", 10), ("5100", "2000", 30)]
    assert list(civicrm.pairs(Journal("E1", DAY, (), "gift", "x"))) == []


@pytest.mark.parametrize(("text", "safe"), [("a\x00b", "a b"), (" x ", "x"), ("é", "é"), ("\t", "")])
def test_plain_texts_stay_on_one_line(text: str, safe: str) -> None:
    assert neutralizing.plain(text) == safe
    assert neutralizing.plain("abc def", most=4) == "abc"


def test_several_files_are_one_that_is_the_same_every_time(tmp_path: Path) -> None:
    chunks = [(f"journal-{place:04}.csv", b"x" * place, 1) for place in range(40, 0, -1)]
    twice = [*chunks, *((path, b"y", 0) for path, _, _ in chunks)]
    packed = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        packed.append(packing.packed(twice, folder=tmp_path / place))
    first, second = packed
    assert (first.sha256, first.size, first.files) == (second.sha256, second.size, 40)
    files = parsing.files_of(first.path.read_bytes(), "journal.zip")
    assert list(files) == sorted(files)
    assert files["journal-0003.csv"] == b"xxxy"
    (tmp_path / "three").mkdir()
    alone = packing.packed([("journal.csv", b"x", 1)], folder=tmp_path / "three")
    assert (alone.path.name, alone.suffix, alone.files) == ("journal.csv", "csv", 1)


def test_a_fund_is_an_option_of_the_category_the_map_names() -> None:
    lines = [
        Line(name("1000", "GEN", class_name="Grant=Water", location="Portland"), 100, "USD"),
        Line(name("4000", "GEN", class_name="General", location="=x"), -100, "USD"),
    ]
    files, _ = written([entry(*lines)], Target.XERO)
    columns = ("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2")
    rows = parsing.table(files["journal-0001.csv"])[1]
    assert [[row[column] for column in columns] for row in rows] == [
        ["Grant", "Water", "Location", "Portland"],
        ["Fund", "General", "Location", "'=x"],
    ]


def test_campaigns_stay_apart_when_a_day_is_gathered_and_every_program_is_told() -> None:
    """A class, a tag or a memo names the campaign, whatever the grouping."""
    lines = [
        [Line(name("1100", "RSC", target), 100, "USD"), Line(name("4100", "RSC", target), -100, "USD", aim)]
        for target in Target.values
        for aim in ("boat", "well", "boat")
    ]
    for place, target in enumerate(Target.values):
        mine = lines[3 * place : 3 * place + 3]
        entries = [entry(*pair, number=number) for number, pair in enumerate(mine, start=1)]
        for grouping in ("entry", "day", "payout"):
            files, shared = written(entries, target, grouping=grouping)
            text = b"".join(files.values()).decode(
                "cp1252" if target == Target.QUICKBOOKS_DESKTOP else "utf-8"
            )
            assert "boat" in text, target
            assert "well" in text, target
            parsing.parse(target, files, shared)
    [day] = gathering.journals(
        [entry(*pair) for pair in lines[:3]], grouping="day", number=1, base_currency="USD"
    )
    assert [(line.campaign, line.amount) for line in day.lines] == [("", 300), ("boat", -200), ("well", -100)]


def test_a_map_may_ask_for_the_campaign_as_a_class_or_a_dimension() -> None:
    def of(target: str, said: str) -> list[dict[str, str]]:
        lines = [
            Line(name("1000", "GEN", target, class_name=said), 100, "USD"),
            Line(name("4000", "GEN", target, class_name=said), -100, "USD", "boat"),
        ]
        files, shared = written([entry(*lines)], target)
        parsing.parse(target, files, shared)
        [content] = files.values()
        return parsing.table(content)[1]

    told = [row["Class"] for row in of(Target.QUICKBOOKS_ONLINE, "Fund:{campaign}")]
    assert told == ["Fund:", "Fund:boat"]
    tracked = [
        (row["TrackingName1"], row["TrackingOption1"]) for row in of(Target.XERO, "Campaign={campaign}")
    ]
    assert tracked == [("", ""), ("Campaign", "boat")]
    said = "GLDIMDONOR_RESTRICTION=Restricted; GLDIMFUNDING={campaign}; DEPT_ID=10; Rescue"
    rows = of(Target.INTACCT, said)
    columns = ("GLDIMDONOR_RESTRICTION", "GLDIMFUNDING", "DEPT_ID", "GLENTRY_CLASSID")
    assert [[row[column] for column in columns] for row in rows] == [
        ["Restricted", "", "10", "Rescue"],
        ["Restricted", "boat", "10", "Rescue"],
    ]
    heading = list(rows[0])
    assert heading.index("BILLABLE") < heading.index("GLDIMFUNDING") < heading.index("GLENTRY_PROJECTID")
    assert of(Target.INTACCT, "NOPE=1")[0]["GLENTRY_CLASSID"] == "NOPE=1", "written before columns were known"


@pytest.mark.parametrize("said", ["NOPE=1", "DEPT_ID=1;DEPT_ID=2", "Rescue; Other", "gldim=x"])
def test_what_is_no_dimension_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        intacct.dimensions(said)
    with pytest.raises(UnableToMap, match="dimension"):
        mapping.check(target=Target.INTACCT, given=Given("4000", class_name=said))


def test_the_number_of_a_check_stands_where_civicrm_looks_for_it() -> None:
    lines = [Line(name("1000", "GEN"), 100, "USD"), Line(name("4000", "GEN"), -100, "USD")]
    files, _ = written([entry(*lines, check="=1001")], Target.CIVICRM)
    assert parsing.table(files["journal.csv"])[1][0]["Check Number"] == "'=1001"


def test_memory_is_that_of_one_journal_however_many_there_are(tmp_path: Path) -> None:
    """Entries are made as they are asked for; what is kept while files are written is counted."""
    pair = (Line(name("1000", "GEN"), 100, "USD"), Line(name("4000", "GEN"), -100, "USD"))

    def peak(count: int) -> int:
        folder = tmp_path / str(count)
        folder.mkdir()
        entries = (entry(*pair, number=place) for place in range(1, count + 1))
        shared = samples.handover([line.name for line in pair])
        journals = gathering.journals(entries, grouping="entry", number=3, base_currency="USD")
        chunks = filling.filled(journals, form=FORMATS[Target.XERO], handover=shared)
        tracemalloc.start()
        packed = packing.packed(chunks, folder=folder)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert packed.files == -(-2 * count // 300)
        return most

    peak(300)
    assert peak(6_000) < 2 * peak(600)


def test_every_target_has_its_format() -> None:
    assert set(FORMATS) == set(Target.values) == set(parsing.PARSERS)
