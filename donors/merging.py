"""Merging: two records turn out to be one giver. Nothing is repointed, renumbered or deleted, so it can be undone.

The merged donor keeps its row, gifts, receipts and plans, and names its survivor; reading follows. Who had been
merged into the merged one goes along to the survivor, so that one step always leads to who stands for them now.
"""

import uuid
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from donors import refusing
from donors.models import Donor, DonorMerge, EmailChange, JointMember
from staff import auditing
from staff.models import User

Deed = DonorMerge.Deed


class UnableToMerge(ValueError):
    """`code` is `unknown`, `itself`, `merged`, `kinds`, `joint`, `email_change`, `reason`,
    `resident_number`, `not_merged` or `exists`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def merge(*, donor_id: uuid.UUID, into_id: uuid.UUID, reason: str, actor: User, now: datetime) -> DonorMerge:
    """Say that `donor` is `into`: from now on `into` stands for both.

    Safe to repeat. Raises UnableToMerge. This function will return the row that says so.
    """
    words = " ".join(reason.split())
    if not words:
        raise UnableToMerge("reason")
    if refusing.is_held_by(words):
        raise UnableToMerge("resident_number")
    with transaction.atomic():
        _take_turns()
        donor, into = _two(donor_id, into_id)
        if donor.merged_into_id == into.pk:
            return _last(donor)
        check(donor=donor, into=into, now=now)
        # First those who stand behind the merged one: each keeps a row of its own about it.
        for behind in Donor.objects.filter(merged_into=donor).order_by("pk"):
            _point(behind, into, reason=words, actor=actor, now=now)
        made = _point(donor, into, reason=words, actor=actor, now=now)
        _note(made, "donor.merged", actor, now)
    return made


def check(*, donor: Donor, into: Donor, now: datetime) -> None:
    """This function will raise UnableToMerge when these two may not become one; it writes nothing."""
    if donor.pk == into.pk:
        raise UnableToMerge("itself")
    if donor.merged_into_id is not None or into.merged_into_id is not None:
        raise UnableToMerge("merged")
    if donor.kind != into.kind:
        raise UnableToMerge("kinds")
    if Donor.Kind.JOINT in {donor.kind, into.kind} or _share_a_joint(donor, into):
        raise UnableToMerge("joint")
    keys = [key for key in (donor.email_key, into.email_key) if key]
    pending = EmailChange.objects.filter(status=EmailChange.Status.ASKED, expires_at__gt=now)
    ours = Q(old_key__in=keys) | Q(donor_ids__contains=str(donor.pk)) | Q(donor_ids__contains=str(into.pk))
    if pending.filter(ours).exists():
        raise UnableToMerge("email_change")


def unmerge(*, donor_id: uuid.UUID, reason: str, actor: User, now: datetime) -> DonorMerge:
    """Take a merge back: the donor stands alone again, with those who stood behind it before.

    Raises UnableToMerge. This function will return the row that says so.
    """
    if refusing.is_held_by(reason):
        raise UnableToMerge("resident_number")
    with transaction.atomic():
        _take_turns()
        donor = Donor.objects.filter(pk=donor_id).first()
        if donor is None:
            raise UnableToMerge("unknown")
        if donor.merged_into_id is None:
            raise UnableToMerge("not_merged")
        merged = _last(donor)
        made = DonorMerge.objects.create(
            donor=donor,
            into=merged.into,
            deed=Deed.UNMERGE,
            reason=" ".join(reason.split())[:200],
            done_by=actor,
            done_at=now,
        )
        _stand_alone(donor)
        for behind in _came_along(merged):
            _point(behind, donor, reason=made.reason, actor=actor, now=now)
        _note(made, "donor.unmerged", actor, now)
    return made


def survivor(*, donor: Donor) -> Donor:
    """This function will return who stands for a donor now: itself, unless it was merged."""
    return donor if donor.merged_into is None else donor.merged_into


def _take_turns() -> None:
    """Merges are rare and may touch many rows: one at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7210009)")


def _two(donor_id: uuid.UUID, into_id: uuid.UUID) -> tuple[Donor, Donor]:
    # In the order of keys, as everybody who locks several donors.
    rows = Donor.objects.select_for_update(no_key=True).filter(pk__in=[donor_id, into_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    if donor_id not in found or into_id not in found:
        raise UnableToMerge("unknown")
    return found[donor_id], found[into_id]


def _share_a_joint(donor: Donor, into: Donor) -> bool:
    joints = JointMember.objects.filter(member=donor).values("joint_id")
    return JointMember.objects.filter(member=into, joint_id__in=joints).exists()


def _point(donor: Donor, into: Donor, *, reason: str, actor: User, now: datetime) -> DonorMerge:
    Donor.objects.filter(pk=donor.pk).update(merged_into=into)
    return DonorMerge.objects.create(
        donor=donor, into=into, deed=Deed.MERGE, reason=reason[:200], done_by=actor, done_at=now
    )


def _stand_alone(donor: Donor) -> None:
    try:
        with transaction.atomic():
            Donor.objects.filter(pk=donor.pk).update(merged_into=None)
    except IntegrityError as error:
        if "donor_unique_by_email_and_name" not in str(error):
            raise
        raise UnableToMerge("exists") from error


def _last(donor: Donor) -> DonorMerge:
    """The newest word about a merged donor. Raises UnableToMerge for one merged before there were such rows."""
    found = DonorMerge.objects.filter(donor=donor, deed=Deed.MERGE).order_by("-id").first()
    if found is None:
        raise UnableToMerge("unknown")
    return found


def _came_along(merged: DonorMerge) -> list[Donor]:
    """Who was pointed at the survivor in the same deed, and still is."""
    rows = DonorMerge.objects.filter(
        into=merged.into_id, done_at=merged.done_at, deed=Deed.MERGE, pk__lt=merged.pk
    )
    found = []
    for row in rows.select_related("donor").order_by("pk"):
        before = (
            DonorMerge.objects.filter(donor=row.donor, pk__lt=row.pk, deed=Deed.MERGE).order_by("-pk").first()
        )
        stays = row.donor.merged_into_id == merged.into_id and _last(row.donor).pk == row.pk
        if stays and before is not None and before.into_id == merged.donor_id:
            found.append(row.donor)
    return found


def _note(row: DonorMerge, action: str, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"donor:{row.donor_id}",
        details={"into": str(row.into_id), "reason": row.reason},
        now=now,
    )
