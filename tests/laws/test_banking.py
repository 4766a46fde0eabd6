"""Lines of the bank: only their state moves, their words only go, and what they are sums to them."""

from __future__ import annotations

from itertools import product

import pytest
from django.db import connection, transaction

from books import accepting, matching
from books.accepting import Kind, Part
from books.models import BankLine, BankMatch, StatementDraft
from reports import banking_laws
from tests.books import banks
from tests.books.test_matching import payout
from tests.facts import NOW
from tests.laws import banking_rows
from tests.laws.test_steps import stand
from tests.refusing import refused_by
from tests.threads import at_once, results

LINE_STEPS = {
    "new": {"no_match", "matched", "discarded"},
    "no_match": {"matched", "discarded"},
    "matched": {"no_match"},
    "discarded": {"no_match"},
}
DRAFT_STEPS = {
    "uploaded": {"reading", "dropped"},
    "reading": {"read", "refused", "dropped"},
    "read": {"reading", "taking_in", "dropped"},
    "refused": {"reading", "dropped"},
    "taking_in": {"taken_in", "refused"},
    "taken_in": set(),
    "dropped": set(),
}


def put(pk: int, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE books_bankline DISABLE TRIGGER USER")
        settled = NOW if state in {"matched", "discarded"} else None
        cursor.execute(
            "UPDATE books_bankline SET state = %s, settled_at = %s, reason = 'x', payer = '' WHERE id = %s",
            [state, settled, pk],
        )
        cursor.execute("ALTER TABLE books_bankline ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_a_line_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(LINE_STEPS) == set(BankLine.State.values)
    line = banks.line(banks.account(), 100)
    for before, after in product(LINE_STEPS, LINE_STEPS):
        put(line.pk, before)
        settled = NOW if after in {"matched", "discarded"} else None
        rows = BankLine.objects.filter(pk=line.pk)
        if after == before:
            continue
        law = "bank_line_is_what_its_matches_sum_to" if after == "matched" else ""
        if after not in LINE_STEPS[before]:
            law = "bank_line_takes_allowed_step"
        if law:
            with refused_by(law):
                rows.update(state=after, settled_at=settled)
        else:
            assert rows.update(state=after, settled_at=settled) == 1


@pytest.mark.django_db
def test_a_draft_takes_the_steps_of_its_table_and_no_other() -> None:
    assert set(DRAFT_STEPS) == set(StatementDraft.Status.values)
    from jobs import running

    job = running.enqueue(kind="none", arguments={}, requested_by_id=None, now=NOW)
    draft = banking_rows.draft(job=job, refusal={"code": "x"})
    for before, after in product(DRAFT_STEPS, DRAFT_STEPS):
        stand("books_statementdraft", draft.pk, before)
        rows = StatementDraft.objects.filter(pk=draft.pk)
        if after in DRAFT_STEPS[before] | {before}:
            assert rows.update(status=after) == 1
        else:
            with refused_by("statement_draft_takes_allowed_step"):
                rows.update(status=after)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed",
    [
        {"amount_minor": 200},
        {"booked_on": "2020-01-01"},
        {"payer": "LEE"},
        {"reference": "x"},
        {"checksum": "1" * 64},
    ],
)
@pytest.mark.django_db
def test_nothing_of_a_line_changes_but_its_state(changed: dict[str, object]) -> None:
    line = banks.line(banks.account(), 100, payer="KIM", reference="r")
    with refused_by("bank_line_changes_only_its_state"):
        BankLine.objects.filter(pk=line.pk).update(**changed)
    BankLine.objects.filter(pk=line.pk).update(payer="", reference="")


@pytest.mark.django_db
def test_lines_are_never_taken_away() -> None:
    line = banks.line(banks.account(), 100)
    for words in ("DELETE FROM books_bankline WHERE id = %s", "TRUNCATE books_bankline CASCADE"):
        with refused_by("bank_line_stays"), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(words, [line.pk] if "%s" in words else None)


@pytest.mark.django_db
def test_no_resident_number_stands_in_a_line() -> None:
    account = banks.account()
    for payer, reference in (("KIM 900101-1234567", ""), ("", "9001011234567")):
        with refused_by("bank_line_holds_no_resident_number"):
            banks.line(account, 100, payer=payer, reference=reference)


@pytest.mark.django_db
def test_matches_sum_to_their_line() -> None:
    line = banks.line(banks.account(), 100)
    with refused_by("bank_line_is_what_its_matches_sum_to"):
        BankMatch.objects.create(
            line=line, kind="other", amount_minor=100, score=0, is_automatic=True, matched_at=NOW
        )
    with refused_by("bank_line_is_what_its_matches_sum_to"):
        BankMatch.objects.create(
            line=line, kind="other", amount_minor=99, score=0, is_automatic=True, matched_at=NOW
        )
        matching.settle(line_ids=[line.pk], now=NOW)


@pytest.mark.django_db
def test_a_match_is_undone_exactly_and_once() -> None:
    line = banks.line(banks.account(), 100)
    with transaction.atomic():
        (made,) = accepting.accept(
            line_id=line.pk,
            parts=[Part(kind=Kind.OTHER, reason="own transfer")],
            score=0,
            is_automatic=False,
            actor=banks.teller(),
            now=NOW,
        )
    with refused_by("bank_match_is_undone_exactly"):
        BankMatch.objects.create(
            line=line, kind="other", amount_minor=-99, score=0, is_automatic=True, matched_at=NOW, undoes=made
        )


@pytest.mark.django_db
def test_a_payout_is_matched_with_its_own_amount_alone() -> None:
    paid = payout(100)
    line = banks.line(banks.account(), 200)
    with refused_by("bank_match_is_of_the_amount_it_names"):
        BankMatch.objects.create(
            line=line,
            kind="payout",
            payout=paid,
            amount_minor=200,
            score=0,
            is_automatic=True,
            matched_at=NOW,
        )


def test_the_law_finds_what_was_done_behind_the_triggers(unguarded: None) -> None:
    account = banks.account()
    paid = payout(100)
    lines = [banks.line(account, 100), banks.line(account, 100), banks.line(account, 300)]
    for line in lines[:2]:
        BankMatch.objects.create(
            line=line,
            kind="payout",
            payout=paid,
            amount_minor=100,
            score=0,
            is_automatic=True,
            matched_at=NOW,
        )
    BankMatch.objects.create(
        line=lines[2], kind="charge", amount_minor=300, score=0, is_automatic=True, matched_at=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute(banking_laws.ROWS[0][2])
        found = sorted(row[0] for row in cursor.fetchall())
    assert len(found) == 5
    assert any(f"payout {paid.pk} is at the bank 2 times" in row for row in found)
    assert any("its gifts, charges and interest are 300" in row for row in found)


def test_of_two_people_at_once_one_ties_a_payout(committed_db: None) -> None:
    account = banks.account()
    paid = payout(1_000)
    lines = [banks.line(account, paid.amount_minor) for _ in range(2)]

    def tie(line: BankLine) -> str:
        try:
            accepting.accept(
                line_id=line.pk,
                parts=[Part(kind=Kind.PAYOUT, payout_id=paid.pk)],
                score=0,
                is_automatic=False,
                actor=banks.teller(),
                now=NOW,
            )
        except accepting.UnableToAccept as error:
            return error.code
        return "tied"

    told = results(at_once([lambda line=line: tie(line) for line in lines]))  # type: ignore[misc]
    assert sorted(told) == ["taken", "tied"]
    assert BankMatch.objects.filter(payout=paid).count() == 1
