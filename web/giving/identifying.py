"""Identifying: what the form asks about a giver because the receiving body's law wants it, and which receipt comes."""

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from donations.giving import Giver
from donations.models import Checkout
from donors import matching
from receipts.rules import identity

if TYPE_CHECKING:
    from web.giving.reading import Typed

LONGEST = {"first_name": 60, "initial": 4, "last_name": 60, "address": 600, "postcode": 12}


def read(form: "Typed", *, law: str, errors: dict[str, str]) -> Giver | None:
    """Understand the fields that the law asks for; forms of other laws have none.

    This function will return what was said, noting in `errors` what to change.
    """
    asked = identity.asked(law=law)
    if not asked.fields:
        return None
    said = {field: _clean(getattr(form, field), is_many=field == "address") for field in asked.fields}
    for field, words in said.items():
        if field in asked.required and not words:
            errors[field] = _missing(field)
        elif len(words) > LONGEST[field]:
            errors[field] = gettext("This can have up to %(longest)s characters") % {
                "longest": LONGEST[field]
            }
    return Giver(**said)


def _clean(typed: str, *, is_many: bool) -> str:
    if not is_many:
        return matching.clean_name(typed)
    lines = (matching.clean_name(line) for line in typed.splitlines())
    return "\n".join(line for line in lines if line)


def _missing(field: str) -> str:
    if field == "first_name":
        return gettext("Write your first name")
    if field == "last_name":
        return gettext("Write your last name")
    return gettext("Write your address: the receipt needs it")


def typed(checkout: Checkout) -> dict[str, str]:
    """This function will return what was asked of the giver of an attempt, as the form's fields hold it."""
    kept = getattr(checkout, "giver", None)
    return {field: str(getattr(kept, field)) for field in LONGEST} if kept is not None else {}


def receipt_words(*, law: str) -> str:
    """Which receipt comes, said before paying: the law follows the body that receives, not the giver's country.

    This function will return one honest sentence; empty where the usual words say it all.
    """
    if law == "KR":
        return gettext(
            "The receipt is a Korean one (기부금영수증), filed at Hometax by the body that receives; it does not count "
            "for taxes in other countries. Never write a resident number here: the body asks for it itself."
        )
    if law == "CA":
        return gettext(
            "You get an official receipt for Canadian income tax; it does not count for taxes in other countries."
        )
    if law == "UK":
        return gettext(
            "There is no tax receipt in the United Kingdom: if you pay tax there, you can add Gift Aid after you "
            "have given. It does not count for taxes in other countries."
        )
    if law == "AU":
        return gettext(
            "You get a receipt under Australian law; it does not count for taxes in other countries."
        )
    if law == "US" and (get_language() or "en")[:2] == "ko":
        return gettext(
            "The receipt is one of the United States; it does not count for the Korean year-end tax settlement."
        )
    return ""
