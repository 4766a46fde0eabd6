"""Honoring: the optional words of a gift in honor or memory of somebody, and the notice to the family."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext

from donations.giving import Dedication
from donations.models import Tribute
from donors import matching

NAME_LONGEST = 120
WORDS_LONGEST = 300
EMAIL_LONGEST = 254
FIELDS = ("tribute", "honoree", "family_name", "family_email", "family_words")
# The family's mail goes out in the organization's name to somebody who never asked for it: it carries no links.
_LINK = re.compile(r"://|\bwww\.|\bhttps?\b", re.IGNORECASE)


def read(
    *,
    tribute: str,
    honoree: str,
    family_name: str,
    family_email: str,
    family_words: str,
    errors: dict[str, str],
) -> Dedication | None:
    """Understand the fields of honor and memory; without any of them the gift has no dedication.

    This function will return the dedication, noting in `errors` what to change.
    """
    named = _line(honoree, field="honoree", longest=NAME_LONGEST, errors=errors)
    told = _line(family_name, field="family_name", longest=NAME_LONGEST, errors=errors)
    words = _line(family_words, field="family_words", longest=WORDS_LONGEST, errors=errors)
    email = _email(family_email, errors=errors)
    if tribute not in Tribute.Kind.values:
        if tribute or named or told or words or email:
            errors.setdefault("tribute", gettext("Say whether it is in honor or in memory of somebody"))
        return None
    if email and not named:
        errors.setdefault("honoree", gettext("Write the name the family will read"))
    if (told or words) and not email:
        errors.setdefault(
            "family_email", gettext("Write an email address for the notice, or leave its fields empty")
        )
    return Dedication(
        kind=Tribute.Kind(tribute), honoree=named, notify_name=told, notify_email=email, words=words
    )


def _line(written: str, *, field: str, longest: int, errors: dict[str, str]) -> str:
    words = matching.clean_name(written)
    if len(words) > longest:
        errors[field] = gettext("This can have up to %(longest)s characters") % {"longest": longest}
    elif _LINK.search(words):
        errors[field] = gettext("Leave out links: this goes into a mail to the family")
    return words


def _email(written: str, *, errors: dict[str, str]) -> str:
    email = unicodedata.normalize("NFKC", written).strip()
    if not email:
        return ""
    try:
        if len(email) > EMAIL_LONGEST:
            raise ValidationError("")
        validate_email(email)
    except ValidationError:
        errors["family_email"] = gettext("Write an email address like name@example.com")
    return email


def typed(tribute: Tribute | None) -> dict[str, str]:
    """This function will return the dedication of an attempt as the form's fields hold it."""
    if tribute is None:
        return {}
    return {
        "tribute": tribute.kind,
        "honoree": tribute.honoree,
        "family_name": tribute.notify_name,
        "family_email": tribute.notify_email,
        "family_words": tribute.words,
    }
