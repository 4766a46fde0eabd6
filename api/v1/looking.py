"""Looking: a key reads no more different givers one by one within an hour than a person may (T42)."""

from uuid import UUID

from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from api.models import ApiKey
from api.v1.resources import acting, person
from books import telling_exports
from staff import auditing, pacing


def pace(request: Request, *, donor_id: UUID) -> None:
    """Count that a giver is looked at; what a person opens here counts with what they open in the office.

    This function will raise Throttled for the one too many, after the watchers were told.
    """
    actor, now = person(request), timezone.now()
    key = acting(request) if isinstance(request.auth, ApiKey) else f"user:{actor.pk}"
    if pacing.may_look(who=key, subject=str(donor_id), now=now):
        return
    auditing.record(actor=actor, action="stopped reading", target=key, now=now)
    telling_exports.looked_much(name=actor.name, key=key, most=pacing.MOST, now=now)
    raise Throttled(wait=pacing.WITHIN.total_seconds())
