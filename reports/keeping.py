"""Keeping: an answer that is the same for everybody is kept for half a minute by each server process."""

from collections.abc import Callable
from typing import TypeVar, cast

from django.core.cache import caches

SECONDS = 30
T = TypeVar("T")


def kept(key: str, make: Callable[[], T]) -> T:
    """`key` names everything the answer depends on; nothing about one person may be kept.

    This function will return what is kept under `key`, or make it and keep it. `make` never returns None.
    """
    pages = caches["pages"]
    found = pages.get(key)
    if found is None:
        found = make()
        pages.set(key, found, SECONDS)
    return cast(T, found)
