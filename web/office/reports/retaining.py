"""Retention: how many give again, year by year and by the year they began in, and what changed since last year."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.answers import retaining
from reports.answers.asking import Asked
from reports.answers.retaining import Change, Cohort, Retained
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table

KINDS = {
    "new": gettext_lazy("New givers"),
    "regained": gettext_lazy("Again after a break"),
    "more": gettext_lazy("Gave more"),
    "same": gettext_lazy("Gave the same"),
    "less": gettext_lazy("Gave less"),
    "lybunt": gettext_lazy("Gave last year, not this year"),
}
SHORT = {"lybunt": gettext_lazy("Not yet")}


def retention(reader: Reader) -> Page:
    """This function will return how many give again, and the cohorts."""
    asked = reader.asked
    years = retaining.retention(asked)
    this = next(one for one in years if one.year == asked.year)
    notes = comparing.notes(asked, is_compared=False)
    if not asked.is_over:
        notes.append(
            _("Who has not given yet may still do so: the last year here is never comparable before it ends.")
        )
    return Page(
        figures=[
            Figure(_("Gave last year and this"), tabling.permille(this.permille)),
            Figure(
                _("Givers"), tabling.number(this.donors, opens=reader.opens(opening.givers(asked, "gave")))
            ),
            Figure(
                _("New givers"), tabling.number(this.new, opens=reader.opens(opening.givers(asked, "new")))
            ),
        ],
        sections=[_years(reader, years), _cohorts(reader)],
        notes=notes,
        ways=[(_("More and less"), opening.report("changes", asked))],
    )


def _years(reader: Reader, years: list[Retained]) -> Section:
    chart = picturing.lines(
        Plot(
            key="retention",
            title=_("Of those who gave the year before, how many gave again"),
            description=_("One line over the years, in percent. The table below has the numbers."),
            labels=[str(one.year) for one in years],
            series=[Series(_("Gave again"), [one.permille for one in years])],
            write=saying.percents(),
            short=saying.percents(),
        )
    )
    return Section(
        _("Year by year"),
        Table(
            "retention",
            _("Year by year"),
            [
                Column(_("Year")),
                Column(_("Givers"), True),
                Column(_("Gave the year before"), True),
                Column(_("Of these gave again"), True),
                Column(_("Share"), True, "%"),
                Column(_("New givers"), True),
                Column(_("Again after a break"), True),
            ],
            [_year(reader, one) for one in reversed(years)],
        ),
        chart,
    )


def _year(reader: Reader, one: Retained) -> list[Cell]:
    def group(name: str, year: int = one.year) -> str:
        return reader.opens(opening.givers(reader.asked, name, year=year))

    return [
        tabling.words(str(one.year)),
        tabling.number(one.donors, opens=group("gave")),
        tabling.number(one.before, opens=group("gave", one.year - 1)),
        tabling.number(one.stayed, opens=group("stayed")),
        tabling.permille(one.permille),
        tabling.number(one.new, opens=group("new")),
        tabling.number(one.regained, opens=group("regained")),
    ]


def _cohorts(reader: Reader) -> Section:
    """A table whose cells are darker the more are left; the number stands in each, so no color is needed."""
    cohorts = retaining.cohorts(reader.asked)
    years = range(min((one.first for one in cohorts), default=reader.asked.year), reader.asked.year + 1)
    return Section(
        _("By the year they began in"),
        Table(
            "cohorts",
            _("By the year they began in"),
            [
                Column(_("Began in")),
                Column(_("Givers"), True),
                *(Column(str(year), True, "%") for year in years),
            ],
            [_cohort(reader, one, years) for one in cohorts],
            empty=_("Nobody has given yet."),
            look="heat",
        ),
        lead=_("Of a hundred who gave for the first time in a year, how many gave in each later one."),
    )


def _cohort(reader: Reader, cohort: Cohort, years: range) -> list[Cell]:
    asked = reader.asked
    cells = [
        tabling.words(str(cohort.first)),
        tabling.number(cohort.size, opens=reader.opens(opening.givers(asked, "new", year=cohort.first))),
    ]
    for year in years:
        if year < cohort.first:
            cells.append(tabling.nothing())
            continue
        share = cohort.percent(year) or 0
        opens = opening.givers(asked, "cohort", year=year, first=cohort.first)
        cells.append(tabling.percent(share, opens=reader.opens(opens), look=f"heat-{min(share, 99) // 10}"))
    return cells


def changes(reader: Reader) -> Page:
    """This function will return who gave more and who less, and what all that comes to."""
    asked = reader.asked
    found = retaining.changes(asked)
    told = {one.kind: one for one in found}
    return Page(
        figures=[
            Figure(_("Gave more"), tabling.number(told["more"].donors, opens=_opens(reader, "more"))),
            Figure(_("Gave less"), tabling.number(told["less"].donors, opens=_opens(reader, "less"))),
            Figure(
                _("Not yet this year"), tabling.number(told["lybunt"].donors, opens=_opens(reader, "lybunt"))
            ),
        ],
        sections=[_changes(reader, found)],
        notes=[*comparing.notes(asked, is_compared=False), *_unfair(asked)],
        ways=[(_("Retention"), opening.report("retention", asked))],
    )


def _unfair(asked: Asked) -> list[str]:
    if asked.is_over:
        return []
    return [
        _(
            "Here the year so far stands beside the whole of last year: for a fair picture choose a year that is over."
        )
    ]


def _opens(reader: Reader, kind: str) -> str:
    return reader.opens(opening.givers(reader.asked, kind))


def _changes(reader: Reader, found: list[Change]) -> Section:
    asked = reader.asked
    rows = [
        [
            tabling.words(KINDS[one.kind]),
            tabling.number(one.donors, opens=_opens(reader, one.kind)),
            tabling.amount(one.last),
            tabling.amount(one.now),
            tabling.difference(one.now, one.last),
        ]
        for one in found
    ]
    now = sum((one.now for one in found[1:]), found[0].now)
    last = sum((one.last for one in found[1:]), found[0].last)
    return Section(
        _("What changed since last year"),
        Table(
            "changes",
            _("What changed since last year"),
            [
                Column(_("Givers who")),
                Column(_("Givers"), True),
                Column(str(asked.year - 1), True, asked.currency),
                Column(str(asked.year), True, asked.currency),
                Column(_("Change"), True, asked.currency),
            ],
            rows,
            [
                tabling.words(_("Together")),
                tabling.number(sum(one.donors for one in found)),
                tabling.amount(last),
                tabling.amount(now),
                tabling.difference(now, last),
            ],
        ),
        _changes_chart(asked, found),
    )


def _changes_chart(asked: Asked, found: list[Change]) -> str:
    return picturing.bars(
        Plot(
            key="changes",
            title=_("What changed since last year"),
            description=_(
                "A bar for each way giving changed: above the line what was won, below what was lost."
            ),
            labels=[str(SHORT.get(one.kind, KINDS[one.kind])) for one in found],
            series=[Series(_("Change"), [one.difference.minor for one in found])],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
            has_all_labels=True,
        )
    )
