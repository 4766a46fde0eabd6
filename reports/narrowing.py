"""Narrowing: which lines of the books a number is made of, so that every number opens them.

The journal, its file and the reports ask here, so that they cannot mean different lines by the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat, Substr

from books import measuring
from donations.models import Donation, Refund
from ledger import balances
from ledger.models import Entry, LegalEntity, Line
from ledger.money import Money

MONEY, SECURITIES, IN_KIND = "money", "securities", "in_kind"
KINDS: Mapping[str, tuple[str, ...]] = {
    SECURITIES: (Donation.Kind.STOCK.value,),
    IN_KIND: (
        Donation.Kind.PROPERTY.value,
        Donation.Kind.VEHICLE.value,
        Donation.Kind.VOLUNTEER_EXPENSES.value,
    ),
}
"""What contributions are besides money, by the kind of the gift."""
GROUPS: Mapping[str, Q] = {
    "with": measuring.WITH,
    "without": ~measuring.WITH & ~Q(account__kind__in=["asset", "liability"]),
    "received": measuring.WITH & ~Q(account__kind="net_assets"),
    "contributions": Q(account__code__in=balances.INCOME),
    "paid": Q(account__code__in=balances.PAID),
    "earned": Q(account__kind="income") & ~Q(account__code__in=balances.INCOME),
    "costs": Q(account__kind="expense"),
    "released": Q(account__code__in=["4900", "4910"]),
    "moved": Q(account__code__in=["4950", "4960"]),
    "worth": ~Q(account__kind__in=["asset", "liability"]),
}
"""Names for several accounts at once, where an account's code may stand."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """What lines are asked for; an empty field asks for nothing. Both days are inclusive.

    `account` is a code or one of GROUPS; `of` one of the two classes, for an account that holds both; `what` is money,
    securities or in kind.
    """

    booked_from: date | None = None
    booked_to: date | None = None
    entity: str = ""
    account: str = ""
    fund: int | None = None
    currency: str = ""
    kind: str = ""
    source: str = ""
    what: str = ""
    of: str = ""

    @property
    def is_of_lines(self) -> bool:
        """Whether single lines of an entry are meant, and not all of them."""
        return bool(self.account or self.fund or self.currency or self.what or self.of)


def lines(asked: Narrow) -> QuerySet[Line]:
    """This function will return the lines that are asked for."""
    simple = {
        "entry__booked_on__gte": asked.booked_from,
        "entry__booked_on__lte": asked.booked_to,
        "entry__entity__code": asked.entity,
        "fund": asked.fund,
        "currency": asked.currency,
        "entry__kind": asked.kind,
        "entry__source": asked.source,
    }
    found = Line.objects.filter(**{name: value for name, value in simple.items() if value})
    if asked.account:
        found = found.filter(GROUPS.get(asked.account, Q(account__code=asked.account)))
    if asked.of:
        found = found.filter(GROUPS[asked.of])
    if asked.what in KINDS:
        found = found.filter(_of_things(KINDS[asked.what]))
    elif asked.what == MONEY:
        every = tuple(kind for kinds in KINDS.values() for kind in kinds)
        found = found.exclude(pk__in=Line.objects.filter(_of_things(every)).values("pk"))
    return found


def _of_things(kinds: tuple[str, ...]) -> Q:
    """Lines of entries about gifts of these kinds: when they came, when they went back, when their benefits changed."""
    gifts = Donation.objects.filter(rail=Donation.Rail.DESK, kind__in=kinds)
    text = Cast("pk", CharField())
    came = gifts.annotate(named=Concat(Value("hand:"), text)).values("named")
    back = Refund.objects.filter(donation__in=gifts.values("pk"))
    gone = back.annotate(named=Concat(Value("refund:"), F("processor_ref"))).values("named")
    split = Entry.objects.filter(kind=Entry.Kind.ADJUSTMENT, source__startswith="event:")
    split = split.annotate(gift=Substr("source", 7, 36))
    split = split.filter(gift__in=gifts.annotate(text=text).values("text"))
    return Q(entry__source__in=came) | Q(entry__source__in=gone) | Q(entry__in=split.values("pk"))


def things_given(*, entity: LegalEntity, first: date, last: date) -> dict[tuple[str, str, str], int]:
    """Contributions that were no money, over a period, what went back taken off.

    This function will return minor units by what it was, account and currency.
    """
    result: dict[tuple[str, str, str], int] = {}
    for what in KINDS:
        asked = Narrow(
            booked_from=first, booked_to=last, entity=entity.code, account="contributions", what=what
        )
        rows = lines(asked).values_list("account__code", "currency").annotate(sum=Sum("amount_minor"))
        for code, currency, minor in rows.order_by("account__code", "currency"):
            result[what, code, currency] = -minor
    return result


def turnover(asked: Narrow) -> list[tuple[Money, Money]]:
    """This function will return (debits, credits) of the lines asked for, by currency."""
    rows = (
        lines(asked)
        .values("currency")
        .annotate(
            debits=Sum("amount_minor", filter=Q(amount_minor__gt=0)),
            credits=Sum("amount_minor", filter=Q(amount_minor__lt=0)),
        )
        .order_by("currency")
    )
    return [
        (Money(row["debits"] or 0, row["currency"]), Money(-(row["credits"] or 0), row["currency"]))
        for row in rows
    ]


def as_condition(asked: Narrow) -> tuple[str, dict[str, Any]]:
    """The same lines for a statement of our own, over `ledger_line l`.

    This function will return the condition and its parameters by name.
    """
    text, values = lines(asked).order_by().values("pk").query.sql_with_params()
    pieces = text.split("%s")
    names = [f"narrow_{place}" for place in range(len(values))]
    condition = "".join(
        piece + (f"%({names[place]})s" if place < len(names) else "") for place, piece in enumerate(pieces)
    )
    return f"l.id IN ({condition})", dict(zip(names, values, strict=True))
