"""Two records of one giver become one and can be parted again; two people give in one name, and part (D23, D24)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from donations import mourning
from donors import joining, keeping, matching, merging
from donors.joining import UnableToJoin
from donors.keeping import UnableToKeep
from donors.merging import UnableToMerge
from donors.models import Consent, Donor, DonorMerge, EmailChange, JointMember, ProfileChange
from receipts.models import Receipt
from staff.models import AuditEvent
from tests import facts
from tests.donations import desk
from tests.facts import NOW
from tests.laws.test_sums_are_no_facts import SUMS

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def merge(donor: Donor, into: Donor, reason: str = "The same person", now: Any = NOW) -> DonorMerge:
    return merging.merge(
        donor_id=donor.pk, into_id=into.pk, reason=reason, actor=facts.staff_member(), now=now
    )


def unmerge(donor: Donor, now: Any = LATER) -> DonorMerge:
    return merging.unmerge(donor_id=donor.pk, reason="Two people", actor=facts.staff_member(), now=now)


def dump(*rooms: str) -> dict[str, list[str]]:
    """Every row of the tables of some rooms, as the database writes it; without what tells of the deed, and sums."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables ORDER BY relname")
        names = [name for (name,) in cursor.fetchall() if name.split("_")[0] in rooms]
        found = {}
        for name in names:
            if name != "donors_donormerge" and name not in SUMS:
                cursor.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1')
                found[name] = [row for (row,) in cursor.fetchall()]
    return found


def two() -> tuple[Donor, Donor]:
    return facts.donor("G. Kim", "g.kim@example.org"), facts.donor()


def test_d23_a_merge_and_its_undoing_leave_every_row_as_it_was() -> None:
    other, grace = two()
    for giver in (other, grace):
        facts.donation(donor_id=giver.pk)
    facts.plan(donor=other)
    facts.paperwork()
    before = dump("donors", "donations", "receipts", "ledger")
    serials = list(Receipt.objects.order_by("number").values_list("serial", "donor_id", "snapshot_sha256"))
    merge(other, grace)
    assert Donor.objects.get(pk=other.pk).merged_into == grace
    facts.paperwork()
    assert (
        list(Receipt.objects.order_by("number").values_list("serial", "donor_id", "snapshot_sha256"))
        == serials
    )
    unmerge(other)
    facts.paperwork()
    assert dump("donors", "donations", "receipts", "ledger") == before
    assert [row.deed for row in DonorMerge.objects.order_by("id")] == ["merge", "unmerge"]
    assert list(
        AuditEvent.objects.filter(action__startswith="donor.")
        .order_by("number")
        .values_list("action", flat=True)
    ) == [
        "donor.merged",
        "donor.unmerged",
    ]


def test_who_stood_behind_goes_along_and_comes_back() -> None:
    first, second = two()
    third = facts.donor("Grace Park", "park@example.org")
    merge(first, second)
    before = dump("donors")
    merge(second, third, now=LATER)
    assert set(Donor.objects.filter(merged_into=third)) == {first, second}
    unmerge(second, now=LATER + timedelta(days=1))
    assert dump("donors") == before
    unmerge(first, now=LATER + timedelta(days=2))
    assert not Donor.objects.filter(merged_into__isnull=False).exists()


def test_who_left_meanwhile_does_not_come_back() -> None:
    first, second = two()
    third = facts.donor("Grace Park", "park@example.org")
    merge(first, second)
    merge(second, third, now=LATER)
    unmerge(first, now=LATER + timedelta(days=1))
    unmerge(second, now=LATER + timedelta(days=2))
    assert not Donor.objects.filter(merged_into__isnull=False).exists()


def test_a_gift_of_the_merged_name_is_the_survivors() -> None:
    other, grace = two()
    merge(other, grace)
    found = matching.match(name="G. Kim", email="G.Kim@example.org", language="en", now=NOW)
    assert found == grace.pk
    unmerge(other)
    assert matching.match(name="G. Kim", email="g.kim@example.org", language="en", now=NOW) == other.pk
    assert Donor.objects.count() == 2


