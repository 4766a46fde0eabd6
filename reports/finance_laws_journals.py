"""The laws of journals that were handed over: what an export says of itself is what its entries are."""

I80 = """
SELECT 'export ' || e.target || ' ' || e.number || ' of entity ' || e.entity_id || ' says ' || e.entry_count
       || ' entries of ' || e.line_count || ' lines, it holds '
       || coalesce(h.entries, 0) || ' of ' || coalesce(h.lines, 0)
  FROM books_journalexport e
  LEFT JOIN (SELECT x.export_id, count(*) AS entries, sum(n.line_count) AS lines FROM books_exportedentry x
               JOIN ledger_entry n ON n.id = x.entry_id GROUP BY x.export_id) h ON h.export_id = e.id
 WHERE e.entry_count <> coalesce(h.entries, 0) OR e.line_count <> coalesce(h.lines, 0)
UNION ALL
SELECT 'export ' || e.target || ' ' || e.number || ' of entity ' || e.entity_id || ' says ' || e.sums::text
       || ', its entries sum to ' || coalesce(h.sums, '{}')::text
  FROM books_journalexport e
  LEFT JOIN (SELECT export_id, jsonb_object_agg(currency, debits) AS sums FROM (
               SELECT x.export_id, l.currency, sum(l.amount_minor) AS debits FROM books_exportedentry x
                 JOIN ledger_line l ON l.entry_id = x.entry_id AND l.amount_minor > 0
                GROUP BY x.export_id, l.currency) s GROUP BY export_id) h ON h.export_id = e.id
 WHERE e.sums IS DISTINCT FROM coalesce(h.sums, '{}'::jsonb)
"""
I81 = """
SELECT 'entry ' || n.id || ' of entity ' || n.entity_id || ' went out with an export of entity ' || e.entity_id
  FROM books_exportedentry x JOIN books_journalexport e ON e.id = x.export_id JOIN ledger_entry n ON n.id = x.entry_id
 WHERE n.entity_id <> e.entity_id
UNION ALL
SELECT 'entry ' || n.id || ' of ' || n.booked_on || ' went out with an export of ' || e.booked_from
       || ' to ' || e.booked_to
  FROM books_exportedentry x JOIN books_journalexport e ON e.id = x.export_id JOIN ledger_entry n ON n.id = x.entry_id
 WHERE n.booked_on NOT BETWEEN e.booked_from AND e.booked_to
UNION ALL
SELECT 'entry ' || x.entry_id || ' stands for ' || x.target || ' in an export for ' || e.target
  FROM books_exportedentry x JOIN books_journalexport e ON e.id = x.export_id WHERE x.target <> e.target
UNION ALL
SELECT 'exports of entity ' || entity_id || ' for ' || target || ' are ' || count(*)
       || ', the last is number ' || max(number)
  FROM books_journalexport GROUP BY entity_id, target HAVING count(*) <> max(number)
"""

ROWS = (
    ("I80", "an export's counts and sums are those of its entries", I80),
    ("I81", "what went out belongs to its export: its body, its days, its target; numbers have no gap", I81),
)
