"""Offering: the doors of the giving form. One form, no account, no cookie, one press to the payment page."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.models import GivingPage
from donations import giving
from donations.models import Checkout
from donations.models.intents import Frequency
from ledger.models import Fund
from web.giving import asking, forming, gathering, reading, visiting, vouching
from web.giving.asking import Ask
from web.giving.reading import Read, Typed


class SeeOther(HttpResponseRedirect):
    """After a form was posted: the next page is fetched with GET."""

    status_code = 303


# There is no session and no cookie, so a forged post could do nothing its author could not do himself. What guards the
# form is its own signed token: csrf_exempt keeps Django from asking for a cookie that must not exist (F39).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """This function will show the form, or begin the gift and lead to the payment page."""
    ask = _asked(slug)
    if not isinstance(ask, Ask):
        return visiting.closed(request, slug=slug, status=ask)
    if request.method == "POST":
        return _posted(request, ask=ask)
    checkout = _unfinished(request.GET.get("again", ""), ask=ask)
    if checkout is None:
        form = reading.from_address(request.GET.dict(), ask=ask)
        return forming.page(request, ask=ask, form=form, checkout_id=uuid.uuid4())
    form = reading.from_checkout(checkout, ask=ask)
    is_running = checkout.status in {Checkout.Status.BEGUN, Checkout.Status.OPEN}
    # The same attempt goes on under its own id: whoever presses twice still gives once.
    checkout_id = checkout.id if is_running else uuid.uuid4()
    notice = gettext("The payment was not finished. Everything you typed is still here.")
    return forming.page(request, ask=ask, form=form, checkout_id=checkout_id, notice=notice)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest, slug: str) -> HttpResponse:
    """Another language or currency with everything typed kept (F36); also without JavaScript.

    This function will return the same form, its id unchanged, in the language of the address.
    """
    ask = _asked(slug)
    if request.method != "POST" or not isinstance(ask, Ask):
        return redirect("giving:give", slug=slug)
    posted = request.POST.dict()
    form = reading.typed(posted, ask=ask)
    form = reading.in_currency(form, currency=posted.get("to_currency", form.currency), ask=ask)
    checkout_id = vouching.opened(posted.get("token", ""), slug=slug) or uuid.uuid4()
    return forming.page(request, ask=ask, form=form, checkout_id=checkout_id)


def _asked(slug: str) -> Ask | str:
    """This function will return what the page offers, or the campaign's state when it takes no gifts."""
    status = gathering.status_of(slug)
    if status is None:
        raise Http404(slug)
    language = get_language() or "en"
    day = timezone.now().date()
    return asking.ask(slug=slug, status=status, language=language, day=day) or status


def _unfinished(given: str, *, ask: Ask) -> Checkout | None:
    """This function will return the attempt named in the address, if it is of this page and was not paid."""
    try:
        checkout = giving.find(checkout_id=uuid.UUID(given))
    except ValueError:
        return None
    if checkout is None or checkout.page_id != ask.page_id:
        return None
    return None if checkout.status in {Checkout.Status.PAID, Checkout.Status.CONFIRMING} else checkout


def _posted(request: HttpRequest, *, ask: Ask) -> HttpResponse:
    posted = request.POST.dict()
    form = reading.typed(posted, ask=ask)
    understood, errors = reading.read(form, ask=ask)
    checkout_id = vouching.opened(posted.get("token", ""), slug=ask.slug)
    if understood is None:
        known = checkout_id or uuid.uuid4()
        return forming.page(request, ask=ask, form=form, checkout_id=known, errors=errors, status=422)
    if checkout_id is None:
        notice = gettext(
            "This page was open for a long time. Everything you typed is still here: press the button again."
        )
        return forming.page(request, ask=ask, form=form, checkout_id=uuid.uuid4(), notice=notice, status=422)
    return _begin(request, ask=ask, form=form, understood=understood, checkout_id=checkout_id)


def _begin(
    request: HttpRequest, *, ask: Ask, form: Typed, understood: Read, checkout_id: uuid.UUID
) -> HttpResponse:
    gift = _gift(ask=ask, form=form, understood=understood)
    try:
        begun = giving.begin(checkout_id=checkout_id, gift=gift, now=timezone.now())
    except giving.OtherGift:
        notice = gettext(
            "Something was changed after the first press. Look once more, then press the button again."
        )
        return forming.page(request, ask=ask, form=form, checkout_id=uuid.uuid4(), notice=notice, status=409)
    except giving.GiftRefused as refused:
        if refused.code == "page_closed":
            return redirect("giving:campaign", slug=ask.slug)
        if refused.code == "processor":
            notice = gettext(
                "The payment company did not accept this gift. Nothing was charged; please try once more."
            )
            return forming.page(
                request, ask=ask, form=form, checkout_id=uuid.uuid4(), notice=notice, status=502
            )
        field, words = forming.refusal(refused.code, offer=ask.offer(form.currency))
        return forming.page(
            request, ask=ask, form=form, checkout_id=checkout_id, errors={field: words}, status=422
        )
    if begun.payment_url:
        return SeeOther(begun.payment_url)
    if begun.checkout.status not in {Checkout.Status.BEGUN, Checkout.Status.ABANDONED}:
        return redirect("giving:thanks", checkout_id=checkout_id)
    # The answer is unknown, not bad: the same form again finds out, and can never give twice.
    token = vouching.token(checkout_id=checkout_id, slug=ask.slug)
    context = {"ask": ask, "form": form, "token": token, "gift": understood.amount}
    return render(request, "giving/unknown.html", context, status=503)


def _gift(*, ask: Ask, form: Typed, understood: Read) -> giving.Gift:
    page = GivingPage.objects.select_related("campaign", "entity").get(pk=ask.page_id)
    return giving.Gift(
        page=page,
        fund=Fund.objects.get(pk=understood.fund_id),
        frequency=Frequency(form.freq),
        amount=understood.amount,
        cover=understood.cover,
        donor_name=understood.name,
        email=understood.email,
        language=(get_language() or "en")[:2],
        is_anonymous=bool(form.anonymous),
        wants_letter=bool(form.letter),
        letter_wording=gettext("Send me the weekly letter and prayer list") if form.letter else "",
        note=understood.note,
        source=form.src,
    )
