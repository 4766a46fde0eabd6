"""The documented test cards and bank accounts, and what each of them does.

Source: Stripe's testing documentation. An unknown number that passes the Luhn check behaves as a good Visa
card; one that does not is refused as `incorrect_number`.
"""

from __future__ import annotations

from dataclasses import dataclass

HARD_DECLINES = frozenset(
    {"lost_card", "stolen_card", "pickup_card"}
)  # never tried again by the renewal schedule

MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "payment_intent_authentication_failure": "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again.",
    "payment_method_provider_decline": "The payment was declined by the provider.",
}


@dataclass(frozen=True)
class Card:
    brand: str = "visa"
    country: str = "US"
    funding: str = "credit"
    code: str | None = None  # error code of a decline
    decline_code: str | None = None
    authenticate: str = ""  # "", "setup" (first payment only) or "always"
    dispute: str = ""  # dispute reason opened right after the charge
    inquiry: bool = False
    at_once: bool = False  # bypasses the pending balance
    warning: bool = False  # the card's bank warns of fraud right after the charge
    refund: str = ""  # "pending" until settled, or "fails" later


def _declines(decline_code: str, code: str = "card_declined") -> Card:
    return Card(code=code, decline_code=decline_code)


CARDS: dict[str, Card] = {
    "4242424242424242": Card(),
    "4000056655665556": Card(funding="debit"),
    "5555555555554444": Card(brand="mastercard"),
    "378282246310005": Card(brand="amex"),
    "6011111111111117": Card(brand="discover"),
    "3566002020360505": Card(brand="jcb"),
    "6200000000000005": Card(brand="unionpay"),
    "4000004100000001": Card(country="KR"),
    "4000000000000077": Card(at_once=True),
    # declines
    "4000000000000002": _declines("generic_decline"),
    "4000000000009995": _declines("insufficient_funds"),
    "4000000000009987": _declines("lost_card"),
    "4000000000009979": _declines("stolen_card"),
    "4000000000009961": _declines("pickup_card"),  # ours: no number is documented for this code
    "4000000000000069": _declines("expired_card", "expired_card"),
    "4000000000000127": _declines("incorrect_cvc", "incorrect_cvc"),
    "4000000000000119": _declines("processing_error", "processing_error"),
    "4000000000006975": _declines("card_velocity_exceeded"),
    "4100000000000019": _declines("fraudulent"),
    # can be kept (billing portal, operator page), but every charge declines: for renewals
    "4000000000000341": _declines("insufficient_funds"),
    # 3-D Secure
    "4000002500003155": Card(authenticate="setup"),
    "4000002760003184": Card(authenticate="always"),
    "4000000000003220": Card(authenticate="always"),
    "4000008400001629": Card(authenticate="always", code="card_declined", decline_code="generic_decline"),
    # disputes
    "4000000000000259": Card(dispute="fraudulent"),
    "4000000000002685": Card(dispute="product_not_received"),
    "4000000000001976": Card(dispute="fraudulent", inquiry=True),
    "4000000000005423": Card(warning=True),
    # refunds
    "4000000000007726": Card(refund="pending"),
    "4000000000005126": Card(refund="fails"),
}


KEPT_BUT_DECLINE = frozenset({"4000000000000341"})


@dataclass(frozen=True)
class BankAccount:
    failure_code: str | None = None
    failure_message: str | None = None
    waits: bool = False  # stays pending until the operator decides
    dispute: bool = False


GOOD_ROUTING_NUMBER = "110000000"
BANK_ACCOUNTS: dict[str, BankAccount] = {
    "000123456789": BankAccount(),
    "000111111113": BankAccount("account_closed", "The customer's bank account has been closed."),
    "000111111116": BankAccount("no_account", "No account was found for the given number."),
    "000222222227": BankAccount("insufficient_funds", "The customer's account has insufficient funds."),
    "000333333335": BankAccount(
        "debit_not_authorized", "The customer has notified their bank that this was not authorized."
    ),
    "000555555559": BankAccount(dispute=True),
    "000000000009": BankAccount(waits=True),
}


def luhn(number: str) -> bool:
    """This function will say whether a card number passes its check digit."""
    digits = [int(digit) for digit in reversed(number)]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return total % 10 == 0


def card(number: str) -> Card:
    """This function will return what a card number does (`incorrect_number` for one that cannot exist)."""
    if number in CARDS:
        return CARDS[number]
    if number.isdecimal() and number.isascii() and 12 <= len(number) <= 19 and luhn(number):
        return CARDS["4242424242424242"]
    return Card(code="incorrect_number", decline_code=None)


def message(code: str | None, decline_code: str | None) -> str:
    """This function will return the words Stripe uses for a decline."""
    return MESSAGES.get(decline_code or "", MESSAGES.get(code or "", MESSAGES["card_declined"]))
