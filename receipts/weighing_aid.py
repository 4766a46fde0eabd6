"""Weighing Gift Aid: every donation of a United Kingdom charity that is in no claim, decided as of a day.

Reads only. What may be claimed stands under its row of the schedule; what may not, with its reason for a person; what
was claimed and went back, or whose declaration never had effect, with how much of it is too much.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet, Sum

from donations import holding
from donations.models import Benefit, Donation, Refund
from donors.models import Donor
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import declaring
from receipts.models import GiftAidClaim, GiftAidClaimLine, GiftAidDeclaration, Issuer
from receipts.rules import claiming, shapes, united_kingdom

CURRENCY = claiming.CURRENCY
MOST = 20_000
"""Donations looked at at once; more become the next claim."""


@dataclass(frozen=True, slots=True)
class Ready:
    """One row of a schedule with the donations it stands for."""

    line: claiming.Line
    donations: tuple[Donation, ...]
    declaration: GiftAidDeclaration


@dataclass(frozen=True, slots=True)
class Unready:
    """A donation that is in no claim, and why: a reason of the rules, or what the schedule cannot hold."""

    donation: Donation
    reason: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A claimed donation of which less is held now than was claimed; `amount` is what is too much."""

    donation: Donation
    declaration_id: uuid.UUID
    amount: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """What a claim would hold on a day."""

    ready: tuple[Ready, ...]
    unready: tuple[Unready, ...]
    adjustments: tuple[Adjustment, ...]

    @property
    def total(self) -> Money:
        return money.total((one.line.amount for one in self.ready), currency=CURRENCY)

    @property
    def over(self) -> Money:
        return money.total((one.amount for one in self.adjustments), currency=CURRENCY)

    @property
    def tax(self) -> Money:
        return united_kingdom.reclaim(given=self.total)

    @property
    def tax_over(self) -> Money:
        return united_kingdom.reclaim(given=self.over)


def look(*, entity: LegalEntity, on: date) -> Preview:
    """Decide every donation of a United Kingdom charity that is in no claim, as of a day.

    This function will return what a claim would hold, and every donation left out with its reason.
    """
    facts, ends_in = _entity(entity)
    gifts_due = list(_unclaimed(entity))
    still = held(donations=gifts_due)
    grouped: dict[tuple[uuid.UUID, int], list[tuple[Donation, GiftAidDeclaration]]] = {}
    unready: list[Unready] = []
    by_donor = _declarations(entity)
    for donation in gifts_due:
        if donation.currency != CURRENCY:
            unready.append(Unready(donation, "currency"))
            continue
        gift = _gift(donation, still=still[donation.pk])
        rows = by_donor.get(_donor_id(donation), [])
        decided = _decided(gift, facts=facts, donor=_person(donation.donor), rows=rows, on=on)
        if isinstance(decided, str):
            unready.append(Unready(donation, decided))
            continue
        # Gifts of one donor are added up within one accounting period only.
        period = donation.given_on.year + (donation.given_on.month > ends_in)
        grouped.setdefault((decided.pk, period), []).append((donation, decided))
    ready = []
    for found in grouped.values():
        gifts, declaration = tuple(one for one, _ in found), found[0][1]
        line = claiming.series(lines=[_line(one, declaration, still=still[one.pk]) for one in gifts])[0]
        wrong = claiming.violations(line=line)
        if wrong:
            words = tuple(one.words for one in wrong)
            unready += [Unready(one, "schedule", words) for one in gifts]
        else:
            ready.append(Ready(line, gifts, declaration))
    ready.sort(key=lambda one: (one.line.on, one.line.last_name, one.line.first_name))
    return Preview(tuple(ready), tuple(unready), tuple(_adjustments(entity, on=on)))


def _unclaimed(entity: LegalEntity) -> QuerySet[Donation]:
    standing = Benefit.objects.filter(withdraws__isnull=True, withdrawal__isnull=True)
    return (
        Donation.objects.filter(entity=entity)
        .exclude(claim_lines__is_adjustment=False)
        .exclude(pk__in=holding.open_disputes().values("donation_id"))
        .exclude(pk__in=holding.open_reviews().values("donation_id"))
        .select_related("donor__merged_into")
        .prefetch_related(Prefetch("benefits", queryset=standing, to_attr="standing_benefits"))
        .order_by("given_on", "id")[:MOST]
    )


def _donor_id(donation: Donation) -> uuid.UUID:
    return donation.donor.merged_into_id or donation.donor_id


def _declarations(entity: LegalEntity) -> dict[uuid.UUID, list[GiftAidDeclaration]]:
    """Those of a donor and of who was merged into them, newest first."""
    found: dict[uuid.UUID, list[GiftAidDeclaration]] = {}
    rows = GiftAidDeclaration.objects.filter(entity=entity).select_related("entity", "donor")
    for row in rows.order_by("-made_on", "-entered_at"):
        found.setdefault(row.donor.merged_into_id or row.donor_id, []).append(row)
    return found


