"""Asking: what each giving page asks for, seen and changed in two steps: write, look at it, save."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns import laddering
from campaigns.laddering import CurrencyAsk, Ladder, PageAsk
from campaigns.models import GivingPage
from ledger import money
from ledger.money import Money
from reports import laddering as heights
from staff.models import Role, User
from web.office.admitting import admit

FREQUENCIES = ("once", "monthly")


class PageForm(forms.Form):
    """Fields for every currency and language a page has; amounts are written one on each line."""

    has_fee_cover = forms.BooleanField(required=False)

    def __init__(self, now: PageAsk, typed: QueryDict | None = None) -> None:
        super().__init__(typed, initial=_initial(now))
        self.now = now
        self.fields["has_fee_cover"].label = _("Offer to add the card fee")
        self.fields["has_fee_cover"].help_text = _(
            "One line on the form; the box is never ticked beforehand."
        )
        for language in now.leads:
            self.fields[f"lead_{language}"] = forms.CharField(
                label=_("Sentence above the amounts (%(language)s)") % {"language": _tongue(language)},
                max_length=laddering.LEAD_LONGEST,
                help_text=_(
                    "Begin with what the giver makes possible, not with the problem, and say how the money is used. "
                    "One sentence, up to 160 characters."
                ),
            )
        for currency in now.offers:
            self._add_currency(currency)

    def _add_currency(self, currency: str) -> None:
        names = {"currency": currency}
        self.fields[f"{currency}_minimum"] = forms.CharField(
            label=_("Smallest gift in %(currency)s") % names,
            max_length=20,
            help_text=_("Not too small: it keeps away people who try out stolen cards."),
        )
        labels = {
            "once": (_("One time, in %(currency)s"), _("Chosen beforehand, one time, in %(currency)s")),
            "monthly": (
                _("Every month, in %(currency)s"),
                _("Chosen beforehand, every month, in %(currency)s"),
            ),
        }
        for frequency, (many, one) in labels.items():
            self.fields[f"{currency}_{frequency}"] = forms.CharField(
                label=many % names,
                max_length=200,
                widget=forms.Textarea(attrs={"rows": 6}),
                help_text=_("Three to six round amounts, one on each line."),
            )
            self.fields[f"{currency}_{frequency}_default"] = forms.CharField(
                label=one % names,
                max_length=20,
                required=False,
                help_text=_("One of them, not above the middle; or nothing."),
            )

    def wanted(self) -> PageAsk | None:
        """This function will return what was written, or None after noting what cannot be read at its field."""
        offers = {currency: self._offer(currency) for currency in self.now.offers}
        if self.errors:
            return None
        return PageAsk(
            has_fee_cover=self.cleaned_data["has_fee_cover"],
            offers=offers,
            leads={
                language: " ".join(self.cleaned_data[f"lead_{language}"].split())
                for language in self.now.leads
            },
        )

    def _offer(self, currency: str) -> CurrencyAsk:
        def ladder(frequency: str) -> Ladder:
            name = f"{currency}_{frequency}"
            amounts = sorted(self._amounts(name, currency))
            chosen = self._amounts(f"{name}_default", currency)
            return Ladder(tuple(amounts), chosen[0] if chosen else None)

        smallest = self._amounts(f"{currency}_minimum", currency)
        return CurrencyAsk(smallest[0] if smallest else 0, ladder("once"), ladder("monthly"))

    def _amounts(self, name: str, currency: str) -> list[int]:
        found = []
        for line in str(self.cleaned_data.get(name, "")).splitlines():
            if line.strip():
                try:
                    found.append(money.read_amount(line, currency=currency).minor)
                except money.UnreadableAmount:
                    self.add_error(name, _("This is not an amount: write 100 or 100.00."))
                    return []
        return found

    def refuse(self, trouble: laddering.UnableToLadder) -> None:
        """This function will put the deed's refusal beside the field it is about."""
        words = {
            "count": _("Write three to six different amounts, one on each line."),
            "round": _("Round amounts only: at most two digits, then zeros."),
            "small": _("An amount is below the smallest gift, or above what the processor takes at once."),
            "unlisted": _("Choose one of the amounts above."),
            "high": _("Choose one that is not above the middle of the list."),
            "minimum": _("The smallest gift must be above zero."),
            "lead": _("One sentence, up to 160 characters."),
            "changed": _("The page's currencies or languages have changed; look at it again."),
        }
        self.add_error(trouble.where if trouble.where in self.fields else None, words[trouble.code])


def _tongue(language: str) -> str:
    return {"en": _("English"), "ko": _("Korean")}.get(language, language)


