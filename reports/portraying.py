"""Portraying: everything kept about the owner of an e-mail address, in one file for them (P19).

A zip with `data.json`, the same tables as CSV for a spreadsheet, and a page of plain words that says what is in it and
what is not: staff notes that are sealed, and what concerns other people.
"""

import csv
import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from donations.models import (
    Benefit,
    Checkout,
    Donation,
    GiftDetail,
    PlanChange,
    RecurringPlan,
    TransferPromise,
)
from donors import belonging, requesting
from donors.models import (
    Consent,
    DataRequest,
    Donor,
    EmailChange,
    LinkRequest,
    Message,
    PortalSession,
    ProfileChange,
)
from ledger.money import Money
from receipts import reading
from reports import histories

Row = dict[str, Any]
_STARTS_A_FORMULA = re.compile(
    r"^([\x00-\x1f\x7f']|[\s\u200b-\u200f\u2060\ufeff]*[-=+@|;%\"'−＋－＝＠﹢﹣﹦﹫])"
)
_NO_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Portrait:
    """The tables by name, each a list of rows with the same columns."""

    email: str
    made_at: datetime
    tables: dict[str, list[Row]]


def answer(*, now: datetime) -> int:
    """Make the file of every request that waits. This function will return how many it made."""
    made = 0
    while True:
        with transaction.atomic():
            request = requesting.claim(now=now)
            if request is None:
                return made
            portrait = look(email_key=request.email_key, language=request.language, now=now)
            requesting.keep(request=request, content=packed(portrait, language=request.language), now=now)
        made += 1


def look(*, email_key: str, language: str, now: datetime) -> Portrait:
    """This function will return everything kept about the owner of a proven address."""
    ids = belonging.ids(email_key=email_key)
    tables = {
        **_of_the_person(ids),
        "gifts": _gifts(email_key=email_key, language=language),
        "returns": _returns(ids),
        "things": _things(ids),
        "credits": [
            {"given_on": one.given_on, "kind": one.kind, "campaign": one.campaign, **_money(one.amount)}
            for one in histories.credits(email_key=email_key, language=language)
        ],
        **_plans(ids),
        "receipts": _receipts(email_key=email_key),
        "attempts": _attempts(email_key),
        "letters": _letters(ids, email_key),
        **_of_the_mailbox(email_key),
    }
    return Portrait(email=email_key, made_at=now, tables=tables)


