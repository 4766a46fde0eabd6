"""Rows that break the laws of donors, merges, issuers and what an accountant confirmed."""

from __future__ import annotations

from collections.abc import Callable

from donors.models import Donor, DonorMerge, JointMember
from ledger.models import LegalEntity
from receipts.models import FigureConfirmation, Issuer, PriorTotal
from tests import facts
from tests.campaigns import making
from tests.facts import NOW


def member(*, times: int = 1, is_own: bool = False) -> None:
    joint = facts.donor("Grace and Daniel Kim", "kims@example.org")
    for _ in range(times):
        JointMember.objects.create(joint=joint, member=joint if is_own else facts.donor(), added_at=NOW)


def merge_of_one() -> None:
    donor = facts.donor()
    DonorMerge.objects.create(
        donor=donor, into=donor, deed="merge", reason="x", done_by=facts.staff_member(), done_at=NOW
    )


def number_of_a_person() -> None:
    Donor.objects.filter(pk=facts.donor().pk).update(business_number="1234567891")


def issuer(**changed: object) -> Issuer:
    entity = making.entity()
    Issuer.objects.filter(entity=entity).delete()
    return Issuer.objects.create(**{"entity": entity, "law": "US", "changed_at": NOW, **changed})


def two_of_one_prefix() -> None:
    first = issuer(prefix="HM")
    second = LegalEntity.objects.get(pk=first.entity_id)
    second.pk, second.code = None, "OTHER"
    second.save()
    Issuer.objects.create(entity=second, law="US", prefix="HM", changed_at=NOW)


def prior(*totals: int) -> None:
    body = issuer()
    for minor in totals:
        PriorTotal.objects.create(issuer=body, year=2025, currency="KRW", total_minor=minor)


def confirmed_twice() -> None:
    body = issuer()
    for name in ("Ben Counts", "Ann Adds"):
        FigureConfirmation.objects.create(
            issuer=body, figure="canada", year=2026, confirmed_by=name, entered_by=facts.staff_member(),
            confirmed_on=NOW.date(), entered_at=NOW,
        )  # fmt: skip


BROKEN: dict[str, list[Callable[[], object]]] = {
    "donor_number_only_of_an_organization": [number_of_a_person],
    "joint_member_once": [lambda: member(times=2)],
    "joint_member_is_another": [lambda: member(is_own=True)],
    "donor_merge_of_two": [merge_of_one],
    "issuer_prefix_belongs_to_one": [two_of_one_prefix],
    "issuer_prefix_is_letters": [lambda: issuer(prefix="h"), lambda: issuer(prefix="1")],
    "issuer_fiscal_year_ends_in_a_month": [
        lambda: issuer(fiscal_year_end_month=0),
        lambda: issuer(fiscal_year_end_month=13),
    ],
    "prior_total_once_per_year": [lambda: prior(1, 2)],
    "prior_total_is_not_negative": [lambda: prior(-1)],
    "figure_confirmed_once_per_year": [confirmed_twice],
}
