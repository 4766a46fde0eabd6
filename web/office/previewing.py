"""The preview of a run: papers without a number, beside the gifts they are made of."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from receipts import previewing
from receipts.models import AnnualRun, RunItem
from staff import auditing
from staff.models import Role, User
from web.office.admitting import admit


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def previews(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Whom to look at: ten by lot, the ten largest, everybody with something solved."""
    run = get_object_or_404(AnnualRun.objects.select_related("entity"), pk=pk)
    return render(
        request, "office/run_previews.html", {"run": run, "groups": previewing.chosen(run=run).items()}
    )


def _item(pk: uuid.UUID, position: int) -> RunItem:
    found = RunItem.objects.select_related("run__entity", "donor", "receipt")
    return get_object_or_404(found, run=pk, position=position)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def preview(request: HttpRequest, pk: uuid.UUID, position: int) -> HttpResponse:
    """What one paper will say, side by side with the gifts in the books. Looking at a giver is written down."""
    item = _item(pk, position)
    context: dict[str, object] = {"run": item.run, "item": item, "draft": None}
    try:
        made = previewing.draft(item=item, now=timezone.now())
        gifts = [one.gift.donation for one in made.lines]
        context |= {"draft": made, "paper": made.snapshot, "gifts": gifts}
    except previewing.NothingToPreview:
        pass  # the page says that nothing can be drawn, and why
    _note(request, item)
    return render(request, "office/run_preview.html", context)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def preview_file(request: HttpRequest, pk: uuid.UUID, position: int) -> HttpResponse:
    """The paper itself; nothing of it is kept."""
    item, now = _item(pk, position), timezone.now()
    try:
        content = previewing.paper(made=previewing.draft(item=item, now=now), now=now)
    except previewing.NothingToPreview as error:
        raise Http404("nothing to preview") from error
    _note(request, item)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response


def _note(request: HttpRequest, item: RunItem) -> None:
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user, action="preview receipt", target=f"donor:{item.donor_id}", now=timezone.now()
        )
