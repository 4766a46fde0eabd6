"""Issuing: a gift gets a number and a frozen snapshot, in one transaction; drawing comes later.

What the law of the issuing body says decides: a receipt, an exclusion with the law's reason, or an obstacle that a
person mends. Gifts of donors who want one receipt a year wait for the annual run, without a row of their own.
"""

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import ExtractYear

from donations import holding, taking_turns
from donations.models import Donation
from ledger.models import LegalEntity
from receipts import drafting, explaining, gathering, marking, obstructing, writing
from receipts.drafting import Ask, Draft
from receipts.models import AnnualRun, Coverage, Exclusion, Obstacle, Receipt, ReceiptLine
from receipts.numbering import GENESIS
from receipts.rules import years

__all__ = ["BATCH", "GENESIS", "Draft", "decide", "draft", "due", "issue_drafts", "issue_due"]

logger = logging.getLogger(__name__)

BATCH, LEAST = 200, 25
_NO_GIFTS_TROUBLE = (marking.NumbersLost, marking.MarksUnusable)
"""Not one gift's trouble: no other one may be numbered either."""


def draft(
    *,
    donor_id: uuid.UUID,
    entity: LegalEntity,
    tax_year: int,
    donation_ids: Sequence[uuid.UUID],
    kind: str,
    replaces: Receipt | None,
    now: datetime,
    issued_on: date | None = None,
) -> Draft:
    """One receipt as it would be issued now. For many use `drafting.draft_many`: as many queries as for one.

    This function will return the draft; nothing is written.
    """
    ask = Ask(
        donor_id=donor_id,
        entity=entity,
        tax_year=tax_year,
        donation_ids=donation_ids,
        kind=kind,
        replaces=replaces,
        issued_on=issued_on,
    )
    return drafting.draft_many(asks=[ask], now=now)[0]


class NotReady(ValueError):
    """A draft with an obstacle, or without lines, cannot become a receipt."""


def issue_drafts(
    *, drafts: Sequence[Draft], run: AnnualRun | None, issued_on: date, now: datetime
) -> list[Receipt]:
    """Issue drafts in one transaction: the gifts are held, asked once more, and a block of numbers is taken.

    A draft that is no longer true (a gift changed, went back or got another receipt since) is left out: draft it
    again. Raises `NotReady`. This function will return the receipts that were issued, in the order of the drafts.
    """
    if not all(one.is_ready for one in drafts):
        raise NotReady("a draft has an obstacle or no lines")
    with transaction.atomic():
        fresh = drafting.draft_many(asks=[_again(one, issued_on) for one in drafts], now=now, is_locking=True)
        true = [new for old, new in zip(drafts, fresh, strict=True) if _is_same(old, new)]
        return writing.write(drafts=true, run=run, issued_on=issued_on, now=now)


def _again(old: Draft, issued_on: date) -> Ask:
    return Ask(
        donor_id=old.ask.donor_id,
        entity=old.ask.entity,
        tax_year=old.ask.tax_year,
        donation_ids=[one.gift.id for one in old.lines],
        kind=old.ask.kind,
        replaces=old.ask.replaces,
        issued_on=issued_on,
    )


def _is_same(old: Draft, new: Draft) -> bool:
    facts = [(one.gift.id, one.facts_hash) for one in old.lines]
    return new.is_ready and facts == [(one.gift.id, one.facts_hash) for one in new.lines]


# Gift by gift


def due(*, since: datetime | None, now: datetime, limit: int = BATCH) -> list[uuid.UUID]:
    """Gifts recorded `since` then (None: ever) that wait for a decision, oldest first.

    A gift waits while it has neither a receipt nor a reason for none, and nothing holds it: no open dispute or
    review, no obstacle before its time, no annual run to come.
    """
    return [pk for _, pk in _due(since=since, given_from=None, now=now, limit=limit)]


def _due(
    *, since: datetime | None, given_from: datetime | None, now: datetime, limit: int
) -> list[tuple[datetime, uuid.UUID]]:
    waiting = waiting_now()
    if given_from is not None:
        waiting = waiting.filter(given_at__gte=given_from)
    free = waiting.filter(_has_no(Obstacle))
    if since is not None:
        free = free.filter(recorded_at__gte=since)
    retried = waiting.filter(obstacle__try_after__lte=now)
    found = [_oldest(rows, limit) for rows in (free, retried)]
    return sorted(row for rows in found for row in rows)[:limit]


def waiting_now() -> QuerySet[Donation]:
    """Gifts that nothing but an obstacle keeps from being decided."""
    found = Donation.objects.filter(_has_no(Coverage), _has_no(Exclusion))
    return (
        _not_yearly(found)
        .exclude(pk__in=holding.open_disputes().values("donation_id"))
        .exclude(pk__in=holding.open_reviews().values("donation_id"))
    )


