"""The first page of the day, and the list of keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from reports import today as watched
from staff import roles
from staff.models import Role
from web.office.admitting import EVERYONE, admit

SEES_DONORS = (Role.FINANCE, Role.APPROVER)


@admit(*EVERYONE)
def today(request: HttpRequest) -> HttpResponse:
    """Work that waits for a person, today's sums, and for those who may see givers, the newest gifts."""
    now = timezone.now()
    day = watched.local_day(now=now)
    sees_donors = roles.may(request.user, roles=SEES_DONORS)
    context = {
        "work": watched.work(now=now),
        "checked_at": watched.checked_at(),
        "day": day,
        "sums": watched.sums(now=now),
        "sees_donors": sees_donors,
        "may_mend": roles.may(request.user, roles=[Role.FINANCE]),
        "may_approve": roles.may(request.user, roles=[Role.APPROVER]),
        "may_set": roles.may(request.user, roles=[Role.ADMIN]),
        "newest": watched.newest(language=get_language() or "en") if sees_donors else [],
    }
    return render(request, "office/today.html", context)


@admit(*EVERYONE)
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "office/keys.html")
