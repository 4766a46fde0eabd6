"""Naming: the payment methods that may be met on the next page, and when a bank account costs us less."""

from dataclasses import dataclass

from django.utils.translation import get_language, gettext

from ledger.money import Money
from payments import offering_methods
from payments.offering_methods import BANK, CARD, LINK


@dataclass(frozen=True)
class Debit:
    """What the processor keeps of a bank debit: a share in hundredths of a percent, at most so much.

    `worth_it_minor` is the gift from which on the form suggests it.
    """

    percent_hundredths: int
    at_most_minor: int
    worth_it_minor: int


# The processor's standard price. A currency without a row has no bank debit to suggest.
DEBITS = {"USD": Debit(80, 5_00, 1_000_00)}


def methods(*, currency: str, is_recurring: bool) -> str:
    """This function will return the sentence about the next page, true for the currency and the frequency."""
    offered = offering_methods.offered(currency=currency, is_recurring=is_recurring)
    # Link is a way of the processor to remember a card; whoever uses it knows it from there.
    names = [_name(method) for method in offered if method not in {CARD, LINK}]
    words = {"list": _listed(names)}
    if not names:
        return gettext(
            "You will pay on the next page by card, Apple Pay or Google Pay, as your device offers."
        )
    return (
        gettext(
            "You will pay on the next page by card, Apple Pay or Google Pay, as your device offers, or by %(list)s."
        )
        % words
    )


def _name(method: str) -> str:
    return {
        BANK: gettext("US bank account"),
        offering_methods.KOREAN_CARD: gettext("Korean card"),
        offering_methods.KAKAO: gettext("Kakao Pay"),
        offering_methods.NAVER: gettext("Naver Pay"),
        offering_methods.PAYCO: "PAYCO",
        offering_methods.SAMSUNG: gettext("Samsung Pay"),
    }[method]


def _listed(names: list[str]) -> str:
    """ "a, b or c"; Korean has one mark for all places."""
    if (get_language() or "en")[:2] == "ko" or len(names) < 2:
        return ", ".join(names)
    return f"{', '.join(names[:-1])} {gettext('or')} {names[-1]}"


@dataclass(frozen=True)
class Hint:
    """A bank account for a large gift: from which amount, and what it costs at most."""

    begins_at: Money
    at_most: Money
    is_met: bool


def hint(*, currency: str, total: Money | None) -> Hint | None:
    """`total` is what will be paid, if it is known. This function will return the hint of a currency, if it has one."""
    debit = DEBITS.get(currency)
    if debit is None:
        return None
    begins_at = Money(debit.worth_it_minor, currency)
    return Hint(
        begins_at=begins_at,
        at_most=Money(debit.at_most_minor, currency),
        is_met=total is not None and begins_at <= total,
    )
