"""Declaring: a donor of a United Kingdom charity says that Gift Aid may be claimed, in writing, online or aloud.

A declaration holds the six parts of UK-01 or is not kept. A spoken one has effect from the day its written record went
out and can be undone for 30 days after that. The row keeps its words; only its steps change it: `rules.declarations`
says which may follow which.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from donors import corresponding, refusing
from donors.models import Donor, Message
from ledger.models import LegalEntity
from receipts.models import GiftAidDeclaration, Issuer
from receipts.rules import claiming, declarations, parameters, statements
from receipts.rules.declarations import Declaration, Form, Scope, State
from staff import auditing
from staff.models import User

WANTS, TAXPAYER, NOTIFY, CANCEL = "uk_wants_gift_aid", "uk_taxpayer", "uk_notify", "uk_oral_cancel"


class UnableToDeclare(ValueError):
    """`codes` say what is missing or wrong: a part of UK-01, `postcode`, `title`, `not_uk`, `not_a_person`,
    `resident_number` or `step`.
    """

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a donor declares. `house` is the name or number for the schedule; `postcode` is X for a home abroad."""

    first_name: str
    last_name: str
    house: str
    street: str
    postcode: str
    scopes: frozenset[Scope]
    wants_gift_aid: bool
    form: Form
    title: str = ""

    @property
    def home_address(self) -> str:
        lines = (self.house, self.street, "" if self.postcode == claiming.ABROAD else self.postcode)
        return "\n".join(line for line in lines if line)


def newest(code: str) -> int:
    """This function will return the version of a sentence that is asked now."""
    return statements.WORDINGS[code][-1].version


def wording(*, code: str, version: int, language: str, **fills: str) -> str:
    """This function will return a sentence of a declaration as it was worded in that version."""
    statement = statements.newest(code, **fills)
    return statements.text(
        statement=type(statement)(code, version, statement.fills),
        language=language,
    )


def value(*, row: GiftAidDeclaration) -> Declaration:
    """This function will return a stored declaration as the rules know it."""
    return Declaration(
        charity=row.entity.legal_name,
        first_name=row.first_name,
        last_name=row.last_name,
        home_address=row.home_address,
        scopes=frozenset(Scope(scope) for scope in row.scopes),
        wants_gift_aid=row.wants_gift_aid,
        explanation_version=row.explanation_version,
        made_on=row.made_on,
        form=Form(row.form),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        record_sent_on=row.record_sent_on,
        cancelled_from=row.cancelled_from,
    )


def declare(
    *,
    declaration_id: uuid.UUID,
    donor_id: uuid.UUID,
    entity: LegalEntity,
    said: Said,
    made_on: date,
    about: date | None = None,
    actor: User | None,
    now: datetime,
) -> GiftAidDeclaration:
    """Keep a declaration under an id made with its form, so that a second press makes no second one.

    `about` is the day of the donation that "this donation" means, when it was given before. A spoken one
    waits for its record (`send_record`). Raises UnableToDeclare. This function will return the row.
    """
    known = GiftAidDeclaration.objects.select_related("entity").filter(pk=declaration_id).first()
    if known is not None:
        return known
    donor = Donor.objects.get(pk=donor_id)
    row = _row(said, about=about or made_on, made_on=made_on)
    row.id, row.entity, row.donor, row.entered_by, row.entered_at = declaration_id, entity, donor, actor, now
    wrong = _wrong(row, said=said, donor=donor)
    if wrong:
        raise UnableToDeclare(*wrong)
    with transaction.atomic():
        row.save(force_insert=True)
        _note(row, "declared", actor=actor, now=now)
    return row


def _row(said: Said, *, about: date, made_on: date) -> GiftAidDeclaration:
    """What was said, as it is kept; cut to its columns, which `_wrong` then finds too long."""
    scopes, first, last = _bounded(said.scopes, about=about, made_on=made_on)
    return GiftAidDeclaration(
        title=claiming.title(said.title),
        first_name=said.first_name[:35],
        last_name=said.last_name[:35],
        home_address=said.home_address[:400],
        house=said.house[:40],
        postcode=_postcode(said.postcode),
        scopes=sorted(scopes),
        form=said.form,
        wants_gift_aid=said.wants_gift_aid,
        explanation_version=newest(TAXPAYER),
        made_on=made_on,
        valid_from=first,
        valid_to=last,
    )


