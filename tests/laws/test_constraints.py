"""One test for each law a model names: the database refuses the row, and says by which sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from donations.models import (
    Designation,
    Dispute,
    DisputeMovement,
    Donation,
    Refund,
    RefundPart,
)
from donors.models import Attachment, Consent, Donor, Message
from jobs.models import Job
from ledger.models import Entry, FundText, Line
from paper import storing
from payments.models import PayoutFailure
from receipts.models import Receipt, ReceiptLine, Series
from staff.models import Role, RoleGrant, User
from tests import facts
from tests.campaigns import making
from tests.facts import NOW
from tests.laws import (
    banking_rows,
    broken_batches,
    broken_desk,
    broken_exports,
    broken_filings,
    broken_intents,
    broken_letters,
    broken_numbers,
    broken_papers,
    broken_periods,
    broken_pledges,
    broken_reports,
    broken_runs,
    broken_wishes,
    funds_rows,
    journal_rows,
)
from tests.refusing import named_laws, refused_by

pytestmark = pytest.mark.django_db
ROOMS = ("ledger", "staff", "jobs", "donors", "payments", "donations", "books", "receipts")


def again(row: Model, **changed: object) -> None:
    """Insert a copy of a stored row."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    if row._meta.pk.name != "number" and "id" not in changed:
        values.pop("id", None)
    type(row)._base_manager.create(**{**values, **changed})


def entry(**given: object) -> Entry:
    values: dict[str, object] = {
        "entity": making.entity(),
        "kind": "adjustment",
        "source": f"test:{facts.number()}",
        "happened_at": NOW,
        "booked_on": NOW.date(),
        "line_count": 2,
        "recorded_at": NOW,
        **given,
    }
    return Entry.objects.create(**values)


def zero_line() -> None:
    facts.donation()
    again(Line.objects.order_by("id")[0], amount_minor=0)


def fund_text_twice() -> None:
    for _ in range(2):
        FundText.objects.create(fund=making.any_fund(), language="en", name="Rescue")


def role_twice() -> None:
    for _ in range(2):
        RoleGrant.objects.create(user=facts.staff_member(), role=Role.VIEWER, granted_at=NOW)


def same_user_in_capitals() -> None:
    facts.staff_member("anna@example.org")
    User.objects.create(email="ANNA@example.org", name="Another")


def job(**given: object) -> None:
    Job.objects.create(**{"kind": "export", "requested_at": NOW, "run_after": NOW, **given})


def same_donor() -> None:
    again(facts.donor(), id=facts.fresh_id(), name="Grace KIM")


def merged_into_itself() -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(merged_into=donor)


def consent_twice() -> None:
    for answer in (True, False):
        Consent.objects.create(
            donor=facts.donor(),
            kind="letter",
            is_given=answer,
            wording="w",
            source="checkout:1",
            answered_at=NOW,
        )


def message_twice() -> None:
    facts.message(cause="receipt:1")
    facts.message(cause="receipt:1", to_email="other@example.org")


def attachment_twice() -> None:
    sha256 = storing.store(content=b"%PDF-", media_type="application/pdf", now=NOW)
    message = facts.message()
    for name in ("a.pdf", "b.pdf"):
        Attachment.objects.create(message=message, document_id=sha256, filename=name)


def payout_fails_twice() -> None:
    payout = facts.payout(facts.donation())
    for ref in ("txn_f1", "txn_f2"):
        PayoutFailure.objects.create(payout=payout, balance_ref=ref, failed_at=NOW, recorded_at=NOW)


def donation_twice_for_a_checkout() -> None:
    again(
        facts.donation(checkout=facts.checkout()),
        id=facts.fresh_id(),
        processor_ref="ch_x",
        payment_ref="pi_x",
    )


def donation(**changed: object) -> None:
    again(
        facts.donation(),
        **{"id": facts.fresh_id(), "processor_ref": "ch_x", "payment_ref": None, **changed},
    )


def designation(**given: object) -> None:
    values: dict[str, object] = {
        "donation": facts.donation(),
        "fund": facts.general(),
        "amount_minor": 1,
        **given,
    }
    Designation.objects.create(**values)


def designated_twice() -> None:
    gift = facts.donation()
    Designation.objects.create(donation=gift, fund=gift.campaign.fund, amount_minor=1)


def refund(**changed: object) -> None:
    again(facts.refund(facts.donation(), 100), id=facts.fresh_id(), processor_ref="re_x", **changed)


def refund_part(**changed: object) -> None:
    part = facts.refund(facts.donation(), 100).parts.get()
    again(part, **changed)


