"""Reading rows: what a row of a batch is once it is a gift. One for each giver named on it; nothing is written here."""

import uuid
from collections.abc import Sequence
from datetime import date

from donations.benefiting import Return
from donations.crediting import Credit
from donations.dating import Basis
from donations.entering import HandGift
from donations.models import Batch, BatchRow, BatchRowPart, Donation, SoftCredit
from donors.models import Donor
from ledger.models import Fund
from ledger.money import Money

CREDITS = {
    Donation.Payer.DAF.value: SoftCredit.Kind.ADVISER,
    Donation.Payer.EMPLOYER.value: SoftCredit.Kind.MATCH,
}
"""Why somebody is thanked besides the giver, by who paid; a person beside a person is thanked as `other`."""


def gift_id(*, row_id: uuid.UUID, donor_id: uuid.UUID) -> uuid.UUID:
    """This function will return the id of the gift that a row becomes for one of its givers, always the same."""
    return uuid.uuid5(row_id, str(donor_id))


def gifts(
    *, batch: Batch, row: BatchRow, parts: Sequence[BatchRowPart], giver: Donor | None
) -> list[HandGift]:
    """The gifts of a row, that of `giver` first, then those of other people whose parts one check carries.

    `giver` is who gave the row; the parts' donors and funds are fetched with them. Somebody who was merged meanwhile
    gives as the survivor. This function will return them; a row without a giver is none.
    """
    if giver is None:
        return []
    first = _survivor(giver)
    givers = {first.pk: first}
    shares: dict[uuid.UUID, dict[int, tuple[Fund, int]]] = {first.pk: {}}
    for part in parts:
        donor = _survivor(part.donor) if part.donor is not None else first
        givers.setdefault(donor.pk, donor)
        mine = shares.setdefault(donor.pk, {})
        known = mine.get(part.fund_id, (part.fund, 0))
        mine[part.fund_id] = (part.fund, known[1] + part.amount_minor)
    named = [pk for pk in shares if shares[pk]]
    return [_gift(batch, row, givers[pk], list(shares[pk].values()), is_first=pk == named[0]) for pk in named]


def _survivor(donor: Donor) -> Donor:
    return donor.merged_into or donor


def _gift(
    batch: Batch, row: BatchRow, donor: Donor, shares: Sequence[tuple[Fund, int]], *, is_first: bool
) -> HandGift:
    """What was given in return, and whom we thank besides, belongs to the first gift of a row."""
    parts = [(fund, Money(minor, batch.currency)) for fund, minor in shares]
    return HandGift(
        id=gift_id(row_id=row.pk, donor_id=donor.pk),
        entity=batch.entity,
        donor_id=donor.pk,
        campaign=row.campaign,
        parts=parts,
        amount=Money(sum(minor for _, minor in shares), batch.currency),
        method=row.method,
        came_on=batch.came_on,
        days=days(row),
        kind=Donation.Kind(row.kind),
        payer=Donation.Payer(row.payer),
        description=row.description,
        is_anonymous=row.is_anonymous,
        language=donor.language,
        last4=row.check_number[-4:] or row.account_last4,
        note=row.memo,
        returns=_returns(row) if is_first else (),
        credits=_credits(row) if is_first else (),
    )


def days(row: BatchRow) -> dict[Basis, date]:
    """This function will return the days that are known of a row, as the resolver of tax days takes them."""
    return {Basis(basis): date.fromisoformat(day) for basis, day in row.days.items()}


def _returns(row: BatchRow) -> list[Return]:
    return [Return(row.benefit, fair_value_minor=row.benefit_minor)] if row.benefit else []


def _credits(row: BatchRow) -> list[Credit]:
    if row.credited_id is None:
        return []
    return [Credit(row.credited_id, CREDITS.get(row.payer, SoftCredit.Kind.OTHER))]
