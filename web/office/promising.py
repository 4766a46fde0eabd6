"""Pledges in the office: the list, writing one down, what keeps it, and giving it up."""

import uuid
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations import giving_up, keeping_pledges, pledging
from donations.models import Donation, Pledge, WriteOffRequest
from donations.pledging import NewPledge, UnableToPledge
from donors.models import Donor
from ledger import money
from ledger.models import Fund, LegalEntity
from reports import promised
from staff import roles
from staff.models import Role, User
from web.office import looking, paging
from web.office.admitting import admit
from web.office.asking_fields import amount_field, campaign_field, day_field, read_amount, words_field
from web.office.choosing import ChoosingForm
from web.office.filtering import ANY
from web.pledge_wording import KINDS, REFUSALS, STATES

MAY_SEE = (Role.FINANCE, Role.APPROVER)
EVERY = {
    "1": gettext_lazy("Every month"),
    "3": gettext_lazy("Every three months"),
    "12": gettext_lazy("Every year"),
}
_PLACES = {"donor": "giver", "parts": "first_on", "fund": "campaign", "matches": None, "": None}


class PledgeFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[ANY, *((name, STATES[name]) for name in promised.STATES)],
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=[ANY, *KINDS.items()])
    q = forms.CharField(label=gettext_lazy("Giver"), required=False, max_length=120)

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()


class PledgeForm(ChoosingForm):
    """A promise in equal parts. `pledge_id` is made with the form: sent twice, it is one promise."""

    PEOPLE = ("giver",)

    pledge_id = forms.UUIDField(widget=forms.HiddenInput)
    giver = words_field(gettext_lazy("Who promised it"), most=200, required=True)
    amount = amount_field(gettext_lazy("Amount in all"), required=True)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    campaign = campaign_field()
    promised_on = day_field(gettext_lazy("Promised on"), required=True)
    parts = forms.IntegerField(
        label=gettext_lazy("In how many parts"), min_value=1, max_value=pledging.MOST_PARTS, initial=1
    )
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=list(EVERY.items()))
    first_on = day_field(gettext_lazy("The first part falls due on"), required=True)
    condition = words_field(
        gettext_lazy("On what condition"),
        most=300,
        help_text=gettext_lazy("Empty when there is none. The books never know a promise with a condition."),
    )
    is_booked = forms.BooleanField(
        label=gettext_lazy("The books carry it as a receivable"),
        required=False,
        help_text=gettext_lazy("Only if your accountant wants that."),
    )
    wants_reminders = forms.BooleanField(
        label=gettext_lazy("Remind by mail: a week before, on the day, two weeks after"),
        required=False,
        initial=True,
    )
    note = words_field(gettext_lazy("Note for the office"), most=300)

    def __init__(self, typed: Any = None, *, kind: str, today: date, initial: dict[str, Any]) -> None:
        self.kind = kind
        start = {"pledge_id": uuid.uuid4(), "promised_on": today, "first_on": today, **initial}
        super().__init__(typed, initial=start)
        self.fields["currency"].choices = [(code, code) for code in sorted(money.CURRENCIES)]  # type: ignore[attr-defined]

    def read(self, *, matches: Donation | None) -> NewPledge | None:
        """This function will return the promise that was written, or None after noting at each field what is wrong."""
        giver, given = self.choose("giver"), self.cleaned_data
        if self.errors or giver is None:
            return None
        amount = read_amount(self, "amount", currency=given["currency"])
        if amount is None:
            return None
        try:
            parts = pledging.schedule(
                amount=amount, count=given["parts"], first_on=given["first_on"], months=int(given["every"])
            )
        except UnableToPledge as error:
            self.refuse(UnableToPledge(error.code, "parts_count"))
            return None
        fund = Fund.objects.select_related("entity").get(pk=given["campaign"].fund_id)
        return NewPledge(
            id=given["pledge_id"],
            entity=fund.entity,
            donor_id=giver.pk,
            campaign=given["campaign"],
            fund=fund,
            amount=amount,
            promised_on=given["promised_on"],
            parts=parts,
            kind=Pledge.Kind(self.kind),
            matches_id=matches.pk if matches else None,
            condition=given["condition"],
            is_booked=given["is_booked"],
            wants_reminders=given["wants_reminders"] and self.kind == Pledge.Kind.PLEDGE,
            note=given["note"],
        )

    def refuse(self, error: UnableToPledge) -> None:
        """This function will put the deed's refusal beside the field it is about."""
        field = {"parts_count": "parts"}.get(error.field) or _PLACES.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, str(REFUSALS[error.code]))