def test_merging_again_says_nothing_new() -> None:
    other, grace = two()
    assert merge(other, grace) == merge(other, grace)
    assert DonorMerge.objects.count() == 1
    assert merging.survivor(donor=Donor.objects.get(pk=other.pk)) == grace
    assert merging.survivor(donor=grace) == grace


def change_of_email(of: Donor, **given: Any) -> None:
    values: dict[str, Any] = {
        "old_key": of.email_key,
        "old_email": of.email,
        "new_key": "new@example.org",
        "new_email": "new@example.org",
        "old_hash": "1",
        "new_hash": "2",
        "undo_hash": "3",
        "donor_ids": [str(of.pk)],
        "asked_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        **given,
    }
    EmailChange.objects.create(**values)


def joint(*members: Donor, **given: Any) -> Donor:
    values: dict[str, Any] = {
        "joint_id": facts.fresh_id(),
        "member_ids": [member.pk for member in members],
        "profile": {"name": "Grace and Daniel Kim", "email": "kims@example.org"},
        "actor": facts.staff_member(),
        "now": NOW,
        **given,
    }
    return joining.join(**values)


def daniel() -> Donor:
    return facts.donor("Daniel Kim", "daniel@example.org")


def pair_of_one_joint() -> tuple[Donor, Donor]:
    joint(facts.donor(), daniel())
    return facts.donor(), daniel()


def merged_elsewhere() -> tuple[Donor, Donor]:
    merge(daniel(), facts.donor())
    return daniel_row(), facts.donor("Third", "third@example.org")


def thira() -> Donor:
    return facts.donor("Thira", "thira@example.org")


def daniel_row() -> Donor:
    return Donor.objects.get(name="Daniel Kim")


def changing() -> tuple[Donor, Donor]:
    change_of_email(daniel())
    return facts.donor(), daniel()


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (lambda: (facts.donor(), facts.donor()), "itself"),
        (lambda: (facts.donor(), Donor(pk=uuid.UUID(int=0))), "unknown"),
        (lambda: (facts.donor(), desk.organization()), "kinds"),
        (
            lambda: (joint(facts.donor(), daniel()), joint(facts.donor(), thira(), profile={"name": "K"})),
            "joint",
        ),
        (pair_of_one_joint, "joint"),
        (merged_elsewhere, "merged"),
        (changing, "email_change"),
    ],
)
def test_who_may_not_be_merged(pair: Callable[[], tuple[Donor, Donor]], code: str) -> None:
    one, other = pair()
    count = DonorMerge.objects.count()
    with pytest.raises(UnableToMerge) as refused:
        merge(one, other)
    assert refused.value.code == code
    assert DonorMerge.objects.count() == count


def test_an_email_change_that_is_over_holds_nobody() -> None:
    change_of_email(daniel(), expires_at=NOW)
    merge(daniel(), facts.donor())


def test_merging_needs_a_reason_and_undoing_a_merge() -> None:
    with pytest.raises(UnableToMerge, match="reason"):
        merge(daniel(), facts.donor(), reason="  ")
    with pytest.raises(UnableToMerge, match="not_merged"):
        unmerge(daniel())
    with pytest.raises(UnableToMerge, match="unknown"):
        unmerge(Donor(pk=facts.fresh_id()))
    Donor.objects.filter(pk=daniel().pk).update(merged_into=facts.donor())
    with pytest.raises(UnableToMerge, match="unknown"):
        unmerge(daniel_row())


def test_undoing_is_refused_when_another_took_the_name_meanwhile() -> None:
    other, grace = two()
    merge(other, grace)
    profile = {"kind": "person", "name": "G. Kim", "email": "g.kim@example.org"}
    keeping.add(donor_id=facts.fresh_id(), profile=profile, actor=facts.staff_member(), now=NOW)
    with pytest.raises(UnableToMerge, match="exists"):
        unmerge(other)