def _decided(
    gift: shapes.GiftLine,
    *,
    facts: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    rows: Sequence[GiftAidDeclaration],
    on: date,
) -> GiftAidDeclaration | str:
    """The declaration that carries a gift, or the reason of the newest one against it."""
    first = ""
    asked: list[GiftAidDeclaration | None] = [*rows]
    for row in asked or [None]:
        decision = united_kingdom.claimable(
            gift=gift,
            entity=facts,
            donor=donor,
            declaration=declaring.value(row=row) if row else None,
            on=on,
        )
        if isinstance(decision, shapes.Ok) and row is not None:
            return row
        first = first or getattr(decision, "reason", "")
    return first


def _gift(donation: Donation, *, still: Money) -> shapes.GiftLine:
    benefits: Iterable[Benefit] = getattr(donation, "standing_benefits", ())
    return shapes.GiftLine(
        kind=shapes.Kind(donation.kind),
        given_on=donation.given_on,
        amount=donation.amount,
        refunded=donation.amount - still,
        payer=shapes.Payer(donation.payer),
        benefits=tuple(shapes.Benefit(description=one.description) for one in benefits),
    )


def held(*, donations: Sequence[Donation]) -> Mapping[uuid.UUID, Money]:
    """This function will return what we still hold of each gift: nothing of one whose dispute was lost."""
    keys = [donation.pk for donation in donations]
    back = dict(
        Refund.objects.filter(donation__in=keys, failure__isnull=True)
        .order_by()
        .values("donation")
        .annotate(minor=Sum("amount_minor"))
        .values_list("donation", "minor")
    )
    lost = set(holding.lost_disputes().filter(donation__in=keys).values_list("donation", flat=True))
    return {
        one.pk: Money(0 if one.pk in lost else one.amount_minor - back.get(one.pk, 0), one.currency)
        for one in donations
    }


def _entity(entity: LegalEntity) -> tuple[shapes.EntityFacts, int]:
    """The charity as the rules know it, and the month its accounting period ends in."""
    issuer = Issuer.objects.filter(entity=entity).first()
    facts = shapes.EntityFacts(
        country=issuer.law if issuer else entity.country,
        legal_name=entity.legal_name,
        registration=entity.registration,
    )
    return facts, issuer.fiscal_year_end_month if issuer else 12


def _person(donor: Donor) -> shapes.DonorFacts:
    return shapes.DonorFacts(name=donor.name, is_person=donor.kind != Donor.Kind.ORGANIZATION)


def _line(donation: Donation, row: GiftAidDeclaration, *, still: Money) -> claiming.Line:
    return claiming.Line(
        on=donation.given_on,
        amount=still,
        title=row.title,
        first_name=row.first_name,
        last_name=row.last_name,
        house=row.house,
        postcode="" if row.postcode == claiming.ABROAD else row.postcode,
        is_abroad=row.postcode == claiming.ABROAD,
    )


def _adjustments(entity: LegalEntity, *, on: date) -> Iterable[Adjustment]:
    """Claimed donations of which less is held than was claimed, after what was adjusted before."""
    claimed = (
        GiftAidClaimLine.objects.filter(claim__entity=entity)
        .exclude(claim__status=GiftAidClaim.Status.DRAFT)
        .values("donation")
        .annotate(minor=Sum("amount_minor"))
        .filter(minor__gt=0)
        .values_list("donation", "minor")
    )
    sums = dict(claimed)
    touched = _touched(list(sums))
    rows = list(
        GiftAidClaimLine.objects.filter(donation__in=touched, is_adjustment=False)
        .select_related("donation", "declaration")
        .order_by("pk")
    )
    still = held(donations=[row.donation for row in rows])
    for row in rows:
        kept = Money(0, CURRENCY) if _never_had_effect(row, on=on) else still[row.donation_id]
        over = Money(sums[row.donation_id], CURRENCY) - kept
        if over.minor > 0:
            yield Adjustment(row.donation, row.declaration_id, over)


def _touched(donation_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Claimed donations that anything happened to: a refund, a dispute, a declaration that was cancelled."""
    rows = GiftAidClaimLine.objects.filter(donation__in=donation_ids, is_adjustment=False)
    asked = (
        rows.filter(donation__refunds__isnull=False),
        rows.filter(donation__disputes__isnull=False),
        rows.filter(declaration__cancelled_from__isnull=False),
    )
    return {pk for found in asked for pk in found.values_list("donation", flat=True)}


def _never_had_effect(row: GiftAidClaimLine, *, on: date) -> bool:
    ended = row.declaration.cancelled_from
    return ended is not None and ended <= min(row.donation.given_on, on)
