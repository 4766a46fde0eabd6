"""Placing in service: a building was paid for from a fund and is opened; then what was spent on it is released.

All of it on opening day, unless the body's policy says that its givers asked for years of use: then in equal parts, one
for each month of use. An opening that lies ahead is entered beforehand and released by the timetable on its day (E13).
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from books import measuring, releasing
from books.filing_papers import Filed, Paper
from books.models import PlacedAsset, Release, ReleasePolicy
from books.releasing import UnableToRelease, Wanted
from donations import scheduling
from ledger import money
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from staff import auditing
from staff.models import User

FARTHEST = timedelta(days=366 * 5)
LONGEST = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is opened: `spent` is what was paid for it from the fund. `id` is made with the form."""

    id: uuid.UUID
    fund: Fund
    name: str
    opened_on: date
    spent: Money


def months_of_use(*, entity: LegalEntity) -> int:
    """This function will return over how many months a body releases what it opens; 0 is all on opening day."""
    policy = ReleasePolicy.objects.filter(entity=entity).first()
    return policy.months if policy else 0


def decide(*, entity: LegalEntity, months: int, actor: User, now: datetime) -> ReleasePolicy:
    """Say how a body releases buildings from now on; what was opened before keeps the rule of its day.

    Raises ValueError for months below 0 or above a hundred years. This function will return the policy.
    """
    if not 0 <= months <= LONGEST:
        raise ValueError("months")
    rule = ReleasePolicy.Rule.USEFUL_LIFE if months else ReleasePolicy.Rule.OPENING_DAY
    with transaction.atomic():
        kept, _ = ReleasePolicy.objects.update_or_create(
            entity=entity,
            defaults={"rule": rule, "months": months, "changed_by": actor, "changed_at": now},
        )
        auditing.record(
            actor=actor,
            action="release_policy.changed",
            target=f"entity:{entity.pk}",
            details={"rule": rule.value, "months": months},
            now=now,
        )
    return kept


def open_up(*, opening: Opening, paper: Paper, actor: User, now: datetime) -> PlacedAsset:
    """Enter what is opened and release what is due of it. Under the same id it is one building.

    Raises UnableToRelease when the fund is not for a purpose, has not that much left, or a paper or a day is wrong.
    This function will return the stored building; a day that lies ahead waits for the timetable.
    """
    with transaction.atomic():
        measuring.lock([opening.fund.pk])
        known = PlacedAsset.objects.filter(pk=opening.id).first()
        if known is not None:
            return known
        name = releasing.reason_of(opening.name)[:120]
        _check(opening, now)
        filed = releasing.filed_as(paper=paper, now=now)
        made = PlacedAsset.objects.create(
            id=opening.id,
            fund=opening.fund,
            name=name,
            opened_on=opening.opened_on,
            spent_minor=opening.spent.minor,
            currency=opening.spent.currency,
            months=months_of_use(entity=opening.fund.entity),
            document_id=filed.sha256,
            document_name=filed.name,
            entered_by=actor,
            recorded_at=now,
        )
        auditing.record(
            actor=actor,
            action="asset.placed",
            target=f"fund:{opening.fund.pk}",
            details={"asset": str(made.pk), "spent": opening.spent.plain, "currency": opening.spent.currency},
            now=now,
        )
        _release_parts(made, now)
    return made


def _check(opening: Opening, now: datetime) -> None:
    releasing.check_kind(fund=opening.fund, kind=Release.Kind.PLACED_IN_SERVICE)
    if not 0 < opening.spent.minor <= money.LARGEST_BY_HAND:
        raise UnableToRelease("amount")
    today = opening.fund.entity.day_of(now)
    if not today - releasing.OLDEST <= opening.opened_on <= today + FARTHEST:
        raise UnableToRelease("day")
    left = _free(opening, min(opening.opened_on, today))
    if left < opening.spent:
        raise UnableToRelease("above", left)


def _free(opening: Opening, on: date) -> Money:
    """What the fund holds on the day, less what other buildings still wait to release."""
    currency = opening.spent.currency
    waiting = Money(0, currency)
    for asset in opening.fund.placed_assets.filter(currency=currency):
        waiting += asset.spent - released_of(asset)
    left = measuring.releasable(fund_id=opening.fund.pk, currency=currency, on=on) - waiting
    return left if left.minor > 0 else Money(0, currency)


def released_of(asset: PlacedAsset) -> Money:
    """This function will return what was released of a building, reversed releases taken off.

    A part that was reversed is not released again by itself: a person took it back.
    """
    return money.total(
        (one.amount for one in asset.releases.filter(reverses__isnull=True)), currency=asset.currency
    )


def due(*, asset: PlacedAsset, day: date) -> list[tuple[int, date, Money]]:
    """The parts of a building that are due by a day: number, day and amount of each.

    This function will return the whole on opening day, or one part for each month begun and over since then.
    """
    if asset.months == 0:
        return [(0, asset.opened_on, asset.spent)] if asset.opened_on <= day else []
    parts = asset.spent.split([1] * asset.months)
    days = (scheduling.months_later(asset.opened_on, number + 1) for number in range(asset.months))
    return [
        (number, on, part)
        for number, (on, part) in enumerate(zip(days, parts, strict=True))
        if on <= day and part
    ]


def release_due(*, now: datetime) -> int:
    """Release what has come due of every building; safe to repeat, and to run twice at once.

    What the fund has not enough left for waits and is tried again. This function will return how many it released.
    """
    return sum(_catch_up(asset, now) for asset in waiting())


def waiting() -> list[PlacedAsset]:
    """This function will return the buildings of which something is still to be released, oldest first."""
    found = PlacedAsset.objects.select_related("fund__entity", "entered_by").order_by("opened_on", "id")
    return [asset for asset in found if released_of(asset) < asset.spent]


def _catch_up(asset: PlacedAsset, now: datetime) -> int:
    try:
        with transaction.atomic():
            measuring.lock([asset.fund_id])
            return _release_parts(asset, now)
    except UnableToRelease as error:
        if error.code != "above":
            raise
        return 0  # its page and the list of buildings say so until there is enough


def _release_parts(asset: PlacedAsset, now: datetime) -> int:
    made = 0
    known = set(asset.releases.values_list("pk", flat=True))
    for number, on, part in due(asset=asset, day=asset.fund.entity.day_of(now)):
        pk = uuid.uuid5(asset.pk, str(number))
        if pk in known:
            continue
        kind = Release.Kind.PLACED_IN_SERVICE
        releasing.check(fund=asset.fund, kind=kind, amount=part, on=on, now=now)
        wanted = Wanted(id=pk, fund=asset.fund, kind=kind, amount=part, released_on=on, reason=asset.name)
        releasing.write(
            wanted=wanted,
            words=asset.name,
            filed=Filed(asset.document_id, asset.document_name),
            asset=asset,
            actor=asset.entered_by,
            now=now,
        )
        made += 1
    return made
