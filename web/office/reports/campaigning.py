"""Campaigns: what each brought, and of one what came by month and code, and the units it pays for."""

from datetime import date

from django.utils.translation import gettext as _

from campaigns import counting_safe
from campaigns.models import Campaign
from ledger.money import Money
from reports.answers import asking, campaigning, returning
from reports.answers.asking import Asked
from reports.answers.campaigning import Raised, Units
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import appealing, opening, tabling, telling_safe
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table
from web.templatetags import office

SHOWN = 10
MONTHS = 24


def campaigns(reader: Reader) -> Page:
    """This function will return every campaign that was given to in a currency."""
    asked = reader.asked
    found = campaigning.all_raised(asked)
    raised = Money(sum(one.raised.minor for one in found), asked.currency)
    shown = sorted(found, key=lambda one: -one.raised.minor)[:SHOWN]
    safe = counting_safe.totals()
    table = Table(
        "campaigns",
        _("Campaigns"),
        [
            Column(_("Campaign")),
            Column(_("Raised"), True, asked.currency),
            Column(_("Of its goal"), True, "%"),
            Column(_("Gifts"), True),
            Column(_("Givers"), True),
            Column(_("Average gift"), True, asked.currency),
            Column(_("Went back"), True, asked.currency),
            Column(_("People safe"), True),
        ],
        [_campaign(reader, one, safe=safe.get(one.campaign.pk)) for one in found],
        [
            tabling.words(_("Together")),
            tabling.amount(raised),
            tabling.nothing(),
            tabling.number(sum(one.gifts for one in found)),
            tabling.nothing(),
            tabling.nothing(),
            tabling.amount(Money(sum(one.back.minor for one in found), asked.currency)),
            tabling.number(sum(safe.get(one.campaign.pk, 0) for one in found) if safe else None),
        ],
        _("No campaign was given to in this currency."),
    )
    return Page(
        figures=[Figure(_("Raised"), tabling.amount(raised))],
        sections=[Section(_("Campaigns"), table, _campaigns_chart(asked, shown), _how())],
    )


def _campaigns_chart(asked: Asked, shown: list[Raised]) -> str:
    return picturing.lying(
        Plot(
            key="campaigns",
            title=_("Raised by each campaign"),
            description=_("A bar for each campaign. The table below has the numbers."),
            labels=[office.titled(one.campaign) for one in shown],
            series=[Series("", [one.raised.minor for one in shown])],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
        )
    )


def _how() -> str:
    return _(
        "Raised is what the books hold, as the public page tells it: loose cash is in it, and a part of a gift that "
        "went to another fund is not. Gifts and givers are counted from gifts; a giver to two campaigns counts in each."
    )


def _campaign(reader: Reader, one: Raised, *, safe: int | None) -> list[Cell]:
    gifts = reader.opens(opening.gifts(reader.asked, campaign=one.campaign.slug))
    return [
        tabling.words(
            office.titled(one.campaign), opens=tabling.address("report_campaign", one.campaign.slug)
        ),
        tabling.amount(one.raised, opens=gifts),
        tabling.percent(one.percent) if one.percent is not None else tabling.nothing(),
        tabling.number(one.gifts, opens=_gifts(reader, one)),
        tabling.number(one.donors, opens=_givers(reader, one)),
        tabling.amount(one.average),
        tabling.amount(one.back),
        tabling.nothing()
        if safe is None
        else tabling.number(safe, opens=tabling.address("report_safe", one.campaign.slug)),
    ]


def _givers(reader: Reader, one: Raised) -> str:
    asked = Asked(reader.asked.today, one.raised.currency, reader.asked.year, "", one.campaign.slug)
    return reader.opens(opening.givers(asked, "ever"))


