"""The books as pages: the journal, payouts with their lines. No giver is named here."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ledger.models import Entry
from reports import books, narrowing
from reports.narrowing import Narrow
from staff import roles
from staff.models import Role
from web.office import paging
from web.office.admitting import admit
from web.office.narrowing import JournalForm


@admit(Role.VIEWER, Role.FINANCE, Role.APPROVER)
def journal(request: HttpRequest) -> HttpResponse:
    """Entries by day with their lines; debits and credits of everything asked for stand on top.

    Asked for an account, a fund or a currency, each entry shows those of its lines: their sum is the number that led
    here.
    """
    form = JournalForm(request.GET)
    is_understood = form.is_valid()
    asked = form.narrow if is_understood else Narrow()
    rows = books.entries(asked) if is_understood else Entry.objects.none()
    page = paging.page(rows=rows, by="booked_on", after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=form.fields),
        "turnover": narrowing.turnover(asked) if is_understood else [],
        "asked": asked,
        "query": urlencode(
            {key: value for key, value in request.GET.items() if value and key in form.fields}
        ),
        "may_export": roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER]),
    }
    return render(request, "office/journal.html", context, status=200 if is_understood else 400)