def _has_no(kind: type[Coverage] | type[Exclusion] | type[Obstacle]) -> Q:
    """Asked like this the database throws out first what is decided. By an outer join that came last: with 120,000
    gifts of a week a look took 0.6 s, now 0.06."""
    return Q(~Exists(kind.objects.filter(donation=OuterRef("pk"))))


def _oldest(rows: QuerySet[Donation], limit: int) -> list[tuple[datetime, uuid.UUID]]:
    return list(rows.order_by("given_at", "id").values_list("given_at", "id")[:limit])


_AFTER_ITS_RUN = (AnnualRun.Status.ISSUED, AnnualRun.Status.DELIVERED)


def _not_yearly(found: QuerySet[Donation]) -> QuerySet[Donation]:
    """Leave out gifts whose donor wants one receipt a year, until the run of that year has been issued.

    What comes late, after the run, gets its receipt at once.
    """
    # Elsewhere than in Australia and Britain a tax year is a calendar year.
    year = Case(
        When(
            entity__issuer__law="AU",
            then=ExtractYear("given_on") + Case(When(given_on__month__gt=6, then=1), default=0),
        ),
        When(
            Q(entity__issuer__law="UK")
            & (Q(given_on__month__lt=4) | Q(given_on__month=4, given_on__day__lt=6)),
            then=ExtractYear("given_on") - 1,
        ),
        default=ExtractYear("given_on"),
    )
    rhythm = Case(
        When(~Q(donor__receipt_rhythm=""), then=F("donor__receipt_rhythm")),
        When(entity__issuer__default_rhythm="annual", then=Value("annual")),
        default=Value("each"),
        output_field=CharField(),
    )
    ran = AnnualRun.objects.filter(
        entity=OuterRef("entity"), tax_year=OuterRef("given_in"), status__in=_AFTER_ITS_RUN
    )
    return found.annotate(given_in=year, rhythm=rhythm).exclude(~Exists(ran), rhythm="annual")


class Turn(NamedTuple):
    """What a turn did: how many receipts it issued and, where gifts wait that it left, when the first was given."""

    issued: int
    rest_from: datetime | None


def issue_due(*, now: datetime, since: datetime | None = None) -> int:
    """Decide every gift that waits and that nobody else is deciding, turn by turn.

    This function will return how many receipts it issued. Raises marking.NumbersLost or MarksUnusable.
    """
    turn = issue_turn(now=now, since=since)
    issued = turn.issued
    while turn.rest_from is not None:
        turn = issue_turn(now=now, since=since, given_from=turn.rest_from)
        issued += turn.issued
    return issued


def _nobody(_: datetime) -> None:
    """Whom `issue_turn` calls for one who goes on by itself."""


