"""Registering: which bodies issue receipts, under which law, and what an accountant has confirmed.

Every change is written into the trail with the former and the new words: a bank, an auditor or a tax office may ask
who changed a registration number. Receipts freeze what they used, so a change touches none that was issued.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from donors import refusing
from ledger import money
from ledger.models import LegalEntity
from ledger.money import Money
from receipts import obstructing
from receipts.models import FigureConfirmation, Issuer, PriorTotal, Receipt, Series
from receipts.rules import parameters
from staff import auditing
from staff.models import AuditEvent, User

COUNTRIES: Mapping[str, str] = {"US": "US", "CA": "CA", "KR": "KR", "UK": "GB", "AU": "AU"}
"""Law by law, the country whose code stands in addresses."""
FIGURES: Mapping[str, tuple[str, ...]] = {
    "US": ("us_thresholds", "us_low_cost"),
    "CA": ("canada",),
    "KR": ("korea", "korean_codes", "korean_forms"),
    "UK": ("gift_aid",),
    "AU": (),
}
"""Law by law, the tables of `parameters.Book` that an accountant may confirm for a year."""
FACSIMILE = ("imprinted", "numbered", "kept_at_address")
GIFT_CODES = ("10", "20", "40", "41", "42", "43", "50")
_CODE = re.compile(r"[A-Z0-9]{2,12}")
_ENTITY = frozenset(
    {
        "legal_name",
        "local_name",
        "address",
        "registration",
        "status_line",
        "signatory",
        "email",
        "phone",
        "zone",
    }
    | {"base_currency", "paper", "is_religious", "date_rule"}
)


class UnableToRegister(ValueError):
    """`code` says what is wrong, `field` where."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Everything an issuer is: the legal entity, and what the law of its country asks of it."""

    law: str
    legal_name: str
    address: str
    registration: str
    signatory: str
    email: str
    zone: str
    base_currency: str
    paper: str = "letter"
    local_name: str = ""
    status_line: str = ""
    phone: str = ""
    date_rule: str = "org_zone"
    is_religious: bool = False
    prefix: str = ""
    is_tax_exempt: bool = True
    is_exclusively_religious: bool = False
    registered_name: str = ""
    registered_address: str = ""
    place: str = ""
    legal_basis: str = ""
    legal_basis_code: str = ""
    gift_code: str = ""
    form: str = ""
    facsimile_conditions: tuple[str, ...] = ()
    fiscal_year_end_month: int = 12
    default_rhythm: str = "each"
    is_open: bool = True


def body_of(*, issuer: Issuer) -> Body:
    """This function will return an issuer as it stands."""
    told: dict[str, object] = {}
    for field in fields(Body):
        told[field.name] = getattr(issuer.entity if field.name in _ENTITY else issuer, field.name)
    told["facsimile_conditions"] = tuple(issuer.facsimile_conditions)
    return Body(**told)  # type: ignore[arg-type]  # the names are those of its own fields


def register(*, code: str, body: Body, actor: User, now: datetime) -> Issuer:
    """Enter another body that issues receipts.

    Raises UnableToRegister. This function will return the new issuer.
    """
    if not _CODE.fullmatch(code):
        raise UnableToRegister("code", "code")
    _check(body)
    with transaction.atomic():
        if LegalEntity.objects.filter(code=code).exists():
            raise UnableToRegister("taken", "code")
        entity = LegalEntity(code=code)
        issuer = _write(entity, Issuer(), body, now)
        _note("issuer.registered", entity, actor, now, {"law": [None, body.law], "code": [None, code]})
    return issuer


def change(*, entity_id: int, body: Body, actor: User, now: datetime) -> Issuer:
    """Change what an issuer is from now on; its law, currency and zone stay once it has issued a receipt.

    Raises UnableToRegister. This function will return the issuer as it is now.
    """
    _check(body)
    with transaction.atomic():
        issuer = (
            Issuer.objects.select_for_update(of=("self",)).select_related("entity").get(entity_id=entity_id)
        )
        before = body_of(issuer=issuer)
        changed = {
            field.name: [getattr(before, field.name), getattr(body, field.name)]
            for field in fields(Body)
            if getattr(before, field.name) != getattr(body, field.name)
        }
        if not changed:
            return issuer
        frozen = {"law", "base_currency", "zone"} & set(changed)
        if frozen and Receipt.objects.filter(series__entity=issuer.entity).exists():
            raise UnableToRegister("frozen", sorted(frozen)[0])
        _write(issuer.entity, issuer, body, now)
        obstructing.try_again(entity_id=entity_id, now=now)
        _note("issuer.changed", issuer.entity, actor, now, changed)
    return issuer


def _check(body: Body) -> None:
    for field in fields(Body):
        told = getattr(body, field.name)
        if isinstance(told, str) and refusing.is_held_by(told):
            raise UnableToRegister("resident_number", field.name)
    for name in ("legal_name", "address", "registration", "signatory", "email"):
        if not str(getattr(body, name)).strip():
            raise UnableToRegister("empty", name)
    _check_law(body)
    if not re.fullmatch(r"[A-Z]{0,4}", body.prefix):
        raise UnableToRegister("prefix", "prefix")
    if not 1 <= body.fiscal_year_end_month <= 12:
        raise UnableToRegister("month", "fiscal_year_end_month")


