"""Taking in: rows of a processor's file that are news become gifts, fees, refunds and deposits in the books.

What the books have already is compared. Every deed below is safe to repeat, so a row that stands in two files is one
fact. Nothing here mails: gifts are paused, and a person ends the pause in a second step.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db import transaction

from books import converting
from books.comparing import Judged, Verdict
from books.desks import Desk
from books.opening_tables import Unread
from books.reading_rows import Giver, Line, Role
from campaigns.models import Campaign
from donations import collecting, dating, entering, pausing
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Donation
from donations.postings import Share
from donors import matching, refusing
from ledger.money import Money
from payments.models import Payout


def paypal(lines: Sequence[Line], desk: Desk) -> tuple[list[Judged], list[tuple[Line, Unread]]]:
    """Take in PayPal's rows: gifts first, then what belongs to them, withdrawals last.

    This function will return the judged rows and those that could not be taken, each with the reason.
    """
    done, failed = each(_in_order(lines), _PAYPAL, desk)
    pairs, alone = converting.pairs([line for line in lines if line.role == Role.CONVERSION])
    for gave, got in pairs:
        try:
            done += converting.convert(gave, got, desk, done)
        except Unread as error:
            failed += [(gave, error), (got, error)]
    failed += [(line, Unread("pair", "", line.ref)) for line in alone]
    late, lost = each([line for line in lines if line.role == Role.PAYOUT], {Role.PAYOUT: _withdraw}, desk)
    pausing.pause(donations=desk.fresh, now=desk.now)
    return done + late, failed + lost


def _in_order(lines: Sequence[Line]) -> list[Line]:
    """Gifts before what is about them, whatever the order of the file; PayPal's is often the newest first."""
    first = [line for line in lines if line.role == Role.GIFT]
    later = [line for line in lines if line.role not in {Role.GIFT, Role.CONVERSION, Role.PAYOUT}]
    return [*first, *later]


Deed = Callable[[Line, Desk], Judged]


def each(
    lines: Iterable[Line], deeds: Mapping[Role, Deed], desk: Desk
) -> tuple[list[Judged], list[tuple[Line, Unread]]]:
    done: list[Judged] = []
    failed: list[tuple[Line, Unread]] = []
    chosen = list(lines)
    for place, line in enumerate(chosen):
        desk.progress(place, len(chosen))
        try:
            with transaction.atomic():
                done.append(deeds.get(line.role, _unread)(line, desk))
        except Unread as error:
            failed.append((line, error))
        except entering.UnableToEnter as error:
            failed.append((line, Unread(error.code, error.field)))
        except collecting.UnableToCollect as error:
            failed.append((line, Unread(error.code, "", error.left.plain if error.left is not None else "")))
    return done, failed


def _unread(line: Line, desk: Desk) -> Judged:
    raise Unread("kind", "type", line.kind)


# PayPal


def _paypal_gift(line: Line, desk: Desk) -> Judged:
    gross, fee = Money(line.gross, line.currency), Money(line.fee, line.currency)
    former = collecting.known(line.ref)
    giver = line.giver or Giver()
    if former is None and not matching.clean_name(giver.name):
        return _nobodys(line, gross, fee, desk)
    gift = former or entered(line, giver, desk)
    collecting.settle(donation=gift, fee=fee, at=line.at, now=desk.now)
    return beside(line, gift, is_new=former is None)


def beside(line: Line, gift: Donation, *, is_new: bool) -> Judged:
    """The gift as the books have it, beside the row."""
    ours = collecting.fee_of(gift) or Money(0, gift.currency)
    if is_new:
        return Judged(line, Verdict.GIFT, "", gift, gift.amount_minor, ours.minor)
    is_same = (line.gross, line.fee, line.currency) == (gift.amount_minor, ours.minor, gift.currency)
    reason = "" if gift.currency == line.currency else f"currency {gift.currency}"
    return Judged(
        line, Verdict.AGREES if is_same else Verdict.DIFFERS, reason, gift, gift.amount_minor, ours.minor
    )


