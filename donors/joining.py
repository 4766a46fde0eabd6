"""Joining: two people who give in one name, and their parting. What bears the joint name stays with both (D24)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from donors import keeping
from donors.models import Donor, JointMember
from staff import auditing
from staff.models import User


class UnableToJoin(ValueError):
    """`code` is `two` (not two people), `unknown`, `merged`, `person`, `parted` or `not_joint`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def join(
    *,
    joint_id: uuid.UUID,
    member_ids: Sequence[uuid.UUID],
    profile: Mapping[str, str],
    actor: User,
    now: datetime,
) -> Donor:
    """Make a donor that bears two people's names, under an id made beforehand, so that it is made once.

    Gifts that either gave alone stay theirs. Raises UnableToJoin, and UnableToKeep for the profile.
    This function will return the joint donor.
    """
    known = Donor.objects.filter(pk=joint_id).first()
    if known is not None:
        return known
    if len(set(member_ids)) != 2:
        raise UnableToJoin("two")
    with transaction.atomic():
        rows = Donor.objects.select_for_update(no_key=True).filter(pk__in=member_ids).order_by("pk")
        members = {row.pk: row for row in rows}
        if len(members) != 2:
            raise UnableToJoin("unknown")
        for member in members.values():
            if member.merged_into_id is not None:
                raise UnableToJoin("merged")
            if member.kind != Donor.Kind.PERSON:
                raise UnableToJoin("person")
        joint = keeping.add(
            donor_id=joint_id,
            profile={**profile, "kind": Donor.Kind.JOINT.value},
            actor=actor,
            now=now,
            is_joint=True,
        )
        JointMember.objects.bulk_create(
            JointMember(joint=joint, member=members[member_id], added_at=now) for member_id in member_ids
        )
    return joint


def part(*, joint_id: uuid.UUID, actor: User, now: datetime) -> list[JointMember]:
    """The two part: nothing new is given in the joint name, and its receipts stay as they are, with both.

    The joint e-mail is let go, so that a gift from it is no longer taken for one of both. Safe to repeat. Raises
    UnableToJoin. This function will return the members.
    """
    with transaction.atomic():
        joint = Donor.objects.select_for_update(no_key=True).filter(pk=joint_id).first()
        if joint is None or joint.kind != Donor.Kind.JOINT:
            raise UnableToJoin("not_joint")
        parted = JointMember.objects.filter(joint=joint, left_at__isnull=True).update(left_at=now)
        if parted:
            Donor.objects.filter(pk=joint.pk).update(email="", email_key="")
            auditing.record(actor=actor, action="donor.parted", target=f"donor:{joint.pk}", now=now)
    return list(JointMember.objects.filter(joint=joint).select_related("member").order_by("id"))


def is_parted(*, donor: Donor) -> bool:
    """This function will tell whether a donor bears the names of two who have parted."""
    return JointMember.objects.filter(joint=donor, left_at__isnull=False).exists()
