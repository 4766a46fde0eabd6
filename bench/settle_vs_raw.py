"""`settle_vs_raw`: notices taken in and settled, against the same rows written by bare psycopg.

Ours is what happens in production: verify the signature, store the notice, fetch the object over HTTP, write the
facts and close the notice, each step committed by itself. The limit writes the same rows with prepared statements
on one connection, asking nobody anything: a commit for each notice, because it is answered only when it is safe, and
one for the gift's facts with the closing of its notices. Only notices we act upon are delivered, as
an endpoint at Stripe is set up.
"""

import os
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from bench import giving, pairing
from donations import settling
from donations.models import Checkout, Donation
from ledger import posting
from payments import inbox

NAME = "settle_vs_raw"
GIFTS = 40
KINDS = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")

EVENT = """INSERT INTO payments_processorevent (ref, kind, object_ref, created_at, api_version, received_at, deliveries,
  status, attempts, settle_after, reason) VALUES (%s, %s, %s, %s, '', %s, 1, 'received', 0, %s, '')
  ON CONFLICT (ref) DO UPDATE SET deliveries = payments_processorevent.deliveries + 1 RETURNING id"""
CLOSE = "UPDATE payments_processorevent SET status = 'settled', settled_at = %s WHERE id = %s AND status = 'received'"
DONOR = """INSERT INTO donors_donor (id, kind, name, local_name, email, email_key, name_key, language, address,
  created_at)
  VALUES (%s, 'person', %s, '', %s, %s, %s, 'en', '', %s)
  ON CONFLICT (email_key, name_key) WHERE (merged_into_id IS NULL AND NOT (email_key = '')) DO NOTHING"""
DONATION = """INSERT INTO donations_donation (id, entity_id, donor_id, campaign_id, checkout_id, rail, method, last4,
  processor_ref, payment_ref, amount_minor, currency, given_at, given_on, date_rule, language, note, source, is_live,
  recorded_at) VALUES (%s, %s, %s, %s, %s, 'processor', 'card', '4242', %s, %s, %s, 'USD', %s, %s,
  'charge_in_entity_zone', 'en', '', 'bench', false, %s) ON CONFLICT DO NOTHING"""
DESIGNATION = "INSERT INTO donations_designation (donation_id, fund_id, amount_minor) VALUES (%s, %s, %s)"
RECOGNITION = "INSERT INTO donations_recognition (donation_id, is_anonymous, changed_at) VALUES (%s, %s, %s)"
ENTRY = """INSERT INTO ledger_entry (entity_id, kind, source, happened_at, booked_on, memo, line_count, recorded_at)
  VALUES (%s, %s, %s, %s, %s, '', 2, %s) ON CONFLICT (source) DO NOTHING RETURNING id"""
LINES = """INSERT INTO ledger_line (entry_id, account_id, fund_id, amount_minor, currency, segment)
  VALUES (%s, %s, %s, %s, 'USD', ''), (%s, %s, %s, %s, 'USD', %s)"""
CONSENT = """INSERT INTO donors_consent (donor_id, kind, is_given, wording, source, answered_at)
  VALUES (%s, 'letter', true, 'Send me the letter', %s, %s) ON CONFLICT DO NOTHING"""
PAID = "UPDATE donations_checkout SET status = 'paid', ended_at = %s WHERE id = %s AND status = 'open'"
BALANCE = """INSERT INTO payments_balancetransaction (ref, kind, amount_minor, fee_minor, net_minor, currency,
  source_ref, created_at, available_on, recorded_at) VALUES (%s, 'charge', %s, %s, %s, 'USD', %s, %s, %s, %s)
  ON CONFLICT DO NOTHING"""


class Unsettled(Exception):
    """The gifts of a run did not all become donations: its time means nothing."""


def measure() -> pairing.Outcome:
    """This function will return gifts settled per second, ours to bare SQL."""
    statements, notices = _count_statements()
    with psycopg.connect(os.environ["DATABASE_URL"], prepare_threshold=1) as raw:
        pairs = pairing.alternate(ours=_ours, limit=lambda: _limit(raw))
        at_once = pairing.alternate(ours=_ours, limit=lambda: _limit(raw, all_at_once=True))
    notes: dict[str, object] = {
        "statements_per_gift": statements,
        "notices_per_gift": notices,
        "events_per_second": round(pairs.value * notices, 1),
        "limit_events_per_second": round(pairs.limit * notices, 1),
        # What no webhook may do: answer a notice first and commit it later with its gift, all in one transaction.
        "ratio_to_one_transaction": round(at_once.ratio, 3),
    }
    return pairs.outcome(name=NAME, unit="gifts/s", n=GIFTS, notes=notes)