def _bounded(
    scopes: frozenset[Scope], *, about: date, made_on: date
) -> tuple[frozenset[Scope], date | None, date | None]:
    """ "This donation", declared on a later day, is one of the past: the past is then bounded by its day."""
    this = scopes & {Scope.PRESENT, Scope.SINGLE}
    if not this or about >= made_on:
        return scopes, None, None
    if Scope.PAST in scopes:
        return scopes, None, None
    until = None if Scope.FUTURE in scopes else about
    return scopes | {Scope.PAST}, about, until


def _postcode(typed: str) -> str:
    return claiming.ABROAD if typed.strip().upper() == claiming.ABROAD else claiming.postcode(typed)


def _wrong(row: GiftAidDeclaration, *, said: Said, donor: Donor) -> list[str]:
    """Every reason against a declaration, by its code; the six parts as the rules count them."""
    issuer = Issuer.objects.filter(entity=row.entity, law=Issuer.Law.UNITED_KINGDOM).first()
    typed = (said.title, said.first_name, said.last_name, said.house, said.street, said.postcode)
    checks = [
        ("not_uk", issuer is None),
        ("not_a_person", donor.kind == Donor.Kind.ORGANIZATION),
        ("first_name", not 1 <= len(said.first_name) <= claiming.LONGEST_NAME),
        ("last_name", not 1 <= len(said.last_name) <= claiming.LONGEST_NAME),
        ("title", len(said.title) > claiming.LONGEST_TITLE),
        ("house", not 1 <= len(said.house) <= 40 or claiming.is_care_of(f"{said.house} {said.street}")),
        ("postcode", not row.postcode),
        ("scopes", not said.scopes),
        ("wants_gift_aid", not said.wants_gift_aid),
        ("resident_number", any(map(refusing.is_held_by, typed))),
    ]
    found = [code for code, is_wrong in checks if is_wrong]
    if not found and declarations.missing(declaration=value(row=row)):
        found.append("incomplete")
    return found


def send_record(*, declaration_id: uuid.UUID, actor: User, now: datetime) -> GiftAidDeclaration:
    """Mail the written record of a spoken declaration; from this day it has effect, and 30 days to undo it begin.

    A donor without an email address gets the record by post: `record_posted` writes that down. Raises
    UnableToDeclare. This function will return the row.
    """
    with transaction.atomic():
        row = _locked(declaration_id)
        if not row.donor.email:
            raise UnableToDeclare("no_email")
        changed = _recorded(row, on=row.entity.day_of(now), actor=actor, now=now)
        _mail_record(row, now=now)
    return changed


def record_posted(*, declaration_id: uuid.UUID, on: date, actor: User, now: datetime) -> GiftAidDeclaration:
    """Write down that a person posted the record. Raises UnableToDeclare. This function will return the row."""
    with transaction.atomic():
        row = _locked(declaration_id)
        if not row.made_on <= on <= row.entity.day_of(now):
            raise UnableToDeclare("day")
        return _recorded(row, on=on, actor=actor, now=now)


def _recorded(row: GiftAidDeclaration, *, on: date, actor: User, now: datetime) -> GiftAidDeclaration:
    try:
        after = declarations.record(declaration=value(row=row), on=on)
    except declarations.WrongStep as error:
        raise UnableToDeclare("step") from error
    return _keep(row, after, deed="recorded", actor=actor, now=now)


def cancel(*, declaration_id: uuid.UUID, on: date, actor: User | None, now: datetime) -> GiftAidDeclaration:
    """The donor cancels from a day on; a spoken one within its 30 days never had effect.

    What was claimed on gifts it no longer covers is taken back by the next claim. Raises UnableToDeclare. This
    function will return the row.
    """
    with transaction.atomic():
        row = _locked(declaration_id)
        try:
            after = declarations.cancel(declaration=value(row=row), on=on)
        except declarations.WrongStep as error:
            raise UnableToDeclare("step") from error
        return _keep(row, after, deed="cancelled", actor=actor, now=now)


