"""Withholding: which mail may go to whom. One table says what each kind of mail is; everything else follows from it.

Asked twice: when a mail is queued, and again when it leaves, because somebody may have died, unsubscribed or moved in
between.
"""

import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from donors import matching
from donors.models import Consent, Donor, Message

Kind = Message.Kind
WITHHELD = "withheld: "
"""How the error of a message begins that was not sent because its reader would not have it."""


class Sort(enum.Enum):
    """What a mail is to its reader."""

    ASKED = "asked"
    """Somebody waits for it at this moment, or it is for staff: it always goes."""
    SERVICE = "service"
    """About their money or their account: it goes unless nobody can read it any more."""
    THANKS = "thanks"
    """A receipt or thanks: not to those who wish no mail at all."""
    LIST = "list"
    """Not needed for any gift: it can be refused by one press, and says so in its header (RFC 8058)."""


SORTS: Mapping[str, Sort] = {
    Kind.SIGN_IN: Sort.ASKED,
    Kind.TRANSFER_CODE: Sort.ASKED,
    Kind.EMAIL_CHANGE: Sort.ASKED,
    Kind.DATA_READY: Sort.ASKED,
    Kind.STAFF_NOTICE: Sort.ASKED,
    Kind.PAYMENT_FAILED: Sort.SERVICE,
    Kind.PLAN_FAILED: Sort.SERVICE,
    Kind.PLAN_ENDED: Sort.SERVICE,
    Kind.PLAN_STARTED: Sort.SERVICE,
    Kind.PLAN_CHANGED: Sort.SERVICE,
    Kind.PLAN_CARD_EXPIRING: Sort.SERVICE,
    Kind.PLAN_NEEDS_BANK: Sort.SERVICE,
    Kind.REFUND_MADE: Sort.SERVICE,
    Kind.RECEIPT_VOIDED: Sort.SERVICE,
    Kind.PROFILE_NOTICE: Sort.SERVICE,
    Kind.GIFT_AID_RECORD: Sort.SERVICE,
    Kind.RECEIPT: Sort.THANKS,
    Kind.RECEIPT_CORRECTED: Sort.THANKS,
    Kind.ACKNOWLEDGMENT: Sort.THANKS,
    Kind.PLEDGE_DUE: Sort.THANKS,
    Kind.TRIBUTE: Sort.THANKS,
    Kind.YEARLY_SUMMARY: Sort.LIST,
}
LISTS: Mapping[str, Consent.Kind] = {Kind.YEARLY_SUMMARY: Consent.Kind.YEARLY_REPORT}
"""The choice (`Consent`) that each list mail stands under. An annual receipt is a receipt, and no list."""
UNLESS_REFUSED = frozenset({Consent.Kind.YEARLY_REPORT})
"""Choices that count as yes until somebody says no: a list of one's own gifts. All others must be asked for."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A mail that may go out: its kind, the donor it is about (if any), the address it goes to."""

    kind: str
    donor_id: uuid.UUID | None
    to_email: str


def reasons(meant: Sequence[Meant]) -> list[str]:
    """Why each mail must not go: `died`, `do_not_contact`, `mailbox`, `unsubscribed`, or empty when it may.

    A mailbox that refused us gets nothing but what was asked for, whoever's it is. Two questions to the database,
    however many mails. This function will return one word for each mail, in their order.
    """
    watched = [mail for mail in meant if SORTS[mail.kind] != Sort.ASKED]
    if not watched:
        return [""] * len(meant)
    people, shut = _stopped(watched)
    refused = _refusals(watched)
    return [_reason(mail, people=people, shut=shut, refused=refused) for mail in meant]


def _stopped(meant: Iterable[Meant]) -> tuple[dict[uuid.UUID, Donor], set[str]]:
    """Donors who should not get everything, under their own id and those merged into them; shut mailboxes."""
    ids = {mail.donor_id for mail in meant if mail.donor_id}
    keys = {matching.email_key(mail.to_email) for mail in meant}
    stops = Q(died_on__isnull=False) | Q(do_not_contact=True)
    merged_stops = Q(merged_into__died_on__isnull=False) | Q(merged_into__do_not_contact=True)
    people = Donor.objects.filter(pk__in=ids).filter(stops | merged_stops).select_related("merged_into")
    shut = Donor.objects.filter(email_key__in=keys, email_failed_at__isnull=False, merged_into__isnull=True)
    return {donor.pk: donor.merged_into or donor for donor in people}, set(
        shut.values_list("email_key", flat=True)
    )


def _refusals(meant: Iterable[Meant]) -> set[tuple[uuid.UUID, str]]:
    """Lists that are not wanted, by the donor's id: the newest answer is no, or the list was never asked for."""
    ids = {mail.donor_id for mail in meant if mail.donor_id and mail.kind in LISTS}
    if not ids:
        return set()
    answers = Consent.objects.filter(donor__in=ids, kind__in=set(LISTS.values()))
    newest: dict[tuple[uuid.UUID, str], bool] = {
        (donor_id, kind): kind in UNLESS_REFUSED for donor_id in ids for kind in set(LISTS.values())
    }
    for donor_id, kind, is_given in answers.order_by("answered_at", "id").values_list(
        "donor_id", "kind", "is_given"
    ):
        newest[(donor_id, kind)] = is_given
    return {key for key, is_given in newest.items() if not is_given}


def _reason(
    mail: Meant, *, people: Mapping[uuid.UUID, Donor], shut: set[str], refused: set[tuple[uuid.UUID, str]]
) -> str:
    sort = SORTS[mail.kind]
    if sort == Sort.ASKED:
        return ""
    if matching.email_key(mail.to_email) in shut:
        return "mailbox"
    donor = people.get(mail.donor_id) if mail.donor_id else None
    if donor is not None and donor.died_on is not None:
        return "died"
    if donor is not None and donor.do_not_contact and sort != Sort.SERVICE:
        return "do_not_contact"
    if sort == Sort.LIST and mail.donor_id and (mail.donor_id, LISTS[mail.kind]) in refused:
        return "unsubscribed"
    return ""
