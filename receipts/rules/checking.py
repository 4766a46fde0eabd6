"""What the laws of several countries ask in the same way: sums, dates, words that must not be there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from donors import refusing
from ledger import money
from ledger.money import Money
from receipts.rules import parameters, shapes

_SOCIAL_SECURITY = re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)")
MASK = refusing.MASK


def violations(
    *, laws: Iterable[shapes.Law], receipt: shapes.Receipt, book: parameters.Book
) -> list[shapes.Violation]:
    """Ask a receipt every law that a receipt can break.

    A figure that is unknown or unchecked, a value nobody has given or two currencies in one sum break the law that
    needs them: nothing is issued on a guess. This function will return the violations in the order of the law table.
    """
    found = ((law, _broken(law, receipt, book)) for law in laws)
    return [shapes.Violation(law.id, words, law.is_warning) for law, words in found if words]


def _broken(law: shapes.Law, receipt: shapes.Receipt, book: parameters.Book) -> str:
    if law.is_broken is None:
        return ""
    try:
        return law.words if law.is_broken(receipt, book) else ""
    except (parameters.YearNotSettled, shapes.ValueUnknown, money.MixedCurrencies) as error:
        return f"{law.words} ({error})"


def no_gift(gift: shapes.GiftLine) -> shapes.NotReceiptable | None:
    """What no law here calls a gift. This function will return the refusal, or None."""
    if gift.kind in shapes.NO_GIFT:
        return shapes.NotReceiptable(shapes.NO_GIFT[gift.kind])
    if gift.payer in {shapes.Payer.DAF, shapes.Payer.CHARITY}:
        return shapes.NotReceiptable("daf")
    if gift.is_all_refunded:
        return shapes.NotReceiptable("refunded")
    return None


def net(line: shapes.GiftLine, currency: str) -> Money:
    """This function will return what is left of a line; a thing without a value counts zero."""
    return line.paid or Money(0, currency)


def adds_up(receipt: shapes.Receipt) -> bool:
    """This function will tell whether every amount is above zero and all of them make the total."""
    amounts = [line.paid for line in receipt.lines if line.paid is not None]
    if any(amount.minor <= 0 or amount.currency != receipt.total.currency for amount in amounts):
        return False
    return money.total(amounts, currency=receipt.total.currency) == receipt.total


def fair_value(benefits: Iterable[shapes.Benefit], *, currency: str) -> Money:
    """This function will return what the benefits would sell for together, or raise `ValueUnknown`."""
    values = []
    for benefit in benefits:
        if benefit.fair_value is None:
            raise shapes.ValueUnknown(f"no fair market value for {benefit.description or 'a benefit'}")
        values.append(benefit.fair_value)
    return money.total(values, currency=currency)


def above_zero(amount: Money) -> Money:
    """This function will return the amount, or zero of its currency: no receipt is for less than nothing."""
    return amount if amount.minor > 0 else Money(0, amount.currency)


def currency_of(lines: Iterable[shapes.GiftLine], *, otherwise: str) -> str:
    """This function will return the one currency of the lines, or raise `MixedCurrencies`: sums are never mixed."""
    found = {line.amount.currency for line in lines if line.amount is not None}
    if len(found) > 1:
        raise money.MixedCurrencies(" with ".join(sorted(found)))
    return found.pop() if found else otherwise


def texts(receipt: shapes.Receipt) -> Iterator[str]:
    """This function will return every text of a receipt that a person typed."""
    donor = receipt.donor
    yield from (donor.name, donor.first_name, donor.initial, donor.last_name, donor.business_number)
    yield from donor.address
    for line in receipt.lines:
        yield from (line.description, line.appraiser_name, line.appraiser_address, line.payment)
        yield from (benefit.description for benefit in line.benefits)
    for statement in receipt.statements:
        yield from (value for _, value in statement.fills)


def has_social_security_number(receipt: shapes.Receipt) -> bool:
    """This function will tell whether any text looks like a United States social security number."""
    return any(_SOCIAL_SECURITY.search(text) for text in texts(receipt))


def has_resident_number(receipt: shapes.Receipt) -> bool:
    """This function will tell whether any text looks like a Korean resident number."""
    return any(map(refusing.is_held_by, texts(receipt)))


def masked(text: str) -> str:
    """This function will return the text with every resident number in it replaced by a mask that tells nothing."""
    return refusing.masked(text)
