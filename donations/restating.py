"""Restating: what a gift was said to be is put right. The books, the amount and the money stay as they were.

A `Correction` keeps the former and the new words, in one transaction with the change: the database takes no other.
Receipts follow by themselves: the paper of a gift whose facts have changed is void, and a true one is issued.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from donations import entering, postings, recording, refunding
from donations.models import Correction, Donation
from donors import refusing
from donors.models import Donor, JointMember
from ledger import posting
from ledger.models import Entry
from staff import auditing
from staff.models import User

FIELDS = ("donor_id", "given_on", "date_rule", "kind", "payer", "description", "is_person_directed")
"""Everything a correction may touch, as the database's trigger lists it too."""
MONEY = frozenset({Donation.Kind.CASH, Donation.Kind.TICKET})


class UnableToRestate(ValueError):
    """`code` is `reason`, `resident_number`, `nothing`, `unknown`, `donor`, `parted`, `day`, `kind`, `payer` or
    `description`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def restate(
    *, donation_id: uuid.UUID, changes: Mapping[str, object], reason: str, actor: User, now: datetime
) -> Correction:
    """Correct who gave, the day, what it was, who paid, its description or for whom it was meant.

    `changes` holds some of FIELDS; a day that is changed without a rule was set by staff. Raises UnableToRestate.
    This function will return the correction.
    """
    if set(changes) - set(FIELDS):
        raise TypeError(f"not fields of a correction: {sorted(set(changes) - set(FIELDS))}")
    words = " ".join(reason.split())
    if not words:
        raise UnableToRestate("reason")
    if any(map(refusing.is_held_by, (words, str(changes.get("description", ""))))):
        raise UnableToRestate("resident_number")
    with transaction.atomic():
        refunding.lock(donation_id)
        donation = Donation.objects.select_related("entity", "campaign").filter(pk=donation_id).first()
        if donation is None:
            raise UnableToRestate("unknown")
        wanted = _wanted(donation, changes)
        _check(donation, wanted, now)
        was = donation.kind
        made = Correction.objects.create(
            donation=donation,
            before=_told({name: getattr(donation, name) for name in FIELDS}),
            after=_told(wanted),
            reason=words[:200],
            corrected_by=actor,
            corrected_at=now,
        )
        Donation.objects.filter(pk=donation_id).update(**wanted)
        _move(donation, made, was=was, became=str(wanted["kind"]), now=now)
        _note(made, actor, now)
    return made


def _wanted(donation: Donation, changes: Mapping[str, object]) -> dict[str, object]:
    wanted = {name: changes.get(name, getattr(donation, name)) for name in FIELDS}
    wanted["description"] = " ".join(str(wanted["description"]).split())[:200]
    if wanted["given_on"] != donation.given_on and "date_rule" not in changes:
        wanted["date_rule"] = Donation.DateRule.STAFF
    # Plain values: what the database compares are its own.
    for name in ("date_rule", "kind", "payer"):
        wanted[name] = str(getattr(wanted[name], "value", wanted[name]))
    if all(wanted[name] == getattr(donation, name) for name in FIELDS):
        raise UnableToRestate("nothing")
    return wanted


def _told(values: Mapping[str, object]) -> dict[str, object]:
    """The values as the database writes them in JSON."""
    return {
        name: value
        if isinstance(value, bool)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
        for name, value in values.items()
    }


def _check(donation: Donation, wanted: Mapping[str, object], now: datetime) -> None:
    _check_kind(donation, wanted)
    day = wanted["given_on"]
    today = donation.entity.day_of(now)
    if not isinstance(day, date) or not today - entering.OLDEST <= day <= today:
        raise UnableToRestate("day")
    if wanted["donor_id"] == donation.donor_id and wanted["payer"] == donation.payer:
        return
    donor = Donor.objects.filter(pk=str(wanted["donor_id"]), merged_into__isnull=True).first()
    if donor is None and wanted["donor_id"] != donation.donor_id:
        raise UnableToRestate("donor")
    giver = donor or Donor.objects.get(pk=donation.donor_id)
    is_organization = giver.kind == Donor.Kind.ORGANIZATION
    if (wanted["payer"] in entering.ORGANIZATIONS and not is_organization) or (
        wanted["payer"] == Donation.Payer.IRA_QCD and is_organization
    ):
        raise UnableToRestate("payer")
    if JointMember.objects.filter(joint=giver, left_at__isnull=False).exists() and donor is not None:
        raise UnableToRestate("parted")


def _check_kind(donation: Donation, wanted: Mapping[str, object]) -> None:
    kind = wanted["kind"]
    if kind not in set(Donation.Kind) or wanted["payer"] not in set(Donation.Payer):
        raise UnableToRestate("kind")
    if donation.rail == Donation.Rail.PROCESSOR and kind not in MONEY:
        raise UnableToRestate("kind")  # a charge is money, whatever we call it
    if kind in entering.THINGS and not wanted["description"]:
        raise UnableToRestate("description")


def _move(donation: Donation, correction: Correction, *, was: str, became: str, now: datetime) -> None:
    """A thing entered as money, or the other way, lies on another account; booked on the day of the correction."""
    method = donation.method
    there, here = (postings.lies_on(kind=kind, method=method) for kind in (was, became))
    if donation.rail != Donation.Rail.DESK or there == here:
        return
    posting.post(
        entity=donation.entity,
        kind=Entry.Kind.ADJUSTMENT,
        source=f"restated:{correction.pk}",
        happened_at=now,
        postings=postings.moved_by_hand(recording.shares_of(donation), was=was, became=became, method=method),
        now=now,
    )


def _note(correction: Correction, actor: User, now: datetime) -> None:
    changed = [name for name in FIELDS if correction.before[name] != correction.after[name]]
    auditing.record(
        actor=actor,
        action="donation.restated",
        target=f"donation:{correction.donation_id}",
        details={"correction": correction.pk, "fields": changed},
        now=now,
    )
