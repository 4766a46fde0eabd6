"""Choosing: an amount and how often, in somebody else's page. The press leads to our own giving page, with GET."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.models import Campaign
from web import furnishing
from web.embed import framing
from web.embed.framing import Frame
from web.giving import asking, gathering, reading
from web.giving.asking import Ask, Offer, Rung

MOST_AMOUNTS = 6


@dataclass(frozen=True)
class Choice:
    """What the frame offers; `currency` is empty when it is the giving page's own first one."""

    is_monthly: bool
    rungs: tuple[Rung, ...]
    chosen: str
    code: str
    currency: str


@require_safe
def chooser(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """This function will show the amounts of one campaign, or in plain words why there is nothing to choose."""
    status = gathering.status_of(slug)
    if status is None:
        return framing.missing(language=language)
    if status == Campaign.Status.RESTING:
        return framing.resting(language=language)
    frame = framing.asked(request.GET.dict(), language=language)
    today = timezone.now().date()
    ask = asking.ask(slug=slug, status=status, language=language, day=today)
    if ask is None:
        return _closed(slug, status=status, frame=frame)
    context = {
        "ask": ask,
        "frame": frame,
        "choice": _choice(ask, query=request.GET.dict()),
        "action": Frame(language, "", "", False).address("giving:give", slug),
        "way_out": frame.address("giving:give", slug),
    }
    return framing.page("embed/chooser.html", {**furnishing.of(ask.entity_id), **context}, language=language)


def _choice(ask: Ask, *, query: dict[str, str]) -> Choice:
    offer = ask.offer(query.get("currency", "").upper())
    wanted = reading.FREQUENCIES.get(query.get("freq", ""), "monthly" if ask.kind == "running" else "once")
    is_monthly = wanted == "monthly"
    rungs = _rungs(offer, is_monthly=is_monthly)
    first = next((rung.value for rung in rungs if rung.is_default), rungs[0].value if rungs else "")
    asked = query.get("amount", "")
    return Choice(
        is_monthly=is_monthly,
        rungs=rungs,
        chosen=asked if asked in {rung.value for rung in rungs} else first,
        code=offer.currency,
        currency=offer.currency if offer.currency != ask.offers[0].currency else "",
    )


def _rungs(offer: Offer, *, is_monthly: bool) -> tuple[Rung, ...]:
    """One list of amounts for both: what is chosen here can still be changed on the next page."""
    first, second = (offer.monthly, offer.once) if is_monthly else (offer.once, offer.monthly)
    return (first or second)[:MOST_AMOUNTS]


def _closed(slug: str, *, status: str, frame: Frame) -> HttpResponse:
    today = timezone.now().date()
    story = gathering.story(slug, status=status, language=frame.language, day=today)
    if story is None:
        return framing.missing(language=frame.language)
    context = {"story": story, "frame": frame, "way_out": frame.address("giving:campaign", slug)}
    context |= furnishing.of(story.entity_id)
    return framing.page("embed/closed.html", context, language=frame.language)
