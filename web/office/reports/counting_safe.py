"""People safe as a page: one colleague counts a quarter of a campaign, another approves, and only then it is shown."""

import uuid
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from campaigns import counting_safe
from campaigns.counting_safe import Status, UnableToCount
from campaigns.models import Campaign, SafeCount
from campaigns.models.safety import MOST
from staff import roles
from staff.models import Role, User
from web.office.admitting import admit
from web.office.reports import quartering
from web.office.reports.listing import SUMS
from web.templatetags import office

MAY_PROPOSE = (Role.FINANCE,)
MAY_APPROVE = (Role.APPROVER,)
DEEDS = {"approve": Status.APPROVED, "decline": Status.DECLINED, "withdraw": Status.WITHDRAWN}
REFUSALS = {
    "quarter": gettext_lazy("Choose a quarter of the list."),
    "early": gettext_lazy("This quarter has not been over for thirty days."),
    "people": gettext_lazy("Write a number of people."),
    "waits": gettext_lazy("Another count of this quarter waits for a second person."),
    "same": gettext_lazy("This number counts already."),
    "self": gettext_lazy("You counted this, so somebody else must decide about it."),
    "other": gettext_lazy("Only who counted it can take it back."),
    "decided": gettext_lazy("This has been decided already."),
}


class CountForm(forms.Form):
    """A number for a quarter: nothing else can be written."""

    quarter = forms.ChoiceField(label=gettext_lazy("Quarter"))
    people = forms.IntegerField(
        label=gettext_lazy("People who became safe in it"),
        min_value=0,
        max_value=MOST,
        help_text=gettext_lazy("All of the quarter together. 0 takes an earlier count away."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        quarters = counting_safe.countable(today=today)
        self.fields["quarter"].choices = [(day.isoformat(), quartering.said(day)) for day in quarters]  # type: ignore[attr-defined]


class DeedForm(forms.Form):
    deed = forms.ChoiceField(choices=[(deed, deed) for deed in DEEDS])


def _found(slug: str) -> Campaign:
    return get_object_or_404(
        Campaign.objects.select_related("fund__entity").prefetch_related("texts"), slug=slug
    )


@admit(*SUMS)
@require_http_methods(["GET", "POST"])
def counts(request: HttpRequest, slug: str) -> HttpResponse:
    """What counts of one campaign, every count that was ever proposed, and a form for one more."""
    found = _found(slug)
    if request.method != "POST":
        return _page(request, found)
    if not roles.may(request.user, roles=MAY_PROPOSE):
        return _page(request, found, status=403)
    form = CountForm(request.POST, today=_today(found), label_suffix="")
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, found, form=form, status=422)
    try:
        counting_safe.propose(
            campaign=found,
            quarter=date.fromisoformat(form.cleaned_data["quarter"]),
            people=form.cleaned_data["people"],
            today=_today(found),
            actor=request.user,
            now=timezone.now(),
        )
    except UnableToCount as error:
        form.add_error(None, str(REFUSALS[error.code]))
        return _page(request, found, form=form, status=422)
    messages.success(request, _("Counted. It is shown when somebody else approves it."))
    return redirect("office:report_safe", slug)


def _today(campaign: Campaign) -> date:
    return quartering.today(campaign.fund.entity)


def _page(
    request: HttpRequest,
    found: Campaign,
    *,
    form: CountForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = found.safe_counts.select_related("proposed_by", "decided_by")
    every = list(rows.order_by("-quarter", "-proposed_at", "id"))
    may_propose = roles.may(request.user, roles=MAY_PROPOSE)
    counted = counting_safe.counted(every)
    counts_now = {one.count.pk for one in counted}
    context = {
        "campaign": found,
        "title": office.titled(found),
        "total": counting_safe.total(every),
        "has_counts": bool(counted),
        "waiting": [(one, quartering.said(one.quarter)) for one in every if one.status == Status.PROPOSED],
        "rows": [
            (one, quartering.said(one.quarter), one.pk in counts_now)
            for one in every
            if one.status != Status.PROPOSED
        ],
        "form": (form or CountForm(today=_today(found), label_suffix="")) if may_propose else None,
        "may_approve": roles.may(request.user, roles=MAY_APPROVE),
        "body": found.fund.entity,
        "refused": refused,
    }
    return render(request, "office/safe_counts.html", context, status=status)


@admit(*MAY_PROPOSE, *MAY_APPROVE)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve, decline or take back; pressed twice the second press changes nothing."""
    count = get_object_or_404(SafeCount.objects.select_related("campaign"), pk=pk)
    found, form = _found(count.campaign.slug), DeedForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, found, refused=_("Please choose again."), status=422)
    to = DEEDS[form.cleaned_data["deed"]]
    if to != Status.WITHDRAWN and not roles.may(request.user, roles=MAY_APPROVE):
        return _page(request, found, refused=_("Only somebody who may approve can decide this."), status=403)
    try:
        counting_safe.decide(count_id=pk, to=to, actor=request.user, now=timezone.now())
    except UnableToCount as error:
        return _page(request, found, refused=str(REFUSALS[error.code]), status=422)
    said = {
        Status.APPROVED: _("Approved. It counts from now on."),
        Status.DECLINED: _("Declined. Nothing of it is shown."),
        Status.WITHDRAWN: _("Taken back. Nothing of it is shown."),
    }
    messages.success(request, said[to])
    return redirect("office:report_safe", found.slug)
