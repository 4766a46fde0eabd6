"""Profiling: givers keep their own profile. What was issued before keeps its frozen words; only what follows changes.

Which parts changed, and when, is kept for ever; the words that stood there before are not.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, models, transaction

from donors import matching, refusing
from donors.models import Donor, ProfileChange

TEXTS = frozenset(
    {
        "name", "local_name", "title", "first_name", "initial", "last_name", "address", "postcode", "country", "phone",
        "shown_as", "language", "receipt_rhythm",
    }
)  # fmt: skip
FLAGS = frozenset({"wants_post"})
LANGUAGES = frozenset({"en", "ko"})
_NAMES = frozenset({"name", "local_name", "title", "first_name", "initial", "last_name", "shown_as"})
_PHONE = re.compile(r"[0-9+() ./-]{0,40}")


class UnableToProfile(ValueError):
    """`code` is `name` (nothing is left of it), `exists` (that name has a record with this address already), `phone`,
    `resident_number` or `long`; `field` says where.
    """

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{field}: {code}")
        self.code, self.field = code, field


def change(
    *, donor_id: uuid.UUID, email_key: str, changes: Mapping[str, str | bool], now: datetime
) -> list[str]:
    """Change a giver's own profile: the donor must stand and bear the address that was proven.

    `changes` holds some of TEXTS and FLAGS. Raises Donor.DoesNotExist and UnableToProfile.
    This function will return the names of the fields that differ now; none, and nothing is written.
    """
    unknown = set(changes) - TEXTS - FLAGS
    if unknown:
        raise TypeError(f"not fields of a profile: {sorted(unknown)}")
    with transaction.atomic():
        donor = Donor.objects.select_for_update().get(
            pk=donor_id, email_key=email_key, merged_into__isnull=True
        )
        wanted = {field: _clean(field, value) for field, value in changes.items()}
        changed = sorted(field for field, value in wanted.items() if getattr(donor, field) != value)
        if changed:
            for field in changed:
                setattr(donor, field, wanted[field])
            donor.name_key = matching.name_key(donor.name)
            _save(donor, changed)
            note(donor_id=donor.pk, fields=changed, changer=ProfileChange.Changer.DONOR, now=now)
    return changed


def note(
    *, donor_id: uuid.UUID, fields: list[str], changer: ProfileChange.Changer, now: datetime
) -> ProfileChange:
    """This function will keep which parts of a profile changed, never their words."""
    return ProfileChange.objects.create(donor_id=donor_id, fields=fields, changer=changer, changed_at=now)


def speak(*, email_key: str, language: str, now: datetime) -> int:
    """Keep the language in which everybody with this address wants to be written to.

    This function will return for how many donors it changed or was chosen for the first time.
    """
    if language not in LANGUAGES:
        raise UnableToProfile("language", "language")
    chosen = 0
    with transaction.atomic():
        mine = Donor.objects.select_for_update().filter(email_key=email_key, merged_into__isnull=True)
        for donor in mine.exclude(email_key="").order_by("id"):
            if donor.language != language or not has_chosen_language(donor_id=donor.pk):
                Donor.objects.filter(pk=donor.pk).update(language=language)
                note(donor_id=donor.pk, fields=["language"], changer=ProfileChange.Changer.DONOR, now=now)
                chosen += 1
    return chosen


def has_chosen_language(*, donor_id: uuid.UUID) -> bool:
    """This function will say whether this giver, or somebody for them, ever chose a language."""
    return ProfileChange.objects.filter(donor_id=donor_id, fields__contains=["language"]).exists()


def who_chose_language(*, donor_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """This function will return which of these donors ever chose a language."""
    chosen = ProfileChange.objects.filter(donor__in=list(donor_ids), fields__contains=["language"])
    return set(chosen.values_list("donor_id", flat=True))


def language_of(*, donor: Donor, otherwise: str) -> str:
    """The language to write to a donor in: the one they chose, however the gift at hand was given.

    Whoever never chose is written to in the language of the gift; for a merged donor the survivor chooses.
    This function will return its code.
    """
    reader = donor.merged_into or donor
    return reader.language if has_chosen_language(donor_id=reader.pk) else otherwise


def _clean(field: str, value: str | bool) -> str | bool:
    if field in FLAGS:
        return bool(value)
    text = str(value)
    text = matching.clean_name(text) if field in _NAMES else _lines(text)
    if refusing.is_held_by(text):
        raise UnableToProfile("resident_number", field)
    if field == "name" and not text:
        raise UnableToProfile("name", field)
    if len(text) > _MOST[field]:
        raise UnableToProfile("long", field)
    if field == "phone" and not _PHONE.fullmatch(text):
        raise UnableToProfile("phone", field)
    if field in _CHOICES and text not in _CHOICES[field]:
        raise UnableToProfile("choice", field)
    return text


_MOST: dict[str, int] = {
    field.name: field.max_length or 0
    for field in Donor._meta.concrete_fields
    if isinstance(field, models.CharField | models.TextField)
}
_CHOICES: dict[str, frozenset[str]] = {
    "language": LANGUAGES,
    "receipt_rhythm": frozenset({"", *Donor.Rhythm.values}),
}


def _lines(text: str) -> str:
    cleaned = [matching.clean_name(line) for line in text.splitlines()]
    return "\n".join(line for line in cleaned if line)


def _save(donor: Donor, changed: list[str]) -> None:
    try:
        with transaction.atomic():
            donor.save(update_fields=[*changed, "name_key"])
    except IntegrityError as error:
        if "donor_unique_by_email_and_name" not in str(error):
            raise
        raise UnableToProfile("exists", "name") from error
