"""Regular gifts: how they stand, which cards end, why they ended, and what they and promises should bring."""

from fractions import Fraction

from django.utils.translation import gettext as _

from ledger.money import Money
from reports.answers import asking, forecasting, renewing
from reports.answers.asking import Asked
from reports.answers.forecasting import Forecast
from reports.answers.renewing import Ending, Health, Month, State
from web import wording
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table


def health(reader: Reader) -> Page:
    """This function will return how the regular gifts of a currency stand today."""
    asked = reader.asked
    found = renewing.health(asked)
    active, failing, paused = (found.state(name) for name in renewing.STATES)
    cards = sum(one.plans for one in found.cards)
    return Page(
        figures=[
            Figure(_("Each month"), tabling.amount(active.monthly, opens=_opens(reader, active))),
            Figure(_("Active"), tabling.number(active.plans, opens=_opens(reader, active))),
            Figure(_("Failing"), tabling.number(failing.plans, opens=_opens(reader, failing))),
            Figure(_("Paused"), tabling.number(paused.plans, opens=_opens(reader, paused))),
            Figure(_("Cards that end soon"), tabling.number(cards, opens=_card_opens(reader, asked))),
        ],
        sections=[_states(reader, found), _months(reader, found), _endings(reader, found), _cards(reader, found)],
        ways=[(_("Forecast"), opening.report("forecast", asked))],
    )  # fmt: skip


def _opens(reader: Reader, one: State) -> str:
    return reader.opens(opening.plans(reader.asked, state=one.state))


def _card_opens(reader: Reader, asked: Asked) -> str:
    until = asking.month_after(asked.today.replace(day=1), renewing.CARDS_AHEAD)
    return reader.opens(opening.plans(asked, card_before=until.isoformat()))


def _states(reader: Reader, found: Health) -> Section:
    asked = reader.asked
    rows = [
        [
            tabling.words(wording.PLANS[one.state]),
            tabling.number(one.plans, opens=_opens(reader, one)),
            tabling.number(one.donors),
            tabling.amount(one.monthly),
        ]
        for one in found.states
    ]
    monthly = Money(sum(one.monthly.minor for one in found.states), asked.currency)
    return Section(
        _("How they stand"),
        Table(
            "states",
            _("How they stand"),
            [
                Column(_("State")),
                Column(_("Regular gifts"), True),
                Column(_("Givers"), True),
                Column(_("Each month"), True, asked.currency),
            ],
            rows,
            [
                tabling.words(_("Together")),
                tabling.number(sum(one.plans for one in found.states)),
                tabling.nothing(),
                tabling.amount(monthly),
            ],
        ),
        lead=_("What is given every quarter or year counts with its part of a month."),
    )


def _months(reader: Reader, found: Health) -> Section:
    rows = [
        [
            tabling.month(one.first),
            tabling.number(one.began),
            tabling.number(one.ended),
            tabling.number(one.standing),
        ]
        for one in found.months
    ]
    line = picturing.spark([one.standing for one in found.months])
    return Section(
        _("Month by month"),
        Table(
            "moves",
            _("Month by month"),
            [
                Column(_("Month")),
                Column(_("Began"), True),
                Column(_("Ended"), True),
                Column(_("Stood at its end"), True),
            ],
            rows,
            [
                tabling.words(_("Twelve months")),
                tabling.number(sum(one.began for one in found.months)),
                tabling.number(sum(one.ended for one in found.months)),
                Cell(
                    found.months[-1].standing, f"{found.months[-1].standing:,}", is_number=True, picture=line
                ),
            ],
        ),
        _moves_chart(found.months),
    )


def _moves_chart(months: list[Month]) -> str:
    return picturing.bars(
        Plot(
            key="moves",
            title=_("Began and ended, month by month"),
            description=_("Two bars for each month. The table below has the numbers."),
            labels=[saying.short_month(one.first) for one in months],
            series=[
                Series(_("Began"), [one.began for one in months]),
                Series(_("Ended"), [one.ended for one in months]),
            ],
            write=saying.counts(),
            short=saying.short_counts(),
        )
    )


def _endings(reader: Reader, found: Health) -> Section:
    asked = reader.asked
    rows = [
        [
            tabling.words(wording.ENDINGS.get(one.reason, _("Not known"))),
            tabling.number(
                one.plans,
                opens=reader.opens(
                    opening.plans(
                        asked, state="ended", reason=one.reason, ended_from=found.ended_from.isoformat()
                    )
                ),
            ),
            tabling.amount(one.monthly),
        ]
        for one in found.endings
    ]
    monthly = Money(sum(one.monthly.minor for one in found.endings), asked.currency)
    return Section(
        _("Why they ended"),
        Table(
            "endings",
            _("Why they ended"),
            [
                Column(_("Reason")),
                Column(_("Regular gifts"), True),
                Column(_("Each month"), True, asked.currency),
            ],
            rows,
            [
                tabling.words(_("Twelve months")),
                tabling.number(sum(one.plans for one in found.endings)),
                tabling.amount(monthly),
            ],
            _("No regular gift ended in twelve months."),
        ),
        _endings_chart(found.endings),
    )


def _endings_chart(endings: list[Ending]) -> str:
    return picturing.lying(
        Plot(
            key="endings",
            title=_("Why regular gifts ended"),
            description=_("A bar for each reason. The table below has the numbers."),
            labels=[str(wording.ENDINGS.get(one.reason, _("Not known"))) for one in endings],
            series=[Series("", [one.plans for one in endings])],
            write=saying.counts(),
            short=saying.short_counts(),
        )
    )


