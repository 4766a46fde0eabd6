"""Words of the giver's own forms: fields of a profile by country, what may be wrong with them, and kinds of mail."""

from dataclasses import dataclass

from babel import Locale
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from donors import addressing
from donors.models import Consent
from web.giving import reading

_LABELS: dict[str, Promise] = {
    "name": gettext_lazy("Full name"),
    "local_name": gettext_lazy("Name in Korean, if you have one"),
    "title": gettext_lazy("Title"),
    "first_name": gettext_lazy("First name"),
    "initial": gettext_lazy("Initial, if you prefer it to the first name"),
    "last_name": gettext_lazy("Last name"),
    "street": gettext_lazy("Street and number"),
    "unit": gettext_lazy("Flat, floor or building, if any"),
    "city": gettext_lazy("City"),
    "region": gettext_lazy("Region, if it belongs to the address"),
    "postcode": gettext_lazy("Postcode"),
    "phone": gettext_lazy("Phone, if you like"),
    "shown_as": gettext_lazy("Name for public pages, if you ever agree to be named"),
}
_BY_COUNTRY: dict[tuple[str, str], Promise] = {
    ("KR", "region"): gettext_lazy("Province or city"),
    ("KR", "street"): gettext_lazy("District, street and number"),
    ("KR", "unit"): gettext_lazy("Building, unit, floor"),
    ("US", "region"): gettext_lazy("State"),
    ("US", "postcode"): gettext_lazy("ZIP code"),
    ("US", "unit"): gettext_lazy("Apartment or suite, if any"),
    ("CA", "region"): gettext_lazy("Province or territory"),
    ("CA", "postcode"): gettext_lazy("Postal code"),
    ("CA", "unit"): gettext_lazy("Apartment or suite, if any"),
    ("AU", "city"): gettext_lazy("Suburb or town"),
    ("AU", "region"): gettext_lazy("State or territory"),
    ("GB", "city"): gettext_lazy("Town or city"),
}
_AUTOFILL = {
    "name": "name",
    "title": "honorific-prefix",
    "first_name": "given-name",
    "last_name": "family-name",
    "street": "address-line1",
    "unit": "address-line2",
    "city": "address-level2",
    "region": "address-level1",
    "postcode": "postal-code",
    "phone": "tel",
}
_MOST = {"name": 120, "local_name": 120, "title": 12, "first_name": 60, "initial": 4, "last_name": 60}
_MOST |= {"phone": 40, "shown_as": 80, "postcode": 12}
COUNTRIES = ("US", "KR", "CA", "GB", "AU")
OTHERS = (
    "AT", "BE", "BR", "CH", "CN", "DE", "DK", "ES", "FI", "FR", "HK", "ID", "IE", "IN", "IT", "JP", "KE", "MX", "MY",
    "NL", "NO", "NZ", "PH", "PL", "PT", "SE", "SG", "TH", "TW", "VN", "ZA",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """One field of a form."""

    name: str
    label: str
    value: str
    problem: str
    autofill: str
    most: int


def box(name: str, value: str, problem: str, country: str) -> Box:
    """This function will return a field with its label in the words of the country."""
    label = _BY_COUNTRY.get((country, name), _LABELS[name])
    return Box(
        name,
        str(label),
        value,
        _problem(problem),
        _AUTOFILL.get(name, "off"),
        _MOST.get(name, addressing.MOST),
    )


def _problem(code: str) -> str:
    words = {
        "": "",
        "missing": _("Please fill this in: mail needs it."),
        "postcode": _("This is no postcode of this country."),
        "long": _("This is too long."),
        "name": _("Please write your name."),
        "exists": _(
            "There is a record with this name and your email address already. The office can join the two."
        ),
        "resident_number": reading.resident_number_words(),
        "phone": _("Digits, spaces and the signs + ( ) - . / only."),
    }
    return words.get(code, _("This cannot be kept."))


def country(typed: str) -> str:
    """A country we know; anything else is the first of them."""
    code = typed.upper()
    return code if code in COUNTRIES or code in OTHERS else COUNTRIES[0]


def countries() -> list[tuple[str, str]]:
    """Countries with their names in the reader's language: where most live first, then by name."""
    names = Locale(get_language() or "en").territories
    others = sorted(((code, str(names[code])) for code in OTHERS), key=lambda one: one[1])
    return [*((code, str(names[code])) for code in COUNTRIES), *others]


KINDS: dict[str, Promise] = {
    Consent.Kind.LETTER: pgettext_lazy("mail choice", "Send me the weekly letter by email."),
    Consent.Kind.PRAYER: pgettext_lazy("mail choice", "Send me the prayer list by email."),
    Consent.Kind.TOUR: pgettext_lazy("mail choice", "Tell me by email when a tour comes near me."),
    Consent.Kind.YEARLY_REPORT: pgettext_lazy("mail choice", "Send me the yearly report by email."),
    Consent.Kind.POST: pgettext_lazy("mail choice", "Send me news on paper, by post."),
}
"""Whole sentences: what stands beside a box is what is agreed to, word for word."""
