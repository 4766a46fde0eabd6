"""The year: this one beside the last, in sum, by month, by campaign and by fund, with how regular gifts stand."""

from dataclasses import replace

from django.utils.translation import gettext as _

from ledger.models import Fund
from ledger.money import Money
from reports import books
from reports.answers import asking, campaigning, comparing, renewing, retaining
from reports.answers.asking import Asked
from reports.answers.comparing import Both, Month, Part
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table
from web.templatetags import office

SHOWN = 8
"""So many campaigns and funds are drawn; the table has all."""


def page(reader: Reader) -> Page:
    """This function will return the dashboard of a year."""
    asked = reader.asked
    sums = comparing.sums(asked)
    health = renewing.health(asked)
    return Page(
        figures=[*_figures(reader, sums), *_standing(reader, health)],
        sections=[
            _months(reader),
            _campaigns(reader),
            _funds(reader),
            _sums(reader, sums),
        ],
        notes=notes(asked),
        ways=[
            (_("Recurring health"), opening.report("monthly", asked)),
            (_("Forecast"), opening.report("forecast", asked)),
        ],
    )


def notes(asked: Asked, *, is_compared: bool = True) -> list[str]:
    """What must be known of a year that is not over and stands beside another, or is not the calendar's."""
    told = []
    if is_compared and not asked.is_over:
        told.append(
            _(
                "The year is not over: what was given until %(day)s is compared with the same days a year earlier."
            )
            % {"day": office.day(asked.so_far.last)}
        )
    if asked.ends_in_month != 12:
        told.append(
            _("A fiscal year: from %(first)s to %(last)s.")
            % {"first": office.day(asked.span.first), "last": office.day(asked.span.last)}
        )
    return told


def _figures(reader: Reader, sums: Both) -> list[Figure]:
    asked = reader.asked
    gifts = reader.opens(opening.gifts(asked, asked.so_far))
    more = tabling.difference(sums.now.kept, sums.before.kept)
    people = tabling.counted_difference(sums.now.donors, sums.before.donors)
    average = sums.now.average
    return [
        Figure(
            _("Given, less what went back"),
            tabling.amount(sums.now.kept, opens=gifts, note=f"{more.shown} {more.note}"),
        ),
        Figure(
            _("Givers"),
            tabling.number(
                sums.now.donors,
                opens=reader.opens(opening.givers(asked, "gave")),
                note=f"{people.shown} {people.note}",
            ),
        ),
        Figure(_("Gifts"), tabling.number(sums.now.gifts, opens=_counted(gifts))),
        Figure(_("Average gift"), tabling.amount(average)),
    ]  # fmt: skip


def _counted(gifts: str) -> str:
    """The list without gifts that went back altogether, which are not counted."""
    return f"{gifts}&stays=on" if gifts else ""


def _standing(reader: Reader, health: renewing.Health) -> list[Figure]:
    asked = reader.asked
    active, failing = health.state("active"), health.state("past_due")
    rate = next((one.permille for one in retaining.retention(asked) if one.year == asked.year), None)
    return [
        Figure(
            _("Regular gifts, each month"),
            tabling.amount(
                active.monthly,
                opens=opening.report("monthly", asked),
                note=_("%(active)s active, %(failing)s failing") % {"active": active.plans, "failing": failing.plans},
            ),
        ),
        Figure(_("Gave last year and this"), tabling.permille(rate, opens=opening.report("retention", asked))),
    ]  # fmt: skip


def chart(asked: Asked, months: list[Month], *, key: str = "months") -> str:
    """This function will return the bars of a year beside the year before."""
    return picturing.bars(
        Plot(
            key=key,
            title=_("Given by month, %(year)s beside %(before)s")
            % {"year": asked.year, "before": asked.year - 1},
            description=_("Two bars for each month, the year and the year before. The table below has the numbers."),
            labels=[saying.short_month(one.first) for one in months],
            series=[
                Series(str(asked.year), [one.now.minor if one.now else None for one in months]),
                Series(str(asked.year - 1), [one.before.minor for one in months]),
            ],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
        )
    )  # fmt: skip


def _months(reader: Reader) -> Section:
    asked = reader.asked
    months = comparing.by_month(asked)
    rows = [_month(reader, one) for one in months]
    came = [one for one in months if one.now is not None]
    now = Money(sum(one.now.minor for one in came if one.now), asked.currency)
    before = Money(sum(one.before.minor for one in came), asked.currency)
    return Section(
        _("By month"),
        Table(
            "months",
            _("By month"),
            [
                Column(_("Month")),
                Column(str(asked.year), True, asked.currency),
                Column(str(asked.year - 1), True, asked.currency),
                Column(_("Change"), True, asked.currency),
            ],
            rows,
            [
                tabling.words(_("Months that have come")),
                tabling.amount(now),
                tabling.amount(before),
                tabling.difference(now, before),
            ],
        ),
        chart(asked, months),
        _("The month that runs stands beside the whole month of last year.") if not asked.is_over else "",
    )


def _month(reader: Reader, one: Month) -> list[Cell]:
    asked = reader.asked
    earlier = asking.month_of(asking.year_earlier(one.first))
    now = (
        tabling.amount(one.now, opens=reader.opens(opening.gifts(asked, asking.month_of(one.first))))
        if one.now is not None
        else tabling.nothing()
    )
    return [
        tabling.month(one.first),
        now,
        tabling.amount(one.before, opens=reader.opens(opening.gifts(asked, earlier))),
        tabling.difference(one.now, one.before) if one.now is not None else tabling.nothing(),
    ]


