"""Standing gifts in the office: the list, one plan with its history, and the same changes as its giver has, audited."""

import uuid

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from donations import changing_plans, mourning
from donations.changing_plans import Asker
from donations.models import PlanChange, RecurringPlan
from donations.wishing import UnableToChange
from donors import signing_in
from ledger import money
from reports import standing
from staff import auditing, roles
from staff.models import Role, User
from web import addressing, wishing
from web.office import looking, paging
from web.office.admitting import admit
from web.office.filtering import ANY
from web.wording import ENDINGS, PLANS


class PlanFilterForm(forms.Form):
    """What a person types, and what the numbers of reports ask for in the address."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[ANY, *((state, PLANS[state]) for state in standing.STATES)],
    )
    q = forms.CharField(label=gettext_lazy("Giver"), required=False, max_length=120)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        required=False,
        choices=[ANY, *((code, code) for code in sorted(money.CURRENCIES))],
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Ended because"), required=False, choices=[ANY, *ENDINGS.items()]
    )
    entity = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    campaign = forms.SlugField(required=False, max_length=60, widget=forms.HiddenInput)
    ended_from = forms.DateField(required=False, widget=forms.HiddenInput)
    card_from = forms.DateField(required=False, widget=forms.HiddenInput)
    card_before = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)

    def clean_entity(self) -> str:
        return str(self.cleaned_data["entity"]).replace("\x00", "")

    @property
    def asked(self) -> standing.Asked:
        told = dict(self.cleaned_data)
        return standing.Asked(search=told.pop("q"), **told)

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Fifty plans at a time, newest first."""
    form = PlanFilterForm(request.GET)
    asked = form.asked if form.is_valid() else None
    found = standing.plans(asked) if asked else RecurringPlan.objects.none()
    page = paging.page(rows=found, by="started_at", after=request.GET.get("after", ""))
    context = {"form": form, "page": page, "older": paging.older(request, page, fields=form.fields)}
    context["totals"] = standing.totals(asked) if asked else []
    return render(request, "office/plans.html", context, status=200 if form.is_valid() else 400)


def _plan(pk: uuid.UUID) -> RecurringPlan:
    found = changing_plans.find(plan_id=pk)
    if found is None:
        raise Http404("no such plan")
    return found


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
@looking.counted(looking.giver_of_plan)
def plan(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything about one plan. Opening it is written down: it shows a giver's name and address."""
    found = _plan(pk)
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="read plan", target=f"plan:{pk}", now=timezone.now())
    return _page(request, found)


def _page(
    request: HttpRequest, found: RecurringPlan, *, refused: str = "", status: int = 200
) -> HttpResponse:
    context = {
        **wishing.about(plan=found, now=timezone.now()),
        "gifts": found.donations.order_by("-given_at", "-id")[:24],
        "refused": refused,
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/plan.html", context, status=status)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_plan)
def change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One press, one change, in the name of who pressed."""
    found = _plan(pk)
    actor = request.user
    if not isinstance(actor, User):
        raise Http404("nobody")
    try:
        pressed = wishing.read(request.POST, plan=found)
        is_stop = pressed.wish.kind == PlanChange.Kind.STOP
        made = changing_plans.ask(
            plan_id=pk,
            change_id=pressed.change_id,
            wish=pressed.wish,
            asker=Asker(PlanChange.Asker.STAFF, staff=actor, block=_block(request)),
            reason=RecurringPlan.EndReason.STAFF if is_stop else None,
            now=timezone.now(),
        )
    except UnableToChange as error:
        return _page(request, found, refused=error.words, status=422)
    if made.status == PlanChange.Status.DONE:
        messages.success(request, _("The plan was changed."))
    else:
        messages.warning(
            request, _("The processor has not answered yet. The wish is stored and will be carried out.")
        )
    return redirect("office:plan", pk=pk)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_plan)
def died(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The giver of this plan has died: all their plans stop, letters stop, and nobody writes to them."""
    found = _plan(pk)
    if not isinstance(request.user, User) or request.POST.get("sure") != "yes":
        return _page(request, found, refused=_("Please tick that you are sure."), status=422)
    mourning.died(donor_id=found.donor_id, actor=request.user, block=_block(request), now=timezone.now())
    messages.success(request, _("All regular gifts and letters of this giver were stopped."))
    return redirect("office:plan", pk=pk)


def _block(request: HttpRequest) -> str:
    return signing_in.address_block(addressing.client_ip(request))
