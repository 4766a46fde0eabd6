"""People safe: a quarter that is over, one who counts, another who approves, and nothing but a number."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import product

import pytest
from django.db import connection

from campaigns import counting_safe
from campaigns.counting_safe import Status, UnableToCount
from campaigns.models import Campaign, SafeCount
from staff.models import AuditEvent, User
from tests import facts, making
from tests.campaigns import making as asking
from tests.campaigns.making import NOW, TODAY
from tests.refusing import refused_by

pytestmark = pytest.mark.django_db
LAST = date(2025, 10, 1)
BEFORE = date(2025, 7, 1)


@pytest.fixture
def campaign() -> Campaign:
    return asking.campaign()


@pytest.fixture
def one() -> User:
    return facts.staff_member()


@pytest.fixture
def other() -> User:
    return making.user(email="second@example.org", now=NOW)


def propose(campaign: Campaign, actor: User, people: int = 3, quarter: date = LAST) -> SafeCount:
    return counting_safe.propose(
        campaign=campaign, quarter=quarter, people=people, today=TODAY, actor=actor, now=NOW
    )


def decide(count: SafeCount, actor: User, to: Status = Status.APPROVED) -> SafeCount:
    return counting_safe.decide(count_id=count.pk, to=to, actor=actor, now=NOW)


def told(campaign: Campaign) -> list[tuple[date, int]]:
    return [(each.first, each.people) for each in counting_safe.counted(campaign.safe_counts.all())]


def test_only_what_two_people_say_counts(campaign: Campaign, one: User, other: User) -> None:
    count = propose(campaign, one)
    assert (told(campaign), counting_safe.totals()) == ([], {})
    assert decide(count, other).decided_by == other
    assert decide(count, other).status == "approved"
    decide(propose(campaign, other, 4, BEFORE), one)
    assert told(campaign) == [(LAST, 3), (BEFORE, 4)]
    assert counting_safe.totals() == {campaign.pk: 7}
    assert counting_safe.counted(campaign.safe_counts.all())[0].last == date(2025, 12, 31)
    actions = AuditEvent.objects.filter(action__startswith="safe_count.").values_list("action", flat=True)
    assert sorted(actions) == ["safe_count.approved"] * 2 + ["safe_count.proposed"] * 2


def test_a_later_count_of_a_quarter_replaces_the_former(campaign: Campaign, one: User, other: User) -> None:
    decide(propose(campaign, one), other)
    again = propose(campaign, one, 2)
    assert told(campaign) == [(LAST, 3)]
    decide(again, other)
    assert told(campaign) == [(LAST, 2)]
    decide(propose(campaign, one, 0), other)
    assert (told(campaign), counting_safe.total(campaign.safe_counts.all())) == ([(LAST, 0)], 0)
    assert SafeCount.objects.count() == 3


def test_declined_or_withdrawn_counts_say_nothing(campaign: Campaign, one: User, other: User) -> None:
    decide(propose(campaign, one), other, Status.DECLINED)
    decide(propose(campaign, one), one, Status.WITHDRAWN)
    assert told(campaign) == []


def test_who_may_not_decide(campaign: Campaign, one: User, other: User) -> None:
    count = propose(campaign, one)
    for actor, to, why in (
        (one, Status.APPROVED, "self"),
        (one, Status.DECLINED, "self"),
        (other, Status.WITHDRAWN, "other"),
    ):
        with pytest.raises(UnableToCount) as refused:
            decide(count, actor, to)
        assert refused.value.code == why
    decide(count, other)
    with pytest.raises(UnableToCount) as refused:
        decide(count, other, Status.DECLINED)
    assert refused.value.code == "decided"


def test_what_cannot_be_counted_is_refused(campaign: Campaign, one: User, other: User) -> None:
    decide(propose(campaign, one), other)
    propose(campaign, one, 5, BEFORE)
    for people, quarter, why in (
        (3, date(2025, 11, 1), "quarter"),
        (3, date(2026, 1, 1), "early"),
        (1_001, LAST, "people"),
        (-1, LAST, "people"),
        (3, LAST, "same"),
        (4, BEFORE, "waits"),
    ):
        with pytest.raises(UnableToCount) as refused:
            propose(campaign, one, people, quarter)
        assert refused.value.code == why


def test_a_quarter_is_counted_thirty_days_after_its_end() -> None:
    assert counting_safe.open_from(LAST) == date(2026, 1, 31)
    assert counting_safe.countable(today=date(2026, 1, 30), many=2) == [BEFORE, date(2025, 4, 1)]
    assert counting_safe.countable(today=date(2026, 1, 31), many=2) == [LAST, BEFORE]
    assert [counting_safe.last_of(date(2026, month, 1)) for month in (1, 4, 7, 10)] == [
        date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31),
    ]  # fmt: skip


def test_a_count_has_room_for_a_number_and_nothing_else() -> None:
    """What is not asked for cannot leak: no text, no place, no group, no day of anybody."""
    kinds = {field.name: field.get_internal_type() for field in SafeCount._meta.concrete_fields}
    assert kinds == {
        "id": "UUIDField",
        "campaign": "ForeignKey",
        "quarter": "DateField",
        "people": "PositiveSmallIntegerField",
        "status": "CharField",
        "proposed_by": "ForeignKey",
        "proposed_at": "DateTimeField",
        "decided_by": "ForeignKey",
        "decided_at": "DateTimeField",
    }


def test_a_count_takes_its_steps_and_no_other(campaign: Campaign, one: User, other: User) -> None:
    count = propose(campaign, one)
    rows = SafeCount.objects.filter(pk=count.pk)
    for before, after in product(Status.values, Status.values):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE campaigns_safecount DISABLE TRIGGER USER")
            rows.update(**_standing(before, one, other))
            cursor.execute("ALTER TABLE campaigns_safecount ENABLE TRIGGER USER")
        if before == "proposed" and after != "proposed":
            assert rows.update(**_standing(after, one, other)) == 1
        else:
            with refused_by("safe_count_takes_allowed_step"):
                rows.update(**_standing(after, one, other))
    with refused_by("safe_count_takes_allowed_step"):
        rows.delete()


def _standing(status: str, one: User, other: User) -> dict[str, object]:
    by = {"proposed": None, "withdrawn": one}.get(status, other)
    return {"status": status, "decided_by": by, "decided_at": NOW if by else None}


def test_a_number_cannot_be_changed_while_it_is_approved(campaign: Campaign, one: User, other: User) -> None:
    count = propose(campaign, one)
    with refused_by("safe_count_takes_allowed_step"):
        SafeCount.objects.filter(pk=count.pk).update(people=9, **_standing("approved", one, other))


def test_a_count_is_never_born_approved(campaign: Campaign, one: User, other: User) -> None:
    with refused_by("safe_count_takes_allowed_step"):
        SafeCount.objects.create(
            id=uuid.uuid4(), campaign=campaign, quarter=LAST, people=1, proposed_by=one, proposed_at=NOW,
            **_standing("approved", one, other),
        )  # fmt: skip
