"""Lists of the books: the journal, balances of funds, payouts, lines of the bank, batches. No giver is named here but
by the words of a bank that are not matched yet.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from books.journals import sources
from books.models import BankLine
from donations.models import Batch
from reports import escaping, narrowing
from reports.lists.declaring import Asked, Column, Join, Kind, Listing, Span, UnreadableFilter, no_conditions
from reports.narrowing import Narrow
from staff.models import Role

_EVERYBODY = frozenset({Role.VIEWER, Role.FINANCE, Role.APPROVER})
_READERS = frozenset({Role.FINANCE, Role.APPROVER})


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


def _state(asked: Asked, column: str, states: list[str]) -> tuple[list[str], dict[str, Any]]:
    state = asked.get("state", "")
    if state and state not in states:
        raise UnreadableFilter("state")
    return ([f"{column} = %(state)s"], {"state": state}) if state else ([], {})


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
        Column(
            "debit",
            f"CASE WHEN l.amount_minor > 0 THEN {escaping.exact('l.amount_minor', 'l.currency')} END",
            Kind.AMOUNT,
        ),
        Column(
            "credit",
            f"CASE WHEN l.amount_minor < 0 THEN {escaping.exact('(-l.amount_minor)', 'l.currency')} END",
            Kind.AMOUNT,
        ),
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

PAYOUTS = Listing(
    key="payouts",
    roles=_EVERYBODY,
    base="payments_payout x",
    joins={
        "lines": Join("""LEFT JOIN (SELECT y.payout_id, count(*) AS lines, sum(t.amount_minor)::bigint AS gross_minor,
    sum(t.fee_minor)::bigint AS fee_minor, sum(t.net_minor)::bigint AS net_minor
  FROM payments_payoutline y JOIN payments_balancetransaction t ON t.id = y.balance_transaction_id
  GROUP BY 1) s ON s.payout_id = x.id"""),
        "failure": Join("LEFT JOIN payments_payoutfailure z ON z.payout_id = x.id"),
    },
    columns=(
        Column("payout_id", "x.ref"),
        Column("created_on", "(x.created_at AT TIME ZONE 'UTC')::date", Kind.DAY),
        Column("arrives_on", "x.arrives_on", Kind.DAY),
        Column("amount", escaping.exact("x.amount_minor", "x.currency"), Kind.AMOUNT),
        Column("currency", "x.currency"),
        Column("lines", "coalesce(s.lines, 0)", Kind.WHOLE, ("lines",)),
        Column("gross", escaping.exact("coalesce(s.gross_minor, 0)", "x.currency"), Kind.AMOUNT, ("lines",)),
        Column("fees", escaping.exact("coalesce(s.fee_minor, 0)", "x.currency"), Kind.AMOUNT, ("lines",)),
        Column("net", escaping.exact("coalesce(s.net_minor, 0)", "x.currency"), Kind.AMOUNT, ("lines",)),
        Column("failed_on", "(z.failed_at AT TIME ZONE 'UTC')::date", Kind.DAY, ("failure",)),
    ),
    order="x.created_at, x.id",
    conditions=no_conditions,
    filters=frozenset(),
    summed=("x.currency", "x.amount_minor"),
)


def _bank_lines(asked: Asked) -> tuple[str, dict[str, Any]]:
    clauses, params = _period(asked, "x.booked_on", {"booked_from": ">=", "booked_to": "<="})
    more, told = _state(asked, "x.state", list(BankLine.State.values))
    return " AND ".join([*clauses, *more]) or "TRUE", params | told


BANK_LINES = Listing(
    key="bank_lines",
    roles=_READERS,
    base="books_bankline x JOIN payments_bankaccount y ON y.id = x.bank_account_id",
    columns=(
        Column("line_id", "x.id", Kind.WHOLE),
        Column("bank_account", "y.name", Kind.TEXT),
        Column("account_last4", "y.last4"),
        Column("booked_on", "x.booked_on", Kind.DAY),
        Column("amount", escaping.exact("x.amount_minor", "x.currency"), Kind.AMOUNT),
        Column("currency", "x.currency"),
        Column("payer", "x.payer", Kind.TEXT, is_personal=True),
        Column("reference", "x.reference", Kind.TEXT, is_personal=True),
        Column("bank_ref", "x.bank_ref", Kind.TEXT),
        Column("state", "x.state"),
        Column("reason", "x.reason", Kind.TEXT),
    ),
    order="x.booked_on, x.id",
    conditions=_bank_lines,
    filters=frozenset({"booked_from", "booked_to", "state"}),
    summed=("x.currency", "x.amount_minor"),
    donor="x.id",
)


def _batches(asked: Asked) -> tuple[str, dict[str, Any]]:
    clauses, params = _state(asked, "x.status", list(Batch.Status.values))
    return " AND ".join(clauses) or "TRUE", params


BATCHES = Listing(
    key="batches",
    roles=_READERS,
    base="donations_batch x JOIN ledger_legalentity e ON e.id = x.entity_id",
    joins={
        "rows": Join("""LEFT JOIN (SELECT batch_id, count(*) AS pieces, sum(amount_minor)::bigint AS total_minor
  FROM donations_batchrow GROUP BY 1) r ON r.batch_id = x.id"""),
    },
    columns=(
        Column("batch_id", "x.id"),
        Column("entity", "e.code"),
        Column("number", "x.number", Kind.WHOLE),
        Column("status", "x.status"),
        Column("method", "x.method"),
        Column("came_on", "x.came_on", Kind.DAY),
        Column("deposit_on", "x.deposit_on", Kind.DAY),
        Column("event", "x.event", Kind.TEXT),
        Column("expected_count", "x.expected_count", Kind.WHOLE),
        Column("expected", escaping.exact("x.expected_minor", "x.currency"), Kind.AMOUNT),
        Column("counted", "coalesce(r.pieces, 0)", Kind.WHOLE, ("rows",)),
        Column("total", escaping.exact("coalesce(r.total_minor, 0)", "x.currency"), Kind.AMOUNT, ("rows",)),
        Column("currency", "x.currency"),
        Column("counter_one", "x.counter_one", Kind.TEXT),
        Column("counter_two", "x.counter_two", Kind.TEXT),
    ),
    order="e.code, x.number, x.id",
    conditions=_batches,
    filters=frozenset({"state"}),
    summed=("x.currency", "x.expected_minor"),
)

_FUND_LINES = """(SELECT l.fund_id, l.currency,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.code IN ('4000', '4100')), 0)::bigint AS received_minor,
    coalesce(sum(l.amount_minor) FILTER (WHERE a.code IN ('5100', '5150', '5200')), 0)::bigint AS fee_minor,
    -coalesce(sum(l.amount_minor) FILTER (WHERE a.kind = 'exchange'), 0)::bigint AS exchanged_minor,
    -sum(l.amount_minor)::bigint AS left_minor
  FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
  WHERE a.kind IN ('income', 'expense', 'exchange') GROUP BY 1, 2) x JOIN ledger_fund f ON f.id = x.fund_id"""

FUNDS = Listing(
    key="funds",
    roles=_EVERYBODY,
    base=_FUND_LINES,
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
        Column("received", escaping.exact("x.received_minor", "x.currency"), Kind.AMOUNT),
        Column("fees", escaping.exact("x.fee_minor", "x.currency"), Kind.AMOUNT),
        Column("exchanged", escaping.exact("x.exchanged_minor", "x.currency"), Kind.AMOUNT),
        Column("left", escaping.exact("x.left_minor", "x.currency"), Kind.AMOUNT),
    ),
    order="f.code, f.id, x.currency",
    conditions=no_conditions,
    filters=frozenset(),
    summed=("x.currency", "x.left_minor"),
)
