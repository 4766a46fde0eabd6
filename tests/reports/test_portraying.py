"""A person's own data (P19): everything of theirs, nothing of others, nothing sealed, and no formula."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from donations.models import Benefit, GiftDetail, SoftCredit
from donors import choosing, consenting, profiling, requesting, staying
from donors.models import DataRequest, Donor, JointMember, Message
from ledger.money import Money
from reports import portraying
from tests import facts, making
from tests.facts import NOW

GRACE = "grace@example.org"
pytestmark = pytest.mark.django_db


def files() -> dict[str, bytes]:
    requesting.ask(email_key=GRACE, language="en", now=NOW)
    assert portraying.answer(now=NOW) == 1
    content = DataRequest.objects.get().content
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def whole(found: dict[str, bytes] | None = None) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((found or files())["data.json"])
    return told


def grace() -> Donor:
    return making.donor(now=NOW)


def test_everything_of_the_person_is_in_it() -> None:
    giver = grace()
    profiling.change(
        donor_id=giver.pk,
        email_key=GRACE,
        changes={
            "local_name": "김은혜",
            "phone": "555-0100",
            "address": "1 Canary Street",
            "shown_as": "A friend",
        },
        now=NOW,
    )
    gift = making.donation(by=giver, note="for the well", at=NOW)
    making.refund(of=gift, amount=Money(1000, "USD"), at=NOW)
    receipt = making.receipt(of=making.donation(by=giver, at=NOW - timedelta(days=1)), now=NOW)
    plan = making.plan(of=giver, amount=Money(4200, "USD"), now=NOW)
    consenting.record(donor_id=giver.pk, wording="Yes, the letter", source="form", answered_at=NOW)
    choosing.choose(email_key=GRACE, wanted={"tour": True}, wordings={"tour": "Tell me of tours"}, now=NOW)
    staying.begin(email_key=GRACE, agent="Firefox Windows", now=NOW)
    facts.message(donor=giver, to_email=GRACE, subject="Your receipt", text="Dear Grace")
    told = whole()
    assert told["email"] == GRACE
    assert told["profile"][0]["local_name"] == "김은혜"
    assert told["profile"][0]["address"] == "1 Canary Street"
    assert {row["note"] for row in told["gifts"]} == {"for the well", ""}
    assert next(row for row in told["gifts"] if row["id"] == str(gift.pk))["refunded"] == "10.00"
    assert told["receipts"] == [
        {
            "serial": receipt.serial, "kind": "single", "tax_year": 2026, "issued_on": receipt.issued_on.isoformat(),
            "total": "100.00", "currency": "USD", "is_void": False,
        }
    ]  # fmt: skip
    assert [(row["id"], row["amount"]) for row in told["plans"]] == [(str(plan.pk), "42.00")]
    assert {row["wording"] for row in told["consents"]} == {"Yes, the letter", "Tell me of tours"}
    assert "Dear Grace" in {row["text"] for row in told["letters"]}
    assert told["sign_ins"][0]["device"] == "Firefox on Windows"
    assert told["profile_changes"][0]["fields"] == ["address", "local_name", "phone", "shown_as"]
    assert told["copies_asked_for"][0]["ready_at"] is None
    assert told["attempts"][0]["donor_name"] == "Grace Kim"


def test_things_returns_and_credits_are_in_it_and_the_staff_note_is_not() -> None:
    giver = grace()
    gift = making.donation(by=giver, at=NOW)
    Benefit.objects.create(
        donation=gift, description="Dinner", fair_value_minor=5000, cost_minor=777, entered_at=NOW
    )
    GiftDetail.objects.create(donation=gift, claimed_minor=300000, staff_note="SEALED", entered_at=NOW)
    sponsor = making.donor(name="Sponsor Fund", email="fund@example.org", now=NOW)
    theirs = making.donation(by=sponsor, amount=Money(500000, "USD"), note="CANARY", at=NOW)
    SoftCredit.objects.create(
        donation=theirs, donor=giver, kind="adviser", amount_minor=500000, entered_at=NOW
    )
    found = files()
    told = whole(found)
    assert told["returns"] == [
        {"gift": str(gift.pk), "description": "Dinner", "amount": "50.00", "currency": "USD"}
    ]
    assert told["things"][0]["claimed"] == "3000.00"
    assert [(row["kind"], row["amount"]) for row in told["credits"]] == [("adviser", "5000.00")]
    assert len(told["gifts"]) == 1, "a credit is no gift"
    everything = b"".join(found.values())
    for canary in (b"SEALED", b"CANARY", b"fund@example.org", b"7.77"):
        assert canary not in everything, canary
    assert b"sealed" in found["README.txt"]


def test_nothing_of_anybody_else_is_in_it() -> None:
    making.donation(by=grace(), at=NOW)
    other = making.donor(name="Benjamin Canary", email="canary@example.org", now=NOW)
    making.donation(by=other, note="CANARY", at=NOW)
    making.plan(of=other, now=NOW)
    staying.begin(email_key=other.email_key, agent="Opera Linux", now=NOW)
    facts.message(donor=other, to_email="canary@example.org", text="CANARY", cause="other")
    facts.message(kind="staff_notice", donor=None, to_email=GRACE, text="CANARY", cause="staff")
    everything = b"".join(files().values())
    for canary in (b"CANARY", b"canary@example.org", b"Benjamin", b"Opera"):
        assert canary not in everything


def test_of_a_joint_donor_the_joint_things_are_in_it_and_the_other_one_is_not() -> None:
    giver = grace()
    other = making.donor(name="Daniel Canary", email="daniel@example.org", now=NOW)
    joint = making.donor(name="Grace and Daniel", email="both@example.org", now=NOW)
    for member in (giver, other):
        JointMember.objects.create(joint=joint, member=member, added_at=NOW)
    making.donation(by=joint, amount=Money(3300, "USD"), at=NOW)
    making.donation(by=other, amount=Money(4400, "USD"), at=NOW)
    told = whole()
    assert [row["amount"] for row in told["gifts"]] == ["33.00"]
    assert "daniel@example.org" not in json.dumps(told)


def test_the_tables_are_the_same_and_no_cell_is_a_formula() -> None:
    making.donation(by=grace(), note="=1+1", at=NOW)
    found = files()
    rows = list(csv.DictReader(io.StringIO(found["gifts.csv"].decode("utf-8-sig"), newline="")))
    assert rows[0]["note"] == "'=1+1"
    assert rows[0]["amount"] == "100.00"
    assert {name.removesuffix(".csv") for name in found} - {"README.txt", "data.json"} == set(
        whole_tables(found)
    )


def whole_tables(found: dict[str, bytes]) -> set[str]:
    return {name for name, rows in whole(found).items() if isinstance(rows, list)}


def test_the_words_are_in_the_language_of_who_asked() -> None:
    portrait = portraying.look(email_key=GRACE, language="ko", now=NOW)
    with zipfile.ZipFile(io.BytesIO(portraying.packed(portrait, language="ko"))) as opened:
        assert "보관하는 정보" in opened.read("README.txt").decode()
    assert portraying.packed(portrait, language="ko") == portraying.packed(portrait, language="ko")


def test_nothing_waits_nothing_is_made() -> None:
    assert portraying.answer(now=NOW) == 0
    assert not Message.objects.exists()
