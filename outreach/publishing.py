"""Publishing: a letter goes out, is corrected in the open, and a prayer is marked as answered."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from outreach.models import Newsletter, NewsletterText, PrayerPoint, PrayerPointText
from staff import auditing
from staff.models import User


class UnableToPublish(ValueError):
    """The letter has no words, is out already, or is not out yet."""


def publish(*, newsletter_id: int, actor: User | str, now: datetime) -> Newsletter:
    """Put a draft before the public; one language is enough, the other may follow.

    Raises UnableToPublish without any words or when it is out already. This function will return the letter.
    """
    with transaction.atomic():
        letter = Newsletter.objects.select_for_update().get(pk=newsletter_id)
        if letter.status != Newsletter.Status.DRAFT:
            raise UnableToPublish("this letter is published already")
        if not NewsletterText.objects.filter(newsletter=letter).exclude(body="").exists():
            raise UnableToPublish("this letter has no words yet")
        letter.status, letter.published_at = Newsletter.Status.PUBLISHED, now
        letter.save(update_fields=["status", "published_at"])
        _record(letter=letter, action="newsletter.published", actor=actor, now=now)
    return letter


def mark_changed(*, newsletter_id: int, actor: User | str, now: datetime) -> Newsletter:
    """Note that a published letter was corrected: readers see "first published ..., changed ..." (S45).

    Raises UnableToPublish for a draft. This function will return the letter.
    """
    with transaction.atomic():
        letter = Newsletter.objects.select_for_update().get(pk=newsletter_id)
        if letter.status != Newsletter.Status.PUBLISHED:
            raise UnableToPublish("a draft has no readers to tell of changes")
        letter.changed_at = now
        letter.save(update_fields=["changed_at"])
        _record(letter=letter, action="newsletter.changed", actor=actor, now=now)
    return letter


def answer(
    *, point_id: int, on: date, notes: Mapping[str, str], actor: User | str, now: datetime
) -> PrayerPoint:
    """Mark a prayer point as answered on a day, with a note by language (only languages it is told in).

    This function will return the point.
    """
    with transaction.atomic():
        point = PrayerPoint.objects.select_for_update().select_related("newsletter").get(pk=point_id)
        point.answered_on = on
        point.save(update_fields=["answered_on"])
        for language, note in notes.items():
            PrayerPointText.objects.filter(point=point, language=language).update(answered_note=note)
        _record(letter=point.newsletter, action="newsletter.prayer_answered", actor=actor, now=now)
    return point


def _record(*, letter: Newsletter, action: str, actor: User | str, now: datetime) -> None:
    auditing.record(actor=actor, action=action, target=f"newsletter:{letter.pk}", now=now)
