"""Another e-mail address (P15): both mailboxes, or the new one and a card; taken back for seven days; never a merge."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest

from donors import moving, signing_in, staying
from donors.models import Donor, EmailChange, Message, ProfileChange, SignInLink
from donors.moving import Answer, UnableToMove
from staff.models import Role
from tests import facts, making
from tests.facts import NOW

OLD, NEW = "grace@example.org", "new@example.org"
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def ask(*donors: Donor, to: str = NEW, card: bool | None = None, day: int = 0) -> EmailChange:
    chosen = donors or (facts.donor(),)
    return moving.ask(
        email_key=OLD, new_email=to, donor_ids=[one.pk for one in chosen], card=card, now=NOW + day * DAY
    )


def token(to: str, deed: str = "confirm") -> str:
    texts = Message.objects.filter(kind="email_change", to_email=to).order_by("queued_at", "id")
    found = [match for text in texts for match in re.findall(rf"/portal/email/{deed}/(\w+)/", text.text)]
    return str(found[-1])


def press(to: str, day: int = 0) -> Answer:
    return moving.press(token=token(to), now=NOW + day * DAY)[0]


def where(donor: Donor) -> str:
    donor.refresh_from_db()
    assert donor.email_key == donor.email.casefold()
    return donor.email


def test_both_mailboxes_say_yes_in_any_order() -> None:
    for first, second in [(OLD, NEW), (NEW, OLD)]:
        donor = facts.donor(name=f"First {first}")
        ask(donor)
        assert press(first) is Answer.PROVEN
        assert press(first) is Answer.PROVEN, "pressed twice it is said once"
        assert where(donor) == OLD
        assert press(second) is Answer.MOVED
        assert where(donor) == NEW
        assert ProfileChange.objects.filter(donor=donor, fields=["email"], changer="donor").count() == 1
        EmailChange.objects.all().delete()
        Message.objects.all().delete()


def test_with_a_card_the_new_mailbox_alone_says_yes_and_the_old_one_hears_of_it() -> None:
    donor = facts.donor()
    ask(donor, card=True)
    [told] = Message.objects.filter(to_email=OLD)
    assert "/email/confirm/" not in told.text
    assert "/email/undo/" in told.text
    assert press(NEW) is Answer.MOVED
    assert where(donor) == NEW


def test_a_wrong_card_is_a_try_and_five_a_day_are_all() -> None:
    for _ in range(5):
        with pytest.raises(UnableToMove, match="card"):
            ask(card=False)
    assert not Message.objects.exists()
    with pytest.raises(UnableToMove, match="often"):
        ask(card=True)
    with pytest.raises(UnableToMove, match="often"):
        ask()
    assert ask(day=2, card=True).status == "asked"


@pytest.mark.parametrize(
    ("to", "code"), [(" GRACE@example.org ", "same"), ("no address", "email"), ("", "email")]
)
def test_what_is_no_new_address(to: str, code: str) -> None:
    with pytest.raises(UnableToMove, match=code):
        ask(to=to)


def test_only_ones_own_donors_move_and_only_the_chosen() -> None:
    stranger = facts.donor(name="Ben", email="ben@example.org")
    with pytest.raises(UnableToMove, match="donors"):
        ask(stranger)
    with pytest.raises(UnableToMove, match="donors"):
        moving.ask(email_key=OLD, new_email=NEW, donor_ids=[], card=None, now=NOW)
    grace, daniel = facts.donor(), facts.donor(name="Daniel Kim")
    ask(grace)
    press(OLD), press(NEW)
    assert (where(grace), where(daniel)) == (NEW, OLD)


def test_a_newer_wish_takes_the_place_of_an_older_one() -> None:
    ask(to="first@example.org")
    first = token("first@example.org")
    ask()
    assert moving.find(token=first, now=NOW) is None
    assert moving.press(token=first, now=NOW)[0] is Answer.SPENT
    assert moving.find(token=token(NEW), now=NOW) is not None


def test_links_end_after_a_day_and_after_their_use() -> None:
    ask()
    assert press(OLD, day=1) is Answer.SPENT
    assert moving.expire(now=NOW + DAY) == 1
    assert moving.expire(now=NOW + DAY) == 0
    ask(day=2)
    assert [press(OLD, day=2), press(NEW, day=2), press(NEW, day=2)] == [
        Answer.PROVEN,
        Answer.MOVED,
        Answer.SPENT,
    ]
    assert moving.press(token="invented", now=NOW)[0] is Answer.SPENT


def test_moving_ends_links_and_sessions_of_the_old_address() -> None:
    ask()
    SignInLink.objects.create(
        token_hash="x", email_key=OLD, requested_at=NOW, expires_at=NOW + signing_in.LASTS
    )
    session = staying.begin(email_key=OLD, agent="", now=NOW)
    press(OLD)
    assert staying.see(session_id=session, email_key=OLD, now=NOW)
    press(NEW)
    assert not staying.see(session_id=session, email_key=OLD, now=NOW)
    assert SignInLink.objects.get().expires_at == NOW


def test_a_failing_mailbox_is_forgotten_with_its_address() -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(email_failed_at=NOW)
    ask(donor, card=True)
    press(NEW)
    donor.refresh_from_db()
    assert donor.email_failed_at is None


def test_this_was_not_me_before_the_change_ends_the_wish() -> None:
    donor = facts.donor()
    ask(donor)
    session = staying.begin(email_key=OLD, agent="", now=NOW)
    assert moving.find_undoable(token=token(OLD, "undo"), now=NOW) is not None
    assert moving.undo(token=token(OLD, "undo"), now=NOW) is Answer.UNDONE
    assert press(NEW) is Answer.SPENT
    assert where(donor) == OLD
    assert not staying.see(session_id=session, email_key=OLD, now=NOW)


@pytest.mark.parametrize(("days", "answer"), [(6, Answer.UNDONE), (7, Answer.SPENT)])
def test_for_seven_days_the_old_mailbox_takes_it_back(days: int, answer: Answer) -> None:
    donor = facts.donor()
    ask(donor)
    early = token(OLD, "undo")
    press(OLD), press(NEW)
    assert token(OLD, "undo") == early, "the first mail's link goes on working"
    thief = staying.begin(email_key=NEW, agent="", now=NOW)
    assert moving.undo(token=early, now=NOW + days * DAY) is answer
    assert where(donor) == (OLD if answer is Answer.UNDONE else NEW)
    if answer is Answer.UNDONE:
        assert not staying.see(session_id=thief, email_key=NEW, now=NOW)
        assert moving.undo(token=early, now=NOW + days * DAY) is Answer.SPENT
        told = Message.objects.filter(cause__contains="undone").values_list("to_email", flat=True)
        assert sorted(told) == [OLD, NEW]


def test_the_same_name_at_the_new_address_is_never_joined_and_a_person_is_told() -> None:
    office = making.user(role=Role.FINANCE, now=NOW)
    grace, daniel = facts.donor(), facts.donor(name="Daniel Kim")
    there = facts.donor(email=NEW)
    ask(grace, daniel)
    press(OLD)
    assert press(NEW) is Answer.KEPT_APART
    assert (where(grace), where(daniel), where(there)) == (OLD, NEW, NEW)
    grace.refresh_from_db()
    assert grace.merged_into_id is None
    [notice] = Message.objects.filter(kind="staff_notice")
    assert notice.to_email == office.email
    assert str(grace.pk) in notice.text
    assert "Grace" not in notice.text


def test_taking_back_leaves_who_has_a_namesake_by_now_and_tells_a_person() -> None:
    making.user(role=Role.ADMIN, now=NOW)
    donor = facts.donor()
    ask(donor)
    press(OLD), press(NEW)
    namesake = facts.donor()
    assert namesake.pk != donor.pk
    assert moving.undo(token=token(OLD, "undo"), now=NOW) is Answer.UNDONE
    assert where(donor) == NEW
    assert Message.objects.filter(kind="staff_notice").count() == 1


def test_nobody_moves_when_all_stay_apart_and_no_mail_says_so() -> None:
    donor = facts.donor()
    facts.donor(email=NEW)
    ask(donor)
    press(OLD)
    assert press(NEW) is Answer.KEPT_APART
    assert not Message.objects.filter(cause__contains="moved").exists()
    assert moving.undo(token=token(OLD, "undo"), now=NOW) is Answer.UNDONE
    assert where(donor) == OLD


def test_mails_carry_no_name_and_tokens_are_kept_as_hashes() -> None:
    change = ask()
    for message in Message.objects.all():
        assert "Grace" not in message.subject + message.text
    assert token(NEW) not in {change.new_hash, change.old_hash, change.undo_hash}
    assert len({token(NEW), token(OLD), token(OLD, "undo")}) == 3
    assert uuid.UUID(str(change.pk))
