"""Counting: each month's offering, counted by two people, entered and posted; the last one is still open."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from campaigns.models import Campaign
from donations import batching, posting_batches
from donations.batching import Cover, Piece
from donations.models import Batch, BatchRow, Donation
from donors.models import Donor
from ledger.money import Money
from payments.models import BankAccount
from staff.models import User
from web.demo.years import people
from web.demo.years.calendar import LAST, Years

SPACE = uuid.UUID("0d3f5f0a-6a5e-4c53-8f0b-1c7a3f0d2b10")
COUNTERS = ("Ada Counts", "Ben Checks")
PLEDGED = {
    "Ruth Calder": (500_00, people.FAMILY, range(14, 23)),
    people.FOUNDATION: (3_000_00, people.FAMILY, (9, 15, 21)),
}
"""What keeps promises: see `promising`. Ruth Calder's last parts have not come."""
GRANT = 18
"""The month in which a fund pays what Hannah Weiss advised it to."""


def count(*, years: Years, donors: Mapping[str, Donor], account: BankAccount, actor: User) -> None:
    """This function will enter and post a batch for every month, and leave the newest one open."""
    efforts = {effort.slug: effort for effort in Campaign.objects.select_related("fund")}
    for month in range(LAST + 1):
        day = years.sunday(month)
        if month < LAST or years.is_past(day + timedelta(days=1)):
            pieces = _pieces(month, donors, efforts)
            batch = _batch(
                str(month), day, pieces, efforts=efforts, account=account, years=years, actor=actor
            )
            _post(batch, month, years=years, actor=actor)
    _begin_open(years, donors, efforts, account=account, actor=actor)


def id_of(name: str) -> uuid.UUID:
    """This function will return the id under which something of these years is made, always the same."""
    return uuid.uuid5(SPACE, name)


def _pieces(month: int, donors: Mapping[str, Donor], efforts: Mapping[str, Campaign]) -> list[Piece]:
    made: list[Piece] = []
    for habit in people.HABITS:
        if habit.first <= month <= habit.last and (month - habit.first) % habit.every == 0:
            effort = efforts[habit.campaign]
            made.append(
                _piece(month, len(made), donors[habit.name], habit.minor, effort, method=habit.method)
            )
    for name, (minor, slug, months) in PLEDGED.items():
        if month in months:
            made.append(_piece(month, len(made), donors[name], minor, efforts[slug]))
    if month == GRANT:
        giver, adviser = donors[people.SPONSOR], donors["Hannah Weiss"]
        made.append(
            _piece(
                month,
                len(made),
                giver,
                2_500_00,
                efforts[people.SAFE],
                payer=Donation.Payer.DAF,
                credited_id=adviser.pk,
            )
        )
    made.append(_loose(month, len(made), efforts[people.GENERAL]))
    if month == LAST - 1:
        made.append(
            Piece(
                id=id_of(f"row:{month}:unknown"),
                amount=Money(150_00, "USD"),
                giver=BatchRow.Giver.UNKNOWN,
                method="check",
                check_number="4417",
                hint="signature cannot be read",
            )
        )
    return made


def _piece(
    month: int,
    place: int,
    donor: Donor,
    minor: int,
    effort: Campaign,
    *,
    method: str = "check",
    payer: Donation.Payer = Donation.Payer.DONOR,
    credited_id: uuid.UUID | None = None,
) -> Piece:
    amount = Money(minor, "USD")
    return Piece(
        id=id_of(f"row:{month}:{place}"),
        amount=amount,
        giver=BatchRow.Giver.DONOR,
        donor_id=donor.pk,
        parts=[batching.Part(effort.fund, amount)],
        campaign=effort,
        method=method,
        payer=payer,
        credited_id=credited_id,
        check_number=str(1001 + 37 * month + place) if method == "check" else "",
        is_sure_of_day=True,
    )


def _loose(month: int, place: int, effort: Campaign) -> Piece:
    return Piece(
        id=id_of(f"row:{month}:{place}"),
        amount=Money(people.LOOSE[month % len(people.LOOSE)], "USD"),
        giver=BatchRow.Giver.NOBODY,
        method="cash",
        campaign=effort,
    )


def _batch(
    name: str,
    day: date,
    pieces: Sequence[Piece],
    *,
    efforts: Mapping[str, Campaign],
    account: BankAccount,
    years: Years,
    actor: User,
    missing: int = 0,
) -> Batch:
    """The batch with its rows; `missing` more pieces were counted than are entered so far."""
    effort = efforts[people.GENERAL]
    total = sum(piece.amount.minor for piece in pieces) + missing * 45_00
    cover = Cover(
        bank_account=account,
        fund=effort.fund,
        campaign=effort,
        method="check",
        expected_count=len(pieces) + missing,
        expected=Money(total, "USD"),
        came_on=day,
        deposit_on=day + timedelta(days=1),
        event="Sunday offering",
        counter_one=COUNTERS[0],
        counter_two=COUNTERS[1],
    )
    now = years.at(day, 13)
    batch = batching.open_batch(batch_id=id_of(f"batch:{name}"), cover=cover, actor=actor, now=now)
    if batch.status == Batch.Status.OPEN:
        for piece in pieces:
            batching.save_row(batch_id=batch.pk, piece=piece, actor=actor, now=now)
        cash = sum(piece.amount.minor for piece in pieces if piece.method == "cash")
        batching.count_cash(batch_id=batch.pk, pieces=_notes(cash))
    return batch


def _notes(minor: int) -> dict[int, int]:
    counted = {}
    for note in (20_00, 5_00, 1_00):
        counted[note], minor = divmod(minor, note)
    return counted


def _post(batch: Batch, month: int, *, years: Years, actor: User) -> None:
    posting_batches.post(
        batch_id=batch.pk, actor=actor, now=years.at(years.sunday(month) + timedelta(days=1), 10)
    )


def _begin_open(
    years: Years,
    donors: Mapping[str, Donor],
    efforts: Mapping[str, Campaign],
    *,
    account: BankAccount,
    actor: User,
) -> None:
    """What was counted this week and is being entered: two of five pieces are still missing."""
    day = years.today
    names = (("Grace Ames", 120_00), ("Daniel Poe", 75_00), ("Lydia Hart", 45_00))
    pieces = [
        _piece(LAST + 1, place, donors[name], minor, efforts[people.GENERAL])
        for place, (name, minor) in enumerate(names)
    ]
    _batch("open", day, pieces, efforts=efforts, account=account, years=years, actor=actor, missing=2)
