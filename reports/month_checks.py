"""Month checks: what can be counted before the books of a month are closed, each with where to mend it.

Everything is asked of the database as it is; `books.closing_months.close` asks it once more under its lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from books import measuring
from books.checking_months import Found, first_of_next, last_of
from books.models import BankLine, Statement
from donations import dividing, leaving_unknown
from donations.models import Batch, RefundRequest
from jobs.models import Heartbeat
from ledger.models import LegalEntity
from ledger.money import Money
from payments.models import ProcessorEvent
from reports import batches, restricted_funds

FRESH = timedelta(hours=2)
"""The laws are asked every hour: an answer older than this is none."""

# What our books say went through the bank, beside what the bank's own lines say about the same thing. A match of a
# payout, a deposit or a sale only ties; the others were booked from the line itself. What was put right later belongs
# to the deposit or the line by which the mistake came; what bounced or was given back is a line of its own.
_BANK = """
WITH RECURSIVE wrong AS (
  SELECT r.donation_id AS gift, v.kind, v.replaced_by_id AS instead, 'deposit:' || w.batch_id AS source
    FROM donations_reversal v JOIN donations_refund r ON r.id = v.refund_id
    JOIN donations_batchedgift g ON g.donation_id = r.donation_id JOIN donations_batchrow w ON w.id = g.row_id
  UNION
  SELECT r.donation_id, v.kind, v.replaced_by_id, 'bankline:' || m.line_id
    FROM donations_reversal v JOIN donations_refund r ON r.id = v.refund_id
    JOIN books_bankmatch m ON m.donation_id = r.donation_id AND m.kind = 'gift' AND m.undoes_id IS NULL
   WHERE NOT EXISTS (SELECT 1 FROM books_bankmatch u WHERE u.undoes_id = m.id)
  UNION
  SELECT w.instead, v.kind, v.replaced_by_id, w.source FROM wrong w
    JOIN donations_refund r ON r.donation_id = w.instead JOIN donations_reversal v ON v.refund_id = r.id
), moved AS (
  SELECT 'refund:reversal:' || gift AS name,
    CASE kind WHEN 'mistake' THEN source ELSE 'returned:' || gift END AS source FROM wrong
  UNION SELECT 'deposit:' || instead, source FROM wrong WHERE instead IS NOT NULL
  UNION SELECT x.what || v.row_id, 'deposit:' || w.batch_id FROM donations_rowreversal v
          JOIN donations_batchrow w ON w.id = v.row_id CROSS JOIN (VALUES ('row_reversed:'), ('row_true:')) x (what)
), told AS (
  SELECT e.id, e.booked_on, coalesce(r.source, e.source) AS name
    FROM ledger_entry e LEFT JOIN ledger_entry r ON r.id = e.reverses_id AND split_part(r.source, ':', 1) LIKE 'bank%%'
   WHERE e.entity_id = %(entity)s AND e.booked_on <= %(last)s
), booked AS (
  SELECT coalesce(v.source, CASE WHEN t.name LIKE 'bank%%' THEN 'bankline:' || split_part(t.name, ':', 2)
                                 ELSE t.name END) AS source,
    min(t.booked_on) AS booked_on, l.currency, sum(l.amount_minor)::bigint AS minor
    FROM told t LEFT JOIN moved v ON v.name = t.name
    JOIN ledger_line l ON l.entry_id = t.id JOIN ledger_account a ON a.id = l.account_id
   WHERE a.code = '1000' GROUP BY 1, l.currency
), seen AS (
  SELECT CASE m.kind WHEN 'payout' THEN 'payout:' || p.ref WHEN 'payout_returned' THEN 'payout_failure:' || p.ref
              WHEN 'deposit' THEN 'deposit:' || m.batch_id WHEN 'sale' THEN 'sale:' || m.donation_id
              WHEN 'returned' THEN 'returned:' || m.donation_id ELSE 'bankline:' || b.id END AS source,
    b.currency, sum(m.amount_minor)::bigint AS minor
    FROM books_bankmatch m JOIN books_bankline b ON b.id = m.line_id
    JOIN payments_bankaccount k ON k.id = b.bank_account_id
    LEFT JOIN payments_payout p ON p.id = m.payout_id
   WHERE k.entity_id = %(entity)s AND m.kind <> 'other'
   GROUP BY 1, 2 HAVING sum(m.amount_minor) <> 0
)
SELECT b.source, b.booked_on, b.currency, b.minor, s.minor
  FROM booked b LEFT JOIN seen s ON s.source = b.source AND s.currency = b.currency
 WHERE b.minor <> 0 OR s.minor IS NOT NULL
 ORDER BY b.booked_on, b.source
"""
# Lines of the processor's balance that were available long before the month was over and that no payout carried.
_NOT_PAID_OUT = """
SELECT count(*) FROM payments_balancetransaction b
  LEFT JOIN payments_payoutline l ON l.balance_transaction_id = b.id
 WHERE l.id IS NULL AND b.kind NOT IN ('payout', 'payout_failure', 'payout_cancel') AND b.available_on <= %s
   AND EXISTS (SELECT 1 FROM payments_payout p WHERE p.processor = 'stripe')
   AND NOT EXISTS (SELECT 1 FROM payments_payout p WHERE p.processor = 'stripe' AND p.is_by_hand
                    AND p.currency = b.currency AND p.created_at::date >= b.available_on)
