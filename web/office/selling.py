"""The sale of donated securities, from the page of their gift."""

import uuid
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from books import selling
from books.models import SecuritySale
from books.selling import Sold, UnableToSell
from donations.models import Donation
from ledger import money
from ledger.money import Money
from payments.models import BankAccount
from staff.models import Role, User
from web.office import looking
from web.office.admitting import admit
from web.office.asking_fields import read_amount

REFUSALS: Mapping[str, tuple[str | None, str | Promise]] = {
    "kind": (None, gettext_lazy("This gift is no security.")),
    "sold": (None, gettext_lazy("These securities were sold already, for another price.")),
    "gone": (None, gettext_lazy("The books hold nothing of this gift any more.")),
    "price": ("price", gettext_lazy("Write an amount above zero.")),
    "fee": ("fee", gettext_lazy("The fee cannot be more than the price.")),
    "day": ("sold_on", gettext_lazy("This day cannot be.")),
    "bank": ("bank_account", gettext_lazy("Choose an account of this body and currency.")),
}


class SaleForm(forms.Form):
    """What the broker's confirmation says."""

    price = forms.CharField(label=gettext_lazy("Sold for, before the fee"), max_length=24)
    fee = forms.CharField(label=gettext_lazy("Fee of the broker"), max_length=24, required=False)
    sold_on = forms.DateField(
        label=gettext_lazy("Day of the sale"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    bank_account = forms.ModelChoiceField(
        label=gettext_lazy("Bank account"), queryset=BankAccount.objects.none(), empty_label=None
    )

    def __init__(self, request: HttpRequest, gift: Donation) -> None:
        is_sent = request.method == "POST"
        today = gift.entity.day_of(timezone.now())
        super().__init__(request.POST if is_sent else None, initial={"sold_on": today})
        accounts = BankAccount.objects.filter(entity=gift.entity, currency=gift.currency, is_open=True)
        self.fields["bank_account"].queryset = accounts.order_by("name")  # type: ignore[attr-defined]
        self.currency = gift.currency

    def read(self, name: str) -> Money:
        """This function will return an amount; what cannot be read is noted at its field."""
        return read_amount(self, name, currency=self.currency) or Money(0, self.currency)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
@looking.counted(looking.giver_of_donation)
def sell(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    gift = get_object_or_404(Donation.objects.select_related("entity", "donor"), pk=pk)
    known = SecuritySale.objects.filter(donation=gift).select_related("bank_account").first()
    form = SaleForm(request, gift)
    if (
        form.is_bound
        and form.is_valid()
        and isinstance(request.user, User)
        and _sell(form, gift, request.user)
    ):
        messages.success(request, _("Sold. The books say what was won or lost."))
        return redirect("office:donation", pk=pk)
    lying = selling.received_at(donation=gift)
    context = {
        "form": form,
        "donation": gift,
        "sale": known,
        "value": money.total((one.value for one in lying), currency=gift.currency),
    }
    return render(request, "office/sale.html", context, status=422 if form.is_bound else 200)


def _sell(form: SaleForm, gift: Donation, actor: User) -> bool:
    price, fee = form.read("price"), form.read("fee")
    if form.errors:
        return False
    told = form.cleaned_data
    sold = Sold(bank_account=told["bank_account"], price=price, fee=fee, sold_on=told["sold_on"])
    try:
        selling.sell(donation_id=gift.pk, sold=sold, actor=actor, now=timezone.now())
    except UnableToSell as error:
        field, words = REFUSALS[error.code]
        form.add_error(field, str(words))
        return False
    return True