def test_d24_what_was_given_together_stays_with_both() -> None:
    grace, other = facts.donor(), daniel()
    together = joint(grace, other)
    assert joint(grace, other, joint_id=together.pk) == together
    facts.donation(donor_id=together.pk)
    facts.paperwork()
    paper = Receipt.objects.get()
    assert not joining.is_parted(donor=together)
    members = joining.part(joint_id=together.pk, actor=facts.staff_member(), now=LATER)
    assert [row.member for row in members] == [grace, other]
    joining.part(joint_id=together.pk, actor=facts.staff_member(), now=LATER)
    assert JointMember.objects.filter(left_at=LATER).count() == 2
    assert AuditEvent.objects.filter(action="donor.parted").count() == 1
    assert joining.is_parted(donor=together)
    facts.paperwork()
    assert Receipt.objects.get() == paper
    assert "Grace and Daniel Kim" in paper.snapshot
    # What either gives from now on bears one name.
    facts.donation(donor_id=grace.pk)
    facts.paperwork()
    single = Receipt.objects.exclude(pk=paper.pk).get()
    assert json.loads(single.snapshot)["donor"]["name"] == grace.name
    alone = matching.match(name="Grace and Daniel Kim", email="kims@example.org", language="en", now=LATER)
    assert alone != together.pk


@pytest.mark.parametrize(
    ("members", "code"),
    [
        (lambda: [facts.donor(), facts.donor()], "two"),
        (lambda: [facts.donor(), daniel(), desk.organization()], "two"),
        (lambda: [facts.donor(), Donor(pk=uuid.UUID(int=0))], "unknown"),
        (lambda: [facts.donor(), desk.organization()], "person"),
        (lambda: list(merged_elsewhere()), "merged"),
    ],
)
def test_who_cannot_give_together(members: Callable[[], list[Donor]], code: str) -> None:
    with pytest.raises(UnableToJoin, match=code):
        joint(*members())
    with pytest.raises(UnableToJoin, match="not_joint"):
        joining.part(joint_id=facts.donor().pk, actor=facts.staff_member(), now=NOW)


def test_somebody_died() -> None:
    donor = facts.donor()
    mourning.died(donor_id=donor.pk, actor=facts.staff_member(), now=NOW)
    assert Donor.objects.get(pk=donor.pk).died_on == NOW.date()
    mourning.died(donor_id=donor.pk, actor=facts.staff_member(), on=NOW.date() - timedelta(days=3), now=LATER)
    mourning.died(donor_id=donor.pk, actor=facts.staff_member(), now=LATER)
    assert Donor.objects.get(pk=donor.pk).died_on == NOW.date() - timedelta(days=3)
    assert Consent.objects.get(donor=donor).is_given is False


def keep(donor: Donor, **changes: Any) -> Donor:
    return keeping.change(donor_id=donor.pk, changes=changes, actor=facts.staff_member(), now=NOW)


def test_a_profile_keeps_what_laws_and_letters_need() -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(email_failed_at=NOW)
    kept = keep(
        donor, postcode="04101", country="us", phone="1", first_name="Grace", last_name="Kim", wants_post=True,
        do_not_contact=False, receipt_rhythm="annual",
    )  # fmt: skip
    assert (kept.country, kept.wants_post, kept.receipt_rhythm, kept.email_failed_at) == (
        "US",
        True,
        "annual",
        NOW,
    )
    told = ProfileChange.objects.get()
    assert told.changer == "staff"
    assert told.fields == [
        "country", "first_name", "last_name", "phone", "postcode", "receipt_rhythm", "wants_post",
    ]  # fmt: skip
    assert keep(donor, email="new@example.org").email_failed_at is None
    keep(donor, email="new@example.org")
    assert ProfileChange.objects.count() == 2


def test_a_record_of_two_is_made_by_joining_alone() -> None:
    with pytest.raises(UnableToKeep, match="joint"):
        keeping.add(
            donor_id=facts.fresh_id(),
            profile={"name": "Two", "kind": "joint"},
            actor=facts.staff_member(),
            now=NOW,
        )
    assert not Donor.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "\u200b "}, "name"),
        ({"business_number": "1234567891"}, "number"),
        ({"country": "USA"}, "country"),
        ({"kind": "joint"}, "joint"),
    ],
)
def test_a_profile_that_cannot_be(changes: dict[str, str], code: str) -> None:
    with pytest.raises(UnableToKeep, match=code):
        keep(facts.donor(), **changes)
