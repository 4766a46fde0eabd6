"""Issues and revokes keys for programs that use the API."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from api import keying
from api.models import ApiKey
from staff.models import User


class Command(BaseCommand):
    help = "Issues, lists and revokes API keys. A key never may more than its owner may now."

    def add_arguments(self, parser: CommandParser) -> None:
        deeds = parser.add_subparsers(dest="deed", required=True)
        create = deeds.add_parser("create", help="make a key; its secret is shown once")
        create.add_argument(
            "--owner", required=True, metavar="EMAIL", help="the person answerable for the key"
        )
        create.add_argument("--name", required=True, help="which program uses it")
        create.add_argument(
            "--scope", required=True, action="append", choices=ApiKey.Scope.values, help="give several times"
        )
        create.add_argument("--days", type=int, default=365, help="how long it works; 0 for ever")
        revoke = deeds.add_parser("revoke", help="end a key at once")
        revoke.add_argument("prefix", help="the twelve signs after alm_")
        deeds.add_parser("list", help="show the keys, without their secrets")

    def handle(self, *args: Any, **options: Any) -> None:
        {"create": self._create, "revoke": self._revoke, "list": self._list}[options["deed"]](options)

    def _create(self, options: dict[str, Any]) -> None:
        owner = User.objects.filter(email__iexact=options["owner"]).first()
        if owner is None:
            raise CommandError(f"Nobody here has the address {options['owner']}.")
        now = timezone.now()
        expires_at = now + timedelta(days=options["days"]) if options["days"] else None
        try:
            issued = keying.issue(
                owner=owner, name=options["name"], scopes=options["scope"], expires_at=expires_at, now=now
            )
        except keying.UnableToIssue as error:
            raise CommandError(str(error)) from error
        self.stderr.write("Keep this key now; it is not stored and cannot be shown again.")
        self.stdout.write(issued.shown)

    def _revoke(self, options: dict[str, Any]) -> None:
        if not keying.revoke(prefix=options["prefix"], actor="command", now=timezone.now()):
            raise CommandError("There is no living key with this prefix.")
        self.stdout.write("revoked")

    def _list(self, options: dict[str, Any]) -> None:
        for key in ApiKey.objects.select_related("owner").order_by("created_at", "id"):
            state = (
                "revoked" if key.revoked_at else f"expires {key.expires_at:%F}" if key.expires_at else "open"
            )
            used = f"used {key.last_used_at:%F}" if key.last_used_at else "never used"
            scopes = " ".join(key.scopes)
            self.stdout.write(f"{key.prefix}  {key.name}  {key.owner.email}  {scopes}  {state}  {used}")
