"""Aiding: a donor of a United Kingdom charity declares Gift Aid online, on the private address of their gift."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from donations import guarding, linking
from donations.guarding import Answer
from donations.models import Donation
from receipts import declaring
from receipts.declaring import UnableToDeclare
from receipts.models import GiftAidDeclaration, Issuer
from receipts.rules.declarations import Form, State
from web import addressing, attesting, errors, furnishing
from web.giving import holding, thanking


# The address itself proves whose gift it is, and there is no cookie that a forged post could ride on.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: HttpRequest, token: str) -> HttpResponse:
    """This function will show the declaration's form, keep it, or say that it is kept already."""
    donation = _donation(token)
    if donation is None:
        raise Http404("gift")
    known = _active(donation)
    if request.method != "POST" or known is not None:
        return _page(request, donation, form=None if known else attesting.fresh(), row=known)
    now = timezone.now()
    arrival = guarding.arrive(ip=addressing.client_ip(request), now=now)
    if arrival.answer is not Answer.GO:
        return holding.later(errors.page(request, 429), arrival)
    form = attesting.DeclareForm(request.POST)
    if not form.is_valid():
        return _page(request, donation, form=form, status=422)
    try:
        row = declaring.declare(
            declaration_id=form.cleaned_data["declaration_id"],
            donor_id=donation.donor.merged_into_id or donation.donor_id,
            entity=donation.entity,
            said=form.said(form=Form.ONLINE),
            made_on=donation.entity.day_of(now),
            about=donation.given_on,
            actor=None,
            now=now,
        )
    except UnableToDeclare as error:
        form.refuse(error)
        return _page(request, donation, form=form, status=422)
    return _page(request, donation, form=None, row=row)


def asks(*, entity_id: int) -> bool:
    """This function will return whether the body of a gift can claim Gift Aid."""
    return Issuer.objects.filter(entity=entity_id, law=Issuer.Law.UNITED_KINGDOM).exists()


def _donation(token: str) -> Donation | None:
    """The gift of a private address, if it has arrived and its body can claim on it."""
    link = linking.read(token)
    if link is None:
        return None
    found = Donation.objects.select_related("entity", "donor").order_by("given_at", "id")
    donation = (
        found.filter(checkout=link.id).first() if link.kind == "c" else found.filter(pk=link.id).first()
    )
    return donation if donation is not None and asks(entity_id=donation.entity_id) else None


def _active(donation: Donation) -> GiftAidDeclaration | None:
    today = donation.entity.day_of(timezone.now())
    rows = GiftAidDeclaration.objects.filter(
        entity=donation.entity_id, donor=donation.donor.merged_into_id or donation.donor_id
    ).select_related("entity")
    return next(
        (row for row in rows.order_by("-made_on") if declaring.state(row=row, on=today) == State.ACTIVE), None
    )


def _page(
    request: HttpRequest,
    donation: Donation,
    *,
    form: attesting.DeclareForm | None,
    row: GiftAidDeclaration | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "gift": donation,
        **furnishing.of(donation.entity_id),
        "form": form,
        "row": row,
        "scopes": declaring.scope_words(row=row) if row else [],
        "sentences": attesting.sentences(entity=donation.entity),
    }
    return thanking.private(render(request, "giving/gift_aid.html", context, status=status))
