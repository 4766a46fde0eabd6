"""Ordering: what happens when somebody wants a list as a file.

A small one streams at once, a large one becomes a job, and one that names many givers waits for a second person. Pages
and the API ask here, so that no door is wider than another.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from books import letting_out, scheduling
from books.models import ExportRequest, ExportSchedule
from jobs.models import Job
from reports import export_jobs
from reports.files import making
from reports.files.making import Format
from reports.lists import registering_lists, selecting
from reports.lists.selecting import Extent, Selection
from staff import auditing
from staff.models import User

AT_ONCE = 10_000
"""Rows that are streamed while somebody waits; more become a job."""


class NeedsSecondPerson(Exception):
    """The file would name more givers than one person may take alone; `extent` tells how many there are at least."""

    def __init__(self, extent: Extent) -> None:
        super().__init__("a second person must agree")
        self.extent = extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asked for, as plain words; no `columns` are all that may be seen."""

    listing: str
    form: Format = Format.CSV
    filters: Mapping[str, str] = field(default_factory=dict)
    columns: Sequence[str] = ()
    language: str = "en"
    with_mark: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What would leave and how much it is."""

    selection: Selection
    extent: Extent

    @property
    def needs_second(self) -> bool:
        return self.extent.givers > most_alone()

    @property
    def is_small(self) -> bool:
        return self.extent.rows <= AT_ONCE


def most_alone() -> int:
    """This function will return of how many givers one person may take the names alone."""
    return int(settings.EXPORT_GIVERS_ALONE)


def look(*, wanted: Wanted, reader: User) -> Looked:
    """Raises registering_lists.NoSuchList, selecting.UnknownColumn, selecting.NothingChosen (also for a list that is
    not theirs), declaring.UnreadableFilter.

    This function will return what the file would be.
    """
    listing = registering_lists.named(wanted.listing)
    chosen = selecting.select(
        listing=listing,
        columns=selecting.chosen(listing=listing, names=wanted.columns, reader=reader),
        asked=wanted.filters,
        language=wanted.language,
    )
    extent = selecting.extent(of=chosen, most_rows=AT_ONCE, most_givers=most_alone())
    return Looked(chosen, extent)


def stream(*, wanted: Wanted, looked: Looked, actor: User, now: datetime) -> Iterator[bytes]:
    """Begin a small file at once, written down before its first byte. Raises NeedsSecondPerson.

    This function will return its blocks.
    """
    if looked.needs_second:
        raise NeedsSecondPerson(looked.extent)
    auditing.record(
        actor=actor,
        action=f"export {wanted.listing}",
        target="export",
        now=now,
        # Which words it was narrowed by, not what was typed: that may be a giver's name.
        details={
            "asked": sorted(name for name, value in wanted.filters.items() if value),
            "format": wanted.form.value,
            "columns": [column.name for column in looked.selection.columns],
        },
    )
    pieces = making.pieces(of=looked.selection, form=wanted.form, with_mark=wanted.with_mark)
    return (block for block, _rows in pieces if block)


def order(*, wanted: Wanted, request_id: uuid.UUID, actor: User, now: datetime) -> Job:
    """Have a file made as a job, whatever its size. Raises NeedsSecondPerson and what `look` raises.

    This function will return the job; the same `request_id` finds the first one.
    """
    known = export_jobs.of(owner=actor).filter(arguments__request=str(request_id)).first()
    if known is not None:
        return known
    looked = look(wanted=wanted, reader=actor)
    if looked.needs_second:
        raise NeedsSecondPerson(looked.extent)
    return export_jobs.ask(
        kind=wanted.listing,
        filters={name: value for name, value in wanted.filters.items() if value},
        language=wanted.language,
        request_id=request_id,
        requested_by=actor,
        now=now,
        form=wanted.form,
        columns=wanted.columns,
        with_mark=wanted.with_mark,
    )


def ask_second(
    *, wanted: Wanted, reason: str, request_id: uuid.UUID, actor: User, now: datetime
) -> ExportRequest:
    """Ask another person to let a list of many givers out. Raises letting_out.UnableToLetOut and what `look` raises.

    This function will return the request.
    """
    looked = look(wanted=wanted, reader=actor)
    with transaction.atomic():
        rows = selecting.summed(of=looked.selection)["rows"]
        return letting_out.ask(
            request_id=request_id,
            listing=wanted.listing,
            form=wanted.form.value,
            filters={name: value for name, value in wanted.filters.items() if value},
            columns=[column.name for column in looked.selection.columns],
            language=wanted.language,
            row_count=int(str(rows)),
            reason=reason,
            actor=actor,
            now=now,
        )


def schedule(
    *, wanted: Wanted, name: str, cadence: str, schedule_id: uuid.UUID, actor: User, now: datetime
) -> ExportSchedule:
    """Have a list made again and again. Raises scheduling.UnableToSchedule and what `look` raises.

    This function will return the timetable.
    """
    filters = {word: value for word, value in wanted.filters.items() if value}
    plain = {word: value for word, value in filters.items() if word != "period"}
    listing = registering_lists.named(wanted.listing)
    columns = selecting.chosen(listing=listing, names=wanted.columns, reader=actor)
    selecting.select(listing=listing, columns=columns, asked=plain, language=wanted.language)
    return scheduling.make(
        schedule_id=schedule_id,
        name=name,
        listing=wanted.listing,
        form=wanted.form.value,
        filters=filters,
        columns=list(wanted.columns),
        language=wanted.language,
        cadence=cadence,
        owner=actor,
        now=now,
    )
