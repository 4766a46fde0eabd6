"""Gift Aid declarations (UK-01): what one must hold, when it has effect, and how it ends.

A declaration is a value; every deed here returns a new one. Source: HMRC, Gift Aid declarations; chapter 3 of its
detailed guidance. A spoken one has effect from the day a written record went out, and can be cancelled as if it had
never been made for 30 days after that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from receipts.rules import parameters, refunding, shapes


class State(StrEnum):
    """Where a declaration stands on a day."""

    INCOMPLETE = "incomplete"
    AWAITING_RECORD = "awaiting_record"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Form(StrEnum):
    WRITTEN = "written"
    ONLINE = "online"
    ORAL = "oral"


class Scope(StrEnum):
    """Which donations it covers: one by its day, or past, present and future ones in any mix."""

    SINGLE = "single"
    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


class WrongStep(ValueError):
    """The declaration is not in a state from which this can happen."""


STEPS: dict[str, frozenset[State]] = {
    "record": frozenset({State.AWAITING_RECORD}),
    "cancel": frozenset({State.AWAITING_RECORD, State.ACTIVE}),
    "end": frozenset({State.ACTIVE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """`valid_from` and `valid_to` bound the donations it covers, both included; no bound is None.

    `cancelled_from` is the first day without effect: the beginning of time when it never had any.
    """

    charity: str
    first_name: str
    last_name: str
    home_address: str
    scopes: frozenset[Scope]
    wants_gift_aid: bool
    explanation_version: int | None
    made_on: date
    form: Form = Form.WRITTEN
    valid_from: date | None = None
    valid_to: date | None = None
    record_sent_on: date | None = None
    cancelled_from: date | None = None


# the six parts of UK-01, with what is said when one is missing
_PARTS = {
    "charity": "the charity is not named",
    "name": "the donor's full name is missing",
    "home_address": "the home address is missing",
    "scopes": "it does not say which donations it covers",
    "wants_gift_aid": "the donor does not say that Gift Aid is wanted",
    "explanation": "the tax the donor must have paid was not explained",
}


def missing(*, declaration: Declaration) -> list[shapes.Violation]:
    """This function will return one violation for each of the six parts that is not there; no signature is asked."""
    present = {
        "charity": bool(declaration.charity),
        "name": bool(declaration.first_name and declaration.last_name),
        "home_address": bool(declaration.home_address),
        "scopes": bool(declaration.scopes),
        "wants_gift_aid": declaration.wants_gift_aid,
        "explanation": declaration.explanation_version is not None,
    }
    return [shapes.Violation("UK-01", words) for part, words in _PARTS.items() if not present[part]]


def state(*, declaration: Declaration, on: date) -> State:
    """This function will return where a declaration stands on a day."""
    if missing(declaration=declaration):
        return State.INCOMPLETE
    if declaration.cancelled_from is not None and declaration.cancelled_from <= on:
        return State.CANCELLED
    sent = declaration.record_sent_on
    if declaration.form is Form.ORAL and (sent is None or on < sent):
        return State.AWAITING_RECORD
    if declaration.valid_to is not None and declaration.valid_to < on:
        return State.ENDED
    return State.ACTIVE


def _require(step: str, declaration: Declaration, on: date) -> None:
    now = state(declaration=declaration, on=on)
    if now not in STEPS[step]:
        raise WrongStep(f"{step} while {now}")


def record(*, declaration: Declaration, on: date) -> Declaration:
    """The written record of a spoken declaration went out.

    Raises `WrongStep`. This function will return the declaration that has effect from now on.
    """
    _require("record", declaration, on)
    return replace(declaration, record_sent_on=on)


def cancel(*, declaration: Declaration, on: date, book: parameters.Book = parameters.SHIPPED) -> Declaration:
    """The donor cancels; within 30 days of the record of a spoken declaration it never had effect.

    Claims made on it must then be paid back. Raises `WrongStep`. This function will return the cancelled
    declaration.
    """
    _require("cancel", declaration, on)
    sent = declaration.record_sent_on
    days = timedelta(days=book.gift_aid.of(on.year).oral_days)
    is_undone = declaration.form is Form.ORAL and (sent is None or on <= sent + days)
    return replace(declaration, cancelled_from=date.min if is_undone else on)


def end(*, declaration: Declaration, on: date) -> Declaration:
    """It covers donations up to and including `on`. Raises `WrongStep`. This function will return it bounded."""
    _require("end", declaration, on)
    return replace(declaration, valid_to=on)


def covers(*, declaration: Declaration, given_on: date, book: parameters.Book = parameters.SHIPPED) -> bool:
    """Past donations reach back four years before it was made; `valid_from` and `valid_to` bound it further.

    This function will return whether a donation of that day is within its scope, whatever its state.
    """
    years = book.gift_aid.of(declaration.made_on.year).years_back
    earliest = refunding.after_years(declaration.made_on, -years)
    if given_on < max(earliest, declaration.valid_from or earliest):
        return False
    if declaration.valid_to is not None and declaration.valid_to < given_on:
        return False
    return bool(_wanted(declaration, given_on) & declaration.scopes)


def _wanted(declaration: Declaration, given_on: date) -> frozenset[Scope]:
    if given_on == declaration.made_on:
        return frozenset({Scope.SINGLE, Scope.PRESENT})
    return frozenset({Scope.PAST if given_on < declaration.made_on else Scope.FUTURE})
