"""Paying out: how a payout stands in the books, fund by fund and body by body.

It arrives at one body's bank. What it holds of another body passes through account 1910, so that each body's books say
what is true: the money lies at the bank of the one, who owes it to the other.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from donations import postings, recording
from donations.postings import Part
from donations.troubling import Code
from ledger import posting
from ledger.models import Entry, Fund, LegalEntity, Line
from ledger.money import Money
from payments.gateway import BalanceLine, PayoutState
from payments.models import BalanceTransaction, BankAccount, Payout, PayoutLine

# Under which names the entries of a line of the balance stand in the books.
SOURCES = {
    "charge": ("charge:{source}", "balance:{ref}"),
    "payment": ("charge:{source}", "balance:{ref}"),
    "refund": ("refund:{source}", "balance:{ref}"),
    "payment_refund": ("refund:{source}", "balance:{ref}"),
    "refund_failure": ("refund_failure:{source}", "balance:{ref}"),
    "adjustment": ("dispute:{ref}", "fee:{ref}"),
    "payout_failure": ("payout_failure:{source}",),
    "payout_cancel": ("payout_failure:{source}",),
    "stripe_fee": ("fee:{ref}",),
    "stripe_fx_fee": ("fee:{ref}",),
    "tax_fee": ("fee:{ref}",),
}
PAYOUT = "payout"
RETURNED = ("payout_failure", "payout_cancel")
MOST_NAMED = 50
"""Lines that do not fit are named to a person, so many of them."""

Parts = dict[LegalEntity, list[Part]]


class DoesNotAddUp(Exception):
    """The lines of a payout do not sum to it, or the books do not explain them; nothing was posted.

    `code` says what is the matter; the sums and the lines nobody can explain are there for a person to look at.
    """

    def __init__(
        self,
        words: str,
        *,
        code: Code = Code.BOOKS,
        lines_minor: int | None = None,
        books_minor: int | None = None,
        unexplained: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(words)
        self.code, self.lines_minor, self.books_minor = code, lines_minor, books_minor
        self.unexplained = list(unexplained)


def sources_of(line: BalanceTransaction | BalanceLine) -> list[str]:
    """The names of the entries that explain one line of the balance."""
    return [name.format(source=line.source_ref, ref=line.ref) for name in SOURCES.get(line.kind, ())]


def general_fund(*, entity: LegalEntity | None = None) -> Fund | None:
    """This function will return the first open fund without restriction, of one body or of the first that has one."""
    found = Fund.objects.filter(restriction=Fund.Restriction.NONE, is_open=True)
    return (found.filter(entity=entity) if entity else found).select_related("entity").order_by("id").first()


def post(
    *,
    state: PayoutState,
    lines: Sequence[BalanceLine],
    home: LegalEntity | None,
    now: datetime,
) -> Payout:
    """Write down a payout with its lines and its entries, one for each body whose money it holds.

    `home` is the body at whose bank it arrived, where a person has said so. Raises DoesNotAddUp.
    This function will return the stored payout.
    """
    carried = [line for line in lines if line.kind != PAYOUT]
    told = sum(line.net_minor for line in carried)
    if told != state.amount.minor:
        words = f"payout {state.ref} is {state.amount.minor}, its lines sum to {told}"
        raise DoesNotAddUp(words, code=Code.LINES, lines_minor=told)
    parts = _explained(state, carried)
    bank = home or _home(parts, state)
    with transaction.atomic():
        payout = keep(state=state, is_by_hand=False, now=now)
        for line in lines:
            recording.keep_balance_line(line=line, now=now)
        rows = BalanceTransaction.objects.filter(ref__in=[line.ref for line in carried])
        PayoutLine.objects.bulk_create(
            [PayoutLine(payout=payout, balance_transaction=row) for row in rows], ignore_conflicts=True
        )
        enter(payout=payout, parts=parts, home=bank, at=state.created_at, now=now)
    return payout


def keep(*, state: PayoutState, is_by_hand: bool, now: datetime) -> Payout:
    """This function will keep a payout of the processor, once, and return the stored one."""
    fresh = Payout(
        ref=state.ref,
        is_by_hand=is_by_hand,
        amount_minor=state.amount.minor,
        currency=state.amount.currency,
        created_at=state.created_at,
        arrives_on=state.arrives_on,
        recorded_at=now,
    )
    Payout.objects.bulk_create([fresh], ignore_conflicts=True)
    return Payout.objects.get(ref=state.ref)


def _explained(state: PayoutState, carried: Sequence[BalanceLine]) -> Parts:
    """What the books hold for the lines of a payout; the sum is the payout, or nothing is posted."""
    currency = state.amount.currency
    parts = _by_body(carried=carried, currency=currency)
    if not parts:
        words = "a payout must belong to exactly one legal entity, and nobody knows its money"
        raise DoesNotAddUp(words, code=Code.NOBODY, lines_minor=state.amount.minor, books_minor=0)
    explained = sum(amount.minor for shares in parts.values() for _, amount in shares)
    if explained != state.amount.minor:
        raise DoesNotAddUp(
            f"payout {state.ref} is {state.amount.minor}, the books explain {explained}",
            lines_minor=state.amount.minor,
            books_minor=explained,
            unexplained=_unexplained(carried, currency),
        )
    return parts


def _sources(line: BalanceLine) -> list[str]:
    """A payout that came back may have stood in the books of several bodies."""
    own = sources_of(line)
    if line.kind not in RETURNED:
        return own
    more = Entry.objects.filter(source__startswith=f"payout_failure:{line.source_ref}:")
    return [*own, *more.values_list("source", flat=True)]


def _by_body(*, carried: Sequence[BalanceLine], currency: str) -> Parts:
    """What the clearing account holds for these lines, body by body and fund by fund."""
    sources = [source for line in carried for source in _sources(line)]
    lines = Line.objects.filter(entry__source__in=sources, account__code=postings.CLEARING, currency=currency)
    sums = lines.values_list("entry__entity_id", "fund_id").annotate(sum=Sum("amount_minor"))
    bodies = LegalEntity.objects.filter(entries__source__in=sources).distinct().order_by("id")
    known = {body.pk: body for body in bodies}
    parts: Parts = {body: [] for body in known.values()}
    for entity_id, fund_id, minor in sums.order_by("entry__entity_id", "fund_id"):
        if minor:
            parts[known[entity_id]].append((fund_id, Money(minor, currency)))
    return parts


def _unexplained(carried: Sequence[BalanceLine], currency: str) -> list[dict[str, Any]]:
    """The lines whose own entries say something else, or that have none, each with both amounts."""
    found: list[dict[str, Any]] = []
    for line in carried:
        booked = Line.objects.filter(
            entry__source__in=_sources(line), account__code=postings.CLEARING, currency=currency
        ).aggregate(sum=Sum("amount_minor"))["sum"]
        if booked != line.net_minor and len(found) < MOST_NAMED:
            told = {"ref": line.ref, "kind": line.kind, "source": line.source_ref}
            found.append({**told, "net": line.net_minor, "booked": booked})
    return found


def _home(parts: Parts, state: PayoutState) -> LegalEntity:
    """At whose bank a payout arrives: its body's; of several bodies, that of the only one with an account for it."""
    if len(parts) == 1:
        return next(iter(parts))
    accounts = BankAccount.objects.filter(currency=state.amount.currency, is_open=True)
    banks = LegalEntity.objects.filter(pk__in=accounts.values("entity_id")).order_by("id")
    if len(banks) == 1:
        return banks[0]
    names = ", ".join(body.code for body in parts)
    words = f"payout {state.ref} holds money of {names}: say at whose bank it arrived"
    raise DoesNotAddUp(words, code=Code.BODIES)


