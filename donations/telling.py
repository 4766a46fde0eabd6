"""Telling: the mails about a standing gift, each once for its cause, in plain words and the giver's language."""

from datetime import date, datetime

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from donations import plan_linking, wishing
from donations.models import PlanChange, RecurringPlan
from donors import corresponding, profiling
from donors.models import Message
from ledger.models import FundText

Kind = PlanChange.Kind
EndReason = RecurringPlan.EndReason
IMPORTED = "import"
"""How `Checkout.source` begins of a plan brought from elsewhere: nobody pressed, nobody is told."""


def language_of(plan: RecurringPlan) -> str:
    """This function will return the language to write in: the one the giver chose, else that of the form."""
    return profiling.language_of(donor=plan.donor, otherwise=plan.checkout.language)


def every(months: int) -> str:
    """This function will return how often, as it is said after an amount."""
    words = {1: _("every month"), 3: _("every quarter"), 12: _("every year")}
    return words.get(months) or _("every %(months)s months") % {"months": months}


def day(value: date | datetime | None, *, plan: RecurringPlan) -> str:
    """This function will return a day as the giver's language writes it, in the zone of who receives."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = plan.entity.day_of(value)
    language = language_of(plan)
    return format_date(value, "d MMMM y" if language == "en" else "y년 M월 d일", locale=language)


def started(*, plan: RecurringPlan, now: datetime) -> None:
    """This function will tell the giver once what was agreed, and where it can be changed."""
    cause = f"plan:{plan.pk}"
    is_told = Message.objects.filter(kind=Message.Kind.PLAN_STARTED, cause=cause)
    # Every renewal comes by here: most have nothing to write.
    if plan.checkout.source.startswith(IMPORTED) or is_told.exists():
        return
    with translation.override(language_of(plan)):
        shown = {"amount": _amount(plan), "every": every(wishing.months_of(plan))}
        lines = [_("Your gift of %(amount)s %(every)s has begun.") % shown]
        if plan.next_charge_at:
            lines.append(_("The next gift is on %(day)s.") % {"day": day(plan.next_charge_at, plan=plan)})
        if plan.checkout.ends_on:
            lines.append(_("The last day is %(day)s.") % {"day": day(plan.checkout.ends_on, plan=plan)})
        lines.append(_("You can change, pause or stop it at any time:") + "\n" + _page(plan))
        _send(
            plan,
            Message.Kind.PLAN_STARTED,
            cause=cause,
            subject=_("Your regular gift has begun"),
            lines=lines,
            now=now,
        )


def changed(*, change: PlanChange, plan: RecurringPlan, now: datetime) -> None:
    """One mail for each press. A stop is told by the mail about the end, a collected month by its receipt.

    This function will confirm a change that was made.
    """
    if change.kind == Kind.STOP:
        ended(plan=plan, now=now)
        return
    is_told_elsewhere = change.kind == Kind.MISSED or change.asker == PlanChange.Asker.HOUSE
    if is_told_elsewhere:
        return
    with translation.override(language_of(plan)):
        lines = [_what_changed(change, plan)]
        if plan.next_charge_at and plan.status == RecurringPlan.Status.ACTIVE and change.kind != Kind.END:
            lines.append(
                _("The next gift of %(amount)s is on %(day)s.")
                % {"amount": _amount(plan), "day": day(plan.next_charge_at, plan=plan)}
            )
        lines.append(_("If this was not you, look here and write to us:") + "\n" + _page(plan))
        subject = _("Your regular gift was changed")
        _send(
            plan,
            Message.Kind.PLAN_CHANGED,
            cause=f"plan_change:{change.pk}",
            subject=subject,
            lines=lines,
            now=now,
        )


def _what_changed(change: PlanChange, plan: RecurringPlan) -> str:
    shown = {
        "amount": _amount(plan),
        "every": every(wishing.months_of(plan)),
        "day": day(change.day, plan=plan),
        "number": change.charge_day,
        "fund": _fund(plan),
        "card": plan.card_last4,
    }
    end = (
        _("Your regular gift ends: the last day is %(day)s.")
        if change.day
        else _("Your regular gift goes on without a last day.")
    )
    words = {
        Kind.AMOUNT: _("Your regular gift is now %(amount)s %(every)s. Nothing extra is charged."),
        Kind.FREQUENCY: _("Your regular gift is now %(amount)s %(every)s. Nothing extra is charged."),
        Kind.DAY: _("Your regular gift is now collected on day %(number)s of the month."),
        Kind.FUND: _("Your regular gift now goes to: %(fund)s."),
        Kind.CARD: _("Your regular gift is now collected from the card that ends in %(card)s."),
        Kind.END: end,
        Kind.PAUSE: _("Your regular gift rests. It begins again by itself on %(day)s."),
        Kind.RESUME: _("Your regular gift goes on."),
        Kind.RESTART: _("Your regular gift of %(amount)s %(every)s has begun again. Thank you."),
    }
    return words[Kind(change.kind)] % shown


def ended(*, plan: RecurringPlan, now: datetime) -> None:
    """This function will confirm to a giver, once for each plan that ended, that nothing more will be collected.

    Nobody writes to somebody who died, and a card reported stolen or lost is told to nobody but staff.
    """
    if plan.end_reason == EndReason.DEATH:
        return
    language = language_of(plan)
    with translation.override(language):
        shown = {"amount": _amount(plan)}
        lines = [_("Your regular gift of %(amount)s has ended. Nothing more will be collected.") % shown]
        if plan.end_reason in {EndReason.RETRIES_EXHAUSTED, EndReason.HARD_DECLINE}:
            lines = [
                _("Your card could not be used, so your regular gift of %(amount)s has ended.") % shown,
                _(
                    "If you wish to go on, you can give another card here. Nothing is collected before its next day:"
                )
                + "\n"
                + plan_linking.card_link(plan=plan, language=language),
            ]
        elif plan.end_reason in {EndReason.DONOR, EndReason.STAFF}:
            lines.append(_("If you change your mind, it can begin again here:") + "\n" + _page(plan))
        lines.append(_("Thank you for all you have given."))
        cause = f"plan:{plan.processor_ref}"
        _send(
            plan,
            Message.Kind.PLAN_ENDED,
            cause=cause,
            subject=_("Your regular gift has ended"),
            lines=lines,
            now=now,
        )


def payment_failed(*, plan: RecurringPlan, invoice_ref: str, next_at: datetime | None, now: datetime) -> None:
    """This function will tell a giver once for each failed month, with the way straight to the card's page."""
    language = language_of(plan)
    with translation.override(language):
        lines = [_("Your regular gift of %(amount)s could not be collected.") % {"amount": _amount(plan)}]
        if next_at:
            lines.append(_("We try again by ourselves on %(day)s.") % {"day": day(next_at, plan=plan)})
        lines.append(
            _("If your card has changed, you can change it here:")
            + "\n"
            + plan_linking.card_link(plan=plan, language=language)
        )
        cause = f"invoice:{invoice_ref}"
        subject = _("Your regular gift could not be collected")
        _send(plan, Message.Kind.PLAN_FAILED, cause=cause, subject=subject, lines=lines, now=now)


