"""Undoing in a test what no database undoes: the marks of numbers on paper, made to outlive a restored backup."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db import transaction


def undo() -> None:
    """Roll the transaction back, and forget the numbers of receipts that were never on paper."""
    transaction.set_rollback(True)
    shutil.rmtree(Path(settings.RECEIPT_MARKS), ignore_errors=True)
