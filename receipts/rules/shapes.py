"""The facts the rules are told and the answers they give; nothing here knows a country or a database.

There is deliberately no field for a resident number (주민등록번호), a social security number or any other number
of a person: what cannot be stored cannot leak (KR-13, US-14).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from donations.dating import Basis
from ledger.money import Money

if TYPE_CHECKING:
    from receipts.rules import parameters


class ValueUnknown(ValueError):
    """A benefit or property has no fair market value, and the law needs one to say what was given."""


class Kind(StrEnum):
    """What was given. The law of every country tells money from things, and both from what is no gift."""

    CASH = "cash"
    TICKET = "ticket"
    PROPERTY = "property"
    STOCK = "stock"
    VEHICLE = "vehicle"
    VOLUNTEER_EXPENSES = "volunteer_expenses"
    SERVICES = "services"
    USE_OF_PROPERTY = "use_of_property"
    PLEDGE = "pledge"
    PURCHASE = "purchase"


MONEY = frozenset({Kind.CASH, Kind.TICKET})
THINGS = frozenset({Kind.PROPERTY, Kind.STOCK, Kind.VEHICLE})
NO_GIFT = {
    Kind.SERVICES: "services",
    Kind.USE_OF_PROPERTY: "services",
    Kind.PLEDGE: "pledge",
    Kind.PURCHASE: "purchase",
}
"""Kinds that no law here calls a gift, with the reason we write down."""


class Payer(StrEnum):
    """Who paid: a fund of donor advice or another charity is the giver itself, not the person who advised."""

    DONOR = "donor"
    DAF = "daf"
    CHARITY = "charity"
    EMPLOYER = "employer"
    IRA_QCD = "ira_qcd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """Something the giver got in return. `fair_value` is what it would sell for, `cost` what it cost us."""

    description: str
    fair_value: Money | None = None
    cost: Money | None = None
    is_token: bool = False
    is_intangible_religious: bool = False
    is_sold_commercially: bool = False
    is_cash_like: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftLine:
    """One gift. `amount` is the money paid, or the fair market value of a thing where the law wants one.

    A thing on a United States receipt has no amount. `claimed` is what the giver means to claim for a vehicle;
    `equivalent` the amount in the law's own currency, at the rate of `rate_on` from `rate_source`.
    """

    kind: Kind
    given_on: date
    amount: Money | None = None
    refunded: Money | None = None
    basis: Basis = Basis.RECEIVED
    payer: Payer = Payer.DONOR
    payment: str = ""
    benefits: tuple[Benefit, ...] = ()
    description: str = ""
    quantity: int = 1
    unit_value: Money | None = None
    code: str = ""
    claimed: Money | None = None
    appraiser_name: str = ""
    appraiser_address: str = ""
    equivalent: Money | None = None
    rate_on: date | None = None
    rate_source: str = ""
    is_person_directed: bool = False
    is_day_known: bool = True
    is_in_hometax: bool = False

    @property
    def paid(self) -> Money | None:
        """What we still hold of it."""
        if self.amount is None or self.refunded is None:
            return self.amount
        return self.amount - self.refunded

    @property
    def is_all_refunded(self) -> bool:
        return self.paid is not None and self.refunded is not None and self.paid.minor <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityFacts:
    """The legal body that issues. `registered_*` is what the authority has on record, compared to what we print."""

    country: str
    legal_name: str
    registration: str
    address: tuple[str, ...] = ()
    registered_name: str = ""
    registered_address: tuple[str, ...] = ()
    is_501c3: bool = False
    is_exclusively_religious: bool = False
    is_dgr: bool = False
    legal_basis: str = ""
    legal_basis_code: str = ""
    form: str = "45-2"
    prior_receipts: Money | None = None
    facsimile_conditions: frozenset[str] = frozenset()
    fiscal_year_end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorFacts:
    """Who gave. `business_number` is a company's (사업자등록번호); a person's number has no place here."""

    name: str
    is_person: bool = True
    first_name: str = ""
    initial: str = ""
    last_name: str = ""
    address: tuple[str, ...] = ()
    business_number: str = ""
    gives_number_to_hometax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """A third party that collected the gift for the body (기부금 모집처)."""

    name: str
    registration: str
    address: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence by its code and the version of its wording, with what is filled into it."""

    code: str
    version: int
    fills: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt as its snapshot tells it, before or after issue.

    `printed` names what the template shows of every receipt and line: given_on, issued_on, applied_on, amount, kind.
    `covers` are the payments it stands for, `receipted_elsewhere` those on another standing receipt; `earlier_serials`
    holds at least the numbers that could be met again. `eligible` empty means the whole total.
    """

    entity: EntityFacts
    donor: DonorFacts
    lines: tuple[GiftLine, ...]
    total: Money
    tax_year: int
    issued_on: date
    serial: str = ""
    eligible: Money | None = None
    statements: tuple[Statement, ...] = ()
    printed: frozenset[str] = frozenset()
    covers: frozenset[str] = frozenset()
    earlier_serials: frozenset[str] = frozenset()
    receipted_elsewhere: frozenset[str] = frozenset()
    language: str = "en"
    place: str = ""
    signatory: str = ""
    signature: str = ""
    form_version: str = ""
    collector: Collector | None = None
    is_electronic: bool = False
    is_information_copy: bool = False
    has_form_fields: bool = False
    is_signed: bool = False
    is_encrypted: bool = False
    is_copy_kept: bool = False
    is_mailed: bool = False

    @property
    def codes(self) -> list[str]:
        return [statement.code for statement in self.statements]


@dataclass(frozen=True, slots=True)
class Ok:
    """The ordinary receipt may be issued."""


@dataclass(frozen=True, slots=True)
class NotReceiptable:
    """No tax receipt; a thank-you without tax meaning is always allowed."""

    reason: str


@dataclass(frozen=True, slots=True)
class OtherForm:
    """The law knows a form of its own for this gift, and an ordinary receipt would not do."""

    code: str
    reason: str = ""


Decision = Ok | NotReceiptable | OtherForm


@dataclass(frozen=True, slots=True)
class Amounts:
    """`received` less `refunded` is `paid`; `benefit` is what counts of the returns; `eligible` is never negative."""

    received: Money
    refunded: Money
    paid: Money
    benefit: Money
    eligible: Money


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule the receipt breaks, by the id of the law table. A warning does not stop the issue."""

    id: str
    words: str
    is_warning: bool = False


class Correction(StrEnum):
    NONE = "none"
    VOID = "void"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Action:
    """What a refund does to an issued receipt, what else somebody has to do, and by when."""

    correction: Correction
    duties: tuple[str, ...] = ()
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """One row of the law table: our policy, the function that keeps it, and how a receipt can break it."""

    id: str
    policy: str
    kept_by: Callable[..., object]
    words: str = ""
    is_broken: Callable[[Receipt, parameters.Book], bool] | None = None
    is_warning: bool = False
    is_verified: bool = True
    open_point: str = ""
