"""Lists of what lies at the bank: payouts of processors, batches of checks and cash, lines of statements.

No giver is named here but by the words of a bank that are not matched yet.
"""

from collections.abc import Iterable
from typing import Any

from donations.models import Batch
from ledger.models import LegalEntity
from payments.models import BankAccount, Payout
from reports import bank_lines, batches, deposits
from reports.kinds import Kind
from reports.lists import understanding
from reports.lists.declaring import Asked, Column, Join, Listing, UnreadableFilter, among, amount
from staff.models import Role

_EVERYBODY = frozenset({Role.VIEWER, Role.FINANCE, Role.APPROVER})
_READERS = frozenset({Role.FINANCE, Role.APPROVER})


def _of(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _payouts(asked: Asked) -> tuple[str, dict[str, Any]]:
    filters = deposits.Filters(
        state=understanding.choice(asked, "state", deposits.STATES),
        currency=understanding.text(asked, "currency"),
        month=understanding.month(asked, "month"),
        processor=understanding.choice(asked, "processor", Payout.Processor.values),
    )
    return among("x.id", deposits.deposits(filters=filters))


# The same sums as `reports.deposits`, which the page shows: lines of the processor, or rows of its file.
_LINES = Join(f"""LEFT JOIN (SELECT y.payout_id, count(*) AS lines,
    coalesce(sum(t.amount_minor) FILTER (WHERE t.kind IN ({_of(deposits.GIFTS)})), 0)::bigint AS gross_minor,
    coalesce(sum(t.amount_minor) FILTER (WHERE t.kind IN ({_of(deposits.REFUNDS)})), 0)::bigint AS refund_minor,
    coalesce(sum(t.amount_minor) FILTER (WHERE t.kind IN ({_of(deposits.DISPUTES)})), 0)::bigint AS dispute_minor,
    (sum(t.fee_minor)
      - coalesce(sum(t.net_minor) FILTER (WHERE t.kind IN ({_of(deposits.FEES)})), 0))::bigint AS fee_minor,
    sum(t.net_minor)::bigint AS net_minor
  FROM payments_payoutline y JOIN payments_balancetransaction t ON t.id = y.balance_transaction_id
  GROUP BY 1) s ON s.payout_id = x.id""")
_FILE = Join(f"""LEFT JOIN (SELECT p.source, w.payout_ref,
    coalesce(sum(w.gross_minor) FILTER (WHERE w.verdict <> 'rounding'), 0)::bigint AS gross_minor,
    sum(w.fee_minor)::bigint AS fee_minor, sum(w.net_minor)::bigint AS net_minor
  FROM (SELECT DISTINCT ON (payout_ref, ref) * FROM books_processorreportrow ORDER BY payout_ref, ref, id) w
  JOIN books_processorreport p ON p.id = w.report_id
  WHERE w.verdict IN ({_of(deposits.CARRIED)}) AND p.source <> 'stripe'
  GROUP BY 1, 2) w ON w.payout_ref = x.ref AND w.source = x.processor""")
_GROSS = "(coalesce(s.gross_minor, 0) + coalesce(w.gross_minor, 0))"
_FEES = "(coalesce(s.fee_minor, 0) + coalesce(w.fee_minor, 0))"
_NET = "(coalesce(s.net_minor, 0) + coalesce(w.net_minor, 0))"
_BACK = "(coalesce(s.refund_minor, 0) + coalesce(s.dispute_minor, 0))"

PAYOUTS = Listing(
    key="payouts",
    roles=_EVERYBODY,
    base="payments_payout x",
    joins={
        "lines": _LINES,
        "file": _FILE,
        "failure": Join("LEFT JOIN payments_payoutfailure z ON z.payout_id = x.id"),
    },
    columns=(
        Column("payout_id", "x.ref"),
        Column("processor", "x.processor"),
        Column("created_on", "(x.created_at AT TIME ZONE 'UTC')::date", Kind.DAY),
        Column("arrives_on", "x.arrives_on", Kind.DAY),
        amount("amount", "x.amount_minor"),
        Column("currency", "x.currency"),
        Column("lines", "coalesce(s.lines, 0)", Kind.WHOLE, ("lines",)),
        amount("gross", _GROSS, "lines", "file"),
        amount("fees", _FEES, "lines", "file"),
        amount("refunds", "coalesce(s.refund_minor, 0)", "lines"),
        amount("disputes", "coalesce(s.dispute_minor, 0)", "lines"),
        amount("other", f"({_NET} - {_GROSS} - {_BACK} + {_FEES})", "lines", "file"),
        amount("net", _NET, "lines", "file"),
        Column(
            "state",
            "CASE WHEN z.payout_id IS NOT NULL THEN 'came_back' WHEN x.is_by_hand THEN 'by_hand'"
            f" WHEN x.amount_minor = {_NET} THEN 'adds_up' ELSE 'differs' END",
            needs=("lines", "file", "failure"),
        ),
        Column("failed_on", "(z.failed_at AT TIME ZONE 'UTC')::date", Kind.DAY, ("failure",)),
    ),
    order="x.created_at, x.id",
    conditions=_payouts,
    filters=frozenset({"state", "currency", "month", "processor"}),
    summed=("x.currency", "x.amount_minor"),
)


def _bank_lines(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Without a state it is every line; the page, which shows what waits, says so when it asks."""
    account_id, statement = understanding.whole(asked, "account"), understanding.key(asked, "statement")
    account = BankAccount.objects.filter(pk=account_id).first() if account_id is not None else None
    state = understanding.choice(asked, "state", (*bank_lines.STATES, ALL))
    wanted = bank_lines.Wanted(
        state="" if state == ALL else state,
        account_id=account_id,
        statement=str(statement or ""),
        booked_from=understanding.day(asked, "booked_from"),
        booked_to=understanding.day(asked, "booked_to"),
        minor=understanding.amount(
            {"amount": asked.get("amount", "").lstrip("-−")},
            "amount",
            currency=account.currency if account else "USD",
        ),
        search=understanding.text(asked, "q"),
    )
    return among("x.id", bank_lines.lines(wanted=wanted))


ALL = "all"
"""What an address says for lines in every state."""

BANK_LINES = Listing(
    key="bank_lines",
    roles=_READERS,
    base="books_bankline x JOIN payments_bankaccount y ON y.id = x.bank_account_id",
    joins={
        "body": Join("JOIN ledger_legalentity e ON e.id = y.entity_id"),
        "matches": Join("""LEFT JOIN (SELECT m.line_id, string_agg(m.kind, ' ' ORDER BY m.id) AS kinds
  FROM books_bankmatch m LEFT JOIN books_bankmatch u ON u.undoes_id = m.id
  WHERE m.undoes_id IS NULL AND u.id IS NULL GROUP BY 1) k ON k.line_id = x.id"""),
    },
    columns=(
        Column("line_id", "x.id", Kind.WHOLE),
        Column("entity", "e.code", needs=("body",)),
        Column("bank_account", "y.name", Kind.TEXT),
        Column("account_last4", "y.last4"),
        Column("booked_on", "x.booked_on", Kind.DAY),
        amount("amount", "x.amount_minor"),
        Column("currency", "x.currency"),
        Column("payer", "x.payer", Kind.TEXT, is_personal=True),
        Column("reference", "x.reference", Kind.TEXT, is_personal=True),
        Column("bank_ref", "x.bank_ref", Kind.TEXT),
        Column("state", "x.state"),
        Column("matched_as", "k.kinds", needs=("matches",)),
        Column("reason", "x.reason", Kind.TEXT),
    ),
    order="x.booked_on, x.id",
    conditions=_bank_lines,
    filters=frozenset({"booked_from", "booked_to", "state", "account", "amount", "q", "statement"}),
    summed=("x.currency", "x.amount_minor"),
    # Whose words are forgotten already tells of nobody.
    donor="nullif(x.payer || ' ' || x.reference, ' ')",
)


def _batches(asked: Asked) -> tuple[str, dict[str, Any]]:
    entity = understanding.text(asked, "entity")
    if entity and not LegalEntity.objects.filter(code=entity).exists():
        raise UnreadableFilter("entity")
    status = understanding.choice(asked, "status", Batch.Status.values)
    return among("x.id", batches.listed(status=status, entity=entity))


BATCHES = Listing(
    key="batches",
    roles=_READERS,
    base="donations_batch x JOIN ledger_legalentity e ON e.id = x.entity_id",
    joins={
        "rows": Join("""LEFT JOIN (SELECT batch_id, count(*) AS pieces, sum(amount_minor)::bigint AS total_minor
  FROM donations_batchrow GROUP BY 1) r ON r.batch_id = x.id"""),
        "bank": Join("JOIN payments_bankaccount y ON y.id = x.bank_account_id"),
    },
    columns=(
        Column("batch_id", "x.id"),
        Column("entity", "e.code"),
        Column("number", "x.number", Kind.WHOLE),
        Column("status", "x.status"),
        Column("method", "x.method"),
        Column("came_on", "x.came_on", Kind.DAY),
        Column("deposit_on", "x.deposit_on", Kind.DAY),
        Column("bank_account", "y.name", Kind.TEXT, ("bank",)),
        Column("event", "x.event", Kind.TEXT),
        Column("expected_count", "x.expected_count", Kind.WHOLE),
        amount("expected", "x.expected_minor"),
        Column("counted", "coalesce(r.pieces, 0)", Kind.WHOLE, ("rows",)),
        amount("total", "coalesce(r.total_minor, 0)", "rows"),
        Column("currency", "x.currency"),
        Column("counter_one", "x.counter_one", Kind.TEXT),
        Column("counter_two", "x.counter_two", Kind.TEXT),
    ),
    order="e.code, x.number, x.id",
    conditions=_batches,
    filters=frozenset({"status", "entity"}),
    summed=("x.currency", "x.expected_minor"),
)
