"""Knowing: who gives. Fifty donors at a time by what one remembers of them, and everything about one of them."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, Q, QuerySet

from donations.models import Donation, Pledge, RecurringPlan, SoftCredit
from donors import matching
from donors.models import Consent, Donor, DonorMerge, JointMember, Message
from ledger.money import Money
from receipts.models import Exclusion, Obstacle, Receipt
from reports import promised, suggesting

M = TypeVar("M", bound=Model)
STATES = ("active", "merged", "deceased", "do_not_contact", "email_failed", "unreachable")
_STATES = {
    "active": Q(merged_into__isnull=True),
    "merged": Q(merged_into__isnull=False),
    "deceased": Q(died_on__isnull=False),
    "do_not_contact": Q(do_not_contact=True),
    "email_failed": Q(email_failed_at__isnull=False),
    "unreachable": Q(email="", address="", merged_into__isnull=True),
}
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Given:
    """What a donor and those merged into them gave in one currency; `last_on` is the newest day."""

    count: int
    sum: Money
    last_on: date


def donors(*, search: str = "", state: str = "", kind: str = "", rhythm: str = "") -> QuerySet[Donor]:
    """Donors that fit, newest first; without a state those who were merged are left out unless searched for.

    This function will return a query set to page through.
    """
    found = Donor.objects.select_related("merged_into")
    if state:
        found = found.filter(_STATES[state])
    elif not search:
        found = found.filter(merged_into__isnull=True)
    if kind:
        found = found.filter(kind=kind)
    if rhythm:
        found = found.filter(receipt_rhythm=rhythm)
    return found.filter(remembered(search)).order_by("-created_at", "-id")


def remembered(search: str) -> Q:
    """This function will say who is meant: an id, an e-mail, a postcode, or words of a name in any order and script."""
    term = search.strip()
    if not term:
        return Q()
    try:
        return Q(pk=uuid.UUID(term))
    except ValueError:
        pass
    if "@" in term:
        return Q(email_key__startswith=matching.email_key(term))
    words = Q()
    for word in matching.clean_name(term).split()[:MOST_WORDS]:
        words &= Q(name_key__contains=matching.name_key(word)) | Q(local_name__contains=word)
    if re.search(r"\d", term):
        words |= Q(postcode__istartswith=term)
    return words


def named(*, search: str, most: int = 8) -> list[Donor]:
    """Living records that fit what was typed, for a person to choose one: by the beginnings of words, else by any part.

    This function will return them by name.
    """
    if not search.strip():
        return []
    begun = [one.id for one in suggesting.suggest(typed=search, most=most)]
    fits = Q(pk__in=begun) if begun else remembered(search)
    return list(Donor.objects.filter(fits, merged_into__isnull=True).order_by("name", "id")[:most])


_GIVEN = """
SELECT coalesce(p.merged_into_id, p.id), d.currency, count(*)::int, sum(d.amount_minor)::bigint, max(d.given_on)
  FROM donors_donor p JOIN donations_donation d ON d.donor_id = p.id
 WHERE p.id = ANY(%(ids)s) OR p.merged_into_id = ANY(%(ids)s)
 GROUP BY 1, 2 ORDER BY 1, 2
