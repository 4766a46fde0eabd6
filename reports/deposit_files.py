"""Files about deposits and reports: one statement each, written by the database, without a giver's name."""

from collections.abc import Iterator

from books.models import ProcessorReport
from payments.models import Payout
from reports import exporting

# A deposit's lines come from the balance of the processor, or from the rows of the file that named it, each once.
_LINES = f"""
WITH told AS (
  SELECT b.created_at, b.kind, b.ref, b.source_ref, b.amount_minor, b.fee_minor, b.net_minor, b.currency,
         b.exchange_rate
    FROM payments_payoutline l JOIN payments_balancetransaction b ON b.id = l.balance_transaction_id
   WHERE l.payout_id = %(payout)s
  UNION ALL
  SELECT DISTINCT ON (r.ref) r.happened_at, r.verdict, r.ref, r.source_ref, r.gross_minor, r.fee_minor, r.net_minor,
         r.currency, r.rate
    FROM books_processorreportrow r JOIN payments_payout p ON p.ref = r.payout_ref AND p.id = %(payout)s
    JOIN books_processorreport o ON o.id = r.report_id AND o.source = p.processor AND o.source <> 'stripe'
   WHERE r.verdict IN ('gift', 'agrees', 'differs', 'rounding')
)
SELECT to_char(t.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS happened_at_utc,
  {exporting.guarded("t.kind")} AS kind, {exporting.guarded("t.ref")} AS line_id,
  {exporting.guarded("t.source_ref")} AS source_id, d.id AS donation_id,
  {exporting.exact("d.amount_minor", "d.currency")} AS gift_amount, d.currency AS gift_currency,
  t.exchange_rate, {exporting.exact("t.amount_minor", "t.currency")} AS gross,
  {exporting.exact("t.fee_minor", "t.currency")} AS fee, {exporting.exact("t.net_minor", "t.currency")} AS net,
  t.currency, {exporting.guarded("p.ref")} AS payout_id
FROM told t JOIN payments_payout p ON p.id = %(payout)s
LEFT JOIN donations_refund r ON r.processor_ref = t.source_ref
LEFT JOIN donations_dispute x ON x.processor_ref = t.source_ref
LEFT JOIN donations_donation g ON g.processor_ref IN (t.source_ref, t.ref)
LEFT JOIN donations_donation d ON d.id = coalesce(g.id, r.donation_id, x.donation_id)
ORDER BY t.created_at, t.ref
"""
_ROWS = f"""
SELECT r.position AS row, {exporting.guarded("r.kind")} AS kind, {exporting.guarded("r.ref")} AS reference,
  to_char(r.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS happened_at_utc,
  {exporting.exact("r.gross_minor", "r.currency")} AS gross, {exporting.exact("r.fee_minor", "r.currency")} AS fee,
  {exporting.exact("r.net_minor", "r.currency")} AS net, r.currency, r.verdict,
  {exporting.exact("r.books_gross_minor", "r.currency")} AS books_gross,
  {exporting.exact("r.books_fee_minor", "r.currency")} AS books_fee,
  {exporting.exact("r.settled_minor", "r.settled_currency")} AS settled, r.settled_currency, r.rate,
  {exporting.guarded("r.reason")} AS reason, r.donation_id, {exporting.guarded("r.payout_ref")} AS payout_id
FROM books_processorreportrow r WHERE r.report_id = %(report)s ORDER BY r.position
"""
_REJECTS = f"""
SELECT (x.j->>'row')::int AS row, {exporting.guarded("(x.j->>'column')")} AS column_name,
  x.j->>'code' AS reason, {exporting.guarded("(x.j->>'said')")} AS said
FROM books_processorreport o, jsonb_array_elements(o.rejects) AS x(j) WHERE o.id = %(report)s ORDER BY 1
"""


def lines(*, payout: Payout, with_mark: bool = False) -> Iterator[bytes]:
    """This function will yield the lines of one deposit as CSV, oldest first."""
    return exporting.copied(_LINES, {"payout": payout.pk}, with_mark=with_mark)


def rows(*, report: ProcessorReport, with_mark: bool = False) -> Iterator[bytes]:
    """This function will yield the rows of one report with their verdicts as CSV."""
    return exporting.copied(_ROWS, {"report": report.pk}, with_mark=with_mark)


def rejects(*, report: ProcessorReport, with_mark: bool = False) -> Iterator[bytes]:
    """This function will yield what of a file was left out, with row, column and reason."""
    return exporting.copied(_REJECTS, {"report": report.pk}, with_mark=with_mark)
