"""Other ways to give: cheque, bank transfer with a code, stock, a donor-advised fund, as staff wrote them (F42)."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import arranging, telling
from campaigns.arranging import Detail
from campaigns.models import GivingPage, WayToGive
from donations import guarding, promising
from donations.guarding import Answer
from donors import matching, refusing
from ledger import money
from ledger.money import Money
from web import addressing, errors, furnishing
from web.giving import asking, gathering, holding, reading, thanking, visiting, vouching
from web.giving.asking import Ask

SALT_PAGE = "transfer:"
FIELDS = ("amount", "name", "email")


@dataclass(frozen=True)
class Way:
    """One way in the reader's language."""

    kind: str
    currency: str
    words: str
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class Wish:
    """The small form as it was typed."""

    currency: str = ""
    amount: str = ""
    name: str = ""
    email: str = ""
    src: str = ""


def told(ways: Iterable[WayToGive], *, language: str) -> list[Way]:
    """This function will return the ways that are shown, in one language; without words in it, in English."""
    found = []
    for way in ways:
        if way.is_shown and way.texts.all():
            words = telling.told(way.texts.all(), language=language)
            found.append(spoken(way.kind, way.currency, arranging.wordings(way)[words.language]))
    return found


def spoken(kind: str, currency: str, wording: arranging.Wording) -> Way:
    return Way(kind=kind, currency=currency, words=wording.words, details=wording.details)


# As on the giving form: no session and no cookie, so a forged post could do nothing its author could not do himself.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def other_ways(request: HttpRequest, slug: str) -> HttpResponse:
    """This function will show every other way of one campaign's page, or hand out a transfer code."""
    status = gathering.status_of(slug)
    if status is None:
        raise Http404(slug)
    language = (get_language() or "en")[:2]
    ask = asking.ask(slug=slug, status=status, language=language, day=timezone.now().date())
    if ask is None:
        return visiting.closed(request, slug=slug, status=status)
    page = GivingPage.objects.select_related("campaign__fund", "entity").get(pk=ask.page_id)
    ways = told(arranging.in_order(entity_id=page.entity_id), language=language)
    if request.method == "POST":
        return _posted(request, ask=ask, page=page, ways=ways)
    wish = Wish(src=reading.source(request.GET.get("src", "")))
    return _page(request, ask=ask, page=page, ways=ways, wish=wish)


