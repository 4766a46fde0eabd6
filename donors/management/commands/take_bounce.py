"""`manage.py take_bounce < mail`: a mail server hands over a mail that reached the address for bounces."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.utils import timezone

from donors import bouncing, reporting_undelivered

TRY_LATER = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the report and hands it over again."""


class Command(BaseCommand):
    help = (
        "Takes one mail from standard input, as a mail server's pipe gives it, and notes what did not arrive."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(reporting_undelivered.LARGEST)
        try:
            taken = bouncing.take_mail(raw=raw, now=timezone.now())
        except OperationalError:
            sys.exit(TRY_LATER)
        # Never an error: whatever was handed over, the mail server must not send a report about a report.
        self.stdout.write(taken.outcome.value)
