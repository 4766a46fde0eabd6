"""`manage.py demodata`: the invented mission that `run.py demo` shows."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.models import LegalEntity
from receipts import keyholding
from web.demo import writing


class Command(BaseCommand):
    help = "Fill this local installation with an invented mission. Safe to repeat; refused anywhere else."

    def handle(self, *args: Any, **options: Any) -> None:
        # Its passwords are printed, so it must never reach an installation others can open.
        if not settings.INSECURE_LOCAL:
            raise CommandError("The demo is written only with INSECURE_LOCAL=1, on your own machine.")
        now = timezone.now()
        path = writing.write(now=now, state_dir=settings.STATE_DIR)
        entities = LegalEntity.objects.order_by("code").values_list("code", "legal_name")
        keyholding.make_missing(entities=entities, now=now)
        self.stdout.write(f"The demo is written; sign-ins are in {path}.")