def enter(
    *,
    payout: Payout,
    parts: Parts,
    home: LegalEntity,
    at: datetime,
    now: datetime,
    against: str = postings.CLEARING,
    memo: str = "",
) -> None:
    """Post a payout in the books of the body whose bank got it, and in those of each other body it holds money of.

    This function will post each of them once.
    """
    written = list(postings.payout(parts.get(home, []), against=against))
    others = {body: shares for body, shares in parts.items() if body != home}
    for body, shares in others.items():
        owed = Money(sum(amount.minor for _, amount in shares), payout.currency)
        general = general_fund(entity=home)
        if general is None:
            words = f"{home.code} has no unrestricted fund through which it could owe {body.code}"
            raise DoesNotAddUp(words, code=Code.GENERAL)
        written += postings.payout_for_another(amount=owed, fund_id=general.pk)
        posting.post(
            entity=body,
            kind=Entry.Kind.PAYOUT,
            source=f"payout:{payout.ref}:{body.code}",
            happened_at=at,
            postings=postings.payout_through_another(shares),
            memo=memo,
            now=now,
        )
    posting.post(
        entity=home,
        kind=Entry.Kind.PAYOUT,
        source=f"payout:{payout.ref}",
        happened_at=at,
        postings=written,
        memo=memo,
        now=now,
    )


def entries(*, payout: Payout) -> list[Entry]:
    """This function will return how a payout stands in the books: the entry of its bank first."""
    own = Q(source=f"payout:{payout.ref}") | Q(source__startswith=f"payout:{payout.ref}:")
    return list(Entry.objects.filter(own).select_related("entity").order_by("source"))


def undo(*, payout: Payout, at: datetime, now: datetime) -> None:
    """This function will take a payout out of the books again, line by line, in every body's books."""
    for posted in entries(payout=payout):
        posting.post(
            entity=posted.entity,
            kind=Entry.Kind.PAYOUT_RETURNED,
            source=posted.source.replace("payout:", "payout_failure:", 1),
            happened_at=at,
            postings=posting.opposite(posted),
            reverses=posted.source,
            now=now,
        )
