"""Lists of papers: receipts, and the register of their numbers."""

from typing import Any

from donors import matching
from receipts.models import Receipt
from reports import escaping
from reports.kinds import Kind
from reports.lists.declaring import Asked, Column, Join, Listing, UnreadableFilter, among, amount
from staff.models import Role

_READERS = frozenset({Role.FINANCE, Role.APPROVER})


def _whole(asked: Asked, name: str) -> int | None:
    text = asked.get(name, "")
    if text and not (text.isdecimal() and len(text) < 10):
        raise UnreadableFilter(name)
    return int(text) if text else None


def _receipts(asked: Asked) -> tuple[str, dict[str, Any]]:
    found = Receipt.objects.all()
    if asked.get("serial"):
        found = found.filter(serial__icontains=asked["serial"])
    if asked.get("donor"):
        found = found.filter(donor__name_key__contains=matching.name_key(asked["donor"]))
    year = _whole(asked, "year")
    if year is not None:
        found = found.filter(series__year=year)
    state = asked.get("state", "")
    if state not in ("", "valid", "void"):
        raise UnreadableFilter("state")
    return among("x.id", found.filter(voiding__isnull=state == "valid") if state else found)


_VOID = Join("LEFT JOIN receipts_voiding v ON v.receipt_id = x.id")

RECEIPTS = Listing(
    key="receipts",
    roles=_READERS,
    base="receipts_receipt x JOIN receipts_receipttotal t ON t.receipt_id = x.id",
    joins={
        "series": Join(
            "JOIN receipts_series s ON s.id = x.series_id JOIN ledger_legalentity e ON e.id = s.entity_id"
        ),
        "giver": Join(f"""JOIN (SELECT dn.id, {escaping.guarded("dn.name")} AS name
  FROM donors_donor dn OFFSET 0) g ON g.id = x.donor_id"""),
        "void": _VOID,
    },
    columns=(
        Column("receipt_id", "x.id"),
        Column("serial", "x.serial"),
        Column("entity", "e.code", needs=("series",)),
        Column("tax_year", "x.tax_year", Kind.WHOLE),
        Column("kind", "x.kind"),
        Column("law", "x.law"),
        Column("issued_on", "x.issued_on", Kind.DAY),
        Column("state", "CASE WHEN v.id IS NULL THEN 'valid' ELSE 'void' END", needs=("void",)),
        Column("void_on", "v.voided_on", Kind.DAY, ("void",)),
        Column("donor_id", "x.donor_id"),
        Column("donor_name", "g.name", Kind.TEXT, ("giver",), is_personal=True, is_guarded=True),
        amount("total", "t.total_minor", currency="t.currency"),
        amount("eligible", "t.eligible_minor", currency="t.currency"),
        Column("currency", "t.currency"),
    ),
    order="x.issued_at, x.id, t.currency",
    conditions=_receipts,
    filters=frozenset({"serial", "donor", "year", "state"}),
    summed=("t.currency", "t.total_minor"),
    donor="x.donor_id",
)

_NUMBERS = """(
  SELECT r.number, r.serial, CASE WHEN v.id IS NULL THEN 'valid' ELSE 'void' END AS state, v.reason, r.issued_on,
    r.kind, b.serial AS replaces, a.serial AS replaced_by, v.voided_on AS void_on, t.currency,
    t.total_minor, t.eligible_minor, r.donor_id AS donor_ref, r.series_id
  FROM receipts_receipt r JOIN receipts_receipttotal t ON t.receipt_id = r.id
  LEFT JOIN receipts_voiding v ON v.receipt_id = r.id
  LEFT JOIN receipts_receipt b ON b.id = r.replaces_id LEFT JOIN receipts_receipt a ON a.replaces_id = r.id
  UNION ALL
  SELECT s.number, '', 'spoiled', s.words, NULL, NULL, NULL, NULL,
    (s.spoiled_at AT TIME ZONE y.zone)::date, NULL, NULL, NULL, NULL, s.series_id
  FROM receipts_spoilednumber s JOIN receipts_series w ON w.id = s.series_id
  JOIN ledger_legalentity y ON y.id = w.entity_id
) n JOIN receipts_series z ON z.id = n.series_id JOIN ledger_legalentity e ON e.id = z.entity_id"""


def _register(asked: Asked) -> tuple[str, dict[str, Any]]:
    clauses, params = ["TRUE"], {}
    for name, sql in (("entity", "z.entity_id"), ("year", "z.year")):
        value = _whole(asked, name)
        if value is not None:
            clauses.append(f"{sql} = %({name})s")
            params[name] = value
    state = asked.get("state", "")
    if state not in ("", "valid", "void", "spoiled"):
        raise UnreadableFilter("state")
    if state:
        clauses.append("n.state = %(state)s")
    return " AND ".join(clauses), params | ({"state": state} if state else {})


REGISTER = Listing(
    key="register",
    roles=_READERS,
    base=_NUMBERS,
    columns=(
        Column("entity", "e.code"),
        Column("tax_year", "z.year", Kind.WHOLE),
        Column("number", "n.number", Kind.WHOLE),
        Column("serial", "n.serial"),
        Column("state", "n.state"),
        Column("reason", "n.reason", Kind.TEXT),
        Column("issued_on", "n.issued_on", Kind.DAY),
        Column("kind", "n.kind"),
        Column("replaces", "n.replaces"),
        Column("replaced_by", "n.replaced_by"),
        Column("void_on", "n.void_on", Kind.DAY),
        Column("currency", "n.currency"),
        amount("total", "n.total_minor", currency="n.currency"),
        amount("eligible", "n.eligible_minor", currency="n.currency"),
        Column("donor_ref", "n.donor_ref"),
    ),
    order="e.code, z.year, z.id, n.number, n.currency",
    conditions=_register,
    filters=frozenset({"entity", "year", "state"}),
    summed=("n.currency", "n.total_minor"),
)
