"""P01: two presses from the yearly mail to the file. The link opens one year of one giver, and signs nobody in."""

from __future__ import annotations

import logging
import re
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from donors.models import Donor, LinkRequest, Message
from jobs import ringing
from ledger.models import LegalEntity
from receipts import delivering, finishing, listing_years, mailing, renewing, yearly_linking
from receipts.models import Delivery, Receipt
from receipts.yearly_linking import Year
from tests import making
from tests.receipts import reading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: rung.append(names))
    return rung


@pytest.fixture
def annual(unguarded: None, today: datetime) -> Receipt:
    """Grace's receipt for the whole year."""
    made = making.receipt(of=making.donation(by=making.donor(now=today), at=today), now=today)
    Receipt.objects.filter(pk=made.pk).update(kind="annual")
    return Receipt.objects.get(pk=made.pk)


def year_of(receipt: Receipt, **changed: Any) -> Year:
    given: dict[str, Any] = {
        "donor": receipt.donor,
        "entity": receipt.series.entity,
        "tax_year": receipt.tax_year,
        **changed,
    }
    return Year(**given)


def page_of(receipt: Receipt, *, at: datetime, **changed: Any) -> str:
    token = yearly_linking.token(year=year_of(receipt, **changed), now=at)
    return reverse("yearly:summary", args=[token])


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def pressed(html: str, label: str) -> str:
    found = re.search(rf'href="([^"]+)"[^>]*>{label}<', html)
    assert found, html
    return found[1]


def test_p01_two_presses_from_the_mail_to_the_file(
    annual: Receipt, today: datetime, mailoutbox: list[Any]
) -> None:
    Delivery.objects.all().delete()
    Message.objects.all().delete()
    delivering.plan(receipts=[annual], now=today)
    mailing.send_planned(now=today)
    address = re.search(r"http://localhost:8000(/en/yearly/\S+)", Message.objects.get().text)
    assert address
    browser = Client()
    page = browser.get(address[1])
    assert f"Your {annual.tax_year} giving summary" in words(page)
    assert f"Receipt {annual.serial} is valid." in words(page)
    file = browser.get(pressed(words(page), "Download PDF"))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == f'attachment; filename="receipt-{annual.serial}.pdf"'
    assert file.content.startswith(b"%PDF")
    for response in (page, file):
        assert response.headers["Cache-Control"] == "no-store, private"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert not response.cookies


def test_the_link_signs_nobody_in_and_opening_it_writes_nothing(annual: Receipt, today: datetime) -> None:
    browser = Client()
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        before = cursor.fetchone()
        for _ in range(3):
            assert browser.get(page_of(annual, at=today)).status_code == 200
            assert browser.head(page_of(annual, at=today)).status_code == 200
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        assert cursor.fetchone() == before
    assert browser.get(reverse("portal:home")).headers["Location"] == reverse("portal:sign_in")
    assert not browser.session.keys()


def test_a_link_opens_its_year_of_its_entity_for_its_donor_only(annual: Receipt, today: datetime) -> None:
    other = making.donor(name="Min Kim", email="min@example.org", now=today)
    entity = LegalEntity.objects.create(
        code="X", legal_name="Another", country="US", zone="UTC", base_currency="USD"
    )
    for changed in ({"donor": other}, {"tax_year": 1999}, {"entity": entity}):
        address = page_of(annual, at=today, **changed)
        assert "There is no receipt for" in words(Client().get(address)), changed
        assert Client().get(f"{address}{annual.serial}.pdf").status_code == 404


@pytest.mark.parametrize("days", [31, 400, -1])
def test_t37_an_old_link_offers_a_new_one(annual: Receipt, today: datetime, days: int) -> None:
    address = page_of(annual, at=today - timedelta(days=days))
    for asked in (address, f"{address}{annual.serial}.pdf"):
        response = Client().get(asked)
        assert response.status_code == 410
        assert "Send me a new link" in words(response)


def test_t37_a_link_dies_with_the_address_it_was_sent_to(annual: Receipt, today: datetime) -> None:
    address = page_of(annual, at=today)
    Donor.objects.update(email="new@example.org", email_key="new@example.org")
    assert Client().get(address).status_code == 410


def test_a_forged_link_opens_nothing(annual: Receipt, today: datetime) -> None:
    token = yearly_linking.token(year=year_of(annual), now=today)
    inside, _, signature = token.rpartition(".")
    other = "A" if signature[0] != "A" else "B"  # the last letter's low bits say nothing
    for bad in (f"{inside}.{other}{signature[1:]}", f"A{token}", inside, ".", "x.y", "%00"):
        assert Client().get(f"/en/yearly/{bad}/").status_code == 410, bad


def test_the_page_says_what_no_longer_stands(annual: Receipt, today: datetime) -> None:
    address = page_of(annual, at=today)
    making.refund(of=annual.lines.get().donation, amount=making.HUNDRED.split([1, 3])[0], at=today)
    making.correction(of=annual.lines.get().donation, now=today)
    newer = Receipt.objects.get(replaces=annual)
    Receipt.objects.filter(pk=newer.pk).update(kind="annual")
    page = words(Client().get(address))
    assert f"Receipt {newer.serial} is valid. It cancels and replaces no. {annual.serial}." in page
    assert "The file is being made." in page
    assert Client().get(f"{address}{annual.serial}.pdf").status_code == 404
    making.refund(of=annual.lines.get().donation, amount=making.HUNDRED.split([1, 3])[1], at=today)
    making.correction(of=annual.lines.get().donation, now=today)
    finishing.finish(receipt_id=newer.pk, now=today)
    page = words(Client().get(address))
    assert f"Receipt {newer.serial} has not been valid since" in page
    assert "Download PDF" not in page
    void = Client().get(pressed(page, "Download the void copy"))
    assert void.status_code == 200
    assert void.content.startswith(b"%PDF")


