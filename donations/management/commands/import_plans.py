"""manage.py import_plans FILE.csv: adopt standing gifts from another processor, whose cards ours keeps already."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from donations import adopting


class Command(BaseCommand):
    help = (
        "Adopt standing gifts from a CSV file with the columns "
        + ", ".join(adopting.COLUMNS)
        + ". Nobody is charged "
        "before the next due date and nobody gets a mail. Safe to run again with the same file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = options["file"].read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"cannot read the file: {error}") from error
        try:
            adopted = adopting.adopt(lines=lines, now=timezone.now())
        except adopting.UnableToAdopt as error:
            raise CommandError(
                "nothing was imported\n" + "\n".join(str(one) for one in error.wrong)
            ) from error
        self.stdout.write(
            f"{adopted.rows} rows: {adopted.made} adopted, {adopted.known} were here already, {adopted.unsure} unsure"
        )
        if adopted.unsure:
            raise CommandError("the processor did not answer for every row: run the same file again")
