"""Quartering: quarters in words, and which day it is where a body is."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from ledger.models import LegalEntity


def said(quarter: date) -> str:
    """This function will return "Quarter 2 of 2026" for its first day."""
    return _("Quarter %(number)s of %(year)s") % {"number": (quarter.month + 2) // 3, "year": quarter.year}


def today(body: LegalEntity | None) -> date:
    """This function will return the day on the calendar of a body."""
    return timezone.now().astimezone(ZoneInfo(body.zone if body else "UTC")).date()
