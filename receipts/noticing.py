"""Noticing: what about a year's gifts and givers somebody should look at before receipts are issued.

Each kind is a question to the facts, asked of everybody at once or of one donor again. Some only have to be known (a
thing, a gift in another currency, a giver who died); the others must be mended. What the law misses is asked of the
rules, in `sketching`.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from receipts.surveying import HELD, REFUNDED, SURVIVORS, Year

TO_KNOW = (
    "same_email",
    "deceased",
    "do_not_contact",
    "other_entity",
    "daf",
    "stock",
    "in_kind",
    "quid_pro_quo",
    "foreign_currency",
    "soft_credit",
    "refunded_after",
    "held",
)
"""Kinds that may be noted: the receipt is right as it is, or there is none, but somebody should know."""
NAMELESS = (
    "anonymous",
    "unknown",
    "guest",
    "donor",
    "friend",
    "noname",
    "na",
    "test",
    "익명",
    "무명",
    "미상",
)

_WAITING = "NOT EXISTS (SELECT 1 FROM receipts_coverage c WHERE c.donation_id = d.id)"
_UNDECIDED = f"{_WAITING} AND NOT EXISTS (SELECT 1 FROM receipts_exclusion e WHERE e.donation_id = d.id)"
_BEGIN = f"""
WITH RECURSIVE {SURVIVORS}, given AS (
  SELECT d.*, coalesce(v.root, d.donor_id) AS root FROM donations_donation d LEFT JOIN survivor v ON v.id = d.donor_id
   WHERE d.entity_id = %(entity)s AND d.given_on >= %(first)s AND d.given_on <= %(last)s
     AND (%(donor)s::uuid IS NULL OR coalesce(v.root, d.donor_id) = %(donor)s)
), giver AS (
  SELECT * FROM donors_donor WHERE id IN (SELECT root FROM given d WHERE {_UNDECIDED})
)
"""
_GIFT = "SELECT d.root, d.id, '' FROM given d"
_GIVER = "SELECT g.id, NULL::uuid, '' FROM giver g"

QUESTIONS = {
    "no_contact": f"{_GIVER} WHERE g.address = '' AND (g.email = '' OR g.email_failed_at IS NOT NULL)",
    "no_name": f"{_GIVER} WHERE g.name_key = ANY(%(nameless)s) OR g.name !~ '[[:alpha:]]'",
    "same_email": f"""{_GIVER} WHERE g.email_key <> '' AND EXISTS (SELECT 1 FROM donors_donor o
        WHERE o.email_key = g.email_key AND o.merged_into_id IS NULL AND o.id <> g.id
          AND o.kind <> 'joint' AND g.kind <> 'joint')""",
    "deceased": f"{_GIVER} WHERE g.died_on IS NOT NULL",
    "do_not_contact": f"{_GIVER} WHERE g.do_not_contact",
    "other_entity": f"""{_GIVER} WHERE EXISTS (
        SELECT 1 FROM donations_donation o LEFT JOIN survivor v ON v.id = o.donor_id
          JOIN receipts_issuer i ON i.entity_id = o.entity_id
         WHERE i.law = 'KR' AND o.entity_id <> %(entity)s AND coalesce(v.root, o.donor_id) = g.id
           AND o.given_on >= %(first)s AND o.given_on <= %(last)s)""",
    "daf": f"{_GIFT} WHERE d.payer IN ('daf', 'charity') AND {_WAITING}",
    "stock": f"{_GIFT} WHERE d.kind = 'stock' AND {_WAITING}",
    "in_kind": f"{_GIFT} WHERE d.kind IN ('property', 'vehicle', 'volunteer_expenses') AND {_WAITING}",
    "quid_pro_quo": f"""{_GIFT} WHERE {_WAITING} AND (d.kind = 'ticket' OR EXISTS (
        SELECT 1 FROM donations_benefit b WHERE b.donation_id = d.id AND b.withdraws_id IS NULL
           AND NOT b.is_intangible_religious AND coalesce(b.fair_value_minor, 1) > 0
           AND NOT EXISTS (SELECT 1 FROM donations_benefit w WHERE w.withdraws_id = b.id)))""",
    "foreign_currency": f"""{_GIFT} JOIN ledger_legalentity n ON n.id = d.entity_id
        WHERE d.currency <> n.base_currency AND {_UNDECIDED}""",
    "soft_credit": f"""{_GIFT} WHERE {_WAITING}
        AND EXISTS (SELECT 1 FROM donations_softcredit s WHERE s.donation_id = d.id)""",
    "refunded_after": f"""{_GIFT} WHERE EXISTS (SELECT 1 FROM receipts_receiptline l
        JOIN receipts_voiding z ON z.receipt_id = l.receipt_id
       WHERE l.donation_id = d.id AND z.reason IN ('refunded', 'dispute_lost'))""",
    "held": f"{_GIFT} WHERE {_UNDECIDED} AND {HELD}",
    "not_corrected": f"""{_GIFT} JOIN receipts_coverage c ON c.donation_id = d.id
        JOIN receipts_receiptline l ON l.receipt_id = c.receipt_id AND l.donation_id = d.id
       WHERE l.refunded_minor <> {REFUNDED}""",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something about a donor, or about one of their gifts, by its code."""

    code: str
    donor_id: uuid.UUID
    donation_id: uuid.UUID | None
    words: str = ""


def find(*, of: Year, donor_id: uuid.UUID | None = None) -> Iterator[Found]:
    """This function will yield what the facts show of a year, of one surviving donor if one is named."""
    asked = {**of.asked, "donor": donor_id, "nameless": list(NAMELESS)}
    with connection.cursor() as cursor:
        for code, question in QUESTIONS.items():
            cursor.execute(_BEGIN + question + " ORDER BY 1, 2", asked)
            for giver, donation_id, words in cursor.fetchall():
                yield Found(code, giver, donation_id, words)