class KeepForm(forms.Form):
    donation = forms.UUIDField()
    amount = forms.CharField(max_length=24, required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=giving_up.LENGTH, required=False)


class AnswerForm(forms.Form):
    deed = forms.ChoiceField(choices=[("agree", "agree"), ("decline", "decline")])


@admit(*MAY_SEE)
@require_GET
def pledges(request: HttpRequest) -> HttpResponse:
    """Fifty pledges at a time, and the sums of everything the filter holds."""
    form = PledgeFilterForm(request.GET)
    found = Pledge.objects.none()
    if form.is_valid():
        told = form.cleaned_data
        now = timezone.now()
        found = promised.pledges(state=told["state"], search=told["q"], kind=told["kind"], now=now)
    page = paging.page(rows=found, by="promised_on", after=request.GET.get("after", ""))
    context = {
        "form": form,
        "page": page,
        "totals": promised.totals(found) if form.is_valid() else [],
        "older": paging.older(request, page, fields=form.fields),
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/pledges.html", context, status=200 if form.is_valid() else 400)


@admit(Role.FINANCE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """Write a promise down. `?giver=` offers a donor, `?gift=` names the gift that an employer matches."""
    if kind not in KINDS:
        return redirect("office:pledges")
    own = _named(request.GET.get("gift", ""))
    form = _form(request, kind, own)
    if request.method == "POST" and isinstance(request.user, User) and form.is_valid():
        written = form.read(matches=own)
        if written is not None:
            try:
                made = pledging.promise(pledge=written, actor=request.user, now=timezone.now())
            except UnableToPledge as error:
                form.refuse(error)
            else:
                messages.success(request, _("The promise is written down."))
                return redirect("office:pledge", pk=made.pk)
    context = {"form": form, "kind": kind, "own": own}
    return render(request, "office/pledge_new.html", context, status=422 if form.is_bound else 200)


def _named(typed: str) -> Donation | None:
    try:
        asked = uuid.UUID(typed)
    except ValueError:
        return None
    return Donation.objects.select_related("donor", "campaign", "entity").filter(pk=asked).first()


def _form(request: HttpRequest, kind: str, own: Donation | None) -> PledgeForm:
    home = own.entity if own else LegalEntity.objects.order_by("id").first()
    today = timezone.now().astimezone(ZoneInfo(home.zone if home else "UTC")).date()
    initial: dict[str, Any] = {"currency": home.base_currency} if home else {}
    if own is not None:
        initial |= {"amount": own.amount.plain, "currency": own.currency, "campaign": own.campaign.slug}
    form = PledgeForm(
        request.POST if request.method == "POST" else None, kind=kind, today=today, initial=initial
    )
    try:
        giver = Donor.objects.filter(
            pk=uuid.UUID(request.GET.get("giver", "")), merged_into__isnull=True
        ).first()
    except ValueError:
        giver = None
    if giver is not None and not form.is_bound:
        form.offer("giver", giver)
    return form


@admit(*MAY_SEE)
@require_GET
@looking.counted(looking.giver_of_pledge)
def pledge(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, _pledge(pk))


def _pledge(pk: uuid.UUID) -> Pledge:
    found = Pledge.objects.select_related(
        "donor", "entity", "campaign", "fund", "matches__donor", "entered_by"
    )
    return get_object_or_404(found.prefetch_related("fund__texts", "campaign__texts"), pk=pk)


def _page(request: HttpRequest, shown: Pledge, *, refused: str = "", status: int = 200) -> HttpResponse:
    is_open = shown.status == Pledge.Status.OPEN
    may_change = roles.may(request.user, roles=[Role.FINANCE])
    context = {
        "pledge": shown,
        "amount": money.Money(shown.amount_minor, shown.currency),
        "left": pledging.left(shown),
        "parts": keeping_pledges.parts(pledge=shown),
        "kept_by": keeping_pledges.kept_by(pledge=shown),
        "fitting": _fitting(shown) if is_open and may_change else [],
        "requests": shown.write_off_requests.select_related("asked_by", "decided_by").order_by("id"),
        "is_open": is_open,
        "today": shown.entity.day_of(timezone.now()),
        "may_change": may_change,
        "may_decide": roles.may(request.user, roles=[Role.APPROVER]),
        "refused": refused,
    }
    return render(request, "office/pledge.html", context, status=status)


def _fitting(shown: Pledge) -> list[tuple[Donation, money.Money]]:
    """Gifts that may keep the promise, with what of each is free to."""
    found = keeping_pledges.fitting(pledge=shown)
    return [(gift, keeping_pledges.unused(donation=gift)) for gift in found]


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_pledge)
def keep(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a gift keep the promise."""
    shown, form = _pledge(pk), KeepForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, shown, refused=_("Please choose again."), status=422)
    typed, amount = form.cleaned_data["amount"], None
    try:
        if typed:
            amount = money.read_amount(typed, currency=shown.currency, most=money.LARGEST_BY_HAND)
        keeping_pledges.keep(
            pledge_id=pk,
            donation_id=form.cleaned_data["donation"],
            amount=amount,
            actor=request.user,
            now=timezone.now(),
        )
    except money.UnreadableAmount:
        return _page(request, shown, refused=_("This is not an amount: write 100 or 100.00."), status=422)
    except UnableToPledge as error:
        return _page(request, shown, refused=str(REFUSALS[error.code]), status=422)
    return redirect("office:pledge", pk=pk)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_pledge)
def undo(request: HttpRequest, pk: uuid.UUID, donation_id: uuid.UUID) -> HttpResponse:
    """A gift was said by mistake to keep the promise."""
    if isinstance(request.user, User):
        try:
            keeping_pledges.take_back(
                pledge_id=pk, donation_id=donation_id, actor=request.user, now=timezone.now()
            )
        except UnableToPledge as error:
            return _page(request, _pledge(pk), refused=str(REFUSALS[error.code]), status=422)
    return redirect("office:pledge", pk=pk)


@admit(Role.FINANCE)
@require_POST
@looking.counted(looking.giver_of_pledge)
def end(request: HttpRequest, pk: uuid.UUID, deed: str) -> HttpResponse:
    """Ask that the rest be written off, or take back a promise that was written down wrongly."""
    shown, form = _pledge(pk), ReasonForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, shown, refused=_("Please choose again."), status=422)
    reason, now = form.cleaned_data["reason"], timezone.now()
    try:
        if deed == "cancel":
            pledging.cancel(pledge_id=pk, reason=reason, actor=request.user, now=now)
        else:
            giving_up.ask(pledge_id=pk, reason=reason, actor=request.user, now=now)
    except UnableToPledge as error:
        return _page(request, shown, refused=str(REFUSALS[error.code]), status=422)
    words = _("The promise was taken back.") if deed == "cancel" else _("Somebody else must agree now.")
    messages.success(request, words)
    return redirect("office:pledge", pk=pk)


@admit(Role.APPROVER)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree that the rest of a promise is written off, or decline."""
    asked, form = get_object_or_404(WriteOffRequest, pk=pk), AnswerForm(request.POST)
    if form.is_valid() and isinstance(request.user, User):
        is_agreed = form.cleaned_data["deed"] == "agree"
        try:
            giving_up.decide(request_id=pk, is_agreed=is_agreed, actor=request.user, now=timezone.now())
        except UnableToPledge as error:
            messages.error(request, str(REFUSALS[error.code]))
    else:
        messages.error(request, _("Please choose again."))
    return redirect("office:pledge", pk=asked.pledge_id)
