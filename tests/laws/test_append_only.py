"""Facts are only ever added to: neither the application nor the owner can change, remove or empty them."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from books import accepting
from books.accepting import Kind, Part
from campaigns import spending
from campaigns.models import SourceCode
from campaigns.spending import Spent
from donations import benefiting, crediting, restating
from donations.benefiting import Return
from donations.crediting import Credit
from donations.models import Donation, GiftDetail, GiftEvent, RefundRequestPart, ReviewClosing, SoftCredit
from donors import merging
from ledger import closing
from ledger.money import Money
from paper import storing
from payments.models import PayoutFailure
from receipts import registering
from receipts.models import Receipt, Seal, SealKey, SigningCertificate
from reports.fact_tables import FACT_TABLES
from staff import auditing
from tests import facts
from tests.books import banks
from tests.campaigns import making
from tests.donations import batches
from tests.donations.test_batch_reversing import reverse
from tests.facts import NOW
from tests.laws import (
    broken_batches,
    broken_numbers,
    broken_pledges,
    broken_reports,
    funds_rows,
    journal_rows,
)

CHANGES = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")


@pytest.fixture
def every_fact(db: None) -> None:
    """At least one row in every table of facts."""
    gift = facts.donation(checkout=facts.checkout())
    facts.plan_failure()
    facts.fraud_warning(gift)
    doubted = facts.review(gift)
    ReviewClosing.objects.create(review=doubted, outcome="approved", recorded_at=NOW)
    RefundRequestPart.objects.create(
        refund_request=facts.request(gift), fund=facts.general(), amount_minor=1_000
    )
    facts.paperwork()
    facts.returned(facts.refund(gift, 100))
    facts.refund(gift, 200)
    facts.paperwork()
    sealed(Receipt.objects.order_by("number")[0])
    lost = facts.donation()
    facts.dispute(lost, "lost")
    payout = facts.payout(lost)
    PayoutFailure.objects.create(payout=payout, balance_ref="txn_f", failed_at=NOW, recorded_at=NOW)
    details(gift)
    over_the_desk()
    journal_rows.handed_over()
    said_by_staff(gift)
    closing.close(entity=making.entity(), through_on=NOW.date().replace(day=1), closed_by="user:1", now=NOW)
    auditing.record(actor="test", action="look", target="nothing", now=NOW)
    storing.store_all(contents=[b"%PDF-1"], media_type="application/pdf", now=NOW, openings=[b"%PDF-"])
    facts.bounce()
    matched = banks.line(banks.account(), 100)
    own = Part(kind=Kind.OTHER, reason="own transfer")
    accepting.accept(
        line_id=matched.pk, parts=[own], score=0, is_automatic=False, actor=facts.staff_member(), now=NOW
    )
    funds_rows.every()
    broken_reports.row()
    for place in (1, 2):
        broken_numbers.spoiled(number=place)
    broken_pledges.grown()
    spent(gift)
    from donors import consenting, profiling

    profiling.speak(email_key="grace@example.org", language="ko", now=NOW)
    consenting.record(donor_id=gift.donor_id, wording="Yes", source="test", answered_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def spent(gift: Donation) -> None:
    """What an appeal cost."""
    source = SourceCode.objects.create(code="spring", name="Spring", campaign=gift.campaign, created_at=NOW)
    cost = Spent(uuid.uuid4(), source, Money(100, "USD"), NOW.date(), "Printing")
    spending.spend(cost=cost, today=NOW.date(), actor=facts.staff_member(), now=NOW)


def details(gift: Donation) -> None:
    """What is known of a gift besides its money."""
    thanked = facts.donor("Hannah Lee", "hannah@example.org")
    actor = facts.staff_member()
    GiftDetail.objects.create(donation=gift, entered_at=NOW)
    GiftEvent.objects.create(donation=gift, basis="received", on=NOW.date(), entered_at=NOW)
    crediting.thank(
        donation_id=gift.pk, credit=Credit(thanked.pk, SoftCredit.Kind.OTHER), actor=actor, now=NOW
    )
    benefiting.add(donation_id=gift.pk, given=Return("Mug", fair_value_minor=1), actor=actor, now=NOW)
    restating.restate(
        donation_id=gift.pk, changes={"is_person_directed": True}, reason="said so", actor=actor, now=NOW
    )


def over_the_desk() -> None:
    """A check in a posted batch turned out to be wrong."""
    batch = batches.posted("5.00")
    reverse(Donation.objects.get(batched__row__batch=batch))
    broken_batches.put_right()
    broken_batches.left_unknown()


def said_by_staff(gift: Donation) -> None:
    """Two records are one giver, and an accountant confirmed a figure."""
    actor, other = facts.staff_member(), facts.donor("G. Kim", "g.kim@example.org")
    merging.merge(donor_id=other.pk, into_id=gift.donor_id, reason="the same", actor=actor, now=NOW)
    registering.confirm(
        entity_id=gift.entity_id,
        figure="us_low_cost",
        year=2026,
        by="Ben Counts",
        on=NOW.date(),
        actor=actor,
        now=NOW,
    )


def sealed(receipt: Receipt) -> None:
    key = SealKey.objects.create(id="A" * 16, public_key=bytes(32), added_at=NOW)
    Seal.objects.create(receipt=receipt, key=key, signature=bytes(64), sealed_at=NOW)
    SigningCertificate.objects.create(
        fingerprint="0" * 64, entity=receipt.series.entity, pem="", added_at=NOW
    )


def refusal(table: str, change: str) -> psycopg.Error:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.attname, (SELECT reltuples FROM pg_class WHERE oid = a.attrelid) FROM pg_attribute a"
            " WHERE attrelid = %s::regclass AND attnum = 1",
            [table],
        )
        column = cursor.fetchone()[0]
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table=table, column=column))
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    return cause


@pytest.mark.parametrize("change", CHANGES)
def test_the_application_has_no_right_to_change_a_fact(
    every_fact: None, as_application: Callable[[], None], change: str
) -> None:
    as_application()
    told = {table: refusal(table, change).sqlstate for table in FACT_TABLES}
    assert told == dict.fromkeys(FACT_TABLES, "42501")


@pytest.mark.parametrize("change", CHANGES)
def test_not_even_the_owner_changes_a_fact(every_fact: None, change: str) -> None:
    for table in FACT_TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone()[0] > 0, table
        told = refusal(table, change)
        assert told.sqlstate == "23001", table
        named = told.diag.constraint_name or ""
        # Emptying a table cascades: one of those that point at it may refuse first.
        assert (
            named.endswith("_is_append_only") if "TRUNCATE" in change else named == f"{table}_is_append_only"
        )


def test_every_guarded_table_is_listed_and_every_listed_one_guarded(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT t.tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'refuse_change' OR p.proname LIKE '%append\\_only'"
        )
        guarded = {row[0] for row in cursor.fetchall()}
    assert guarded - {"campaigns_unitcost", "campaigns_unitcosthead"} == set(FACT_TABLES)


def test_the_application_may_do_its_work(every_fact: None, as_application: Callable[[], None]) -> None:
    as_application()
    gift = facts.donation(checkout=facts.checkout())
    facts.paperwork()
    facts.refund(gift, 100)
    facts.paperwork()
    auditing.record(actor="test", action="look", target="nothing", now=NOW)
    closed = closing.close(
        entity=making.entity(), through_on=NOW.date().replace(day=2), closed_by="user:1", now=NOW
    )
    closing.reopen(close=closed, asked_by="user:1", approved_by="user:2", reason="A refund", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == "almoner_app"


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE donations_donation DISABLE TRIGGER ALL",
        "DROP TRIGGER a_row_stays ON donations_donation",
        "SET session_replication_role = replica",
        "DROP TABLE ledger_line",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "UPDATE django_migrations SET name = name",
    ],
)
def test_the_application_cannot_lift_the_law(
    every_fact: None, as_application: Callable[[], None], statement: str
) -> None:
    as_application()
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    cause = refused.value.__cause__
    assert isinstance(cause, psycopg.Error)
    assert cause.sqlstate == "42501"