def entered(line: Line, giver: Giver, desk: Desk) -> Donation:
    """Enter the gift of a row. Raises Unread and entering.UnableToEnter. This function will return it."""
    refuse_numbers(giver)
    gross = Money(line.gross, line.currency)
    dated = dating.charged(at=line.at, zone=desk.entity.zone, rule=desk.entity.date_rule)
    donor_id = matching.match(name=giver.name, email=giver.email, language="en", now=desk.now)
    campaign = campaign_of(line, desk)
    made = collecting.take(
        gift=HandGift(
            id=collecting.identity(line.ref),
            entity=desk.entity,
            donor_id=donor_id,
            campaign=campaign,
            parts=[(campaign.fund, gross)],
            amount=gross,
            method="paypal",
            came_on=desk.entity.day_of(line.at),
            days={Basis.CHARGE: dated.on},
            processor_ref=line.ref,
            given_at=line.at,
            source="paypal",
        ),
        actor=desk.actor,
        now=desk.now,
    )
    desk.fresh.append(made)
    return made


def refuse_numbers(giver: Giver) -> None:
    """No number of a person comes in by a file either (KR-13). Raises Unread."""
    for name in ("name", "email", "note", "account", "sponsor"):
        if refusing.is_held_by(getattr(giver, name)):
            raise Unread("resident_number", name)


def campaign_of(line: Line, desk: Desk) -> Campaign:
    return desk.campaigns.get(line.code.casefold(), desk.campaign) if line.code else desk.campaign


def _nobodys(line: Line, gross: Money, fee: Money, desk: Desk) -> Judged:
    """Money whose giver the file does not name: in the books, and no gift until somebody knows."""
    if gross.minor <= 0:
        raise Unread("amount", "gross", gross.plain)
    campaign = campaign_of(line, desk)
    # Without a gift it counts for no campaign: what pages show as raised is what gifts were designated.
    share = Share(campaign.fund_id, campaign.fund.is_restricted, gross, "")
    collecting.keep_unknown(entity=desk.entity, ref=line.ref, share=share, fee=fee, at=line.at, now=desk.now)
    return Judged(line, Verdict.UNKNOWN, books_gross=gross.minor, books_fee=fee.minor)


def _paypal_refund(line: Line, desk: Desk) -> Judged:
    """Money that went back, or came back after a reversal was called off (positive: a person looks at it)."""
    gift = collecting.known(line.about)
    if gift is None or line.gross >= 0:
        return Judged(line, Verdict.MISSING, "unpaid" if gift is None else "came_back", gift)
    made = collecting.give_back(
        donation=gift,
        ref=line.ref,
        amount=Money(-line.gross, line.currency),
        fee_back=Money(-line.fee, line.currency),
        reason=line.kind,
        at=line.at,
        now=desk.now,
    )
    verdict = Verdict.REFUND if made.amount_minor == -line.gross else Verdict.DIFFERS
    return Judged(line, verdict, "", gift, -made.amount_minor, line.fee)


def _paypal_fee(line: Line, desk: Desk) -> Judged:
    """A fee of its own: of the gift it is about, or of nobody's."""
    fee, gift = Money(-line.net, line.currency), collecting.known(line.about)
    if gift is not None and gift.currency == line.currency:
        collecting.add_fee(donation=gift, ref=line.ref, fee=fee, at=line.at, now=desk.now)
    else:
        collecting.charge(entity=desk.entity, ref=line.ref, fee=fee, at=line.at, now=desk.now)
    return Judged(line, Verdict.FEE, "", gift, line.gross, line.fee)


def _elsewhere(line: Line, desk: Desk) -> Judged:
    """Money that was spent or put there by us: it belongs into the accounting program, and is named here."""
    return Judged(line, Verdict.MISSING, line.role.value)


def _withdraw(line: Line, desk: Desk) -> Judged:
    amount = Money(-line.net, line.currency)
    collecting.pay_out(
        entity=desk.entity,
        processor=Payout.Processor.PAYPAL,
        ref=line.ref,
        amount=amount,
        sources=None,
        at=line.at,
        arrives_on=desk.entity.day_of(line.at),
        now=desk.now,
    )
    return Judged(line, Verdict.PAYOUT, books_gross=-amount.minor, books_fee=0)


_PAYPAL: dict[Role, Deed] = {
    Role.GIFT: _paypal_gift,
    Role.REFUND: _paypal_refund,
    Role.FEE: _paypal_fee,
    Role.SPENT: _elsewhere,
    Role.OTHER: _elsewhere,
}