"""
# What other processors send, and what a person took out by hand, is of sums and names no lines.
_PAYOUTS_OFF = """
SELECT count(*) FROM payments_payout p
 WHERE p.created_at < %s AND p.processor = 'stripe' AND NOT p.is_by_hand AND p.amount_minor <> (
   SELECT coalesce(sum(b.net_minor), 0) FROM payments_payoutline l
     JOIN payments_balancetransaction b ON b.id = l.balance_transaction_id WHERE l.payout_id = p.id)
"""
_NOT_EXPORTED = """
SELECT count(*) FROM ledger_entry e WHERE e.entity_id = %s AND e.booked_on BETWEEN %s AND %s
   AND NOT EXISTS (SELECT 1 FROM books_exportedentry x WHERE x.entry_id = e.id)
"""
_BETWEEN_FUNDS = """
SELECT count(*) FROM (
  SELECT 1 FROM ledger_line l JOIN ledger_entry e ON e.id = l.entry_id
    JOIN ledger_account a ON a.id = l.account_id AND a.code = '1900'
   WHERE e.entity_id = %s GROUP BY l.currency HAVING sum(l.amount_minor) <> 0) AS off
"""
PAYS_OUT_WITHIN = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Banked:
    """What stands on the bank account in our books at the end of a month, in one currency.

    `booked` is the sum of our lines, `seen` what the bank confirms of them, `under_way` what it has not shown yet.
    `off` is what the bank's lines say otherwise: the month closes only at nothing.
    """

    booked: Money
    seen: Money
    under_way: Money
    off: Money
    waiting: int


@dataclass(frozen=True, slots=True)
class Apart:
    """Something our books say went through the bank, and the bank has not shown yet, or shows otherwise.

    `what` it is and of which `ref`: a payout, a batch (`deposit`), the gift of a sale or of a check that came back
    (`returned`), a line of the bank.
    """

    what: str
    ref: str
    on: date
    booked: Money
    seen: Money | None

    @property
    def off(self) -> Money:
        return self.booked if self.seen is None else self.booked - self.seen


def apart(*, entity: LegalEntity, last: date) -> list[Apart]:
    """This function will return what of our bank account the bank does not confirm up to a day, the oldest first."""
    return [
        Apart(
            what=source.partition(":")[0],
            ref=source.partition(":")[2],
            on=on,
            booked=Money(booked, code),
            seen=None if seen is None else Money(seen, code),
        )
        for source, on, code, booked, seen in _banked(entity, last)
        if booked != seen
    ]


Rows = Sequence[tuple[str, date, str, int, int | None]]


def _banked(entity: LegalEntity, last: date) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(_BANK, {"entity": entity.pk, "last": last})
        return list(cursor.fetchall())


def bank(*, entity: LegalEntity, last: date) -> list[Banked]:
    """This function will return what the bank confirms of our books up to a day, by currency."""
    rows = _banked(entity, last)
    found = []
    for currency in sorted({row[2] for row in rows}):
        mine = [(booked, seen) for _source, _on, code, booked, seen in rows if code == currency]
        booked = sum(minor for minor, _ in mine)
        seen = sum(minor for _, minor in mine if minor is not None)
        waiting = [minor for minor, told in mine if told is None]
        found.append(
            Banked(
                booked=Money(booked, currency),
                seen=Money(seen, currency),
                under_way=Money(sum(waiting), currency),
                off=Money(booked - seen - sum(waiting), currency),
                waiting=len(waiting),
            )
        )
    return found


def look(entity: LegalEntity, month: date, now: datetime) -> Mapping[str, Found]:
    """This function will return what each counted check finds for the month that begins with `month`."""
    last = last_of(month)
    banked = bank(entity=entity, last=last)
    return {
        "laws": _laws(now),
        "notices": _notices(month),
        "payouts": _payouts(month),
        "funds": _funds(entity, month, last),
        "bank_balance": _bank_balance(entity, banked, last),
        "bank_lines": _bank_lines(entity, last),
        "deposits": _deposits(banked),
        "batches": _batches(entity, last),
        "unknown_givers": _unknown(entity, last),
        "refunds": _refunds(entity, last),
        "journal": _journal(entity, month, last),
    }


def _laws(now: datetime) -> Found:
    beat = Heartbeat.objects.filter(name="selfcheck").first()
    if beat is None or now - beat.at > FRESH:
        return Found(1, _("The laws of the books were not asked for two hours."), "today")
    broken = beat.report.get("broken") or []
    return Found(len(broken), "; ".join(str(each) for each in broken[:3]), "today")


def _notices(month: date) -> Found:
    waiting = ProcessorEvent.objects.filter(
        status__in=[ProcessorEvent.Status.RECEIVED, ProcessorEvent.Status.PARKED],
        created_at__date__lt=first_of_next(month),
    ).count()
    words = ngettext("%(n)s notice of the processor waits.", "%(n)s notices of the processor wait.", waiting)
    return Found(waiting, words % {"n": waiting} if waiting else "", "today")


def _payouts(month: date) -> Found:
    last = last_of(month)
    off, late = _count(_PAYOUTS_OFF, [first_of_next(month)]), _count(_NOT_PAID_OUT, [last - PAYS_OUT_WITHIN])
    words = []
    if off:
        told = ngettext(
            "%(n)s payout is not the sum of its lines.", "%(n)s payouts are not the sum of their lines.", off
        )
        words.append(told % {"n": off})
    if late:
        told = ngettext(
            "%(n)s line of the processor's balance was never paid out.",
            "%(n)s lines of the processor's balance were never paid out.",
            late,
        )
        words.append(told % {"n": late})
    return Found(off + late, " ".join(words), "payouts")


def _funds(entity: LegalEntity, month: date, last: date) -> Found:
    """The restricted funds report of the month ties, no fund stands below zero, and what funds owe comes to nothing."""
    report = restricted_funds.report(entity=entity, first=month, last=last, language="en")
    untied, below = len(report.untied), len(measuring.below_nothing(entity=entity, on=last))
    between = _count(_BETWEEN_FUNDS, [entity.pk])
    words = []
    if untied:
        words.append(_("The restricted funds report does not tie to the ledger."))
    if below:
        told = ngettext(
            "%(n)s fund holds less than nothing of restricted money.",
            "%(n)s funds hold less than nothing of restricted money.",
            below,
        )
        words.append(told % {"n": below})
    if between:
        words.append(_("What funds owe one another does not come to nothing."))
    return Found(untied + below + between, " ".join(words), "restricted")


def _bank_balance(entity: LegalEntity, banked: list[Banked], last: date) -> Found:
    if not Statement.objects.filter(bank_account__entity=entity).exists():
        return Found(1, _("No statement of the bank was read."), "bank_lines")
    behind = not BankLine.objects.filter(
        bank_account__entity=entity, booked_on__gte=last - timedelta(days=4)
    ).exists()
    off = [each.off for each in banked if each.off]
    words = [
        _("The bank says otherwise by %(amount)s.") % {"amount": amount.plain + " " + amount.currency}
        for amount in off
    ]
    if behind:
        words.append(_("The statements do not reach the end of the month."))
    return Found(len(off) + behind, " ".join(words), "bank_lines")


def _bank_lines(entity: LegalEntity, last: date) -> Found:
    waiting = BankLine.objects.filter(
        bank_account__entity=entity,
        booked_on__lte=last,
        state__in=[BankLine.State.NEW, BankLine.State.NO_MATCH],
    ).count()
    words = ngettext(
        "%(n)s line of the bank is not matched.", "%(n)s lines of the bank are not matched.", waiting
    )
    return Found(waiting, words % {"n": waiting} if waiting else "", "bank_lines")


def _deposits(banked: list[Banked]) -> Found:
    waiting = sum(each.waiting for each in banked)
    words = ngettext(
        "%(n)s deposit was not seen at the bank.", "%(n)s deposits were not seen at the bank.", waiting
    )
    return Found(waiting, words % {"n": waiting} if waiting else "", "bank_lines")


def _batches(entity: LegalEntity, last: date) -> Found:
    waiting = Batch.objects.filter(entity=entity, status=Batch.Status.OPEN, deposit_on__lte=last).count()
    words = ngettext("%(n)s batch is not posted.", "%(n)s batches are not posted.", waiting)
    return Found(waiting, words % {"n": waiting} if waiting else "", "batches")


def _unknown(entity: LegalEntity, last: date) -> Found:
    rows = batches.unknown_rows().filter(batch__entity=entity, batch__deposit_on__lte=last)
    waiting = rows.count() + leaving_unknown.waiting(entity=entity, last=last).count()
    words = ngettext("%(n)s giver is not known.", "%(n)s givers are not known.", waiting)
    return Found(waiting, words % {"n": waiting} if waiting else "", "batch_unknown")


def _refunds(entity: LegalEntity, last: date) -> Found:
    waiting = RefundRequest.objects.filter(
        Q(status__in=dividing.HOLDING, refund__isnull=True),
        donation__entity=entity,
        requested_at__date__lte=last,
    ).count()
    words = ngettext("%(n)s refund is under way.", "%(n)s refunds are under way.", waiting)
    return Found(waiting, words % {"n": waiting} if waiting else "", "today")


def _journal(entity: LegalEntity, month: date, last: date) -> Found:
    waiting = _count(_NOT_EXPORTED, [entity.pk, month, last])
    words = ngettext(
        "%(n)s entry was not handed to the accountant.",
        "%(n)s entries were not handed to the accountant.",
        waiting,
    )
    return Found(waiting, words % {"n": waiting} if waiting else "", "journals")


def _count(query: str, values: Sequence[int | date]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])
