"""Offering: the doors of the giving form. One form, no account, no cookie, one press to the payment page."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import hosting
from campaigns.models import GivingPage
from donations import giving, guarding
from donations.guarding import Answer
from donations.models import Checkout
from ledger.models import Fund
from web import addressing, furnishing
from web.embed import framing
from web.giving import asking, forming, gathering, holding, overflowing, proving, reading, visiting, vouching
from web.giving.asking import Ask
from web.giving.reading import Read, Typed
from web.giving.vouching import Vouched


class SeeOther(HttpResponseRedirect):
    """After a form was posted: the next page is fetched with GET."""

    status_code = 303


# There is no session and no cookie, so a forged post could do nothing its author could not do himself. What guards the
# form is its own signed token: csrf_exempt keeps Django from asking for a cookie that must not exist (F39).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, slug: str) -> HttpResponse:
    """This function will show the form, or begin the gift and lead to the payment page."""
    if request.method != "POST" and framing.is_framed(request):
        return framing.instead(request, name="embed:chooser", slug=slug)
    ask = _asked(slug)
    if not isinstance(ask, Ask):
        return visiting.closed(request, slug=slug, status=ask)
    if request.method == "POST":
        return _posted(request, ask=ask)
    checkout = _unfinished(request.GET.get("again", ""), ask=ask)
    if checkout is None:
        form = reading.from_address(request.GET.dict(), ask=ask)
        return forming.page(
            request, ask=ask, form=form, checkout_id=uuid.uuid4(), has_sum=holding.is_watchful()
        )
    form = reading.from_checkout(checkout, ask=ask)
    is_running = checkout.status in {Checkout.Status.BEGUN, Checkout.Status.OPEN}
    # The same attempt goes on under its own id: whoever presses twice still gives once.
    checkout_id = checkout.id if is_running else uuid.uuid4()
    notice = gettext("The payment was not finished. Everything you typed is still here.")
    return forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=checkout_id,
        notice=notice,
        # It was filled in before it was sent the first time: no age is too young.
        shown_at=0.0,
        has_sum=holding.is_watchful(),
    )


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
    vouched = vouching.read(posted.get("token", ""), slug=slug)
    return forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=vouched.checkout_id if vouched and vouched.is_fresh else uuid.uuid4(),
        shown_at=vouched.shown_at if vouched else None,
        has_sum=holding.is_watchful(),
    )


@require_safe
def again(request: HttpRequest, checkout_id: uuid.UUID) -> HttpResponse:
    """Back from the payment page. This function will lead to the form of that attempt, still filled in."""
    checkout = giving.find(checkout_id=checkout_id)
    if checkout is None:
        raise Http404(str(checkout_id))
    form = redirect("giving:give", slug=checkout.page.campaign.slug)
    form["Location"] += f"?again={checkout.pk}"
    form.headers["Cache-Control"] = "private, no-store"
    return form


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
    arrival = holding.arrival(request, slug=ask.slug)
    if arrival.answer in {Answer.ABUSE, Answer.CROWD}:
        return holding.bare(request, arrival)
    posted = request.POST.dict()
    form = reading.typed(posted, ask=ask)
    vouched = vouching.read(posted.get("token", ""), slug=ask.slug)
    if arrival.answer is Answer.WAIT:
        return holding.form_kept(request, ask=ask, form=form, vouched=vouched, verdict=arrival)
    if posted.get(holding.HONEYPOT):
        guarding.failed(ip=addressing.client_ip(request), now=timezone.now())
        return holding.refused(request, ask=ask, form=form)
    understood, errors = reading.read(form, ask=ask, today=timezone.now().date())
    if understood is None:
        return _corrected(request, ask=ask, form=form, vouched=vouched, errors=errors)
    if news := overflowing.news(posted.get("group", ""), ask=ask):
        return _of_another_group(request, ask=ask, form=form, vouched=vouched, news=news)
    return _guarded(request, ask=ask, form=form, understood=understood, vouched=vouched)


def _of_another_group(
    request: HttpRequest, *, ask: Ask, form: Typed, vouched: Vouched | None, news: str
) -> HttpResponse:
    """The group this form was opened for has its money: the giver is told before payment, and asked once (F45)."""
    return forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=vouched.checkout_id if vouched and vouched.is_fresh else uuid.uuid4(),
        notice=news,
        status=409,
        shown_at=vouched.shown_at if vouched else None,
        has_sum=holding.is_watchful(),
    )


def _corrected(
    request: HttpRequest, *, ask: Ask, form: Typed, vouched: Vouched | None, errors: dict[str, str]
) -> HttpResponse:
    """The form with words beside the fields. After many of them the answer says to wait; a right form is taken."""
    verdict = guarding.mistaken(ip=addressing.client_ip(request), now=timezone.now())
    page = forming.page(
        request,
        ask=ask,
        form=form,
        checkout_id=vouched.checkout_id if vouched and vouched.is_fresh else uuid.uuid4(),
        errors=errors,
        notice="" if verdict.answer is Answer.GO else holding.wait_words(verdict),
        status=422 if verdict.answer is Answer.GO else 429,
        shown_at=vouched.shown_at if vouched else None,
        has_sum=holding.is_watchful(),
    )
    return holding.later(page, verdict)


def _guarded(
    request: HttpRequest, *, ask: Ask, form: Typed, understood: Read, vouched: Vouched | None
) -> HttpResponse:
    """What is asked of a form that is in order, before a gift begins."""
    now, ip = timezone.now(), addressing.client_ip(request)
    # An attempt that has begun goes on under its id however old its form is: it can only be the same gift.
    is_good = vouched is not None and (
        vouched.is_fresh or giving.find(checkout_id=vouched.checkout_id) is not None
    )
    if vouched is None or not is_good:
        if vouched is None:
            guarding.failed(ip=ip, now=now)
        notice = gettext(
            "This page was open for a long time. Everything you typed is still here: press the button again."
        )
        return forming.page(
            request,
            ask=ask,
            form=form,
            checkout_id=uuid.uuid4(),
            notice=notice,
            status=422,
            shown_at=vouched.shown_at if vouched else None,
            has_sum=holding.is_watchful(),
        )
    if not form.hand and vouching.age(vouched, now=now) < guarding.limits().youngest_form_seconds:
        return holding.too_soon(request, ask=ask, form=form, vouched=vouched)
    is_proven = proving.is_solved(request.POST.get("proof", ""), checkout_id=vouched.checkout_id)
    verdict = guarding.admit(
        checkout_id=vouched.checkout_id, ip=ip, email=understood.email, is_proven=is_proven, now=now
    )
    if verdict.answer is not Answer.GO:
        return holding.form_kept(request, ask=ask, form=form, vouched=vouched, verdict=verdict)
    return _begin(request, ask=ask, form=form, understood=understood, checkout_id=vouched.checkout_id)


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
        return forming.page(
            request,
            ask=ask,
            form=form,
            checkout_id=uuid.uuid4(),
            notice=notice,
            status=409,
            has_sum=holding.is_watchful(),
        )
    except giving.GiftRefused as refused:
        if refused.code == "page_closed":
            return redirect("giving:campaign", slug=ask.slug)
        if refused.code == "processor":
            guarding.failed(ip=addressing.client_ip(request), now=timezone.now())
            return holding.refused(request, ask=ask, form=form)
        field, words = forming.refusal(refused.code, offer=ask.offer(form.currency))
        return forming.page(
            request, ask=ask, form=form, checkout_id=checkout_id, errors={field: words}, status=422
        )
    if begun.payment_url:
        return SeeOther(begun.payment_url)
    if begun.checkout.status not in {Checkout.Status.BEGUN, Checkout.Status.ABANDONED}:
        return redirect("giving:thanks", checkout_id=checkout_id)
    return _unknown(request, ask=ask, form=form, understood=understood, checkout_id=checkout_id)


def _unknown(
    request: HttpRequest, *, ask: Ask, form: Typed, understood: Read, checkout_id: uuid.UUID
) -> HttpResponse:
    """The answer is unknown, not bad: the same form again finds out, and can never give twice."""
    context = {
        **furnishing.of(ask.entity_id),
        "ask": ask,
        "form": form,
        "token": vouching.token(checkout_id=checkout_id, slug=ask.slug),
        "gift": understood.amount,
        "proof": request.POST.get("proof", ""),
    }
    return render(request, "giving/unknown.html", context, status=503)


def _gift(*, ask: Ask, form: Typed, understood: Read) -> giving.Gift:
    page = GivingPage.objects.select_related("campaign", "entity").get(pk=ask.page_id)
    return giving.Gift(
        page=page,
        fund=Fund.objects.get(pk=understood.fund_id),
        frequency=understood.pace.frequency,
        charge_day=understood.pace.charge_day,
        ends_on=understood.pace.ends_on,
        employer=understood.employer,
        dedication=understood.dedication,
        giver=understood.giver,
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
        site=hosting.way_back(form.site),
        giver_zone=form.zone,
    )
