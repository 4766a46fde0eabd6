"""Giving money back, in three steps: ask, look at what will happen, send. Only the last one does anything."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from donations import refunding
from donations.models import Donation, RefundRequest
from ledger.money import Money
from staff.models import Role, User
from web.office import looking
from web.office.admitting import admit
from web.office.forming import RefundForm, designated


def _donation(pk: uuid.UUID) -> Donation:
    return get_object_or_404(
        Donation.objects.select_related("entity", "donor", "campaign", "coverage__receipt"), pk=pk
    )


def _form(donation: Donation, typed: HttpRequest | None = None, **initial: object) -> RefundForm:
    """The form over what is left now, of the whole gift and of each fund."""
    left = refunding.refundable_by_fund(donation=donation)
    by_fund = {fund: left[fund.pk] for fund in designated(donation)}
    return RefundForm(
        typed.POST if typed else None,
        left=refunding.refundable(donation=donation),
        by_fund=by_fund,
        initial=initial,
    )


def _page(
    request: HttpRequest, donation: Donation, form: RefundForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    limit = refunding.alone_up_to(entity=donation.entity, currency=donation.currency)
    context = {"donation": donation, "form": form, "left": form.left, "limit": limit, "refused": refused}
    return render(request, "office/refund.html", context, status=status)


@admit(Role.FINANCE)
@require_GET
@looking.counted(looking.giver_of_donation)
def ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    donation = _donation(pk)
    return _page(request, donation, _form(donation))


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_donation)
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shows what will happen; nothing has happened yet."""
    donation = _donation(pk)
    form = _form(donation, request)
    if not form.is_valid():
        return _page(request, donation, form, status=422)
    amount: Money = form.cleaned_data["wanted"]
    coverage = getattr(donation, "coverage", None)
    left = {fund.pk: part for fund, part in form.by_fund.items()}
    parts = form.cleaned_data["parts"] or refunding.shared(amount=amount, left=left)
    context = {
        "donation": donation,
        "form": form,
        "amount": amount,
        "rest": form.left - amount,
        "reason": form.cleaned_data["reason"],
        "parts": [(fund, parts[fund.pk]) for fund in form.by_fund] if len(form.by_fund) > 1 else [],
        "needs_second": refunding.needs_second(donation=donation, amount=amount),
        "limit": refunding.alone_up_to(entity=donation.entity, currency=donation.currency),
        "receipt": coverage.receipt if coverage else None,
    }
    return render(request, "office/refund_check.html", context)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_donation)
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sends or proposes the refund. Pressed twice it is one, because both presses carry the same request."""
    donation = _donation(pk)
    # What is left is judged by the deed alone: at the second press nothing may be left, and that is no error.
    form = RefundForm(request.POST, left=donation.amount, by_fund=designated(donation))
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, donation, form, status=422)
    given = form.cleaned_data
    try:
        made = refunding.request(
            donation_id=pk,
            amount=given["wanted"],
            parts=given["parts"],
            reason=given["reason"],
            actor=request.user,
            request_id=given["request_id"],
            now=timezone.now(),
        )
    except refunding.UnableToRefund as error:
        again = {name: given.get(name, "") for name in form.fields if name != "request_id"}
        return _page(request, donation, _form(donation, **again), status=422, refused=error.words)
    messages.success(request, told(made))
    return redirect("office:donation", pk=pk)


def told(made: RefundRequest) -> str:
    """This function will say in words what became of a request."""
    shown = {"amount": made.amount.shown(get_language() or "en")}
    if made.status == RefundRequest.Status.PROPOSED:
        return _("Giving %(amount)s back is proposed; somebody else must approve it.") % shown
    if made.status == RefundRequest.Status.DONE:
        return _("%(amount)s was given back.") % shown
    if made.status == RefundRequest.Status.SENT:
        return _("%(amount)s is on its way back; the bank has to confirm it.") % shown
    return (
        _("The processor has not answered yet. The refund of %(amount)s is stored and will be finished.")
        % shown
    )