def packed(portrait: Portrait, *, language: str) -> bytes:
    """This function will return the zip: a page of words, `data.json`, and a CSV of every table."""
    kept = io.BytesIO()
    at = portrait.made_at.timetuple()[:6]
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in _files(portrait, language=language):
            file.writestr(zipfile.ZipInfo(name, at), text.encode(), zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def _files(portrait: Portrait, *, language: str) -> Iterator[tuple[str, str]]:
    with translation.override(language):
        yield "README.txt", _words(portrait)
    whole = {"email": portrait.email, "made_at": portrait.made_at, **portrait.tables}
    yield "data.json", json.dumps(whole, ensure_ascii=False, indent=1, default=_shown) + "\n"
    for name, rows in portrait.tables.items():
        yield f"{name}.csv", _csv(rows)


def _words(portrait: Portrait) -> str:
    return "\n\n".join(
        [
            _("What is kept about %(email)s") % {"email": portrait.email},
            _("data.json holds everything; the other files are the same tables for a spreadsheet."),
            _("In it: your profile, gifts, regular gifts, receipts, credits, the letters we wrote to you, what you "
              "agreed to, and when you signed in."),
            _("Not in it: notes of staff that are sealed, what concerns other people, and card numbers, which we "
              "never had. Ask the office if you want to know more about the notes."),
            _("The receipts themselves lie in the portal, as files."),
        ]
    ) + "\n"  # fmt: skip


def _csv(rows: list[Row]) -> str:
    told = io.StringIO(newline="")
    told.write("\ufeff")
    writer = csv.writer(told)
    if rows:
        writer.writerow(rows[0])
        writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return told.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(_shown(value))
    # A text that a spreadsheet would calculate is only a text; a number stays a number.
    return f"'{text}" if isinstance(value, str) and _STARTS_A_FORMULA.match(text) else text


def _shown(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    return value


def _of_the_person(ids: list[uuid.UUID]) -> dict[str, list[Row]]:
    return {
        "profile": _plain(
            Donor.objects.filter(pk__in=ids).order_by("created_at", "id"),
            "id", "kind", "name", "local_name", "email", "language", "address", "postcode", "country", "phone", "title",
            "first_name", "initial", "last_name", "business_number", "shown_as", "receipt_rhythm", "wants_post",
            "do_not_contact", "died_on", "email_failed_at", "created_at",
        ),
        "profile_changes": _plain(
            ProfileChange.objects.filter(donor__in=ids).order_by("changed_at", "id"),
            "donor_id", "fields", "changer", "changed_at",
        ),
        "consents": _plain(
            Consent.objects.filter(donor__in=ids).order_by("answered_at", "id"),
            "donor_id", "kind", "is_given", "wording", "source", "answered_at",
        ),
    }  # fmt: skip


def _of_the_mailbox(email_key: str) -> dict[str, list[Row]]:
    """What was kept by the address alone: attempts to sign in, sessions, codes, wishes to change it."""
    return {
        "transfer_codes": _plain(
            TransferPromise.objects.filter(email__iexact=email_key).order_by("promised_at", "id"),
            "code", "amount_minor", "currency", "donor_name", "email", "language", "promised_at", "status",
        ),
        "sign_ins": _plain(
            PortalSession.objects.filter(email_key=email_key).order_by("began_at", "id"),
            "device", "began_at", "seen_at", "ended_at",
        ),
        "links_asked_for": _plain(
            LinkRequest.objects.filter(email_key=email_key).order_by("requested_at", "id"),
            "email", "address_block", "language", "requested_at",
        ),
        "address_changes": _plain(
            EmailChange.objects.filter(old_key=email_key).order_by("asked_at", "id"),
            "old_email", "new_email", "status", "asked_at", "ended_at",
        ),
        "copies_asked_for": _plain(
            DataRequest.objects.filter(email_key=email_key).order_by("asked_at", "id"),
            "language", "asked_at", "ready_at", "expires_at",
        ),
    }  # fmt: skip


def _plain(found: QuerySet[Any], *names: str) -> list[Row]:
    return [_moneyed(row) for row in found.values(*names)]


def _moneyed(row: Mapping[str, Any]) -> Row:
    """Minor units as the amount people write: "50.00" and its currency."""
    kept = dict(row)
    if "amount_minor" in kept:
        minor, currency = kept.pop("amount_minor"), kept.pop("currency")
        kept |= {"amount": None, "currency": currency} if minor is None else _money(Money(minor, currency))
    return kept


def _money(amount: Money) -> Row:
    return {"amount": amount.plain, "currency": amount.currency}


def _gifts(*, email_key: str, language: str) -> list[Row]:
    found = histories.gifts(email_key=email_key, language=language, limit=_NO_LIMIT)
    notes = _notes([gift.id for gift in found])
    return [
        {
            "id": gift.id,
            "given_on": gift.given_on,
            "name": gift.donor,
            "campaign": gift.campaign,
            "funds": gift.funds,
            **_money(gift.amount),
            "refunded": gift.refunded.plain,
            "method": gift.method,
            "last4": gift.last4,
            "kind": gift.kind,
            "description": gift.description,
            "is_regular": gift.is_monthly,
            "state": gift.state,
            "receipt": gift.serial,
            **notes.get(gift.id, {"note": "", "is_anonymous": False, "giver_zone": ""}),
        }
        for gift in found
    ]


def _notes(ids: list[uuid.UUID]) -> dict[uuid.UUID, Row]:
    rows = Donation.objects.filter(pk__in=ids).values("id", "note", "giver_zone", "recognition__is_anonymous")
    return {
        row["id"]: {
            "note": row["note"],
            "is_anonymous": bool(row["recognition__is_anonymous"]),
            "giver_zone": row["giver_zone"],
        }
        for row in rows
    }


def _returns(ids: list[uuid.UUID]) -> list[Row]:
    """What came back for a gift. What a benefit cost the organization is its own affair."""
    found = Benefit.objects.filter(donation__donor__in=ids, withdrawal__isnull=True, withdraws__isnull=True)
    return [
        {
            "gift": one.donation_id,
            "description": one.description,
            **_valued(one.fair_value_minor, one.donation.currency),
        }
        for one in found.select_related("donation").order_by("entered_at", "id")
    ]


def _things(ids: list[uuid.UUID]) -> list[Row]:
    """What is known of things that were given; the staff's note about them is sealed."""
    found = GiftDetail.objects.filter(donation__donor__in=ids).select_related("donation")
    return [
        {
            "gift": one.donation_id,
            "quantity": one.quantity,
            "claimed": _valued(one.claimed_minor, one.donation.currency)["amount"],
            "appraised": _valued(one.fair_value_minor, one.donation.currency)["amount"],
            "currency": one.donation.currency,
            "appraiser": one.appraiser_name,
        }
        for one in found.order_by("entered_at", "id")
    ]


def _valued(minor: int | None, currency: str) -> Row:
    return {"amount": None, "currency": currency} if minor is None else _money(Money(minor, currency))


def _plans(ids: list[uuid.UUID]) -> dict[str, list[Row]]:
    return {
        "plans": _plain(
            RecurringPlan.objects.filter(donor__in=ids).order_by("started_at", "id"),
            "id", "amount_minor", "currency", "interval", "interval_count", "charge_day", "ends_on", "resumes_on",
            "card_brand", "card_last4", "card_expires_on", "status", "end_reason", "started_at", "next_charge_at",
            "ended_at",
        ),
        "plan_changes": _plain(
            PlanChange.objects.filter(plan__donor__in=ids).order_by("asked_at", "id"),
            "plan_id", "kind", "amount_minor", "currency", "months", "charge_day", "day", "asker", "asked_from",
            "asked_at", "status",
        ),
    }  # fmt: skip


def _receipts(*, email_key: str) -> list[Row]:
    found = reading.visible_to(email_key=email_key).select_related("voiding").prefetch_related("totals")
    return [
        {
            "serial": one.serial,
            "kind": one.kind,
            "tax_year": one.tax_year,
            "issued_on": one.issued_on,
            "total": total.plain,
            "currency": total.currency,
            "is_void": hasattr(one, "voiding"),
        }
        for one in found.order_by("issued_at", "number")
        for total in [kept.total for kept in one.totals.all()] or [one.total]
    ]


def _attempts(email_key: str) -> list[Row]:
    """What was typed into the giving form, paid or not. Whom a dedication was told to is somebody else's."""
    return _plain(
        Checkout.objects.filter(email__iexact=email_key).order_by("began_at", "id"),
        "id", "began_at", "frequency", "amount_minor", "currency", "donor_name", "email", "language", "is_anonymous",
        "wants_letter", "letter_wording", "note", "employer", "giver_zone", "source", "status", "tribute__kind",
        "tribute__honoree", "tribute__words",
    )  # fmt: skip


def _letters(ids: Iterable[uuid.UUID], email_key: str) -> list[Row]:
    """Every mail to the address, and those to earlier addresses of the same people; never what staff were told."""
    mine = Message.objects.exclude(kind__in=[Message.Kind.STAFF_NOTICE, Message.Kind.TRIBUTE])
    to_them = mine.filter(donor__in=list(ids)) | mine.filter(donor__isnull=True, to_email__iexact=email_key)
    return _plain(
        to_them.order_by("queued_at", "id"),
        "kind", "to_email", "language", "subject", "text", "status", "queued_at", "sent_at",
    )  # fmt: skip
