"""Transferring: money moves between two funds of one body and stays in its class. Always by two people.

Unrestricted money may go to any fund of the body. Restricted money goes only to a fund of the same restriction, and the
paper by which its giver agreed is kept: nobody but a giver changes what a gift is for (ASU 2016-14).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from books import filing_papers, measuring, postings, releasing
from books.filing_papers import Filed, Paper
from books.models import FundTransfer, TransferRequest
from books.releasing import UnableToRelease
from ledger import money, posting
from ledger.models import Entry, Fund
from ledger.money import Money
from staff import auditing
from staff.models import User

Status = TransferRequest.Status


class UnableToTransfer(ValueError):
    """`code` is `same`, `entity`, `closed`, `class`, `amount`, `above`, `day`, `reason`, `resident_number`, `document`,
    `other`, `alone`, `decided` or what is wrong with the document. `left` says how much there is, with `above`.
    """

    def __init__(self, code: str, left: Money | None = None) -> None:
        super().__init__(code)
        self.code, self.left = code, left


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transfer as somebody asks for it. `id` is made with the form: one form, one transfer."""

    id: uuid.UUID
    fund_from: Fund
    fund_to: Fund
    is_restricted: bool
    amount: Money
    moved_on: date
    reason: str


def ask(*, move: Move, paper: Paper | None, actor: User, now: datetime) -> TransferRequest:
    """Ask that money be moved; somebody else decides. Under the same id it is one request.

    Raises UnableToTransfer; nothing is written then. This function will return the stored request.
    """
    with transaction.atomic():
        measuring.lock([move.fund_from.pk, move.fund_to.pk])
        known = TransferRequest.objects.filter(pk=move.id).first()
        if known is not None:
            return _same(known, move)
        words = _words(move.reason)
        _check(move, now)
        filed = _filed(move, paper, now)
        made = TransferRequest.objects.create(
            id=move.id,
            fund_from=move.fund_from,
            fund_to=move.fund_to,
            is_restricted=move.is_restricted,
            amount_minor=move.amount.minor,
            currency=move.amount.currency,
            moved_on=move.moved_on,
            reason=words,
            document_id=filed.sha256 if filed else None,
            document_name=filed.name if filed else "",
            asked_by=actor,
            asked_at=now,
        )
        _note(made, "transfer.asked", actor, now)
    return made


def _same(known: TransferRequest, move: Move) -> TransferRequest:
    told = (move.fund_from.pk, move.fund_to.pk, move.is_restricted, move.amount)
    if (known.fund_from_id, known.fund_to_id, known.is_restricted, known.amount) != told:
        raise UnableToTransfer("other")
    return known


def _words(typed: str) -> str:
    try:
        return releasing.reason_of(typed)
    except UnableToRelease as error:
        raise UnableToTransfer(error.code) from error


def _check(move: Move, now: datetime) -> None:
    if move.fund_from.pk == move.fund_to.pk:
        raise UnableToTransfer("same")
    if move.fund_from.entity_id != move.fund_to.entity_id:
        raise UnableToTransfer("entity")
    if not move.fund_to.is_open:
        raise UnableToTransfer("closed")
    if move.is_restricted and not (
        move.fund_from.is_restricted and move.fund_from.restriction == move.fund_to.restriction
    ):
        raise UnableToTransfer("class")
    if not 0 < move.amount.minor <= money.LARGEST_BY_HAND:
        raise UnableToTransfer("amount")
    today = move.fund_from.entity.day_of(now)
    if not today - releasing.OLDEST <= move.moved_on <= today:
        raise UnableToTransfer("day")
    left = movable(
        fund=move.fund_from,
        currency=move.amount.currency,
        is_restricted=move.is_restricted,
        on=move.moved_on,
    )
    if left < move.amount:
        raise UnableToTransfer("above", left)


def movable(*, fund: Fund, currency: str, is_restricted: bool, on: date) -> Money:
    """This function will return what may be moved out of a fund, of one class, on a day."""
    if is_restricted:
        return measuring.releasable(fund_id=fund.pk, currency=currency, on=on)
    left = measuring.unrestricted(fund_id=fund.pk, currency=currency)
    return left if left.minor > 0 else Money(0, currency)