def end(*, declaration_id: uuid.UUID, on: date, actor: User | None, now: datetime) -> GiftAidDeclaration:
    """It covers gifts up to and including a day. Raises UnableToDeclare. This function will return the row."""
    with transaction.atomic():
        row = _locked(declaration_id)
        if on < max(row.made_on, row.valid_from or row.made_on):
            raise UnableToDeclare("day")
        try:
            after = declarations.end(declaration=value(row=row), on=on)
        except declarations.WrongStep as error:
            raise UnableToDeclare("step") from error
        return _keep(row, after, deed="ended", actor=actor, now=now)


def _locked(declaration_id: uuid.UUID) -> GiftAidDeclaration:
    rows = GiftAidDeclaration.objects.select_for_update(of=("self",)).select_related("entity", "donor")
    return rows.get(pk=declaration_id)


def _keep(
    row: GiftAidDeclaration, after: Declaration, *, deed: str, actor: User | None, now: datetime
) -> GiftAidDeclaration:
    for field in ("valid_to", "record_sent_on", "cancelled_from"):
        setattr(row, field, getattr(after, field))
    row.save(update_fields=["valid_to", "record_sent_on", "cancelled_from"])
    _note(row, deed, actor=actor, now=now)
    return row


def _note(row: GiftAidDeclaration, deed: str, *, actor: User | None, now: datetime) -> None:
    auditing.record(
        actor=actor or "donor",
        action=f"gift_aid.{deed}",
        target=f"declaration:{row.pk}",
        now=now,
        details={"form": row.form, "entity": row.entity.code},
    )


def _mail_record(row: GiftAidDeclaration, *, now: datetime) -> None:
    language = row.donor.language
    days = parameters.SHIPPED.gift_aid.of(now.year).oral_days
    with translation.override(language):
        paragraphs = [
            _("Dear %(name)s,") % {"name": row.donor.name},
            _("You told us that we may claim Gift Aid. This is the written record of what you said:"),
            "\n".join([f"{row.first_name} {row.last_name}", row.home_address]),
            "\n".join(scope_words(row=row)),
            # The law's own sentence comes first; a reader of another language gets the translation after it.
            *statements.paragraphs(
                statements=[
                    statements.newest(TAXPAYER),
                    statements.newest(NOTIFY, charity=row.entity.legal_name),
                    statements.newest(CANCEL),
                ],
                language=language,
            ),
            _("The last day to cancel it: %(day)s. Write to %(email)s.")
            % {"day": (row.entity.day_of(now) + timedelta(days=days)).isoformat(), "email": row.entity.email},
            f"{row.entity.legal_name}\n{row.entity.registration}",
        ]
        corresponding.queue(
            kind=Message.Kind.GIFT_AID_RECORD,
            cause=f"declaration:{row.pk}",
            to_email=row.donor.email,
            sender=corresponding.sender(row.entity),
            language=language,
            subject=_("The record of what you told us"),
            text="\n\n".join(paragraphs),
            donor_id=row.donor_id,
            now=now,
        )


def scope_words(*, row: GiftAidDeclaration) -> list[str]:
    """This function will return which donations a declaration covers, in the reader's language."""
    if row.valid_from is not None:
        words = [_("Donations from %(day)s on") % {"day": row.valid_from.isoformat()}]
    else:
        scopes = [Scope.PAST, Scope.PRESENT, Scope.SINGLE, Scope.FUTURE]
        words = [str(SCOPES[scope]) for scope in scopes if scope in row.scopes]
    if row.valid_to is not None:
        words.append(_("Until %(day)s") % {"day": row.valid_to.isoformat()})
    return words


SCOPES = {
    Scope.PAST: gettext_lazy("Donations I made in the last four years"),
    Scope.PRESENT: gettext_lazy("This donation"),
    Scope.SINGLE: gettext_lazy("This donation only"),
    Scope.FUTURE: gettext_lazy("All donations I make from now on"),
}


def state(*, row: GiftAidDeclaration, on: date) -> State:
    """This function will return where a stored declaration stands on a day."""
    return declarations.state(declaration=value(row=row), on=on)
