"""The office's pages of the other ways to give: what visitors read, a preview of it, and the codes that wait."""

import re

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import arranging
from campaigns.arranging import Detail, Wording
from campaigns.models import WayToGive
from donations import promising
from donations.models import TransferPromise
from ledger import money
from ledger.models import LegalEntity
from staff.models import Role, User
from web import errors
from web.giving import other_ways
from web.office.admitting import admit

LISTED = 200
KINDS = [
    (WayToGive.Kind.CHEQUE, gettext_lazy("Cheque")),
    (WayToGive.Kind.BANK_TRANSFER, gettext_lazy("Bank transfer")),
    (WayToGive.Kind.STOCK, gettext_lazy("Stock")),
    (WayToGive.Kind.DONOR_ADVISED_FUND, gettext_lazy("Donor-advised fund")),
]
LINES = gettext_lazy("One line each, as “Account number: 000123”.")


class DetailsField(forms.CharField):
    """Lines to copy, each a label, a colon and a value."""

    widget = forms.Textarea(attrs={"rows": 6})

    def clean(self, value: str) -> list[Detail]:
        found = []
        for line in super().clean(value).splitlines():
            label, colon, told = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not (colon and label and told) or len(label) > 80 or len(told) > 200:
                raise forms.ValidationError(
                    _("Write each line as a label, a colon and a value: “%(line)s”.") % {"line": line[:60]}
                )
            found.append(Detail(label, told))
        if len(found) > arranging.MOST_DETAILS:
            raise forms.ValidationError(_("At most %(n)s lines.") % {"n": arranging.MOST_DETAILS})
        return found


class WayForm(forms.Form):
    """One way in both languages. `seen` is the mark of what the editor had before them."""

    kind = forms.ChoiceField(label=gettext_lazy("Way"), choices=KINDS)
    currency = forms.CharField(label=gettext_lazy("Currency"), min_length=3, max_length=3)
    position = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=1, max_value=99)
    is_shown = forms.BooleanField(label=gettext_lazy("Shown to visitors"), required=False)
    words_en = forms.CharField(
        label=gettext_lazy("Words in English"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    details_en = DetailsField(
        label=gettext_lazy("Lines to copy, in English"), required=False, help_text=LINES
    )
    words_ko = forms.CharField(
        label=gettext_lazy("Words in Korean"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    details_ko = DetailsField(label=gettext_lazy("Lines to copy, in Korean"), required=False, help_text=LINES)
    entity = forms.ModelChoiceField(queryset=LegalEntity.objects.order_by("id"), widget=forms.HiddenInput)
    seen = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if not re.fullmatch(r"[A-Z]{3}", currency) or currency not in money.CURRENCIES:
            raise forms.ValidationError(_("This is not a currency: write USD or KRW."))
        return currency

    def says(self) -> dict[str, Wording]:
        """This function will return what the form says by language."""
        told = self.cleaned_data
        return {
            language: Wording(told[f"words_{language}"].strip(), tuple(told[f"details_{language}"]))
            for language in ("en", "ko")
            if told[f"words_{language}"].strip() or told[f"details_{language}"]
        }


def _initial(way: WayToGive) -> dict[str, object]:
    says = arranging.wordings(way)
    initial: dict[str, object] = {
        "kind": way.kind,
        "currency": way.currency,
        "position": way.position,
        "is_shown": way.is_shown,
    }
    for language in ("en", "ko"):
        wording = says.get(language, Wording("", ()))
        initial[f"words_{language}"] = wording.words
        initial[f"details_{language}"] = "\n".join(f"{one.label}: {one.value}" for one in wording.details)
    return initial


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def ways(request: HttpRequest) -> HttpResponse:
    """Every way of every body, shown or not."""
    bodies = [
        (entity, list(arranging.in_order(entity_id=entity.pk)))
        for entity in LegalEntity.objects.order_by("id")
    ]
    return render(request, "office/ways.html", {"bodies": bodies})


@admit(Role.FINANCE)
@require_http_methods(["GET", "POST"])
def way(request: HttpRequest, entity_id: int, pk: int = 0) -> HttpResponse:
    """One way to change, or a new one (0). What visitors will read stands beside it."""
    found = WayToGive.objects.filter(pk=pk, entity=entity_id).prefetch_related("texts", "details").first()
    if found is None and pk:
        raise Http404(str(pk))
    if request.method == "POST":
        return _saved(request, found=found)
    initial = {"entity": entity_id, "seen": arranging.mark(found), "position": 1, "is_shown": True}
    form = WayForm(initial=initial | (_initial(found) if found else {}))
    return _form(request, form=form, found=found)


def _form(request: HttpRequest, *, form: WayForm, found: WayToGive | None, status: int = 200) -> HttpResponse:
    preview = _preview(form) if form.is_bound else _kept(found)
    return render(request, "office/way.html", {"form": form, "way": found, "preview": preview}, status=status)


def _kept(found: WayToGive | None) -> list[tuple[str, list[other_ways.Way]]]:
    says = arranging.wordings(found) if found else {}
    return [
        (language, [other_ways.spoken(found.kind, found.currency, wording)])
        for language, wording in says.items()
        if found
    ]


def _preview(form: WayForm) -> list[tuple[str, list[other_ways.Way]]]:
    if not form.is_valid():
        return []
    told = form.cleaned_data
    return [
        (language, [other_ways.spoken(told["kind"], told["currency"], wording)])
        for language, wording in form.says().items()
    ]


def _saved(request: HttpRequest, *, found: WayToGive | None) -> HttpResponse:
    form = WayForm(request.POST)
    if not form.is_valid() or not isinstance(request.user, User):
        return _form(request, form=form, found=found, status=422)
    told = form.cleaned_data
    try:
        arranging.arrange(
            entity=told["entity"],
            kind=WayToGive.Kind(told["kind"]),
            currency=told["currency"],
            position=told["position"],
            is_shown=told["is_shown"],
            says=form.says(),
            seen=told["seen"],
            actor=request.user,
            now=timezone.now(),
        )
    except arranging.ChangedMeanwhile:
        return errors.page(request, 409)
    except arranging.UnableToArrange:
        form.add_error("words_en", _("What visitors see needs English words."))
        return _form(request, form=form, found=found, status=422)
    messages.success(request, _("Saved. Visitors see it within half a minute."))
    return redirect("office:ways")


@admit(Role.FINANCE)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What visitors would read; nothing is stored."""
    form = WayForm(request.POST)
    shown = _preview(form)
    status = 200 if form.is_valid() else 422
    return render(request, "office/way_preview.html", {"preview": shown, "form": form}, status=status)


@admit(Role.FINANCE, Role.APPROVER)
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """Transfer codes that wait for their money, newest first; `q` finds one by its code, whatever became of it."""
    wanted = request.GET.get("q", "").strip().upper()[:12]
    rows = TransferPromise.objects.select_related("campaign", "fund").prefetch_related("campaign__texts")
    waiting = rows.filter(code__startswith=wanted) if wanted else rows.filter(status="open")
    found = list(waiting.order_by("-promised_at", "id")[:LISTED])
    listed = [(one, promising.amount(one), promising.ends_at(one)) for one in found]
    context = {"rows": listed, "wanted": wanted, "is_cut": len(found) == LISTED}
    return render(request, "office/transfers.html", context)
