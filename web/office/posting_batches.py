"""Posting a batch: look at what it becomes, then post it; a second person where it does not agree; its slip."""

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from books import slipping
from donations import batching, counting_batches, overriding, posting_batches
from donations.judging_rows import UnableToBatch
from donations.models import Batch, BatchRow
from donations.overriding import UnableToOverride
from donations.posting_batches import UnableToPost
from staff import roles
from staff.models import Role, User
from web.office import describing_rows
from web.office.admitting import admit

OBSTACLES: Mapping[str, str | Promise] = {
    "empty": gettext_lazy("Nothing was entered yet."),
    "count": gettext_lazy("The number of pieces does not agree with what was counted."),
    "total": gettext_lazy("The total does not agree with what was counted."),
    "cash": gettext_lazy("The cash is not counted by denomination, or does not agree."),
    "counters": gettext_lazy("Two people who counted must be named."),
    "closed": gettext_lazy("The day of the deposit lies in a closed period."),
    "ended": gettext_lazy("This batch is not open any more."),
}
OVERRIDES: Mapping[str, str | Promise] = {
    "reason": gettext_lazy("Write why."),
    "resident_number": gettext_lazy("A resident number is never kept here. Leave it out."),
    "agrees": gettext_lazy("The numbers agree: nobody needs to be asked."),
    "asked": gettext_lazy("Somebody has agreed already."),
    "self": gettext_lazy("Somebody else must agree to what you asked for."),
    "nothing": gettext_lazy("Nobody asks for it any more: the batch was changed."),
    "ended": gettext_lazy("This batch is not open any more."),
}


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What will happen is shown first; there is no way back."""
    batch = get_object_or_404(Batch.objects.select_related("entity", "bank_account"), pk=pk)
    trouble: list[str] = []
    if request.method == "POST" and isinstance(request.user, User):
        try:
            posting_batches.post(batch_id=pk, actor=request.user, now=timezone.now())
            messages.success(request, _("Batch %(number)s is in the books.") % {"number": batch.number})
            return redirect("office:batch", pk=pk)
        except UnableToPost as error:
            trouble = _words(error)
    if batch.status != Batch.Status.OPEN:
        return redirect("office:batch", pk=pk)
    count = counting_batches.of(batch=batch)
    codes = counting_batches.obstacles(batch=batch, count=count)
    rows = BatchRow.objects.filter(batch=batch)
    context = {
        "batch": batch,
        "count": count,
        "trouble": trouble or [str(OBSTACLES[code]) for code in codes],
        "given": rows.filter(giver="donor").count(),
        "loose": rows.filter(giver="nobody").count(),
        "unknown": rows.filter(giver="unknown").count(),
    }
    return render(request, "office/batch_post.html", context, status=422 if trouble else 200)


def _words(error: UnableToPost) -> list[str]:
    """Refusals of the whole batch, or of one of its rows by its place."""
    if error.position is None:
        return [str(OBSTACLES.get(code, OBSTACLES["ended"])) for code in error.codes]
    refusals = describing_rows.REFUSALS
    told = str(refusals.get(error.codes[0], refusals["other"]))
    return [_("Row %(place)s: %(words)s") % {"place": error.position, "words": told}]


@admit(Role.FINANCE, Role.APPROVER)
@require_POST
def override(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for it, agree to it, or take it back. Only somebody with that role agrees."""
    get_object_or_404(Batch, pk=pk)
    deed, actor, now = request.POST.get("deed", ""), request.user, timezone.now()
    if not isinstance(actor, User):
        raise Http404("nobody")
    try:
        if deed == "ask" and roles.may(actor, roles=[Role.FINANCE]):
            overriding.ask(batch_id=pk, reason=request.POST.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("Somebody else can agree now; they see it under Today."))
        elif deed == "approve" and roles.may(actor, roles=[Role.APPROVER]):
            overriding.approve(batch_id=pk, actor=actor, now=now)
            messages.success(request, _("Agreed: the batch may be posted as it is."))
        elif deed == "withdraw":
            overriding.withdraw(batch_id=pk, actor=actor, now=now)
            messages.success(request, _("Taken back."))
        else:
            messages.error(request, _("This is not yours to do."))
    except UnableToOverride as error:
        messages.error(request, str(OVERRIDES[error.code]))
    return redirect("office:batch", pk=pk)


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    batch = get_object_or_404(Batch, pk=pk)
    trouble = ""
    if request.method == "POST" and isinstance(request.user, User):
        try:
            batching.discard(
                batch_id=pk, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now()
            )
            messages.success(request, _("The batch was discarded; nothing of it is in the books."))
            return redirect("office:batch", pk=pk)
        except UnableToBatch as error:
            trouble = str(OVERRIDES.get(error.code, OVERRIDES["ended"]))
    context = {"batch": batch, "count": counting_batches.of(batch=batch), "trouble": trouble}
    return render(request, "office/batch_discard.html", context, status=422 if trouble else 200)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def slip(request: HttpRequest, pk: uuid.UUID, paper: str) -> HttpResponse:
    batch = get_object_or_404(Batch.objects.select_related("entity", "bank_account"), pk=pk)
    if paper not in {"letter", "a4"} or batch.status != Batch.Status.POSTED:
        raise Http404("no such slip")
    language = get_language() or "en"
    content = slipping.slip(batch=batch, paper="a4" if paper == "a4" else "letter", language=language)
    answer = HttpResponse(content, content_type="application/pdf")
    name = f"deposit-{batch.entity.code}-{batch.number}.pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
