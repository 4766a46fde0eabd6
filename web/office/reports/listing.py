"""Listing: which reports there are, what each may be asked, and who may see it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django import forms
from django.core.validators import MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.answers import changing_since, grouping
from staff.models import Role
from web.office.filtering import ANY
from web.office.reports import (
    appealing,
    banding,
    campaigning,
    comparing,
    papering,
    renewing,
    retaining,
)
from web.office.reports import (
    grouping as givers,
)
from web.office.reports.reading import Reader
from web.office.reports.tabling import Page

SUMS = (Role.VIEWER, Role.FINANCE, Role.APPROVER)
"""Who may see sums; names of givers only those below."""
NAMES = (Role.FINANCE, Role.APPROVER)
YEARLY = ("entity", "currency", "year", "basis", "campaign")
Fields = Callable[[], dict[str, forms.Field]]


def _none() -> dict[str, forms.Field]:
    return {}


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its address is below `reports/<slug>/`, and its name there `report_<name>`."""

    name: str
    slug: str
    words: str | Promise
    sentence: str | Promise
    build: Callable[[Reader], Page]
    wants: tuple[str, ...] = YEARLY
    admits: tuple[Role, ...] = SUMS
    more: Fields = field(default=_none)


def _group() -> dict[str, forms.Field]:
    return {
        "group": forms.ChoiceField(
            label=_("Who"), required=False, choices=[(key, givers.WORDS[key]) for key in grouping.GROUPS]
        ),
        "first": forms.IntegerField(
            required=False, min_value=1900, max_value=2200, widget=forms.HiddenInput()
        ),
    }


def _moment() -> dict[str, forms.Field]:
    kinds = [(kind, papering.CHANGES[kind]) for kind in changing_since.KINDS]
    return {
        "since": forms.DateField(
            label=_("Since"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            validators=[MinValueValidator(date(1990, 1, 1))],
        ),
        "kind": forms.ChoiceField(label=_("What"), required=False, choices=[ANY, *kinds]),
        "export": forms.CharField(required=False, max_length=60, widget=forms.HiddenInput()),
    }


_STANDING = ("entity", "currency", "campaign")
GROUPS: tuple[tuple[str | Promise, tuple[Report, ...]], ...] = (
    (
        _("What came in"),
        (
            Report(
                "year",
                "year",
                _("The year"),
                _("This year beside the last: by month, campaign and fund."),
                comparing.page,
            ),
            Report(
                "campaigns",
                "campaigns",
                _("Campaigns"),
                _("What each campaign raised, its gifts and givers."),
                campaigning.campaigns,
                wants=("currency",),
            ),
            Report(
                "sizes",
                "sizes",
                _("Sizes of gifts"),
                _("How many gifts of which size, and what they come to."),
                banding.sizes,
            ),
            Report(
                "appeals",
                "appeals",
                _("Links and letters"),
                _("What came by each link, code and letter, and for its cost."),
                appealing.appeals,
            ),
        ),
    ),
    (
        _("Who gives"),
        (
            Report(
                "lybunt",
                "lybunt",
                _("Last year, not this year"),
                _("LYBUNT: who gave last year and has not given yet."),
                givers.lybunt,
                admits=NAMES,
            ),
            Report(
                "sybunt",
                "sybunt",
                _("Some year, not this year"),
                _("SYBUNT: who gave in some year and has not given yet."),
                givers.sybunt,
                admits=NAMES,
            ),
            Report(
                "retention",
                "retention",
                _("Retention"),
                _("How many give again, and by the year they began in."),
                retaining.retention,
            ),
            Report(
                "changes",
                "changes",
                _("More and less"),
                _("Who gave more, less, came back or is new, and what it comes to."),
                retaining.changes,
            ),
            Report(
                "new",
                "first-time",
                _("First-time givers"),
                _("Who gave for the first time this year."),
                givers.first_time,
                admits=NAMES,
            ),
            Report(
                "top",
                "top",
                _("Largest givers"),
                _("Who gave most in the year, and what share of all that is."),
                givers.top,
                admits=NAMES,
            ),
            Report(
                "givers",
                "givers",
                _("Groups of givers"),
                _("Any of these groups, with every name in it."),
                givers.givers,
                admits=NAMES,
                more=_group,
            ),
        ),
    ),
    (
        _("What will come"),
        (
            Report(
                "monthly",
                "monthly",
                _("Recurring health"),
                _("Regular gifts: active, failing, ended and why, cards that end."),
                renewing.health,
                wants=_STANDING,
            ),
            Report(
                "forecast",
                "forecast",
                _("Forecast"),
                _("What regular gifts and promises should bring in twelve months."),
                renewing.forecast,
                wants=_STANDING,
            ),
        ),
    ),
    (
        _("What to look after"),
        (
            Report(
                "unreceipted",
                "unreceipted",
                _("On no receipt"),
                _("Gifts that stand on no receipt, and why."),
                papering.unreceipted,
            ),
            Report(
                "since",
                "since",
                _("Since an export"),
                _("What was written down after a file left the house."),
                papering.since,
                wants=("entity",),
                admits=NAMES,
                more=_moment,
            ),
        ),
    ),
)
REPORTS = {report.name: report for _words, reports in GROUPS for report in reports}
