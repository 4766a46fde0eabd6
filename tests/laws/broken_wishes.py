"""Wishes of givers that the database refuses: another address, a copy of everything kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from donors.models import DataRequest, EmailChange
from tests import facts
from tests.facts import NOW


def email_change(**given: object) -> EmailChange:
    number = facts.number()
    values: dict[str, object] = {
        "old_key": "grace@example.org",
        "old_email": "grace@example.org",
        "new_key": "new@example.org",
        "new_email": "new@example.org",
        **{f"{name}_hash": f"{name} {number}" for name in ("old", "new", "undo")},
        "asked_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        **given,
    }
    return EmailChange.objects.create(**values)


def data_request(**given: object) -> DataRequest:
    values = {"email_key": "grace@example.org", "language": "en", "asked_at": NOW, **given}
    return DataRequest.objects.create(**values)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "email_change_one_at_a_time": [lambda: [email_change(), email_change()]],
    "email_change_to_another": [lambda: email_change(new_key="grace@example.org")],
    "data_request_ready_until_a_time": [
        lambda: data_request(ready_at=NOW),
        lambda: data_request(ready_at=NOW, expires_at=NOW),
    ],
}
