"""Moving: a giver takes another e-mail address, which is the key to everything they may see.

Both mailboxes say yes, or the new one does and the giver knew the last digits of a card of theirs. The old mailbox
hears of it at once, and for seven days it can take everything back with one press, which also signs everybody out.
A record with the same name that has the new address already is never joined by this: a person looks at such a pair.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac

from donors import matching, moving_mails, profiling, refusing, signing_in, staying
from donors.models import Donor, EmailChange, ProfileChange

LASTS = timedelta(hours=24)
UNDO_FOR = timedelta(days=7)
MOST_PER_DAY = 5
Status = EmailChange.Status


class Answer(StrEnum):
    """What became of a pressed link."""

    PROVEN = "proven"  # this mailbox said yes; the other one has not yet
    MOVED = "moved"
    KEPT_APART = "kept_apart"  # some records could not follow: their name has the new address already
    UNDONE = "undone"
    SPENT = "spent"


class UnableToMove(ValueError):
    """`code` is `same` (the address they have), `resident_number`, `email` (no address), `donors` (none of theirs),
    `card` (digits of no card of theirs) or `often` (five times within a day)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    *,
    email_key: str,
    new_email: str,
    donor_ids: Sequence[uuid.UUID],
    card: bool | None,
    now: datetime,
) -> EmailChange:
    """Note the wish and write to both mailboxes. A newer wish takes the place of an older one.

    `card` is whether the typed digits are those of a card of these donors; None when none were typed. A wrong one
    counts as a try, and five within a day are all. Raises UnableToMove. This function will return the wish.
    """
    new_email = new_email.strip()
    new_key = matching.email_key(new_email)
    try:
        validate_email(new_email)
    except ValidationError as error:
        raise UnableToMove("email") from error
    if refusing.is_held_by(new_email):
        raise UnableToMove("resident_number")
    if new_key == email_key:
        raise UnableToMove("same")
    change = _keep(
        email_key=email_key, new_email=new_email, new_key=new_key, donor_ids=donor_ids, card=card, now=now
    )
    if change is None:
        raise UnableToMove("card")
    return change


def _keep(
    *,
    email_key: str,
    new_email: str,
    new_key: str,
    donor_ids: Sequence[uuid.UUID],
    card: bool | None,
    now: datetime,
) -> EmailChange | None:
    """The stored wish with its mails, or None when the digits were wrong: then only the try is kept."""
    with transaction.atomic():
        mine = _locked(email_key=email_key)
        chosen = [donor for donor in mine if donor.pk in set(donor_ids)]
        if not chosen:
            raise UnableToMove("donors")
        lately = EmailChange.objects.filter(old_key=email_key, asked_at__gt=now - timedelta(days=1))
        if lately.count() >= MOST_PER_DAY:
            raise UnableToMove("often")
        EmailChange.objects.filter(old_key=email_key, status=Status.ASKED).update(
            status=Status.EXPIRED, ended_at=now
        )
        change = _stored(
            chosen, email_key=email_key, new_email=new_email, new_key=new_key, card=card, now=now
        )
        if card is False:
            return None
        _write(change, language=chosen[0].language, by_card=bool(card), now=now)
    return change


def _stored(
    chosen: list[Donor], *, email_key: str, new_email: str, new_key: str, card: bool | None, now: datetime
) -> EmailChange:
    pk = uuid.uuid4()
    return EmailChange.objects.create(
        pk=pk,
        old_key=email_key,
        old_email=chosen[0].email,
        new_key=new_key,
        new_email=new_email,
        status=Status.EXPIRED if card is False else Status.ASKED,
        old_hash=_hash(_token(pk, "old")),
        new_hash=_hash(_token(pk, "new")),
        undo_hash=_hash(_token(pk, "undo")),
        old_proven_at=now if card else None,
        donor_ids=[str(donor.pk) for donor in chosen],
        asked_at=now,
        expires_at=now + LASTS,
        ended_at=now if card is False else None,
    )


def _write(change: EmailChange, *, language: str, by_card: bool, now: datetime) -> None:
    moving_mails.ask_new(change=change, token=_token(change.pk, "new"), language=language, now=now)
    moving_mails.tell_old(
        change=change,
        token="" if by_card else _token(change.pk, "old"),
        undo=_token(change.pk, "undo"),
        language=language,
        now=now,
    )


def find(*, token: str, now: datetime) -> EmailChange | None:
    """This function will return the open wish behind a link of proof, or None; looking changes nothing."""
    digest = _hash(token)
    return (
        EmailChange.objects.filter(status=Status.ASKED, expires_at__gt=now)
        .filter(Q(old_hash=digest) | Q(new_hash=digest))
        .first()
    )


