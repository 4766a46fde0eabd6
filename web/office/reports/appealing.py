"""Appeals: what came by each link, code and letter in a year, and what each brought for what was spent on it."""

from django.utils.translation import gettext as _

from ledger.money import Money
from reports.answers import comparing as answers
from reports.answers import returning
from reports.answers.asking import Asked, Span
from reports.answers.returning import Earned, Return
from web.charts import picturing, saying
from web.charts.plotting import Plot, Series
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table

SHOWN = 10


def appeals(reader: Reader) -> Page:
    """This function will return what came by each code in a year, and what each brought for its cost in all years."""
    asked = reader.asked
    found = returning.by_code(asked)
    coded = [one for one in found if one.code]
    earned = returning.earned(asked)
    kept = Money(sum(one.kept.minor for one in coded), asked.currency)
    everything = Money(sum(one.kept.minor for one in found), asked.currency)
    words = _("What came by each code")
    return Page(
        figures=[
            Figure(_("Came by a code"), tabling.amount(kept)),
            Figure(
                _("Of everything"),
                tabling.permille(kept.minor * 1000 // everything.minor if everything else None),
            ),
            *_for_all_costs(asked, earned),
        ],
        sections=[
            Section(words, _codes(reader, found), _chart(asked, coded)),
            Section(_("What came for what was spent"), _earned(reader, earned), lead=_how()),
        ],
        notes=comparing.notes(asked, is_compared=False),
        ways=[
            (_("Costs of appeals"), tabling.address("appeal_costs")),
            (_("Links and QR"), tabling.address("links")),
        ],
    )


def _chart(asked: Asked, coded: list[Return]) -> str:
    return picturing.lying(
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
            tabling.number(sum(one.new or 0 for one in found)),
            tabling.amount(Money(sum(one.given.minor for one in found), asked.currency)),
            tabling.amount(kept),
            tabling.nothing(),
        ],
        _("Nothing was given in these days."),
    )


def named(one: Return) -> Cell:
    """This function will return what a code is called."""
    return tabling.words(one.name or one.code or _("No code"), note=one.code if one.name else "")


def counted(reader: Reader, one: Return, *, asked: Asked, span: Span | None = None) -> Cell:
    """This function will return how many gifts came by a code, which open the list of them."""
    opens = opening.gifts(asked, span, source=one.code or opening.NONE, stays="on")
    return tabling.number(one.gifts, opens=reader.opens(opens))


def _code(reader: Reader, one: Return) -> list[Cell]:
    asked = reader.asked
    opens = reader.opens(opening.gifts(asked, asked.span, source=one.code or opening.NONE))
    return [
        named(one),
        counted(reader, one, asked=asked, span=asked.span),
        tabling.number(one.donors) if one.code else tabling.nothing(),
        tabling.number(one.new) if one.code else tabling.nothing(),
        tabling.amount(one.given, opens=opens),
        tabling.amount(one.kept, opens=opens),
        tabling.amount(answers.averaged(one.kept, one.gifts)),
    ]


def _for_all_costs(asked: Asked, earned: list[Earned]) -> list[Figure]:
    """Of the codes anything was spent on, all years together; nothing where no cost is written down."""
    if not earned:
        return []
    together = _together(asked, earned)
    return [
        Figure(_("Spent on appeals, all years"), tabling.amount(together.cost)),
        Figure(_("Came for a hundred spent"), tabling.number(together.percent)),
        Figure(_("Cost of a new giver"), tabling.amount(together.per_new)),
    ]


def _together(asked: Asked, earned: list[Earned]) -> Earned:
    def sum_of(name: str) -> Money:
        return Money(sum(getattr(one, name).minor for one in earned), asked.currency)

    return Earned(
        code="",
        name=_("Together"),
        campaign="",
        gifts=sum(one.gifts for one in earned),
        donors=None,
        new=sum(one.new or 0 for one in earned),
        given=sum_of("given"),
        back=sum_of("back"),
        cost=sum_of("cost"),
    )


def _how() -> str:
    return _(
        "All years together, because a letter of November brings gifts in January. Only codes that something was "
        "spent on, and only what was spent in this currency."
    )


def _earned(reader: Reader, earned: list[Earned]) -> Table:
    asked = reader.asked
    columns = [
        Column(_("Code")),
        Column(_("Spent"), True, asked.currency),
        Column(_("Gifts"), True),
        Column(_("Left of it"), True, asked.currency),
        Column(_("After its cost"), True, asked.currency),
        Column(_("For a hundred spent"), True),
        Column(_("Givers"), True),
        Column(_("New givers"), True),
        Column(_("Cost of a new giver"), True, asked.currency),
    ]
    rows = [_line(reader, one) for one in earned]
    foot = _line(reader, _together(asked, earned)) if earned else []
    empty = _(
        "No cost of an appeal is written down in this currency yet: write down what letters cost, under Costs."
    )
    return Table("returns", _("What came for what was spent"), columns, rows, foot, empty)


def _line(reader: Reader, one: Earned) -> list[Cell]:
    asked = reader.asked
    is_code = bool(one.code)
    gifts = reader.opens(opening.gifts(asked, source=one.code)) if is_code else ""
    costs = tabling.address("appeal_costs", code=one.code)
    return [
        named(one),
        tabling.amount(one.cost, opens=costs),
        counted(reader, one, asked=asked) if is_code else tabling.number(one.gifts),
        tabling.amount(one.kept, opens=gifts),
        tabling.amount(one.left),
        tabling.number(one.percent),
        tabling.number(one.donors) if is_code else tabling.nothing(),
        tabling.number(one.new),
        tabling.amount(one.per_new),
    ]
