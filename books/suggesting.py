"""Suggesting: what each open line of the bank may be, with a score from 0 to 100; a person accepts it with one press.

Nothing here is stored: suggestions follow what the books know at the moment they are looked at. 100 means certain, and
is what `matching` takes by itself.
"""

import itertools
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from books import lying, matching, remembering_payers
from books.accepting import Kind, Part
from books.models import BankLine, BankMatch, SecuritySale
from donations.models import Donation, Refund, TransferPromise
from donors import matching as donor_matching
from donors.models import Donor
from ledger.models import Entry
from ledger.money import Money
from payments.models import BankAccount, Payout, PayoutFailure

MOST = 5
BEFORE, AFTER = timedelta(days=5), timedelta(days=10)
MOST_TOGETHER, MOST_POOL, MOST_LYING = 4, 12, 200
LIES_FOR = timedelta(days=90)
CARRIED = frozenset({"check", "cash"})
_CHARGE = re.compile(r"fee|charge|commission|수수료|이용료", re.IGNORECASE)
_INTEREST = re.compile(r"interest|이자|결산", re.IGNORECASE)
_PROCESSOR = re.compile(matching.PROCESSOR, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line may be. `why` is a word for the page; `ref` and `donor` say what it is of."""

    score: int
    why: str
    parts: tuple[Part, ...]
    ref: str = ""
    donor: Donor | None = None
    promise: TransferPromise | None = None
    on: date | None = None

    @property
    def kind(self) -> str:
        """This function will return the kind of the first part, which names the suggestion."""
        return self.parts[0].kind.value

    @property
    def mark(self) -> str:
        """This function will return the word by which a press names a suggestion: what it is of, in order."""
        named = []
        for part in self.parts:
            keys = (part.payout_id, part.batch_id, part.donation_id, part.promise_id, part.donor_id)
            named.append(f"{part.kind}:{next((key for key in keys if key is not None), '')}")
        return "+".join(named)

    @property
    def is_certain(self) -> bool:
        return self.score == matching.CERTAIN

    @property
    def needs_purpose(self) -> bool:
        """Whether a person has to say which campaign the gift is for."""
        part = self.parts[0]
        return part.kind == Kind.GIFT and part.donor_id is not None and part.campaign_id is None


def suggest(*, account: BankAccount, lines: Sequence[BankLine]) -> dict[int, list[Suggestion]]:
    """Look for what each of these open lines may be, with as many queries as for one.

    This function will return at most five suggestions a line, the best first; lines without any are left out.
    """
    open_lines = [line for line in lines if line.state in matching.OPEN]
    found: dict[int, list[Suggestion]] = {}
    if not open_lines:
        return found
    for line_id, suggestion in itertools.chain(
        _by_code(account, open_lines),
        _by_payout(account, open_lines),
        _by_return(account, open_lines),
        _by_deposit(account, open_lines),
        _by_sale(account, open_lines),
        _by_transfer(account, open_lines),
        _by_given_back(account, open_lines),
        _by_payer(account, open_lines),
        _by_words(open_lines),
    ):
        found.setdefault(line_id, []).append(suggestion)
    return {line_id: _best(several) for line_id, several in found.items()}


Found = Iterable[tuple[int, Suggestion]]


def _best(several: list[Suggestion]) -> list[Suggestion]:
    ordered = sorted(several, key=lambda one: (-one.score, one.why, one.ref))
    seen: set[tuple[Part, ...]] = set()
    kept = []
    for one in ordered:
        if one.parts not in seen:
            seen.add(one.parts)
            kept.append(one)
    return kept[:MOST]


def _words(line: BankLine) -> str:
    return f"{line.payer} {line.reference}"


def _by_code(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    named = matching.named_promises(account=account, line_ids=[line.pk for line in lines])
    promises = {
        promise.pk: promise
        for promise in TransferPromise.objects.filter(
            pk__in=itertools.chain.from_iterable(named.values())
        ).select_related("campaign", "fund", "donation__donor__merged_into")
    }
    certain = {one.line_id for one in matching.certain_codes(account=account, line_ids=list(named))}
    for line in lines:
        for promise_id in named.get(line.pk, []):
            yield line.pk, _coded(line, promises[promise_id], is_certain=line.pk in certain)


def _coded(line: BankLine, promise: TransferPromise, *, is_certain: bool) -> Suggestion:
    if promise.status == TransferPromise.Status.RECEIVED and promise.donation is not None:
        giver = promise.donation.donor.merged_into or promise.donation.donor
        again = Part(kind=Kind.GIFT, donor_id=giver.pk, campaign_id=promise.campaign_id)
        return Suggestion(60, "code_again", (again,), promise.code, giver, promise)
    part = Part(kind=Kind.GIFT, promise_id=promise.pk)
    if is_certain:
        return Suggestion(matching.CERTAIN, "code", (part,), promise.code, None, promise)
    if promise.amount_minor is None:
        return Suggestion(85, "code_no_amount", (part,), promise.code, None, promise)
    if promise.amount_minor != line.amount_minor:
        return Suggestion(70, "code_other_amount", (part,), promise.code, None, promise)
    return Suggestion(80, "code_unsure", (part,), promise.code, None, promise)


def _tied(kind: BankMatch.Kind, **of: OuterRef) -> Exists:
    standing = BankMatch.objects.filter(kind=kind, undoes__isnull=True, undoing__isnull=True, **of)
    return Exists(standing)


def _own_payouts(account: BankAccount, kind: BankMatch.Kind) -> list[Payout]:
    """Payouts of these books that no line is yet."""
    free = Payout.objects.filter(~_tied(kind, payout=OuterRef("pk")), currency=account.currency)
    rows = list(free.order_by("-arrives_on", "-id")[:500])
    sources = {f"payout:{payout.ref}" for payout in rows}
    booked = set(
        Entry.objects.filter(source__in=sources, entity=account.entity_id).values_list("source", flat=True)
    )
    return [payout for payout in rows if f"payout:{payout.ref}" in booked]


def _by_payout(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    free = _own_payouts(account, Kind.PAYOUT)
    for line in lines:
        near = [one for one in free if line.booked_on - AFTER <= one.arrives_on <= line.booked_on + BEFORE]
        is_named = bool(_PROCESSOR.search(_words(line)))
        for payout in free:
            late = line.booked_on - payout.arrives_on
            if payout.amount_minor == line.amount_minor and -BEFORE <= late <= LIES_FOR:
                part = Part(kind=Kind.PAYOUT, payout_id=payout.pk)
                score = max((95 if is_named else 80) - abs(late.days), 50)
                yield line.pk, Suggestion(score, "payout", (part,), payout.ref, on=payout.arrives_on)
        if is_named:
            yield from _several(line, near)


def _several(line: BankLine, near: Sequence[Payout]) -> Found:
    """A bank may put several payouts of near days into one line."""
    pool = sorted(near, key=lambda one: abs((line.booked_on - one.arrives_on).days))[:MOST_POOL]
    for size in range(2, MOST_TOGETHER + 1):
        for some in itertools.combinations(pool, size):
            if sum(one.amount_minor for one in some) == line.amount_minor:
                parts = tuple(
                    Part(kind=Kind.PAYOUT, payout_id=one.pk, amount_minor=one.amount_minor) for one in some
                )
                yield line.pk, Suggestion(75, "payouts", parts, " + ".join(one.ref for one in some))
                return


def _by_return(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    rows = PayoutFailure.objects.filter(
        ~_tied(Kind.PAYOUT_RETURNED, payout=OuterRef("payout")), payout__currency=account.currency
    )
    for failure in rows.select_related("payout").order_by("-failed_at", "-id")[:200]:
        for line in lines:
            is_near = abs(line.booked_on - failure.failed_at.date()) <= AFTER
            if is_near and line.amount_minor == -failure.payout.amount_minor:
                part = Part(kind=Kind.PAYOUT_RETURNED, payout_id=failure.payout_id)
                yield line.pk, Suggestion(90, "payout_returned", (part,), failure.payout.ref)


def _by_deposit(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    """What of a posted batch no line has shown yet: all of it, or by how much it was put right since."""
    first = min(line.booked_on for line in lines)
    last = max(line.booked_on for line in lines)
    with connection.cursor() as cursor:
        cursor.execute(_DEPOSITS, [account.pk, first - LIES_FOR, last + BEFORE])
        free = cursor.fetchall()
    for batch_id, number, on, left, seen in free:
        part = Part(kind=Kind.DEPOSIT, batch_id=batch_id)
        why = "deposit_put_right" if seen else "deposit"
        for line in lines:
            apart = (line.booked_on - on).days
            if line.amount_minor == left and (seen or -BEFORE.days <= apart <= LIES_FOR.days):
                yield line.pk, Suggestion(max(95 - abs(apart), 60), why, (part,), str(number), on=on)


# A batch that was put right after it was seen may be corrected by the bank much later.
_DEPOSITS = """
WITH near AS MATERIALIZED (
  SELECT b.id, b.number, b.deposit_on, m.minor, m.n FROM donations_batch b
   CROSS JOIN LATERAL (SELECT coalesce(sum(amount_minor), 0)::bigint AS minor, count(*) AS n FROM books_bankmatch
                        WHERE batch_id = b.id) m
   WHERE b.bank_account_id = %s AND b.status = 'posted' AND (b.deposit_on BETWEEN %s AND %s OR (m.n > 0 AND EXISTS (
         SELECT 1 FROM donations_batchrow w LEFT JOIN donations_rowreversal x ON x.row_id = w.id
           LEFT JOIN donations_batchedgift g ON g.row_id = w.id
           LEFT JOIN donations_refund r ON r.donation_id = g.donation_id
          WHERE w.batch_id = b.id AND (x.id IS NOT NULL OR r.id IS NOT NULL))))
)
SELECT b.id, b.number, b.deposit_on, x.minor - b.minor, b.minor <> 0 FROM near b
 CROSS JOIN LATERAL batch_at_bank(b.id) x WHERE x.minor <> b.minor ORDER BY b.deposit_on DESC, b.number DESC LIMIT 500
"""


def _by_sale(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    """What donated securities brought."""
    free = SecuritySale.objects.filter(
        ~_tied(Kind.SALE, donation=OuterRef("donation")), bank_account=account
    ).select_related("donation__donor__merged_into")
    for sale in free.order_by("-sold_on", "-id")[:200]:
        brought = sale.price_minor - sale.fee_minor
        for line in lines:
            apart = (line.booked_on - sale.sold_on).days
            if line.amount_minor == brought and -BEFORE.days <= apart <= LIES_FOR.days:
                giver = sale.donation.donor.merged_into or sale.donation.donor
                part = Part(kind=Kind.SALE, donation_id=sale.donation_id)
                yield (
                    line.pk,
                    Suggestion(max(95 - abs(apart), 60), "sale", (part,), "", giver, on=sale.sold_on),
                )


def _by_transfer(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    """What somebody entered by hand before the statement came, and lies in the drawer: one by one, or together."""
    free = lying.in_the_drawer().filter(entity=account.entity_id, currency=account.currency)
    first, last = min(line.booked_on for line in lines), max(line.booked_on for line in lines)
    near = free.filter(given_on__range=(first - LIES_FOR, last + AFTER)).select_related("donor__merged_into")
    gifts = list(near.order_by("-given_on", "id")[:MOST_LYING])
    for line in lines:
        for gift in gifts:
            apart = line.booked_on - gift.given_on
            if line.amount_minor == gift.amount_minor and -AFTER <= apart <= LIES_FOR:
                giver = gift.donor.merged_into or gift.donor
                part = Part(kind=Kind.GIFT, donation_id=gift.pk)
                score = 80 if apart <= AFTER else 60
                yield line.pk, Suggestion(score, "transfer", (part,), "", giver, on=gift.given_on)
        carried = [gift for gift in gifts if gift.method in CARRIED]
        yield from _together(line, [one for one in carried if abs(line.booked_on - one.given_on) <= AFTER])


def _together(line: BankLine, pool: Sequence[Donation]) -> Found:
    """Checks and cash are carried to the bank together, without a batch."""
    near = sorted(pool, key=lambda one: abs((line.booked_on - one.given_on).days))[:MOST_POOL]
    for size in range(2, MOST_TOGETHER + 1):
        for some in itertools.combinations(near, size):
            if sum(one.amount_minor for one in some) == line.amount_minor:
                parts = tuple(
                    Part(kind=Kind.GIFT, donation_id=one.pk, amount_minor=one.amount_minor) for one in some
                )
                named = " + ".join(Money(one.amount_minor, one.currency).plain for one in some)
                yield line.pk, Suggestion(65, "several", parts, named)
                return


def _by_given_back(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    """A check that bounced, or a gift given back over the desk."""
    wanted = {-line.amount_minor for line in lines if line.amount_minor < 0}
    backs = Refund.objects.filter(
        ~_tied(Kind.RETURNED, donation=OuterRef("donation")),
        processor_ref__startswith="reversal:",
        donation__entity=account.entity_id,
        donation__currency=account.currency,
        amount_minor__in=wanted,
    )
    for back in backs.select_related("donation__donor").order_by("-id")[:200]:
        for line in lines:
            if line.amount_minor == -back.amount_minor:
                part = Part(kind=Kind.RETURNED, donation_id=back.donation_id)
                yield line.pk, Suggestion(75, "returned", (part,), "", back.donation.donor)


def _by_payer(account: BankAccount, lines: Sequence[BankLine]) -> Found:
    """Givers this payer was before; else givers of this name. Never certain: two people may be called alike."""
    came = [line for line in lines if line.amount_minor > 0 and line.payer]
    known = remembering_payers.recognize(entity_id=account.entity_id, payers={line.payer for line in came})
    named = _called({line.payer for line in came if line.payer not in known})
    givers = {donor.pk for donors in (*known.values(), *named.values()) for donor in donors}
    last = _last_campaigns(givers)
    for line in came:
        for why, score, donors in (
            ("payer_before", 60, known.get(line.payer, [])),
            ("payer_name", 40, named.get(line.payer, [])),
        ):
            for donor in donors[:3]:
                part = Part(kind=Kind.GIFT, donor_id=donor.pk, campaign_id=last.get(donor.pk))
                yield line.pk, Suggestion(score, why, (part,), "", donor)


def _called(payers: set[str]) -> Mapping[str, list[Donor]]:
    keys = {donor_matching.name_key(payer): payer for payer in payers}
    rows = Donor.objects.filter(
        Q(name_key__in=keys) | Q(local_name__in=payers), merged_into__isnull=True
    ).order_by("created_at", "id")[:200]
    found: dict[str, list[Donor]] = {}
    for donor in rows:
        payer = keys.get(donor.name_key, donor.local_name)
        found.setdefault(payer, []).append(donor)
    return found


def _last_campaigns(givers: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What each gave to last, where that campaign still takes gifts."""
    rows = (
        Donation.objects.filter(donor__in=givers, campaign__status="open")
        .order_by("donor_id", "-given_at", "-id")
        .distinct("donor_id")
    )
    return dict(rows.values_list("donor_id", "campaign_id"))


def _by_words(lines: Sequence[BankLine]) -> Found:
    for line in lines:
        words = _words(line)
        if line.amount_minor < 0 and _CHARGE.search(words):
            yield line.pk, Suggestion(55, "charge", (Part(kind=Kind.CHARGE),))
        if line.amount_minor > 0 and _INTEREST.search(words):
            yield line.pk, Suggestion(55, "interest", (Part(kind=Kind.INTEREST),))
