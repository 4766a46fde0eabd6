"""Tasks of people: how a thing that somebody must look at is told, whatever it is."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ledger.models import LegalEntity
from ledger.money import Money

LISTED = 20


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a person must look at. `kind` names it; `donation` or `ref` says where to look."""

    kind: str
    at: datetime | None
    ref: str = ""
    words: str = ""
    amount: Money | None = None
    donation: uuid.UUID | None = None
    due_at: datetime | None = None
    days_left: int | None = None
    state: str = ""
    id: str = ""
    proposal: uuid.UUID | None = None
    plan: uuid.UUID | None = None
    donor: uuid.UUID | None = None
    run: uuid.UUID | None = None
    batch: uuid.UUID | None = None
    row: uuid.UUID | None = None
    elsewhere: str = ""
    """Where to act about it in the processor's own pages."""
    page: str = ""
    """Where to act about it in the office."""
    entity: LegalEntity | None = None
    place: tuple[str, object] | None = None
    """A page of the office and the key of what it shows."""
    asker: int | None = None
    """Who asked for it: nobody else opens it but who may decide about it."""
    states: str = "dispute"
    """The table of words `state` is a key of."""


@dataclass(frozen=True, slots=True)
class Work:
    """Tasks by kind, at most twenty of each; `count` is the whole number."""

    tasks: list[Task]
    count: int


Group = tuple[list[Task], int]
"""Some of the tasks of a kind, and how many there are in all."""


def count(tasks: list[Task], everything: QuerySet[Any]) -> int:
    """This function will return the whole number, which is asked for only when the list was cut."""
    return len(tasks) if len(tasks) < LISTED else everything.count()
