"""Mourning: a giver died. Standing gifts stop, letters stop, nobody writes to them; what was given stays."""

import uuid
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from donations import changing_plans
from donations.changing_plans import Asker
from donations.models import PlanChange, RecurringPlan
from donations.wishing import UnableToChange, Wish
from donors.models import Consent, Donor
from staff import auditing
from staff.models import User

WORDING = "Somebody told us that this person has died."


def died(
    *, donor_id: uuid.UUID, actor: User, on: date | None = None, block: str = "", now: datetime
) -> list[PlanChange]:
    """Stop every plan of a donor, and answer no to every letter in their name; written into the trail.

    `on` is the day of death, when somebody told it; their profile keeps it, or else the day it was told.

    Safe to repeat. This function will return the changes asked for; the sweep finishes one whose answer is missing.
    """
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(pk=donor_id)
        if donor.died_on is None or (on is not None and on != donor.died_on):
            Donor.objects.filter(pk=donor_id).update(died_on=on or now.date())
        auditing.record(actor=actor, action="donor died", target=f"donor:{donor.pk}", now=now)
        Consent.objects.bulk_create(
            [
                Consent(
                    donor=donor,
                    kind=Consent.Kind.LETTER,
                    is_given=False,
                    wording=WORDING,
                    source="died",
                    answered_at=now,
                )
            ],
            ignore_conflicts=True,
        )
    # Merging repoints nothing: plans of donors merged into this one are theirs too.
    theirs = Q(donor_id=donor_id) | Q(donor__merged_into=donor_id)
    running = RecurringPlan.objects.filter(theirs, ended_at__isnull=True).order_by("id")
    return [_stop(plan, actor, block, now) for plan in running]


def _stop(plan: RecurringPlan, actor: User, block: str, now: datetime) -> PlanChange:
    change_id = uuid.uuid5(plan.pk, "died")
    try:
        return changing_plans.ask(
            plan_id=plan.pk,
            change_id=change_id,
            wish=Wish(kind=PlanChange.Kind.STOP),
            asker=Asker(PlanChange.Asker.STAFF, staff=actor, block=block),
            reason=RecurringPlan.EndReason.DEATH,
            now=now,
        )
    except UnableToChange:
        return PlanChange.objects.get(pk=change_id)
