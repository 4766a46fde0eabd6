"""Lines of the bank as pages: what waits, what each may be, one press to accept, and back again."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from books import accepting, matching, suggesting, unmatching
from books.accepting import Kind, Part, UnableToAccept
from books.models import BankLine, BankMatch
from books.suggesting import Suggestion
from books.unmatching import UnableToUnmatch
from campaigns.models import Campaign
from donors.models import Donor
from ledger import money
from payments.models import BankAccount
from reports import bank_lines
from reports.bank_lines import Wanted
from staff import auditing, roles
from staff.models import Role, User
from web import bank_wording
from web.office import paging, taking_in
from web.office.admitting import admit
from web.office.asking_fields import CampaignField
from web.office.choosing import ChoosingForm
from web.office.filtering import ANY
from web.templatetags.office import titled


class LineFilterForm(forms.Form):
    """Every filter is in the address; without one the page shows what waits (B16)."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[(state, bank_wording.LINES[state]) for state in bank_lines.STATES]
        + [("all", gettext_lazy("All"))],
    )
    account = forms.ModelChoiceField(
        label=pgettext_lazy("bank", "Account"), queryset=BankAccount.objects.none(), required=False
    )
    booked_from = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    booked_to = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    amount = forms.CharField(label=gettext_lazy("Amount"), required=False, max_length=20)
    q = forms.CharField(
        label=gettext_lazy("Payer, words or the bank's number"), required=False, max_length=100
    )
    statement = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, typed: QueryDict) -> None:
        super().__init__(typed)
        account = self.fields["account"]
        account.queryset = BankAccount.objects.order_by("entity_id", "name")  # type: ignore[attr-defined]
        account.empty_label = str(ANY[1])  # type: ignore[attr-defined]
        account.label_from_instance = taking_in.named  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        return str(self.cleaned_data["q"]).replace("\x00", "").strip()

    def clean_amount(self) -> int | None:
        typed = str(self.cleaned_data["amount"]).strip().lstrip("-−")
        if not typed:
            return None
        account = self.cleaned_data.get("account")
        currency = account.currency if account else "USD"
        try:
            return money.read_amount(typed, currency=currency, most=money.LARGEST_BY_HAND).minor
        except money.UnreadableAmount as error:
            raise forms.ValidationError(_("This is not an amount: write 100 or 100.00.")) from error

    @property
    def wanted(self) -> Wanted:
        told = self.cleaned_data
        state = told["state"] or bank_lines.OPEN
        return Wanted(
            state="" if state == "all" else state,
            account_id=told["account"].pk if told["account"] else None,
            statement=str(told["statement"] or ""),
            booked_from=told["booked_from"],
            booked_to=told["booked_to"],
            minor=told["amount"],
            search=told["q"],
        )


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """Deposits to zero: what no entry of ours explains yet. When all is explained the page says so."""
    form = LineFilterForm(request.GET)
    is_understood = form.is_valid()
    wanted = form.wanted if is_understood else Wanted()
    found = bank_lines.lines(wanted=wanted) if is_understood else BankLine.objects.none()
    page = paging.page(rows=found, by="booked_on", after=request.GET.get("after", ""))
    query = {key: value for key, value in request.GET.items() if value and key in form.fields}
    is_open = wanted.state == bank_lines.OPEN
    context = {
        "form": form,
        "page": page,
        "older": paging.older(request, page, fields=form.fields),
        "rows": _rows(page.rows),
        "totals": bank_lines.totals(wanted=wanted) if is_understood else [],
        "is_narrowed": bool(set(query) - {"state"}),
        "is_all_done": is_open and not page.rows and not set(query) - {"state"},
        "query": urlencode(query),
        "certain": _certain() if is_open and page.rows else [],
        "may_match": roles.may(request.user, roles=[Role.FINANCE]),
    }
    return render(request, "office/bank_lines.html", context, status=200 if is_understood else 400)


Shown = tuple[BankLine, Suggestion | None, list[BankMatch]]


def _rows(shown: list[BankLine]) -> list[Shown]:
    """Each line with its best suggestion, or with what it was matched with."""
    suggested: dict[int, list[Suggestion]] = {}
    for account in {line.bank_account for line in shown}:
        own = [line for line in shown if line.bank_account_id == account.pk]
        suggested |= suggesting.suggest(account=account, lines=own)
    matched = bank_lines.matches(shown=shown)
    return [(line, next(iter(suggested.get(line.pk, [])), None), matched.get(line.pk, [])) for line in shown]


def _certain() -> list[tuple[BankAccount, int]]:
    """Accounts with lines that can be accepted all at once: exact code and amount."""
    accounts = BankAccount.objects.select_related("entity").filter(is_open=True).order_by("id")
    counted = [(account, len(matching.certain_codes(account=account))) for account in accounts]
    return [(account, n) for account, n in counted if n]


@admit(Role.FINANCE)
@require_POST
def accept_certain(request: HttpRequest) -> HttpResponse:
    """One press for every exact code and payout of an account, and for nothing else."""
    account = BankAccount.objects.filter(pk=_number(request.POST.get("account"))).first()
    if account is None or not isinstance(request.user, User):
        messages.warning(request, _("Please choose again."))
        return redirect("office:bank_lines")
    taken = accepting.accept_certain(account_id=account.pk, actor=request.user, now=timezone.now())
    words = _("%(gifts)s gifts and %(payouts)s payouts were matched.")
    messages.success(request, words % {"gifts": taken.gifts, "payouts": taken.payouts})
    if taken.refused:
        messages.warning(request, _("%(n)s wait for a person after all.") % {"n": taken.refused})
    return redirect("office:bank_lines")