def campaign(reader: Reader, found: Campaign) -> Page:
    """This function will return everything about one campaign."""
    currency = reader.query.get("currency") or found.currency
    asked = Asked(reader.asked.today, currency, reader.asked.year, "", found.slug)
    brought = campaigning.raised(asked, campaign=found)
    units = campaigning.units(campaign=found, day=asked.today)
    sections = [_currencies(reader, brought), _months(reader, asked), _codes(reader, asked)]
    counts = list(found.safe_counts.select_related("proposed_by", "decided_by"))
    if units is not None or counts:
        sections.append(telling_safe.section(found, counts))
    if units is not None:
        sections += [_units(units), _costs(units)]
    return Page(
        figures=[*_figures(reader, found, brought), *telling_safe.figures(found, counts)],
        sections=sections,
        ways=[
            (_("Regular gifts to it"), opening.report("monthly", asked)),
            (_("All campaigns"), opening.report("campaigns", reader.asked)),
        ],
    )


def _figures(reader: Reader, found: Campaign, brought: list[Raised]) -> list[Figure]:
    told = []
    for one in brought or []:
        note = _("%(percent)s%% of %(goal)s") % {
            "percent": one.percent,
            "goal": found.goal.shown(reader.language) if found.goal else "",
        }
        asked = Asked(reader.asked.today, one.raised.currency, reader.asked.year)
        told.append(
            Figure(
                _("Raised"),
                tabling.amount(
                    one.raised,
                    opens=reader.opens(opening.gifts(asked, campaign=found.slug)),
                    note=note if one.percent is not None else "",
                ),
            )
        )
    for givers, monthly in campaigning.standing(campaign=found):
        told.append(
            Figure(
                _("Regular gifts, each month"),
                tabling.amount(monthly, note=_("givers: %(count)s") % {"count": givers}),
            )
        )
    return told  # fmt: skip


def _currencies(reader: Reader, brought: list[Raised]) -> Section:
    rows = [
        [
            tabling.words(one.raised.currency),
            tabling.amount(one.raised),
            tabling.number(one.gifts, opens=_gifts(reader, one)),
            tabling.number(one.donors, opens=_givers(reader, one)),
            tabling.amount(one.average),
            tabling.amount(one.given),
            tabling.amount(one.back),
        ]
        for one in brought
    ]
    columns = [
        Column(_("Currency")),
        Column(_("Raised"), True),
        Column(_("Gifts"), True),
        Column(_("Givers"), True),
        Column(_("Average gift"), True),
        Column(_("Given"), True),
        Column(_("Went back"), True),
    ]
    return Section(
        _("What it brought"),
        Table("raised", _("What it brought"), columns, rows, empty=_("Nothing was given to it yet.")),
        lead=_how(),
    )


def _gifts(reader: Reader, one: Raised) -> str:
    asked = Asked(reader.asked.today, one.raised.currency, reader.asked.year, "", one.campaign.slug)
    return reader.opens(opening.gifts(asked, stays="on"))


def _months(reader: Reader, asked: Asked) -> Section:
    kept = campaigning.booked_by_month(slug=asked.campaign, currency=asked.currency)
    last = asked.today.replace(day=1)
    months = [asking.month_after(last, -number) for number in reversed(range(MONTHS))]
    earlier = [month for month in kept if month < months[0]]
    nothing = Money(0, asked.currency)
    rows = [
        [
            tabling.month(month),
            tabling.amount(
                kept.get(month, nothing), opens=reader.opens(opening.gifts(asked, asking.month_of(month)))
            ),
        ]
        for month in reversed(months)
    ]
    if earlier:
        before = Money(sum(kept[month].minor for month in earlier), asked.currency)
        rows.append([tabling.words(_("Before")), tabling.amount(before)])
    together = Money(sum(one.minor for one in kept.values()), asked.currency)
    return Section(
        _("By month"),
        Table(
            "months",
            _("By month"),
            [Column(_("Month")), Column(_("Raised"), True, asked.currency)],
            rows,
            [tabling.words(_("Together")), tabling.amount(together)],
        ),
        _months_chart(asked, months, kept),
        _("By the month the books have it in."),
    )


