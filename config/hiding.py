"""Hiding: an address that opens something by itself is a secret, so its long random part stays out of the log."""

import logging
import re

_SECRET = re.compile(r"(?<![A-Za-z0-9_.:~-])[A-Za-z0-9_.:~-]{30,}(?![A-Za-z0-9_.:~-])")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def hidden(text: str) -> str:
    """This function will return a text with the signed parts of its addresses left out; plain ids stay."""
    if "/" not in text:
        return text
    return "/".join(
        part if _ID.fullmatch(part) else _SECRET.sub("(hidden)", part) for part in text.split("/")
    )


class HideSecrets(logging.Filter):
    """Cleans what a line of the log is told about a request; a traceback tells no address."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(hidden(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
