"""UK-01: declarations as they are kept: six parts, three forms, their steps, the mailed record of a spoken one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from donors.models import Message
from receipts import declaring
from receipts.declaring import Said, UnableToDeclare
from receipts.models import GiftAidDeclaration
from receipts.rules.declarations import Form, Scope, State
from staff.models import AuditEvent
from tests import facts
from tests.receipts import abroad

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)
DAY = date(2026, 5, 4)
SAID = Said(
    first_name="Grace",
    last_name="Kim-Park",
    house="12",
    street="Example Road, Leeds",
    postcode="ls1 4ap",
    scopes=frozenset({Scope.PAST, Scope.PRESENT, Scope.FUTURE}),
    wants_gift_aid=True,
    form=Form.ONLINE,
    title="Mrs",
)


def declared(said: Said = SAID, **given: object) -> GiftAidDeclaration:
    values: dict[str, object] = {
        "declaration_id": uuid.uuid4(),
        "donor_id": facts.donor().pk,
        "entity": abroad.britain(),
        "said": said,
        "made_on": DAY,
        "actor": None,
        "now": NOW,
        **given,
    }
    return declaring.declare(**values)  # type: ignore[arg-type]


def test_UK_01_the_six_parts_are_kept_with_the_version_of_the_explanation() -> None:
    row = GiftAidDeclaration.objects.get(pk=declared().pk)
    assert (row.first_name, row.last_name, row.title, row.house, row.postcode) == (
        *("Grace", "Kim-Park", "Mrs", "12", "LS1 4AP"),
    )
    assert row.home_address == "12\nExample Road, Leeds\nls1 4ap"
    assert (row.scopes, row.wants_gift_aid, row.form) == (["future", "past", "present"], True, "online")
    assert row.explanation_version == declaring.newest(declaring.TAXPAYER)
    assert declaring.state(row=row, on=DAY) == State.ACTIVE
    assert AuditEvent.objects.get().action == "gift_aid.declared"


def test_pressed_twice_it_is_one() -> None:
    key = uuid.uuid4()
    assert declared(declaration_id=key).pk == declared(declaration_id=key).pk
    assert GiftAidDeclaration.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_name": ""}, "first_name"),
        ({"first_name": "x" * 36}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"last_name": "x" * 36}, "last_name"),
        ({"title": "Bishop"}, "title"),
        ({"house": ""}, "house"),
        ({"house": "c/o First Church"}, "house"),
        ({"street": "care of the office"}, "house"),
        ({"postcode": "12345"}, "postcode"),
        ({"postcode": ""}, "postcode"),
        ({"scopes": frozenset()}, "scopes"),
        ({"wants_gift_aid": False}, "wants_gift_aid"),
        ({"street": "900101-1234567"}, "resident_number"),
    ],
)
def test_UK_01_what_is_missing_or_wrong_is_refused_by_its_part(changes: dict[str, object], code: str) -> None:
    with pytest.raises(UnableToDeclare) as refused:
        declared(replace(SAID, **changes))  # type: ignore[arg-type]
    assert refused.value.codes == (code,)
    assert GiftAidDeclaration.objects.count() == 0


def test_only_people_declare_and_only_to_a_british_charity() -> None:
    with pytest.raises(UnableToDeclare, match="not_a_person"):
        declared(donor_id=abroad.organization().pk)
    with pytest.raises(UnableToDeclare, match="not_uk"):
        declared(entity=abroad.korea())


def test_a_home_abroad_has_no_postcode() -> None:
    row = declared(replace(SAID, postcode="X"))
    assert (row.postcode, row.home_address) == ("X", "12\nExample Road, Leeds")


@pytest.mark.parametrize(
    ("scopes", "kept", "first", "last"),
    [
        ({"present"}, ["past", "present"], date(2026, 4, 1), date(2026, 4, 1)),
        ({"single"}, ["past", "single"], date(2026, 4, 1), date(2026, 4, 1)),
        ({"present", "future"}, ["future", "past", "present"], date(2026, 4, 1), None),
        ({"present", "past"}, ["past", "present"], None, None),
        ({"future"}, ["future"], None, None),
    ],
)
def test_this_donation_declared_later_means_its_own_day(
    scopes: set[str], kept: list[str], first: date | None, last: date | None
) -> None:
    row = declared(replace(SAID, scopes=frozenset(map(Scope, scopes))), about=date(2026, 4, 1))
    assert (row.scopes, row.valid_from, row.valid_to) == (kept, first, last)
    assert declaring.scope_words(row=row)


def test_a_spoken_one_waits_for_its_record_and_is_mailed() -> None:
    row, actor = declared(replace(SAID, form=Form.ORAL)), facts.staff_member()
    assert declaring.state(row=row, on=DAY) == State.AWAITING_RECORD
    declaring.send_record(declaration_id=row.pk, actor=actor, now=NOW)
    row.refresh_from_db()
    assert (row.record_sent_on, declaring.state(row=row, on=DAY)) == (DAY, State.ACTIVE)
    mail = Message.objects.get(kind="gift_aid_record")
    assert mail.subject == "The record of what you told us"
    for words in (
        "I am a UK taxpayer",
        "within 30 days",
        "2026-06-03",
        "Grace Kim-Park",
        "Harbour Trust",
        "All donations I make",
    ):
        assert words in mail.text
    with pytest.raises(UnableToDeclare, match="step"):
        declaring.send_record(declaration_id=row.pk, actor=actor, now=NOW)
    assert Message.objects.count() == 1


def test_without_an_email_the_record_is_posted() -> None:
    actor = facts.staff_member()
    row = declared(replace(SAID, form=Form.ORAL), donor_id=facts.donor("Ada Post", "").pk)
    with pytest.raises(UnableToDeclare, match="no_email"):
        declaring.send_record(declaration_id=row.pk, actor=actor, now=NOW)
    for wrong in (date(2026, 5, 3), date(2026, 5, 5)):
        with pytest.raises(UnableToDeclare, match="day"):
            declaring.record_posted(declaration_id=row.pk, on=wrong, actor=actor, now=NOW)
    assert declaring.record_posted(declaration_id=row.pk, on=DAY, actor=actor, now=NOW).record_sent_on == DAY


@pytest.mark.parametrize(
    ("on", "since"), [(date(2026, 6, 3), date.min), (date(2026, 6, 4), date(2026, 6, 4))]
)
def test_a_spoken_one_is_undone_within_thirty_days_of_its_record(on: date, since: date) -> None:
    row, actor = declared(replace(SAID, form=Form.ORAL)), facts.staff_member()
    declaring.send_record(declaration_id=row.pk, actor=actor, now=NOW)
    assert declaring.cancel(declaration_id=row.pk, on=on, actor=actor, now=NOW).cancelled_from == since
    assert GiftAidDeclaration.objects.get().cancelled_from == since
    with pytest.raises(UnableToDeclare, match="step"):
        declaring.cancel(declaration_id=row.pk, on=on, actor=actor, now=NOW)


def test_it_ends_on_a_day_once() -> None:
    row = declared()
    with pytest.raises(UnableToDeclare, match="day"):
        declaring.end(declaration_id=row.pk, on=date(2026, 5, 3), actor=None, now=NOW)
    ended = declaring.end(declaration_id=row.pk, on=DAY, actor=None, now=NOW)
    assert (ended.valid_to, declaring.state(row=ended, on=date(2026, 5, 5))) == (DAY, State.ENDED)
    assert declaring.scope_words(row=ended)[-1] == "Until 2026-05-04"
    cancelled = declared()
    declaring.cancel(declaration_id=cancelled.pk, on=DAY, actor=None, now=NOW)
    with pytest.raises(UnableToDeclare, match="step"):
        declaring.end(declaration_id=cancelled.pk, on=DAY, actor=None, now=NOW)
    spoken = declared(replace(SAID, form=Form.ORAL))
    declaring.record_posted(declaration_id=spoken.pk, on=DAY, actor=facts.staff_member(), now=NOW)
    with pytest.raises(UnableToDeclare, match="step"):
        declaring.record_posted(declaration_id=spoken.pk, on=DAY, actor=facts.staff_member(), now=NOW)


@pytest.mark.parametrize(
    "change",
    ["last_name = 'Other'", "postcode = 'LS1 1AA'", "cancelled_from = NULL", "explanation_version = NULL"],
)
def test_the_database_keeps_its_words(change: str) -> None:
    row = declared()
    declaring.cancel(declaration_id=row.pk, on=DAY, actor=None, now=NOW)
    with (
        pytest.raises(IntegrityError, match="keeps its words"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE receipts_giftaiddeclaration SET {change}")


def test_wording_is_told_in_its_own_version() -> None:
    said = declaring.wording(code=declaring.NOTIFY, version=1, language="en", charity="Harbour Trust")
    assert said.startswith("Please tell Harbour Trust if you")
