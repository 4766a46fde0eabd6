"""Who gets no mail, asked when it is queued and again when it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from donors import corresponding, keeping, withholding
from donors.models import Donor, Message
from tests import facts
from tests.facts import NOW

Kind = Message.Kind
NEVER_HELD = [Kind.SIGN_IN, Kind.TRANSFER_CODE, Kind.EMAIL_CHANGE, Kind.DATA_READY, Kind.STAFF_NOTICE]


def meant(donor: Donor, *kinds: str) -> list[str]:
    return withholding.reasons([withholding.Meant(kind, donor.pk, donor.email) for kind in kinds])


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ({}, ["", "", "", ""]),
        ({"died_on": NOW.date()}, ["", "died", "died", "died"]),
        ({"do_not_contact": True}, ["", "", "do_not_contact", "do_not_contact"]),
        ({"email_failed_at": NOW}, ["", "mailbox", "mailbox", "mailbox"]),
    ],
    ids=["nothing", "died", "do_not_contact", "mailbox"],
)
def test_what_goes_to_whom(db: None, state: dict[str, Any], told: list[str]) -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(**state)
    assert meant(donor, Kind.SIGN_IN, Kind.PLAN_FAILED, Kind.RECEIPT, Kind.YEARLY_SUMMARY) == told
    assert meant(donor, *NEVER_HELD) == [""] * len(NEVER_HELD)


def test_a_merged_donor_is_who_they_are_now(db: None) -> None:
    old, new = facts.donor(), facts.donor("Grace Park", "park@example.org")
    Donor.objects.filter(pk=old.pk).update(merged_into=new)
    Donor.objects.filter(pk=new.pk).update(do_not_contact=True)
    assert meant(old, Kind.RECEIPT) == ["do_not_contact"]


def letter(**given: Any) -> corresponding.Letter:
    values: dict[str, Any] = {
        "kind": Kind.RECEIPT,
        "cause": f"t:{facts.number()}",
        "to_email": "grace@example.org",
        "sender": "s",
        "language": "en",
        "subject": "s",
        "text": "t",
        "donor_id": None,
        **given,
    }
    return corresponding.Letter(**values)


def test_many_are_queued_in_a_few_statements(db: None, django_assert_max_num_queries: Any) -> None:
    donor = facts.donor()
    same = letter(cause="same")
    corresponding.queue_all(letters=[same], now=NOW)
    many = [same, letter(to_email=""), *(letter(donor_id=donor.pk) for _ in range(40))]
    with django_assert_max_num_queries(8):
        told = corresponding.queue_all(letters=many, now=NOW)
    assert told[:2] == [None, None]
    assert all(told[2:])
    assert Message.objects.count() == 41
    assert corresponding.queue_all(letters=[], now=NOW) == []


def test_what_is_not_wanted_is_not_queued_and_what_stopped_being_wanted_is_not_sent(
    db: None, mailoutbox: list[Any]
) -> None:
    donor = facts.donor()
    [waiting] = corresponding.queue_all(letters=[letter(donor_id=donor.pk)], now=NOW)
    Donor.objects.filter(pk=donor.pk).update(died_on=NOW.date())
    assert corresponding.queue_all(letters=[letter(donor_id=donor.pk)], now=NOW) == [None]
    assert corresponding.send_due(now=NOW) == 0
    assert waiting is not None
    assert Message.objects.get(pk=waiting).error == "withheld: died"
    assert mailoutbox == []


def test_a_changed_address_is_trusted_again_and_a_changed_name_changes_nothing(db: None) -> None:
    donor, actor = facts.donor(), facts.staff_member()
    Donor.objects.filter(pk=donor.pk).update(email_failed_at=NOW)
    keeping.change(donor_id=donor.pk, changes={"name": "Grace Lee"}, actor=actor, now=NOW)
    assert Donor.objects.get(pk=donor.pk).email_failed_at == NOW
    keeping.change(donor_id=donor.pk, changes={"email": "lee@example.org"}, actor=actor, now=NOW)
    assert Donor.objects.get(pk=donor.pk).email_failed_at is None
