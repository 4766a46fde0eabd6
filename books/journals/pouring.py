"""Pouring: entries by themselves are many, so the database writes their rows itself (COPY) and we pass its blocks on.

For our own table and for beancount, the formats that take any number of lines. What a file says stays the business of
`generic` and `beancount`; the same words stand here as SQL, and tests hold every byte of the two against each other.
"""

# What is put together here are constants of these modules; values are parameters.
# ruff: noqa: S608

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

from books.journals import gathering
from books.journals.neutralizing import known
from books.journals.reading import GIVER, GIVERS, Wanted
from books.journals.shapes import CAMPAIGN, Handover, Name
from books.models import Target
from ledger import money

BLOCK = 262_144
MANY = 100_000
_BREAK = "\x01"
"""Stands for a line end inside a row of COPY: no text that was made plain holds it."""
_SPACES = (
    r"E' \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'"
)
_CONTROLS = r"E'[\u0001-\u001f\u007f-\u009f\u2028\u2029]'"
_DANGEROUS = (
    r"E'^([\u0001-\u001f\u007f\']"
    r"|[\\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]*"
    r"[-=+@|;\"%%\'\u2212\uff0b\uff0d\uff1d\uff20\ufe62\ufe63\ufe66\ufe6b])'"
)


def _plain(text: str) -> str:
    """`neutralizing.plain` as SQL; nearly every text is settled by the first question."""
    return (
        f"CASE WHEN {text} ~ '^[!-~]([ -~]*[!-~])?$' THEN {text}"
        f" ELSE btrim(regexp_replace({text}, {_CONTROLS}, ' ', 'g'), {_SPACES}) END"
    )


def _cell(text: str) -> str:
    """`neutralizing.cell` as SQL, and nothing for nothing: COPY would write quotes."""
    return (
        f"CASE WHEN {text} = '' THEN NULL WHEN {text} ~ '^[A-Za-z0-9]([ -~]*[!-~])?$' THEN {text}"
        f" ELSE (SELECT nullif(CASE WHEN p ~ {_DANGEROUS} THEN ''''||p ELSE p END, '')"
        f" FROM (SELECT {_plain(text)} AS p) plain) END"
    )


def _settled(text: str, otherwise: str) -> str:
    """What is made of the name of an entry and of its payout alone is as plain as they are: asked once for all."""
    return f"CASE WHEN s.is_plain THEN {text} ELSE {otherwise} END"


def _string(text: str) -> str:
    """`beancount.text` as SQL."""
    return rf"""'"'||replace(replace({_plain(text)}, '\', '\\'), '"', '\"')||'"'"""


def _exact(minor: str, currency: str) -> str:
    """Minor units as a decimal: the scale of the factor is the scale of the product."""
    return f"({minor} * {_unit(currency)})::text"


def _unit(currency: str) -> str:
    none, three = (
        ",".join(f"'{code}'" for code in sorted(codes))
        for codes in (money.ZERO_DECIMALS, money.THREE_DECIMALS)
    )
    return (
        f"CASE WHEN {currency} = 'USD' THEN 0.01 WHEN {currency} IN ({none}) THEN 1"
        f" WHEN {currency} IN ({three}) THEN 0.001 ELSE 0.01 END"
    )


def _kinds() -> str:
    cases = " ".join(f"WHEN '{ours}' THEN '{theirs}'" for ours, theirs in sorted(gathering.KINDS.items()))
    return f"CASE en.kind {cases} ELSE en.kind END"


# What lines of entries in other currencies are worth in the entity's own; what rounding leaves over in a fund goes to
# its largest line (`gathering.valued`).
_WORTH = f"""
WITH foreigner AS MATERIALIZED (
  SELECT DISTINCT l.entry_id FROM books_exportedentry x JOIN ledger_line l ON l.entry_id = x.entry_id
   WHERE x.export_id = %(export)s AND l.currency <> %(base)s
), worth AS MATERIALIZED (
  SELECT id, CASE WHEN place = 1 AND unknown = 0 THEN value - over ELSE value END AS base FROM (
    SELECT l.id, v.value, count(*) FILTER (WHERE v.value IS NULL) OVER kin AS unknown,
      coalesce(sum(v.value) OVER kin, 0) AS over,
      row_number() OVER (PARTITION BY l.entry_id, l.fund_id, l.currency ORDER BY abs(l.amount_minor) DESC, l.id)
        AS place
    FROM foreigner f JOIN ledger_line l ON l.entry_id = f.entry_id
    JOIN books_exportedentry x ON x.entry_id = l.entry_id AND x.export_id = %(export)s
    CROSS JOIN LATERAL (SELECT CASE WHEN l.currency = %(base)s THEN l.amount_minor ELSE sign(l.amount_minor)
      * round(abs(l.amount_minor) * ({_unit("l.currency")}) * x.rate / ({_unit("%(base)s")})) END::bigint AS value) v
    WINDOW kin AS (PARTITION BY l.entry_id, l.fund_id, l.currency)) AS each
)
"""
_NAMES = (
    "unnest(%(accounts)s::bigint[], %(funds)s::bigint[], %(codes)s::text[], %(called)s::text[], %(of_funds)s::text[],"
    " %(restrictions)s::text[], %(locations)s::text[])"
    " AS m (account_id, fund_id, code, called, fund, restriction, location)"
)


