"""Accounts at banks as pages: which there are, and the form of one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from books import matching, opening_accounts
from books.opening_accounts import Account, UnableToOpen
from ledger import money
from ledger.models import LegalEntity
from payments.models import BankAccount
from staff import roles
from staff.models import Role, User
from web.bank_wording import FORMATS
from web.office.admitting import admit

REFUSED = {
    "name": gettext_lazy("Write a name of up to 120 characters."),
    "taken": gettext_lazy("This body has an account of this name already."),
    "currency": gettext_lazy("Choose a currency."),
    "digits": gettext_lazy("Write the last two to four digits or letters only."),
    "used": gettext_lazy("It has lines: its body and its currency stay."),
    "resident_number": gettext_lazy("What looks like a resident number must not be typed here."),
}


class AccountForm(forms.Form):
    entity = forms.ModelChoiceField(
        label=gettext_lazy("Receiving body"), queryset=LegalEntity.objects.order_by("id"), empty_label=None
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("As you call it: “First Bank, checking”."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(code, code) for code in sorted(money.CURRENCIES)]
    )
    last4 = forms.CharField(
        label=gettext_lazy("Last digits of its number"),
        max_length=4,
        required=False,
        help_text=gettext_lazy("Two to four. The whole number is kept nowhere."),
    )
    format = forms.ChoiceField(label=gettext_lazy("Its files are"), choices=list(FORMATS.items()))
    is_open = forms.BooleanField(label=gettext_lazy("In use"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].label_from_instance = lambda one: one.legal_name  # type: ignore[attr-defined]


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, with how many lines wait and which day is the last we know of."""
    rows = (
        BankAccount.objects.select_related("entity")
        .annotate(
            waiting=Count("lines", filter=Q(lines__state__in=matching.OPEN)), last_on=Max("lines__booked_on")
        )
        .order_by("-is_open", "entity_id", "name", "id")
    )
    context = {"rows": rows, "may_change": roles.may(request.user, roles=[Role.FINANCE])}
    return render(request, "office/bank_accounts.html", context)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One account to change, or a new one."""
    found = BankAccount.objects.filter(pk=pk).first() if pk is not None else None
    if found is None and pk is not None:
        raise Http404("no such account")
    if request.method == "POST" and isinstance(request.user, User):
        form = AccountForm(request.POST)
        if _saved(form, found, actor=request.user):
            messages.success(request, _("Saved."))
            return redirect("office:bank_accounts")
    else:
        form = AccountForm(initial=_initial(found))
    status = 422 if form.is_bound else 200
    return render(request, "office/bank_account.html", {"form": form, "account": found}, status=status)


def _initial(found: BankAccount | None) -> dict[str, object]:
    if found is None:
        home = LegalEntity.objects.order_by("id").first()
        return {"currency": home.base_currency if home else "USD", "is_open": True}
    names = ("entity", "name", "currency", "last4", "format", "is_open")
    return {name: getattr(found, name) for name in names}


def _saved(form: AccountForm, found: BankAccount | None, *, actor: User) -> bool:
    if not form.is_valid():
        return False
    try:
        opening_accounts.keep(
            account_id=found.pk if found else None,
            told=Account(**form.cleaned_data),
            actor=actor,
            now=timezone.now(),
        )
    except UnableToOpen as error:
        form.add_error(error.field, str(REFUSED[error.code]))
        return False
    return True
