"""People safe, in the report of a campaign: how many in which quarter, who counted and who approved."""

from django.utils.translation import gettext as _

from campaigns import counting_safe
from campaigns.counting_safe import Quarter, Status
from campaigns.models import Campaign, SafeCount
from web.office.reports import quartering, tabling
from web.office.reports.tabling import Cell, Column, Figure, Section, Table


def figures(found: Campaign, counts: list[SafeCount]) -> list[Figure]:
    """This function will return how many are safe by what two people said; nothing where nobody said anything."""
    counted = counting_safe.counted(counts)
    if not counted:
        return []
    until = _("until the end of %(quarter)s") % {"quarter": quartering.said(counted[0].first)}
    opens = tabling.address("report_safe", found.slug)
    return [Figure(_("People safe"), tabling.number(counting_safe.total(counts), opens=opens, note=until))]


def section(found: Campaign, counts: list[SafeCount]) -> Section:
    """This function will return what counts for each quarter, or honestly that nothing does yet."""
    opens = tabling.address("report_safe", found.slug)
    rows = [_row(one, opens=opens) for one in counting_safe.counted(counts)]
    foot = [
        tabling.words(_("Together")),
        tabling.number(counting_safe.total(counts), opens=opens),
        tabling.nothing(),
        tabling.nothing(),
    ]
    columns = [
        Column(_("Quarter")),
        Column(_("People"), True),
        Column(_("Counted by")),
        Column(_("Approved by")),
    ]
    empty = _(
        "No count of people who are safe has been approved yet. This says nothing of how many there are."
    )
    if any(one.status == Status.PROPOSED for one in counts):
        empty = _("A count waits for a second person; until then nothing is shown.")
    lead = _(
        "How many in a quarter, no sooner than thirty days after it, counted by one colleague and approved by "
        "another. No names, places, ways or days are kept."
    )
    return Section(_("People safe"), Table("safe", _("People safe"), columns, rows, foot, empty), lead=lead)


def _row(one: Quarter, *, opens: str) -> list[Cell]:
    count = one.count
    return [
        tabling.words(quartering.said(one.first), opens=opens),
        tabling.number(one.people),
        tabling.words(count.proposed_by.name),
        tabling.words(
            count.decided_by.name if count.decided_by else "",
            note=count.decided_at.date().isoformat() if count.decided_at else "",
        ),
    ]
