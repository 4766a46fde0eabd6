"""Giving money back, in three steps: ask, look at what will happen, send. Only the last one does anything."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from donations import refunding
from donations.models import Donation, RefundRequest
from ledger import money
from ledger.money import Money
from staff.models import Role, User
from web.office.admitting import admit


class RefundForm(forms.Form):
    """An amount in the donation's currency and a reason. `request_id` is made with the form: one form, one refund."""

    amount = forms.CharField(label=gettext_lazy("Amount to give back"), max_length=20)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("For the record; the giver does not see it."),
        widget=forms.TextInput,
    )
    request_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, typed: QueryDict | None = None, *, left: Money, initial: dict[str, object] | None = None
    ) -> None:
        super().__init__(typed, initial=initial)
        self.left = left

    def clean_amount(self) -> Money:
        try:
            amount = money.read_amount(self.cleaned_data["amount"], currency=self.left.currency)
        except money.UnreadableAmount as error:
            raise forms.ValidationError(_("This is not an amount: write 100 or 100.00.")) from error
        if not amount or self.left < amount:
            raise forms.ValidationError(
                _("At most %(left)s can be given back.") % {"left": self.left.shown()}
            )
        return amount


def _donation(pk: uuid.UUID) -> Donation:
    return get_object_or_404(Donation.objects.select_related("donor", "campaign", "coverage__receipt"), pk=pk)


def _page(request: HttpRequest, donation: Donation, form: RefundForm, *, status: int = 200) -> HttpResponse:
    return render(
        request, "office/refund.html", {"donation": donation, "form": form, "left": form.left}, status=status
    )


@admit(Role.FINANCE)
@require_GET
def ask(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    donation = _donation(pk)
    left = refunding.refundable(donation=donation)
    return _page(
        request, donation, RefundForm(left=left, initial={"amount": left.plain, "request_id": uuid.uuid4()})
    )


@admit(Role.FINANCE)
@require_POST
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Shows what will happen; nothing has happened yet."""
    donation = _donation(pk)
    form = RefundForm(request.POST, left=refunding.refundable(donation=donation))
    if not form.is_valid():
        return _page(request, donation, form, status=422)
    amount: Money = form.cleaned_data["amount"]
    coverage = getattr(donation, "coverage", None)
    context = {
        "donation": donation,
        "amount": amount,
        "rest": form.left - amount,
        "reason": form.cleaned_data["reason"],
        "request_id": form.cleaned_data["request_id"],
        "receipt": coverage.receipt if coverage else None,
    }
    return render(request, "office/refund_check.html", context)


@admit(Role.FINANCE)
@require_POST
def send(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Sends the refund. Pressed twice it is one refund, because both presses carry the same request."""
    donation = _donation(pk)
    # The amount left is judged by the deed alone: at the second press nothing may be left, and that is no error.
    form = RefundForm(request.POST, left=donation.amount)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, donation, form, status=422)
    try:
        made = refunding.request(
            donation_id=pk,
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            actor=request.user,
            request_id=form.cleaned_data["request_id"],
            now=timezone.now(),
        )
    except refunding.UnableToRefund as error:
        again = RefundForm(
            left=refunding.refundable(donation=donation),
            initial={
                "amount": form.cleaned_data["amount"].plain,
                "reason": form.cleaned_data["reason"],
                "request_id": uuid.uuid4(),
            },
        )
        return render(
            request,
            "office/refund.html",
            {"donation": donation, "form": again, "left": again.left, "refused": error.words},
            status=422,
        )
    messages.success(request, _told(made))
    return redirect("office:donation", pk=pk)


def _told(made: RefundRequest) -> str:
    shown = made.amount.shown()
    if made.status == RefundRequest.Status.DONE:
        return _("%(amount)s was given back.") % {"amount": shown}
    if made.status == RefundRequest.Status.SENT:
        return _("%(amount)s is on its way back; the bank has to confirm it.") % {"amount": shown}
    return _(
        "The processor has not answered yet. The refund of %(amount)s is stored and will be finished."
    ) % {"amount": shown}