"""


def given(*, donor_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Given]]:
    """This function will return what donors gave, by currency, together with those merged into them."""
    found: dict[uuid.UUID, list[Given]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, {"ids": list(donor_ids)})
        for pk, currency, count, minor, last_on in cursor.fetchall():
            found.setdefault(pk, []).append(Given(count, Money(minor, currency), last_on))
    return found


def totals(*, found: QuerySet[Donor]) -> tuple[int, list[tuple[int, Money]]]:
    """This function will return how many donors fit, and what they gave themselves, by currency."""
    rows = found.order_by()
    ids = rows.values("pk")
    with connection.cursor() as cursor:
        query, params = ids.query.sql_with_params()
        cursor.execute(
            "SELECT currency, count(*)::int, sum(amount_minor)::bigint FROM donations_donation"
            f" WHERE donor_id IN ({query}) GROUP BY currency ORDER BY currency",
            params,
        )
        sums = [(count, Money(minor, currency)) for currency, count, minor in cursor.fetchall()]
    return rows.count(), sums


@dataclass(frozen=True, slots=True)
class Known:
    """Everything about one donor and those who were merged into them; the newest first."""

    donor: Donor
    merged: list[Donor]
    merges: list[DonorMerge]
    joints: list[JointMember]
    members: list[JointMember]
    given: list[Given]
    gifts: list[Donation]
    credits: list[SoftCredit]
    receipts: list[Receipt]
    plans: list[RecurringPlan]
    pledges: list[Pledge]
    messages: list[Message]
    consents: list[Consent]
    obstacles: list[Obstacle]
    exclusions: list[Exclusion]


def about(*, donor: Donor, most: int = 25) -> Known:
    """This function will return what is known of a donor; lists are cut at `most` rows."""
    ids = _of(donor)
    behind = Donor.objects.filter(merged_into=donor).order_by("created_at", "id")
    merges = DonorMerge.objects.filter(Q(donor=donor) | Q(into=donor)).order_by("-done_at", "-id")
    return Known(
        donor=donor,
        merged=list(behind),
        merges=list(merges.select_related("donor", "into", "done_by")[:most]),
        joints=list(JointMember.objects.filter(member_id__in=ids).select_related("joint").order_by("id")),
        members=list(JointMember.objects.filter(joint=donor).select_related("member").order_by("id")),
        given=given(donor_ids=[donor.pk]).get(donor.pk, []),
        gifts=_gifts(ids, most),
        credits=_credits(ids, most),
        receipts=_receipts(ids, most),
        plans=list(RecurringPlan.objects.filter(donor_id__in=ids).order_by("-started_at", "-id")[:most]),
        pledges=list(promised.of_donors(donor_ids=ids)[:most]),
        messages=list(Message.objects.filter(donor_id__in=ids).order_by("-queued_at", "-id")[:most]),
        consents=list(Consent.objects.filter(donor_id__in=ids).order_by("-answered_at", "-id")[:most]),
        obstacles=list(_of_gifts(Obstacle.objects.all(), ids).order_by("-noticed_at", "-id")[:most]),
        exclusions=list(_of_gifts(Exclusion.objects.all(), ids).order_by("-decided_at", "-id")[:most]),
    )


def _of(donor: Donor) -> list[uuid.UUID]:
    return [donor.pk, *Donor.objects.filter(merged_into=donor).values_list("pk", flat=True)]


def _gifts(ids: Sequence[uuid.UUID], most: int) -> list[Donation]:
    gifts = Donation.objects.filter(donor_id__in=ids).select_related("campaign", "coverage__receipt")
    return list(gifts.prefetch_related("campaign__texts").order_by("-given_at", "-id")[:most])


def _credits(ids: Sequence[uuid.UUID], most: int) -> list[SoftCredit]:
    credits = SoftCredit.objects.filter(donor_id__in=ids).select_related("donation__donor")
    return list(credits.order_by("-entered_at", "-id")[:most])


def _receipts(ids: Sequence[uuid.UUID], most: int) -> list[Receipt]:
    receipts = Receipt.objects.filter(donor_id__in=ids)
    whole = receipts.select_related("voiding", "rendering", "trouble", "replaced_by")
    return list(whole.order_by("-issued_at", "-id")[:most])


def _of_gifts(rows: QuerySet[M], ids: Sequence[uuid.UUID]) -> QuerySet[M]:
    return rows.filter(donation__donor_id__in=ids).select_related("donation")


@dataclass(frozen=True, slots=True)
class Held:
    """What one record holds, counted, before two become one."""

    donor: Donor
    gifts: int
    receipts: int
    plans: int
    messages: int
    given: list[Given]


def held(*, donor: Donor) -> Held:
    """This function will count what a record and those behind it bring along into a merge."""
    ids = _of(donor)

    def count(rows: QuerySet[Any]) -> int:
        return rows.filter(donor_id__in=ids).count()

    return Held(
        donor=donor,
        gifts=count(Donation.objects.all()),
        receipts=count(Receipt.objects.all()),
        plans=count(RecurringPlan.objects.filter(ended_at__isnull=True)),
        messages=count(Message.objects.all()),
        given=given(donor_ids=[donor.pk]).get(donor.pk, []),
    )


def likely(*, donor: Donor, most: int = 8) -> list[Donor]:
    """Who may be the same: the same e-mail, or the same name in either script. Never merged by that alone.

    This function will return living records, those that share most first.
    """
    same = Q(name_key=donor.name_key)
    if donor.email_key:
        same |= Q(email_key=donor.email_key)
    if donor.local_name:
        same |= Q(local_name=donor.local_name) | Q(name_key=matching.name_key(donor.local_name))
    rows = Donor.objects.filter(same, merged_into__isnull=True, kind=donor.kind).exclude(pk=donor.pk)
    return list(rows.order_by("created_at", "id")[:most])