def _page(
    request: HttpRequest,
    *,
    ask: Ask,
    page: GivingPage,
    ways: Sequence[Way],
    wish: Wish,
    wrong: Mapping[str, str] | None = None,
    notice: str = "",
    promise_id: uuid.UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "ask": ask,
        "ways": ways,
        **furnishing.of(page.entity_id),
        "receiver": page.entity,
        "currencies": [way.currency for way in ways if way.kind == WayToGive.Kind.BANK_TRANSFER],
        "wish": wish,
        "wrong": wrong or {},
        "notice": notice,
        "token": vouching.token(checkout_id=promise_id or uuid.uuid4(), slug=SALT_PAGE + ask.slug),
    }
    response = render(request, "giving/other_ways.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _posted(request: HttpRequest, *, ask: Ask, page: GivingPage, ways: Sequence[Way]) -> HttpResponse:
    now, ip = timezone.now(), addressing.client_ip(request)
    arrival = guarding.arrive(ip=ip, now=now)
    if arrival.answer is not Answer.GO:
        return holding.later(errors.page(request, 429), arrival)
    posted = request.POST.dict()
    wish = Wish(
        currency=posted["currency"] if posted.get("currency") in money.CURRENCIES else "",
        amount=posted.get("amount", ""),
        name=posted.get("name", ""),
        email=posted.get("email", ""),
        src=reading.source(posted.get("src", "")),
    )
    vouched = vouching.read(posted.get("token", ""), slug=SALT_PAGE + ask.slug)
    is_machine = bool(posted.get(holding.HONEYPOT)) or vouched is None
    if is_machine:
        guarding.failed(ip=ip, now=now)
    if is_machine or vouched is None or not vouched.is_fresh:
        notice = gettext("This page was open for a long time. Please press the button once more.")
        return _page(request, ask=ask, page=page, ways=ways, wish=wish, notice=notice, status=422)
    verdict = guarding.admit_promise(ip=ip, now=now)
    if verdict.answer is not Answer.GO:
        return holding.later(errors.page(request, 429), verdict)
    return _promised(request, ask=ask, page=page, ways=ways, wish=wish, promise_id=vouched.checkout_id)


def _promised(
    request: HttpRequest,
    *,
    ask: Ask,
    page: GivingPage,
    ways: Sequence[Way],
    wish: Wish,
    promise_id: uuid.UUID,
) -> HttpResponse:
    asked, wrong = _understood(wish, page=page)
    if asked is None:
        return _page(
            request,
            ask=ask,
            page=page,
            ways=ways,
            wish=wish,
            wrong=wrong,
            promise_id=promise_id,
            status=422,
        )
    try:
        made = promising.promise(promise_id=promise_id, asked=asked, now=timezone.now())
    except promising.UnableToPromise:
        notice = gettext("No code could be made for this account. Please write to us.")
        return _page(request, ask=ask, page=page, ways=ways, wish=wish, notice=notice, status=409)
    return redirect("giving:transfer", promise_id=made.promise.pk)


def _understood(wish: Wish, *, page: GivingPage) -> tuple[promising.Asked | None, dict[str, str]]:
    """Everything is optional; what is written must be readable."""
    wrong: dict[str, str] = {}
    amount = _amount(wish, wrong=wrong)
    email = wish.email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            wrong["email"] = gettext("Write an email address like name@example.com")
    if len(email) > reading.EMAIL_LONGEST:
        wrong["email"] = gettext("Write an email address like name@example.com")
    name = matching.clean_name(wish.name)
    if len(name) > reading.NAME_LONGEST:
        wrong["name"] = gettext("Write your full name")
    for field, typed in (("name", wish.name), ("email", wish.email)):
        if refusing.is_held_by(typed):
            wrong[field] = reading.resident_number_words()
    if wrong:
        return None, wrong
    asked = promising.Asked(
        page=page,
        currency=wish.currency,
        amount=amount,
        donor_name=name,
        email=email,
        language=(get_language() or "en")[:2],
        source=wish.src,
    )
    return asked, {}


def _amount(wish: Wish, *, wrong: dict[str, str]) -> Money | None:
    if not wish.amount.strip():
        return None
    try:
        amount = money.read_amount(wish.amount, currency=wish.currency)
    except ValueError:
        wrong["amount"] = gettext("Write the amount as a number, like 100 or 100.50")
        return None
    if not amount:
        wrong["amount"] = gettext("Write the amount as a number, like 100 or 100.50")
    return amount


@require_safe
def transfer(request: HttpRequest, promise_id: uuid.UUID) -> HttpResponse:
    """This function will show one transfer code with the account to pay to. Nothing about its taker stands there."""
    promise = promising.find(promise_id=promise_id)
    if promise is None:
        raise Http404(str(promise_id))
    language = (get_language() or "en")[:2]
    ways = told(arranging.in_order(entity_id=promise.entity_id), language=language)
    account = [
        way for way in ways if way.kind == WayToGive.Kind.BANK_TRANSFER and way.currency == promise.currency
    ]
    context = {
        "promise": promise,
        "amount": promising.amount(promise),
        "ways": account,
        "ends_on": promising.ends_at(promise).date(),
        "is_mailed": promising.was_mailed(promise),
        "masked_email": thanking.masked(promise.email) if promise.email else "",
        "receiver": promise.entity,
        "slug": promise.campaign.slug,
    }
    return thanking.private(render(request, "giving/transfer.html", context))