def _settle(bodies: list[bytes]) -> None:
    for body in bodies:
        event_id = inbox.receive(body=body, signature=giving.signature(body), now=timezone.now())
        if event_id is not None:
            settling.settle(event_id=event_id, now=timezone.now())


def _count_statements() -> tuple[float, float]:
    """This function will return how many statements and how many notices one gift takes."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    before = giving.newest()
    giving.give(10)
    bodies = giving.events(after=before, kinds=KINDS)
    with connection.execute_wrapper(note):
        _settle(bodies)
    return len(seen) / 10, len(bodies) / 10


def _ours() -> float:
    before = giving.newest()
    checkouts = giving.give(GIFTS)
    bodies = giving.events(after=before, kinds=KINDS)
    began = time.perf_counter()
    _settle(bodies)
    took = time.perf_counter() - began
    settled = Donation.objects.filter(checkout__in=checkouts).count()
    if settled != GIFTS:
        raise Unsettled(f"{settled} of {GIFTS} gifts were settled")
    return GIFTS / took


def _limit(raw: "psycopg.Connection[Any]", *, all_at_once: bool = False) -> float:
    checkouts = giving.begin_unpaid(GIFTS)
    began = time.perf_counter()
    for number, checkout in enumerate(checkouts):
        _write_gift(raw, number, checkout, all_at_once=all_at_once)
    return GIFTS / (time.perf_counter() - began)


def _write_gift(
    raw: "psycopg.Connection[Any]", number: int, checkout: Checkout, *, all_at_once: bool
) -> None:
    now = datetime.now(UTC)
    mark = uuid.uuid4().hex
    events = []
    for kind in KINDS:
        row = raw.execute(EVENT, [f"evt_{kind[:24]}{mark}", kind, f"obj_{mark}", now, now, now]).fetchone()
        events.append(row[0] if row else None)
        if not all_at_once:
            raw.commit()
    _write_facts(raw, number, checkout, mark=mark, now=now)
    for event in events:
        raw.execute(CLOSE, [now, event])
    raw.commit()


def _write_facts(
    raw: "psycopg.Connection[Any]", number: int, checkout: Checkout, *, mark: str, now: datetime
) -> None:
    donor_id, donation_id = uuid.uuid4(), uuid.uuid4()
    amount, charge, balance = checkout.amount_minor, f"ch_{mark}", f"txn_{mark}"
    fee, fund, entity = amount * 29 // 1000 + 30, checkout.fund_id, checkout.entity_id
    email, name = checkout.email, checkout.donor_name
    raw.execute(DONOR, [donor_id, name, email, email, name.casefold().replace(" ", ""), now])
    ids = [donation_id, entity, donor_id, checkout.campaign_id, checkout.pk, charge, f"pi_{mark}"]
    raw.execute(DONATION, [*ids, amount, now, now.date(), now])
    raw.execute(DESIGNATION, [donation_id, fund, amount])
    raw.execute(RECOGNITION, [donation_id, number % 10 == 0, now])
    clearing, income, fees = (posting.account_id(code) for code in ("1100", "4100", "5100"))
    entry = raw.execute(ENTRY, [entity, "donation", f"charge:{charge}", now, now.date(), now]).fetchone()
    ref = entry[0] if entry else None
    raw.execute(LINES, [ref, clearing, fund, amount, ref, income, fund, -amount, checkout.campaign.slug])
    if checkout.wants_letter:
        raw.execute(CONSENT, [donor_id, f"checkout:{checkout.pk}", now])
    raw.execute(PAID, [now, checkout.pk])
    raw.execute(BALANCE, [balance, amount, fee, amount - fee, charge, now, now.date(), now])
    entry = raw.execute(
        ENTRY, [entity, "processor_fee", f"balance:{balance}", now, now.date(), now]
    ).fetchone()
    ref = entry[0] if entry else None
    raw.execute(LINES, [ref, fees, fund, fee, ref, clearing, fund, -fee, ""])
