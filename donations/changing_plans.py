"""Changing plans: what somebody asked of a standing gift is written down first, then asked of the processor.

The row is the promise: a change whose answer never came is finished by the sweep, which looks before it asks again.
Nothing here charges anybody but the month that was missed and that its giver ticked.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from donations import carrying_out, recurring, telling, wishing
from donations.models import PlanChange, RecurringPlan
from donations.wishing import Kind, UnableToChange, Wish
from payments import gateway
from payments.gateway import PlanState, ProcessorRefused, ProcessorUnsure, StoredFailure
from staff import auditing
from staff.models import User

LOOK_AFTER = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(hours=48)
CARD_PAGE_LASTS = timedelta(hours=24)
"""How long we wait for another card after its page was asked for."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where: the block of addresses, never a whole one."""

    kind: PlanChange.Asker
    staff: User | None = None
    block: str = ""


HOUSE = Asker(PlanChange.Asker.HOUSE)


def find(*, plan_id: uuid.UUID) -> RecurringPlan | None:
    """This function will return a plan with everything a page tells about it; reads only."""
    return (
        RecurringPlan.objects.select_related(
            "checkout__page__campaign", "donor", "entity", "campaign", "fund"
        )
        .filter(pk=plan_id)
        .first()
    )


def ask(
    *,
    plan_id: uuid.UUID,
    change_id: uuid.UUID,
    wish: Wish,
    asker: Asker,
    reason: RecurringPlan.EndReason | None = None,
    now: datetime,
) -> PlanChange:
    """Change a plan: commit the wish under its own id, then ask the processor with that id as key.

    Sent twice, the same id is one change. `reason` says why a plan is stopped. Raises UnableToChange when it cannot be
    had and when the processor refuses. This function will return the change as it stands after the answer, if one came.
    """
    change, is_new = note(
        plan_id=plan_id, change_id=change_id, wish=wish, asker=asker, reason=reason, now=now
    )
    if is_new:
        carry_on(change=change, now=now)
        change.refresh_from_db()
    if change.status == PlanChange.Status.REFUSED:
        raise UnableToChange(
            "processor", _("The payment company refused this: %(words)s") % {"words": change.answer}
        )
    return change


def note(
    *,
    plan_id: uuid.UUID,
    change_id: uuid.UUID,
    wish: Wish,
    asker: Asker,
    reason: RecurringPlan.EndReason | None = None,
    now: datetime,
) -> tuple[PlanChange, bool]:
    """Write a wish down without calling anybody: the sweep carries it out. Raises UnableToChange.

    This function will return the change, and whether it is new.
    """
    with transaction.atomic():
        plan = (
            RecurringPlan.objects.select_for_update(of=("self",))
            .select_related("checkout__page__campaign", "fund")
            .get(pk=plan_id)
        )
        known = PlanChange.objects.filter(pk=change_id).first()
        if known is not None:
            if known.plan_id != plan_id or not _is_same(known, wish):
                raise UnableToChange("other", _("This form was used for another change."))
            return known, False
        _refuse_while_busy(plan, wish)
        wanted = wishing.considered(plan=plan, wish=wish, now=now)
        made = _write(plan=plan, change_id=change_id, wish=wanted, asker=asker, now=now)
        if reason is not None:
            # Kept with the plan at once: whoever hears of its end first knows why.
            RecurringPlan.objects.filter(pk=plan_id).update(end_reason=reason)
    return made, True


def _is_same(known: PlanChange, wish: Wish) -> bool:
    """Whether a second press asks for what the first one asked for; days are reckoned, so they are not compared."""
    kept = (known.kind, known.amount, known.months, known.charge_day, known.fund_id, known.invoice_ref)
    asked = (
        wish.kind,
        wish.amount,
        wish.months,
        wish.charge_day,
        wish.fund.pk if wish.fund else None,
        wish.invoice_ref,
    )
    return kept == asked


def _refuse_while_busy(plan: RecurringPlan, wish: Wish) -> None:
    """One change at a time; waiting for a card keeps nobody, and stopping is always possible."""
    under_way = plan.changes.filter(status=PlanChange.Status.REQUESTED).exclude(kind=Kind.CARD)
    if wish.kind not in {Kind.STOP, Kind.CARD, Kind.END} and under_way.exists():
        raise UnableToChange(
            "busy", _("An earlier change is still being carried out. Please try again in a minute.")
        )


def _write(
    *, plan: RecurringPlan, change_id: uuid.UUID, wish: Wish, asker: Asker, now: datetime
) -> PlanChange:
    if asker.staff is not None:
        auditing.record(
            actor=asker.staff,
            action=f"change plan: {wish.kind}",
            target=f"plan:{plan.pk}",
            details={"change": str(change_id)},
            now=now,
        )
    return PlanChange.objects.create(
        id=change_id,
        plan=plan,
        kind=wish.kind,
        amount_minor=wish.amount.minor if wish.amount else None,
        currency=wish.amount.currency if wish.amount else "",
        months=wish.months,
        charge_day=wish.charge_day,
        day=wish.day,
        fund=wish.fund,
        invoice_ref=wish.invoice_ref,
        before=wish.before[:120],
        asker=asker.kind,
        staff=asker.staff,
        asked_from=asker.block[:64],
        asked_at=now,
        # By rule nobody presses and waits: the next sweep may take it up.
        look_after=now if asker.kind == PlanChange.Asker.HOUSE else now + LOOK_AFTER,
    )


