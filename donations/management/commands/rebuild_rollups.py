"""manage.py rebuild_rollups: make every sum the reports read anew from the facts. Safe while gifts arrive."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from donations import rebuilding


class Command(BaseCommand):
    help = (
        "Writes the sums behind dashboards and reports again from donations and the books, in one transaction. Nobody "
        "waits for it. Needed only when `selfcheck` names I40, I41 or I42, or after rows were loaded past the triggers."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        rebuilding.rebuild()
        self.stdout.write(f"rebuilt in {time.monotonic() - began:.1f} s")
