"""Moving money between funds as pages: one person asks, another decides."""

import uuid
from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from books import transferring
from books.models import TransferRequest
from books.transferring import Move, UnableToTransfer
from ledger.models import Fund
from ledger.money import Money
from reports import books
from staff import roles
from staff.models import Role, User
from web.office import showing_funds
from web.office.admitting import admit
from web.office.asking_fields import fund_label
from web.office.forming import DecideForm
from web.office.releasing import REFUSALS, PaperForm

MORE: Mapping[str, tuple[str | None, str | Promise]] = {
    "same": ("to", gettext_lazy("Choose another fund.")),
    "entity": ("to", gettext_lazy("Funds of two bodies do not share money.")),
    "closed": ("to", gettext_lazy("This fund is closed.")),
    "class": (
        "to",
        gettext_lazy(
            "Restricted money goes only to a fund of the same restriction: nobody but a giver changes it."
        ),
    ),
    "alone": (None, gettext_lazy("You asked for this, so somebody else must decide about it.")),
    "decided": (None, gettext_lazy("This has been decided already.")),
}


def said(error: UnableToTransfer) -> str:
    """This function will return in words what hinders a transfer."""
    if error.code == "above" and error.left is not None:
        return _("Only %(left)s is left of this fund.") % {"left": error.left.shown(get_language() or "en")}
    return str({**REFUSALS, **MORE}[error.code][1])


class MoveForm(PaperForm):
    """How much goes to which fund, of which class, and why."""

    to = forms.ModelChoiceField(label=gettext_lazy("To fund"), queryset=Fund.objects.none(), empty_label=None)
    is_restricted = forms.TypedChoiceField(
        label=gettext_lazy("Of what"),
        choices=[
            ("", gettext_lazy("Money without donor restrictions")),
            ("yes", gettext_lazy("Money with donor restrictions")),
        ],
        coerce=lambda value: value == "yes",
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("to", "is_restricted", "amount", "currency", "on", "reason", "paper")

    def offer(self, found: Fund) -> None:
        """This function will list the funds of the same body; a fund without restriction holds only one class."""
        others = Fund.objects.filter(entity=found.entity, is_open=True).exclude(pk=found.pk)
        field = self.fields["to"]
        field.queryset = others.prefetch_related("texts").order_by("code")  # type: ignore[attr-defined]
        field.label_from_instance = fund_label  # type: ignore[attr-defined]
        if not found.is_restricted:
            del self.fields["is_restricted"]
        self.fields["paper"].help_text = _(
            "PDF, PNG or JPEG, at most 5 MB. For restricted money: the paper by which its giver agreed."
        )

    def refuse_move(self, error: UnableToTransfer) -> None:
        """This function will say at its field what hinders the transfer."""
        field = "amount" if error.code == "above" else {**REFUSALS, **MORE}[error.code][0]
        self.add_error(field if field in self.fields else None, said(error))


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    found = showing_funds.one(pk)
    today = found.entity.day_of(timezone.now())
    form = MoveForm(request, currencies=showing_funds.currencies(found), today=today)
    form.offer(found)
    if form.is_bound and form.is_valid() and isinstance(request.user, User):
        made = _ask(form, found, request.user)
        if made is not None:
            messages.success(request, _("Asked. Somebody who may approve decides about it."))
            return redirect("office:fund_moving", pk=made.pk)
    context = {"form": form, "fund": found, "left": _left(found)}
    return render(request, "office/fund_move.html", context, status=422 if form.is_bound else 200)


def _left(found: Fund) -> list[tuple[Money, Money]]:
    rows = books.balances(language="en", fund=found)
    return [(row.unrestricted, row.restricted) for row in rows]


def _ask(form: MoveForm, found: Fund, actor: User) -> TransferRequest | None:
    told = form.cleaned_data
    move = Move(
        id=told["request_id"],
        fund_from=found,
        fund_to=told["to"],
        is_restricted=bool(told.get("is_restricted")),
        amount=told["money"],
        moved_on=told["on"],
        reason=told["reason"],
    )
    try:
        return transferring.ask(move=move, paper=form.uploaded(), actor=actor, now=timezone.now())
    except UnableToTransfer as error:
        form.refuse_move(error)
        return None


def _page(request: HttpRequest, pk: uuid.UUID, *, refused: str = "", status: int = 200) -> HttpResponse:
    asked = TransferRequest.objects.select_related("fund_from__entity", "fund_to", "asked_by", "decided_by")
    found = get_object_or_404(asked.prefetch_related("fund_from__texts", "fund_to__texts"), pk=pk)
    is_own = found.asked_by_id == request.user.pk
    context = {
        "asked": found,
        "is_open": found.status == TransferRequest.Status.ASKED,
        "is_own": is_own,
        "may_decide": not is_own and roles.may(request.user, roles=[Role.APPROVER]),
        "sees_papers": roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER]),
        "refused": refused,
    }
    return render(request, "office/fund_moving.html", context, status=status)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def moving(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One request and what became of it."""
    return _page(request, pk)


@admit(Role.FINANCE, Role.APPROVER)
@require_POST
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve, decline or take back; pressed twice the second press is told that it is decided."""
    form = DecideForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, pk, status=422, refused=_("Please choose again."))
    deed = form.cleaned_data["deed"]
    if deed != "withdraw" and not roles.may(request.user, roles=[Role.APPROVER]):
        return _page(request, pk, status=403, refused=_("Only somebody who may approve can decide this."))
    try:
        words = _done(deed=deed, pk=pk, reason=form.cleaned_data["reason"], actor=request.user)
    except UnableToTransfer as error:
        return _page(request, pk, status=422, refused=said(error))
    messages.success(request, words)
    return redirect("office:fund_moving", pk=pk)


def _done(*, deed: str, pk: uuid.UUID, reason: str, actor: User) -> str:
    now = timezone.now()
    if deed == "approve":
        transferring.approve(request_id=pk, actor=actor, now=now)
        return _("Moved. Both funds show it.")
    if deed == "decline":
        transferring.decline(request_id=pk, reason=reason, actor=actor, now=now)
        return _("Declined. Nothing was moved.")
    transferring.withdraw(request_id=pk, actor=actor, now=now)
    return _("Taken back. Nothing was moved.")
