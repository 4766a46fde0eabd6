"""`manage.py compile_texts`: each language's catalogs, one for each room, become the one file Django reads."""

import os
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Merge locale/<language>/LC_MESSAGES/*.po into django.mo; skipped when nothing changed."
    requires_system_checks: list[str] = []  # an image is built before its settings are known

    def handle(self, *args: Any, **options: Any) -> None:
        for root in map(Path, settings.LOCALE_PATHS):
            for folder in sorted(root.glob("*/LC_MESSAGES")):
                if compile_folder(folder):
                    self.stdout.write(f"{folder.parent.name}: compiled")


def compile_folder(folder: Path) -> bool:
    """Merge the catalogs of one language.

    Raises CommandError when two catalogs translate the same text differently. This function will return whether
    there was anything to do.
    """
    sources = sorted(folder.glob("*.po"))
    target = folder / "django.mo"
    newest = max((source.stat().st_mtime_ns for source in sources), default=0)
    if not sources or (target.exists() and target.stat().st_mtime_ns > newest):
        return False
    draft = target.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("wb") as file:
        write_mo(file, merged(sources, language=folder.parent.name))
    draft.replace(target)
    return True


def merged(sources: list[Path], *, language: str) -> Catalog:
    """This function will return one catalog with every translated text of `sources`."""
    whole = Catalog(locale=language)
    for source in sources:
        with source.open("rb") as file:
            part = read_po(file, locale=language, abort_invalid=True)
        for message in part:
            if not message.id or not message.string or not any(message.string):
                continue
            known = whole.get(message.id, context=message.context)
            if known is not None and known.string != message.string:
                raise CommandError(f"{source.name} translates {message.id!r} unlike another catalog")
            whole.add(message.id, message.string, context=message.context)
    return whole
