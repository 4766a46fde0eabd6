"""The page of one receipt: what it says, how it went out, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from donations import benefiting
from donors.models import Donor, Message
from receipts import obstructing
from receipts.models import AnnualRun, Coverage, Exclusion, Issuer, Obstacle, Receipt, RunException, RunItem
from staff.models import AuditEvent, Role
from tests import facts, making
from tests.receipts import reading

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def receipt(finance: Client, today: datetime) -> Receipt:
    gift = making.donation(by=making.donor(now=today), at=today)
    return making.receipt(of=gift, now=today)


def text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    return answer.content.decode()


def page(of: Receipt, deed: str = "") -> str:
    return reverse(f"office:receipt{deed}", args=[of.pk])


def test_the_page_says_what_the_paper_says_and_leads_to_its_gifts(finance: Client, receipt: Receipt) -> None:
    shown = text(finance.get(page(receipt)))
    gift = receipt.lines.get().donation
    for words in (
        receipt.serial,
        receipt.hash,
        receipt.snapshot_sha256,
        receipt.donor.name,
        "Valid",
        "By mail",
    ):
        assert words in shown
    for address in (
        reverse("office:donation", args=[gift.pk]),
        reverse("office:donor", args=[receipt.donor_id]),
        page(receipt, "_file"),
        page(receipt, "_void"),
    ):
        assert address in shown
    assert AuditEvent.objects.filter(action="read receipt", target=f"receipt:{receipt.pk}").count() == 1


def test_lists_lead_to_the_page(finance: Client, receipt: Receipt) -> None:
    gift = receipt.lines.get().donation
    for address in (
        reverse("office:receipts"),
        reverse("office:register"),
        reverse("office:donor", args=[receipt.donor_id]),
        reverse("office:donation", args=[gift.pk]),
    ):
        assert f'href="{page(receipt)}"' in text(finance.get(address)), address


def test_a_copy_says_so_on_the_paper_and_in_the_trail(finance: Client, receipt: Receipt) -> None:
    answer = finance.post(page(receipt, "_copy"))
    assert "COPY" in reading.words(answer.content)
    assert receipt.serial in reading.words(answer.content)
    told = AuditEvent.objects.get(action="receipt.copied")
    assert told.details == {"serial": receipt.serial}
    assert "A copy was handed out" in text(finance.get(page(receipt)))


def test_a_receipt_without_a_file_is_neither_copied_nor_sent(finance: Client, today: datetime) -> None:
    early = making.receipt(
        of=making.donation(by=making.donor(now=today), at=today), is_drawn=False, now=today
    )
    for deed in ("_copy", "_send"):
        answer = finance.post(page(early, deed))
        assert answer.status_code == 422
        assert "still being made" in text(answer)
    assert not AuditEvent.objects.filter(action="receipt.copied").exists()


def test_a_letter_is_sent_again_once_a_day(finance: Client, receipt: Receipt) -> None:
    [first] = Message.objects.filter(kind=Message.Kind.RECEIPT)
    assert finance.post(page(receipt, "_send")).status_code == 302
    again = Message.objects.exclude(pk=first.pk).get(kind=Message.Kind.RECEIPT)
    assert (again.subject, again.text, again.to_email) == (first.subject, first.text, first.to_email)
    assert again.attachments.count() == first.attachments.count()
    answer = finance.post(page(receipt, "_send"))
    assert answer.status_code == 422
    assert "sent again today already" in text(answer)
    assert AuditEvent.objects.filter(action="receipt.sent_again").count() == 1


def test_who_gets_no_mail_is_not_written_to(finance: Client, receipt: Receipt) -> None:
    Donor.objects.filter(pk=receipt.donor_id).update(do_not_contact=True)
    answer = finance.post(page(receipt, "_send"))
    assert answer.status_code == 422
    assert "gets no mail" in text(answer)


def voids(client: Client, of: Receipt, then: str, **more: str) -> HttpResponse:
    told = {"words": "Wrong name", "then": then, **more}
    return client.post(page(of, "_void"), told)  # type: ignore[return-value]  # a test answer is one


def test_voiding_asks_why_and_shows_first_what_will_happen(finance: Client, receipt: Receipt) -> None:
    assert finance.get(page(receipt, "_void")).status_code == 200
    assert finance.post(page(receipt, "_void"), {"words": " ", "then": "wait"}).status_code == 422
    for then, said in (
        ("reissue", "A new receipt"),
        ("wait", "The next receipt holds its gifts"),
        ("exclude", "get no receipt any more"),
    ):
        shown = text(voids(finance, receipt, then))
        assert said in shown
        assert "Wrong name" in shown
    assert not hasattr(Receipt.objects.get(), "voiding")


def test_a_void_receipt_is_replaced_and_both_pages_name_the_other(finance: Client, receipt: Receipt) -> None:
    answer = voids(finance, receipt, "reissue", sure="yes")
    fresh = Receipt.objects.get(replaces=receipt)
    assert answer.headers["Location"] == page(fresh)
    assert receipt.serial in text(finance.get(page(fresh)))
    shown = text(finance.get(page(receipt)))
    for words in (fresh.serial, "Wrong name", "it was wrong", "Void"):
        assert words in shown
    assert "VOID" in reading.words(finance.post(page(receipt, "_copy")).content)
    assert finance.post(page(receipt, "_send")).status_code == 422
    assert voids(finance, receipt, "reissue", sure="yes").headers["Location"] == page(receipt)
    assert Receipt.objects.count() == 2


def test_gifts_of_a_void_receipt_wait_or_get_none(finance: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    one, two = (making.receipt(of=making.donation(by=giver, at=today), now=today) for _ in range(2))
    voids(finance, one, "wait", sure="yes")
    assert not Coverage.objects.filter(donation__receipt_lines__receipt=one).exists()
    assert not Exclusion.objects.exists()
    voids(finance, two, "exclude", sure="yes")
    assert Exclusion.objects.get().reason == "by_staff"


def test_D13_issued_now_and_pressed_twice_it_is_one_number(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    Issuer.objects.get_or_create(entity=gift.entity, defaults={"law": "US", "changed_at": today})
    now = reverse("office:donor_receipt", args=[gift.donor_id])
    told = {"entity": str(gift.entity_id), "year": str(gift.given_on.year)}
    first = finance.post(now, told)
    made = Receipt.objects.get()
    assert first.headers["Location"] == page(made)
    assert f"Receipt {made.serial} is issued." in text(finance.get(page(made)))
    finance.post(now, told)
    assert f"Already issued: receipt {made.serial}." in text(finance.get(page(made)))
    assert Receipt.objects.count() == 1


def test_nothing_to_issue_is_said(finance: Client, receipt: Receipt) -> None:
    now = reverse("office:donor_receipt", args=[receipt.donor_id])
    entity = receipt.series.entity
    Issuer.objects.get_or_create(entity=entity, defaults={"law": "US", "changed_at": receipt.issued_at})
    answer = finance.post(now, {"entity": str(entity.pk), "year": "2019"})
    assert answer.status_code == 422
    assert "no gift of 2019" in text(answer)
    assert finance.post(now, {"year": "soon"}).status_code == 422


def test_what_hinders_it_is_said(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    Issuer.objects.get_or_create(entity=gift.entity, defaults={"law": "US", "changed_at": today})
    dinner = benefiting.Return("A dinner")
    benefiting.add(donation_id=gift.pk, given=dinner, actor=facts.staff_member(), now=today)
    told = {"entity": str(gift.entity_id), "year": str(gift.given_on.year)}
    answer = finance.post(reverse("office:donor_receipt", args=[gift.donor_id]), told)
    assert answer.status_code == 422
    assert "It cannot be issued yet:" in text(answer)
    assert not Receipt.objects.exists()


def test_an_obstacle_is_tried_again_from_the_gift_and_from_today(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    again = reverse("office:receipt_again", args=[gift.pk])
    for back, to in (("", reverse("office:donation", args=[gift.pk])), ("today", reverse("office:today"))):
        obstructing.obstruct(donation_id=gift.pk, code="no_address", words="No address.", now=today)
        before = Obstacle.objects.get().try_after
        assert f'action="{again}"' in text(finance.get(to))
        assert finance.post(again, {"back": back}).headers["Location"] == to
        assert Obstacle.objects.get().try_after < before
        Obstacle.objects.all().delete()


def test_a_run_that_only_waits_for_a_second_person_stands_on_today(finance: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    run = AnnualRun.objects.create(
        entity=facts.campaign().fund.entity,
        tax_year=2025,
        status=AnnualRun.Status.REHEARSED,
        requested_by=facts.staff_member(),
        requested_at=today,
        taken_at=today,
    )
    item = RunItem.objects.create(
        run=run, position=1, donor=giver, status="ready", channel="email", line_count=1
    )
    asked = RunException.objects.create(item=item, code="daf", words="")
    address = reverse("office:run", args=[run.pk])
    assert address not in text(finance.get(reverse("office:today")))
    RunException.objects.filter(pk=asked.pk).update(state="noted")
    assert address in text(finance.get(reverse("office:today")))


def test_today_and_the_print_queue_lead_to_the_giver(
    finance: Client, receipt: Receipt, today: datetime
) -> None:
    Donor.objects.filter(pk=receipt.donor_id).update(email_failed_at=today)
    address = reverse("office:donor", args=[receipt.donor_id])
    assert address in text(finance.get(reverse("office:today")))
    receipt.deliveries.update(channel="post", status="waiting", done_at=None)
    assert address in text(finance.get(reverse("office:print_queue")))
