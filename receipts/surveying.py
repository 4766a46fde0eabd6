"""Surveying: every gift of a tax year of one entity, by the surviving donor, as papers and books have it.

Only read here. The annual run is built on it: what is to be receipted, what is receipted already, what is not and why,
and what the books say about each gift, so that the two can be compared gift by gift.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db import connection

from ledger import balances
from ledger.models import LegalEntity
from receipts.models import Issuer
from receipts.rules import years

# A merged donor's gifts stay where they are and are read under the survivor, however often it was merged on.
SURVIVORS = """
merged(id, root) AS (
  SELECT id, merged_into_id FROM donors_donor WHERE merged_into_id IS NOT NULL
  UNION ALL
  SELECT m.id, r.merged_into_id FROM merged m JOIN donors_donor r ON r.id = m.root WHERE r.merged_into_id IS NOT NULL
), survivor AS (
  SELECT m.id, m.root FROM merged m JOIN donors_donor r ON r.id = m.root WHERE r.merged_into_id IS NULL
)
"""

# Which entry of the books is about which gift. What came over the desk names the gift itself in its source. Income is
# what givers paid, a ticket's dinner with it, for a receipt tells both; interest and what securities brought are none.
POSTED = """
posted AS (
  SELECT 'charge:' || processor_ref AS source, id AS donation_id FROM donations_donation
   WHERE entity_id = %(entity)s AND processor_ref IS NOT NULL
  UNION ALL
  SELECT named || ':' || r.processor_ref, r.donation_id FROM donations_refund r
    JOIN donations_donation d ON d.id = r.donation_id, unnest(ARRAY['refund', 'refund_failure']) named
   WHERE d.entity_id = %(entity)s
  UNION ALL
  SELECT named || ':' || x.processor_ref, x.donation_id FROM donations_dispute x
    JOIN donations_donation d ON d.id = x.donation_id, unnest(ARRAY['dispute_lost', 'dispute_appeal']) named
   WHERE d.entity_id = %(entity)s
  UNION ALL
  SELECT n.source, d.id FROM ledger_entry n
    JOIN donations_donation d
      ON d.id = substring(n.source FROM ':([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})')::uuid
   WHERE n.entity_id = %(entity)s AND n.source NOT LIKE 'refund%%'
), income AS (
  SELECT n.source, l.currency, (-l.amount_minor) AS minor, n.booked_on BETWEEN %(first)s AND %(last)s AS is_within
    FROM ledger_entry n JOIN ledger_line l ON l.entry_id = n.id JOIN ledger_account a ON a.id = l.account_id
   WHERE n.entity_id = %(entity)s AND a.code = ANY(%(paid)s)
)
"""

REFUNDED = """(SELECT coalesce(sum(r.amount_minor), 0)::bigint FROM donations_refund r
  WHERE r.donation_id = d.id
    AND NOT EXISTS (SELECT 1 FROM donations_refundfailure f WHERE f.refund_id = r.id))"""
_MOVED = "EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id)"
_CAME_BACK = (
    "EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = x.id AND m.amount_minor > 0)"
)
LOST = f"""EXISTS (SELECT 1 FROM donations_dispute x JOIN donations_disputeclosing z ON z.dispute_id = x.id
  WHERE x.donation_id = d.id AND z.outcome = 'lost' AND {_MOVED} AND NOT {_CAME_BACK})"""
HELD = f"""(EXISTS (SELECT 1 FROM donations_dispute x LEFT JOIN donations_disputeclosing z ON z.dispute_id = x.id
    WHERE x.donation_id = d.id AND z.id IS NULL AND {_MOVED})
  OR EXISTS (SELECT 1 FROM donations_review v LEFT JOIN donations_reviewclosing z ON z.review_id = v.id
    WHERE v.donation_id = d.id AND z.id IS NULL))"""

_GIFTS = f"""
WITH RECURSIVE {SURVIVORS}, {POSTED}, booked AS (
  SELECT p.donation_id,
         coalesce(sum(i.minor), 0)::bigint AS ever,
         coalesce(sum(i.minor) FILTER (WHERE NOT i.is_within AND i.minor > 0), 0)::bigint AS elsewhere,
         coalesce(sum(i.minor) FILTER (WHERE NOT i.is_within AND i.minor < 0), 0)::bigint AS returned
    FROM posted p JOIN income i ON i.source = p.source GROUP BY p.donation_id
)
SELECT coalesce(v.root, d.donor_id), d.id, d.given_on, d.currency, d.amount_minor, {REFUNDED}, {LOST}, {HELD},
       c.receipt_id, l.amount_minor - l.refunded_minor, coalesce(l.is_valued, true), coalesce(e.reason, ''),
       coalesce(b.ever, 0), coalesce(b.elsewhere, 0), coalesce(b.returned, 0)
  FROM donations_donation d
  LEFT JOIN survivor v ON v.id = d.donor_id
  JOIN donors_donor g ON g.id = coalesce(v.root, d.donor_id)
  LEFT JOIN receipts_coverage c ON c.donation_id = d.id
  LEFT JOIN receipts_receiptline l ON l.receipt_id = c.receipt_id AND l.donation_id = d.id
  LEFT JOIN receipts_exclusion e ON e.donation_id = d.id
  LEFT JOIN booked b ON b.donation_id = d.id
 WHERE d.entity_id = %(entity)s AND d.given_on >= %(first)s AND d.given_on <= %(last)s
 ORDER BY g.name_key, g.id, d.given_on, d.id