def _check_law(body: Body) -> None:
    if body.law not in COUNTRIES:
        raise UnableToRegister("law", "law")
    if body.zone not in available_timezones():
        raise UnableToRegister("zone", "zone")
    if body.base_currency not in money.CURRENCIES:
        raise UnableToRegister("currency", "base_currency")
    if body.gift_code and body.gift_code not in GIFT_CODES:
        raise UnableToRegister("gift_code", "gift_code")
    if set(body.facsimile_conditions) - set(FACSIMILE):
        raise UnableToRegister("facsimile", "facsimile_conditions")


def _write(entity: LegalEntity, issuer: Issuer, body: Body, now: datetime) -> Issuer:
    for field in fields(Body):
        setattr(entity if field.name in _ENTITY else issuer, field.name, getattr(body, field.name))
    issuer.facsimile_conditions = list(body.facsimile_conditions)
    entity.country, issuer.changed_at = COUNTRIES[body.law], now
    try:
        with transaction.atomic():
            entity.save()
            issuer.entity = entity
            issuer.save()
    except IntegrityError as error:
        if "issuer_prefix_belongs_to_one" not in str(error):
            raise
        raise UnableToRegister("taken", "prefix") from error
    return issuer


def _note(
    action: str, entity: LegalEntity, actor: User, now: datetime, changed: Mapping[str, object]
) -> None:
    details = {name: value for name, value in changed.items()}
    auditing.record(actor=actor, action=action, target=f"entity:{entity.pk}", details=details, now=now)


def keep_prior(*, entity_id: int, year: int, total: Money, actor: User, now: datetime) -> PriorTotal:
    """Write down what a body receipted in a year before we issued for it (KR-11 asks about the year before).

    Raises UnableToRegister. This function will return the stored total.
    """
    if not 1990 <= year <= now.year or total.minor < 0:
        raise UnableToRegister(
            "year" if total.minor >= 0 else "amount", "year" if total.minor >= 0 else "amount"
        )
    with transaction.atomic():
        issuer = (
            Issuer.objects.select_for_update(of=("self",)).select_related("entity").get(entity_id=entity_id)
        )
        former = PriorTotal.objects.filter(issuer=issuer, year=year, currency=total.currency).first()
        if former is not None and former.total_minor == total.minor:
            return former
        kept, _ = PriorTotal.objects.update_or_create(
            issuer=issuer, year=year, currency=total.currency, defaults={"total_minor": total.minor}
        )
        told = [former.total_minor if former else None, total.minor]
        _note("issuer.prior_total", issuer.entity, actor, now, {"year": year, total.currency: told})
    return kept


def confirm(
    *, entity_id: int, figure: str, year: int, by: str, on: date, actor: User, now: datetime
) -> FigureConfirmation:
    """Write down that an accountant has compared a figure of the law with its source, for a year.

    Safe to repeat. Raises UnableToRegister for a figure the law does not know, or a year we have no row for.
    This function will return the stored confirmation.
    """
    words = " ".join(by.split())
    if not words:
        raise UnableToRegister("empty", "by")
    if refusing.is_held_by(words):
        raise UnableToRegister("resident_number", "by")
    if on > now.date():
        raise UnableToRegister("day", "on")
    with transaction.atomic():
        issuer = (
            Issuer.objects.select_for_update(of=("self",)).select_related("entity").get(entity_id=entity_id)
        )
        if figure not in FIGURES[issuer.law]:
            raise UnableToRegister("figure", "figure")
        if year not in years_of(figure=figure):
            raise UnableToRegister("year", "year")
        known = FigureConfirmation.objects.filter(issuer=issuer, figure=figure, year=year).first()
        if known is not None:
            return known
        made = FigureConfirmation.objects.create(
            issuer=issuer,
            figure=figure,
            year=year,
            confirmed_by=words[:120],
            entered_by=actor,
            confirmed_on=on,
            entered_at=now,
        )
        obstructing.try_again(entity_id=entity_id, now=now)
        _note("issuer.figure_confirmed", issuer.entity, actor, now, {"figure": figure, "year": year})
    return made


def years_of(*, figure: str) -> range:
    """This function will return the tax years for which we have a row of a figure, checked or not."""
    table = getattr(parameters.SHIPPED, figure)
    rows = table.rows if isinstance(table, parameters.Table) else table
    return range(min(row.first for row in rows), max(row.last for row in rows) + 1)


def history(*, entity: LegalEntity, most: int = 50) -> list[AuditEvent]:
    """This function will return who changed what of an issuer, newest first."""
    rows = AuditEvent.objects.filter(target=f"entity:{entity.pk}", action__startswith="issuer.")
    return list(rows.order_by("-number")[:most])


def series_of(*, entity: LegalEntity) -> list[Series]:
    """This function will return the series of numbers a body has begun, newest year first."""
    return list(Series.objects.filter(entity=entity).order_by("-year"))
