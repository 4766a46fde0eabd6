"""Sourcing: naming the links and QR codes by which gifts come, and retiring them."""

from datetime import datetime

from django.db import transaction

from campaigns.models import Campaign, SourceCode
from staff import auditing
from staff.models import User


class NameTaken(ValueError):
    """This code exists already; a code stands on paper, so it never changes its meaning."""


def name(*, code: str, words: str, campaign: Campaign, actor: User | str, now: datetime) -> SourceCode:
    """Give a name to a new code of one campaign. Raises NameTaken, also for a retired one.

    This function will return the stored code.
    """
    with transaction.atomic():
        found, is_new = SourceCode.objects.get_or_create(
            code=code, defaults={"name": words, "campaign": campaign, "created_at": now}
        )
        if not is_new:
            raise NameTaken(code)
        auditing.record(
            actor=actor,
            action="source.named",
            target=f"source:{found.pk}",
            now=now,
            details={"code": code, "campaign": campaign.slug},
        )
    return found


def retire(*, code_id: int, actor: User, now: datetime) -> bool:
    """Take a code out of use: it is no longer offered, and its picture is gone. Printed ones still lead to the form,
    and gifts that come by them are still counted. This function will return False when it was retired before.
    """
    with transaction.atomic():
        retired = SourceCode.objects.filter(pk=code_id, retired_at__isnull=True).update(retired_at=now)
        if retired:
            auditing.record(actor=actor, action="source.retired", target=f"source:{code_id}", now=now)
    return bool(retired)
