"""The books as pages: the journal and the balances of funds. No giver is named here."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from ledger.models import Entry
from reports import books
from staff import roles
from staff.models import Role
from web.office import paging
from web.office.admitting import admit
from web.office.filtering import PeriodForm


@admit(Role.VIEWER, Role.FINANCE, Role.APPROVER)
def journal(request: HttpRequest) -> HttpResponse:
    """Entries by day with their lines; debits and credits of the whole period stand on top."""
    form = PeriodForm(request.GET)
    is_understood = form.is_valid()
    period = {
        "booked_from": form.cleaned_data.get("given_from"),
        "booked_to": form.cleaned_data.get("given_to"),
    }
    rows = books.entries(**period) if is_understood else Entry.objects.none()
    page = paging.page(rows=rows, by="booked_on", after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=form.fields),
        "turnover": books.turnover(**period) if is_understood else [],
        "query": urlencode(
            {key: value for key, value in request.GET.items() if value and key in form.fields}
        ),
        "may_export": roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER]),
    }
    return render(request, "office/journal.html", context, status=200 if is_understood else 400)


@admit(Role.VIEWER, Role.FINANCE, Role.APPROVER)
def funds(request: HttpRequest) -> HttpResponse:
    balances = books.balances(language=get_language() or "en")
    sees_donors = roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER])
    return render(request, "office/funds.html", {"balances": balances, "sees_donors": sees_donors})