"""

_OPEN = f"""
WITH RECURSIVE {SURVIVORS}, bearer AS (
  SELECT id, root FROM survivor WHERE root = ANY(%(donors)s) UNION SELECT d, d FROM unnest(%(donors)s::uuid[]) d
)
SELECT w.root, d.id FROM bearer w JOIN donations_donation d ON d.donor_id = w.id
  LEFT JOIN receipts_coverage c ON c.donation_id = d.id LEFT JOIN receipts_exclusion e ON e.donation_id = d.id
 WHERE d.entity_id = %(entity)s AND d.given_on >= %(first)s AND d.given_on <= %(last)s
   AND c.id IS NULL AND e.id IS NULL AND NOT {HELD}
   AND (%(until)s::timestamptz IS NULL OR d.recorded_at <= %(until)s)
 ORDER BY w.root, d.given_on, d.id
"""

_OUTSIDE = f"""
WITH {POSTED}
SELECT CASE WHEN d.id IS NULL THEN 'no_gift' ELSE 'other_year' END AS place, i.currency,
       count(DISTINCT coalesce(d.id::text, i.source)), sum(i.minor)::bigint
  FROM income i LEFT JOIN posted p ON p.source = i.source LEFT JOIN donations_donation d ON d.id = p.donation_id
 WHERE i.is_within AND (d.id IS NULL OR d.given_on < %(first)s OR d.given_on > %(last)s)
 GROUP BY 1, 2 HAVING sum(i.minor) <> 0
 ORDER BY 1 DESC, 2
"""
_BOOKED = """
SELECT l.currency, count(DISTINCT n.id), sum(-l.amount_minor)::bigint
  FROM ledger_entry n JOIN ledger_line l ON l.entry_id = n.id JOIN ledger_account a ON a.id = l.account_id
 WHERE n.entity_id = %(entity)s AND a.code = ANY(%(paid)s) AND n.booked_on >= %(first)s AND n.booked_on <= %(last)s
 GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift of the year. `ever` is its income in the books, of which `elsewhere` and `returned` in other years.

    `paper_minor` is what its standing receipt says of it, `left_minor` what is left of it now.
    """

    donation_id: uuid.UUID
    given_on: date
    currency: str
    amount_minor: int
    refunded_minor: int
    is_lost: bool
    is_held: bool
    receipt_id: uuid.UUID | None
    paper_minor: int | None
    is_valued: bool
    excluded: str
    ever: int
    elsewhere: int
    returned: int

    @property
    def left_minor(self) -> int:
        return 0 if self.is_lost else self.amount_minor - self.refunded_minor

    @property
    def is_open(self) -> bool:
        """Whether it waits for a receipt and nothing holds it."""
        return self.receipt_id is None and not self.excluded and not self.is_held


Asked = dict[str, int | str | date | uuid.UUID | list[uuid.UUID] | list[str] | None]


@dataclass(frozen=True, slots=True)
class Year:
    """A tax year of one entity, from its first to its last day as the entity's law counts years."""

    entity_id: int
    tax_year: int
    first: date
    last: date

    @property
    def asked(self) -> Asked:
        return {
            "entity": self.entity_id,
            "first": self.first,
            "last": self.last,
            "paid": list(balances.PAID),
        }


def year_of(*, entity: LegalEntity, tax_year: int) -> Year:
    """This function will return the tax year of an entity."""
    issuer = Issuer.objects.filter(entity=entity).first()
    first, last = years.span(law=issuer.law if issuer else entity.country, year=tax_year)
    return Year(entity.pk, tax_year, first, last)


def people(*, of: Year) -> Iterator[tuple[uuid.UUID, list[Gift]]]:
    """This function will yield each surviving donor with the gifts of the year, in the order of receipts: by name."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_GIFTS, of.asked)
        for donor_id, rows in groupby(cursor, key=lambda row: row[0]):
            yield donor_id, [Gift(*row[1:]) for row in rows]


def open_gifts(
    *,
    donor_ids: Sequence[uuid.UUID],
    of: Year,
    recorded_until: datetime | None = None,
) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The gifts that wait for a receipt, of surviving donors and of all who were merged into them, oldest first.

    `recorded_until` leaves out what came into the books later. This function will return them by surviving donor.
    """
    asked = {**of.asked, "donors": list(donor_ids), "until": recorded_until}
    found: dict[uuid.UUID, list[uuid.UUID]] = {donor_id: [] for donor_id in donor_ids}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, asked)
        for donor_id, donation_id in cursor.fetchall():
            found[donor_id].append(donation_id)
    return found


