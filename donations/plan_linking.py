"""Linking a mail to a plan. A link of one scope opens one thing, on a second press, and signs nobody in."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import translation

from donations.models import RecurringPlan

CARD_SCOPE = "plan-card"
LASTS = timedelta(days=45)


def card_link(*, plan: RecurringPlan, language: str) -> str:
    """This function will return the address behind which a plan's card can be changed, and nothing else."""
    token = signing.dumps(str(plan.pk), salt=CARD_SCOPE)
    with translation.override(language):
        return f"{settings.BASE_URL}{reverse('portal:card', args=[token])}"


def plan_of(*, token: str) -> uuid.UUID | None:
    """This function will return the plan a link is for, or None when we did not write it or it is too old."""
    try:
        return uuid.UUID(signing.loads(token, salt=CARD_SCOPE, max_age=LASTS))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def plan_link(*, plan: RecurringPlan, language: str) -> str:
    """This function will return the address of a plan's page, which asks who is there."""
    with translation.override(language):
        return f"{settings.BASE_URL}{reverse('portal:plan', args=[plan.pk])}"
