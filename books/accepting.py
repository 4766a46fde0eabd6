"""Accepting: a person, or a certain match, says what a line of the bank is. A match never invents money.

Payouts and deposits are in the books already: a match only ties them. A transfer that is a gift is entered as every
gift over the desk is, and its deposit posted; charges and interest get their entry. The parts sum to the line.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, transaction

from books import lying, matching, posting_lines, remembering_payers
from books.models import BankLine, BankMatch
from campaigns.models import Campaign
from donations import entering
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Batch, Donation, TransferPromise
from donors import matching as donor_matching
from donors.models import Donor
from ledger.models import Entry, Fund, LegalEntity
from ledger.money import Money
from payments.models import BankAccount, Payout
from staff import auditing
from staff.models import User

Kind = BankMatch.Kind
NOTHING = uuid.UUID(int=0)
SPACE = uuid.UUID("5b0c8c1e-4a55-4f0e-9a3f-6f0a7a2f5d10")


class UnableToAccept(ValueError):
    """`code` says why a line cannot be this. Codes are `settled`, `sum`, `parts`, `taken`, `giver`, `unknown`,

    `reason`, `direction` and those of entering a gift.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing a line is. A gift is known (`donation_id`), promised (`promise_id`), or of a giver and a campaign.

    `amount_minor` is signed as the line is; 0 means all that is left of the line.
    """

    kind: BankMatch.Kind
    amount_minor: int = 0
    payout_id: int | None = None
    batch_id: uuid.UUID | None = None
    donation_id: uuid.UUID | None = None
    promise_id: uuid.UUID | None = None
    donor_id: uuid.UUID | None = None
    campaign_id: int | None = None
    reason: str = ""


@dataclass(slots=True)
class _Made:
    """What the parts became, on the way."""

    matches: list[BankMatch] = field(default_factory=list)
    gifts: list[Donation] = field(default_factory=list)
    donors: list[Donor] = field(default_factory=list)


def accept(
    *, line_id: int, parts: Sequence[Part], score: int, is_automatic: bool, actor: User, now: datetime
) -> list[BankMatch]:
    """Say what a line is, all of it, and forget its words. Raises UnableToAccept; nothing is written then.

    This function will return the matches, which sum to the line.
    """
    try:
        with transaction.atomic():
            return _accept(
                line_id=line_id,
                parts=parts,
                score=score,
                is_automatic=is_automatic,
                actor=actor,
                now=now,
            )
    except posting_lines.NoGeneralFund as error:
        raise UnableToAccept("fund") from error
    except entering.UnableToEnter as error:
        raise UnableToAccept(error.code) from error
    except IntegrityError as error:
        law = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
        if law not in {"bank_match_ties_a_thing_once", "bank_match_is_of_the_amount_it_names"}:
            raise
        raise UnableToAccept("taken" if law.endswith("once") else "sum") from error


def _accept(
    *, line_id: int, parts: Sequence[Part], score: int, is_automatic: bool, actor: User, now: datetime
) -> list[BankMatch]:
    line = (
        BankLine.objects.select_for_update(of=("self",))
        .select_related("bank_account__entity")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise UnableToAccept("unknown")
    if line.state not in matching.OPEN:
        raise UnableToAccept("settled")
    whole = _amounts(line, parts)
    made = _Made()
    for place, (part, minor) in enumerate(zip(parts, whole, strict=True)):
        _make(line, part, minor, place, made, actor=actor, now=now)
    for match in made.matches:
        match.score, match.is_automatic, match.matched_at = score, is_automatic, now
        match.matched_by = None if is_automatic else actor
        match.save(force_insert=True)
    posting_lines.post(line=line, matches=made.matches, gifts=made.gifts, now=now)
    for donor in made.donors:
        remembering_payers.remember(
            entity_id=line.bank_account.entity_id, payer=line.payer, donor=donor, now=now
        )
    matching.settle(line_ids=[line.pk], now=now, settled_by_id=None if is_automatic else actor.pk)
    auditing.record(
        actor=actor,
        action="bank_line.matched",
        target=f"bank_line:{line.pk}",
        details={"kinds": sorted({match.kind for match in made.matches}), "by_itself": is_automatic},
        now=now,
    )
    return made.matches


def _amounts(line: BankLine, parts: Sequence[Part]) -> list[int]:
    """The amount of each part; one of them may be what is left. They sum to the line."""
    open_ended = [part for part in parts if not part.amount_minor]
    if not parts or len(open_ended) > 1:
        raise UnableToAccept("parts")
    left = line.amount_minor - sum(part.amount_minor for part in parts)
    if (not left) is bool(open_ended):
        raise UnableToAccept("sum")
    return [part.amount_minor or left for part in parts]


def _make(
    line: BankLine, part: Part, minor: int, place: int, made: _Made, *, actor: User, now: datetime
) -> None:
    match = BankMatch(line=line, kind=part.kind, amount_minor=minor, reason=part.reason.strip()[:200])
    if part.kind in {Kind.PAYOUT, Kind.PAYOUT_RETURNED}:
        match.payout = _payout(line, part)
    elif part.kind == Kind.DEPOSIT:
        match.batch = Batch.objects.filter(
            pk=part.batch_id or NOTHING, bank_account=line.bank_account
        ).first()
        if match.batch is None:
            raise UnableToAccept("unknown")
    elif part.kind in {Kind.RETURNED, Kind.SALE}:
        match.donation = _known_gift(line, part)
    elif part.kind == Kind.GIFT:
        match.donation = _gift(line, part, minor, place, actor=actor, now=now)
        made.gifts.append(match.donation)
        made.donors.append(match.donation.donor)
    else:
        _check_other(part, minor)
    made.matches.append(match)


def _payout(line: BankLine, part: Part) -> Payout:
    """A payout of these books: its entry says whose it is."""
    found = Payout.objects.filter(pk=part.payout_id or 0).first()
    own = {"entity": line.bank_account.entity_id, "kind": Entry.Kind.PAYOUT}
    if found is None or not Entry.objects.filter(source=f"payout:{found.ref}", **own).exists():
        raise UnableToAccept("unknown")
    return found


def _check_other(part: Part, minor: int) -> None:
    """A charge takes, interest gives; anything else needs words that say what it is."""
    if (part.kind == Kind.CHARGE and minor > 0) or (part.kind == Kind.INTEREST and minor < 0):
        raise UnableToAccept("direction")
    if part.kind == Kind.OTHER and not part.reason.strip():
        raise UnableToAccept("reason")


def _known_gift(line: BankLine, part: Part) -> Donation:
    found = Donation.objects.filter(
        pk=part.donation_id or NOTHING, entity=line.bank_account.entity_id, rail=Donation.Rail.DESK
    )
    gift = found.select_related("donor", "entity").first()
    if gift is None:
        raise UnableToAccept("unknown")
    return gift


def _gift(line: BankLine, part: Part, minor: int, place: int, *, actor: User, now: datetime) -> Donation:
    if part.donation_id is not None:
        gift = _known_gift(line, part)
        if not lying.in_the_drawer().filter(pk=gift.pk).exists():
            raise UnableToAccept("taken" if lying.is_seen(donation=gift) else "unknown")
        return gift
    if minor < 0:
        raise UnableToAccept("direction")
    promise = _promise(line, part)
    hand = _hand_gift(line, part, minor, place, promise=promise, now=now)
    gift = entering.enter(gift=hand, actor=actor, now=now)
    if promise is not None:
        promise.status, promise.donation = TransferPromise.Status.RECEIVED, gift
        promise.save(update_fields=["status", "donation"])
    return gift


def _promise(line: BankLine, part: Part) -> TransferPromise | None:
    if part.promise_id is None:
        return None
    found = TransferPromise.objects.select_for_update(of=("self",)).select_related("campaign", "fund")
    promise = found.filter(pk=part.promise_id, entity=line.bank_account.entity_id).first()
    if promise is None:
        raise UnableToAccept("unknown")
    if promise.status == TransferPromise.Status.RECEIVED:
        raise UnableToAccept("taken")
    return promise


def _hand_gift(
    line: BankLine,
    part: Part,
    minor: int,
    place: int,
    *,
    promise: TransferPromise | None,
    now: datetime,
) -> HandGift:
    entity: LegalEntity = line.bank_account.entity
    amount = Money(minor, line.currency)
    campaign, fund = _purpose(part, promise)
    # A line that was undone and is a gift again is another gift: how many matches it had makes the difference.
    former = BankMatch.objects.filter(line=line).count()
    return HandGift(
        id=uuid.uuid5(SPACE, f"{line.pk}:{former}:{place}"),
        entity=entity,
        donor_id=part.donor_id or _donor(line, promise, now=now),
        campaign=campaign,
        parts=[(fund, amount)],
        amount=amount,
        method="bank_transfer",
        came_on=line.booked_on,
        days={Basis.SETTLEMENT: line.booked_on},
        language=promise.language if promise else "en",
        source=promise.source if promise else "",
    )


def _purpose(part: Part, promise: TransferPromise | None) -> tuple[Campaign, Fund]:
    if promise is not None:
        return promise.campaign, promise.fund
    campaign = Campaign.objects.select_related("fund").filter(pk=part.campaign_id or 0).first()
    if campaign is None:
        raise UnableToAccept("campaign")
    return campaign, campaign.fund


def _donor(line: BankLine, promise: TransferPromise | None, *, now: datetime) -> uuid.UUID:
    """Who took the code: by name and e-mail as for every gift; a name alone may be a payer we know."""
    if promise is None:
        raise UnableToAccept("giver")
    name, email = promise.donor_name.strip(), promise.email.strip()
    if not name:
        known = donor_matching.sharing_email(email=email) if email else []
        if len(known) != 1:
            raise UnableToAccept("giver")
        return known[0].pk
    if not email:
        before = remembering_payers.recognize(entity_id=line.bank_account.entity_id, payers=[line.payer]).get(
            line.payer, []
        )
        same = [donor for donor in before if donor.name_key == donor_matching.name_key(name)]
        if len(same) == 1:
            return same[0].pk
    return donor_matching.match(name=name, email=email, language=promise.language, now=now)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What one press took: payouts tied, gifts entered, and lines that a person must look at after all."""

    payouts: int
    gifts: int
    refused: int


def accept_certain(
    *, account_id: int, actor: User, now: datetime, heard: Callable[[int, int], None] | None = None
) -> Bulk:
    """Accept what is certain among the open lines of an account, and nothing else: exact payouts, exact code and sum.

    Each gift is a transaction of its own, so that one that cannot be entered keeps no other from it; doing it again
    goes on where it stopped. This function will return what became of them.
    """
    account = BankAccount.objects.select_related("entity").get(pk=account_id)
    payouts = matching.tie_payouts(account=account, now=now)
    named = matching.certain_codes(account=account)
    gifts = refused = 0
    for place, one in enumerate(named, start=1):
        part = Part(kind=Kind.GIFT, promise_id=one.promise_id)
        try:
            accept(
                line_id=one.line_id,
                parts=[part],
                score=matching.CERTAIN,
                is_automatic=True,
                actor=actor,
                now=now,
            )
            gifts += 1
        except UnableToAccept:
            refused += 1
        if heard is not None:
            heard(place, len(named))
    return Bulk(payouts, gifts, refused)
