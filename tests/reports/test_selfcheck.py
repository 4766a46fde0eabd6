"""Each law of the self-check is broken behind the triggers' back, and the check names the row."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from campaigns.models import NeedGroup
from donations import funding
from donations.models import Donation, Refund
from ledger.models import Entry, Line
from paper import storing
from paper.models import Document, Opening
from receipts.models import Receipt
from reports import laws, selfchecking
from tests import facts
from tests.campaigns import making
from tests.facts import NOW
from tests.reports import (
    test_bank_laws,
    test_batch_laws,
    test_deposit_laws,
    test_fund_laws,
    test_journal_laws,
    test_pledge_laws,
    test_receipt_laws,
    test_rollup_laws,
)
from tests.reports.breaking import LATER, broken, sql


def test_what_the_deeds_write_breaks_no_law(lawful: Donation) -> None:
    assert selfchecking.unexplained(selfchecking.run(now=LATER)) == []


def test_every_law_has_a_breach_here() -> None:
    codes = {law.code for law in laws.LAWS} | {"I18", "I20"}
    tested = {
        name.split("_")[1].upper()
        for name in [
            *globals(),
            *vars(test_receipt_laws),
            *vars(test_batch_laws),
            *vars(test_rollup_laws),
            *vars(test_fund_laws),
            *vars(test_journal_laws),
            *vars(test_bank_laws),
            *vars(test_deposit_laws),
            *vars(test_pledge_laws),
        ]
        if name.startswith("test_i")
    }
    assert codes == tested


def test_i1_a_charge_without_its_donation(lawful: Donation, unguarded: None) -> None:
    facts.balance_row(kind="charge", source_ref="ch_lost", amount_minor=500, net_minor=500)
    sql("UPDATE donations_donation SET amount_minor = 9999 WHERE id = %s", lawful.pk)
    rows = broken("I1")
    assert "charge ch_lost has no donation" in rows
    assert f"donation {lawful.pk} is 9999, its charge 10000" in rows


def test_i2_an_attempt_paid_twice(lawful: Donation, unguarded: None) -> None:
    sql("DROP INDEX donation_once_per_one_time_checkout")
    second = facts.donation()
    sql("UPDATE donations_donation SET checkout_id = %s WHERE id = %s", lawful.checkout_id, second.pk)
    assert broken("I2") == [f"checkout {lawful.checkout_id} has 2 donations"]


def test_i3_an_entry_that_is_off_or_incomplete(lawful: Donation, unguarded: None) -> None:
    line = Line.objects.order_by("id").first()
    assert line is not None
    sql("UPDATE ledger_line SET amount_minor = amount_minor + 1 WHERE id = %s", line.pk)
    assert broken("I3") == [f"entry {line.entry_id} is off by 1 USD in fund {line.fund_id}"]
    sql("DELETE FROM ledger_line WHERE entry_id = %s", line.entry_id)
    assert broken("I3") == [f"entry {line.entry_id} has 0 lines, not 2"]


def test_i4_a_fact_without_its_guard(lawful: Donation) -> None:
    sql("ALTER TABLE donations_refund DISABLE TRIGGER a_row_stays")
    sql("DROP TRIGGER paper_document_is_never_emptied ON paper_document")
    assert broken("I4") == ["no guard on paper_document", "no guard on donations_refund"]


def test_i4_too_many_rights_of_the_application(lawful: Donation, granted_role: str) -> None:
    assert broken("I4") == []
    sql("GRANT UPDATE ON ledger_line TO almoner_app")
    assert broken("I4") == ["almoner_app may change ledger_line"]


def test_i5_facts_that_are_not_in_the_books(lawful: Donation, unguarded: None) -> None:
    refund, dispute = Refund.objects.get(), Donation.objects.get(disputes__isnull=False).disputes.get()
    payout = facts.payout(lawful)
    movement = dispute.movements.get().balance_ref
    sources = [f"charge:{lawful.processor_ref}", f"refund:{refund.processor_ref}", f"dispute:{movement}"]
    sql(
        "DELETE FROM ledger_line WHERE entry_id IN (SELECT id FROM ledger_entry WHERE source = ANY(%s))",
        sources,
    )
    sql("DELETE FROM ledger_entry WHERE source = ANY(%s)", sources)
    assert broken("I5") == [
        f"donation {lawful.pk} is not in the books",
        f"refund {refund.processor_ref} is not in the books",
        f"payout {payout.ref} is not in the books",
        f"movement {movement} is not in the books",
    ]


def test_i5_a_fund_that_does_not_balance(lawful: Donation, unguarded: None) -> None:
    fund = facts.general().pk
    sql("UPDATE ledger_line SET fund_id = %s WHERE id = (SELECT min(id) FROM ledger_line)", fund)
    assert f"fund {fund} is off by 10000 USD" in broken("I5")


def test_i6_more_back_than_given_and_parts_that_do_not_sum(lawful: Donation, unguarded: None) -> None:
    refund = Refund.objects.get()
    sql("UPDATE donations_refund SET amount_minor = 10001")
    sql("DELETE FROM donations_designation WHERE donation_id = %s", lawful.pk)
    assert broken("I6") == [
        f"donation {lawful.pk} of 10000 has refunds of 10001",
        f"donation {lawful.pk} is designated 0",
        f"refund {refund.pk} has parts of 2500",
        f"donation {lawful.pk} has refunds of 2500 out of fund {refund.parts.get().fund_id}",
    ]


def test_i7_clearing_that_is_not_the_balance(lawful: Donation, unguarded: None) -> None:
    facts.balance_row(net_minor=-150, amount_minor=-150)
    booked = sum(line.amount_minor for line in Line.objects.filter(account__code="1100"))
    assert broken("I7") == [f"USD: books {booked}, balance {booked - 150}"]


def test_i8_attempts_that_stay_open_or_disagree_with_money(lawful: Donation, unguarded: None) -> None:
    old = facts.checkout(began_at=LATER - timedelta(hours=49))
    empty = facts.checkout(status="paid", ended_at=NOW)
    sql("UPDATE donations_checkout SET status = 'failed' WHERE id = %s", lawful.checkout_id)
    rows = broken("I8")
    assert len(rows) == 3
    assert rows[0].startswith(f"checkout {old.pk} is begun since")
    assert rows[1:] == [
        f"checkout {lawful.checkout_id} is failed with a donation",
        f"checkout {empty.pk} is paid without a donation",
    ]


def test_i9_a_gap_in_the_numbers(lawful: Donation, unguarded: None) -> None:
    series = Receipt.objects.order_by("number")[0].series_id
    sql("DELETE FROM receipts_receipt WHERE number = 1")
    assert broken("I9") == [f"series {series} stands at 3 with 1 numbers given or spoiled up to 2"]


def test_i9_numbers_against_time(lawful: Donation, unguarded: None) -> None:
    sql("UPDATE receipts_receipt SET issued_at = issued_at - interval '6 minutes' WHERE number = 2")
    assert broken("I9") == ["receipt 2026-000002 was issued before 2026-000001"]


def test_i13_a_campaign_that_shows_what_nobody_gave(lawful: Donation, unguarded: None) -> None:
    sql(
        "UPDATE ledger_line SET amount_minor = amount_minor - 100 WHERE segment = 'family' AND amount_minor = -10000"
    )
    assert broken("I13") == ["family shows 7700, facts say 7500 USD"]


def test_i14_a_notice_that_waits(lawful: Donation) -> None:
    old = LATER - timedelta(hours=2)
    waits = facts.event(received_at=old, settle_after=old, reason="read timeout")
    facts.event(received_at=old, settle_after=LATER)
    facts.event(received_at=old, settle_after=old, status="parked", settled_at=NOW)
    rows = broken("I14")
    assert len(rows) == 1
    assert rows[0].startswith(f"event {waits.ref} (charge.succeeded) waits since")
    assert rows[0].endswith("read timeout")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (
            "DELETE FROM receipts_delivery; DELETE FROM donors_attachment; DELETE FROM donors_message",
            "receipt 2026-000002 goes no way",
        ),
        (
            "INSERT INTO donors_message (id, kind, cause, to_email, sender, language, subject, text, status, attempts,"
            " send_after, queued_at, error) SELECT gen_random_uuid(), 'receipt', cause, to_email, sender, language,"
            " subject, text, 'queued', 0, now(), now(), '' FROM donors_message WHERE kind = 'receipt_corrected'",
            "receipt 2026-000002 has 2 mails",
        ),
        (
            "UPDATE receipts_delivery SET message_id = NULL, planned_at = '2026-01-01'",
            "receipt 2026-000002 waits for its mail since 2026-01-01 00:00:00+00",
        ),
        (
            "UPDATE receipts_delivery SET status = 'bounced'",
            "the mail of receipt 2026-000002 came back and nothing followed",
        ),
    ],
    ids=["no way", "two mails", "left lying", "came back"],
)
def test_i15_a_receipt_that_goes_no_way_or_two(lawful: Donation, harm: str, told: str) -> None:
    for statement in harm.split(";"):
        sql(statement)
    assert told in broken("I15")


def test_i15_a_mail_that_waits_for_a_day(lawful: Donation) -> None:
    old = LATER - timedelta(days=2)
    waits = facts.message(queued_at=old, send_after=old)
    facts.message(queued_at=old, send_after=old, status="refused")
    rows = broken("I15")
    assert [row.split(" waits")[0] for row in rows] == [f"message {waits.pk}"]


def test_i18_a_changed_event(lawful: Donation, unguarded: None) -> None:
    sql("UPDATE staff_auditevent SET target = 'somebody' WHERE number = 2")
    assert broken("I18") == ["event 2 is broken"]


def test_i20_a_closed_period_that_changed(lawful: Donation, unguarded: None) -> None:
    Entry.objects.filter(source=f"charge:{lawful.processor_ref}").update(
        booked_on=NOW.date() - timedelta(days=9)
    )
    day = NOW.date() - timedelta(days=1)
    assert broken("I20") == [f"entity {making.entity().pk} changed before {day}"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (
            "ALTER TABLE donations_donation ADD COLUMN tip double precision",
            "donations_donation.tip is double precision",
        ),
        ("ALTER TABLE donations_donation ADD COLUMN tip money", "donations_donation.tip is money"),
        ("ALTER TABLE donations_donation ADD COLUMN tip_minor integer", "donations_donation.tip_minor is integer"),
    ],
)  # fmt: skip
def test_i21_money_that_is_not_whole(lawful: Donation, change: str, named: str) -> None:
    sql(change)
    assert broken("I21") == [named]


def test_i22_paper_that_does_not_fit(lawful: Donation, unguarded: None) -> None:
    asked = facts.request(lawful, status="done", ended_at=NOW)
    first = Receipt.objects.get(number=1)
    sql("UPDATE receipts_coverage SET receipt_id = %s", first.pk)
    assert broken("I22") == [
        "voided receipt 2026-000001 still covers a gift",
        "receipt 2026-000002 covers no gift and is not void",
        f"refund request {asked.pk} is done without a refund",
    ]


def test_i23_files_that_are_damaged_or_belong_to_nothing(lawful: Donation, unguarded: None) -> None:
    alone = storing.store(content=b"%PDF-", media_type="application/pdf", now=NOW)
    drawn = Receipt.objects.get(number=1).rendering.document_id
    sql("UPDATE paper_document SET content = set_byte(content, 100, 1) WHERE sha256 = %s", drawn)
    assert broken("I23") == [f"document {drawn} is damaged", f"document {alone} belongs to nothing"]


def test_i23_an_opening_that_is_damaged(lawful: Donation, unguarded: None) -> None:
    opening, files = Opening.objects.get(), Document.objects.order_by("pk")
    sql("UPDATE paper_opening SET content = set_byte(content, 100, 1)")
    damaged = [f"document {one.pk} is damaged" for one in files if one.opening_id]
    assert damaged
    assert sorted(broken("I23")) == [*damaged, f"opening {opening.pk} is damaged"]


def test_i24_a_group_that_waits_beside_its_money(lawful: Donation) -> None:
    campaign = lawful.campaign
    day = NOW.date()
    making.cost(campaign, amount_minor=10_00, effective_from=day - timedelta(days=9), checked_on=day)
    group = NeedGroup.objects.create(campaign=campaign, size=1, opened_on=day - timedelta(days=2))
    late = NOW + timedelta(hours=2)
    assert broken("I24") == []  # the money has just come
    findings = {finding.code: finding for finding in selfchecking.run(now=late)}
    assert findings["I24"].rows[0].startswith(f"group {group.pk} of {campaign.slug} needs 1000, there is ")
    funding.close_groups(now=late)
    assert selfchecking.unexplained(selfchecking.run(now=late)) == []
    NeedGroup.objects.create(campaign=campaign, size=40, opened_on=day - timedelta(days=1))
    assert selfchecking.unexplained(selfchecking.run(now=late)) == []


def test_i46_a_paper_that_nobody_will_draw(lawful: Donation, unguarded: None) -> None:
    first = Receipt.objects.get(number=1)
    again = "SELECT id, issued_at, series_id, number FROM receipts_receipt WHERE id = %s"
    sql(f"INSERT INTO receipts_undrawn {again}", first.pk)
    assert broken("I46") == [f"receipt {first.serial} waits for a file and has one, or is none"]
    sql("DELETE FROM receipts_undrawn")
    sql("DELETE FROM receipts_rendering WHERE receipt_id = %s", first.pk)
    assert broken("I46") == []
    sql("DELETE FROM receipts_undrawn")
    assert broken("I46") == [f"receipt {first.serial} has no file and waits for none"]


def test_no_law_names_more_than_twenty_rows(lawful: Donation, unguarded: None) -> None:
    for _ in range(25):
        facts.balance_row(kind="charge", source_ref=f"ch_{facts.number()}", amount_minor=1, net_minor=1)
    assert len(broken("I1")) == 20


def told(*arguments: str, expect: int | None = None) -> Any:
    out = StringIO()
    if expect is None:
        call_command("selfcheck", *arguments, stdout=out)
    else:
        with pytest.raises(SystemExit) as ended:
            call_command("selfcheck", *arguments, stdout=out)
        assert ended.value.code == expect
    return json.loads(out.getvalue()) if "--json" in arguments else out.getvalue()


@pytest.fixture
def at_this_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)


def test_the_command_is_content_when_all_laws_hold(lawful: Donation, at_this_moment: None) -> None:
    answer = told("--json")
    assert answer["holds"] is True
    assert {law["code"] for law in answer["laws"]} >= {"I1", "I23"}
    assert [law["code"] for law in answer["laws"]] == sorted(
        (law["code"] for law in answer["laws"]), key=lambda code: int(code[1:])
    )
    assert "BROKEN" not in told()


def test_the_command_fails_and_names_the_row(lawful: Donation, unguarded: None, at_this_moment: None) -> None:
    sql("UPDATE staff_auditevent SET target = 'somebody' WHERE number = 2")
    answer = told("--json", expect=1)
    assert answer["holds"] is False
    assert [law["rows"] for law in answer["laws"] if not law["holds"]] == [["event 2 is broken"]]
    words = told(expect=1)
    assert "BROKEN I18" in words
    assert "event 2 is broken" in words


def test_the_snapshot_is_one(lawful: Donation, django_assert_max_num_queries: Callable[..., Any]) -> None:
    besides = 7  # one transaction, the audit chain, the marks of numbers, the closed periods
    with django_assert_max_num_queries(len(laws.LAWS) + besides):
        selfchecking.run(now=LATER)
