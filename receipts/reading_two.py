"""Reading schema 2: a receipt of any law, with things, returns, other currencies, and one total for each currency.

The numbers must agree with themselves: every currency's total, benefit and eligible part is the sum of its lines'.
Whether they agree with the law was decided before, by the rules the snapshot names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from receipts import parsing, snapshots
from receipts.snapshots import SnapshotRefused

LATEST_YEAR = 2200
ADDRESS_LIMIT = 300


def read(source: Mapping[str, object], told: str) -> snapshots.Snapshot:
    """`told` is the SHA-256 of the canonical snapshot.

    This function will return the cleaned snapshot, or raise `SnapshotRefused` naming the field.
    """
    top = parsing.Reader(source, "")
    donor = top.inner("donor")
    most = snapshots.MAX_PARAGRAPHS
    totals = tuple(map(_total, top.each("totals", most=snapshots.MAX_TOTALS)))
    if not totals:
        raise top.refuse("totals", "is empty")
    clauses = tuple(map(_clause, top.each("statements", most=most)))
    snapshot = _issued(top, told)(
        entity=_entity(top.inner("entity")),
        donor_name=donor.text("name"),
        donor_local_name=donor.optional("local_name"),
        donor_address=donor.texts("address", most=snapshots.MAX_ADDRESS_LINES),
        donor_number=donor.optional("number", limit=20),
        donor_is_person=donor.truth("is_person"),
        lines=tuple(map(_line, top.each("lines", most=snapshots.MAX_LINES_OF_SCHEMA_2))),
        currency=totals[0].currency,
        exponent=totals[0].exponent,
        total_minor=totals[0].total_minor,
        totals=totals,
        statements=tuple(clause.text for clause in clauses),
        clauses=clauses,
        terms=top.texts("terms", most=most, limit=parsing.PARAGRAPH_LIMIT),
        collector=_collector(top.perhaps("collector")),
        is_information_copy=top.truth("information_copy"),
        is_test=top.truth("test"),
        verify_at=top.optional("verify_at", limit=80),
    )
    _require_sense(snapshot)
    return snapshot


def _issued(top: parsing.Reader, told: str) -> partial[snapshots.Snapshot]:
    """What the paper says of itself: by which law, under which number, of which year and day."""
    template = top.one_of("template", tuple(snapshots.TEMPLATES))
    return partial(
        snapshots.Snapshot,
        schema=2,
        digest=told,
        template=template,
        law=top.one_of("law", (snapshots.TEMPLATES[template],)),
        rules=top.text("rules", limit=40),
        language=snapshots.language(top),
        serial=top.text("serial", limit=snapshots.SERIAL_LIMIT),
        kind=top.one_of("kind", ("single", "annual")),
        tax_year=_year(top),
        replaces=top.optional("replaces", limit=snapshots.SERIAL_LIMIT),
        issued_on=top.day("issued_on"),
        place=top.optional("place", limit=80),
    )


def _year(top: parsing.Reader) -> int:
    year = top.whole("tax_year")
    if not 1990 <= year <= LATEST_YEAR:
        raise top.refuse("tax_year", "is not a year")
    return year


def _entity(reader: parsing.Reader) -> snapshots.Entity:
    return snapshots.Entity(
        legal_name=reader.text("legal_name"),
        local_name=reader.optional("local_name"),
        address=reader.texts("address", most=snapshots.MAX_ADDRESS_LINES),
        registration=reader.text("registration"),
        status_line=reader.optional("status_line"),
        signatory=reader.optional("signatory"),
        email=reader.optional("email"),
        paper=reader.one_of("paper", ("letter", "a4")),
        legal_basis=reader.optional("legal_basis"),
        legal_basis_code=reader.optional("legal_basis_code", limit=20),
        form=reader.optional("form", limit=8),
        form_version=reader.optional("form_version", limit=40),
    )


def _line(reader: parsing.Reader) -> snapshots.Line:
    currency, exponent = reader.currency()
    appraiser, equivalent = reader.perhaps("appraiser"), reader.perhaps("equivalent")
    line = snapshots.Line(
        given_on=reader.day("given_on"),
        method=reader.optional("method", limit=40),
        fund=reader.text("fund"),
        kind=reader.one_of("kind", snapshots.KINDS),
        code=reader.optional("code", limit=4),
        description=reader.optional("description"),
        quantity=reader.counted("quantity", least=1),
        unit_value_minor=reader.perhaps_counted("unit_value_minor"),
        currency=currency,
        exponent=exponent,
        amount_minor=reader.perhaps_counted("amount_minor"),
        refunded_minor=reader.counted("refunded_minor"),
        benefits=tuple(map(_benefit, reader.each("benefits", most=snapshots.MAX_BENEFITS))),
        benefit_minor=reader.counted("benefit_minor"),
        eligible_minor=reader.perhaps_counted("eligible_minor"),
        equivalent=_equivalent(equivalent) if equivalent else None,
        appraiser=_appraiser(appraiser) if appraiser else None,
        note=reader.optional("note"),
    )
    _require_line(reader, line)
    return line


def _require_line(reader: parsing.Reader, line: snapshots.Line) -> None:
    if line.amount_minor is None:
        if line.refunded_minor or line.eligible_minor:
            raise reader.refuse("amount_minor", "is absent, but something of it is refunded or eligible")
        if not line.description:
            raise reader.refuse("description", "is empty, and the line has no amount")
        return
    if line.refunded_minor > line.amount_minor:
        raise reader.refuse("refunded_minor", "is more than the amount")
    if line.eligible_minor is not None and line.eligible_minor > line.net_minor:
        raise reader.refuse("eligible_minor", "is more than what is left of the amount")


def _benefit(reader: parsing.Reader) -> snapshots.Benefit:
    return snapshots.Benefit(reader.text("description"), reader.perhaps_counted("value_minor"))


def _equivalent(reader: parsing.Reader) -> snapshots.Equivalent:
    currency, exponent = reader.currency()
    return snapshots.Equivalent(
        currency=currency,
        exponent=exponent,
        minor=reader.counted("minor"),
        rate_on=reader.day("rate_on"),
        source=reader.text("source", limit=80),
    )


def _appraiser(reader: parsing.Reader) -> snapshots.Appraiser:
    return snapshots.Appraiser(reader.text("name"), reader.optional("address", limit=ADDRESS_LIMIT))


def _collector(reader: parsing.Reader | None) -> snapshots.Collector | None:
    if reader is None:
        return None
    return snapshots.Collector(
        name=reader.text("name"),
        registration=reader.optional("registration", limit=40),
        address=reader.optional("address", limit=ADDRESS_LIMIT),
    )


def _clause(reader: parsing.Reader) -> snapshots.Clause:
    return snapshots.Clause(
        code=reader.text("code", limit=40),
        version=reader.counted("version", least=1),
        text=reader.paragraph("text"),
    )


def _total(reader: parsing.Reader) -> snapshots.Total:
    currency, exponent = reader.currency()
    total = snapshots.Total(
        currency=currency,
        exponent=exponent,
        total_minor=reader.counted("total_minor"),
        benefit_minor=reader.counted("benefit_minor"),
        eligible_minor=reader.counted("eligible_minor"),
    )
    if total.eligible_minor > total.total_minor:
        raise reader.refuse("eligible_minor", "is more than the total")
    return total


def sums(lines: tuple[snapshots.Line, ...]) -> dict[tuple[str, int], tuple[int, int, int]]:
    """Add up what has a value, currency by currency: what we hold, what was returned for it, what may be claimed.

    This function will return {(currency, exponent): (total, benefit, eligible)}.
    """
    found: dict[tuple[str, int], tuple[int, int, int]] = {}
    for line in lines:
        if line.amount_minor is None:
            continue
        key = (line.currency, line.exponent)
        total, benefit, eligible = found.get(key, (0, 0, 0))
        found[key] = (
            total + line.net_minor,
            benefit + line.benefit_minor,
            eligible + (line.eligible_minor or 0),
        )
    return found


def _require_sense(snapshot: snapshots.Snapshot) -> None:
    if not snapshot.lines:
        raise SnapshotRefused("lines is empty")
    require_sums(snapshot)


def require_sums(snapshot: snapshots.Snapshot) -> None:
    """This function will raise `SnapshotRefused` unless every total is the sum of its currency's lines."""
    added = sums(snapshot.lines)
    seen: set[str] = set()
    for place, total in enumerate(snapshot.totals):
        path = f"totals[{place}]"
        if total.currency in seen:
            raise SnapshotRefused(f"{path}.currency is {total.currency} a second time")
        seen.add(total.currency)
        expected = added.pop((total.currency, total.exponent), (0, 0, 0))
        told = (total.total_minor, total.benefit_minor, total.eligible_minor)
        for key, found, sum_of_lines in zip(("total", "benefit", "eligible"), told, expected, strict=True):
            if found != sum_of_lines:
                raise SnapshotRefused(f"{path}.{key}_minor is {found}, its lines add up to {sum_of_lines}")
    if added:
        raise SnapshotRefused(f"totals has none for {', '.join(sorted(code for code, _ in added))}")