def _filed(move: Move, paper: Paper | None, now: datetime) -> Filed | None:
    if paper is None or not paper.content:
        if move.is_restricted:
            raise UnableToTransfer("document")
        return None
    try:
        return filing_papers.file(paper=paper, now=now)
    except filing_papers.UnableToFile as error:
        raise UnableToTransfer(error.code) from error


def approve(*, request_id: uuid.UUID, actor: User, now: datetime) -> FundTransfer:
    """A second person agrees: the money moves. It is judged again as it stands now.

    Raises UnableToTransfer with `alone` for the one who asked, `decided` when somebody has decided, or what hinders it.
    This function will return the transfer.
    """
    with transaction.atomic():
        found = _open(request_id, actor)
        measuring.lock([found.fund_from_id, found.fund_to_id])
        move = Move(
            id=found.pk,
            fund_from=found.fund_from,
            fund_to=found.fund_to,
            is_restricted=found.is_restricted,
            amount=found.amount,
            moved_on=found.moved_on,
            reason=found.reason,
        )
        _check(move, now)
        _decide(found, Status.APPROVED, actor, now)
        made = _write(found, actor, now)
        _note(found, "transfer.approved", actor, now)
    return made


def _open(request_id: uuid.UUID, actor: User) -> TransferRequest:
    found = (
        TransferRequest.objects.select_related("fund_from__entity", "fund_to__entity")
        .filter(pk=request_id)
        .first()
    )
    if found is None or found.status != Status.ASKED:
        raise UnableToTransfer("decided")
    if found.asked_by_id == actor.pk:
        raise UnableToTransfer("alone")
    return found


def _decide(
    found: TransferRequest, status: TransferRequest.Status, actor: User, now: datetime, answer: str = ""
) -> None:
    if not TransferRequest.advance(pk=found.pk, to=status, by_id=actor.pk, now=now, answer=answer):
        raise UnableToTransfer("decided")


def _write(found: TransferRequest, actor: User, now: datetime) -> FundTransfer:
    made = FundTransfer.objects.create(
        id=found.pk,
        fund_from=found.fund_from,
        fund_to=found.fund_to,
        is_restricted=found.is_restricted,
        amount_minor=found.amount_minor,
        currency=found.currency,
        moved_on=found.moved_on,
        reason=found.reason,
        document_id=found.document_id,
        document_name=found.document_name,
        asked_by_id=found.asked_by_id,
        approved_by=actor,
        recorded_at=now,
    )
    posting.post(
        entity=found.fund_from.entity,
        kind=Entry.Kind.FUND_TRANSFER,
        source=f"transfer:{made.pk}",
        happened_at=found.fund_from.entity.noon(found.moved_on),
        postings=postings.transfer(
            from_id=found.fund_from_id,
            to_id=found.fund_to_id,
            amount=found.amount,
            is_restricted=found.is_restricted,
        ),
        now=now,
    )
    return made


def decline(*, request_id: uuid.UUID, reason: str, actor: User, now: datetime) -> None:
    """This function will close a request without moving anything. Raises UnableToTransfer."""
    words = _words(reason)[:200]
    with transaction.atomic():
        found = _open(request_id, actor)
        _decide(found, Status.DECLINED, actor, now, words)
        _note(found, "transfer.declined", actor, now)


def withdraw(*, request_id: uuid.UUID, actor: User, now: datetime) -> None:
    """This function will take a request back that the same person asked for. Raises UnableToTransfer."""
    with transaction.atomic():
        found = TransferRequest.objects.filter(pk=request_id, asked_by=actor).first()
        if found is None:
            raise UnableToTransfer("decided")
        _decide(found, Status.WITHDRAWN, actor, now)
        _note(found, "transfer.withdrawn", actor, now)


def _note(found: TransferRequest, action: str, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"fund:{found.fund_from_id}",
        details={"transfer": str(found.pk), "amount": found.amount.plain, "currency": found.currency},
        now=now,
    )
