"""Handing the books to an accountant's program: only what is new there, once, and the same bytes whenever asked again.

An entry goes to a target once (`entry_exported_once_per_target`); what is corrected later comes with the next export
as its reversal and the new entry, because that is all the books know of corrections. The names of that day and what
may change about an entry are kept with the export, so its file is only a copy: lost, it is made again and compared.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, QuerySet, Sum

from books import keeping_journals, mapping, previewing_journals
from books.journals import dividing, filling, gathering, packing, pouring, reading
from books.journals.formats import FORMATS
from books.journals.packing import Packed
from books.journals.shapes import Handover, Name
from books.models import ExportedEntry, JournalExport, Target
from ledger.models import Account, Fund, LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

Tell = Callable[[int, int], None]
"""Called with the lines written so far and the lines there are; what it raises ends the export."""
_LOCK = 7_210_021
TELL_EVERY = 2_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to go where. Both days count; without a first day everything before the last goes that never went."""

    entity: LegalEntity
    target: str
    first: date | None
    last: date
    grouping: str = "entry"
    with_names: bool = False


class UnableToExport(Exception):
    """Nothing was handed over. `code` is `nothing` (all of it went already), `unnamed` (see `accounts`), `period`,
    `names` (only entries by themselves have givers), `target`, `too_long` (see `said`), `version` (the format has
    changed since) or `differs` (what was made again is not what was handed over).
    """

    def __init__(
        self, code: str, *, said: str = "", accounts: list[tuple[Account, Fund]] | None = None
    ) -> None:
        super().__init__(f"{code} {said}".strip())
        self.code, self.said, self.accounts = code, said, accounts or []


def silent(done: int, total: int) -> None:
    """For whoever does not want to be told."""


def check(scope: Scope) -> None:
    """This function will do nothing for a scope that can be asked for. Raises UnableToExport."""
    if scope.target not in Target.values or scope.grouping not in {"entry", "day", "payout"}:
        raise UnableToExport("target")
    if scope.first is not None and scope.first > scope.last:
        raise UnableToExport("period")
    if scope.with_names and scope.grouping != "entry":
        raise UnableToExport("names")


def exports(*, entity: LegalEntity | None = None, target: str = "") -> QuerySet[JournalExport]:
    """This function will return what was handed over, newest first."""
    found = JournalExport.objects.select_related("entity", "exported_by").order_by("-exported_at", "-id")
    if entity is not None:
        found = found.filter(entity=entity)
    return found.filter(target=target) if target else found


@dataclass(frozen=True, slots=True)
class Totals:
    """How much was handed over, all exports of a filter together."""

    entry_count: int
    line_count: int
    sums: list[Money]


def totals(rows: QuerySet[JournalExport]) -> Totals:
    """This function will return the sums of every export of a list, not only of its page."""
    counts = rows.order_by().aggregate(entries=Sum("entry_count"), lines=Sum("line_count"))
    sums: dict[str, Money] = {}
    for held in rows.order_by().values_list("sums", flat=True):
        for currency, debits in held.items():
            sums[currency] = sums.get(currency, Money(0, currency)) + Money(debits, currency)
    return Totals(counts["entries"] or 0, counts["lines"] or 0, [sums[code] for code in sorted(sums)])


def export(
    *, export_id: UUID, scope: Scope, actor: User, now: datetime, tell: Tell = silent
) -> JournalExport:
    """Hand over what is new in a scope; with nothing new, the export of the same scope that was the last is meant.

    `export_id` is made by whoever asks: asking again with it finds the same export. Raises UnableToExport. This
    function will return the export; its file is kept by `keeping_journals` for a day.
    """
    check(scope)
    with keeping_journals.draft(export_id) as folder:
        with transaction.atomic():
            _take_turns(scope)
            if known := exports().filter(pk=export_id).first():
                return known
            if not _claim(export_id, scope):
                return _last_of(scope)
            terms = _terms(export_id, scope)
            made, packed = _make(export_id, scope, terms, folder, actor=actor, now=now, tell=tell)
        keeping_journals.keep(export_id=export_id, packed=packed)
    return made