def dispute(**changed: object) -> None:
    again(facts.dispute(facts.donation()), id=facts.fresh_id(), processor_ref="du_x", **changed)


def movement(**changed: object) -> None:
    again(facts.dispute(facts.donation()).movements.get(), balance_ref="txn_x", **changed)


def receipt() -> Receipt:
    facts.donation()
    facts.paperwork()
    return Receipt.objects.get()


def other_receipt(**changed: object) -> None:
    again(receipt(), **{"id": facts.fresh_id(), "number": 2, "hash": "1" * 64, **changed})


def own_replacement() -> None:
    pk = facts.fresh_id()
    other_receipt(id=pk, replaces_id=pk)


def total_below_zero() -> None:
    """The other law would refuse it too, and is asked first."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE receipts_receipt DROP CONSTRAINT receipt_eligible_within_total")
    other_receipt(total_minor=-1, eligible_minor=-1)


def receipt_line(**changed: object) -> None:
    again(receipt().lines.get(), **changed)


def series_twice() -> None:
    again(receipt().series)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "fund_code_unique_in_entity": [lambda: [making.fund("RSC"), making.fund("RSC")]],
    "fund_code_is_neutral_letters": [
        lambda: making.fund("rsc"),
        lambda: making.fund("R"),
        lambda: making.fund("구조"),
        lambda: making.fund("A B"),
    ],
    "fund_text_one_per_language": [fund_text_twice],
    "entry_posted_once_per_source": [lambda: [entry(source="charge:1"), entry(source="charge:1")]],
    "entry_has_two_lines_or_more": [lambda: entry(line_count=1), lambda: entry(line_count=0)],
    "line_is_not_zero": [zero_line],
    "user_email_unique": [same_user_in_capitals],
    "role_granted_once": [role_twice],
    "job_ended_only_in_final_state": [
        lambda: job(status="succeeded"),
        lambda: job(status="failed"),
        lambda: job(status="canceled"),
        lambda: job(status="queued", ended_at=NOW),
        lambda: job(status="running", ended_at=NOW),
        lambda: job(status="unheard of", ended_at=NOW),
    ],
    "donor_unique_by_email_and_name": [same_donor],
    "donor_has_a_name": [lambda: Donor.objects.create(name="", name_key="x", created_at=NOW)],
    "donor_not_merged_into_itself": [merged_into_itself],
    "consent_answered_once_per_source": [consent_twice],
    "message_once_per_cause": [message_twice],
    "message_sent_at_only_when_sent": [
        lambda: facts.message(status="sent"),
        lambda: facts.message(status="queued", sent_at=NOW),
        lambda: facts.message(status="refused", sent_at=NOW),
    ],
    "attachment_once_per_message": [attachment_twice],
    "event_settled_at_only_when_dealt_with": [
        lambda: facts.event(status="settled"),
        lambda: facts.event(status="parked"),
        lambda: facts.event(status="received", settled_at=NOW),
    ],
    "balance_line_net_is_amount_less_fee": [
        lambda: facts.balance_row(net_minor=-99),
        lambda: facts.balance_row(fee_minor=1),
    ],
    "payout_fails_once": [payout_fails_twice],
    "donation_amount_is_positive": [lambda: donation(amount_minor=0), lambda: donation(amount_minor=-1)],
    "donation_online_has_a_charge": [lambda: donation(processor_ref=None)],
    "donation_once_per_one_time_checkout": [donation_twice_for_a_checkout],
    "designation_amount_is_positive": [
        lambda: designation(amount_minor=0),
        lambda: designation(amount_minor=-5),
    ],
    "designation_once_per_fund": [designated_twice],
    "refund_amount_is_positive": [lambda: refund(amount_minor=0), lambda: refund(amount_minor=-1)],
    "refund_part_amount_is_positive": [
        lambda: refund_part(fund_id=facts.general().pk, amount_minor=0),
        lambda: refund_part(fund_id=facts.general().pk, amount_minor=-1),
    ],
    "refund_part_once_per_fund": [refund_part],
    "dispute_amount_is_positive": [lambda: dispute(amount_minor=0)],
    "dispute_movement_is_not_zero": [lambda: movement(amount_minor=0)],
    "checkout_amount_is_positive": [
        lambda: facts.checkout(amount_minor=0),
        lambda: facts.checkout(amount_minor=-1),
    ],
    "checkout_cover_is_part_of_amount": [
        lambda: facts.checkout(cover_minor=10_000),
        lambda: facts.checkout(cover_minor=-1),
    ],
    "checkout_open_has_a_session": [lambda: facts.checkout(status="open")],
    "checkout_ended_at_only_when_ended": [
        lambda: facts.checkout(status="paid"),
        lambda: facts.checkout(status="abandoned"),
        lambda: facts.checkout(status="begun", ended_at=NOW),
        lambda: facts.checkout(status="confirming", ended_at=NOW),
        lambda: facts.checkout(status="unheard"),
    ],
    "plan_amount_is_positive": [lambda: facts.plan(amount_minor=0)],
    "plan_ended_at_only_when_ended": [lambda: facts.plan(status="ended"), lambda: facts.plan(ended_at=NOW)],
    "refund_request_amount_is_positive": [lambda: facts.request(facts.donation(), amount_minor=0)],
    "refund_request_ended_at_only_when_ended": [
        lambda: facts.request(facts.donation(), status="done"),
        lambda: facts.request(facts.donation(), ended_at=NOW),
        lambda: facts.request(facts.donation(), status="unheard"),
    ],
    "series_once_per_entity_and_year": [series_twice],
    "receipt_number_once_per_series": [lambda: other_receipt(number=1)],
    "receipt_number_starts_at_one": [lambda: other_receipt(number=0)],
    "receipt_total_is_not_negative": [total_below_zero],
    "receipt_eligible_within_total": [
        lambda: other_receipt(eligible_minor=10_001),
        lambda: other_receipt(eligible_minor=-1),
    ],
    "receipt_not_its_own_replacement": [own_replacement],
    "receipt_line_once_per_donation": [receipt_line],
    "receipt_line_refund_below_amount": [
        lambda: receipt_line(refunded_minor=10_000),
        lambda: receipt_line(refunded_minor=-1),
    ],
    **banking_rows.BROKEN,
    **broken_batches.BROKEN,
    **broken_desk.BROKEN,
    **broken_exports.BROKEN,
    **broken_intents.BROKEN,
    **broken_letters.BROKEN,
    **broken_numbers.BROKEN,
    **broken_runs.BROKEN,
    **broken_filings.BROKEN,
    **broken_papers.BROKEN,
    **broken_periods.BROKEN,
    **broken_pledges.BROKEN,
    **broken_reports.BROKEN,
    **broken_wishes.BROKEN,
    **journal_rows.BROKEN,
    **funds_rows.BROKEN,
}


@pytest.mark.parametrize(
    ("law", "breaking"), [(law, breaking) for law, breakings in BROKEN.items() for breaking in breakings]
)
def test_each_law_refuses_by_name(law: str, breaking: Callable[[], object]) -> None:
    with refused_by(law):
        breaking()


def test_no_law_is_left_untested() -> None:
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    assert named_laws(models) == set(BROKEN)


def test_what_must_be_unique_is_so_in_the_database() -> None:
    expected = {
        (model._meta.db_table, field.column)
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        if field.unique
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indrelid::regclass::text, a.attname FROM pg_index i JOIN pg_attribute a"
            " ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indimmediate"
        )
        kept = set(cursor.fetchall())
    assert len(expected) > 40
    assert expected - kept == set()


def test_one_charge_is_one_donation() -> None:
    first = facts.donation()
    with refused_by("donations_donation_processor_ref_key"):
        donation(processor_ref=first.processor_ref)
    with refused_by("donations_donation_payment_ref_key"):
        donation(payment_ref=first.payment_ref)
    assert Donation.objects.count() == 1


def test_the_words_of_a_row_tell_it_apart_without_a_query(
    django_assert_num_queries: Callable[..., object],
) -> None:
    gift = facts.donation(checkout=facts.checkout())
    back = facts.refund(gift, 100)
    facts.returned(back)
    asked = facts.request(gift)
    kept = [
        *Donation.objects.all(), *Refund.objects.all(), *RefundPart.objects.all(), *Dispute.objects.all(),
        *Designation.objects.all(), *DisputeMovement.objects.all(), *Message.objects.all(), asked, facts.plan(),
        facts.plan_change(kind="resume"), facts.plan_failure(), facts.fraud_warning(gift), facts.promise(),
    ]  # fmt: skip
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert all(str(row) for row in kept)
    assert len({str(row) for row in kept}) == len(kept)


def test_the_facts_these_tests_start_from_are_lawful(check_laws: Callable[[], None]) -> None:
    gift = facts.donation({making.any_fund(): 5_000, facts.general(): 5_000})
    facts.refund(gift, 333)
    facts.paperwork()
    check_laws()
    assert ReceiptLine.objects.get().refunded_minor == 333
    assert Series.objects.get().next_number == 2
