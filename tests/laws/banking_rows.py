"""The laws of the bank's lines, each by a row that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from books.models import BankLine, BankMatch, PayerMark, Statement, StatementDraft
from donations.models import Donation
from payments.models import BankAccount
from tests import facts
from tests.books import banks
from tests.facts import NOW


def account(**given: Any) -> BankAccount:
    return banks.account(**given)


def statement(of: BankAccount, **given: Any) -> Statement:
    values: dict[str, Any] = {
        "bank_account": of,
        "file_name": "a.csv",
        "file_sha256": "0" * 64,
        "format": "csv",
        "row_count": 1,
        "new_count": 1,
        "known_count": 0,
        "imported_by": banks.teller(),
        "imported_at": NOW,
        **given,
    }
    return Statement.objects.create(**values)


def draft(**given: Any) -> StatementDraft:
    values: dict[str, Any] = {
        "bank_account": account(),
        "file_name": "a.csv",
        "file_sha256": "0" * 64,
        "byte_count": 1,
        "asked_by": banks.teller(),
        "asked_at": NOW,
        **given,
    }
    return StatementDraft.objects.create(**values)


def line(**changed: Any) -> BankLine:
    """A line like one that is there, but for what is told; a key, a checksum and a place of its own."""
    first = banks.line(account(name=f"Account {facts.number()}"), 100)
    values = {field.attname: getattr(first, field.attname) for field in first._meta.concrete_fields}
    own: dict[str, Any] = {"id": None, "checksum": f"{facts.number():064x}", "position": 2}
    return BankLine.objects.create(**{**values, **own, **changed})


def twice_known() -> None:
    first = line()
    line(bank_account_id=first.bank_account_id, checksum=first.checksum)


def match(**given: Any) -> BankMatch:
    values: dict[str, Any] = {
        "kind": "other",
        "amount_minor": 100,
        "score": 0,
        "is_automatic": True,
        "matched_at": NOW,
        **given,
    }
    if "line" not in values:
        values["line"] = banks.line(account(name=f"Account {facts.number()}"), 100)
    return BankMatch.objects.create(**values)


def mark_twice() -> None:
    for _ in range(2):
        PayerMark.objects.create(entity=banks.entity(), mark="0" * 64, donor=facts.donor(), seen_at=NOW)


def gift() -> Donation:
    return facts.donation()


BROKEN: dict[str, list[Callable[[], object]]] = {
    "bank_account_name_once": [lambda: [account(), account()]],
    "bank_account_shows_last_digits": [lambda: account(last4="1"), lambda: account(last4="12ab")],
    "statement_read_once": [lambda: [statement(of) for of in [account()] * 2]],
    "statement_hash_is_hexadecimal": [lambda: statement(account(), file_sha256="x" * 64)],
    "statement_draft_at_work_has_a_job": [lambda: draft(status="reading"), lambda: draft(status="taken_in")],
    "statement_draft_refused_for_a_reason": [lambda: draft(status="refused")],
    "payer_mark_once_for_a_giver": [mark_twice],
    "bank_line_comes_once": [twice_known],
    "bank_line_once_per_position": [lambda: line(position=1)],
    "bank_line_is_not_zero": [lambda: line(amount_minor=0)],
    "bank_line_settled_at_only_when_settled": [
        lambda: line(state="matched"),
        lambda: line(settled_at=NOW),
        lambda: line(state="discarded", reason="x"),
        lambda: line(state="unheard"),
    ],
    "bank_line_forgets_its_words_when_matched": [
        lambda: line(state="matched", settled_at=NOW, payer="KIM"),
        lambda: line(state="matched", settled_at=NOW, reference="RSC"),
    ],
    "bank_line_discarded_for_a_reason": [lambda: line(state="discarded", settled_at=NOW)],
    "bank_match_is_not_zero": [lambda: match(amount_minor=0)],
    "bank_match_score_up_to_100": [lambda: match(score=101)],
    "bank_match_names_what_it_is": [
        lambda: match(kind="payout"),
        lambda: match(kind="unheard"),
        lambda: match(kind="charge", donation=(given := gift()), amount_minor=-given.amount_minor),
    ],
    "bank_match_by_somebody_or_by_itself": [lambda: match(is_automatic=False)],
}
