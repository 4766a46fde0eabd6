"""CAMT.053 and MT940: what is no statement is refused as a whole, what is no line by its number."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest

from books import reading_camt, reading_mt940
from books.decoding import UnreadableFile
from books.reading_statements import Gist, Refused, Told
from tests.books.banks import TODAY

NTRY = (
    '<Ntry><Amt Ccy="{ccy}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{state}</Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{details}</Ntry>"
)
DETAIL = (
    '<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Nm>{name}'
    "</Nm></Dbtr></RltdPties><RmtInf><Ustrd>{words}</Ustrd></RmtInf></TxDtls>"
)


def several(*transfers: tuple[str, str, str]) -> str:
    told = "".join(DETAIL.format(amount=amount, name=name, words=words) for amount, name, words in transfers)
    return f"<NtryDtls>{told}</NtryDtls>"


def entry(amount: str = "10.00", **given: str) -> str:
    values = {
        "ccy": "EUR",
        "side": "CRDT",
        "state": "BOOK",
        "day": "2026-11-02",
        "ref": "",
        "details": "",
        **given,
    }
    return NTRY.format(amount=amount, **values)


def camt(*entries: str, account: str = "DE00 1234", balances: tuple[str, str] = ("5.00", "15.00")) -> bytes:
    bal = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
        for code, amount in zip(("OPBD", "CLBD"), balances, strict=True)
    )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>{bal}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def read_camt(content: bytes, last4: str = "1234") -> tuple[list[Told | Refused], Gist]:
    gist = Gist()
    rows = reading_camt.read(BytesIO(content), currency="EUR", last4=last4, today=TODAY, gist=gist)
    return list(rows), gist


def test_camt_entries_with_their_transfers_one_by_one() -> None:
    both = several(("4.00", "KIM", "RSC-1"), ("6.00", "LEE", "x"))
    rows, gist = read_camt(
        camt(entry(ref="B1", details=both), entry("3.00", side="DBIT"), entry(state="PDNG"), entry("0.00"))
    )
    lines = [one for one in rows if isinstance(one, Told)]
    assert [(one.position, one.amount_minor, one.payer, one.reference, one.bank_ref) for one in lines] == [
        (1, 400, "KIM", "RSC-1", "B1/1"), (2, 600, "LEE", "x", "B1/2"), (3, -300, "", "", ""),
    ]  # fmt: skip
    assert (gist.opening_minor, gist.closing_minor, len(gist.skipped)) == (500, 1_500, 2)


def test_camt_transfers_that_do_not_add_up_stay_one_line() -> None:
    odd = several(("4.00", "KIM", "a"), ("4.00", "LEE", "b"))
    rows, _ = read_camt(camt(entry(details=odd)))
    lines = [one for one in rows if isinstance(one, Told)]
    assert [(one.amount_minor, one.payer, one.reference) for one in lines] == [(1_000, "KIM LEE", "a b")]


@pytest.mark.parametrize(
    ("made", "column", "reason"),
    [
        (entry(ccy="USD"), "Amt", "currency"), (entry("ten"), "Amt", "amount"),
        (entry("1.001"), "Amt", "decimals"),
        (entry(day="2010-09-39"), "BookgDt", "day"), (entry(day=""), "BookgDt", "day"),
        (entry().replace('<Amt Ccy="EUR">10.00</Amt>', ""), "Amt", "amount"),
    ],
)  # fmt: skip
def test_camt_entries_that_cannot_be_read_are_refused(made: str, column: str, reason: str) -> None:
    rows, _ = read_camt(camt(made))
    assert [(one.position, one.column, one.reason) for one in rows if isinstance(one, Refused)] == [
        (1, column, reason)
    ]


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
OUTSIDE = b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (BOMB, "xml_entities"), (OUTSIDE, "xml_entities"), (b"<a><b></a>", "xml"), (b"no xml", "xml"),
        (b"<a/>", "not_camt"),
        (b"<a>" * 50 + b"</a>" * 50, "xml"), (camt(account="DE00 9999"), "other_account"),
        (b'<?xml version="1.0" encoding="nope"?><a/>', "xml"),
        (camt(balances=("x", "1")), "balance"), (camt().replace(b'"EUR">5', b'"USD">5'), "other_currency"),
    ],
)  # fmt: skip
def test_camt_files_that_are_none_are_refused(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_camt(content)
    assert refused.value.code == code


MT940 = """:20:STARTUMS
:25:12345678/00001234
:28C:1/1
:60F:C261101EUR100,00
:61:2611021102C25,00NTRFNONREF//B1
:86:166?00GUTSCHRIFT?20SVWZ+RSC-123456?32KIM MINSEO
:61:2611031103D2,50NCHGNONREF//B2
:86:Kontogebuehr
:62F:C261103EUR122,50
-"""


def read_mt940(text: str, last4: str = "1234") -> tuple[list[Told | Refused], Gist]:
    gist = Gist()
    rows = reading_mt940.read(BytesIO(text.encode()), currency="EUR", last4=last4, today=TODAY, gist=gist)
    return list(rows), gist


def test_mt940_lines_with_their_balances() -> None:
    rows, gist = read_mt940(MT940)
    lines = [one for one in rows if isinstance(one, Told)]
    assert [(one.position, one.booked_on, one.amount_minor, one.bank_ref) for one in lines] == [
        (1, date(2026, 11, 2), 2_500, "B1"),
        (2, date(2026, 11, 3), -250, "B2"),
    ]
    assert lines[0].payer == "KIM MINSEO"
    assert "RSC-123456" in lines[0].reference
    assert "Kontogebuehr" in lines[1].reference
    assert (gist.opening_minor, gist.closing_minor) == (10_000, 12_250)


def test_two_mt940_statements_in_one_file_open_with_the_first_and_close_with_the_last() -> None:
    after = MT940.replace("C261101EUR100,00", "C261103EUR122,50").replace("122,50\n-", "145,00\n-")
    rows, gist = read_mt940(f"{MT940}\n{after}")
    assert len(rows) == 4
    assert (gist.opening_minor, gist.closing_minor) == (10_000, 14_500)


@pytest.mark.parametrize(
    ("was", "becomes", "reason"),
    [
        (":61:2611031103D2,50NCHG", ":61:2611391103D2,50NCHG", "shape"),
        (":61:2611031103D2,50NCHG", ":61:garbage", "shape"),
        ("D2,50NCHG", "D2,505NCHG", "decimals"), (":61:2611031103D", ":61:4611031103D", "day_far"),
    ],
)  # fmt: skip
def test_mt940_lines_that_cannot_be_read_are_refused_by_their_number(
    was: str, becomes: str, reason: str
) -> None:
    rows, _ = read_mt940(MT940.replace(was, becomes))
    assert isinstance(rows[0], Told)
    assert [(one.position, one.column, one.reason) for one in rows if isinstance(one, Refused)] == [
        (2, ":61:", reason)
    ]


def test_mt940_lines_of_nothing_are_left_out() -> None:
    rows, gist = read_mt940(MT940.replace("D2,50NCHG", "D0,00NCHG"))
    assert (len(rows), gist.skipped) == (1, [2])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "not_mt940"), (MT940.replace("00001234", "00009999"), "other_account"),
        (MT940.replace("EUR", "USD"), "other_currency"),
    ],
)  # fmt: skip
def test_mt940_files_that_are_none_are_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableFile, match=code):
        read_mt940(text)
