"""Unmatching: a wrong match is undone by another row; a line that is nothing of ours is set aside for a reason.

What was undone leaves a line without its words: they were forgotten when it was matched. The bank's own page has them.
"""

from datetime import datetime

from django.db import transaction

from books import matching, posting_lines, remembering_payers
from books.models import BankLine, BankMatch
from donors import refusing
from staff import auditing
from staff.models import User

State = BankLine.State


class UnableToUnmatch(ValueError):
    """`code` says why: `unknown`, `open` (there is nothing to undo), `settled`, `reason`, `resident_number`,

    `reversed` (its gift was taken back, and its money at the bank with it).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def undo(*, line_id: int, reason: str, actor: User, now: datetime) -> BankLine:
    """Take every match of a line back, and the entries that came of them. A gift that was entered stays in the books
    as money not deposited: it is another deed to take the gift back, on its own page.

    Raises UnableToUnmatch. This function will return the line, which waits again.
    """
    words = _words(reason)
    with transaction.atomic():
        line = _locked(line_id)
        standing = active(line)
        if line.state not in {State.MATCHED, State.DISCARDED}:
            raise UnableToUnmatch("open")
        if any(match.kind == BankMatch.Kind.GIFT and _went_back(match) for match in standing):
            raise UnableToUnmatch("reversed")
        for match in standing:
            _take_back(match, words, actor=actor, now=now)
        if standing:
            posting_lines.take_back(line=line, now=now)
        _move(line, State.NO_MATCH, words)
        _note(line, "bank_line.undone", words, actor=actor, now=now)
    return line


def active(line: BankLine) -> list[BankMatch]:
    """This function will return the matches of a line that stand, in their order."""
    rows = BankMatch.objects.filter(line=line, undoes__isnull=True, undoing__isnull=True)
    return list(rows.select_related("payout", "batch", "donation__donor").order_by("id"))


def _went_back(match: BankMatch) -> bool:
    """A gift that was reversed at the bank took its money from there: undoing the line would take it twice."""
    return match.donation is not None and match.donation.refunds.exists()


def _take_back(match: BankMatch, words: str, *, actor: User, now: datetime) -> None:
    if match.kind == BankMatch.Kind.GIFT and match.donation is not None:
        remembering_payers.unlearn(
            entity_id=match.donation.entity_id, donor=match.donation.donor, learned_at=match.matched_at
        )
    BankMatch.objects.create(
        line_id=match.line_id,
        kind=match.kind,
        payout_id=match.payout_id,
        batch_id=match.batch_id,
        donation_id=match.donation_id,
        amount_minor=-match.amount_minor,
        score=match.score,
        is_automatic=False,
        undoes=match,
        reason=words,
        matched_by=actor,
        matched_at=now,
    )


def discard(*, line_id: int, reason: str, actor: User, now: datetime) -> BankLine:
    """Set a line aside that is nothing of our books, for a reason; its words are forgotten. Raises UnableToUnmatch.

    This function will return the line.
    """
    return _settle(line_id, State.DISCARDED, reason, actor=actor, now=now)


def leave(*, line_id: int, reason: str, actor: User, now: datetime) -> BankLine:
    """Note that somebody looked at a line and found nothing yet; it waits on. Raises UnableToUnmatch.

    This function will return the line.
    """
    return _settle(line_id, State.NO_MATCH, reason, actor=actor, now=now)


def _settle(line_id: int, state: BankLine.State, reason: str, *, actor: User, now: datetime) -> BankLine:
    words = _words(reason)
    with transaction.atomic():
        line = _locked(line_id)
        if line.state not in matching.OPEN:
            raise UnableToUnmatch("settled")
        is_discarded = state == State.DISCARDED
        if is_discarded:
            line.payer = line.reference = ""
            line.settled_at, line.settled_by = now, actor
        _move(line, state, words)
        _note(line, f"bank_line.{'discarded' if is_discarded else 'left'}", words, actor=actor, now=now)
    return line


def _words(reason: str) -> str:
    words = " ".join(reason.split())[:200]
    if code := refusing.wrong_reason(words):
        raise UnableToUnmatch(code)
    return words


def _locked(line_id: int) -> BankLine:
    rows = BankLine.objects.select_for_update(of=("self",)).select_related("bank_account__entity")
    line = rows.filter(pk=line_id).first()
    if line is None:
        raise UnableToUnmatch("unknown")
    return line


def _move(line: BankLine, state: BankLine.State, words: str) -> None:
    if state == State.NO_MATCH:
        line.settled_at = line.settled_by = None
    line.state, line.reason = state, words
    line.save(update_fields=["state", "reason", "payer", "reference", "settled_at", "settled_by"])


def _note(line: BankLine, action: str, words: str, *, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor, action=action, target=f"bank_line:{line.pk}", details={"reason": words}, now=now
    )
