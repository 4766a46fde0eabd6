"""Files for finance: PostgreSQL writes the CSV itself (COPY) and we pass its blocks on, so memory stays flat.

Each file is one statement and therefore one snapshot: its sums are those of the database at that moment.
Amounts are exact text in the currency's own decimals; the last day asked for is included.
Text that a spreadsheet could take for a formula gets one apostrophe in front, as does text that begins with
an apostrophe itself: reading a file back, take exactly one leading apostrophe off. Numbers are never touched.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection

from ledger import money
from reports import filtering, listing
from reports.filtering import Filters

BLOCK = 65_536
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# First character first: nothing, letters and Hangul, nearly every cell, are settled by comparing numbers.
# PostgreSQL reads the escapes; the per cent sign is written as one because a bare one would be a parameter.
_DANGEROUS = (
    r"^([\u0001-\u001f\u007f'']"
    r"|[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
    r"[-=+@|;\u0022\u0025''\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b])"
)


def _guarded(column: str) -> str:
    """A text cell that no spreadsheet takes for a formula."""
    return (
        f"CASE WHEN {column} = '' OR ascii({column}) BETWEEN 65 AND 122"
        f" OR ascii({column}) BETWEEN 44032 AND 55203 THEN {column}"
        f" WHEN {column} ~ '{_DANGEROUS}' THEN ''''||{column} ELSE {column} END"
    )


def _codes(currencies: frozenset[str]) -> str:
    return ",".join(f"'{code}'" for code in sorted(currencies))


def _exact(column: str, currency: str) -> str:
    """Minor units as decimal text: the scale of the factor is the scale of the product, so nothing is rounded."""
    return (
        f"{column} * CASE WHEN {currency} = 'USD' THEN 0.01 WHEN {currency} IN ({_codes(money.ZERO_DECIMALS)}) THEN 1"
        f" WHEN {currency} IN ({_codes(money.THREE_DECIMALS)}) THEN 0.001 ELSE 0.01 END"
    )


# A designation of the whole amount is the only one, since all are positive and sum to it: nearly every gift's fund
# comes by a join, and only divided gifts ask one by one (a million such questions took most of the file's time).
_DONATIONS = f"""
SELECT d.id AS donation_id, d.given_on, (d.given_at AT TIME ZONE e.zone)::timestamp(0) AS given_at_local,
  e.code AS entity, coalesce(s.id, dn.id) AS donor_id, {_guarded("coalesce(s.name, dn.name)")} AS donor_name,
  {_guarded("coalesce(s.email, dn.email)")} AS donor_email,
  {_guarded("coalesce(ct.title, c.slug)")} AS campaign,
  coalesce(whole.code, (SELECT string_agg(f.code, ' + ' ORDER BY g.id) FROM donations_designation g
    JOIN ledger_fund f ON f.id = g.fund_id WHERE g.donation_id = d.id)) AS fund,
  {_exact("d.amount_minor", "d.currency")} AS gross, d.currency,
  {_exact("coalesce(r.amount_minor, 0)", "d.currency")} AS refunded,
  {_exact(f"({listing.FEE} + coalesce(m.fee_minor, 0))", listing.SETTLED_IN)} AS fee,
  {_exact(f"({listing.NET} + coalesce(m.net_minor, 0))", listing.SETTLED_IN)} AS net,
  {listing.SETTLED_IN} AS settlement_currency,
  CASE WHEN d.plan_id IS NULL THEN 'once' ELSE 'monthly' END AS frequency,
  d.method, d.last4, {{state}} AS state, d.processor_ref AS charge_id, d.payment_ref AS payment_id,
  po.ref AS payout_id, re.serial AS receipt, {_guarded("d.source")} AS source, {_guarded("d.note")} AS note
FROM donations_donation d
JOIN ledger_legalentity e ON e.id = d.entity_id
JOIN donors_donor dn ON dn.id = d.donor_id
LEFT JOIN donors_donor s ON s.id = dn.merged_into_id
JOIN campaigns_campaign c ON c.id = d.campaign_id
LEFT JOIN campaigns_campaigntext ct ON ct.campaign_id = c.id AND ct.language = %(language)s
LEFT JOIN donations_designation gw ON gw.donation_id = d.id AND gw.amount_minor = d.amount_minor
LEFT JOIN ledger_fund whole ON whole.id = gw.fund_id
{listing.SETTLED}
LEFT JOIN ({listing.GIVEN_BACK}) r ON r.donation_id = d.id
LEFT JOIN ({listing.MOVED}) m ON m.donation_id = d.id
LEFT JOIN (SELECT DISTINCT x.donation_id FROM donations_dispute x
  LEFT JOIN donations_disputeclosing k ON k.dispute_id = x.id
  WHERE {filtering.HELD_BY_DISPUTE}) q ON q.donation_id = d.id
LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id
LEFT JOIN receipts_coverage co ON co.donation_id = d.id
LEFT JOIN receipts_receipt re ON re.id = co.receipt_id
WHERE {{where}}
ORDER BY d.given_at, d.id
"""

_JOURNAL = f"""
SELECT en.id AS journal_id, en.booked_on AS journal_date, to_char(en.booked_on, 'YYYY-MM') AS period,
  row_number() OVER (PARTITION BY en.booked_on, en.id ORDER BY l.id) AS line_no,
  ac.code AS account_code, {_guarded("ac.name")} AS account_name,
  CASE WHEN l.amount_minor > 0 THEN {_exact("l.amount_minor", "l.currency")} END AS debit,
  CASE WHEN l.amount_minor < 0 THEN {_exact("(-l.amount_minor)", "l.currency")} END AS credit,
  l.currency, fu.code AS fund_code,
  CASE WHEN fu.restriction = 'none' THEN 'without' ELSE 'with' END AS restriction,
  nullif(fu.restriction, 'none') AS restriction_type, l.segment AS campaign, en2.code AS entity,
  coalesce(dd.donor_id, hd.donor_id, rd.donor_id, xd.donor_id) AS counterparty_ref,
  en.kind AS source_type, en.source AS source_id, split_part(en.source, ':', 2) AS processor_id,
  coalesce(pd.ref, po.ref) AS payout_id, {_guarded("en.memo")} AS memo, rv.id AS reversal_of
FROM ledger_entry en
JOIN ledger_line l ON l.entry_id = en.id
JOIN ledger_account ac ON ac.id = l.account_id
JOIN ledger_fund fu ON fu.id = l.fund_id
JOIN ledger_legalentity en2 ON en2.id = en.entity_id
LEFT JOIN payments_balancetransaction b ON b.ref = split_part(en.source, ':', 2)
LEFT JOIN payments_payoutline pl ON pl.balance_transaction_id = b.id
LEFT JOIN payments_payout po ON po.id = pl.payout_id
LEFT JOIN payments_payout pd ON pd.ref = split_part(en.source, ':', 2)
LEFT JOIN donations_donation dd ON dd.processor_ref = coalesce(b.source_ref, split_part(en.source, ':', 2))
LEFT JOIN donations_donation hd
  ON hd.id = CASE WHEN split_part(en.source, ':', 1) IN ('hand', 'event', 'sale')
    THEN split_part(en.source, ':', 2)::uuid END
LEFT JOIN donations_refund rr ON rr.processor_ref = coalesce(b.source_ref, split_part(en.source, ':', 2))
LEFT JOIN donations_donation rd ON rd.id = rr.donation_id
LEFT JOIN donations_dispute xx ON xx.processor_ref = coalesce(b.source_ref, split_part(en.source, ':', 2))
LEFT JOIN donations_donation xd ON xd.id = xx.donation_id
LEFT JOIN ledger_entry rv ON rv.id = en.reverses_id
WHERE {{where}}
ORDER BY en.booked_on, en.id, l.id
"""


def donations(*, filters: Filters, language: str, with_mark: bool = False) -> Iterator[bytes]:
    """Donations as CSV, one row each, oldest first; columns keep their English names in every language.

    `with_mark` puts the UTF-8 mark in front that some spreadsheets need to read Korean.
    This function will yield the file in blocks.
    """
    where, params = filtering.conditions(filters)
    state = filtering.state_sql(refunded="coalesce(r.amount_minor, 0)", disputed="q.donation_id IS NOT NULL")
    sql = _DONATIONS.format(where=where, state=state)
    return _copy(sql, params | {"language": language}, with_mark=with_mark)


def journal(
    *,
    booked_from: date | None,
    booked_to: date | None,
    with_mark: bool = False,
    narrowed: tuple[str, Mapping[str, Any]] | None = None,
) -> Iterator[bytes]:
    """The books as CSV, one row for each line; both days are inclusive.

    `narrowed` is a condition over `ledger_line l` with its parameters (`narrowing.as_condition`). Accounting files
    leave the house: `counterparty_ref` is our own number of the donor, never a name.
    This function will yield the file in blocks.
    """
    clauses: list[str] = ["TRUE"]
    params: dict[str, Any] = {}
    if booked_from:
        clauses.append("en.booked_on >= %(booked_from)s")
        params["booked_from"] = booked_from
    if booked_to:
        clauses.append("en.booked_on <= %(booked_to)s")
        params["booked_to"] = booked_to
    if narrowed is not None:
        clauses.append(narrowed[0])
        params |= narrowed[1]
    return _copy(_JOURNAL.format(where=" AND ".join(clauses)), params, with_mark=with_mark)


def _copy(sql: str, params: Mapping[str, Any], *, with_mark: bool) -> Iterator[bytes]:
    connection.ensure_connection()
    if with_mark:
        yield BYTE_ORDER_MARK
    waiting, size = [], 0
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY ({sql}) TO STDOUT WITH (FORMAT csv, HEADER)", params) as copy,
    ):
        # What arrives is bytes, not rows: nothing here may look inside.
        for block in copy:
            waiting.append(bytes(block))
            size += len(block)
            if size >= BLOCK:
                yield b"".join(waiting)
                waiting, size = [], 0
    yield b"".join(waiting)


# For the other files of this room that leave the house.
guarded, exact, copied = _guarded, _exact, _copy
