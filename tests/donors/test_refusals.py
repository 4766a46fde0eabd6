"""What is refused about donors, and what is said instead."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from donors import corresponding, keeping, matching, profiling, reporting_undelivered
from donors.models import Donor, Message, ProfileChange
from donors.profiling import UnableToProfile
from staff.models import AuditEvent
from tests import facts
from tests.facts import NOW


def change(donor: Donor, **changes: Any) -> Donor:
    return keeping.change(donor_id=donor.pk, changes=changes, actor=facts.staff_member(), now=NOW)


@pytest.mark.django_db
def test_a_donor_entered_twice_under_one_id_is_one() -> None:
    told = {"kind": "person", "name": "Ada Park", "email": "ada@example.org"}
    pk = uuid.uuid4()
    made = [keeping.add(donor_id=pk, profile=told, actor=facts.staff_member(), now=NOW) for _ in range(2)]
    assert made[0] == made[1] == Donor.objects.get()
    assert AuditEvent.objects.filter(action="donor.added").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "\u200b"}, "name"),
        ({"business_number": "220-81-62517"}, "number"),
        ({"country": "Corea"}, "country"),
        ({"address": "서울 900101-1234567"}, "resident_number"),
        ({"kind": "joint"}, "joint"),
        ({"name": "Hannah Lee", "email": "hannah@example.org"}, "exists"),
    ],
)
def test_what_cannot_stand_in_a_profile_changes_nothing(changes: dict[str, str], code: str) -> None:
    donor = facts.donor()
    facts.donor("Hannah Lee", "hannah@example.org")
    before = Donor.objects.filter(pk=donor.pk).values().get()
    with pytest.raises(keeping.UnableToKeep) as refused:
        change(donor, **changes)
    assert refused.value.code == code
    assert Donor.objects.filter(pk=donor.pk).values().get() == before
    assert not ProfileChange.objects.exists()


@pytest.mark.django_db
def test_who_was_merged_is_changed_in_the_other_record() -> None:
    donor, other = facts.donor(), facts.donor("Hannah Lee", "hannah@example.org")
    Donor.objects.filter(pk=donor.pk).update(merged_into=other)
    with pytest.raises(keeping.UnableToKeep, match="merged"):
        change(donor, name="Grace Park")


@pytest.mark.django_db
def test_another_address_is_written_to_again_and_the_same_one_is_no_change() -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(email_failed_at=NOW)
    assert change(donor, email=donor.email).email_failed_at == NOW
    assert not ProfileChange.objects.exists()
    assert change(donor, email="grace.kim@example.org").email_failed_at is None
    assert ProfileChange.objects.get().fields == ["email"]


@pytest.mark.django_db
def test_a_field_that_is_none_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="not fields of a profile"):
        change(facts.donor(), shoe_size="44")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " \u200b "}, "name"),
        ({"address": "x" * 2_000}, "long"),
        ({"phone": "call me"}, "phone"),
        ({"language": "fr"}, "choice"),
    ],
)
def test_what_a_giver_cannot_say_of_themselves(changes: dict[str, str], code: str) -> None:
    with pytest.raises(UnableToProfile) as refused:
        profiling.change(donor_id=facts.donor().pk, changes=changes, email_key="grace@example.org", now=NOW)
    assert refused.value.code == code


class NeverFound:
    """A cursor that finds nobody, as when each row it looks for is just being written by others."""

    looks = 0

    def __enter__(self) -> NeverFound:
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute(self, *_: object) -> None:
        self.looks += 1

    def fetchone(self) -> None: ...


def test_a_donor_who_is_never_found_is_not_looked_for_endlessly(monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = NeverFound()

    class Connection:
        def cursor(self) -> NeverFound:
            return cursor

    monkeypatch.setattr(matching, "connection", Connection())
    with pytest.raises(LookupError, match="neither inserted nor found"):
        matching.match(name="Grace Kim", email="grace@example.org", language="en", now=NOW)
    assert cursor.looks == 3


@pytest.mark.django_db
def test_a_refused_letter_is_sent_again_once_and_the_trail_tells_who() -> None:
    message = facts.message(status="refused")
    actor = facts.staff_member()
    assert corresponding.send_again(message_id=message.pk, actor=actor, now=NOW)
    assert not corresponding.send_again(message_id=message.pk, actor=actor, now=NOW)
    assert Message.objects.get().status == Message.Status.QUEUED
    assert AuditEvent.objects.get(action="send again").target == f"message:{message.pk}"


def test_a_providers_notice_is_read_like_a_report() -> None:
    pk = uuid.uuid4()
    notice = {
        "message_id": f"<{pk}@example.org>",
        "action": "failed",
        "status": "5.1.1",
        "recipient": "a@example.org",
    }
    told = reporting_undelivered.from_notice(notice)
    assert told is not None
    assert (told.message_id, told.is_final, told.status) == (pk, True, "5.1.1")
    assert reporting_undelivered.from_notice(notice | {"action": "delivered", "status": "2.0.0"}) is None
    assert reporting_undelivered.from_notice({"action": "failed"}) is None