def again(*, made: JournalExport, tell: Tell = silent) -> Path:
    """The file of an export: the copy that is kept, or the same bytes made again.

    Raises UnableToExport: `version` or `differs`, and then nothing is given out. This function will return its path.
    """
    if path := keeping_journals.kept(export_id=made.pk):
        return path
    form = FORMATS[made.target]
    if form.version != made.format_version:
        raise UnableToExport("version")
    terms = _Terms(map_used=made.map_used, line_count=made.line_count, sums=made.sums)
    with keeping_journals.draft(made.pk) as folder:
        with transaction.atomic():
            handover = _handover(made.pk, made.number, terms)
            packed = _packed(made, handover, terms, folder=folder, tell=tell)
        if packed.sha256 != made.file_sha256:
            raise UnableToExport("differs")
        return keeping_journals.keep(export_id=made.pk, packed=packed)


def take(*, made: JournalExport, reader: User, now: datetime) -> Path:
    """This function will return the file of an export for somebody who takes it, and write that down."""
    path = again(made=made)
    _write_down("journal taken", made, reader, now)
    return path


def _take_turns(scope: Scope) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, f"{scope.entity.pk}:{scope.target}"]
        )


def _claim(export_id: UUID, scope: Scope) -> int:
    asked = {
        "entity": scope.entity.pk,
        "target": scope.target,
        "first": scope.first,
        "last": scope.last,
    }
    return reading.claim(export_id=export_id, scope=asked, base_currency=scope.entity.base_currency)


