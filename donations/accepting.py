"""Accepting: a person decides about a payout that could not be posted by itself.

Of a payout made by hand nobody tells what it holds: it is taken out of what the processor owed us, fund by fund in
proportion to what each fund has there, and never more than that. A payout with the money of several bodies is posted
once somebody has said at whose bank it arrived.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from donations import depositing, paying_out, postings, recording, troubling
from donations.postings import Part
from donations.troubling import Code
from donors import refusing
from ledger.models import LegalEntity, Line
from ledger.money import Money
from payments import gateway
from payments.gateway import PayoutState
from payments.models import Payout, PayoutTrouble
from staff import auditing
from staff.models import User

DECIDED = (Code.BY_HAND, Code.BODIES)
"""Troubles a person decides; the others are mended in the books or at the processor."""


class UnableToAccept(ValueError):
    """`code` is `decided`, `reason`, `resident_number`, `gone` (it came back), `line` (the balance does not show it),
    `more` (than the processor owed; `left` says how much that is) or `books` (`words` say what)."""

    def __init__(self, code: str, *, left: Money | None = None, words: str = "") -> None:
        super().__init__(code)
        self.code, self.left, self.words = code, left, words


def accept(*, ref: str, entity: LegalEntity, reason: str, actor: User, now: datetime) -> Payout:
    """Post a payout that waits for a person's word: it arrived at the bank of `entity`.

    The processor is asked once more first. Raises UnableToAccept; nothing is posted then. This function will return
    the stored payout, which is the same one when it is pressed twice.
    """
    words = " ".join(reason.split())[:200]
    if code := refusing.wrong_reason(words):
        raise UnableToAccept(code)
    known = Payout.objects.filter(ref=ref).first()
    if known is not None:
        return known
    trouble = PayoutTrouble.objects.filter(ref=ref, mended_at__isnull=True, code__in=DECIDED).first()
    if trouble is None:
        raise UnableToAccept("decided")
    state = gateway.connect().payout(ref)
    if state.status in depositing.GONE_BACK:
        raise UnableToAccept("gone")
    take = _take_automatic if state.is_automatic else _take_by_hand
    made = take(state, entity, words, now)
    troubling.mend(ref=ref, now=now)
    auditing.record(
        actor=actor, action="payout.accepted", target=f"payout:{ref}", details={"body": entity.code}, now=now
    )
    return made


def _take_automatic(state: PayoutState, entity: LegalEntity, _words: str, now: datetime) -> Payout:
    lines = list(gateway.connect().payout_lines(state.ref))
    try:
        return paying_out.post(state=state, lines=lines, home=entity, now=now)
    except paying_out.DoesNotAddUp as error:
        raise UnableToAccept("books", words=str(error)) from error


def _take_by_hand(state: PayoutState, entity: LegalEntity, words: str, now: datetime) -> Payout:
    line = depositing.line_of(state, state.balance_ref)
    if line is None:
        raise UnableToAccept("line")
    with transaction.atomic():
        # Two people over one balance take turns, or both would find it there.
        LegalEntity.objects.select_for_update(no_key=True).get(pk=entity.pk)
        parts = owed(entity=entity, amount=state.amount)
        made = paying_out.keep(state=state, is_by_hand=True, now=now)
        recording.keep_balance_line(line=line, now=now)
        paying_out.enter(
            payout=made, parts={entity: parts}, home=entity, at=state.created_at, memo=words, now=now
        )
    return made


def owed(*, entity: LegalEntity, amount: Money, account: str = postings.CLEARING) -> list[Part]:
    """Divide an amount that left a processor over the funds of a body, by what each of them has there.

    What was taken from the bank (negative) is divided over the funds that owe. Raises UnableToAccept with `more` when
    the processor never owed that much. This function will return one part for each fund; they sum to the amount.
    """
    lines = Line.objects.filter(
        account__code=account, currency=amount.currency, entry__entity=entity
    ).values_list("fund_id")
    held = dict(lines.annotate(sum=Sum("amount_minor")).order_by("fund_id"))
    left = Money(sum(held.values()), amount.currency)
    if amount.minor > 0 and left < amount:
        raise UnableToAccept("more", left=left)
    sign = 1 if amount.minor > 0 else -1
    weights = {fund_id: minor * sign for fund_id, minor in held.items() if minor * sign > 0}
    if not weights:
        general = paying_out.general_fund(entity=entity)
        if general is None:
            raise UnableToAccept("more", left=left)
        weights = {general.pk: 1}
    parts = amount.split(list(weights.values()))
    return [(fund_id, part) for fund_id, part in zip(weights, parts, strict=True) if part]