def _number(typed: str | None) -> int:
    return int(typed) if typed and typed.isdecimal() and len(typed) < 19 else 0


def _line(pk: int) -> BankLine:
    found = (
        BankLine.objects.select_related("bank_account__entity", "statement", "settled_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404("no such line")
    return found


class GiftForm(ChoosingForm):
    """A gift by transfer whose giver a person names."""

    PEOPLE = ("giver",)
    giver = forms.CharField(label=gettext_lazy("Giver"), max_length=200)
    campaign = CampaignField(Campaign.objects.none(), label=gettext_lazy("Campaign"), empty_label=None)

    def __init__(self, typed: Any = None, *, entity_id: int, payer: str = "") -> None:
        super().__init__(typed, initial={"giver": payer})
        own = Campaign.objects.in_order().filter(fund__entity=entity_id, fund__is_open=True)
        self.fields["campaign"].queryset = own.prefetch_related("texts")  # type: ignore[attr-defined]


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def line(request: HttpRequest, pk: int) -> HttpResponse:
    """One line: what it may be, or what it is, and who said so. Opening it is written down: it shows a payer."""
    found = _line(pk)
    if isinstance(request.user, User):
        auditing.record(
            actor=request.user, action="read bank line", target=f"bank_line:{pk}", now=timezone.now()
        )
    return _page(request, found)


def _page(
    request: HttpRequest,
    found: BankLine,
    *,
    refused: str = "",
    form: GiftForm | None = None,
    status: int = 200,
) -> HttpResponse:
    account = found.bank_account
    is_open = found.state in matching.OPEN
    history = BankMatch.objects.filter(line=found).select_related(
        "payout", "batch", "donation__donor", "matched_by", "undoing"
    )
    context = {
        "line": found,
        "entity": account.entity,
        "is_open": is_open,
        "suggestions": suggesting.suggest(account=account, lines=[found]).get(found.pk, []),
        "history": history.order_by("id"),
        "form": form or GiftForm(entity_id=account.entity_id, payer=found.payer),
        "refused": refused,
        "may_match": roles.may(request.user, roles=[Role.FINANCE]),
        "campaigns": [(one.pk, titled(one)) for one in _open_campaigns(account.entity_id)],
    }
    return render(request, "office/bank_line.html", context, status=status)


def _open_campaigns(entity_id: int) -> list[Campaign]:
    return list(Campaign.objects.in_order().filter(fund__entity=entity_id).prefetch_related("texts"))


@admit(Role.FINANCE)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept what was suggested. The press names what it saw; what is suggested no more is refused."""
    found = _line(pk)
    suggested = suggesting.suggest(account=found.bank_account, lines=[found]).get(pk, [])
    chosen = next((one for one in suggested if one.mark == request.POST.get("mark")), None)
    if chosen is None:
        return _page(request, found, refused=_("This is not suggested any more: look again."), status=409)
    parts = list(chosen.parts)
    if chosen.needs_purpose:
        campaign = _number(request.POST.get("campaign"))
        parts = [Part(kind=Kind.GIFT, donor_id=parts[0].donor_id, campaign_id=campaign)]
    return _accepted(request, found, parts, score=chosen.score)


def _accepted(request: HttpRequest, found: BankLine, parts: list[Part], *, score: int) -> HttpResponse:
    if not isinstance(request.user, User):
        raise Http404("nobody")
    try:
        accepting.accept(
            line_id=found.pk,
            parts=parts,
            score=score,
            is_automatic=False,
            actor=request.user,
            now=timezone.now(),
        )
    except UnableToAccept as error:
        return _page(request, _line(found.pk), refused=bank_wording.of_accept(error.code), status=422)
    messages.success(request, _("Matched."))
    return redirect("office:bank_lines")


@admit(Role.FINANCE)
@require_POST
def gift(request: HttpRequest, pk: int) -> HttpResponse:
    """A gift whose giver nobody suggested."""
    found = _line(pk)
    form = GiftForm(request.POST, entity_id=found.bank_account.entity_id)
    giver: Donor | None = form.choose("giver") if form.is_valid() else None
    if giver is None or form.errors:
        return _page(request, found, form=form, status=422)
    part = Part(kind=Kind.GIFT, donor_id=giver.pk, campaign_id=form.cleaned_data["campaign"].pk)
    return _accepted(request, found, [part], score=0)


@admit(Role.FINANCE)
@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a line aside, leave it for later, undo what was said of it, or say in words what else it is."""
    found, reason = _line(pk), request.POST.get("reason", "")
    chosen, actor = request.POST.get("deed", ""), request.user
    if not isinstance(actor, User):
        raise Http404("nobody")
    if chosen in {"charge", "interest", "other"}:
        return _accepted(request, found, [Part(kind=Kind(chosen), reason=reason)], score=0)
    if chosen not in _DEEDS:
        return _page(request, found, refused=_("Please choose again."), status=422)
    try:
        _DEEDS[chosen](line_id=pk, reason=reason, actor=actor, now=timezone.now())
    except UnableToUnmatch as error:
        return _page(request, _line(pk), refused=bank_wording.of_accept(error.code), status=422)
    messages.success(request, _("Noted."))
    return redirect("office:bank_line", pk=pk)


_DEEDS: dict[str, Callable[..., object]] = {
    "discard": unmatching.discard,
    "leave": unmatching.leave,
    "undo": unmatching.undo,
}
