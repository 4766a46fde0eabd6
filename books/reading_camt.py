"""Reading CAMT.053: the entries of a bank's statement in XML (ISO 20022), whatever its version.

Document types and entities are refused before anything of them is built. Only booked entries are lines; those that are
pending are left out and counted. An entry of several transfers becomes a line for each, where their sums
are told in the account's own currency and add up.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from books import reading_cells, reading_statements
from books.decoding import UnreadableFile
from books.reading_cells import UnreadableCell
from books.reading_statements import Gist, Reading, Refused, Told

Element = Any
"""An element of the tree; the library ships no types."""
DEEPEST = 40
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)


class _At(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def read(file: BinaryIO, *, currency: str, last4: str, today: date, gist: Gist) -> Reading:
    """Read a statement entry by entry. Raises decoding.UnreadableFile for what makes the whole of it unreadable.

    `last4` are the account's last digits, "" if unknown: a statement of another account is refused.
    This function will yield each line as told or refused, and complete `gist` on the way.
    """
    number = 0
    found = False
    for name, element in _elements(file):
        if name == "Acct":
            _check_account(element, last4)
            found = True
        elif name == "Bal":
            _balance(element, currency, gist)
        elif name == "Ntry":
            found = True
            for line in _entry(element, number, currency, today, gist):
                number = line.position
                if number > reading_statements.MOST_ROWS:
                    raise UnreadableFile("too_many_rows", row=number, told=str(reading_statements.MOST_ROWS))
                yield line
            element.clear()
    if not found:
        raise UnreadableFile("not_camt")


def _elements(file: BinaryIO) -> Iterator[tuple[str, Element]]:
    """Accounts, balances and entries of the statement as they are complete; what is inside of entries is theirs."""
    file.seek(0)
    path: list[str] = []
    try:
        for event, element in ElementTree.iterparse(file, events=("start", "end"), forbid_dtd=True):
            name = _local(element.tag)
            if event == "start":
                path.append(name)
                if len(path) > DEEPEST:
                    raise UnreadableFile("xml", told=name)
                continue
            path.pop()
            if path and path[-1] in {"Stmt", "Rpt"} and name in {"Acct", "Bal", "Ntry"}:
                yield name, element
    except DefusedXmlException as error:
        raise UnreadableFile("xml_entities") from error
    except (ParseError, ValueError, LookupError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("xml", row=getattr(error, "position", (0, 0))[0]) from error


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _under(element: Element, *names: str) -> list[Element]:
    """The elements at the end of a path of names, whatever the namespace."""
    found = [element]
    for name in names:
        found = [child for parent in found for child in parent if _local(child.tag) == name]
    return found


def _text(element: Element, *names: str) -> str:
    return next((str(found.text).strip() for found in _under(element, *names) if found.text), "")


def _check_account(account: Element, last4: str) -> None:
    number = _text(account, "Id", "IBAN") or _text(account, "Id", "Othr", "Id")
    if last4 and number and not number.replace(" ", "").upper().endswith(last4):
        raise UnreadableFile("other_account", told=number.replace(" ", "")[-4:])


def _balance(balance: Element, currency: str, gist: Gist) -> None:
    kind = _text(balance, "Tp", "CdOrPrtry", "Cd")
    amounts = _under(balance, "Amt")
    if not amounts or kind not in {*OPENING, *CLOSING}:
        return
    if amounts[0].get("Ccy") != currency:
        raise UnreadableFile("other_currency", told=str(amounts[0].get("Ccy"))[:3])
    try:
        minor = _signed(balance, amounts[0], currency)
    except UnreadableCell as error:
        raise UnreadableFile("balance", told=str(amounts[0].text)[:40]) from error
    # Several statements in one file: the first opens, the last closes.
    if kind in OPENING and gist.opening_minor is None:
        gist.opening_minor = minor
    if kind in CLOSING:
        gist.closing_minor = minor


def _signed(element: Element, amount: Element, currency: str) -> int:
    minor = reading_cells.read_amount(str(amount.text), currency=currency, decimal=".")
    return -minor if _text(element, "CdtDbtInd") == "DBIT" else minor


def _entry(entry: Element, number: int, currency: str, today: date, gist: Gist) -> Iterator[Told | Refused]:
    """One entry as one line, or as one line for each of its transfers."""
    state = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
    number += 1
    if state not in {"", "BOOK"}:
        gist.skipped.append(number)
        return
    try:
        yield from _lines(entry, number, currency, today)
    except _At as wrong:
        if wrong.reason == "nothing":
            gist.skipped.append(number)
            return
        yield Refused(number, wrong.column, wrong.reason, _whole(entry))


def _lines(entry: Element, number: int, currency: str, today: date) -> list[Told]:
    day = _day(entry, today)
    amounts = _under(entry, "Amt")
    if not amounts:
        raise _At("Amt", "amount")
    if amounts[0].get("Ccy") != currency:
        raise _At("Amt", "currency")
    try:
        amount = _signed(entry, amounts[0], currency)
    except UnreadableCell as error:
        raise _At("Amt", error.reason) from error
    if not amount:
        raise _At("Amt", "nothing")
    own = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    details = _under(entry, "NtryDtls", "TxDtls")
    parts = _parts(details, currency, amount)
    if parts is None:
        told = _line((number, day, amount), details, own, more=_text(entry, "AddtlNtryInf"))
        return [told]
    return [
        _line((number + place, day, part), [detail], f"{own}/{place + 1}" if own else "")
        for place, (detail, part) in enumerate(zip(details, parts, strict=True))
    ]


def _day(entry: Element, today: date) -> date:
    said = (
        _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10] or _text(entry, "ValDt", "Dt")
    )
    try:
        return reading_cells.check_day(reading_cells.read_day(said, order="ymd"), today=today)
    except UnreadableCell as error:
        raise _At("BookgDt", error.reason) from error


def _parts(details: list[Element], currency: str, amount: int) -> list[int] | None:
    """The amounts of the transfers in one entry, if each is told in the account's currency and they add up."""
    if len(details) < 2:
        return None
    parts: list[int] = []
    for detail in details:
        told = _under(detail, "Amt") or _under(detail, "AmtDtls", "TxAmt", "Amt")
        if not told or told[0].get("Ccy") != currency:
            return None
        try:
            part = reading_cells.read_amount(str(told[0].text), currency=currency, decimal=".")
        except UnreadableCell:
            return None
        parts.append(part if amount > 0 else -part)
    return parts if sum(parts) == amount and all(parts) else None


def _line(what: tuple[int, date, int], details: list[Element], own: str, *, more: str = "") -> Told:
    """The payer is the debtor of what came, the creditor of what went; a name stands in two places by version."""
    number, day, amount = what
    side = "Dbtr" if amount > 0 else "Cdtr"
    payers, references = [], []
    for detail in details:
        name = _text(detail, "RltdPties", side, "Nm") or _text(detail, "RltdPties", side, "Pty", "Nm")
        payers.append(name)
        references += [str(one.text or "") for one in _under(detail, "RmtInf", "Ustrd")]
        references.append(_text(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref"))
        end_to_end = _text(detail, "Refs", "EndToEndId")
        references.append("" if end_to_end == "NOTPROVIDED" else end_to_end)
    return Told(
        number,
        day,
        amount,
        reading_statements.words(" ".join(filter(None, payers)), most=reading_statements.PAYER),
        reading_statements.words(
            " ".join(filter(None, [*references, more])), most=reading_statements.REFERENCE
        ),
        reading_statements.own_ref(own),
    )


def _whole(entry: Element) -> str:
    words = " ".join(part.strip() for part in entry.itertext() if part.strip())
    return reading_statements.words(words, most=1000)
