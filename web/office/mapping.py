"""The account map as pages: what has no name yet comes first; one account at a time, or all of them as a file."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from books import mapping, mapping_files
from books.mapping import Given, UnableToMap
from books.mapping_files import UnableToRead
from books.models import AccountMap, Target
from ledger.models import Account, Fund, LegalEntity
from paper import tabulating
from staff import auditing
from staff.models import Role
from web.journal_wording import FILE_REFUSALS, MAP_REFUSALS, TARGETS
from web.office.admitting import admit
from web.office.handing_over import bodies, person

EVERY_FUND = "all"


class MapForm(forms.Form):
    """Whose map, and for which program."""

    entity = forms.ChoiceField(label=gettext_lazy("Organization"))
    target = forms.ChoiceField(label=gettext_lazy("Program"), choices=list(TARGETS.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = bodies()  # type: ignore[attr-defined]


class RowForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code there"), max_length=60, required=False, strip=True)
    name = forms.CharField(
        label=gettext_lazy("Name there"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("QuickBooks finds accounts by name: write a sub-account as Parent:Sub."),
    )
    class_name = forms.CharField(
        label=gettext_lazy("Class or department"),
        max_length=120,
        required=False,
        help_text=gettext_lazy(
            "What stands for the fund there: a class, a department, a tracking option."
            " {campaign} in it is the campaign of the line."
        ),
    )
    location = forms.CharField(label=gettext_lazy("Location"), max_length=120, required=False)
    tax = forms.CharField(label=gettext_lazy("Tax rate or code"), max_length=60, required=False)

    @property
    def given(self) -> Given | None:
        """Nothing written takes the row away."""
        given = Given(**self.cleaned_data)
        return given if given != Given("") else None


@admit(Role.FINANCE)
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account with every fund that occurs, and what it is called there."""
    asked = {name: request.GET[name] for name in ("entity", "target") if request.GET.get(name)}
    first = LegalEntity.objects.order_by("id").first()
    form = MapForm({"entity": first.pk if first else "", "target": Target.GENERIC, **asked})
    if not form.is_valid():
        return render(request, "office/journal_map.html", {"form": form}, status=400)
    entity = LegalEntity.objects.get(pk=form.cleaned_data["entity"])
    return _page(request, entity, form.cleaned_data["target"], form=form)


def _page(
    request: HttpRequest,
    entity: LegalEntity,
    target: str,
    *,
    form: MapForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = _rows(entity, target)
    context = {
        "form": form or MapForm({"entity": entity.pk, "target": target}),
        "entity": entity,
        "body": entity,
        "target": target,
        "rows": rows,
        "unnamed": sum(1 for row in rows if row["state"] == "unnamed"),
        "refused": refused,
    }
    return render(request, "office/journal_map.html", context, status=status)


def _rows(entity: LegalEntity, target: str) -> list[dict[str, Any]]:
    """What has no name first, then by account; a row for all funds stands above those of its funds."""
    written = {(row.account_id, row.fund_id): row for row in mapping.rows(entity=entity, target=target)}
    pairs = mapping.occurring(entity=entity)
    names = mapping.names(entity=entity, target=target, pairs=pairs)
    accounts = Account.objects.in_bulk([key[0] for key in (*written, *pairs)])
    funds = {fund.pk: fund for fund in Fund.objects.filter(entity=entity)}
    rows = []
    for account_id, fund_id in dict.fromkeys([*pairs, *written]):
        row = written.get((account_id, fund_id))
        name = names.get((account_id, fund_id)) if fund_id else None
        rows.append(
            {
                "account": accounts[account_id],
                "fund": funds.get(fund_id) if fund_id else None,
                "name": row or name,
                "state": "written" if row else "unnamed" if name is None else _source(written, account_id),
            }
        )
    return sorted(
        rows,
        key=lambda row: (
            row["state"] != "unnamed",
            row["account"].code,
            row["fund"].code if row["fund"] else "",
        ),
    )


def _source(written: dict[tuple[int, int | None], AccountMap], account_id: int) -> str:
    return "inherited" if (account_id, None) in written else "own"


def _entity(entity_id: int, target: str) -> LegalEntity:
    if target not in Target.values:
        raise Http404(target)
    return get_object_or_404(LegalEntity, pk=entity_id)


def _address(entity: LegalEntity, target: str) -> str:
    return f"{reverse('office:journal_map')}?entity={entity.pk}&target={target}"


@admit(Role.FINANCE)
def row(request: HttpRequest, entity_id: int, target: str, account: str, fund: str) -> HttpResponse:
    """What one account is called there, for one fund or for all."""
    entity, chosen = _entity(entity_id, target), get_object_or_404(Account, code=account)
    of_fund = get_object_or_404(Fund, entity=entity, code=fund) if fund != EVERY_FUND else None
    known = AccountMap.objects.filter(entity=entity, target=target, account=chosen, fund=of_fund).first()
    form = RowForm(
        request.POST or None, initial={name: getattr(known, name, "") for name in RowForm.base_fields}
    )
    if request.method == "POST" and form.is_valid():
        try:
            mapping.write(
                entity=entity,
                target=target,
                wanted={(chosen, of_fund): form.given},
                actor=person(request),
                now=timezone.now(),
            )
        except UnableToMap as error:
            form.add_error(error.field, str(MAP_REFUSALS[error.code]))
        else:
            messages.success(request, _("Kept. What was handed over before keeps its names."))
            return redirect(_address(entity, target))
    context = {
        "form": form,
        "body": entity,
        "target": target,
        "account": chosen,
        "fund": of_fund,
        "back": _address(entity, target),
        "known": known,
    }
    return render(
        request, "office/journal_map_row.html", context, status=422 if request.method == "POST" else 200
    )


@admit(Role.FINANCE)
@require_GET
def file(request: HttpRequest, entity_id: int, target: str) -> HttpResponse:
    """The map as a file to be filled in elsewhere. Taking it is written down."""
    entity = _entity(entity_id, target)
    auditing.record(
        actor=person(request),
        action="export journal map",
        target=f"entity:{entity.pk}",
        now=timezone.now(),
        details={"target": target},
    )
    response = HttpResponse(
        mapping_files.written(entity=entity, target=target), content_type=tabulating.CSV_TYPE
    )
    name = content_disposition_header(True, f"{entity.code}-{target}-map.csv")
    response.headers["Content-Disposition"] = name or "attachment"
    return response


@admit(Role.FINANCE)
@require_POST
def read(request: HttpRequest, entity_id: int, target: str) -> HttpResponse:
    """Read a map that came back: all of it or nothing."""
    entity, came = _entity(entity_id, target), request.FILES.get("file")
    if came is None:
        return _page(request, entity, target, refused=_("Choose a file first."), status=422)
    try:
        changed = mapping_files.read(
            entity=entity,
            target=target,
            content=came.read(mapping_files.LARGEST + 1),
            actor=person(request),
            now=timezone.now(),
        )
    except UnableToRead as error:
        return _page(request, entity, target, refused=_words(error), status=422)
    messages.success(request, _("%(count)s rows changed.") % {"count": changed})
    return redirect(_address(entity, target))


def _words(error: UnableToRead) -> str:
    reason = str(FILE_REFUSALS[error.code])
    if not error.row:
        return reason
    place = _("Row %(row)s, column %(column)s") % {"row": error.row, "column": error.column}
    said = f" ({error.said})" if error.said and error.code != "resident" else ""
    return f"{place}: {reason}{said}"
