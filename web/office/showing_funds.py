"""Funds as pages: what each holds by class, one fund with everything that happened to it, its papers, the policy."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from books import placing
from books.models import PlacedAsset, Release, TransferRequest
from ledger.models import Fund, LegalEntity
from ledger.money import Money
from paper import storing
from paper.models import Document
from reports import books
from reports.books import Balance
from staff import auditing, roles
from staff.models import Role, User
from web.office.admitting import admit

READERS = (Role.VIEWER, Role.FINANCE, Role.APPROVER)
LISTED = 50


def one(pk: int) -> Fund:
    """This function will return a fund with its names, or answer 404."""
    return get_object_or_404(Fund.objects.select_related("entity").prefetch_related("texts"), pk=pk)


def at(**asked: object) -> str:
    """This function will return what stands behind the question mark of the journal's address."""
    return urlencode({key: value for key, value in asked.items() if value})


@admit(*READERS)
@require_GET
def funds(request: HttpRequest) -> HttpResponse:
    balances = books.balances(language=get_language() or "en")
    context = {
        "balances": balances,
        "totals": _totals(balances),
        "sees_donors": roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER]),
        "may_decide_policy": roles.may(request.user, roles=[Role.ADMIN]),
        "waiting": TransferRequest.objects.filter(status=TransferRequest.Status.ASKED)
        .select_related("fund_from", "fund_to")
        .order_by("asked_at", "id"),
    }
    return render(request, "office/funds.html", context)


@dataclass(frozen=True, slots=True)
class Total:
    """What the funds of one body hold in one currency; without a body, what those of all bodies hold."""

    entity: LegalEntity | None
    without: Money
    with_: Money

    @property
    def left(self) -> Money:
        return self.without + self.with_


def _totals(balances: list[Balance]) -> list[Total]:
    """By body and currency, and of a currency in which several bodies hold something also together."""
    sums: dict[tuple[str, str], Total] = {}
    for row in balances:
        for body in (row.fund.entity, None):
            key = (body.code if body else "", row.left.currency)
            nothing = Money(0, row.left.currency)
            told = sums.get(key, Total(body, nothing, nothing))
            sums[key] = Total(body, told.without + row.unrestricted, told.with_ + row.restricted)
    bodies = {currency: sum(key == currency for code, key in sums if code) for _code, currency in sums}
    last = [(code == "", code, currency) for code, currency in sums if code or bodies[currency] > 1]
    return [sums[code, currency] for _is_last, code, currency in sorted(last)]


@admit(*READERS)
@require_GET
def fund(request: HttpRequest, pk: int) -> HttpResponse:
    """One fund: what it holds, what became free and why, what was moved, what is opened."""
    found = one(pk)
    releases = found.releases.select_related("released_by", "reversal", "reverses", "asset")
    moves = TransferRequest.objects.filter(fund_from=found) | TransferRequest.objects.filter(fund_to=found)
    buildings = found.placed_assets.order_by("-opened_on", "id")
    context = {
        "fund": found,
        "balances": books.balances(language=get_language() or "en", fund=found),
        "releases": releases.order_by("-recorded_at", "-id")[:LISTED],
        "moves": moves.select_related("fund_from", "fund_to", "asked_by").order_by("-asked_at", "-id")[
            :LISTED
        ],
        "buildings": [(asset, placing.released_of(asset)) for asset in buildings[:LISTED]],
        "may_change": roles.may(request.user, roles=[Role.FINANCE]),
        "sees_donors": roles.may(request.user, roles=[Role.FINANCE, Role.APPROVER]),
    }
    return render(request, "office/fund.html", context)


PAPERS: dict[str, type[Release] | type[TransferRequest] | type[PlacedAsset]] = {
    "release": Release,
    "move": TransferRequest,
    "building": PlacedAsset,
}


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def paper(request: HttpRequest, of: str, pk: uuid.UUID) -> HttpResponse:
    """The document of a release, a transfer or a building: always as a download, never opened inside our pages."""
    if of not in PAPERS:
        raise Http404(of)
    found = PAPERS[of]._default_manager.filter(pk=pk).first()
    if found is None or found.document_id is None:
        raise Http404(of)
    kept = get_object_or_404(Document.objects.defer("content"), pk=found.document_id)
    if isinstance(request.user, User):
        auditing.record(actor=request.user, action="document.read", target=f"{of}:{pk}", now=timezone.now())
    response = HttpResponse(storing.load(sha256=found.document_id), content_type=kept.media_type)
    name = content_disposition_header(True, found.document_name)
    response.headers["Content-Disposition"] = name or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


class PolicyForm(forms.Form):
    """How a body releases buildings: 0 months is all on opening day."""

    entity = forms.ModelChoiceField(
        label=gettext_lazy("Organization"), queryset=LegalEntity.objects.order_by("id"), empty_label=None
    )
    months = forms.IntegerField(
        label=gettext_lazy("Months of use"),
        min_value=0,
        max_value=placing.LONGEST,
        help_text=gettext_lazy(
            "0 releases everything on opening day. More only where the givers asked for years of use."
        ),
    )


@admit(Role.ADMIN)
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """When buildings are released, by body; every change is written down."""
    form = PolicyForm(request.POST if request.method == "POST" else None, initial={"months": 0})
    if form.is_bound and form.is_valid() and isinstance(request.user, User):
        told = form.cleaned_data
        placing.decide(entity=told["entity"], months=told["months"], actor=request.user, now=timezone.now())
        messages.success(request, _("Set. What was opened before keeps the rule of its day."))
        return redirect("office:fund_policy")
    bodies = [(body, placing.months_of_use(entity=body)) for body in LegalEntity.objects.order_by("id")]
    status = 422 if form.is_bound else 200
    return render(request, "office/fund_policy.html", {"form": form, "rules": bodies}, status=status)


def currencies(found: Fund) -> list[str]:
    """This function will return the currencies a fund holds money in, its body's own first."""
    held = {row.left.currency for row in books.balances(language="en", fund=found)}
    own = found.entity.base_currency
    return [own, *sorted(held - {own})]
