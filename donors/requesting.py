"""Requesting: a giver asks for everything kept about them. A worker makes the file; it lies here for a week."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from donors import corresponding, matching
from donors.models import DataRequest, Message

KEPT_FOR = timedelta(days=7)
MOST_PER_DAY = 3


class AskedTooOften(ValueError):
    """Three files a day are enough for anybody."""


def ask(*, email_key: str, language: str, now: datetime) -> DataRequest:
    """Note that somebody wants their data; who asks while one is being made gets that one.

    Raises AskedTooOften. This function will return the request.
    """
    with transaction.atomic():
        # Of two presses at once the second waits for the first: both have the same donors.
        matching.lock_sharing(email_key=email_key)
        mine = DataRequest.objects.filter(email_key=email_key)
        waiting = mine.filter(ready_at__isnull=True).order_by("-asked_at").first()
        if waiting is not None:
            return waiting
        if mine.filter(asked_at__gt=now - timedelta(days=1)).count() >= MOST_PER_DAY:
            raise AskedTooOften
        return DataRequest.objects.create(email_key=email_key, language=language, asked_at=now)


def claim(*, now: datetime) -> DataRequest | None:
    """This function will return the oldest request without a file, held until the transaction ends, or None."""
    return (
        DataRequest.objects.select_for_update(skip_locked=True)
        .filter(ready_at__isnull=True)
        .order_by("asked_at", "id")
        .first()
    )


def keep(*, request: DataRequest, content: bytes, now: datetime) -> None:
    """This function will keep the file with its request, and write to whoever asked that it is there."""
    request.content, request.ready_at, request.expires_at = content, now, now + KEPT_FOR
    request.save(update_fields=["content", "ready_at", "expires_at"])
    donors = matching.sharing_email(email=request.email_key)
    if not donors:
        return
    with translation.override(request.language):
        address = f"{settings.BASE_URL}/{request.language}/portal/data/"
        corresponding.queue(
            kind=Message.Kind.DATA_READY,
            cause=f"data_request:{request.pk}",
            to_email=donors[0].email,
            sender=corresponding.sender(),
            language=request.language,
            subject=_("Your data is ready"),
            text="\n\n".join(
                [
                    _("Hello,"),
                    _("The file with your data is ready. Sign in to fetch it; it lies there for a week:"),
                    address,
                    _("If you did not ask for it, you need do nothing: it opens only from this mailbox."),
                ]
            ),
            donor_id=None,
            now=now,
        )


def of(*, email_key: str) -> list[DataRequest]:
    """This function will return the requests of an address, newest first, without their files."""
    mine = DataRequest.objects.filter(email_key=email_key).defer("content")
    return list(mine.order_by("-asked_at", "id")[:10])


def fetch(*, request_id: uuid.UUID, email_key: str, now: datetime) -> bytes | None:
    """This function will return the file of one's own request while it lies there, or None."""
    found = DataRequest.objects.filter(
        pk=request_id, email_key=email_key, content__isnull=False, expires_at__gt=now
    ).first()
    return bytes(found.content) if found is not None and found.content is not None else None


def remove_old(*, now: datetime) -> int:
    """This function will remove files that have lain a week, and return how many; that they were asked for stays."""
    return DataRequest.objects.filter(content__isnull=False, expires_at__lte=now).update(content=None)