def booked(*, of: Year) -> list[tuple[str, int, int]]:
    """This function will return the books' gift income of the year: currency, entries, minor units."""
    with connection.cursor() as cursor:
        cursor.execute(_BOOKED, of.asked)
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def outside(*, of: Year) -> list[tuple[str, str, int, int]]:
    """Income booked in the year that is of gifts of another tax year, or of no gift.

    This function will return the place (`other_year`, `no_gift`), currency, how many and minor units.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OUTSIDE, of.asked)
        return [(row[0], row[1], row[2], row[3]) for row in cursor.fetchall()]


_MARK = f"""
WITH RECURSIVE {SURVIVORS}, mine AS (
  SELECT * FROM donations_donation WHERE entity_id = %(entity)s AND given_on >= %(first)s AND given_on <= %(last)s
), ids AS (SELECT id FROM mine), giver AS (
  SELECT * FROM donors_donor WHERE id IN (SELECT donor_id FROM mine)
   UNION SELECT * FROM donors_donor WHERE id IN (SELECT root FROM survivor WHERE id IN (SELECT donor_id FROM mine))
)
SELECT
  (SELECT concat_ws(' ', count(*), sum(amount_minor), sum(hashtextextended(
      concat_ws('|', id, donor_id, given_on, kind, payer, description, is_person_directed), 0)::numeric)) FROM mine),
  (SELECT concat_ws(' ',
      (SELECT count(*) FROM donations_benefit WHERE donation_id IN (SELECT id FROM ids)),
      (SELECT count(*) FROM donations_giftdetail WHERE donation_id IN (SELECT id FROM ids)),
      (SELECT count(*) FROM donations_softcredit WHERE donation_id IN (SELECT id FROM ids)))),
  (SELECT concat_ws(' ',
      (SELECT count(*) FROM donations_refund WHERE donation_id IN (SELECT id FROM ids)),
      (SELECT count(*) FROM donations_refundfailure f JOIN donations_refund r ON r.id = f.refund_id
        WHERE r.donation_id IN (SELECT id FROM ids)),
      (SELECT concat_ws('/', count(*), count(z.id), sum((SELECT count(*) FROM donations_disputemovement m
         WHERE m.dispute_id = x.id))) FROM donations_dispute x
         LEFT JOIN donations_disputeclosing z ON z.dispute_id = x.id WHERE x.donation_id IN (SELECT id FROM ids)),
      (SELECT concat_ws('/', count(*), count(z.id)) FROM donations_review v
         LEFT JOIN donations_reviewclosing z ON z.review_id = v.id WHERE v.donation_id IN (SELECT id FROM ids)))),
  (SELECT concat_ws(' ',
      (SELECT concat_ws('/', count(*), sum(hashtextextended(donation_id::text || receipt_id::text, 0)::numeric))
         FROM receipts_coverage WHERE donation_id IN (SELECT id FROM ids)),
      (SELECT concat_ws('/', count(*), sum(hashtextextended(donation_id::text || reason, 0)::numeric))
         FROM receipts_exclusion WHERE donation_id IN (SELECT id FROM ids)))),
  (SELECT concat_ws(' ', count(*), sum(hashtextextended(concat_ws('|', g.id, kind, name, local_name, email, language,
      address, postcode, country, title, first_name, initial, last_name, business_number, receipt_rhythm, wants_post,
      do_not_contact, died_on, email_failed_at IS NULL, merged_into_id), 0)::numeric)) FROM giver g),
  (SELECT concat_ws(' ', hashtextextended(e::text, 0), (SELECT hashtextextended(i::text, 0) FROM receipts_issuer i
      WHERE i.entity_id = e.id), (SELECT count(*) FROM receipts_figureconfirmation c JOIN receipts_issuer i
      ON i.id = c.issuer_id WHERE i.entity_id = e.id)) FROM ledger_legalentity e WHERE e.id = %(entity)s),
  (SELECT concat_ws(' ', count(*), sum(hashtextextended(concat_ws('|', i.donor_id, x.code, x.donation_id), 0)::numeric))
     FROM receipts_runexception x JOIN receipts_runitem i ON i.id = x.item_id
    WHERE i.run_id = %(run)s AND x.state = 'left_out')
"""
MARKED = ("gifts", "details", "money", "papers", "givers", "issuer", "decisions")


def mark(*, of: Year, run_id: uuid.UUID) -> dict[str, str]:
    """A short sum over everything the year's receipts depend on: when one part differs, that part has changed.

    This function will return the sum of each part of MARKED.
    """
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {**of.asked, "run": run_id})
        return dict(zip(MARKED, cursor.fetchone(), strict=True))


def count(*, of: Year) -> int:
    """This function will return how many surviving donors gave in the year."""
    statement = f"""
    WITH RECURSIVE {SURVIVORS}
    SELECT count(DISTINCT coalesce(v.root, d.donor_id)) FROM donations_donation d
      LEFT JOIN survivor v ON v.id = d.donor_id
     WHERE d.entity_id = %(entity)s AND d.given_on >= %(first)s AND d.given_on <= %(last)s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, of.asked)
        return int(cursor.fetchone()[0])
