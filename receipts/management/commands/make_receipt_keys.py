"""`manage.py make_receipt_keys`: makes the keys of receipts that are missing, for the entities there are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.models import LegalEntity
from receipts import keyholding


class Command(BaseCommand):
    help = "Makes the sealing key and a self-made signing key for each legal entity, where there is none yet."

    def handle(self, *args: Any, **options: Any) -> None:
        entities = list(LegalEntity.objects.order_by("code").values_list("code", "legal_name"))
        try:
            made = keyholding.make_missing(entities=entities, now=timezone.now())
        except (keyholding.UnusableKeys, OSError) as error:
            raise CommandError(str(error)) from error
        for name in made:
            self.stdout.write(f"{keyholding.folder() / name}")
        self.stdout.write(f"public keys: {keyholding.folder() / keyholding.PUBLIC}")