def _months_chart(asked: Asked, months: list[date], kept: dict[date, Money]) -> str:
    return picturing.bars(
        Plot(
            key="months",
            title=_("Raised by month"),
            description=_("A bar for each of the last twenty-four months. The table below has the numbers."),
            labels=[saying.month(month) for month in months],
            series=[Series("", [kept[month].minor if month in kept else 0 for month in months])],
            write=saying.amounts(asked.currency),
            short=saying.short_amounts(asked.currency),
            brief=[f"{month.year % 100}/{month.month}" for month in months],
        )
    )


def _codes(reader: Reader, asked: Asked) -> Section:
    found = returning.ever_by_code(asked)
    rows = [
        [
            appealing.named(one),
            appealing.counted(reader, one, asked=asked),
            tabling.number(one.donors) if one.code else tabling.nothing(),
            tabling.number(one.new) if one.code else tabling.nothing(),
            tabling.amount(one.kept),
        ]
        for one in found
    ]
    return Section(
        _("By link and code"),
        Table(
            "codes",
            _("By link and code"),
            [
                Column(_("Code")),
                Column(_("Gifts"), True),
                Column(_("Givers"), True),
                Column(_("New givers"), True),
                Column(_("Left of it"), True, asked.currency),
            ],
            rows,
            [
                tabling.words(_("Together")),
                tabling.number(sum(one.gifts for one in found)),
                tabling.nothing(),
                tabling.number(sum(one.new or 0 for one in found)),
                tabling.amount(Money(sum(one.kept.minor for one in found), asked.currency)),
            ],
            _("Nothing was given to it yet."),
        ),
        lead=_("Since the campaign began. New givers are those whose first gift to it came by the code."),
    )


def _units(units: Units) -> Section:
    rows = [
        [
            tabling.words(_("Funded")),
            tabling.number(units.groups_funded),
            tabling.number(units.people_funded),
            tabling.amount(units.taken),
        ],
        [
            tabling.words(_("Waiting")),
            tabling.number(units.groups_open),
            tabling.number(units.people_open),
            tabling.amount(units.needed),
        ],
    ]
    foot = [
        tabling.words(_("Together")),
        tabling.number(units.groups_funded + units.groups_open),
        tabling.number(units.people_funded + units.people_open),
        tabling.nothing(),
    ]
    columns = [
        Column(_("Groups")),
        Column(_("Groups"), True),
        Column(_("People"), True),
        Column(_("Took or needs"), True, units.taken.currency),
    ]
    return Section(
        _("Units"),
        Table("units", _("Units"), columns, rows, foot),
        lead=_(
            "Groups are numbers only. Those who wait need the cost of today; those funded took what it was then."
        ),
    )


def _costs(units: Units) -> Section:
    chart = picturing.bars(
        Plot(
            key="costs",
            title=_("The cost of one unit"),
            description=_("A bar for each cost that was set. The table below has the numbers."),
            labels=[cost.effective_from.isoformat() for cost in units.costs],
            series=[Series(_("Cost"), [cost.amount_minor for cost in units.costs])],
            write=saying.amounts(units.taken.currency),
            short=saying.short_amounts(units.taken.currency),
        )
    )
    rows = [
        [
            tabling.day(cost.effective_from),
            tabling.amount(cost.amount),
            tabling.day(cost.checked_on),
            tabling.words(cost.checked_by),
            tabling.words(cost.source_note),
        ]
        for cost in reversed(units.costs)
    ]
    columns = [
        Column(_("From")),
        Column(_("Cost"), True, units.taken.currency),
        Column(_("Checked on")),
        Column(_("Checked by")),
        Column(_("From where")),
    ]
    return Section(_("What a unit cost"), Table("costs", _("What a unit cost"), columns, rows), chart)
