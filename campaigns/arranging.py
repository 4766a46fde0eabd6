"""Arranging: how one body takes cheques, transfers, stock and grants, as staff wrote it. Nothing here is invented.

An account number is what a thief would change. So every change keeps the former lines in the audit trail.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from campaigns.models import WayToGive, WayToGiveDetail, WayToGiveText
from ledger.models import LegalEntity
from staff import auditing
from staff.models import User

MOST_DETAILS = 12


class UnableToArrange(ValueError):
    """The way cannot be stored as asked."""


class ChangedMeanwhile(Exception):
    """Somebody else changed this way since the page was opened; nothing was stored."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One line to copy."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What a way says in one language: a few words, and the lines to copy."""

    words: str
    details: tuple[Detail, ...]


def wordings(way: WayToGive) -> dict[str, Wording]:
    """This function will return what a way says now, by language."""
    details: dict[str, list[Detail]] = {}
    for row in sorted(way.details.all(), key=lambda row: (row.language, row.position)):
        details.setdefault(row.language, []).append(Detail(row.label, row.value))
    words = {row.language: row.words for row in way.texts.all()}
    return {
        language: Wording(words.get(language, ""), tuple(details.get(language, ())))
        for language in sorted(words.keys() | details.keys())
    }


def mark(way: WayToGive | None) -> str:
    """This function will return a mark of what is stored, to see whether somebody changed it meanwhile."""
    if way is None:
        return "new"
    told = {language: _plain(one) for language, one in wordings(way).items()}
    inside = json.dumps([way.position, way.is_shown, told], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(inside.encode()).hexdigest()[:16]


def arrange(
    *,
    entity: LegalEntity,
    kind: WayToGive.Kind,
    currency: str,
    position: int,
    is_shown: bool,
    says: Mapping[str, Wording],
    seen: str,
    actor: User,
    now: datetime,
) -> WayToGive:
    """Store one way of one body in one currency, new or changed.

    `seen` is the mark of what the editor had before them. Raises ChangedMeanwhile, and UnableToArrange when a way is
    to be shown that has no English words. This function will return the stored way.
    """
    if is_shown and not says.get("en", Wording("", ())).words.strip():
        raise UnableToArrange("English words come first")
    if any(len(one.details) > MOST_DETAILS for one in says.values()):
        raise UnableToArrange(f"at most {MOST_DETAILS} lines")
    with transaction.atomic():
        # The body's row is the lock: two people adding the same new way must not both find nothing.
        LegalEntity.objects.select_for_update().get(pk=entity.pk)
        way = WayToGive.objects.filter(entity=entity, kind=kind, currency=currency).first()
        if mark(way) != seen:
            raise ChangedMeanwhile(kind)
        before = {language: _plain(one) for language, one in wordings(way).items()} if way else {}
        way = way or WayToGive(entity=entity, kind=kind, currency=currency)
        way.position, way.is_shown = position, is_shown
        way.save()
        _write(way, says=says)
        _note(way, before=before, says=says, actor=actor, now=now)
    return way


def _note(
    way: WayToGive,
    *,
    before: Mapping[str, object],
    says: Mapping[str, Wording],
    actor: User,
    now: datetime,
) -> None:
    auditing.record(
        actor=actor,
        action="way.arranged",
        target=f"way:{way.pk}",
        now=now,
        details={
            "kind": str(way.kind),
            "currency": way.currency,
            "is_shown": way.is_shown,
            "before": before,
            "after": {language: _plain(one) for language, one in sorted(says.items())},
        },
    )


def _plain(wording: Wording) -> dict[str, object]:
    return {"words": wording.words, "details": [[one.label, one.value] for one in wording.details]}


def _write(way: WayToGive, *, says: Mapping[str, Wording]) -> None:
    way.texts.all().delete()
    way.details.all().delete()
    said = [(language, one) for language, one in sorted(says.items()) if one.words.strip() or one.details]
    WayToGiveText.objects.bulk_create(
        WayToGiveText(way=way, language=language, words=one.words.strip()) for language, one in said
    )
    WayToGiveDetail.objects.bulk_create(
        WayToGiveDetail(way=way, language=language, position=position, label=line.label, value=line.value)
        for language, one in said
        for position, line in enumerate(one.details, start=1)
    )


def in_order(*, entity_id: int) -> QuerySet[WayToGive]:
    """This function will return every way of a body, shown or not, with its words."""
    return (
        WayToGive.objects.filter(entity=entity_id)
        .prefetch_related("texts", "details")
        .order_by("position", "kind", "currency", "id")
    )