def _lines(*, is_foreign: bool, with_names: bool) -> str:
    """The lines in order, narrow: what is written of them is put together after they are sorted."""
    who = (
        f"coalesce(nullif({GIVER}, ''), x.counterparty::text, '')"
        if with_names
        else "coalesce(x.counterparty::text, '')"
    )
    base = "CASE WHEN w.id IS NULL THEN l.amount_minor ELSE w.base END" if is_foreign else "l.amount_minor"
    return f"""(
SELECT en.booked_on, en.id, l.id AS line, row_number() OVER (PARTITION BY en.booked_on, en.id ORDER BY l.id) AS place,
  {_kinds()} AS kind, en.source, CASE WHEN strpos(en.source, ':') > 0
    THEN substr(en.source, strpos(en.source, ':') + 1) ELSE '' END AS processor,
  (en.happened_at AT TIME ZONE %(zone)s)::date AS of_day, en.reverses_id,
  x.payout_ref, x.counterparty, {who} AS who,
  en.source ~ '^[A-Za-z0-9_]+(:[A-Za-z0-9][!#-[^-~]*)?$' AND x.payout_ref ~ '^([A-Za-z0-9][!#-[^-~]*)?$' AS is_plain,
  x.rate, {base} AS base, l.amount_minor, l.currency, l.segment,
  m.code, m.called, m.fund, m.restriction, m.location
FROM books_exportedentry x JOIN ledger_entry en ON en.id = x.entry_id JOIN ledger_line l ON l.entry_id = en.id
JOIN {_NAMES} ON m.account_id = l.account_id AND m.fund_id = l.fund_id
{GIVERS if with_names else ""} {"LEFT JOIN worth w ON w.id = l.id" if is_foreign else ""}
WHERE x.export_id = %(export)s ORDER BY en.booked_on, en.id, l.id OFFSET 0) AS s"""


_MEMO = """concat_ws(', ', s.kind||' '||s.source, CASE WHEN s.of_day <> s.booked_on THEN 'of '||s.of_day END,
  'reverses E'||s.reverses_id, CASE WHEN s.who <> '' THEN 'giver '||s.who END)"""


def _generic(lines: str, *, with_names: bool) -> str:
    memo = _cell(_MEMO) if with_names else _settled(_MEMO, _cell(_MEMO))
    who = _cell("s.who") if with_names else "nullif(s.who, '')"
    here = f"replace(s.location, '{CAMPAIGN}', s.segment)"
    return f"""
SELECT 'E'||s.id, s.booked_on, to_char(s.booked_on, 'YYYY-MM'), s.place, s.code, s.called,
  CASE WHEN s.amount_minor > 0 THEN {_exact("s.amount_minor", "s.currency")} END,
  CASE WHEN s.amount_minor < 0 THEN {_exact("(-s.amount_minor)", "s.currency")} END, s.currency,
  CASE WHEN s.currency = %(base)s THEN '1' ELSE trim_scale(s.rate)::text END,
  CASE WHEN s.base > 0 THEN {_exact("s.base", "%(base)s")} END,
  CASE WHEN s.base < 0 THEN {_exact("(-s.base)", "%(base)s")} END,
  s.fund, CASE s.restriction WHEN 'none' THEN 'without' ELSE 'with' END, nullif(s.restriction, 'none'),
  {_cell("s.segment")}, CASE WHEN strpos(s.location, '{CAMPAIGN}') > 0 THEN {_cell(here)} ELSE s.location END,
  {who}, s.kind, {_settled("nullif(s.source, '')", _cell("s.source"))},
  {_settled("nullif(s.processor, '')", _cell("s.processor"))},
  {_settled("nullif(s.payout_ref, '')", _cell("s.payout_ref"))}, {memo},
  'E'||s.reverses_id, %(id)s::text, %(digest)s::text
FROM {lines}"""


