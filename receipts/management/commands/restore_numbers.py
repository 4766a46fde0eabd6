"""`manage.py restore_numbers`: after a backup was put back, shows the receipt numbers it lost and void-fills them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from receipts import marking, restoring


class Command(BaseCommand):
    help = "Shows the receipt numbers that are on paper and not in the database; --void-fill spoils them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--papers", type=Path, metavar="FOLDER", help="PDF files to look for lost papers in"
        )
        parser.add_argument("--void-fill", metavar="WHO", help="spoil the lost numbers; WHO decided it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            marked = restoring.catch_up()
            losses = restoring.lost()
        except marking.MarksUnusable as error:
            raise CommandError(str(error)) from error
        if marked:
            self.stdout.write(f"{marked} papers that were not marked are now")
        if not losses:
            self.stdout.write("no number is lost")
            return
        for loss in losses:
            self.stdout.write(
                f"{loss.entity_code} {loss.tax_year}: numbers {loss.first} to {loss.last} are lost,"
                f" {len(loss.lines)} of them on paper"
            )
        self._look(options["papers"], losses)
        self._fill(options["void_fill"], losses)

    def _look(self, folder: Path | None, losses: list[restoring.Loss]) -> None:
        if folder is None:
            return
        found = 0
        for paper in restoring.find(folder=folder, losses=losses):
            found += 1
            self.stdout.write(f"{paper.serial} is with {paper.donor}: {paper.total} ({paper.file})")
        self.stdout.write(f"{found} lost papers found: tell these givers that another number replaces theirs")

    def _fill(self, who: str | None, losses: list[restoring.Loss]) -> None:
        if who is None:
            self.stdout.write("nothing was changed; --void-fill WHO spoils these numbers")
            return
        for loss in losses:
            count = restoring.void_fill(loss=loss, actor=who, now=timezone.now())
            self.stdout.write(f"{loss.entity_code} {loss.tax_year}: {count} numbers are void-filled")
