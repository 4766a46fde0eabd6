"""Files for finance, streamed as the database writes them. Each one is written down in the audit trail."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from reports import exporting
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit
from web.office.filtering import FilterForm, PeriodForm


@admit(Role.FINANCE)
def donations(request: HttpRequest) -> HttpResponseBase:
    """Donations of the same filter as the list."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return redirect("office:donations")
    _note(request, "export donations", asked=sorted(key for key in request.GET if request.GET[key]))
    blocks = exporting.donations(
        filters=form.filters, language=get_language() or "en", with_mark="mark" in request.GET
    )
    return _file(blocks, name=f"donations{_period(form)}.csv")


@admit(Role.FINANCE, Role.APPROVER)
def journal(request: HttpRequest) -> HttpResponseBase:
    """The journal of a period."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return redirect("office:journal")
    _note(request, "export journal", asked=[_period(form)])
    blocks = exporting.journal(
        booked_from=form.cleaned_data["given_from"],
        booked_to=form.cleaned_data["given_to"],
        with_mark="mark" in request.GET,
    )
    return _file(blocks, name=f"journal{_period(form)}.csv")


def _note(request: HttpRequest, action: str, *, asked: list[str]) -> None:
    # Which fields were asked for, not what was typed in them: that may be a giver's name.
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user, action=action, target="export", now=timezone.now(), details={"asked": asked}
        )


def _period(form: PeriodForm) -> str:
    days = [form.cleaned_data["given_from"], form.cleaned_data["given_to"]]
    return "".join(f"-{day.isoformat()}" for day in days if day)


def _file(blocks: Iterator[bytes], *, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(blocks, content_type="text/csv; charset=utf-8; header=present")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


# For the other pages that hand out files.
note, file = _note, _file