def _cards(reader: Reader, found: Health) -> Section:
    asked = reader.asked
    rows = []
    for one in found.cards:
        until = (
            asking.month_after(one.month) if one.month is not None else asked.today.replace(day=1)
        ).isoformat()
        since = one.month.isoformat() if one.month is not None else ""
        opens = reader.opens(opening.plans(asked, card_from=since, card_before=until))
        name = tabling.month(one.month) if one.month is not None else tabling.words(_("Ended already"))
        rows.append([name, tabling.number(one.plans, opens=opens), tabling.amount(one.monthly)])
    return Section(
        _("Cards that end"),
        Table(
            "cards",
            _("Cards that end"),
            [
                Column(_("Month")),
                Column(_("Regular gifts"), True),
                Column(_("Each month"), True, asked.currency),
            ],
            rows,
            empty=_("No card ends in the next three months."),
        ),
        lead=_("Most banks send the new card by themselves; these are worth a look when they fail."),
    )


def forecast(reader: Reader) -> Page:
    """This function will return what the next twelve months should bring."""
    found = forecasting.forecast(reader.asked)
    likely = Money(sum(one.likely.minor for one in found.months), reader.asked.currency)
    least, most = (
        Money(sum(getattr(one, name).minor for one in found.months), reader.asked.currency)
        for name in ("least", "most")
    )
    promised = Money(sum(one.promised.minor for one in found.months), reader.asked.currency)
    return Page(
        figures=[
            Figure(
                _("Of regular gifts in twelve months"),
                tabling.amount(
                    likely,
                    note=_("from %(least)s to %(most)s")
                    % {"least": least.shown(reader.language), "most": most.shown(reader.language)},
                ),
            ),
            Figure(_("Of promises"), tabling.amount(promised)),
            Figure(
                _("Promised and overdue"),
                tabling.amount(
                    found.overdue,
                    note=_("parts: %(count)s") % {"count": found.overdue_parts}
                    if found.overdue_parts
                    else "",
                ),
            ),
        ],
        sections=[_months_ahead(reader, found), _past(reader, found)],
        notes=_honest(found),
        ways=[(_("Recurring health"), opening.report("monthly", reader.asked))],
    )


def _honest(found: Forecast) -> list[str]:
    told = [_("Nothing is added for people who may yet begin to give.")]
    if found.quarters:
        told.append(
            _(
                "In the last twelve months %(failing)s of what was due never came, and %(leaving)s of regular gifts "
                "ended each month. The range goes from the worst quarter to the best."
            )
            % {"failing": _share(found.usual.failing), "leaving": _share(found.usual.leaving)}
        )
    else:
        told.append(_("There is no past to learn from yet: what stands here is only what is scheduled."))
    if found.unscheduled:
        told.append(
            _("Regular gifts without a next day, not counted here: %(count)s") % {"count": found.unscheduled}
        )
    return told


def _share(fraction: Fraction) -> str:
    return saying.share(fraction.numerator, fraction.denominator) or "0%"


def _months_ahead(reader: Reader, found: Forecast) -> Section:
    asked = reader.asked
    names = ("scheduled", "least", "likely", "most", "promised", "conditional", "together")
    rows = [
        [
            tabling.month(one.first),
            tabling.number(one.plans, opens=reader.opens(opening.plans(asked, state="active"))),
            *(tabling.amount(getattr(one, name)) for name in names),
        ]
        for one in found.months
    ]
    sums = [Money(sum(getattr(one, name).minor for one in found.months), asked.currency) for name in names]
    return Section(
        _("Month by month"),
        Table(
            "forecast",
            _("Month by month"),
            [
                Column(_("Month")),
                Column(_("Charges"), True),
                *(Column(words, True, asked.currency) for words in _ahead()),
            ],
            rows,
            [
                tabling.words(_("Twelve months")),
                tabling.number(sum(one.plans for one in found.months)),
                *(tabling.amount(one) for one in sums),
            ],
        ),
        _forecast_chart(asked, found.months),
    )


def _ahead() -> list[str]:
    return [
        _("Scheduled"),
        _("Least"),
        _("Likely"),
        _("Most"),
        _("Promises"),
        _("With a condition"),
        _("Likely and promises"),
    ]


def _forecast_chart(asked: Asked, months: list[forecasting.Month]) -> str:
    return picturing.lines(
        Plot(
            key="forecast",
            title=_("What the next twelve months should bring"),
            description=_(
                "Three lines: likely, least and most of regular gifts; a fourth for promises that fall due."
            ),
            labels=[saying.short_month(one.first) for one in months],
            series=[
                Series(_("Likely"), [one.likely.minor for one in months]),
                Series(_("Least"), [one.least.minor for one in months]),
                Series(_("Most"), [one.most.minor for one in months]),
                Series(_("Promises"), [one.promised.minor for one in months]),
            ],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
        )
    )


def _past(reader: Reader, found: Forecast) -> Section:
    rows = [
        [
            tabling.month(one.first),
            tabling.amount(one.collected),
            tabling.amount(one.missed),
            tabling.words(_share(one.failing) if one.failing is not None else "–"),
            tabling.number(one.stood),
            tabling.number(one.left),
            tabling.words(_share(one.leaving) if one.leaving is not None else "–"),
        ]
        for one in found.quarters
    ]
    return Section(
        _("What it is learned from"),
        Table(
            "past",
            _("What it is learned from"),
            [
                Column(_("Quarter from")),
                Column(_("Collected"), True, reader.asked.currency),
                Column(_("Never came"), True, reader.asked.currency),
                Column(_("Share")),
                Column(_("Stood"), True),
                Column(_("Ended"), True),
                Column(_("Each month")),
            ],
            rows,
            empty=_("There is no past to learn from yet: what stands here is only what is scheduled."),
        ),
    )