def _quoted(text: str) -> str:
    return _settled(f"""'"'||{text}||'"'""", _string(text))


def _beancount(lines: str, *, with_names: bool) -> str:
    memo = _string(_MEMO) if with_names else _quoted(_MEMO)
    about = "".join(
        f"||CASE WHEN {value} = '' THEN '' ELSE '  {key}: '||{_quoted(value)}||'{_BREAK}' END"
        for key, value in (
            ("source", "s.source"),
            ("payout", "s.payout_ref"),
            ("counterparty", "coalesce(s.counterparty::text, '')"),
        )
    )
    return f"""
SELECT CASE WHEN s.place = 1 THEN CASE WHEN s.is_first THEN '' ELSE '{_BREAK}' END||s.booked_on||' * "E'||s.id||'" '
    ||{memo}||'{_BREAK}'{about} ELSE '' END
  ||'  '||s.code||'  '||{_exact("s.amount_minor", "s.currency")}||' '||s.currency||'{_BREAK}'
  ||CASE WHEN right(s.code, length(s.fund) + 1) = ':'||s.fund THEN ''
      ELSE '    fund: '||{_string("s.fund")}||'{_BREAK}' END
  ||CASE WHEN s.segment = '' THEN '' ELSE '    campaign: '||{_string("s.segment")}||'{_BREAK}' END
FROM (SELECT *, row_number() OVER () = 1 AS is_first FROM {lines}) AS s"""


POURED = frozenset([Target.GENERIC, Target.BEANCOUNT])
"""Formats that take any number of lines, so that nothing of them has to be divided."""


def poured(
    *, handover: Handover, target: str, wanted: Wanted, names: Mapping[tuple[int, int], Name]
) -> Generator[tuple[bytes, int], None, None]:
    """The body of the one file of an export, entry by entry in their order. To be read inside a transaction.

    This function will yield (bytes, lines of the books in them), a block at a time.
    """
    is_csv = target == Target.GENERIC
    lines = _lines(is_foreign=handover.is_foreign, with_names=wanted.with_names)
    text = (_generic if is_csv else _beancount)(lines, with_names=wanted.with_names)
    sql = f"COPY ({_WORTH if handover.is_foreign else ''}{text}) TO STDOUT WITH (FORMAT {'csv' if is_csv else 'text'})"
    params = {
        "export": handover.id,
        "base": handover.base_currency,
        "zone": wanted.zone,
        "id": str(handover.id),
        "digest": handover.digest,
        **_arrays(names, is_csv=is_csv),
    }
    connection.ensure_connection()
    with _planned(wanted.line_count), connection.connection.cursor() as cursor:
        statement = psycopg.ClientCursor(connection.connection).mogrify(sql, params)
        with cursor.copy(statement.encode()) as copy:
            yield from _blocks(copy, is_csv=is_csv)
    if not is_csv:
        yield b"\n", 0


@contextmanager
def _planned(line_count: int) -> Iterator[None]:
    """The planner has not heard yet how many entries were claimed a moment ago, and would fetch each by itself."""
    if line_count < MANY:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT")


def _arrays(names: Mapping[tuple[int, int], Name], *, is_csv: bool) -> dict[str, list[Any]]:
    """What every line of an account and a fund says, put into words once."""
    told = list(names.items())
    return {
        "accounts": [account for (account, _), _ in told],
        "funds": [fund for (_, fund), _ in told],
        "codes": [known(name.code) or None if is_csv else name.code for _, name in told],
        "called": [known(name.name or name.account_name) or None for _, name in told],
        "of_funds": [name.fund for _, name in told],
        "restrictions": [name.restriction for _, name in told],
        "locations": [
            name.location if CAMPAIGN in name.location else known(name.location) or None for _, name in told
        ],
    }


def _blocks(copy: psycopg.Copy, *, is_csv: bool) -> Generator[tuple[bytes, int], None, None]:
    rows: list[bytes | bytearray | memoryview] = []
    length = 0
    for row in copy:
        rows.append(row)
        length += len(row)
        if length >= BLOCK:
            yield _ended(b"".join(rows), is_csv=is_csv), len(rows)
            rows, length = [], 0
    if rows:
        yield _ended(b"".join(rows), is_csv=is_csv), len(rows)


def _ended(content: bytes, *, is_csv: bool) -> bytes:
    """Rows end as the format has it. COPY doubles backslashes in text and escapes nothing else of what is left."""
    if is_csv:
        return content.replace(b"\n", b"\r\n")
    return content.replace(b"\n", b"").replace(_BREAK.encode(), b"\n").replace(b"\\\\", b"\\")
