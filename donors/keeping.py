"""Keeping: staff and programs enter donors and correct them. Receipts issued before keep their frozen words."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from donors import matching, withholding
from donors.models import Donor
from staff import auditing
from staff.models import User

FIELDS = frozenset({"kind", "name", "local_name", "email", "language", "address"})


class UnableToKeep(ValueError):
    """`code` is `name` (nothing is left of it), `exists` (same e-mail and name), `merged` (change the survivor) or
    `resident_number` (one was typed: it is never kept, KR-13).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add(*, donor_id: UUID, profile: Mapping[str, str], actor: User, now: datetime) -> Donor:
    """Enter a donor under an id made beforehand, so that doing it again makes no second one.

    `profile` holds `kind`, `name`, `local_name`, `email`, `language`, `address`; what is left out is empty.
    Raises UnableToKeep. This function will return the stored donor.
    """
    known = Donor.objects.filter(pk=donor_id).first()
    if known is not None:
        return known
    donor = Donor(pk=donor_id, created_at=now)
    _set(donor, profile)
    with transaction.atomic():
        _save(donor, is_new=True)
        auditing.record(actor=actor, action="donor.added", target=f"donor:{donor.pk}", now=now)
    return donor


def change(*, donor_id: UUID, changes: Mapping[str, str], actor: User, now: datetime) -> Donor:
    """Correct some fields of a donor; the trail keeps which, never their words.

    Raises Donor.DoesNotExist and UnableToKeep. This function will return the donor as it is now.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        if donor.merged_into_id is not None:
            raise UnableToKeep("merged")
        before = {field: getattr(donor, field) for field in FIELDS}
        _set(donor, changes)
        changed = sorted(field for field in FIELDS if getattr(donor, field) != before[field])
        if changed:
            _save(donor, is_new=False)
            auditing.record(
                actor=actor,
                action="donor.changed",
                target=f"donor:{donor.pk}",
                now=now,
                details={"fields": changed},
            )
    return donor


def _set(donor: Donor, values: Mapping[str, str]) -> None:
    unknown = set(values) - FIELDS
    if unknown:
        raise TypeError(f"not fields of a profile: {sorted(unknown)}")
    try:
        withholding.refuse(values.values())
    except withholding.ResidentNumberRefused:
        raise UnableToKeep("resident_number") from None
    for field, value in values.items():
        setattr(
            donor, field, matching.clean_name(value) if field in {"name", "local_name"} else value.strip()
        )
    if not donor.name:
        raise UnableToKeep("name")
    donor.email_key = matching.email_key(donor.email)
    donor.name_key = matching.name_key(donor.name)


def _save(donor: Donor, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            donor.save(force_insert=is_new, force_update=not is_new)
    except IntegrityError as error:
        if "donor_unique_by_email_and_name" not in str(error):
            raise
        raise UnableToKeep("exists") from error