def issue_turn(
    *,
    now: datetime,
    since: datetime | None = None,
    given_from: datetime | None = None,
    call: Callable[[datetime], None] = _nobody,
) -> Turn:
    """Decide the oldest gifts that wait: a receipt, or an exclusion with its reason.

    Others may do the same at the same time: each takes gifts that nobody holds. Towards the end it takes half of what
    is left, so that two of them end together.

    `since` keeps the look every few seconds small; without it every gift ever recorded is looked at. A turn in a rush
    begins `given_from` where the one before it ended: it need not look again at what that one has in hand, nor is it
    stopped by gifts that fail. `call` is called before the first number is given, with where the next turn begins.

    Gifts are decided together, and where one fails each by itself: one gift's trouble never stops the others, it is
    logged and decided again later. This function will return what it did. Raises marking.NumbersLost or MarksUnusable.
    """
    waiting = _due(since=since, given_from=given_from, now=now, limit=2 * BATCH)
    most = min(BATCH, max(LEAST, len(waiting) // 2))
    rest_from = waiting[most][0] if len(waiting) > most else None
    is_further = rest_from != given_from
    if rest_from is not None and is_further:
        call(rest_from)
    issued = _issue_some([pk for _, pk in waiting], most=most, now=now)
    if rest_from is None or is_further:
        return Turn(issued, rest_from)
    if not issued:
        # All failed, and those left were given at the same moment: the next turn would be this one again.
        return Turn(0, None)
    call(rest_from)
    return Turn(issued, rest_from)


def _issue_some(donation_ids: Sequence[uuid.UUID], *, most: int, now: datetime) -> int:
    taken: list[uuid.UUID] = []
    try:
        with transaction.atomic():
            taken = taking_turns.take_free(donation_ids, most=most)
            return len(decide_together(donation_ids=taken, now=now))
    except _NO_GIFTS_TROUBLE:
        raise
    except Exception:
        logger.exception("%s gifts could not be decided together: each by itself", len(taken))
    return sum(_issue_alone(donation_id, now=now) for donation_id in taken)


def _issue_alone(donation_id: uuid.UUID, *, now: datetime) -> bool:
    try:
        return decide(donation_id=donation_id, now=now) is not None
    except _NO_GIFTS_TROUBLE:
        raise
    except Exception:
        logger.exception("no receipt could be decided for donation %s", donation_id)
        return False


def decide_together(*, donation_ids: Sequence[uuid.UUID], now: datetime) -> list[Receipt]:
    """Decide many gifts in one transaction, with a few statements for all: the same as `decide` for each.

    Everything that must be asked of one gift is asked of all under their locks. This function will return the new
    receipts; their numbers follow the order of the ids.
    """
    with transaction.atomic():
        taking_turns.take(donation_ids)
        gifts = gathering.gather(donation_ids, is_locking=True)
        known = [gifts[donation_id] for donation_id in donation_ids if donation_id in gifts]
        once_void = _once_void([gift.id for gift in known])
        asks = [_ask(gift.donation, had_one=gift.id in once_void) for gift in known]
        drafts = drafting.draft_gathered(asks=asks, gifts=gifts, now=now)
        ready = [
            draft for gift, draft in zip(known, drafts, strict=True) if not _settled(gift.id, draft, now=now)
        ]
        return writing.write(drafts=ready, run=None, issued_on=None, now=now)


def decide(*, donation_id: uuid.UUID, now: datetime) -> Receipt | None:
    """Issue the receipt of one gift, or write down why it gets none or what keeps it from one.

    Refunds of the gift wait for their turn, so the receipt tells what stands at this moment. This function
    will return the new receipt, or None when it is decided already, excluded or hindered.
    """
    with transaction.atomic():
        taking_turns.take([donation_id])
        return decide_held(donation_id=donation_id, now=now)


def decide_held(*, donation_id: uuid.UUID, now: datetime) -> Receipt | None:
    """The same for a caller whose transaction holds the gift's lock. This function will return as `decide` does."""
    gifts = gathering.gather([donation_id], is_locking=True)
    made = drafting.draft_gathered(asks=[_ask(gifts[donation_id].donation)], gifts=gifts, now=now)[0]
    if _settled(donation_id, made, now=now):
        return None
    return writing.write(drafts=[made], run=None, issued_on=None, now=now)[0]


def _settled(donation_id: uuid.UUID, made: Draft, *, now: datetime) -> bool:
    """Write down why a gift gets no receipt now; whether that, or an earlier decision, is all there is to do."""
    if donation_id in made.others:
        return True
    if made.is_ready:
        return False
    for left_out in made.exclusions:
        exclude(donation_id=donation_id, reason=left_out.reason, now=now)
    for one in made.obstacles[:1]:
        obstructing.obstruct(donation_id=donation_id, code=one.code, words=one.words, now=now)
    return True


def _once_void(donation_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these gifts had a receipt that was voided: most never had, and need not be asked for it."""
    lines = ReceiptLine.objects.filter(donation__in=donation_ids, receipt__voiding__isnull=False)
    return set(lines.values_list("donation", flat=True))


def _ask(donation: Donation, *, had_one: bool = True) -> Ask:
    donor = donation.donor.merged_into or donation.donor
    issuer = getattr(donation.entity, "issuer", None)
    law = issuer.law if issuer else ""
    return Ask(
        donor_id=donor.pk,
        entity=donation.entity,
        tax_year=years.tax_year(law=law, on=donation.given_on),
        donation_ids=[donation.pk],
        replaces=_former(donation) if had_one else None,
    )


def _former(donation: Donation) -> Receipt | None:
    """A gift that comes back after its receipt was voided gets one that names the voided number.

    Only where both are about this gift alone and for the same donor: a number is replaced once.
    """
    return (
        Receipt.objects.filter(lines__donation=donation, voiding__isnull=False, replaced_by__isnull=True)
        .filter(kind=Receipt.Kind.SINGLE, donor__in=[donation.donor_id, donation.donor.merged_into_id])
        .order_by("-issued_at", "-number")
        .first()
    )


def again(*, donation_id: uuid.UUID, now: datetime) -> Receipt | None:
    """Decide a gift that has lost its paper, unless it now waits for the annual run; the caller holds its row.

    This function will return its receipt, or None.
    """
    if not waiting_now().filter(pk=donation_id).exists():
        return None
    return decide_held(donation_id=donation_id, now=now)


def exclude(
    *, donation_id: uuid.UUID, reason: str, words: str = "", actor_id: int | None = None, now: datetime
) -> None:
    """This function will write down why a gift gets no receipt, and tell its giver of money that went back."""
    donation = Donation.objects.select_related("entity", "donor").get(pk=donation_id)
    Exclusion.objects.create(
        donation=donation, reason=reason, words=words[:200], decided_by_id=actor_id, decided_at=now
    )
    Obstacle.objects.filter(donation=donation).delete()
    if reason == Exclusion.Reason.REFUNDED:
        explaining.tell_refunded(donation=donation, now=now)
