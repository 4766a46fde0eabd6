"""Looking: nobody reads the whole list of givers page by page (T42). A page that shows one giver asks here first."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from books import telling_exports
from staff import auditing, pacing
from staff.models import User


def stopped(request: HttpRequest, *, donor_id: UUID) -> HttpResponse | None:
    """Count that a giver is looked at. The one too many is told, written down and mailed to the watchers.

    This function will return the page that says so, or None when the reader may go on.
    """
    reader, now = request.user, timezone.now()
    if not isinstance(reader, User):
        return None
    if pacing.may_look(who=f"user:{reader.pk}", subject=str(donor_id), now=now):
        return None
    auditing.record(actor=reader, action="stopped reading", target=f"user:{reader.pk}", now=now)
    telling_exports.looked_much(name=reader.name, key=f"user:{reader.pk}", most=pacing.MOST, now=now)
    answer = render(request, "office/stopped.html", {"most": pacing.MOST}, status=429)
    answer.headers["Retry-After"] = str(int(pacing.WITHIN.total_seconds()))
    return answer
