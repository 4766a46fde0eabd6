"""Reminding of pledges: a week before a part falls due, on the day, and two weeks after, each once.

Nothing goes out for a part that is given, a promise with a condition, an employer's match, or to those who would not
have it. A day that was missed is not made up: only the latest occasion counts.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Instalment, Pledge, PledgeReminder
from donors import corresponding
from donors.models import Message
from ledger.models import FundText
from ledger.money import Money

Occasion = PledgeReminder.Occasion
SOON, LATE, TOO_LATE = timedelta(days=7), timedelta(days=14), timedelta(days=45)


def occasion(*, due_on: date, today: date) -> Occasion | None:
    """This function will return which letter about a part is due on a day, None when none is."""
    if today > due_on + TOO_LATE:
        return None
    if today >= due_on + LATE:
        return Occasion.LATE
    if today >= due_on:
        return Occasion.DUE
    return Occasion.SOON if today >= due_on - SOON else None


def remind(*, now: datetime) -> int:
    """This function will put the letters that are due into the outbox, and return how many."""
    day = now.date()
    rows = (
        Instalment.objects.filter(
            pledge__status=Pledge.Status.OPEN,
            pledge__wants_reminders=True,
            pledge__is_conditional=False,
            pledge__kind=Pledge.Kind.PLEDGE,
            pledge__donor__died_on__isnull=True,
            due_on__range=(day - TOO_LATE - timedelta(days=1), day + SOON + timedelta(days=1)),
        )
        .annotate(paid=Coalesce(Sum("payments__amount_minor"), 0))
        .filter(paid__lt=F("amount_minor"))
        .select_related("pledge__entity", "pledge__donor__merged_into", "pledge__fund")
        .order_by("id")
    )
    return sum(
        _remind(row, Money(row.amount_minor - row.paid, row.pledge.currency), now) for row in rows.iterator()
    )


def _remind(instalment: Instalment, left: Money, now: datetime) -> bool:
    entity = instalment.pledge.entity
    which = occasion(due_on=instalment.due_on, today=entity.day_of(now))
    if which is None:
        return False
    with transaction.atomic():
        _, is_new = PledgeReminder.objects.get_or_create(
            instalment=instalment, occasion=which, defaults={"reminded_at": now}
        )
        return is_new and _write(instalment, left, which, now)


def _write(instalment: Instalment, left: Money, which: Occasion, now: datetime) -> bool:
    pledge = instalment.pledge
    donor = pledge.donor.merged_into or pledge.donor
    names = dict(FundText.objects.filter(fund=pledge.fund_id).values_list("language", "name"))
    with translation.override(donor.language):
        told = {
            "name": donor.name,
            "amount": left.shown(donor.language),
            "day": instalment.due_on.isoformat(),
            "fund": names.get(donor.language) or names.get("en") or pledge.fund.code,
        }
        lines = [
            _("Dear %(name)s,") % told,
            _opening(which) % told,
            _("If your gift is on its way already, thank you: then this letter crossed it."),
            _(
                "Should something have changed, or if you would rather have no reminders, please answer this letter."
            ),
            pledge.entity.legal_name,
        ]
        queued = corresponding.queue(
            kind=Message.Kind.PLEDGE_DUE,
            cause=f"pledge:{instalment.pk}:{which}",
            to_email=donor.email,
            sender=corresponding.sender(pledge.entity),
            language=donor.language,
            subject=_("About the gift you promised"),
            text="\n\n".join(lines),
            donor_id=donor.pk,
            now=now,
        )
    return queued is not None


def _opening(which: Occasion) -> str:
    if which == Occasion.SOON:
        return _("you promised %(amount)s for %(fund)s. It falls due on %(day)s.")
    if which == Occasion.DUE:
        return _("you promised %(amount)s for %(fund)s. It is due on %(day)s.")
    return _("you promised %(amount)s for %(fund)s by %(day)s, and we have not seen it yet.")