def _last_of(scope: Scope) -> JournalExport:
    """Nothing is new: the same thing is asked for again, or there never was anything."""
    same = exports(entity=scope.entity, target=scope.target).filter(
        booked_to=scope.last, grouping=scope.grouping, with_names=scope.with_names
    )
    if scope.first is not None:
        same = same.filter(booked_from=scope.first)
    last = same.order_by("-number").first()
    if last is None:
        raise UnableToExport("nothing")
    return last


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is kept with an export besides its entries."""

    map_used: dict[str, Any]
    line_count: int
    sums: dict[str, int]


def _terms(export_id: UUID, scope: Scope) -> _Terms:
    pairs = reading.pairs(export_id=export_id)
    found = mapping.names(entity=scope.entity, target=scope.target, pairs=pairs)
    unnamed = [pair for pair, name in found.items() if name is None]
    if unnamed:
        raise UnableToExport("unnamed", accounts=previewing_journals.shown(unnamed))
    names = {pair: name for pair, name in found.items() if name is not None}
    first, digest = reading.days_and_digest(export_id=export_id)
    sums = reading.sums(export_id=export_id)
    map_used = {
        "entity": [scope.entity.code, scope.entity.legal_name],
        "zone": scope.entity.zone,
        "base": scope.entity.base_currency,
        "first": (scope.first or first).isoformat(),
        "digest": digest,
        "names": [[*pair, *_flat(name)] for pair, name in sorted(names.items())],
        "opened": sorted(_opened(scope) | {name.code for name in names.values()}),
    }
    return _Terms(
        map_used=map_used,
        line_count=sum(count for count, _ in sums.values()),
        sums={currency: debits for currency, (_, debits) in sums.items()},
    )


def _opened(scope: Scope) -> set[str]:
    if scope.target != Target.BEANCOUNT:
        return set()
    last = exports(entity=scope.entity, target=scope.target).order_by("-number").first()
    return set(last.map_used["opened"]) if last else set()


def _flat(name: Name) -> list[str]:
    return [getattr(name, field) for field in Name.__slots__]


def _make(
    export_id: UUID,
    scope: Scope,
    terms: _Terms,
    folder: Path,
    *,
    actor: User,
    now: datetime,
    tell: Tell,
) -> tuple[JournalExport, Packed]:
    last = exports(entity=scope.entity, target=scope.target).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    handover = _handover(export_id, number, terms)
    packed = _packed(scope, handover, terms, folder=folder, tell=tell)
    first = date.fromisoformat(terms.map_used["first"])
    made = JournalExport.objects.create(
        id=export_id,
        entity=scope.entity,
        target=scope.target,
        number=number,
        booked_from=first,
        booked_to=scope.last,
        grouping=scope.grouping,
        with_names=scope.with_names,
        map_used=terms.map_used,
        format_version=FORMATS[scope.target].version,
        entry_count=ExportedEntry.objects.filter(export_id=export_id).count(),
        line_count=terms.line_count,
        sums=terms.sums,
        file_name=_file_name(scope, first, number, packed),
        file_sha256=packed.sha256,
        file_size=packed.size,
        exported_by=actor,
        exported_at=now,
    )
    _write_down("journal handed over", made, actor, now)
    return made, packed


def _write_down(action: str, made: JournalExport, actor: User, now: datetime) -> None:
    auditing.record(
        actor=actor,
        action=action,
        target=f"journal_export:{made.pk}",
        now=now,
        details={
            "target": made.target,
            "number": made.number,
            "entries": made.entry_count,
            "with_names": made.with_names,
            "sha256": made.file_sha256,
        },
    )


def _file_name(scope: Scope, first: date, number: int, packed: Packed) -> str:
    parts = (
        scope.entity.code,
        scope.target,
        f"{first:%Y%m%d}",
        f"{scope.last:%Y%m%d}",
        f"{number:03}",
        packed.sha256[:12],
    )
    return f"{'-'.join(parts)}.{packed.suffix}"


def _handover(export_id: UUID, number: int, terms: _Terms) -> Handover:
    code, name = terms.map_used["entity"]
    return Handover(
        id=export_id,
        number=number,
        entity=code,
        entity_name=name,
        base_currency=terms.map_used["base"],
        currencies=tuple(sorted(terms.sums)),
        digest=terms.map_used["digest"][:16],
        names=tuple(_names(terms).values()),
        opened=tuple(terms.map_used["opened"]),
    )


def _names(terms: _Terms) -> dict[tuple[int, int], Name]:
    return {(row[0], row[1]): Name(*row[2:]) for row in terms.map_used["names"]}


def _packed(
    of: Scope | JournalExport, handover: Handover, terms: _Terms, *, folder: Path, tell: Tell
) -> Packed:
    wanted = reading.Wanted(
        grouping=of.grouping,
        zone=terms.map_used["zone"],
        with_names=of.with_names,
        with_checks=FORMATS[of.target].has_checks and of.grouping == "entry",
        line_count=terms.line_count,
    )
    if of.grouping == "entry" and of.target in pouring.POURED:
        body = pouring.poured(handover=handover, target=of.target, wanted=wanted, names=_names(terms))
        with closing(body) as blocks:
            chunks = filling.whole(
                _told(blocks, terms.line_count, tell), form=FORMATS[of.target], handover=handover
            )
            return packing.packed(chunks, folder=folder)
    reader = reading.entries(export_id=handover.id, wanted=wanted, names=_names(terms))
    # Whatever ends it, the database's side of the stream ends here and not when somebody collects what was left.
    with closing(reader) as entries:
        journals = gathering.journals(
            _counted(entries, terms.line_count, tell),
            grouping=of.grouping,
            number=handover.number,
            base_currency=handover.base_currency,
        )
        try:
            return packing.packed(
                filling.filled(journals, form=FORMATS[of.target], handover=handover), folder=folder
            )
        except dividing.TooLong as error:
            raise UnableToExport("too_long", said=error.number) from error


def _told(blocks: Iterable[tuple[bytes, int]], total: int, tell: Tell) -> Iterator[tuple[bytes, int]]:
    done = 0
    for content, lines in blocks:
        yield content, lines
        done += lines
        tell(min(done, total), total)


def _counted(entries: Iterable[gathering.Booked], total: int, tell: Tell) -> Iterator[gathering.Booked]:
    done = told = 0
    for entry in entries:
        yield entry
        done += len(entry.lines)
        if done - told >= TELL_EVERY:
            tell(done, total)
            told = done
