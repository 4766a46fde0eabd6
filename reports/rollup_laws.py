"""The laws of the sums behind dashboards: folded sums and unfolded deltas together are what the facts say.

`manage.py rebuild_rollups` puts right what these name; how they came to differ is the question to ask first.
"""

from donations import folding, rebuilding
from ledger import folding as book_folding
from receipts import folding as decisions

_GIFTS = "sum(gifts) AS gifts, sum(undone) AS undone, sum(given_minor) AS given, sum(back_minor) AS back"
_DIFFER = """
SELECT {told} || ' count ' || coalesce(k.gifts, 0) || ' gifts, ' || coalesce(k.undone, 0) || ' gone, '
    || coalesce(k.given, 0) || ' given, ' || coalesce(k.back, 0) || ' back, facts say ' || coalesce(f.gifts, 0)
    || ', ' || coalesce(f.undone, 0) || ', ' || coalesce(f.given, 0) || ', ' || coalesce(f.back, 0)
  FROM (SELECT {key}, {gifts} FROM ({kept}) x GROUP BY {key}) k
  FULL JOIN (SELECT {key}, {gifts} FROM ({facts}) y GROUP BY {key}) f USING ({key})
 WHERE (coalesce(k.gifts, 0), coalesce(k.undone, 0), coalesce(k.given, 0), coalesce(k.back, 0))
    IS DISTINCT FROM (coalesce(f.gifts, 0), coalesce(f.undone, 0), coalesce(f.given, 0), coalesce(f.back, 0))
"""
_FACTS = f"""
WITH back AS MATERIALIZED ({rebuilding.BACK}), gift AS MATERIALIZED (
  SELECT d.entity_id, d.campaign_id, d.currency, d.given_on, d.amount_minor AS size_minor, d.source, count(*) AS gifts,
    count(*) FILTER (WHERE b.back_minor >= d.amount_minor) AS undone, sum(d.amount_minor) AS given_minor,
    coalesce(sum(b.back_minor), 0) AS back_minor
  FROM donations_donation d LEFT JOIN back b ON b.donation_id = d.id GROUP BY 1, 2, 3, 4, 5, 6
)
"""
_MONTHLY = "SELECT *, date_trunc('month', given_on)::date AS month FROM gift"
_SIZED = f"""SELECT entity_id, currency, extract(year FROM given_on)::int AS year, {folding.FLOOR} AS size_minor,
  gifts, undone, given_minor, back_minor FROM gift"""

