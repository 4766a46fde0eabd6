"""Papers and exports: which gifts are on no receipt and why, and what changed since a file left the house."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.models import LegalEntity
from ledger.money import Money
from reports.answers import changing_since, unreceipting
from reports.answers.changing_since import Change, Export
from reports.answers.unreceipting import Why
from web import run_wording, tax_wording
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table

KINDS = {
    unreceipting.EXCLUDED: gettext_lazy("Gets none"),
    unreceipting.HINDERED: gettext_lazy("Something must be mended"),
    unreceipting.WAITING: gettext_lazy("Waits for its receipt"),
}
CHANGES = {
    "gift": gettext_lazy("Gift written down"),
    "refund": gettext_lazy("Money went back"),
    "refund_failed": gettext_lazy("A refund came back to us"),
    "reversal": gettext_lazy("A gift over the desk was reversed"),
    "dispute_lost": gettext_lazy("A dispute was lost"),
    "correction": gettext_lazy("A gift was corrected"),
}


def unreceipted(reader: Reader) -> Page:
    """This function will return which gifts of a year are on no receipt, and why."""
    asked = reader.asked
    found = unreceipting.unreceipted(asked, asked.span)
    gifts = sum(one.gifts for one in found.reasons)
    given = Money(sum(one.given.minor for one in found.reasons), asked.currency)
    nothing = reader.opens(opening.gifts(asked, asked.span, receipt="none"))
    table = Table(
        "reasons",
        _("Why gifts are on no receipt"),
        [
            Column(_("Reason")),
            Column(_("What it means")),
            Column(_("Gifts"), True),
            Column(_("Given"), True, asked.currency),
        ],
        [_reason(reader, one) for one in found.reasons],
        [
            tabling.words(_("On no receipt")),
            tabling.nothing(),
            tabling.number(gifts, opens=nothing),
            tabling.amount(given),
        ],
        _("Every gift of the year is on a receipt."),
    )  # fmt: skip
    return Page(
        figures=[
            Figure(_("On no receipt"), tabling.number(gifts, opens=nothing)),
            Figure(_("On a receipt"), tabling.number(found.covered)),
            Figure(_("Given, on no receipt"), tabling.amount(given)),
        ],
        sections=[Section(table.words, table, _reasons_chart(found.reasons), _how())],
        notes=comparing.notes(asked, is_compared=False),
        ways=[(_("Annual receipts"), tabling.address("runs"))],
    )  # fmt: skip


def _how() -> str:
    return _(
        "Sums are of what was given, whatever went back. A gift that waits may come on a yearly receipt."
    )


def _reasons_chart(reasons: list[Why]) -> str:
    return picturing.lying(
        Plot(
            key="reasons",
            title=_("Why gifts are on no receipt"),
            description=_("A bar for each reason. The table below has the numbers."),
            labels=[_why(one) for one in reasons],
            series=[Series("", [one.gifts for one in reasons])],
            write=saying.counts(),
            short=saying.short_counts(),
        )
    )


def _why(one: Why) -> str:
    words = tax_wording.EXCLUSIONS.get(one.code) or run_wording.EXCLUDED.get(one.code)
    return str(words or one.code or KINDS[one.kind])


def _reason(reader: Reader, one: Why) -> list[Cell]:
    opens = opening.gifts(reader.asked, reader.asked.span, receipt=one.kind, reason=one.code)
    return [
        tabling.words(_why(one)),
        tabling.words(KINDS[one.kind]),
        tabling.number(one.gifts, opens=reader.opens(opens)),
        tabling.amount(one.given),
    ]


def since(reader: Reader) -> Page:
    """This function will return what was written down since a file left, or since a moment."""
    found = changing_since.exports()
    moment = _moment(reader, found)
    if moment is None:
        return Page(
            sections=[_exports(found)],
            notes=[
                _("Choose one of the files that left, or type a day, to see what was written down after it.")
            ],
        )
    entity = reader.asked.entity
    kind = reader.told.get("kind") or ""
    sums = changing_since.sums(entity=entity, since=moment)
    rows = [
        [
            tabling.words(CHANGES[one.kind]),
            tabling.words(one.amount.currency),
            tabling.number(one.count, opens=_only(reader, one.kind)),
            tabling.amount(one.amount) if one.kind != "correction" else tabling.nothing(),
        ]
        for one in sums
    ]
    together = Table(
        "sums",
        _("In sum"),
        [Column(_("What")), Column(_("Currency")), Column(_("How often"), True), Column(_("Moves"), True)],
        rows,
        empty=_("Nothing was written down since."),
    )
    most = changing_since.MOST if not reader.is_file else 100_000
    changes = changing_since.changes(entity=entity, since=moment, kind=kind, most=most)
    body = LegalEntity.objects.order_by("id").first()
    return Page(
        figures=[Figure(_("Since"), tabling.moment(moment, body))],
        sections=[Section(_("In sum"), together), _changes(changes, body), _exports(found)],
    )


def _moment(reader: Reader, found: list[Export]) -> datetime | None:
    """The moment somebody asked for: that of a file, or the beginning of a day."""
    key = reader.told.get("export")
    chosen = next((one.at for one in found if one.key == key), None)
    if chosen is not None:
        return chosen
    day = reader.told.get("since")
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) if day else None


def _only(reader: Reader, kind: str) -> str:
    return tabling.address("report_since", **{**reader.query, "kind": kind})


def _changes(changes: list[Change], body: LegalEntity | None) -> Section:
    rows = [
        [
            tabling.moment(one.at, body),
            tabling.words(CHANGES[one.kind], note=one.words),
            tabling.day(one.given_on, opens=tabling.address("donation", one.donation_id)),
            tabling.amount(one.amount) if one.kind != "correction" else tabling.nothing(),
        ]
        for one in changes
    ]
    return Section(
        _("What was written down"),
        Table(
            "changes",
            _("What was written down"),
            [Column(_("When")), Column(_("What")), Column(_("Gift of")), Column(_("Moves"), True)],
            rows,
            empty=_("Nothing was written down since."),
        ),
        lead=_("The newest %(most)s; the sums above hold all.") % {"most": changing_since.MOST},
    )


def _exports(found: list[Export]) -> Section:
    body = LegalEntity.objects.order_by("id").first()
    names = {"donations": _("List of gifts"), "journal": _("Journal")}
    rows = []
    for one in found:
        name = names.get(one.what, one.what)
        rows.append(
            [
                tabling.words(
                    f"{name} {one.number}" if one.number else name,
                    opens=tabling.address("report_since", export=one.key),
                ),
                tabling.moment(one.at, body),
            ]
        )
    return Section(
        _("Files that left"),
        Table(
            "exports",
            _("Files that left"),
            [Column(_("File")), Column(_("When"))],
            rows,
            empty=_("No file has left yet."),
        ),
    )
