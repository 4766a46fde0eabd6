"""Givers: who gave last year but not this, who is new, who came back, who gives more or less, who gave most."""

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ledger.money import Money
from reports.answers import grouping
from reports.answers.grouping import Giver, Sums
from web.office.reports import comparing, opening, tabling
from web.office.reports.reading import Reader
from web.office.reports.tabling import Cell, Column, Figure, Page, Section, Table

WORDS: dict[str, str | Promise] = {
    "gave": gettext_lazy("Gave in the year"),
    "lybunt": gettext_lazy("Gave last year, not this year"),
    "sybunt": gettext_lazy("Gave some year, not this year"),
    "lapsed": gettext_lazy("Gave before last year, not since"),
    "new": gettext_lazy("Gave for the first time"),
    "regained": gettext_lazy("Came back after a break"),
    "stayed": gettext_lazy("Gave last year and this year"),
    "more": gettext_lazy("Gave more than last year"),
    "same": gettext_lazy("Gave as much as last year"),
    "less": gettext_lazy("Gave less than last year"),
    "cohort": gettext_lazy("Began in one year and gave in this"),
    "ever": gettext_lazy("Gave in any year"),
}


def lybunt(reader: Reader) -> Page:
    """This function will return who gave last year and has not given this year."""
    return _page(reader, "lybunt")


def sybunt(reader: Reader) -> Page:
    """This function will return who gave in some year and has not given this year."""
    return _page(reader, "sybunt")


def givers(reader: Reader) -> Page:
    """This function will return any group of givers, as the numbers of other reports open it."""
    return _page(reader, reader.told.get("group") or "gave", first=reader.told.get("first"))


def first_time(reader: Reader) -> Page:
    """This function will return who gave for the first time, and beside them how many are gone."""
    return _page(reader, "new")


def top(reader: Reader) -> Page:
    """This function will return who gave most in the year, and what share of all that is."""
    return _page(reader, "gave")


def _page(reader: Reader, group: str, *, first: int | None = None) -> Page:
    asked = reader.asked
    if group == "cohort" and first is None:
        group = "gave"
    sums = grouping.sums(asked, group=group, first=first)
    try:
        found = grouping.page(
            asked,
            group=group,
            first=first,
            after=reader.after,
            size=None if reader.is_file else grouping.SIZE,
        )
    except grouping.NoSuchCursor as error:
        raise Http404("no such page") from error
    table = _table(reader, group, found.rows, sums)
    return Page(
        figures=_figures(reader, group, sums),
        sections=[Section(_("Givers"), _with_older(table, found.older), lead=_lead(group, first))],
        notes=comparing.notes(asked, is_compared=False),
        ways=_ways(reader, group),
    )


def _with_older(table: Table, older: str) -> Table:
    return Table(
        table.key, table.words, table.columns, table.rows, table.foot, table.empty, older, table.look
    )


def _lead(group: str, first: int | None) -> str:
    if group == "cohort":
        return _("Those who gave for the first time in %(first)s.") % {"first": first}
    if group in {"lybunt", "sybunt", "lapsed"}:
        return _("Those of the newest year first, the largest of them on top. Who was merged is one giver.")
    return _("The largest first, by what is kept of the year. Who was merged is one giver.")


def _figures(reader: Reader, group: str, sums: Sums) -> list[Figure]:
    asked = reader.asked
    told = [Figure(_("Givers"), tabling.number(sums.donors))]
    if group in grouping.MISSING:
        told.append(Figure(_("They gave last year"), tabling.amount(sums.last)))
        if group != "lybunt":
            told.append(Figure(_("In the newest year of each"), tabling.amount(sums.latest)))
        return told
    told.append(Figure(_("They gave in %(year)s") % {"year": asked.year}, tabling.amount(sums.now)))
    if group not in {"new"}:
        told.append(Figure(_("They gave last year"), tabling.amount(sums.last)))
    if group == "gave" and sums.now.minor > 0:
        told.append(_largest(reader, sums.now))
    return told


def _largest(reader: Reader, everything: Money) -> Figure:
    """What the ten largest givers are of everything."""
    ten = grouping.page(reader.asked, group="gave", size=10).rows
    kept = sum(one.now.minor for one in ten)
    return Figure(_("Share of the ten largest"), tabling.permille(kept * 1000 // everything.minor))


def _ways(reader: Reader, group: str) -> list[tuple[str | Promise, str]]:
    asked = reader.asked
    near = {
        "lybunt": ("sybunt", "lapsed", "regained"),
        "sybunt": ("lybunt", "lapsed", "regained"),
        "new": ("regained", "lybunt", "stayed"),
        "gave": ("new", "stayed", "ever"),
    }
    return [
        (WORDS[other], opening.givers(asked, other)) for other in near.get(group, ("gave", "lybunt", "new"))
    ]


def _table(reader: Reader, group: str, rows: list[Giver], sums: Sums) -> Table:
    asked = reader.asked
    is_missing = group in grouping.MISSING
    columns = [
        Column(_("Giver")),
        Column(_("Newest year") if is_missing else str(asked.year), True, asked.currency),
        Column(_("The year before"), True, asked.currency),
        Column(_("In all years"), True, asked.currency),
        Column(_("Newest gift")),
        Column(_("Since")),
        Column(_("Can be written to")),
    ]
    foot = [
        tabling.words(_("All %(count)s givers") % {"count": f"{sums.donors:,}"}),
        tabling.amount(sums.latest),
        tabling.amount(sums.last),
        tabling.nothing(),
        tabling.nothing(),
        tabling.nothing(),
        tabling.nothing(),
    ]
    if is_missing:
        columns[2] = Column(_("Of this last year"), True, asked.currency)
    return Table(
        "givers",
        WORDS[group],
        columns,
        [_row(reader, one) for one in rows],
        foot if sums.donors else (),
        _("Nobody is in this list: for these days and this filter that is good to know."),
        look="givers",
    )


def _row(reader: Reader, one: Giver) -> list[Cell]:
    gifts = opening.gifts(reader.asked, donor=one.id)
    name = f"{one.name} ({one.local_name})" if one.local_name and one.local_name != one.name else one.name
    return [
        tabling.words(name, opens=tabling.address("donor", one.id)),
        tabling.amount(one.latest, opens=gifts, note=str(one.latest_year)),
        tabling.amount(one.last) if one.last else tabling.nothing(),
        tabling.amount(one.ever, opens=gifts),
        tabling.day(one.latest_on),
        tabling.words(str(one.first_year)),
        tabling.words(_("Yes") if one.is_reachable else _("No")),
    ]
