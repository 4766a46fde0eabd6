"""Telling about exports: mails to people here, in neutral words. They hold a link that needs signing in, no file."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from books.models import ExportRequest, ExportSchedule
from donations import alerting
from donors import corresponding
from donors.models import Message
from staff.models import Role, User

Words = Callable[[], tuple[str, list[str]]]


def watchers() -> list[User]:
    """This function will return who is told of every alarm: all who may approve, and all admins."""
    chosen = User.objects.filter(is_active=True).filter(
        Q(grants__role=Role.APPROVER) | Q(grants__role=Role.ADMIN)
    )
    return list(chosen.order_by("id").distinct())


def asked(*, request: ExportRequest, now: datetime) -> None:
    """This function will ask those who may approve, but for the person who asked, and warn the watchers."""
    name, count = request.asked_by.name, request.row_count

    def words() -> tuple[str, list[str]]:
        told = {"name": name, "count": count}
        return _("An export waits for a second person"), [
            _("%(name)s asks for a list of %(count)s rows that names givers.") % told,
            _("Please look whether it is needed before you approve it."),
        ]

    people = {person.pk: person for person in [*alerting.people(role=Role.APPROVER), *watchers()]}
    people.pop(request.asked_by_id, None)
    _tell(people.values(), f"export_asked:{request.pk}", words, ("office:export_request", request.pk), now)


def decided(*, request: ExportRequest, now: datetime) -> None:
    """This function will tell who asked, and after a yes the watchers, too."""
    by = request.decided_by.name if request.decided_by else ""

    def words() -> tuple[str, list[str]]:
        if request.status == ExportRequest.Status.DECLINED:
            return _("Your export was declined"), [
                _("%(name)s declined the list you asked for.") % {"name": by}
            ]
        return _("Your export was approved"), [
            _("%(name)s approved the list you asked for.") % {"name": by},
            _("Have the file made within 24 hours, and ask them for its password by telephone."),
        ]

    page = ("office:export_request", request.pk)
    _tell([request.asked_by], f"export_decided:{request.pk}", words, page, now)
    if request.status == ExportRequest.Status.APPROVED:
        _alarm(request, "export_approved", page, now, approved_by=by)


def _alarm(
    request: ExportRequest, cause: str, page: tuple[str, object], now: datetime, *, approved_by: str
) -> None:
    told = {"name": request.asked_by.name, "by": approved_by, "count": request.row_count}

    def words() -> tuple[str, list[str]]:
        if cause == "export_taken":
            return _("Alarm: a list of givers left the house"), [
                _("%(name)s took a list of %(count)s rows that names givers; %(by)s had approved it.") % told
            ]
        return _("Alarm: a list of givers may leave the house"), [
            _("%(by)s approved that %(name)s takes a list of %(count)s rows that names givers.") % told
        ]

    _tell(watchers(), f"{cause}:{request.pk}", words, page, now)


def made(*, request: ExportRequest, now: datetime) -> None:
    """This function will tell who asked that the fifteen minutes have begun."""

    def words() -> tuple[str, list[str]]:
        return _("Your export can be taken"), [_("It can be taken once, within 15 minutes.")]

    _tell(
        [request.asked_by],
        f"export_made:{request.pk}",
        words,
        ("office:export_request", request.pk),
        now,
    )


def taken(*, request: ExportRequest, now: datetime) -> None:
    """This function will tell the watchers that the file has left."""
    by = request.decided_by.name if request.decided_by else ""
    _alarm(request, "export_taken", ("office:export_request", request.pk), now, approved_by=by)


def scheduled(*, schedule: ExportSchedule, cause: str, now: datetime, withheld: bool) -> None:
    """This function will tell the owner of a timetable that a new file waits for a day."""
    name = schedule.name

    def words() -> tuple[str, list[str]]:
        paragraphs = [_("The list “%(name)s” was made. It can be taken for 24 hours.") % {"name": name}]
        if withheld:
            paragraphs.append(_("Columns you may not take alone, or not any more, were left out."))
        return _("A list was made for you"), paragraphs

    _tell([schedule.owner], f"export_scheduled:{cause}", words, ("office:exports", None), now)


def looked_much(*, name: str, key: str, most: int, now: datetime) -> None:
    """This function will warn the watchers that somebody opens page after page of givers; once an hour."""

    def words() -> tuple[str, list[str]]:
        return _("Alarm: somebody reads many givers' pages"), [
            _("%(name)s opened %(most)s different givers within an hour and was stopped.")
            % {"name": name, "most": most},
            _("If this was not meant to be, close their account and tell the operator."),
        ]

    _tell(watchers(), f"looks:{key}:{now:%Y%m%d%H}", words, ("office:today", None), now)


def _tell(people: Iterable[User], cause: str, words: Words, page: tuple[str, object], now: datetime) -> None:
    view, key = page
    for person in people:
        with translation.override(person.language):
            subject, paragraphs = words()
            address = f"{settings.BASE_URL}{reverse(view, args=[key] if key else [])}"
            corresponding.queue(
                kind=Message.Kind.STAFF_NOTICE,
                cause=f"{cause}:{person.pk}",
                to_email=person.email,
                sender=corresponding.sender(),
                language=person.language,
                subject=subject,
                text="\n\n".join([*paragraphs, _("Look here: %(address)s") % {"address": address}]),
                donor_id=None,
                now=now,
            )
