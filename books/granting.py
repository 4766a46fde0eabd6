"""Granting: grants of donor-advised funds come in one deposit, whose file names each of them.

The sponsor is the giver and whoever advised the grant is thanked (D8). Cents of rounding are booked by themselves.
"""

import uuid
from collections.abc import Sequence

from books import taking_in
from books.comparing import Judged, Verdict
from books.desks import Desk
from books.opening_tables import Unread
from books.reading_rows import Giver, Line, Role
from books.taking_in import Deed
from donations import collecting, pausing
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Donation, SoftCredit
from donors import keeping, matching
from donors.models import Donor
from ledger.money import Money
from payments.models import Payout

_SPACE = uuid.UUID("b6f7a7e2-51c2-5a2b-8a4c-5a2f0b8a3f10")


def chariot(lines: Sequence[Line], desk: Desk) -> tuple[list[Judged], list[tuple[Line, Unread]]]:
    """Take in a deposit of grants. This function will return the judged rows and those that could not be taken."""
    done, failed = taking_in.each(lines, _CHARIOT, desk)
    pausing.pause(donations=desk.fresh, now=desk.now)
    return done, failed


def _grant(line: Line, desk: Desk) -> Judged:
    gross, giver = Money(line.gross, line.currency), line.giver or Giver()
    former = collecting.known(line.ref)
    gift = former or _granted(line, giver, gross, desk)
    if line.fee:
        collecting.settle(donation=gift, fee=Money(line.fee, line.currency), at=line.at, now=desk.now)
    desk.sources[line.payout] += [f"hand:{gift.pk}", f"balance:{line.ref}"]
    return taking_in.beside(line, gift, is_new=former is None)


def _granted(line: Line, giver: Giver, gross: Money, desk: Desk) -> Donation:
    taking_in.refuse_numbers(giver)
    day = desk.entity.day_of(line.at)
    adviser = _adviser(giver, desk)
    campaign = taking_in.campaign_of(line, desk)
    made = collecting.take(
        gift=HandGift(
            id=collecting.identity(line.ref),
            entity=desk.entity,
            donor_id=_sponsor(giver, desk),
            campaign=campaign,
            parts=[(campaign.fund, gross)],
            amount=gross,
            method="bank_transfer",
            came_on=day,
            days={Basis.SETTLEMENT: day},
            payer=Donation.Payer.DAF,
            description=giver.account[:200],
            note=giver.note[:300],
            credits=[Credit(adviser, SoftCredit.Kind.ADVISER)] if adviser else [],
            processor_ref=line.ref,
            given_at=line.at,
            source="chariot",
        ),
        actor=desk.actor,
        now=desk.now,
    )
    desk.fresh.append(made)
    return made


def _sponsor(giver: Giver, desk: Desk) -> uuid.UUID:
    """The organization that is the giver: the one of that name, or a new one, the same for every file."""
    key = matching.name_key(giver.sponsor)
    found = Donor.objects.filter(name_key=key, kind=Donor.Kind.ORGANIZATION).order_by("created_at", "id")
    for donor in found.select_related("merged_into"):
        return donor.merged_into_id or donor.pk
    return _kept(f"sponsor:{key}", {"kind": Donor.Kind.ORGANIZATION.value, "name": giver.sponsor}, desk)


def _adviser(giver: Giver, desk: Desk) -> uuid.UUID | None:
    """Who advised the grant, if the file names somebody: known by e-mail and name, or by name and account."""
    if not matching.clean_name(giver.name):
        return None
    if giver.email:
        return matching.match(name=giver.name, email=giver.email, language="en", now=desk.now)
    key = f"{matching.name_key(giver.sponsor)}:{giver.account}:{matching.name_key(giver.name)}"
    return _kept(f"adviser:{key}", {"kind": Donor.Kind.PERSON.value, "name": giver.name}, desk)


def _kept(key: str, profile: dict[str, str | bool], desk: Desk) -> uuid.UUID:
    try:
        made = keeping.add(donor_id=uuid.uuid5(_SPACE, key), profile=profile, actor=desk.actor, now=desk.now)
    except keeping.UnableToKeep as error:
        raise Unread(error.code, "full_name") from error
    return made.merged_into_id or made.pk


def _rounding(line: Line, desk: Desk) -> Judged:
    ref = f"{line.payout}:{line.ref}"
    amount = Money(line.net, line.currency)
    collecting.round_off(entity=desk.entity, ref=ref, amount=amount, at=line.at, now=desk.now)
    desk.sources[line.payout].append(f"rounding:{ref}")
    return Judged(line, Verdict.ROUNDING, books_gross=line.net, books_fee=0)


def _deposit(line: Line, desk: Desk) -> Judged:
    amount = Money(line.net, line.currency)
    collecting.pay_out(
        entity=desk.entity,
        processor=Payout.Processor.CHARIOT,
        ref=line.ref,
        amount=amount,
        sources=desk.sources[line.payout],
        at=line.at,
        arrives_on=desk.entity.day_of(line.at),
        now=desk.now,
    )
    return Judged(line, Verdict.PAYOUT, books_gross=amount.minor, books_fee=0)


_CHARIOT: dict[Role, Deed] = {Role.GIFT: _grant, Role.ROUNDING: _rounding, Role.PAYOUT: _deposit}
