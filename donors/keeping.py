"""Keeping: staff and programs enter donors and correct them. Receipts issued before keep their frozen words."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from donors import matching, refusing
from donors.models import Donor, ProfileChange
from staff import auditing
from staff.models import User

FIELDS = frozenset(
    {"kind", "name", "local_name", "email", "language", "address", "postcode", "country", "phone", "title"}
    | {"first_name", "initial", "last_name", "business_number", "shown_as", "receipt_rhythm"}
)
SWITCHES = frozenset({"wants_post", "do_not_contact"})
_CLEANED = frozenset({"name", "local_name", "first_name", "initial", "last_name", "title", "shown_as"})
_COUNTRY = re.compile(r"[A-Z]{2}")


class UnableToKeep(ValueError):
    """`code` is `name` (nothing is left of it), `exists` (same e-mail and name), `merged` (change the survivor),
    `number` (only an organization has one), `country`, `joint` (who bears two names goes on to) or
    `resident_number` (one was typed: it is never kept, KR-13)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add(
    *,
    donor_id: UUID,
    profile: Mapping[str, str | bool],
    actor: User,
    now: datetime,
    is_joint: bool = False,
) -> Donor:
    """Enter a donor under an id made beforehand, so that doing it again makes no second one.

    `profile` holds some of FIELDS and SWITCHES; what is left out is empty. Only `joining` makes a record of two.
    Raises UnableToKeep. This function will return the stored donor.
    """
    known = Donor.objects.filter(pk=donor_id).first()
    if known is not None:
        return known
    donor = Donor(pk=donor_id, created_at=now)
    _set(donor, profile)
    if (donor.kind == Donor.Kind.JOINT) is not is_joint:
        raise UnableToKeep("joint")
    with transaction.atomic():
        _save(donor, is_new=True)
        auditing.record(actor=actor, action="donor.added", target=f"donor:{donor.pk}", now=now)
    return donor


def change(*, donor_id: UUID, changes: Mapping[str, str | bool], actor: User, now: datetime) -> Donor:
    """Correct some fields of a donor; the trail keeps which, never their words.

    Raises Donor.DoesNotExist and UnableToKeep. This function will return the donor as it is now.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        if donor.merged_into_id is not None:
            raise UnableToKeep("merged")
        before = {field: getattr(donor, field) for field in FIELDS | SWITCHES}
        _set(donor, changes)
        if Donor.Kind.JOINT in {before["kind"], donor.kind} and donor.kind != before["kind"]:
            raise UnableToKeep("joint")
        changed = sorted(field for field in before if getattr(donor, field) != before[field])
        if changed:
            _save(donor, is_new=False)
            ProfileChange.objects.create(
                donor=donor, fields=changed, changer=ProfileChange.Changer.STAFF, changed_at=now
            )
            auditing.record(
                actor=actor,
                action="donor.changed",
                target=f"donor:{donor.pk}",
                now=now,
                details={"fields": changed},
            )
    return donor


def _require_ours(values: Mapping[str, str | bool]) -> None:
    """Only fields of a profile, and no number of a person in any of them."""
    unknown = set(values) - FIELDS - SWITCHES
    if unknown:
        raise TypeError(f"not fields of a profile: {sorted(unknown)}")
    try:
        refusing.refuse(value for value in values.values() if isinstance(value, str))
    except refusing.ResidentNumberRefused:
        raise UnableToKeep("resident_number") from None


def _set(donor: Donor, values: Mapping[str, str | bool]) -> None:
    _require_ours(values)
    for field, value in values.items():
        if field in SWITCHES:
            setattr(donor, field, bool(value))
        else:
            told = str(value)
            setattr(donor, field, matching.clean_name(told) if field in _CLEANED else told.strip())
    if not donor.name:
        raise UnableToKeep("name")
    if donor.business_number and donor.kind != Donor.Kind.ORGANIZATION:
        raise UnableToKeep("number")
    donor.country = donor.country.upper()
    if donor.country and not _COUNTRY.fullmatch(donor.country):
        raise UnableToKeep("country")
    key = matching.email_key(donor.email)
    if key != donor.email_key:
        donor.email_failed_at = None  # what a mail server said was about the other address
    donor.email_key = key
    donor.name_key = matching.name_key(donor.name)


def _save(donor: Donor, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            donor.save(force_insert=is_new, force_update=not is_new)
    except IntegrityError as error:
        if "donor_unique_by_email_and_name" not in str(error):
            raise
        raise UnableToKeep("exists") from error
