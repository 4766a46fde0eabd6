"""The quick links of two lists: everything that is seen, as CSV. They stand behind the same doors as the panels."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jobs import ringing
from reports import ordering
from reports.files import making
from staff.models import Role, User
from web.office import taking_out, wanting
from web.office.admitting import admit
from web.office.filtering import FilterForm, PeriodForm
from web.office.narrowing import JournalForm


@admit(Role.FINANCE)
def donations(request: HttpRequest) -> HttpResponseBase:
    """Donations of the same filter as the list."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return redirect("office:donations")
    return _file(request, form, listing="donations")


@admit(Role.FINANCE, Role.APPROVER)
def journal(request: HttpRequest) -> HttpResponseBase:
    """The journal of a period, narrowed as the page is."""
    form = JournalForm(request.GET)
    if not form.is_valid():
        return redirect("office:journal")
    return _file(request, form, listing="journal")


def _file(request: HttpRequest, form: PeriodForm, *, listing: str) -> HttpResponseBase:
    if not isinstance(request.user, User):
        raise Http404("nobody")
    wanted = ordering.Wanted(
        listing=listing,
        filters={name: request.GET[name] for name in form.fields if request.GET.get(name)},
        language=get_language() or "en",
        with_mark="mark" in request.GET,
    )
    looked, now = ordering.look(wanted=wanted, reader=request.user), timezone.now()
    if looked.needs_second:
        return taking_out.second(request, wanted, looked)
    if not looked.is_small:
        ordering.order(wanted=wanted, request_id=uuid.uuid4(), actor=request.user, now=now)
        ringing.ring(taking_out.BELL)
        messages.success(request, _("The file is being made. You can follow it here."))
        return redirect("office:exports")
    blocks = ordering.stream(wanted=wanted, looked=looked, actor=request.user, now=now)
    answer = StreamingHttpResponse(blocks, content_type=making.TOLD[wanted.form].content_type)
    answer.headers["Content-Disposition"] = wanting.disposition(wanting.name_of(wanted))
    return answer
