"""The account map: which row wins, what a program cannot take, and the map as a file."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import transaction

from books import mapping, mapping_files
from books.mapping import Given, UnableToMap
from books.mapping_files import UnableToRead
from books.models import AccountMap, Target
from ledger.models import Account, Fund
from ledger.money import Money
from staff.models import AuditEvent
from tests import making
from tests.books import handing
from tests.books.handing import NOW

pytestmark = pytest.mark.django_db
Wanted = dict[tuple[Account, Fund | None], Given | None]


@pytest.fixture(autouse=True)
def books() -> None:
    for code, restriction in (("GEN", "none"), ("RSC", "purpose")):
        fund = making.fund(code=code, restriction=restriction)
        handing.entry(("1000", "4000", fund, Money(100, "USD")), source=f"test:{code}")


def account(code: str) -> Account:
    return Account.objects.get(code=code)


def write(wanted: Wanted, target: str = Target.XERO) -> int:
    return mapping.write(entity=making.entity(), target=target, wanted=wanted, actor=handing.actor(), now=NOW)


def names(target: str = Target.XERO) -> dict[tuple[str, str], str | None]:
    pairs = mapping.occurring(entity=making.entity())
    found = mapping.names(entity=making.entity(), target=target, pairs=pairs)
    codes = dict(Account.objects.values_list("pk", "code"))
    funds = dict(Fund.objects.values_list("pk", "code"))
    return {(codes[one], funds[other]): name.code if name else None for (one, other), name in found.items()}


def test_a_row_with_a_fund_wins_over_the_one_for_all_funds() -> None:
    assert set(names().values()) == {None}
    assert write({(account("1000"), None): Given("090"), (account("4000"), making.fund()): Given("200")}) == 2
    assert names() == {
        ("1000", "GEN"): "090", ("1000", "RSC"): "090", ("4000", "GEN"): "200", ("4000", "RSC"): None,
    }  # fmt: skip
    write({(account("1000"), making.fund()): Given("091", class_name="General")})
    assert names()["1000", "GEN"] == "091"
    assert names()["1000", "RSC"] == "090"
    assert write({(account("1000"), making.fund()): None, (account("5100"), None): None}) == 1
    assert names()["1000", "GEN"] == "090"


def test_writing_the_same_changes_nothing_and_is_not_written_down() -> None:
    row: Wanted = {(account("1000"), None): Given("090", "Bank", "c", "l", "t")}
    assert (write(row), write(row)) == (1, 0)
    assert AuditEvent.objects.filter(action="journal map changed").count() == 1
    kept = AccountMap.objects.get()
    assert (kept.changed_by.email, kept.changed_at) == ("finance@example.org", NOW)


def test_our_own_codes_stand_for_our_own_table_and_beancount() -> None:
    assert names(Target.GENERIC)["1000", "RSC"] == "1000"
    assert (
        names(Target.BEANCOUNT)["4000", "RSC"] == "Income:4000-Contributions-without-donor-restrictions:RSC"
    )
    write({(account("1000"), None): Given("Assets:Bank:Checking")}, Target.BEANCOUNT)
    assert names(Target.BEANCOUNT)["1000", "RSC"] == "Assets:Bank:Checking"


@pytest.mark.parametrize(
    ("target", "given", "field", "code"),
    [
        (Target.XERO, Given(""), "code", "empty"),
        (Target.XERO, Given("x" * 61), "code", "long"),
        (Target.XERO, Given("1", name="a\tb"), "name", "breaks"),
        (Target.XERO, Given("1", location=" x"), "location", "breaks"),
        (Target.XERO, Given("=1+1"), "code", "formula"),
        (Target.XERO, Given("1", tax="@x"), "tax", "formula"),
        (Target.XERO, Given("1", name="850101-1234567"), "name", "resident"),
        (Target.QUICKBOOKS_DESKTOP, Given("1", name="은행"), "name", "letters"),
        (Target.QUICKBOOKS_DESKTOP, Given('Bank "A"'), "code", "letters"),
        (Target.BEANCOUNT, Given("Bank"), "code", "account"),
        (Target.BEANCOUNT, Given("Assets:은행"), "code", "account"),
        (Target.SAGE_50, Given("BANK"), "code", "digits"),
        (Target.SAGE_50, Given("1200", class_name="Rescue"), "class_name", "digits"),
    ],
)
def test_what_a_program_cannot_take_is_refused(target: str, given: Given, field: str, code: str) -> None:
    with pytest.raises(UnableToMap) as refused:
        write({(account("4000"), None): Given("ok"), (account("1000"), None): given}, target)
    if target not in {Target.BEANCOUNT, Target.SAGE_50}:
        assert (refused.value.field, refused.value.code) == (field, code)
    with pytest.raises(UnableToMap) as alone:
        mapping.check(target=target, given=given)
    assert (alone.value.field, alone.value.code) == (field, code)
    assert not AccountMap.objects.exists()


@pytest.mark.parametrize(
    ("target", "given"),
    [
        (Target.QUICKBOOKS_ONLINE, Given("Mission:은행", "Mission:은행")),
        (Target.QUICKBOOKS_DESKTOP, Given("Café:Bank")),
        (Target.BEANCOUNT, Given("Equity:7900-Exchange:RSC")),
        (Target.SAGE_50, Given("1200", class_name="7", tax="T9")),
    ],
)
def test_what_a_program_takes_is_kept(target: str, given: Given) -> None:
    mapping.check(target=target, given=given)


def file(target: str = Target.XERO) -> list[dict[str, str]]:
    content = mapping_files.written(entity=making.entity(), target=target)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read(content: bytes | str, target: str = Target.XERO) -> int:
    return mapping_files.read(
        entity=making.entity(),
        target=target,
        content=content.encode() if isinstance(content, str) else content,
        actor=handing.actor(),
        now=NOW,
    )


def test_the_map_goes_out_is_filled_in_and_comes_back() -> None:
    rows = file()
    assert [(row["account"], row["fund"], row["code"]) for row in rows] == [
        ("1000", "", ""), ("1000", "GEN", ""), ("1000", "RSC", ""),
        ("4000", "", ""), ("4000", "GEN", ""), ("4000", "RSC", ""),
    ]  # fmt: skip
    filled = (
        "account,fund,code,name,class\r\n1000,,090,Bank,\r\n4000,RSC,201,Gifts,Rescue\r\n\r\n4000,GEN,200\r\n"
    )
    assert read(filled) == 3
    assert names() == {
        ("1000", "GEN"): "090", ("1000", "RSC"): "090", ("4000", "GEN"): "200", ("4000", "RSC"): "201",
    }  # fmt: skip
    whole = mapping_files.written(entity=making.entity(), target=Target.XERO)
    assert read(whole) == 0
    assert read(whole.decode("utf-8-sig").replace("090,Bank", ",")) == 1
    assert names()["1000", "GEN"] is None


def test_what_guards_a_cell_is_taken_off_again() -> None:
    AccountMap.objects.create(
        entity=making.entity(), target=Target.XERO, account=account("1000"), code="-090",
        changed_by=handing.actor(), changed_at=NOW,
    )  # fmt: skip
    content = mapping_files.written(entity=making.entity(), target=Target.XERO)
    assert b"'-090" in content
    with pytest.raises(UnableToRead, match="formula") as refused:
        read(content)
    assert refused.value.said == "-090"


@pytest.mark.parametrize(
    ("content", "code", "row", "column"),
    [
        ("", "columns", 1, "account"),
        ("account,code\r\n", "columns", 1, "fund"),
        (b"\xff\xfe", "letters", 0, ""),
        ('account,fund,code\r\n"1000,,1', "letters", 0, ""),
        ("x" * (mapping_files.LARGEST + 1), "size", 0, ""),
        ("account,fund,code\r\n" + "1000,,1\r\n" * 5_001, "size", 0, ""),
        ("account,fund,code\r\n1000,,090\r\n9999,,1\r\n", "account", 3, "account"),
        ("account,fund,code\r\n1000,NOPE,090\r\n", "fund", 2, "fund"),
        ("account,fund,code\r\n1000,,090\r\n1000,,091\r\n", "twice", 3, "account"),
        ("account,fund,code,class\r\n1000,,090,=1\r\n", "formula", 2, "class"),
        ("account,fund,code,name\r\n1000,,,Bank\r\n", "empty", 2, "code"),
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    content: bytes | str, code: str, row: int, column: str
) -> None:
    with pytest.raises(UnableToRead) as refused, transaction.atomic():
        read(content)
    assert (refused.value.code, refused.value.row, refused.value.column) == (code, row, column)
    assert not AccountMap.objects.exists()
