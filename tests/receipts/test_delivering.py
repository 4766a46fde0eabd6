"""D21 and B28: which way a receipt goes, and that each goes one way at a time, whatever happens on it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from donors import corresponding
from donors.models import Bounce, Donor, Message
from receipts import delivering, finishing, issuing, mailing, posting_letters, sending
from receipts.delivering import Tally
from receipts.models import AnnualRun, Delivery, Receipt, Rendering, Voiding
from tests import facts, threads
from tests.facts import NOW

LATER = NOW + timedelta(minutes=5)


def like(**changed: Any) -> Donor:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(address="1 Quay Street\nPortland", postcode="04101", **changed)
    return Donor.objects.get(pk=donor.pk)


def receipt() -> Receipt:
    made = issuing.decide(donation_id=facts.donation().pk, now=NOW)
    assert made is not None
    finishing.finish(receipt_id=made.pk, now=NOW)
    return made


def ways(of: Receipt) -> list[tuple[str, str]]:
    return list(of.deliveries.order_by("id").values_list("channel", "status"))


@pytest.mark.parametrize(
    ("wish", "channel"),
    [
        ({}, "email"),
        ({"receipt_rhythm": "annual"}, "email"),
        ({"wants_post": True}, "post"),
        ({"wants_post": True, "address": ""}, "email"),
        ({"email": "", "email_key": ""}, "post"),
        ({"email": "", "email_key": "", "address": ""}, "post"),
        ({"email_failed_at": NOW}, "post"),
        ({"receipt_rhythm": "none"}, "none"),
        ({"receipt_rhythm": "none", "wants_post": True}, "none"),
        ({"do_not_contact": True}, "none"),
        ({"died_on": NOW.date(), "wants_post": True}, "none"),
    ],
)
def test_d21_the_way_follows_the_wish_and_what_works(db: None, wish: dict[str, Any], channel: str) -> None:
    donor = facts.donor()
    Donor.objects.filter(pk=donor.pk).update(**{"address": "1 Quay Street", **wish})
    assert delivering.channel_of(Donor.objects.get(pk=donor.pk)) == channel


def test_a_merged_donor_is_reached_as_who_they_are_now(db: None) -> None:
    new = facts.donor("Grace Park", "park@example.org")
    Donor.objects.filter(pk=new.pk).update(do_not_contact=True)
    old = like(merged_into=new)
    assert delivering.channel_of(old) == "none"


def test_a_receipt_by_mail_is_waiting_until_the_mail_has_left(db: None, mailoutbox: list[Any]) -> None:
    made = receipt()
    assert ways(made) == [("email", "waiting")]
    way = made.deliveries.get()
    assert way.message is not None
    assert way.message.kind == "receipt"
    assert delivering.note_sent(now=LATER) == 0
    corresponding.send_due(now=NOW)
    assert len(mailoutbox) == 1
    assert (delivering.note_sent(now=LATER), delivering.note_sent(now=LATER)) == (1, 0)
    way.refresh_from_db()
    assert (way.status, way.done_at) == ("sent", LATER)


def test_d21_none_means_drawn_and_never_sent(db: None) -> None:
    like(receipt_rhythm="none")
    made = receipt()
    assert Rendering.objects.filter(receipt=made).exists()
    assert ways(made) == [("none", "waiting")]
    assert made.deliveries.get().done_at == NOW
    sending.send_due(now=LATER)
    assert not Message.objects.exists()


def test_d21_a_mail_that_came_back_goes_to_the_print_queue(db: None) -> None:
    like()
    made = receipt()
    corresponding.send_due(now=NOW)
    delivering.note_sent(now=NOW)
    way = made.deliveries.get()
    assert way.message is not None
    Bounce.objects.create(message=way.message, is_final=False, status="4.4.7", received_at=NOW)
    assert delivering.note_bounced(now=LATER) == 0
    Bounce.objects.create(message=way.message, is_final=True, status="5.1.1", received_at=NOW)
    assert (delivering.note_bounced(now=LATER), delivering.note_bounced(now=LATER)) == (1, 0)
    assert ways(made) == [("email", "bounced"), ("post", "waiting")]
    assert [each.ready for each in posting_letters.queues()] == [1]


def test_a_mail_withheld_at_the_last_moment_takes_the_way_that_is_right_now(db: None) -> None:
    donor = like()
    made = receipt()
    Donor.objects.filter(pk=donor.pk).update(died_on=NOW.date())
    assert corresponding.send_due(now=NOW) == 0
    delivering.note_bounced(now=LATER)
    assert ways(made) == [("email", "bounced"), ("none", "waiting")]


def test_a_receipt_void_before_its_mail_left_is_not_mailed(db: None) -> None:
    made = issuing.decide(donation_id=facts.donation().pk, now=NOW)
    assert made is not None
    Voiding.objects.create(receipt=made, reason="in_error", voided_at=NOW, voided_on=NOW.date())
    finishing.finish(receipt_id=made.pk, now=NOW)
    mailing.send_planned(now=LATER)
    assert not Message.objects.exists()


def run_of(*made: Receipt) -> AnnualRun:
    return AnnualRun.objects.create(
        entity=made[0].series.entity,
        tax_year=2026,
        requested_by=facts.staff_member(),
        requested_at=NOW,
    )


def of_run(run: AnnualRun, *, email: str) -> Receipt:
    donor = facts.donor(email.split("@", maxsplit=1)[0].title(), email)
    gift = facts.donation(donor_id=donor.pk)
    made = issuing.decide(donation_id=gift.pk, now=NOW)
    assert made is not None
    Receipt.objects.filter(pk=made.pk).update(run=run, kind="annual")
    finishing.finish(receipt_id=made.pk, now=NOW)
    return Receipt.objects.get(pk=made.pk)


def test_b28_a_run_is_sent_when_it_is_planned_and_everything_adds_up(
    db: None, unguarded: None, mailoutbox: list[Any]
) -> None:
    run = run_of(receipt())
    made = [of_run(run, email=f"giver{number}@example.org") for number in range(5)]
    before = Message.objects.count()
    assert mailing.send_planned(now=NOW) == 0  # nothing of a run leaves before it is planned
    Donor.objects.filter(pk=made[0].donor_id).update(wants_post=True, address="1 Quay Street")
    Donor.objects.filter(pk=made[1].donor_id).update(receipt_rhythm="none")
    planned = delivering.plan(receipts=made, now=NOW)
    assert [way.receipt_id for way in planned] == [one.pk for one in made]
    assert [way.channel for way in planned] == ["post", "none", "email", "email", "email"]
    assert delivering.plan(receipts=made, now=LATER) == planned
    assert delivering.tally(run_id=run.pk) == Tally(0, 3, 0, 1, 1, 0)
    assert (mailing.send_planned(now=NOW), mailing.send_planned(now=NOW)) == (3, 0)
    assert Message.objects.count() == before + 3
    corresponding.send_due(now=NOW)
    delivering.note_sent(now=NOW)
    told = delivering.tally(run_id=run.pk)
    assert told == Tally(3, 0, 0, 1, 1, 0)
    assert told.sent + told.to_send + told.printed + told.to_print + told.left_out == len(made)


def test_two_workers_send_a_planned_mail_once(committed_db: None) -> None:
    made = receipt()
    Delivery.objects.update(message=None)
    Message.objects.all().delete()
    threads.results(threads.at_once([lambda: mailing.send_planned(now=NOW)] * 3))
    assert Message.objects.count() == 1
    assert made.deliveries.get().message is not None


def test_the_yearly_mail_carries_a_link_and_no_file(db: None, unguarded: None) -> None:
    run = run_of(receipt())
    made = of_run(run, email="min@example.org")
    delivering.plan(receipts=[made], now=NOW)
    mailing.send_planned(now=NOW)
    mail = Message.objects.get(to_email="min@example.org")
    assert (mail.kind, mail.subject) == ("receipt", "Your 2026 giving summary")
    assert "Open my summary:\nhttp://localhost:8000/en/yearly/" in mail.text
    assert not mail.attachments.exists()
    assert made.serial not in mail.subject


def test_a_summary_goes_once_to_whom_mail_reaches(db: None) -> None:
    reached, silent = facts.donor(), facts.donor("Min", "min@example.org")
    Donor.objects.filter(pk=silent.pk).update(receipt_rhythm="none")
    entity = receipt().series.entity
    asked: dict[str, Any] = {"donor_ids": [reached.pk, silent.pk], "entity": entity, "tax_year": 2026}
    assert mailing.send_summaries(**asked, now=NOW) == 1
    assert mailing.send_summaries(**asked, now=LATER) == 0
    mail = Message.objects.get(kind="yearly_summary")
    assert (mail.donor_id, mail.to_email) == (reached.pk, reached.email)


def test_letters_are_printed_in_the_order_of_the_post_and_once(db: None) -> None:
    for place, name in (("97201", "Ann"), ("04101", "Ben"), ("04101", "Abe"), ("", "Noah")):
        donor = facts.donor(name, f"{name.lower()}@example.org")
        Donor.objects.filter(pk=donor.pk).update(
            wants_post=True, address="1 Quay Street" if place else "", postcode=place, country="US"
        )
        Donor.objects.filter(pk=donor.pk, address="").update(email="", email_key="")
        made = issuing.decide(donation_id=facts.donation(donor_id=donor.pk).pk, now=NOW)
        assert made is not None
        finishing.finish(receipt_id=made.pk, now=NOW)
    [queue] = posting_letters.queues()
    assert [one.reader.name for one in queue.first] == ["Abe", "Ben", "Ann"]
    assert [one.reader.name for one in queue.without_address] == ["Noah"]
    asked: dict[str, Any] = {
        "entity_id": queue.entity.pk,
        "request_id": facts.fresh_id(),
        "actor": facts.staff_member(),
        "now": NOW,
    }
    made_file = posting_letters.make(**asked)
    assert made_file is not None
    assert posting_letters.make(**asked) == made_file
    assert (made_file.receipt_count, made_file.page_count) == (3, 6)  # each on a sheet with an empty back
    assert posting_letters.make(**{**asked, "request_id": facts.fresh_id()}) is None
    content = posting_letters.part_of(print_file=made_file, part="receipts")
    assert content is not None
    assert content.startswith(b"%PDF")
    assert hashlib.sha256(content).hexdigest() == made_file.receipts_sha256
    stickers = posting_letters.part_of(print_file=made_file, part="labels")
    assert stickers is not None
    assert stickers.startswith(b"%PDF")
    assert posting_letters.part_of(print_file=made_file, part="envelopes") is None
    marked: dict[str, Any] = {"print_file_id": made_file.pk, "actor": facts.staff_member(), "now": LATER}
    assert (posting_letters.mark_printed(**marked), posting_letters.mark_printed(**marked)) == (3, 0)
    assert posting_letters.files()[0].printed_at == LATER
    assert [each.ready for each in posting_letters.queues()] == [0]


def test_a_mail_of_before_there_were_ways_is_that_receipts_mail(db: None) -> None:
    made = receipt()
    before = Message.objects.get()
    Delivery.objects.all().delete()
    delivering.plan(receipts=[made], now=LATER)
    assert mailing.send_planned(now=LATER) == 0
    assert made.deliveries.get().message == before
    assert ways(made) == [("email", "waiting")]


def test_somebody_who_died_after_it_was_planned_gets_no_mail(db: None) -> None:
    like()
    made = receipt()
    Delivery.objects.update(message=None)
    Message.objects.all().delete()
    Donor.objects.update(died_on=NOW.date())
    assert mailing.send_planned(now=LATER) == 0
    assert ways(made) == [("email", "bounced"), ("none", "waiting")]


def test_many_receipts_are_sent_with_as_many_statements_as_few(db: None) -> None:
    def statements(count: int) -> int:
        made = []
        for number in range(count):
            donor = facts.donor(f"Giver {count} {number}", f"giver{count}-{number}@example.org")
            one = issuing.decide(donation_id=facts.donation(donor_id=donor.pk).pk, now=NOW)
            assert one is not None
            finishing.finish(receipt_id=one.pk, now=NOW)
            made.append(one.pk)
        Delivery.objects.all().delete()
        Message.objects.all().delete()
        drawn = [(one, "") for one in Receipt.objects.filter(pk__in=made)]
        with CaptureQueriesContext(connection) as asked:
            assert mailing.send_receipts(drawn=drawn, now=NOW) == count
        return len(asked)

    assert statements(2) == statements(9) <= 25