_SUMS = "UNION ALL".join(
    _DIFFER.format(told=told, key=key, gifts=_GIFTS, kept=kept, facts=facts)
    for told, key, kept, facts in (
        (
            "'the sums of ' || given_on || ' ' || currency || ' of campaign ' || campaign_id",
            "entity_id, campaign_id, currency, given_on",
            folding.DAYS,
            "SELECT * FROM gift",
        ),
        (
            "'the sums of the month ' || month || ' ' || currency || ' of campaign ' || campaign_id",
            "entity_id, campaign_id, currency, month",
            folding.MONTHS,
            _MONTHLY,
        ),
        (
            "'the sums of sizes from ' || size_minor || ' ' || currency || ' in ' || year"
            " || ' of entity ' || entity_id",
            "entity_id, currency, year, size_minor",
            folding.SIZES,
            _SIZED,
        ),
        (
            "'the sums of the month ' || month || ' ' || currency || ' by code ' || source",
            "entity_id, campaign_id, currency, month, source",
            folding.CODES,
            f"{_MONTHLY} WHERE source <> ''",
        ),
    )
)
_TOLD = """
SELECT 'of gift ' || coalesce(t.donation_id, b.donation_id) || ' ' || coalesce(t.back_minor, 0)
    || ' was counted as gone back, facts say ' || coalesce(b.back_minor, 0)
  FROM donations_giftback t FULL JOIN back b ON b.donation_id = t.donation_id
 WHERE coalesce(t.back_minor, 0) <> coalesce(b.back_minor, 0)
"""
_ALL = folding.GIVERS.format(years="every")
_GIVERS = f"""
WITH {folding.UNFOLDED}, every AS MATERIALIZED ({folding.YEARS.format(whose="")}),
facts AS MATERIALIZED ({_ALL}), kept AS MATERIALIZED ({folding.ROWS}),
cohorts AS (SELECT {folding.KEY}, {", ".join(f"sum({name})::bigint AS {name}" for name in folding.FIGURES.split(", "))}
  FROM ({folding.COHORTS}) c GROUP BY {folding.KEY} HAVING sum(donors) <> 0),
counted AS ({folding.counted("facts")})
SELECT 'donor ' || donor_id || ' stands in ' || year || ' of scope ' || scope || ' with ' || net_minor || ' '
    || currency || ', facts say otherwise'
  FROM (SELECT {folding.COLUMNS} FROM kept EXCEPT ALL SELECT {folding.COLUMNS} FROM facts) x
UNION ALL
SELECT 'donor ' || donor_id || ' gave ' || net_minor || ' ' || currency || ' in ' || year || ' of scope ' || scope
    || ' and does not stand there so'
  FROM (SELECT {folding.COLUMNS} FROM facts EXCEPT ALL SELECT {folding.COLUMNS} FROM kept) x
UNION ALL
SELECT 'the cohort of ' || first_year || ' in ' || year || ' of scope ' || scope || ' counts '
    || coalesce(c.donors, 0) || ' with ' || coalesce(c.net_minor, 0) || ' ' || currency || ', facts say '
    || coalesce(f.donors, 0) || ' with ' || coalesce(f.net_minor, 0)
  FROM cohorts c FULL JOIN counted f USING ({folding.KEY})
 WHERE ({", ".join(f"c.{name}" for name in folding.FIGURES.split(", "))})
    IS DISTINCT FROM ({", ".join(f"f.{name}" for name in folding.FIGURES.split(", "))})
"""
_CODED = f"""
WITH {folding.UNFOLDED_CODES}, every AS MATERIALIZED ({folding.YEARS.format(whose="")}),
facts AS MATERIALIZED ({_ALL}), every_code AS MATERIALIZED ({folding.CODED.format(whose="")}),
kept AS MATERIALIZED (
  SELECT {folding.CODED_COLUMNS} FROM donations_giversource WHERE donor_id NOT IN (SELECT id FROM whose)
  UNION ALL SELECT {folding.CODED_COLUMNS} FROM coded),
people AS (SELECT {folding.PEOPLE_KEY}, sum(donors) AS donors, sum(newcomers) AS newcomers, sum(ever) AS ever
  FROM ({folding.PEOPLE_BY_CODE}) p GROUP BY {folding.PEOPLE_KEY}),
told AS ({folding.coded("every_code", givers="facts")})
SELECT 'donor ' || donor_id || ' stands in ' || year || ' by code ' || source || ', facts say otherwise'
  FROM (SELECT {folding.CODED_COLUMNS} FROM kept EXCEPT ALL SELECT {folding.CODED_COLUMNS} FROM every_code) x
UNION ALL
SELECT 'donor ' || donor_id || ' gave in ' || year || ' by code ' || source || ' and does not stand there so'
  FROM (SELECT {folding.CODED_COLUMNS} FROM every_code EXCEPT ALL SELECT {folding.CODED_COLUMNS} FROM kept) x
UNION ALL
SELECT 'code ' || source || ' in ' || year || ' of scope ' || scope || ' counts ' || coalesce(p.donors, 0)
    || ' people, ' || coalesce(p.newcomers, 0) || ' new, ' || coalesce(p.ever, 0) || ' for the last time, facts say '
    || coalesce(f.donors, 0) || ', ' || coalesce(f.newcomers, 0) || ', ' || coalesce(f.ever, 0)
  FROM people p FULL JOIN told f USING ({folding.PEOPLE_KEY})
 WHERE (coalesce(p.donors, 0), coalesce(p.newcomers, 0), coalesce(p.ever, 0))
    IS DISTINCT FROM (coalesce(f.donors, 0), coalesce(f.newcomers, 0), coalesce(f.ever, 0))
"""
_KEY = "fund_id, account_id, currency, segment, month"
_BOOKS = f"""
SELECT 'the sums of ' || month || ' of fund ' || fund_id || ' on account ' || account_id || ' are '
    || coalesce(k.debit, 0) || ' and ' || coalesce(k.credit, 0) || ' ' || currency || ' in ' || coalesce(k.lines, 0)
    || ' lines, the books say ' || coalesce(f.debit_minor, 0) || ' and ' || coalesce(f.credit_minor, 0) || ' in '
    || coalesce(f.lines, 0)
  FROM (SELECT {_KEY}, sum(debit_minor) AS debit, sum(credit_minor) AS credit, sum(lines) AS lines
          FROM ({book_folding.SUMS}) s GROUP BY {_KEY}) k
  FULL JOIN ({book_folding.FACTS}) f USING ({_KEY})
 WHERE (coalesce(k.debit, 0), coalesce(k.credit, 0), coalesce(k.lines, 0))
    IS DISTINCT FROM (coalesce(f.debit_minor, 0), coalesce(f.credit_minor, 0), coalesce(f.lines, 0))
"""
_DECIDED_KEY = "entity_id, campaign_id, currency, month, kind, code"
_DECISIONS = f"""
SELECT 'the gifts of ' || month || ' ' || currency || ' that are ' || kind || ' ' || code || ' count '
    || coalesce(k.gifts, 0) || ' with ' || coalesce(k.given, 0) || ', facts say ' || coalesce(f.gifts, 0) || ' with '
    || coalesce(f.given_minor, 0)
  FROM (SELECT {_DECIDED_KEY}, sum(gifts) AS gifts, sum(given_minor) AS given FROM ({decisions.MONTHS}) s
         GROUP BY {_DECIDED_KEY}) k
  FULL JOIN ({decisions.FACTS}) f USING ({_DECIDED_KEY})
 WHERE (coalesce(k.gifts, 0), coalesce(k.given, 0)) IS DISTINCT FROM (coalesce(f.gifts, 0), coalesce(f.given_minor, 0))
UNION ALL
SELECT 'gift ' || donation_id || ' is ' || string_agg(kind, ' and ' ORDER BY kind)
  FROM ({decisions.DECIDED}) d GROUP BY donation_id HAVING count(*) > 1
"""

ROWS = (
    (
        "I40",
        "sums of gifts by day, month, size and code are what the gifts say",
        f"{_FACTS} {_SUMS} UNION ALL {_TOLD}",
    ),
    ("I41", "who gave in which year, and how many did, is what the gifts say", _GIVERS),
    ("I42", "sums of the books by month are what the lines say", _BOOKS),
    ("I43", "how many gave by each code, and were new, is what the gifts say", _CODED),
    ("I44", "a gift is on a receipt, gets none or is held up, and the sums of each say so", _DECISIONS),
)