def press(*, token: str, now: datetime) -> tuple[Answer, EmailChange | None]:
    """One mailbox says yes. The second of the two moves the donors; links to the old address end, and so do sessions.

    This function will return what became of it, and the wish.
    """
    digest = _hash(token)
    with transaction.atomic():
        change = (
            EmailChange.objects.select_for_update()
            .filter(status=Status.ASKED, expires_at__gt=now)
            .filter(Q(old_hash=digest) | Q(new_hash=digest))
            .first()
        )
        if change is None:
            return Answer.SPENT, None
        if change.old_hash == digest:
            change.old_proven_at = change.old_proven_at or now
        else:
            change.new_proven_at = change.new_proven_at or now
        if not (change.old_proven_at and change.new_proven_at):
            change.save(update_fields=["old_proven_at", "new_proven_at"])
            return Answer.PROVEN, change
        moved, apart = _move(
            donors=_locked(email_key=change.old_key), change=change, to=change.new_email, now=now
        )
        change.status, change.ended_at = Status.DONE, now
        change.donor_ids = [str(pk) for pk in moved]
        # Should the secret key have changed since the wish, the link in the coming mail must still open.
        change.undo_hash = _hash(_token(change.pk, "undo"))
        change.save()
        _close_doors(change, now=now)
        moving_mails.tell_moved(change=change, undo=_token(change.pk, "undo"), moved=moved, now=now)
        if apart:
            moving_mails.tell_office(change=change, donor_ids=apart, now=now)
    return (Answer.KEPT_APART if apart else Answer.MOVED), change


def find_undoable(*, token: str, now: datetime) -> EmailChange | None:
    """This function will return the change behind a link "this was not me" while it can be taken back, or None."""
    return _undoable(now=now).filter(undo_hash=_hash(token)).first()


def undo(*, token: str, now: datetime) -> Answer:
    """Somebody says: this was not me. The wish ends, or the donors go back; every session of both addresses ends.

    A donor whose name has the old address again by now stays where it is, and a person looks at the pair.
    This function will return `undone`, or `spent` when the seven days are over or it was taken back already.
    """
    with transaction.atomic():
        change = _undoable(now=now).select_for_update().filter(undo_hash=_hash(token)).first()
        if change is None:
            return Answer.SPENT
        apart: list[uuid.UUID] = []
        if change.status == Status.DONE:
            _, apart = _move(
                donors=_locked(email_key=change.new_key), change=change, to=change.old_email, now=now
            )
        change.status, change.ended_at = Status.UNDONE, now
        change.save(update_fields=["status", "ended_at"])
        _close_doors(change, now=now)
        moving_mails.tell_undone(change=change, now=now)
        if apart:
            moving_mails.tell_office(change=change, donor_ids=apart, now=now)
    return Answer.UNDONE


def expire(*, now: datetime) -> int:
    """This function will end wishes that were not proven within a day, and return how many."""
    return EmailChange.objects.filter(status=Status.ASKED, expires_at__lte=now).update(
        status=Status.EXPIRED, ended_at=now
    )


def _undoable(*, now: datetime) -> QuerySet[EmailChange]:
    return EmailChange.objects.filter(
        Q(status=Status.ASKED) | Q(status=Status.DONE, ended_at__gt=now - UNDO_FOR)
    )


def _locked(*, email_key: str) -> list[Donor]:
    rows = Donor.objects.select_for_update(no_key=True).filter(email_key=email_key, merged_into__isnull=True)
    return list(rows.exclude(email_key="").order_by("pk"))


def _move(
    *, donors: list[Donor], change: EmailChange, to: str, now: datetime
) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """Give the chosen donors the address. Which went, and which stay because their name has it already."""
    went: list[uuid.UUID] = []
    apart: list[uuid.UUID] = []
    for donor in donors:
        if str(donor.pk) not in change.donor_ids:
            continue
        try:
            with transaction.atomic():
                Donor.objects.filter(pk=donor.pk).update(
                    email=to, email_key=matching.email_key(to), email_failed_at=None
                )
        except IntegrityError as error:
            if "donor_unique_by_email_and_name" not in str(error):
                raise
            apart.append(donor.pk)
            continue
        went.append(donor.pk)
        profiling.note(donor_id=donor.pk, fields=["email"], changer=ProfileChange.Changer.DONOR, now=now)
    return went, apart


def _close_doors(change: EmailChange, *, now: datetime) -> None:
    keys = [change.old_key, change.new_key]
    signing_in.expire(email_keys=keys, now=now)
    staying.end_all(email_keys=keys, now=now)


def _token(pk: uuid.UUID, purpose: str) -> str:
    """Made from the wish and our secret key, so that a later mail can carry the same link again."""
    return salted_hmac(f"email change {purpose}", str(pk), algorithm="sha256").hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
