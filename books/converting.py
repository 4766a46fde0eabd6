"""Converting: two rows of a file, one currency out and another in, are one conversion and never a gift."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from books.comparing import Judged, Verdict
from books.desks import Desk
from books.opening_tables import Unread
from books.reading_rows import Line, Role
from donations import accepting, collecting, dividing, recording
from donations.models import Donation, Refund
from donations.postings import Share
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money


def pairs(lines: Sequence[Line]) -> tuple[list[tuple[Line, Line]], list[Line]]:
    """What was given and what was got for it: two rows about the same payment, in two currencies."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.about or line.ref].append(line)
    found: list[tuple[Line, Line]] = []
    alone: list[Line] = []
    for group in groups.values():
        gave = [line for line in group if line.net < 0]
        got = [line for line in group if line.net > 0]
        if len(gave) == len(got) == 1 and gave[0].currency != got[0].currency:
            found.append((gave[0], got[0]))
        else:
            alone += group
    return found, alone


def convert(gave: Line, got: Line, desk: Desk, done: list[Judged]) -> list[Judged]:
    """Book one conversion, and write on the row it is about what it settled to."""
    ref = gave.about or gave.ref
    out, into = Money(-gave.net, gave.currency), Money(got.net, got.currency)
    donation, shares, entity = _about(ref, desk.entity)
    try:
        collecting.exchange(
            entity=entity, ref=ref, gave=out, got=into, shares=shares, at=got.at, now=desk.now
        )
    except (collecting.UnableToCollect, accepting.UnableToAccept) as error:
        raise Unread(error.code, "", error.left.plain if error.left is not None else "") from error
    for place, judged in enumerate(done):
        if judged.line.ref == ref and judged.line.role != Role.CONVERSION:
            done[place] = _settled(judged, out, into)
    return [
        _settled(Judged(gave, Verdict.CONVERSION, "", donation), out, into),
        Judged(got, Verdict.CONVERSION, "", donation),
    ]


def _settled(judged: Judged, gave: Money, got: Money) -> Judged:
    return replace(
        judged,
        settled_minor=got.minor,
        settled_currency=got.currency,
        rate=rate(gave=gave, got=got),
    )


def _about(ref: str, body: LegalEntity) -> tuple[Donation | None, list[Share], LegalEntity]:
    """Whose money was converted: that of a gift, of a refund, or what lay there."""
    gift = collecting.known(ref)
    if gift is not None:
        return gift, recording.shares_of(gift), gift.entity
    refund = (
        Refund.objects.select_related("donation__entity", "donation__campaign")
        .filter(processor_ref=ref)
        .first()
    )
    if refund is not None:
        return refund.donation, dividing.parts_of(refund), refund.donation.entity
    former = collecting.unknown(ref)
    if former is not None:
        line = former.lines.filter(amount_minor__gt=0).select_related("fund").get()
        return None, [Share(line.fund_id, line.fund.is_restricted, line.amount, "")], former.entity
    return None, [], body


def rate(*, gave: Money, got: Money) -> Decimal:
    """This function will return how much of the new currency one unit of the old one brought."""
    old, new = (Decimal(amount.minor).scaleb(-money.exponent(amount.currency)) for amount in (gave, got))
    return (new / old).quantize(Decimal("0.0000000001"))
