"""Deposits: each payout with gifts, fees, refunds, disputes and net, tied line by line; and those that do not fit."""

from datetime import date, datetime
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donations import accepting, troubling
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from payments import pointing
from payments.gateway import ProcessorRefused, ProcessorUnsure
from payments.models import Payout, PayoutTrouble
from reports import deposit_files, deposits
from reports.deposits import Filters
from staff import roles
from staff.models import Role, User
from web import payout_wording
from web.office import exporting, paging
from web.office.admitting import admit

ANY = ("", gettext_lazy("Any"))
READERS = (Role.VIEWER, Role.FINANCE, Role.APPROVER)


class DepositForm(forms.Form):
    """Everything the list of deposits can be narrowed by; it lives in the address."""

    month = forms.CharField(
        label=gettext_lazy("Month"), required=False, widget=forms.DateInput(attrs={"type": "month"})
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ANY, *payout_wording.STATES.items()]
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        required=False,
        choices=[ANY, *((code, code) for code in sorted(money.CURRENCIES))],
    )
    processor = forms.ChoiceField(
        label=gettext_lazy("Processor"),
        required=False,
        choices=[ANY, *((one.value, payout_wording.PROCESSORS[one.value]) for one in Payout.Processor)],
    )

    def clean_month(self) -> date | None:
        typed = str(self.cleaned_data["month"])
        if not typed:
            return None
        try:
            return datetime.strptime(typed, "%Y-%m").date()
        except ValueError as error:
            raise forms.ValidationError(_("Write a month as 2026-11.")) from error

    @property
    def filters(self) -> Filters:
        told = self.cleaned_data
        return Filters(
            state=told["state"],
            currency=told["currency"],
            month=told["month"],
            processor=told["processor"],
        )


class AcceptForm(forms.Form):
    """At whose bank a payout arrived, and what is known about it."""

    entity = forms.ModelChoiceField(
        label=gettext_lazy("It arrived at the bank of"),
        queryset=LegalEntity.objects.order_by("id"),
        empty_label=None,
    )
    reason = forms.CharField(label=gettext_lazy("What you know about it"), max_length=200)


def _sees_donors(request: HttpRequest) -> bool:
    return roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER])


@admit(*READERS)
def payouts(request: HttpRequest) -> HttpResponse:
    """Deposits, fifty at a time, with the sums of the whole filter; what does not fit stands above them."""
    form = DepositForm(request.GET)
    is_understood = form.is_valid()
    filters = form.filters if is_understood else Filters(state="nothing")
    page = paging.page(
        rows=deposits.deposits(filters=filters), by="created_at", after=request.GET.get("after", "")
    )
    query = {key: value for key, value in request.GET.items() if value and key in form.fields}
    context = {
        "form": form,
        "rows": [deposits.shown(payout) for payout in page.rows],
        "totals": deposits.totals(filters=filters) if is_understood else [],
        "waiting": troubling.waiting() if "after" not in request.GET else (),
        "older": paging.older(request, page, fields=form.fields),
        "query": urlencode(query),
        "may_decide": _sees_donors(request),
    }
    return render(request, "office/payouts.html", context, status=200 if is_understood else 400)


@admit(*READERS)
def payout(request: HttpRequest, pk: int) -> HttpResponse:
    """One deposit: every line it carried, that they sum to it, and what its currencies left on 7900."""
    found = get_object_or_404(deposits.deposits(), pk=pk)
    lines = deposits.carried(payout=found)
    context = {
        "deposit": deposits.shown(found),
        "payout": found,
        "lines": lines,
        "exchanged": deposits.exchanged(lines),
        "has_rates": any(line.original or line.exchanged for line in lines),
        "next": deposits.carries_back(payout=found),
        "sees_donors": _sees_donors(request),
        "may_export": _sees_donors(request),
    }
    return render(request, "office/payout.html", context)


@admit(Role.FINANCE, Role.APPROVER)
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lines of one deposit as a file, with numbers of gifts and no names."""
    found = get_object_or_404(Payout, pk=pk)
    exporting.note(request, "export deposit", asked=[found.ref])
    blocks = deposit_files.lines(payout=found, with_mark="mark" in request.GET)
    return exporting.file(blocks, name=f"deposit-{found.arrives_on.isoformat()}-{found.pk}.csv")


@admit(Role.FINANCE, Role.APPROVER)
def waiting(request: HttpRequest, ref: str) -> HttpResponse:
    """A payout that is not in the books: what was found, and for two kinds of it a decision."""
    booked = Payout.objects.filter(ref=ref).first()
    if booked is not None:
        return redirect("office:payout", pk=booked.pk)
    trouble = get_object_or_404(PayoutTrouble, ref=ref)
    may_decide = trouble.code in accepting.DECIDED and roles.may(request.user, roles=[Role.FINANCE])
    form = AcceptForm(request.POST or None)
    refused = ""
    if request.method == "POST" and may_decide and form.is_valid():
        answer = _accepted(request, trouble, form)
        if not isinstance(answer, str):
            return answer
        refused = answer
    context = {
        "trouble": trouble,
        "amount": Money(trouble.amount_minor, trouble.currency),
        "lines": _money(trouble.lines_minor, trouble),
        "books": _money(trouble.books_minor, trouble),
        "difference": _difference(trouble),
        "unexplained": [
            {**one, "net": _money(one["net"], trouble), "booked": _money(one["booked"], trouble)}
            for one in trouble.unexplained
        ],
        "elsewhere": pointing.page_of(ref),
        "form": form if may_decide else None,
        "refused": refused,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "office/payout_waiting.html", context, status=status)


def _money(minor: int | None, trouble: PayoutTrouble) -> Money | None:
    return None if minor is None else Money(minor, trouble.currency)


def _difference(trouble: PayoutTrouble) -> Money | None:
    """What is short or over: of the lines against the payout, else of the books against it."""
    told = trouble.books_minor if trouble.books_minor is not None else trouble.lines_minor
    return None if told is None else Money(told - trouble.amount_minor, trouble.currency)


def _accepted(request: HttpRequest, trouble: PayoutTrouble, form: AcceptForm) -> HttpResponse | str:
    """The page of the deposit, or words why it could not be booked."""
    actor = request.user
    if not isinstance(actor, User):
        raise Http404("no such reader")
    try:
        made = accepting.accept(
            ref=trouble.ref,
            entity=form.cleaned_data["entity"],
            reason=form.cleaned_data["reason"],
            actor=actor,
            now=timezone.now(),
        )
    except accepting.UnableToAccept as error:
        if error.code == "more" and error.left is not None:
            return _("The processor owed only %(left)s to this body: book its gifts first.") % {
                "left": error.left.shown()
            }
        words = str(payout_wording.REFUSALS[error.code])
        return f"{words} {error.words}".strip()
    except (ProcessorUnsure, ProcessorRefused):
        return _("The processor does not answer. Nothing was booked; please try again.")
    messages.success(request, _("It is in the books."))
    return redirect("office:payout", pk=made.pk)