def carry_on(*, change: PlanChange, now: datetime) -> None:
    """Look, ask what is not so yet, and write down what came of it. An unknown answer leaves the row for the sweep.

    This function will call the processor, outside any transaction.
    """
    try:
        state = carrying_out.look(change=change)
        told = state if carrying_out.is_done(change=change, state=state) else _asked(change, state, now)
    except StoredFailure:
        _take_new_key(change)
        return
    except ProcessorUnsure:
        return
    except ProcessorRefused as error:
        _refused(change, error, now=now)
        return
    if told is not None:
        finish(change=change, state=told, now=now)


def _asked(change: PlanChange, state: PlanState, now: datetime) -> PlanState | None:
    is_over = recurring.status_of(state) == RecurringPlan.Status.ENDED
    if is_over and change.kind not in {Kind.STOP, Kind.MISSED, Kind.CARD, Kind.RESTART}:
        raise ProcessorRefused("ended", "the plan has ended")
    return carrying_out.carry_out(change=change, state=state)


def _take_new_key(change: PlanChange) -> None:
    """This key answers its failure for ever. The next look decides whether anything is still to be asked."""
    PlanChange.objects.filter(pk=change.pk, attempt=change.attempt).update(attempt=change.attempt + 1)


def _refused(change: PlanChange, error: ProcessorRefused, *, now: datetime) -> None:
    if error.code == "IdempotencyError":
        # Looking proved that it is not so, and what is asked looks different by now: the key is spent.
        _take_new_key(change)
        return
    with transaction.atomic():
        is_mine = PlanChange.advance(
            pk=change.pk, to=PlanChange.Status.REFUSED, now=now, answer=str(error)[:200]
        )
        if is_mine and change.kind == Kind.STOP:
            RecurringPlan.objects.filter(pk=change.plan_id, ended_at__isnull=True).update(end_reason="")


def finish(*, change: PlanChange, state: PlanState, now: datetime) -> None:
    """This function will write down that a change is made, mirror the plan and confirm it by one mail."""
    with transaction.atomic():
        if not PlanChange.advance(pk=change.pk, to=PlanChange.Status.DONE, now=now):
            return
        plan = recurring.mirror(state=state, fetched_at=now, now=now)
        also = _also(change)
        if also:
            RecurringPlan.objects.filter(pk=plan.pk).update(**also)
        telling.changed(change=change, plan=recurring.of(pk=plan.pk), now=now)


def _also(change: PlanChange) -> dict[str, object]:
    """What of a change the processor does not know: the fund in our books, and the last day in its giver's words."""
    if change.kind == Kind.FUND:
        campaign = Campaign.objects.filter(fund=change.fund_id).order_by("position", "id").first()
        return {"fund_id": change.fund_id, **({"campaign_id": campaign.pk} if campaign else {})}
    if change.kind == Kind.END:
        return {"ends_on": change.day}
    return {}


def resume(*, change: PlanChange, now: datetime) -> None:
    """This function will take up a change whose answer never came, or whose card is still awaited."""
    carry_on(change=change, now=now)
    lasts = CARD_PAGE_LASTS if change.kind == Kind.CARD else GIVE_UP_AFTER
    if now - change.asked_at <= lasts:
        return
    answer = "no other card was given" if change.kind == Kind.CARD else "the processor never confirmed it"
    PlanChange.advance(pk=change.pk, to=PlanChange.Status.REFUSED, now=now, answer=answer)


def card_given(*, customer_ref: str, now: datetime) -> int:
    """Something changed at a customer: whoever waits for another card looks now.

    This function will return how many changes it took up.
    """
    waiting = PlanChange.objects.filter(
        plan__customer_ref=customer_ref, kind=Kind.CARD, status=PlanChange.Status.REQUESTED
    )
    found = list(waiting.select_related("plan__checkout", "plan__fund", "fund").order_by("asked_at", "id"))
    for change in found:
        carry_on(change=change, now=now)
    return len(found)


def claim(*, now: datetime, most: int) -> list[PlanChange]:
    """This function will take the changes that have waited, each for a longer pause than the last."""
    waiting = PlanChange.objects.filter(status=PlanChange.Status.REQUESTED, look_after__lte=now)
    with transaction.atomic():
        claimed = list(
            waiting.select_for_update(skip_locked=True, of=("self",))
            .select_related("plan__checkout", "plan__fund", "fund")
            .order_by("look_after", "id")[:most]
        )
        for change in claimed:
            pause = max(timedelta(minutes=1), min((now - change.asked_at) / 4, timedelta(hours=1)))
            PlanChange.objects.filter(pk=change.pk).update(look_after=now + pause)
    return claimed


def card_page(
    *,
    plan: RecurringPlan,
    change_id: uuid.UUID,
    asker: Asker,
    return_url: str,
    language: str,
    invoice_ref: str = "",
    now: datetime,
) -> str:
    """Where another card is given. The wish is written down first; what comes of it is seen by looking.

    With `invoice_ref` its month is collected once, at once, by the new card. Raises UnableToChange, ProcessorUnsure and
    ProcessorRefused. This function will return the address of the processor's page.
    """
    connected = gateway.connect()
    state = connected.plan(plan.processor_ref)
    wish = Wish(kind=Kind.CARD, before=carrying_out.cards_of(state), invoice_ref=invoice_ref)
    note(plan_id=plan.pk, change_id=change_id, wish=wish, asker=asker, now=now)
    # Whoever asks again waits once: one new card is one change and one mail.
    earlier = plan.changes.filter(kind=Kind.CARD, status=PlanChange.Status.REQUESTED).exclude(pk=change_id)
    earlier.update(status=PlanChange.Status.REFUSED, ended_at=now, answer="asked for again")
    return connected.card_page_url(customer_ref=plan.customer_ref, return_url=return_url, language=language)
