"""A giver's standing gift: everything about it on one page, and every change of it one press. Only their own."""

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from donations import changing_plans, missing, plan_linking
from donations import wishing as allowing
from donations.changing_plans import Asker
from donations.models import PlanChange, RecurringPlan
from donations.wishing import UnableToChange
from donors import signing_in
from payments.gateway import ProcessorRefused, ProcessorUnsure
from reports import histories
from web import addressing, wishing
from web.portal.admitting import donor_only, public


class SeeOther(HttpResponseRedirect):
    status_code = 303


def _own(pk: uuid.UUID, *, email_key: str) -> RecurringPlan:
    """This function will return a plan of this giver; another's is as absent as one that never was."""
    plan = changing_plans.find(plan_id=pk)
    if plan is None or plan.donor_id not in histories.donor_ids(email_key=email_key):
        raise Http404("no such gift")
    return plan


def _asker(request: HttpRequest) -> Asker:
    return Asker(PlanChange.Asker.DONOR, block=signing_in.address_block(addressing.client_ip(request)))


def _page(
    request: HttpRequest, plan: RecurringPlan, *, refused: str = "", template: str = "plan", status: int = 200
) -> HttpResponse:
    told = request.GET.get("done", "")
    context = {**wishing.about(plan=plan, now=timezone.now()), "refused": refused, "done": _done(plan, told)}
    return render(request, f"portal/{template}.html", context, status=status)


def _done(plan: RecurringPlan, told: str) -> PlanChange | None:
    try:
        return plan.changes.filter(pk=uuid.UUID(told)).first()
    except ValueError:
        return None


@donor_only
@require_GET
def plan(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    return _page(request, _own(pk, email_key=email_key))


@donor_only
@require_GET
def stop(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """The last page before stopping. A pause and a lower amount stand there too, once."""
    return _page(request, _own(pk, email_key=email_key), template="plan_stop")


@donor_only
@require_POST
def change(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """One press, one change. Pressed twice it is one, because both presses carry the same id."""
    own = _own(pk, email_key=email_key)
    try:
        pressed = wishing.read(request.POST, plan=own)
        is_stop = pressed.wish.kind == PlanChange.Kind.STOP
        changing_plans.ask(
            plan_id=own.pk,
            change_id=pressed.change_id,
            wish=pressed.wish,
            asker=_asker(request),
            reason=RecurringPlan.EndReason.DONOR if is_stop else None,
            now=timezone.now(),
        )
    except UnableToChange as error:
        return _page(request, own, refused=error.words, status=422)
    return redirect(f"{reverse('portal:plan', args=[pk])}?done={pressed.change_id}")


@donor_only
@require_POST
def card(request: HttpRequest, pk: uuid.UUID, *, email_key: str) -> HttpResponse:
    """Leads to the processor's page for another card, and back to the plan."""
    own = _own(pk, email_key=email_key)
    change_id = uuid.uuid4()
    back = f"{reverse('portal:plan', args=[pk])}?done={change_id}"
    return _to_card_page(request, own, change_id=change_id, back=back)


def _to_card_page(
    request: HttpRequest, plan: RecurringPlan, *, change_id: uuid.UUID, back: str
) -> HttpResponse:
    now = timezone.now()
    wants_missed = request.POST.get("collect") == "yes"
    missed = missing.months(plan=plan, now=now) if wants_missed else []
    try:
        url = changing_plans.card_page(
            plan=plan,
            change_id=change_id,
            asker=_asker(request),
            return_url=f"{settings.BASE_URL}{back}",
            language=get_language() or "en",
            invoice_ref=missed[-1].invoice_ref if missed else "",
            now=now,
        )
    except UnableToChange as error:
        return render(request, "portal/later.html", {"words": error.words}, status=422)
    except (ProcessorUnsure, ProcessorRefused):
        return render(request, "portal/later.html", status=503)
    return SeeOther(url)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def card_link(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a mailed link: it opens the card's page on a second press, shows no name and signs nobody in."""
    plan_id = plan_linking.plan_of(token=token)
    plan = changing_plans.find(plan_id=plan_id) if plan_id else None
    if plan is None or plan.end_reason == RecurringPlan.EndReason.DEATH:
        return render(request, "portal/card_spent.html", status=410)
    if request.method == "POST":
        back = reverse("portal:card_done", args=[token])
        return _to_card_page(request, plan, change_id=uuid.uuid4(), back=back)
    is_ended = plan.status == RecurringPlan.Status.ENDED
    now = timezone.now()
    context = {
        "plan": plan,
        "missed": [] if is_ended else missing.months(plan=plan, now=now),
        "restarts_on": allowing.next_day(plan=plan, now=now) if is_ended else None,
    }
    return render(request, "portal/card.html", context)


@public
@require_GET
def card_done(request: HttpRequest, token: str) -> HttpResponse:
    """Where the card's page leads back to. It only reads; the processor's own notice brings the new card."""
    if plan_linking.plan_of(token=token) is None:
        return render(request, "portal/card_spent.html", status=410)
    return render(request, "portal/card_done.html")
