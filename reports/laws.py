"""The invariants of the system as questions to the database: each asks for the rows that break it.

The letters are those of the reliability programme (I1 to I23). Each query returns at most a few rows, and every
row names what is wrong in its first column.
"""

from dataclasses import dataclass

from reports import (
    banking_laws,
    finance_laws_batches,
    finance_laws_funds,
    finance_laws_journals,
    finance_laws_payouts,
    pledge_laws,
    receipt_laws,
    rollup_laws,
)
from reports.fact_tables import FACT_TABLES


@dataclass(frozen=True, slots=True)
class Law:
    """`query` returns the rows that break the law; none means it holds."""

    code: str
    title: str
    query: str


_FACTS = ", ".join(f"'{name}'" for name in FACT_TABLES)

LAWS = (
    Law(
        "I1",
        "every charge on the processor's balance is one donation of the same amount",
        """
        SELECT 'charge ' || b.source_ref || ' has no donation' FROM payments_balancetransaction b
         LEFT JOIN donations_donation d ON d.processor_ref = b.source_ref
         WHERE b.kind IN ('charge', 'payment') AND d.id IS NULL
        UNION ALL
        SELECT 'donation ' || d.id || ' is ' || d.amount_minor || ', its charge ' || b.amount_minor
          FROM payments_balancetransaction b JOIN donations_donation d ON d.processor_ref = b.source_ref
         WHERE b.kind IN ('charge', 'payment') AND b.currency = d.currency AND b.amount_minor <> d.amount_minor
        """,
    ),
    Law(
        "I2",
        "one attempt is paid at most once",
        """
        SELECT 'checkout ' || checkout_id || ' has ' || count(*) || ' donations' FROM donations_donation
         WHERE checkout_id IS NOT NULL AND plan_id IS NULL GROUP BY checkout_id HAVING count(*) > 1
        """,
    ),
    Law(
        "I3",
        "every entry balances in each fund and currency and is complete",
        """
        SELECT 'entry ' || entry_id || ' is off by ' || sum(amount_minor) || ' ' || currency || ' in fund ' || fund_id
          FROM ledger_line GROUP BY entry_id, fund_id, currency HAVING sum(amount_minor) <> 0
        UNION ALL
        SELECT 'entry ' || e.id || ' has ' || count(l.id) || ' lines, not ' || e.line_count
          FROM ledger_entry e LEFT JOIN ledger_line l ON l.entry_id = e.id
         GROUP BY e.id HAVING count(l.id) <> e.line_count
        """,
    ),
    Law(
        "I4",
        "facts are only ever added: their triggers stand and the application may not change them",
        f"""
        SELECT 'no guard on ' || t.name FROM unnest(ARRAY[{_FACTS}]) AS t(name)
         WHERE (SELECT count(*) FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
                 WHERE g.tgrelid = t.name::regclass AND g.tgenabled <> 'D' AND NOT g.tgisinternal
                   AND (p.proname = 'refuse_change' OR p.proname LIKE '%%append_only')) < 2
        UNION ALL
        SELECT 'almoner_app may change ' || t.name FROM unnest(ARRAY[{_FACTS}]) AS t(name)
         WHERE EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'almoner_app' AND NOT rolsuper)
           AND has_table_privilege('almoner_app', t.name, 'INSERT')
           AND has_table_privilege('almoner_app', t.name, 'UPDATE, DELETE, TRUNCATE')
        """,
    ),
    Law(
        "I5",
        "every fund's books balance by themselves, and each fact is in the books once",
        """
        SELECT 'fund ' || fund_id || ' is off by ' || sum(amount_minor) || ' ' || currency
          FROM ledger_line GROUP BY fund_id, currency HAVING sum(amount_minor) <> 0
        UNION ALL
        SELECT 'donation ' || d.id || ' is not in the books' FROM donations_donation d
         LEFT JOIN ledger_entry e ON e.source = 'charge:' || d.processor_ref
         WHERE d.rail = 'processor' AND e.id IS NULL
        UNION ALL
        SELECT 'donation ' || d.id || ' of the desk is not in the books' FROM donations_donation d
         LEFT JOIN ledger_entry e ON e.source = 'hand:' || d.id WHERE d.rail = 'desk' AND e.id IS NULL
        UNION ALL
        SELECT 'entry ' || e.id || ' books ' || coalesce(l.minor, 0) || ' of a gift of ' || d.amount_minor
          FROM donations_donation d JOIN ledger_entry e ON e.source = 'hand:' || d.id
          LEFT JOIN LATERAL (SELECT -sum(n.amount_minor) AS minor FROM ledger_line n
            JOIN ledger_account a ON a.id = n.account_id AND a.kind = 'income' WHERE n.entry_id = e.id) l ON true
         WHERE d.rail = 'desk' AND l.minor IS DISTINCT FROM d.amount_minor
        UNION ALL
        SELECT 'refund ' || r.processor_ref || ' is not in the books' FROM donations_refund r
         LEFT JOIN ledger_entry e ON e.source = 'refund:' || r.processor_ref WHERE e.id IS NULL
        UNION ALL
        SELECT 'payout ' || p.ref || ' is not in the books' FROM payments_payout p
         LEFT JOIN ledger_entry e ON e.source = 'payout:' || p.ref WHERE e.id IS NULL
        UNION ALL
        SELECT 'movement ' || m.balance_ref || ' is not in the books' FROM donations_disputemovement m
         LEFT JOIN ledger_entry e ON e.source = 'dispute:' || m.balance_ref WHERE e.id IS NULL
        """,
    ),
    Law(
        "I6",
        "never more goes back than was given, and parts sum to their whole",
        """
        SELECT 'donation ' || d.id || ' of ' || d.amount_minor || ' has refunds of ' || sum(r.amount_minor)
          FROM donations_donation d JOIN donations_refund r ON r.donation_id = d.id
          LEFT JOIN donations_refundfailure f ON f.refund_id = r.id WHERE f.id IS NULL
         GROUP BY d.id HAVING sum(r.amount_minor) > d.amount_minor
        UNION ALL
        SELECT 'donation ' || d.id || ' is designated ' || coalesce(sum(g.amount_minor), 0)
          FROM donations_donation d LEFT JOIN donations_designation g ON g.donation_id = d.id
         GROUP BY d.id HAVING coalesce(sum(g.amount_minor), 0) <> d.amount_minor
        UNION ALL
        SELECT 'refund ' || r.id || ' has parts of ' || coalesce(sum(p.amount_minor), 0)
          FROM donations_refund r LEFT JOIN donations_refundpart p ON p.refund_id = r.id
         GROUP BY r.id HAVING coalesce(sum(p.amount_minor), 0) <> r.amount_minor
        UNION ALL
        SELECT 'donation ' || r.donation_id || ' has refunds of ' || sum(p.amount_minor) || ' out of fund ' || p.fund_id
          FROM donations_refundpart p JOIN donations_refund r ON r.id = p.refund_id
          LEFT JOIN donations_refundfailure f ON f.refund_id = r.id WHERE f.id IS NULL
         GROUP BY r.donation_id, p.fund_id HAVING sum(p.amount_minor) > (
           SELECT coalesce(sum(g.amount_minor), 0) FROM donations_designation g
            WHERE g.donation_id = r.donation_id AND g.fund_id = p.fund_id)
        """,
    ),
    Law(
        "I7",
        "what the books say the processor owes is what its balance says",
        """
        WITH lines AS (
          SELECT currency, net_minor AS minor FROM payments_balancetransaction b
           WHERE kind NOT IN ('payout', 'payout_failure', 'payout_cancel')
              OR EXISTS (SELECT 1 FROM payments_payout p WHERE p.ref = b.source_ref AND (
                   kind = 'payout' OR EXISTS (SELECT 1 FROM payments_payoutfailure f WHERE f.payout_id = p.id)))
          UNION ALL
          SELECT d.currency, d.amount_minor FROM donations_donation d WHERE d.rail = 'processor'
             AND NOT EXISTS (SELECT 1 FROM payments_balancetransaction b
                              WHERE b.source_ref = d.processor_ref AND b.kind IN ('charge', 'payment'))
        ), told AS (SELECT currency, sum(minor) AS minor FROM lines GROUP BY currency),
        booked AS (SELECT l.currency, sum(l.amount_minor) AS minor FROM ledger_line l
                     JOIN ledger_account a ON a.id = l.account_id AND a.code = '1100' GROUP BY l.currency)
        SELECT coalesce(told.currency, booked.currency) || ': books ' || coalesce(booked.minor, 0)
               || ', balance ' || coalesce(told.minor, 0)
          FROM told FULL JOIN booked ON booked.currency = told.currency
         WHERE coalesce(told.minor, 0) <> coalesce(booked.minor, 0)
        """,
    ),
    Law(
        "I8",
        "no attempt stays open for two days, and none with a donation is unpaid",
        """
        SELECT 'checkout ' || id || ' is ' || status || ' since ' || began_at FROM donations_checkout
         WHERE status IN ('begun', 'open') AND began_at < %(now)s - interval '48 hours'
        UNION ALL
        SELECT 'checkout ' || c.id || ' is ' || c.status || ' with a donation' FROM donations_checkout c
          JOIN donations_donation d ON d.checkout_id = c.id WHERE c.status <> 'paid'
        UNION ALL
        SELECT 'checkout ' || c.id || ' is paid without a donation' FROM donations_checkout c
         WHERE c.status = 'paid' AND NOT EXISTS (SELECT 1 FROM donations_donation d WHERE d.checkout_id = c.id)
        """,
    ),
    Law(
        "I9",
        "receipt numbers run from one without a gap, each given or spoiled once, in the order of issue",
        """
        SELECT 'series ' || s.id || ' stands at ' || s.next_number || ' with ' || count(t.number)
               || ' numbers given or spoiled up to ' || coalesce(max(t.number), 0)
          FROM receipts_series s LEFT JOIN (SELECT series_id, number FROM receipts_receipt
               UNION ALL SELECT series_id, number FROM receipts_spoilednumber) t ON t.series_id = s.id
         GROUP BY s.id HAVING count(t.number) <> s.next_number - 1 OR count(DISTINCT t.number) <> s.next_number - 1
            OR coalesce(max(t.number), 0) <> s.next_number - 1
        UNION ALL
        SELECT 'receipt ' || serial || ' was issued before ' || former FROM (
          SELECT serial, issued_at, lag(serial) OVER w AS former, lag(issued_at) OVER w AS before
            FROM receipts_receipt WINDOW w AS (PARTITION BY series_id ORDER BY number)) o
         WHERE issued_at < before - interval '5 minutes'
        """,
    ),
    Law(
        "I13",
        "what a campaign shows as raised is what was designated to it less what went back",
        """
        WITH shown AS (
          SELECT l.segment, l.currency, -sum(l.amount_minor) AS minor FROM ledger_line l
            JOIN ledger_account a ON a.id = l.account_id AND a.code IN ('4000', '4100')
           WHERE l.segment <> '' GROUP BY l.segment, l.currency
        ), facts AS (
          SELECT c.slug AS segment, d.currency, sum(g.amount_minor) AS minor FROM donations_donation d
            JOIN campaigns_campaign c ON c.id = d.campaign_id
            JOIN donations_designation g ON g.donation_id = d.id AND g.fund_id = c.fund_id GROUP BY 1, 2
          UNION ALL
          SELECT c.slug, d.currency, -sum(p.amount_minor) FROM donations_refundpart p
            JOIN donations_refund r ON r.id = p.refund_id JOIN donations_donation d ON d.id = r.donation_id
            JOIN campaigns_campaign c ON c.id = d.campaign_id AND c.fund_id = p.fund_id
            LEFT JOIN donations_refundfailure f ON f.refund_id = r.id WHERE f.id IS NULL GROUP BY 1, 2
          UNION ALL
          -- Loose cash, and money whose giver nobody knows yet, is no gift and counts all the same.
          SELECT c.slug, b.currency, sum(p.amount_minor) FROM donations_batchrow w
            JOIN donations_batch b ON b.id = w.batch_id AND b.status = 'posted'
            JOIN campaigns_campaign c ON c.id = w.campaign_id
            JOIN donations_batchrowpart p ON p.row_id = w.id AND p.fund_id = c.fund_id
           WHERE w.giver IN ('nobody', 'unknown')
             AND NOT EXISTS (SELECT 1 FROM donations_rowreversal v WHERE v.row_id = w.id) GROUP BY 1, 2
          UNION ALL
          SELECT c.slug, b.currency, sum(t.amount_minor) FROM donations_rowtruth t
            JOIN donations_rowreversal v ON v.id = t.reversal_id JOIN donations_batchrow w ON w.id = v.row_id
            JOIN donations_batch b ON b.id = w.batch_id
            JOIN campaigns_campaign c ON c.id = w.campaign_id AND c.fund_id = t.fund_id GROUP BY 1, 2
          UNION ALL
          -- What tickets bought is no contribution; that it is what was given in return is a law of its own.
          SELECT l.segment, l.currency, sum(l.amount_minor) FROM ledger_line l
            JOIN ledger_account a ON a.id = l.account_id AND a.code = '4200' WHERE l.segment <> '' GROUP BY 1, 2
        ), lost AS (
          -- A gift to one fund loses its dispute's whole amount; how a divided one shares it, only the books say.
          SELECT c.slug AS segment, d.currency, s.amount_minor AS minor FROM donations_dispute s
            JOIN donations_disputeclosing z ON z.dispute_id = s.id AND z.outcome = 'lost'
            JOIN donations_donation d ON d.id = s.donation_id JOIN campaigns_campaign c ON c.id = d.campaign_id
            JOIN donations_designation g ON g.donation_id = d.id AND g.fund_id = c.fund_id
                 AND g.amount_minor = d.amount_minor
           WHERE EXISTS (SELECT 1 FROM donations_disputemovement m WHERE m.dispute_id = s.id)
             AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m
                              WHERE m.dispute_id = s.id AND m.amount_minor > 0)
          UNION ALL
          SELECT l.segment, l.currency, l.amount_minor FROM ledger_line l
            JOIN ledger_account a ON a.id = l.account_id AND a.code IN ('4000', '4100')
            JOIN ledger_entry e ON e.id = l.entry_id AND e.kind = 'dispute_lost'
            JOIN donations_dispute s ON 'dispute_lost:' || s.processor_ref = e.source
           WHERE l.segment <> ''
             AND (SELECT count(*) FROM donations_designation g WHERE g.donation_id = s.donation_id) > 1
             AND NOT EXISTS (SELECT 1 FROM donations_disputemovement m
                              WHERE m.dispute_id = s.id AND m.amount_minor > 0)
        ), expected AS (
          SELECT segment, currency, sum(minor) AS minor FROM (
            SELECT * FROM facts UNION ALL SELECT segment, currency, -minor FROM lost) x GROUP BY 1, 2)
        SELECT coalesce(s.segment, e.segment) || ' shows ' || coalesce(s.minor, 0) || ', facts say '
               || coalesce(e.minor, 0) || ' ' || coalesce(s.currency, e.currency)
          FROM shown s FULL JOIN expected e ON e.segment = s.segment AND e.currency = s.currency
         WHERE coalesce(s.minor, 0) <> coalesce(e.minor, 0)
        """,
    ),
    Law(
        "I24",
        "no group waits for an hour when the money for it has come",
        """
        WITH raised AS (
          SELECT l.segment, l.currency, -sum(l.amount_minor) AS minor FROM ledger_line l
            JOIN ledger_account a ON a.id = l.account_id AND a.code IN ('4000', '4100')
            JOIN ledger_entry e ON e.id = l.entry_id
           -- What came must have lain there for an hour; what went back counts at once.
           WHERE l.segment <> '' AND (e.recorded_at < %(now)s - interval '1 hour' OR l.amount_minor > 0)
           GROUP BY l.segment, l.currency
        ), first AS (
          SELECT DISTINCT ON (campaign_id) * FROM campaigns_needgroup
           WHERE funded_on IS NULL AND opened_on < (%(now)s - interval '1 hour')::date
           ORDER BY campaign_id, opened_on, id
        ), price AS (
          SELECT DISTINCT ON (campaign_id) * FROM campaigns_unitcost
           WHERE effective_from <= (%(now)s - interval '1 hour')::date ORDER BY campaign_id, effective_from DESC
        )
        SELECT 'group ' || g.id || ' of ' || c.slug || ' needs ' || g.size * p.amount_minor || ', there is '
               || r.minor - taken.minor
          FROM first g JOIN campaigns_campaign c ON c.id = g.campaign_id JOIN price p ON p.campaign_id = c.id
          JOIN raised r ON r.segment = c.slug AND r.currency = c.currency
          CROSS JOIN LATERAL (SELECT coalesce(sum(funded_minor), 0) AS minor,
                                     count(*) FILTER (WHERE funded_minor IS NULL) AS untold
                                FROM campaigns_needgroup o
                               WHERE o.campaign_id = c.id AND o.funded_on IS NOT NULL) taken
         WHERE taken.untold = 0 AND r.minor - taken.minor >= g.size * p.amount_minor
           AND NOT EXISTS (SELECT 1 FROM campaigns_unitcost n
                            WHERE n.campaign_id = c.id AND n.effective_from > p.effective_from
                              AND n.effective_from <= %(now)s::date + 1)
        """,
    ),
    Law(
        "I14",
        "no notice of the processor waits longer than an hour",
        """
        SELECT 'event ' || ref || ' (' || kind || ') waits since ' || received_at || ': ' || reason
          FROM payments_processorevent
         WHERE status = 'received' AND received_at < %(now)s - interval '1 hour'
           AND settle_after < %(now)s - interval '10 minutes'
        """,
    ),
    Law(
        "I15",
        "every receipt with a file goes one way: by one mail, by post, or nowhere by its giver's wish",
        """
        SELECT 'receipt ' || r.serial || ' has ' || count(m.id) || ' mails' FROM receipts_receipt r
          JOIN donors_message m ON m.cause = 'receipt:' || r.id AND m.kind IN ('receipt', 'receipt_corrected')
         GROUP BY r.id HAVING count(m.id) > 1
        UNION ALL
        SELECT 'receipt ' || r.serial || ' goes no way' FROM receipts_receipt r JOIN receipts_rendering f
            ON f.receipt_id = r.id WHERE r.run_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM receipts_delivery d WHERE d.receipt_id = r.id)
           AND NOT EXISTS (SELECT 1 FROM donors_message m WHERE m.cause = 'receipt:' || r.id)
        UNION ALL
        SELECT 'receipt ' || r.serial || ' waits for its mail since ' || d.planned_at FROM receipts_delivery d
          JOIN receipts_receipt r ON r.id = d.receipt_id JOIN receipts_rendering f ON f.receipt_id = r.id
          LEFT JOIN receipts_voiding v ON v.receipt_id = r.id WHERE v.id IS NULL AND d.message_id IS NULL
           AND d.channel = 'email' AND d.status = 'waiting' AND d.planned_at < %(now)s - interval '1 hour'
        UNION ALL
        SELECT 'the mail of receipt ' || r.serial || ' came back and nothing followed' FROM receipts_delivery d
          JOIN receipts_receipt r ON r.id = d.receipt_id LEFT JOIN receipts_delivery n ON n.receipt_id = r.id
           AND n.id > d.id WHERE d.status = 'bounced' AND n.id IS NULL
        UNION ALL
        SELECT 'message ' || id || ' waits since ' || queued_at FROM donors_message
         WHERE status IN ('queued', 'sending')
           AND queued_at < %(now)s - interval '1 day' AND send_after < %(now)s - interval '1 hour'
        """,
    ),
    Law(
        "I21",
        "money is whole numbers: no column of ours is a float",
        """
        SELECT table_name || '.' || column_name || ' is ' || data_type FROM information_schema.columns
         WHERE table_schema = 'public' AND (data_type IN ('real', 'double precision', 'money')
            OR (column_name LIKE '%%\\_minor' AND data_type <> 'bigint'))
        """,
    ),
    Law(
        "I22",
        "valid receipts cover gifts that stand; voided ones cover none",
        """
        SELECT 'voided receipt ' || r.serial || ' still covers a gift' FROM receipts_coverage c
          JOIN receipts_voiding v ON v.receipt_id = c.receipt_id JOIN receipts_receipt r ON r.id = c.receipt_id
        UNION ALL
        SELECT 'receipt ' || r.serial || ' covers no gift and is not void' FROM receipts_receipt r
         WHERE NOT EXISTS (SELECT 1 FROM receipts_voiding v WHERE v.receipt_id = r.id)
           AND NOT EXISTS (SELECT 1 FROM receipts_coverage c WHERE c.receipt_id = r.id)
        UNION ALL
        SELECT 'refund request ' || q.id || ' is done without a refund' FROM donations_refundrequest q
         WHERE q.status = 'done' AND NOT EXISTS (SELECT 1 FROM donations_refund r WHERE r.request_id = q.id)
        UNION ALL
        SELECT 'refund request ' || id || ' is proposed since ' || requested_at FROM donations_refundrequest
         WHERE status = 'proposed' AND requested_at < %(now)s - interval '8 days'
        """,
    ),
    Law(
        "I23",
        "every file is the bytes its hash says, and belongs to a receipt, a letter or a release",
        """
        SELECT 'document ' || d.sha256 || ' is damaged' FROM paper_document d
          LEFT JOIN paper_opening o ON o.sha256 = d.opening_id
         WHERE d.created_at >= %(since)s AND encode(sha256(coalesce(o.content, '') || d.content), 'hex') <> d.sha256
        UNION ALL
        SELECT 'opening ' || o.sha256 || ' is damaged' FROM paper_opening o
         WHERE encode(sha256(o.content), 'hex') <> o.sha256
        UNION ALL
        SELECT 'document ' || d.sha256 || ' belongs to nothing' FROM paper_document d
         WHERE NOT EXISTS (SELECT 1 FROM receipts_rendering r WHERE r.document_id = d.sha256)
           AND NOT EXISTS (SELECT 1 FROM donors_attachment a WHERE a.document_id = d.sha256)
           AND NOT EXISTS (SELECT 1 FROM books_release b WHERE b.document_id = d.sha256)
           AND NOT EXISTS (SELECT 1 FROM books_placedasset b WHERE b.document_id = d.sha256)
           AND NOT EXISTS (SELECT 1 FROM books_transferrequest b WHERE b.document_id = d.sha256)
        """,
    ),
    *(Law(*row) for row in receipt_laws.ROWS),
    *(Law(*row) for row in banking_laws.ROWS),
    *(Law(*row) for row in finance_laws_batches.ROWS),
    *(Law(*row) for row in rollup_laws.ROWS),
    *(Law(*row) for row in finance_laws_journals.ROWS),
    *(Law(*row) for row in finance_laws_funds.ROWS),
    *(Law(*row) for row in finance_laws_payouts.ROWS),
    *(Law(*row) for row in pledge_laws.ROWS),
)
