"""`manage.py staff add|roles|close|list`: the people who work here, from the operator's shell."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from staff import people
from staff.models import Role, User


class Command(BaseCommand):
    help = "Adds somebody who works here, sets their roles, closes an account, or lists everybody."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        for verb in ("add", "roles"):
            given = verbs.add_parser(verb)
            given.add_argument("email")
            given.add_argument("--role", action="append", choices=Role.values, required=True)
            if verb == "add":
                given.add_argument("--name", required=True)
        verbs.add_parser("close").add_argument("email")
        verbs.add_parser("list")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            if options["verb"] == "add":
                password = secrets.token_urlsafe(15)
                roles = [Role(role) for role in options["role"]]
                people.add(
                    email=options["email"], name=options["name"], roles=roles, password=password, now=now
                )
                self.stdout.write(
                    f"{options['email']} may sign in with {password}\nChange it after the first sign-in."
                )
            elif options["verb"] == "roles":
                people.set_roles(
                    email=options["email"], roles=[Role(role) for role in options["role"]], now=now
                )
            elif options["verb"] == "close":
                people.close(email=options["email"], now=now)
        except people.UnknownPerson as error:
            raise CommandError(f"Nobody here has the address {error}.") from error
        except people.AlreadyHere as error:
            raise CommandError(f"{error} works here already; use `staff roles`.") from error
        for user in User.objects.order_by("email"):
            held = ", ".join(user.grants.order_by("role").values_list("role", flat=True))
            self.stdout.write(f"{user.email:40} {'' if user.is_active else 'closed '}{held}")
