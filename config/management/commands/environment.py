"""`manage.py environment`: every variable the system reads, and how it stands in this process."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import env
from config.env import Variable


class Command(BaseCommand):
    help = "Prints every environment variable the system reads: type, default, what it is set to, meaning."
    # Whoever is told that a setting is wrong asks here what it should be: no check may stand in the way.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--markdown", action="store_true", help="the table of the documents instead")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in table() if options["markdown"] else lines():
            self.stdout.write(line)


def lines() -> list[str]:
    """This function will return one line for each variable; of a secret only whether it is set."""
    wide = max(len(variable.name) for variable in env.VARIABLES)
    return [
        f"{variable.name:<{wide}}  {variable.kind:<4}  {standing(variable)}\n{'':<{wide}}  {variable.meaning}"
        for variable in env.VARIABLES
    ]


def standing(variable: Variable) -> str:
    """This function will return what a variable is now, without telling a secret."""
    given = os.environ.get(variable.name, "").strip()
    if variable.is_secret:
        return "secret, set" if given else "secret, not set"
    if given:
        return f"set to {given}"
    return f"default {variable.default}" if variable.default else "not set"


def table() -> list[str]:
    """This function will return the table in Markdown, the same on every machine."""
    rows = ["| Variable | Type | Default | Secret | Meaning |", "| --- | --- | --- | --- | --- |"]
    for variable in env.VARIABLES:
        default = f"`{variable.default}`" if variable.default else ""
        secret = "yes" if variable.is_secret else ""
        rows.append(f"| `{variable.name}` | {variable.kind} | {default} | {secret} | {variable.meaning} |")
    return rows
