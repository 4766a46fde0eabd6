"""Lists of the books: the journal and the balances of funds. No giver is named here."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from books import postings
from books.journals import sources
from ledger import balances
from reports import escaping, narrowing
from reports.kinds import Kind
from reports.lists.declaring import (
    Asked,
    Column,
    Join,
    Listing,
    Span,
    UnreadableFilter,
    amount,
    no_conditions,
)
from reports.narrowing import Narrow
from staff.models import Role

_EVERYBODY = frozenset({Role.VIEWER, Role.FINANCE, Role.APPROVER})


def _period(asked: Asked, column: str, names: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    """Both days are inclusive. `names` are the words of a filter and how they compare."""
    clauses, params = [], {}
    for name, sign in names.items():
        if asked.get(name):
            try:
                params[name] = date.fromisoformat(asked[name])
            except ValueError as error:
                raise UnreadableFilter(name) from error
            clauses.append(f"{column} {sign} %({name})s")
    return clauses, params


def _journal(asked: Asked) -> tuple[str, dict[str, Any]]:
    names = {"booked_from": ">=", "booked_to": "<=", "given_from": ">=", "given_to": "<="}
    clauses, params = _period(asked, "en.booked_on", names)
    narrowed = {name: asked[name] for name in _NARROWED if asked.get(name)}
    if narrowed:
        condition, values = narrowing.as_condition(_narrow(narrowed))
        clauses, params = [*clauses, condition], params | values
    return " AND ".join(clauses) or "TRUE", params


_NARROWED = ("entity", "account", "fund", "currency", "kind", "source", "what", "of")


def _narrow(asked: Mapping[str, str]) -> Narrow:
    if asked.get("of", "with") not in {"with", "without"}:
        raise UnreadableFilter("of")
    plain = {name: value for name, value in asked.items() if name != "fund"}
    try:
        return Narrow(**plain, fund=int(asked["fund"]) if "fund" in asked else None)  # type: ignore[arg-type]
    except ValueError as error:
        raise UnreadableFilter("fund") from error


_SOURCE = Join(sources.PARTS)
_GIFT = Join(sources.BALANCE + sources.GIFT, needs=("source",))
_PAYOUT = Join(sources.PAYOUT, needs=("gift",))

JOURNAL = Listing(
    key="journal",
    roles=_EVERYBODY,
    base="ledger_entry en JOIN ledger_line l ON l.entry_id = en.id",
    joins={
        "account": Join(f"""JOIN (SELECT id, code, {escaping.guarded("name")} AS name
  FROM ledger_account OFFSET 0) ac ON ac.id = l.account_id"""),
        "fund": Join("JOIN ledger_fund fu ON fu.id = l.fund_id"),
        "body": Join("JOIN ledger_legalentity en2 ON en2.id = en.entity_id"),
        "source": _SOURCE,
        "gift": _GIFT,
        "payout": _PAYOUT,
    },
    columns=(
        Column("journal_id", "en.id", Kind.WHOLE),
        Column("journal_date", "en.booked_on", Kind.DAY),
        Column("period", "to_char(en.booked_on, 'YYYY-MM')"),
        Column(
            "line_no",
            "row_number() OVER (PARTITION BY en.booked_on, en.id ORDER BY l.id)",
            Kind.WHOLE,
        ),
        Column("account_code", "ac.code", needs=("account",)),
        Column("account_name", "ac.name", Kind.TEXT, ("account",), is_guarded=True),
        amount("debit", "(CASE WHEN l.amount_minor > 0 THEN l.amount_minor END)", currency="l.currency"),
        amount("credit", "(CASE WHEN l.amount_minor < 0 THEN -l.amount_minor END)", currency="l.currency"),
        Column("currency", "l.currency"),
        Column("fund_code", "fu.code", needs=("fund",)),
        Column(
            "restriction", "CASE WHEN fu.restriction = 'none' THEN 'without' ELSE 'with' END", needs=("fund",)
        ),
        Column("restriction_type", "nullif(fu.restriction, 'none')", needs=("fund",)),
        Column("campaign", "l.segment"),
        Column("entity", "en2.code", needs=("body",)),
        Column(
            "counterparty_ref",
            sources.COUNTERPARTY,
            needs=("gift",),
        ),
        Column("source_type", "en.kind"),
        Column("source_id", "en.source"),
        Column("processor_id", "j.ref", needs=("source",)),
        Column("payout_id", sources.PAYOUT_REF, needs=("payout",)),
        Column("memo", "en.memo", Kind.TEXT),
        Column("reversal_of", "en.reverses_id", Kind.WHOLE),
    ),
    order="en.booked_on, en.id, l.id",
    conditions=_journal,
    filters=frozenset({"booked_from", "booked_to", "given_from", "given_to", *_NARROWED}),
    summed=("l.currency", "greatest(l.amount_minor, 0)"),
    span=Span("ledger_entry", "en", "booked_on"),
)


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


_INCOME, _WITH = _codes(balances.INCOME), _codes(postings.WITH)
# The same sums as `reports.books.balances`, which the page shows.
_FUND_SUMS = f"""(SELECT l.fund_id, l.currency,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.code IN ({_INCOME})), 0)::bigint AS received_minor,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.kind = 'income' AND a.code NOT IN ({_INCOME})), 0)::bigint
      AS earned_minor,
    coalesce(sum(l.amount_minor) FILTER (WHERE a.kind = 'expense'), 0)::bigint AS cost_minor,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.kind = 'exchange'), 0)::bigint AS exchanged_minor,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.kind = 'net_assets'), 0)::bigint AS moved_minor,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.code IN ({_WITH})
      OR (a.code = '{postings.EXCHANGE}' AND u.restriction <> 'none')), 0)::bigint AS with_minor,
    -sum(l.amount_minor)::bigint AS left_minor
  FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id JOIN ledger_fund u ON u.id = l.fund_id
  WHERE a.kind IN ('income', 'expense', 'exchange', 'net_assets') GROUP BY 1, 2) x
JOIN ledger_fund f ON f.id = x.fund_id"""


FUNDS = Listing(
    key="funds",
    roles=_EVERYBODY,
    base=_FUND_SUMS,
    joins={
        "body": Join("JOIN ledger_legalentity e ON e.id = f.entity_id"),
        "text": Join("LEFT JOIN ledger_fundtext t ON t.fund_id = f.id AND t.language = %(language)s"),
    },
    columns=(
        Column("entity", "e.code", needs=("body",)),
        Column("fund", "f.code"),
        Column("name", "coalesce(t.name, f.code)", Kind.TEXT, ("text",)),
        Column("restriction", "f.restriction"),
        Column("currency", "x.currency"),
        amount("received", "x.received_minor"),
        amount("earned", "x.earned_minor"),
        amount("costs", "x.cost_minor"),
        amount("exchanged", "x.exchanged_minor"),
        amount("moved", "x.moved_minor"),
        amount("without_restrictions", "(x.left_minor - x.with_minor)"),
        amount("with_restrictions", "x.with_minor"),
        amount("left", "x.left_minor"),
    ),
    order="f.code, f.id, x.currency",
    conditions=no_conditions,
    filters=frozenset(),
    summed=("x.currency", "x.left_minor"),
)
