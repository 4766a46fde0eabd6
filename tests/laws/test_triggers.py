"""Every law that a trigger keeps is broken in a test somewhere: this list says where."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from tests.laws import broken_filings, broken_pledges, funds_rows

pytestmark = pytest.mark.django_db
TESTED = funds_rows.TRIGGERS | {
    "entry_is_complete",
    "entry_balances",
    "entry_in_open_period",  # tests/ledger/test_books.py
    "period_reopened_latest_first",  # tests/ledger/test_reopening.py
    "ledger_periodclose_is_append_only",
    "designations_sum_to_donation",
    "refund_parts_sum_to_refund",
    "refund_not_above_donation",
    "checkout_takes_allowed_step",
    "refund_request_takes_allowed_step",
    "plan_change_takes_allowed_step",
    "transfer_takes_allowed_step",
    "refund_part_not_above_designation",  # tests/laws/test_refund_parts.py
    "refund_request_parts_sum_to_request",  # tests/laws/test_refund_parts.py
    "refund_request_approved_by_somebody",  # tests/laws/test_refund_parts.py
    "receipt_number_follows",
    "series_has_no_gap",
    "unit_cost_heads_add_up",  # tests/campaigns/test_laws.py
    "appeal_cost_is_taken_back_whole",  # tests/campaigns/test_spending.py
    "safe_count_takes_allowed_step",  # tests/campaigns/test_counting_safe.py
    "annual_run_takes_allowed_step",  # tests/laws/test_steps.py
    *broken_filings.STEPS,  # tests/laws/test_filings.py
    *broken_pledges.STEPS,  # tests/laws/test_pledges.py
    "batch_posted_only_when_it_agrees",  # tests/laws/test_batches.py
    "reversal_is_of_a_whole_gift",
    "return_is_of_two_people",  # tests/donations/test_giving_back.py
    "row_reversal_is_of_no_gift",  # tests/donations/test_rows_without_a_giver.py
    "row_truth_is_of_a_mistake",
    "left_unknown_is_unidentified",
    "batch_row_parts_sum_to_row",
    "batch_stays_when_ended",
    # tests/laws/test_banking.py
    "bank_line_changes_only_its_state", "bank_line_is_of_its_statement", "bank_line_is_what_its_matches_sum_to",
    "bank_line_stays", "bank_line_takes_allowed_step", "bank_match_is_of_the_amount_it_names",
    "bank_match_is_undone_exactly", "bank_match_ties_a_thing_once", "statement_draft_takes_allowed_step",
    # tests/laws/test_export_requests.py
    "export_request_stays_as_asked", "export_request_takes_allowed_step",
}  # fmt: skip


def test_every_law_of_a_trigger_is_tested() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prolang <> 12"
        )
        sources = "\n".join(row[0] for row in cursor.fetchall())
    assert set(re.findall(r"CONSTRAINT = '(\w+)'", sources)) == TESTED
