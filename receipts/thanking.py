"""Thanking: the words of a letter that means nothing for taxes. No law, no number, nothing to be filed with a return.

A word that belongs on a receipt, and on nothing else, does not stand here in any language; a test holds the list of
those words. What a giver in kind gave is described and never valued.
"""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import Donation, SoftCredit
from donors.models import Donor
from ledger.money import Money
from receipts.models import Acknowledgment

Kind = Acknowledgment.Kind
_MONEY = frozenset({Donation.Kind.CASH, Donation.Kind.TICKET})


@dataclass(frozen=True, slots=True)
class Thanks:
    """A letter in its reader's language."""

    subject: str
    paragraphs: list[str]


def letter(*, gift: Donation, reader: Donor, kind: Acknowledgment.Kind) -> Thanks:
    """This function will return what somebody is told about a gift they gave or had a part in."""
    with translation.override(reader.language):
        return Thanks(
            _subject(kind),
            [
                _("Dear %(name)s,") % {"name": reader.name},
                *_said(gift, reader, kind),
                gift.entity.legal_name,
            ],
        )


def _subject(kind: Acknowledgment.Kind) -> str:
    return _("Thank you for your gift") if kind in {Kind.GIFT, Kind.SPONSOR} else _("Thank you")


def _said(gift: Donation, reader: Donor, kind: Acknowledgment.Kind) -> list[str]:
    if kind == Kind.SPONSOR:
        return _of_sponsor(gift, reader)
    if kind == Kind.GIFT:
        return _of_giver(gift, reader)
    words = {
        "what": _credited(gift, reader),
        "giver": _giver(gift),
        "day": _day(gift.given_on, reader.language),
    }
    if kind == Kind.ADVISER:
        return [
            _(
                "A grant of %(what)s from %(giver)s reached us on %(day)s. We were told that you recommended it."
            )
            % words,
            _(
                "Thank you for thinking of us. The gift was made by %(giver)s; this letter is our thanks to you."
            )
            % words,
        ]
    if kind == Kind.MATCH:
        return [
            _("%(giver)s has matched your gift: %(what)s reached us from them on %(day)s.") % words,
            _("Thank you for bringing it about. What they gave stays their own gift."),
        ]
    return [
        _("A gift of %(what)s from %(giver)s reached us on %(day)s. We were told that you had a part in it.")
        % words,
        _("Thank you. The gift was made by %(giver)s; this letter is our thanks to you.") % words,
    ]


def _of_sponsor(gift: Donation, reader: Donor) -> list[str]:
    words = {"what": _what(gift, reader), "day": _day(gift.given_on, reader.language)}
    said = [_("Thank you for the grant of %(what)s, which we received on %(day)s.") % words]
    if gift.description and gift.kind in _MONEY:
        said.append(_("You named with it: %(words)s") % {"words": gift.description})
    advisers = gift.soft_credits.filter(kind=SoftCredit.Kind.ADVISER).exists()
    return [*said, *([_("We have thanked whoever recommended it, too.")] if advisers else [])]


def _of_giver(gift: Donation, reader: Donor) -> list[str]:
    words = {"what": _what(gift, reader), "day": _day(gift.given_on, reader.language)}
    said = [_("Thank you. We received %(what)s from you on %(day)s.") % words]
    if not hasattr(gift, "exclusion"):
        said.append(_("You will get one receipt for all your gifts of the year when the year is over."))
    return said


def _what(gift: Donation, reader: Donor) -> str:
    return gift.amount.shown(reader.language) if gift.kind in _MONEY else gift.description


def _credited(gift: Donation, reader: Donor) -> str:
    """What of the gift is credited to the reader, or to somebody who was merged into them."""
    if gift.kind not in _MONEY:
        return gift.description
    credits = [
        credit
        for credit in gift.soft_credits.select_related("donor").order_by("id")
        if reader.pk in {credit.donor_id, credit.donor.merged_into_id}
    ]
    minor = credits[0].amount_minor if credits else gift.amount_minor
    return Money(minor, gift.currency).shown(reader.language)


def _giver(gift: Donation) -> str:
    is_unnamed = gift.checkout is not None and gift.checkout.is_anonymous
    return _("somebody who wishes to stay unnamed") if is_unnamed else gift.donor.name


def _day(day: date, language: str) -> str:
    return format_date(day, "d MMMM y" if language == "en" else "y년 M월 d일", locale=language)