def bank_asks(*, plan: RecurringPlan, invoice_ref: str, page_url: str, now: datetime) -> None:
    """This function will tell a giver once that their bank wants to be asked, and where."""
    with translation.override(language_of(plan)):
        lines = [
            _("Your bank asks you to confirm your regular gift of %(amount)s.") % {"amount": _amount(plan)},
            _("You can do it on this page of the payment company:") + "\n" + page_url,
        ]
        subject = _("Your bank asks you to confirm your gift")
        _send(
            plan,
            Message.Kind.PLAN_NEEDS_BANK,
            cause=f"invoice:{invoice_ref}",
            subject=subject,
            lines=lines,
            now=now,
        )


def card_expires(*, plan: RecurringPlan, step: int, now: datetime) -> None:
    """This function will tell a giver, once for each card, month and step, that their card will no longer be good."""
    language = language_of(plan)
    expires_on = plan.card_expires_on
    if expires_on is None:
        return
    with translation.override(language):
        shown = {"card": plan.card_last4, "day": day(expires_on, plan=plan)}
        lines = [
            _(
                "The card that ends in %(card)s, which your regular gift is collected from, is good until %(day)s."
            )
            % shown,
            _("Most banks tell us of the new card. If yours does not, you can change it here:")
            + "\n"
            + plan_linking.card_link(plan=plan, language=language),
        ]
        cause = f"plan:{plan.pk}:{plan.card_last4}:{expires_on:%Y-%m}:{step}"
        subject = _("Your card will soon no longer be good")
        _send(plan, Message.Kind.PLAN_CARD_EXPIRING, cause=cause, subject=subject, lines=lines, now=now)


def resumes_soon(*, plan: RecurringPlan, now: datetime) -> None:
    """This function will tell a giver once that a pause is about to end."""
    with translation.override(language_of(plan)):
        shown = {"amount": _amount(plan), "day": day(plan.resumes_on, plan=plan)}
        lines = [
            _("Your pause ends: your regular gift of %(amount)s begins again on %(day)s.") % shown,
            _("You can change, pause or stop it at any time:") + "\n" + _page(plan),
        ]
        cause = f"plan:{plan.pk}:resumes:{plan.resumes_on}"
        _send(
            plan,
            Message.Kind.PLAN_CHANGED,
            cause=cause,
            subject=_("Your regular gift begins again"),
            lines=lines,
            now=now,
        )


def _amount(plan: RecurringPlan) -> str:
    return plan.amount.shown(language_of(plan))


def _fund(plan: RecurringPlan) -> str:
    names = dict(FundText.objects.filter(fund=plan.fund_id).values_list("language", "name"))
    return names.get(language_of(plan)) or names.get("en") or plan.fund.code


def _page(plan: RecurringPlan) -> str:
    return plan_linking.plan_link(plan=plan, language=language_of(plan))


def _send(
    plan: RecurringPlan,
    kind: Message.Kind,
    *,
    cause: str,
    subject: str,
    lines: list[str],
    now: datetime,
) -> None:
    hello = _("Dear %(name)s,") % {"name": plan.checkout.donor_name}
    corresponding.queue(
        kind=kind,
        cause=cause,
        to_email=plan.checkout.email,
        sender=corresponding.sender(plan.entity),
        language=language_of(plan),
        subject=subject,
        text="\n\n".join([hello, *lines, plan.entity.legal_name]),
        donor_id=None,
        now=now,
    )