def test_asking_for_a_new_link_tells_nobody_who_is_known(
    annual: Receipt, today: datetime, bells: list[tuple[str, ...]]
) -> None:
    told = []
    for email in ("grace@example.org", "stranger@example.org"):
        browser = Client()
        browser.get(page_of(annual, at=today - timedelta(days=99)))
        response = browser.post(reverse("yearly:new_link"), {"email": email})
        told.append((response.status_code, response.headers["Location"], response.content))
    assert told[0] == told[1]
    assert told[0][1] == "/en/yearly/sent/"
    assert bells == [("receipts.send", "donors.send_due")] * 2
    assert "If we know the address" in words(Client().get("/en/yearly/sent/"))
    before = Message.objects.count()
    assert (renewing.answer_requests(now=today), renewing.answer_requests(now=today)) == (1, 0)
    assert LinkRequest.objects.filter(answered_at__isnull=True).count() == 0
    assert Message.objects.count() == before + 1
    mail = Message.objects.get(kind="sign_in")
    [link] = re.findall(r"http://localhost:8000(/en/yearly/\S+)", mail.text)
    assert Client().get(link).status_code == 200
    assert mail.subject == "Your giving summary: a new link"


def test_a_couple_gets_a_link_each(annual: Receipt, today: datetime) -> None:
    min_kim = making.donor(name="Min Kim", now=today)
    making.receipt(of=making.donation(by=min_kim, at=today), now=today)
    Client().post(reverse("yearly:new_link"), {"email": "grace@example.org"})
    renewing.answer_requests(now=today)
    text = Message.objects.get(kind="sign_in").text
    assert f"{annual.tax_year}, Harbour Mission, Grace Kim:" in text
    assert f"{today.year}, Harbour Mission, Min Kim:" in text


def test_a_typing_error_is_told_and_a_forged_form_refused(today: datetime) -> None:
    response = Client().post(reverse("yearly:new_link"), {"email": "grace"})
    assert response.status_code == 422
    assert "Enter an email address like name@example.org." in words(response)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("yearly:new_link"), {"email": "grace@example.org"}).status_code == 403
    assert not LinkRequest.objects.exists()


def test_asking_takes_the_same_time_for_everybody(annual: Receipt, today: datetime) -> None:
    def once(email: str) -> float:
        LinkRequest.objects.all().delete()
        begun = perf_counter()
        Client().post(reverse("yearly:new_link"), {"email": email})
        return perf_counter() - begun

    once("warm@example.org")
    pairs = [(once("grace@example.org"), once(f"x{number}@example.org")) for number in range(25)]
    known, unknown = zip(*pairs, strict=True)
    assert abs(median(known) - median(unknown)) < 0.02


def test_t38_the_token_is_in_no_log(
    annual: Receipt, today: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = page_of(annual, at=today)
    with caplog.at_level(logging.DEBUG):
        Client().get(address)
        Client().get(f"{address}nothing.pdf")
        Client().get(page_of(annual, at=today - timedelta(days=99)))
        monkeypatch.setattr("receipts.opening_years.papers", lambda year: 1 // 0)
        browser = Client(raise_request_exception=False)
        assert browser.get(address).status_code == 500
    token = address.split("/")[3]
    for record in caplog.records:
        if record.name != "django.db.backends":
            assert token not in record.getMessage(), record


def test_both_languages(annual: Receipt, today: datetime) -> None:
    with time_machine.travel(today, tick=False):
        korean = page_of(annual, at=today).replace("/en/", "/ko/")
        page = words(Client().get(korean))
    assert f"{annual.tax_year}년" in page
    assert "Download PDF" not in page


def test_p01_a_giver_who_has_all_receipts_gets_the_list_of_them(
    today: datetime, mailoutbox: list[Any]
) -> None:
    grace = making.donor(now=today)
    gifts = [making.donation(by=grace, at=today) for _ in range(2)]
    receipts = [making.receipt(of=gift, now=today) for gift in gifts]
    making.refund(of=gifts[0], amount=making.HUNDRED.split([1, 3])[0], at=today)
    making.correction(of=gifts[0], now=today)
    entity, year = receipts[0].series.entity, receipts[0].tax_year
    assert mailing.send_summaries(donor_ids=[grace.pk], entity=entity, tax_year=year, now=today) == 1
    mail = Message.objects.get(kind="yearly_summary")
    address = re.search(r"http://localhost:8000(/en/yearly/\S+)", mail.text)
    assert address
    browser = Client()
    page = words(browser.get(address[1]))
    assert "It is no receipt itself." in page
    file = browser.get(pressed(page, "Download PDF"))
    assert file.headers["Content-Disposition"] == f'attachment; filename="gifts-{year}.pdf"'
    text = reading.words(file.content)
    newer = Receipt.objects.get(replaces=receipts[0])
    assert newer.serial in text
    assert receipts[1].serial in text
    assert receipts[0].serial not in text
    assert "$175.00" in text
    assert browser.get(f"{address[1]}{receipts[1].serial}.pdf").status_code == 404  # the list only
    told = listing_years.summary(year=Year(grace, entity, year - 1), language="en", now=today)
    assert told is None