def _initial(now: PageAsk) -> dict[str, Any]:
    known: dict[str, Any] = {"has_fee_cover": now.has_fee_cover}
    known |= {f"lead_{language}": lead for language, lead in now.leads.items()}
    for currency, ask in now.offers.items():
        known[f"{currency}_minimum"] = _plain(ask.minimum_minor, currency)
        for frequency in FREQUENCIES:
            ladder: Ladder = getattr(ask, frequency)
            lines = [_plain(amount, currency) for amount in ladder.amounts]
            known[f"{currency}_{frequency}"] = "\n".join(lines)
            known[f"{currency}_{frequency}_default"] = (
                _plain(ladder.default, currency) if ladder.default is not None else ""
            )
    return known


def _plain(minor: int, currency: str) -> str:
    return Money(minor, currency).plain.removesuffix(".00")


@dataclass(frozen=True)
class Row:
    """One thing that will be different: its label, before and after."""

    label: str
    before: str
    after: str


def _rows(form: PageForm) -> Iterator[Row]:
    for name in form.changed_data:
        label = str(form.fields[name].label)
        before, after = _shown(form.initial.get(name, "")), _shown(form.cleaned_data[name])
        # A browser ends lines in its own way: that is no difference.
        if before != after:
            yield Row(label, before, after)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return ", ".join(line.strip() for line in str(value).splitlines() if line.strip())


def _warnings(*, page: GivingPage, wanted: PageAsk) -> list[str]:
    """F08, in words, for every list that stands higher than people give."""
    found, language = [], get_language() or "en"
    for currency, ask in wanted.offers.items():
        for frequency in FREQUENCIES:
            ladder: Ladder = getattr(ask, frequency)
            height = heights.height(
                page_id=page.pk,
                amounts=[Money(amount, currency) for amount in ladder.amounts],
                is_recurring=frequency == "monthly",
                now=timezone.now(),
            )
            if height.is_high and height.given:
                often = _("Every month") if frequency == "monthly" else _("One time")
                found.append(
                    _(
                        "%(often)s, %(currency)s: the middle suggestion would be %(suggested)s, but the middle gift of "
                        "the last 90 days was %(given)s. Higher suggestions make fewer people give "
                        "and do not raise more."
                    )
                    % {
                        "often": often,
                        "currency": currency,
                        "suggested": height.suggested.shown(language, short=True),
                        "given": height.given.shown(language, short=True),
                    }
                )
    return found


def _page(pk: int) -> GivingPage:
    pages = GivingPage.objects.select_related("campaign").prefetch_related("campaign__texts")
    return get_object_or_404(pages, pk=pk)


@admit(Role.EDITOR)
@require_GET
def pages(request: HttpRequest) -> HttpResponse:
    """This function will list the giving pages."""
    rows = (
        GivingPage.objects.select_related("campaign", "entity")
        .prefetch_related("campaign__texts")
        .order_by("campaign__position", "id")
    )
    return render(request, "office/pages.html", {"pages": rows})


@admit(Role.EDITOR)
@require_GET
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    page = _page(pk)
    return _form(request, page, PageForm(laddering.asked(page=page)))


def _form(request: HttpRequest, page: GivingPage, form: PageForm, *, status: int = 200) -> HttpResponse:
    return render(request, "office/page.html", {"page": page, "form": form}, status=status)


@admit(Role.EDITOR)
@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """This function will show what will be different and what speaks against it; nothing is saved yet."""
    page = _page(pk)
    form = PageForm(laddering.asked(page=page), request.POST)
    wanted = form.wanted() if form.is_valid() else None
    if wanted is not None:
        try:
            laddering.refuse_wrong(wanted=wanted)
        except laddering.UnableToLadder as trouble:
            form.refuse(trouble)
    if wanted is None or form.errors:
        return _form(request, page, form, status=422)
    if request.POST.get("back"):
        return _form(request, page, form)
    context = {
        "page": page,
        "form": form,
        "rows": list(_rows(form)),
        "warnings": _warnings(page=page, wanted=wanted),
    }
    return render(request, "office/page_check.html", context)


@admit(Role.EDITOR)
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """This function will save what was looked at, once; pressed again it changes nothing more."""
    page = _page(pk)
    form = PageForm(laddering.asked(page=page), request.POST)
    wanted = form.wanted() if form.is_valid() else None
    if wanted is None or not isinstance(request.user, User):
        return _form(request, page, form, status=422)
    try:
        laddering.change(page_id=page.pk, wanted=wanted, actor=request.user, now=timezone.now())
    except laddering.UnableToLadder as trouble:
        form.refuse(trouble)
        return _form(request, page, form, status=422)
    messages.success(request, _("Saved. New forms show it within half a minute."))
    return redirect("office:pages")
