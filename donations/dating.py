"""On which day a gift was given (US-12; IRS Publication 526): the event that counts depends on how it came.

A card counts when it is charged, a check when it is mailed or handed over, a bank debit when the bank pays. The day
a person wrote on a check never wins (C4). Instants become days in the organization's own zone (B4, C1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo, available_timezones


class Basis(StrEnum):
    """Which event gave the gift its day. The day written on a check is known, and never one of them."""

    CHARGE = "charge"
    POSTMARK = "postmark"
    HAND = "hand"
    RECEIVED = "received"
    SETTLEMENT = "settlement"
    SENT = "sent"
    TRANSFER = "transfer"
    WRITTEN = "written"


LATEST_US_ZONE = "Pacific/Honolulu"
RULES = ("org_zone", "latest_us_zone")

# method: the events that count, the first known one wins
BASES: dict[str, tuple[Basis, ...]] = {
    "card": (Basis.CHARGE,),
    "check": (Basis.POSTMARK, Basis.HAND, Basis.RECEIVED),
    "cash": (Basis.HAND, Basis.RECEIVED),
    "bank_debit": (Basis.SETTLEMENT,),
    "bank_transfer": (Basis.SETTLEMENT, Basis.RECEIVED),
    "pay_by_phone": (Basis.SETTLEMENT,),
    "text": (Basis.SENT,),
    "stock": (Basis.TRANSFER,),
    "note": (Basis.SETTLEMENT,),
    "paypal": (Basis.CHARGE,),
    "in_kind": (Basis.HAND, Basis.RECEIVED),
}


# How a donation keeps what chose its day (`Donation.DateRule`); a day that was no instant needs no zone.
_KEPT = {
    ("charge", "org_zone"): "charge_in_entity_zone",
    ("charge", "latest_us_zone"): "charge_in_latest_us_zone",
}


class NoBasis(ValueError):
    """None of the events that count for this way of giving is known: a person has to say which (C5)."""


@dataclass(frozen=True, slots=True)
class Dated:
    """The day for tax, what made it so, and the rule that turned the instant into a day."""

    on: date
    basis: Basis
    rule: str

    @property
    def kept_as(self) -> str:
        """The word under which a donation keeps it, a value of `Donation.DateRule`."""
        return _KEPT.get((self.basis.value, self.rule), self.basis.value)


def basis_of(date_rule: str) -> Basis:
    """This function will return the event that a kept rule stands for; a day set by staff counts as received."""
    if date_rule in _KEPT.values():
        return Basis.CHARGE
    return Basis(date_rule) if date_rule in set(Basis) else Basis.RECEIVED


def given(
    *, method: str, events: Mapping[Basis, date | datetime], zone: str, rule: str = "org_zone"
) -> Dated:
    """Choose the day of a gift among what is known about it.

    `events` holds days, or aware instants. Rule `latest_us_zone` reads instants in the last zone of the country, as
    some large charities do. Raises `NoBasis`, and `ValueError` for an unknown rule, a method we do not know or an
    instant without a zone. This function will return the day with its basis.
    """
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}")
    if method not in BASES:
        raise ValueError(f"unknown method {method!r}")
    place = ZoneInfo(zone if rule == "org_zone" else LATEST_US_ZONE)
    for basis in BASES[method]:
        if basis in events:
            return Dated(_day(events[basis], place), basis, rule)
    raise NoBasis(f"{method}: none of {', '.join(BASES[method])} is known")


def _day(event: date | datetime, place: ZoneInfo) -> date:
    if not isinstance(event, datetime):
        return event
    if event.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return event.astimezone(place).date()


def asks_for_basis(on: date) -> bool:
    """Between 20 December and 15 January the wrong basis moves a gift to another year (C5).

    This function will tell whether the entry form should warn when nobody gave a basis.
    """
    return (on.month, on.day) >= (12, 20) or (on.month, on.day) <= (1, 15)


def charged(*, at: datetime, zone: str, rule: str, basis: Basis = Basis.CHARGE) -> Dated:
    """The day of a payment the processor collected: the one resolver for every gift that comes over the wire (C1, C2).

    `at` is the charge, or for a bank debit (`Basis.SETTLEMENT`) the moment the bank paid (C7). This function will
    return the day with the rule that chose it; it raises `ValueError` for an unknown rule.
    """
    method = "bank_debit" if basis is Basis.SETTLEMENT else "card"
    return given(method=method, events={basis: at}, zone=zone, rule=rule)


def known_zone(name: str) -> str:
    """A browser says where its clock stands, and may say anything.

    This function will return the name if it is a zone of the world's list, else nothing.
    """
    return name if name in _zones() else ""


@cache
def _zones() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if len(name) <= 60)
