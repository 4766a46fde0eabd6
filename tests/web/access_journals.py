"""Keys of the pages of journals: one that went out, the work that made it, a map."""

from __future__ import annotations

import uuid
from datetime import datetime

from books import handing_over, handing_over_jobs
from books.handing_over import Scope
from tests import making


def keys(today: datetime) -> dict[str, list[object]]:
    entity, actor = making.entity(), making.user(email="bookkeeper@example.org", now=today)
    scope = Scope(entity=entity, target="generic", first=None, last=today.date())
    job = handing_over_jobs.ask(scope=scope, request_id=uuid.uuid4(), requested_by=actor, now=today)
    made = handing_over.export(export_id=job.pk, scope=scope, actor=actor, now=today)
    return {
        "office:journal_job": [job.pk],
        "office:journal_call_off": [job.pk],
        "office:journal_given": [made.pk],
        "office:journal_file": [made.pk],
        "office:journal_map_row": [entity.pk, "xero", "1000", "all"],
        "office:journal_map_file": [entity.pk, "xero"],
        "office:journal_map_read": [entity.pk, "xero"],
    }
