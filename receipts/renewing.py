"""Renewing: the link of a yearly mail was too old, and somebody asks for a new one. Nothing tells who is known."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from donors import corresponding, matching
from donors.models import Donor, LinkRequest, Message
from ledger.models import LegalEntity
from receipts import opening_years, yearly_linking
from receipts.models import Receipt

MOST_YEARS = 3


def answer_requests(*, now: datetime) -> int:
    """Make new links for each request whose address is known; forget the others.

    The page did the same work for everybody; who is known is decided here. This function will return how many mails
    it queued.
    """
    queued = 0
    with transaction.atomic():
        waiting = list(
            LinkRequest.objects.select_for_update(skip_locked=True)
            .filter(answered_at__isnull=True, scope=yearly_linking.SCOPE)
            .order_by("id")[:100]
        )
        for request in waiting:
            queued += _answer(request, now=now)
        LinkRequest.objects.filter(pk__in=[request.pk for request in waiting]).update(answered_at=now)
    return queued


def _answer(request: LinkRequest, *, now: datetime) -> int:
    donors = matching.sharing_email(email=request.email)
    years = [year for donor in donors for year in _years(donor)]
    if not years:
        return 0
    with translation.override(request.language):
        message_id = corresponding.queue(
            # Somebody waits for it, and it carries live links: it goes first and is forgotten once sent.
            kind=Message.Kind.SIGN_IN,
            cause=f"link_request:{request.pk}",
            to_email=donors[0].email,
            sender=corresponding.sender(years[0].entity),
            language=request.language,
            subject=_("Your giving summary: a new link"),
            text="\n\n".join(_paragraphs(years, request=request, now=now)),
            donor_id=None,
            now=now,
        )
    return int(message_id is not None)


def _paragraphs(years: list[yearly_linking.Year], *, request: LinkRequest, now: datetime) -> list[str]:
    several = len({year.donor.pk for year in years}) > 1
    lines = []
    for year in years:
        words = {"year": year.tax_year, "entity": year.entity.legal_name, "name": year.donor.name}
        label = _("%(year)s, %(entity)s, %(name)s") if several else _("%(year)s, %(entity)s")
        address = yearly_linking.address(year=year, language=request.language, now=now)
        lines.append(f"{label % words}:\n{address}")
    return [
        _("Hello,"),
        _("Here is a new link for each of your yearly summaries:"),
        *lines,
        _("Each works for 30 days. If you did not ask for it, ignore this mail."),
        years[0].entity.legal_name,
    ]


def _years(donor: Donor) -> list[yearly_linking.Year]:
    """The newest years with papers, each entity by itself."""
    known = (
        Receipt.objects.filter(donor__in=opening_years.family(donor))
        .order_by("-tax_year", "series__entity")
        .values_list("tax_year", "series__entity")
        .distinct()
    )
    newest = sorted({tax_year for tax_year, _entity in known}, reverse=True)[:MOST_YEARS]
    entities = LegalEntity.objects.in_bulk({entity for _year, entity in known})
    return [
        yearly_linking.Year(donor, entities[entity], tax_year)
        for tax_year, entity in known
        if tax_year in newest
    ]
