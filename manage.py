#!/usr/bin/env python
"""Django's command line for Almoner."""

import os
import sys

OWNER_COMMANDS = {"migrate", "grant_rights"}
"""Commands that change tables or rights: they run as the owner of the database, the product never does."""


def main() -> None:
    owner = os.environ.get("MIGRATION_DATABASE_URL")
    if owner and OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ["DATABASE_URL"] = owner
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
