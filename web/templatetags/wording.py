"""Filters and tags for public pages. They only choose words; nothing here reads the database."""

import re
from datetime import date
from functools import lru_cache

from django import template
from django.utils.translation import get_language, gettext

from ledger.models import LegalEntity
from ledger.money import Money
from web.giving import dating

register = template.Library()
_LEGAL_FORM = re.compile(r"[,\s]+(?:Inc|Incorporated|LLC|Ltd|Corp|Corporation|e\.V)\.?$")


def _language() -> str:
    return (get_language() or "en")[:2]


@lru_cache(maxsize=4096)
def _shown(amount: Money, language: str, short: bool) -> str:
    # The same few amounts stand on every page, and Babel takes 0.1 ms for each.
    return amount.shown(language, short=short)


@register.filter
def exact(amount: Money) -> str:
    """$1,250.00"""
    return _shown(amount, _language(), False)


@register.filter
def brief(amount: Money) -> str:
    """$1,250; cents only when there are some"""
    return _shown(amount, _language(), True)


@register.filter
def on_day(on: date) -> str:
    return dating.day(on, language=_language())


@register.filter
def on_short_day(on: date) -> str:
    return dating.short_day(on, language=_language())


@register.filter
def called(entity: LegalEntity | None) -> str:
    """The organization's everyday name: its local name in Korean, else without the legal form."""
    if not entity:  # also the lazy one of the context, when there is none yet
        return "Almoner"
    if _language() == "ko" and entity.local_name:
        return entity.local_name
    return _LEGAL_FORM.sub("", entity.legal_name)


@register.filter
def currency_name(code: str) -> str:
    """ "US dollars", for labels, where a sign alone is not read out"""
    names = {"USD": gettext("US dollars"), "KRW": gettext("Korean won")}
    return names.get(code, code)


@register.filter
def paragraphs(text: str) -> list[str]:
    """Paragraphs are parted by an empty line."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
