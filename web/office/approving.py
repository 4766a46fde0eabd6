"""Second persons: the page of one proposed refund, its decision, and up to which sum nobody else is needed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from books import lying
from donations import approving, refunding
from donations.models import RefundPolicy, RefundRequest
from ledger.models import LegalEntity
from receipts import mending
from staff import roles
from staff.models import Role, User
from web.office import looking
from web.office.admitting import admit
from web.office.forming import DecideForm, PolicyForm
from web.office.refunding import told

MAY_APPROVE = (Role.APPROVER,)


def _proposal(pk: uuid.UUID) -> RefundRequest:
    found = RefundRequest.objects.select_related(
        "donation__entity", "donation__donor", "requested_by", "decided_by"
    ).prefetch_related("parts__fund__texts")
    return get_object_or_404(found, pk=pk)


def _page(
    request: HttpRequest, proposal: RefundRequest, *, refused: str = "", status: int = 200
) -> HttpResponse:
    is_own = proposal.requested_by_id == request.user.pk
    context = {
        "proposal": proposal,
        "donation": proposal.donation,
        "expires_at": proposal.requested_at + approving.EXPIRES_AFTER,
        "is_open": proposal.status == RefundRequest.Status.PROPOSED,
        "is_own": is_own,
        "may_decide": not is_own and roles.may(request.user, roles=MAY_APPROVE),
        "refused": refused,
    }
    return render(request, "office/proposal.html", context, status=status)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
@looking.counted(looking.giver_of_proposal)
def proposal(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _page(request, _proposal(pk))


@admit(Role.FINANCE, Role.APPROVER)
@require_POST
@looking.counted(looking.giver_of_proposal)
def decide(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve, decline or take back; pressed twice the second press is told that it is decided."""
    found, form = _proposal(pk), DecideForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _page(request, found, status=422, refused=_("Please choose again."))
    deed = form.cleaned_data["deed"]
    if deed != "withdraw" and not roles.may(request.user, roles=MAY_APPROVE):
        return _page(request, found, status=403, refused=_("Only somebody who may approve can decide this."))
    try:
        words = _done(deed=deed, pk=pk, reason=form.cleaned_data["reason"], actor=request.user)
    except (approving.UnableToDecide, refunding.UnableToRefund) as error:
        return _page(request, _proposal(pk), status=422, refused=error.words)
    messages.success(request, words)
    return redirect("office:donation", pk=found.donation_id)


def _done(*, deed: str, pk: uuid.UUID, reason: str, actor: User) -> str:
    now = timezone.now()
    if deed == "approve":
        made = mending.approve(request_id=pk, is_at_bank=_is_at_bank(pk), actor=actor, now=now)
        return told(made)
    if deed == "decline":
        approving.decline(request_id=pk, actor=actor, reason=reason, now=now)
        return _("Declined. The person who proposed it is told.")
    approving.withdraw(request_id=pk, actor=actor, now=now)
    return _("Taken back. Nothing is given back.")


def _is_at_bank(pk: uuid.UUID) -> bool:
    """Whether a line of the bank was the gift in question."""
    return lying.is_seen(donation=_proposal(pk).donation)


@admit(Role.ADMIN)
def policy(request: HttpRequest) -> HttpResponse:
    """Up to which sum of one gift a person may give back alone; every change is written down."""
    if request.method != "POST":
        return _policies(request)
    form = PolicyForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _policies(request, form=form, status=422)
    entity = get_object_or_404(LegalEntity, pk=form.cleaned_data["entity"])
    limit = form.cleaned_data["limit"]
    approving.set_policy(entity=entity, alone_up_to=limit, actor=request.user, now=timezone.now())
    messages.success(request, _("Kept. It counts from the next refund on."))
    return redirect("office:refund_policy")


def _policies(request: HttpRequest, *, form: PolicyForm | None = None, status: int = 200) -> HttpResponse:
    kept = {(row.entity_id, row.currency) for row in RefundPolicy.objects.order_by("id")}
    entities = []
    for entity in LegalEntity.objects.order_by("id"):
        known = {currency for entity_id, currency in kept if entity_id == entity.pk}
        currencies = sorted({*refunding.ALONE_UP_TO, entity.base_currency, *known})
        limits = [
            (refunding.alone_up_to(entity=entity, currency=currency), currency in known)
            for currency in currencies
        ]
        failed = form if form is not None and form.data.get("entity") == str(entity.pk) else None
        fresh = PolicyForm(initial={"entity": entity.pk, "currency": entity.base_currency})
        entities.append({"entity": entity, "limits": limits, "form": failed or fresh})
    return render(request, "office/refund_policy.html", {"entities": entities}, status=status)
