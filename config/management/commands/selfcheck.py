"""Asserts every invariant from outside and exits 1 naming the rows that break one."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from reports import selfchecking


class Command(BaseCommand):
    help = "Asserts every invariant of the books, gifts and receipts; exits 1 if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--processor", action="store_true", help="also compare with the processor's record"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        findings = selfchecking.run(now=now)
        if options["processor"]:
            findings += selfchecking.against_processor(now=now)
        holds = all(finding.holds for finding in findings)
        if options["json"]:
            laws = [asdict(finding) | {"holds": finding.holds} for finding in findings]
            self.stdout.write(json.dumps({"holds": holds, "laws": laws}, ensure_ascii=False))
        else:
            for finding in findings:
                self.stdout.write(
                    f"{'ok    ' if finding.holds else 'BROKEN'} {finding.code:4} {finding.title}"
                )
                for row in finding.rows:
                    self.stdout.write(f"         {row}")
        if not holds:
            raise SystemExit(1)
