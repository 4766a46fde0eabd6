"""manage.py rebuild_rollups: make every sum the reports read anew from the facts. Safe while gifts arrive."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from donations import rebuilding
from receipts import folding


class Command(BaseCommand):
    help = (
        "Writes the sums behind dashboards and reports again from donations, the books and receipts. Nobody waits. "
        "Needed only when `selfcheck` names one of I40 to I44, or after rows were loaded past the triggers."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        rebuilding.rebuild()
        folding.rebuild()
        self.stdout.write(f"rebuilt in {time.monotonic() - began:.1f} s")
