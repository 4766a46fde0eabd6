"""Sizes and sources: how many gifts of which size, and what came by each link, code and letter."""

from django.utils.translation import gettext as _

from ledger import money
from ledger.money import Money
from reports.answers import banding, returning
from reports.answers import comparing as answers
from reports.answers.banding import Band
from reports.answers.returning import Return
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table

SHOWN = 10


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


def appeals(reader: Reader) -> Page:
    """What came by each code; of one code also what it was for its cost, when somebody types that in.

    This function will return the report.
    """
    asked = reader.asked
    found = returning.by_code(asked, asked.span)
    coded = [one for one in found if one.code]
    kept = Money(sum(one.kept.minor for one in coded), asked.currency)
    everything = Money(sum(one.kept.minor for one in found), asked.currency)
    chart = picturing.lying(
        Plot(
            key="appeals",
            title=_("What came by each code"),
            description=_(
                "A bar for each code, as long as what is kept of its gifts. The table below has the numbers."
            ),
            labels=[one.name or one.code for one in coded[:SHOWN]],
            series=[Series("", [one.kept.minor for one in coded[:SHOWN]])],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
        )
    )
    figures = [
        Figure(_("Came by a code"), tabling.amount(kept)),
        Figure(
            _("Of everything"),
            tabling.permille(kept.minor * 1000 // everything.minor if everything else None),
        ),
    ]
    return Page(
        figures=[*figures, *_for_its_cost(reader, coded)],
        sections=[Section(_("What came by each code"), _codes(reader, found), chart)],
        notes=[
            *comparing.notes(asked, is_compared=False),
            _("No cost of a letter is kept here: type a code and what it cost to see what came for it."),
        ],
        ways=[(_("Links and QR"), tabling.address("links"))],
    )  # fmt: skip


def _for_its_cost(reader: Reader, coded: list[Return]) -> list[Figure]:
    code, typed = reader.told.get("code"), reader.told.get("cost")
    if not code or not typed:
        return []
    cost = money.read_amount(str(typed), currency=reader.asked.currency, most=money.LARGEST_BY_HAND)
    kept = next((one.kept for one in coded if one.code == code), Money(0, reader.asked.currency))
    return [
        Figure(_("%(code)s, less its cost") % {"code": code}, tabling.amount(kept - cost)),
        Figure(
            _("%(code)s, for a hundred spent") % {"code": code},
            tabling.number(returning.percent_of_cost(kept, cost=cost)),
        ),
    ]


def _codes(reader: Reader, found: list[Return]) -> Table:
    asked = reader.asked
    kept = Money(sum(one.kept.minor for one in found), asked.currency)
    return Table(
        "appeals",
        _("What came by each code"),
        [
            Column(_("Code")),
            Column(_("Gifts"), True),
            Column(_("Givers"), True),
            Column(_("New givers"), True),
            Column(_("Given"), True, asked.currency),
            Column(_("Left of it"), True, asked.currency),
            Column(_("Average gift"), True, asked.currency),
        ],
        [_code(reader, one) for one in found],
        [
            tabling.words(_("Together")),
            tabling.number(sum(one.gifts for one in found)),
            tabling.nothing(),
            tabling.number(sum(one.new for one in found)),
            tabling.amount(Money(sum(one.given.minor for one in found), asked.currency)),
            tabling.amount(kept),
            tabling.nothing(),
        ],
        _("Nothing was given in these days."),
    )


def _code(reader: Reader, one: Return) -> list[Cell]:
    asked = reader.asked
    opens = reader.opens(opening.gifts(asked, asked.span, source=one.code or opening.NONE))
    return [
        tabling.words(one.name or one.code or _("No code"), note=one.code if one.name else ""),
        tabling.number(one.gifts, opens=opens),
        tabling.number(one.donors),
        tabling.number(one.new) if one.code else tabling.nothing(),
        tabling.amount(one.given),
        tabling.amount(one.kept),
        tabling.amount(answers.averaged(one.kept, one.gifts)),
    ]