def _campaigns(reader: Reader) -> Section:
    asked = reader.asked
    parts = comparing.by_campaign(asked)
    titles = {one.slug: office.titled(one) for one in campaigning.known()}
    rows = [
        [
            tabling.words(titles.get(part.key, part.key), opens=tabling.address("report_campaign", part.key)),
            tabling.amount(
                part.now, opens=reader.opens(opening.gifts(asked, asked.so_far, campaign=part.key))
            ),
            tabling.amount(
                part.before, opens=reader.opens(opening.gifts(asked, asked.before, campaign=part.key))
            ),
            tabling.difference(part.now, part.before),
            tabling.number(
                part.gifts,
                opens=reader.opens(opening.gifts(asked, asked.so_far, campaign=part.key, stays="on")),
            ),
        ]
        for part in parts
    ]
    words = _("By campaign")
    return Section(
        words,
        _parts_table(
            reader.asked,
            Table("campaigns", _("By campaign"), [Column(_("Campaign"))], rows),
            parts,
            with_gifts=True,
        ),
        _lying("campaigns", asked, parts, titles, title=_("Given by campaign")),
    )


def _funds(reader: Reader) -> Section:
    asked = reader.asked
    parts = comparing.by_fund(asked)
    chosen = Fund.objects.filter(pk__in=[part.key for part in parts])
    funds = list(chosen.select_related("entity").prefetch_related("texts"))
    bodies = {fund.entity_id for fund in funds}
    names = {
        str(fund.pk): f"{fund.entity.code + ' · ' if len(bodies) > 1 else ''}{fund.code} "
        + books.name_of(fund=fund, language=reader.language)
        for fund in funds
    }
    rows = [
        [
            tabling.words(names.get(part.key, part.key)),
            tabling.amount(part.now, opens=reader.opens(opening.gifts(asked, asked.span, fund=part.key))),
            tabling.amount(part.before),
            tabling.difference(part.now, part.before),
        ]
        for part in parts
    ]
    return Section(
        _("By fund"),
        _parts_table(reader.asked, Table("funds", _("By fund"), [Column(_("Fund"))], rows), parts),
        _lying("funds", asked, parts, names, title=_("Contributions by fund")),
        _(
            "As the books have them, by the month they were booked in, loose cash included; "
            "last year is the whole year."
        ),
    )


def _parts_table(asked: Asked, begun: Table, parts: list[Part], *, with_gifts: bool = False) -> Table:
    """A table that has its rows and the words of its first column, with the other columns and the sums."""
    now = Money(sum(part.now.minor for part in parts), asked.currency)
    before = Money(sum(part.before.minor for part in parts), asked.currency)
    foot = [
        tabling.words(_("Together")),
        tabling.amount(now),
        tabling.amount(before),
        tabling.difference(now, before),
    ]
    columns = [
        *begun.columns,
        Column(str(asked.year), True, asked.currency),
        Column(str(asked.year - 1), True, asked.currency),
        Column(_("Change"), True, asked.currency),
    ]
    if with_gifts:
        columns.append(Column(_("Gifts"), True))
        foot.append(tabling.number(sum(part.gifts for part in parts)))
    return replace(begun, columns=columns, foot=foot, empty=_("Nothing was given in these days."))


def _lying(key: str, asked: Asked, parts: list[Part], names: dict[str, str], *, title: str) -> str:
    shown = parts[:SHOWN]
    return picturing.lying(
        Plot(
            key=key,
            title=title,
            description=_("Two bars each, this year and the year before. The table below has the numbers."),
            labels=[names.get(part.key, part.key) for part in shown],
            series=[
                Series(str(asked.year), [part.now.minor for part in shown]),
                Series(str(asked.year - 1), [part.before.minor for part in shown]),
            ],
            write=saying.short_amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
        )
    )


def _sums(reader: Reader, sums: Both) -> Section:
    asked = reader.asked
    now, before = sums.now, sums.before
    these = reader.opens(opening.gifts(asked, asked.so_far))
    those = reader.opens(opening.gifts(asked, asked.before))

    def row(words: str, left: Cell, right: Cell, change: Cell) -> list[Cell]:
        return [tabling.words(words), left, right, change]

    rows = [
        row(_("Given"), tabling.amount(now.given, opens=these), tabling.amount(before.given, opens=those),
            tabling.difference(now.given, before.given)),
        row(_("Went back"), tabling.amount(now.back, opens=these), tabling.amount(before.back, opens=those),
            tabling.difference(now.back, before.back)),
        row(_("Gifts"), tabling.number(now.gifts, opens=_counted(these)),
            tabling.number(before.gifts, opens=_counted(those)),
            tabling.counted_difference(now.gifts, before.gifts)),
        row(_("Givers"), tabling.number(now.donors, opens=reader.opens(opening.givers(asked, "gave"))),
            tabling.number(before.donors), tabling.counted_difference(now.donors, before.donors)),
        row(_("Average gift"), tabling.amount(now.average), tabling.amount(before.average), tabling.nothing()),
    ]  # fmt: skip
    foot = row(
        _("Left of it"),
        tabling.amount(now.kept, opens=these),
        tabling.amount(before.kept, opens=those),
        tabling.difference(now.kept, before.kept),
    )
    columns = [
        Column(_("These days")),
        Column(str(asked.year), True),
        Column(str(asked.year - 1), True),
        Column(_("Change"), True),
    ]
    return Section(_("In sum"), Table("sums", _("In sum"), columns, rows, foot))
