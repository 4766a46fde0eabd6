"""Sizes: how many gifts of which size."""

from django.utils.translation import gettext as _

from ledger.money import Money
from reports.answers import banding
from reports.answers.banding import Band
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Column, Figure, Page, Section, Table


def sizes(reader: Reader) -> Page:
    """This function will return gifts of a year by their size."""
    asked = reader.asked
    found = banding.bands(asked)
    gifts = sum(one.gifts for one in found)
    given = Money(sum(one.given.minor for one in found), asked.currency)
    return Page(
        figures=[
            Figure(_("Gifts"), tabling.number(gifts, opens=reader.opens(opening.gifts(asked, asked.span)))),
            Figure(_("Given"), tabling.amount(given)),
        ],
        sections=[_sizes(reader, found)],
        notes=comparing.notes(asked, is_compared=False),
    )  # fmt: skip


def _sizes(reader: Reader, found: list[Band]) -> Section:
    asked = reader.asked
    gifts = sum(one.gifts for one in found)
    given = Money(sum(one.given.minor for one in found), asked.currency)
    rows = [
        [
            tabling.words(_band(one)),
            tabling.number(one.gifts, opens=_opens(reader, one) if one.gifts else ""),
            tabling.permille(one.gifts * 1000 // gifts if gifts else None),
            tabling.amount(one.given),
            tabling.permille(one.given.minor * 1000 // given.minor if given else None),
            tabling.amount(one.kept),
        ]
        for one in found
    ]
    kept = Money(sum(one.kept.minor for one in found), asked.currency)
    table = Table(
        "sizes",
        _("Gifts by their size"),
        [
            Column(_("Size")),
            Column(_("Gifts"), True),
            Column(_("Of all gifts"), True, "%"),
            Column(_("Given"), True, asked.currency),
            Column(_("Of the sum"), True, "%"),
            Column(_("Left of it"), True, asked.currency),
        ],
        rows,
        [
            tabling.words(_("Together")),
            tabling.number(gifts, opens=reader.opens(opening.gifts(asked, asked.span))),
            tabling.nothing(),
            tabling.amount(given),
            tabling.nothing(),
            tabling.amount(kept),
        ],
    )
    words = _("Every gift as it was given, whatever went back.")
    return Section(table.words, table, _sizes_chart(reader, found), words)


def _sizes_chart(reader: Reader, found: list[Band]) -> str:
    return picturing.bars(
        Plot(
            key="sizes",
            title=_("Gifts by their size"),
            description=_(
                "A bar for each band of amounts, as high as there are gifts. The table below has the numbers."
            ),
            labels=[_band(one) for one in found],
            series=[Series(_("Gifts"), [one.gifts for one in found])],
            write=saying.counts(),
            short=saying.short_counts(),
            brief=[one.least.shown(reader.language, short=True) for one in found],
            has_all_labels=True,
        )
    )


def _band(one: Band) -> str:
    least = one.least.shown(short=True)
    if one.below is None:
        return _("%(least)s and more") % {"least": least}
    if not one.least:
        return _("Below %(most)s") % {"most": one.below.shown(short=True)}
    return _("%(least)s to below %(most)s") % {"least": least, "most": one.below.shown(short=True)}


def _opens(reader: Reader, one: Band) -> str:
    most = one.most.plain if one.most else ""
    return reader.opens(
        opening.gifts(reader.asked, reader.asked.span, least=one.least.plain if one.least else "", most=most)
    )
