"""The giver's own pages: history, receipts, profile, mail, address, devices and data; and nobody's but one's own."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from donations.models import Checkout, Donation, SoftCredit
from donors.models import Consent, DataRequest, Donor, Message
from jobs import ringing
from ledger.models import LegalEntity
from ledger.money import Money
from receipts.models import Issuer
from reports import histories, portraying
from tests import making
from tests.web.test_portal import GRACE, signed_in_as, words

USD = "USD"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bells(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    rung: list[tuple[str, ...]] = []
    monkeypatch.setattr(ringing, "ring", lambda *names, **_: rung.append(names))
    return rung


@pytest.fixture
def grace(today: datetime) -> Client:
    making.donation(by=making.donor(now=today), fee=Money(320, USD), at=today)
    return signed_in_as(GRACE, at=today)


def page(browser: Client, name: str, /, *args: Any, **query: Any) -> str:
    answer = browser.get(reverse(f"portal:{name}", args=args), query)
    assert answer.status_code == 200, answer
    return words(answer)


def press(browser: Client, to: str, /, *args: Any, **typed: Any) -> Any:
    return browser.post(reverse(f"portal:{to}", args=args), typed)


# What was given


def test_the_history_has_pages_and_years_and_totals_that_agree(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    then = datetime(2024, 5, 1, 12, tzinfo=UTC)
    for number in range(60):
        making.donation(by=giver, amount=Money(100 + number, USD), at=then - timedelta(hours=number))
    shown = page(grace, "gifts")
    assert shown.count('class="c-amount') == 50
    assert "Page 1 of 2" in shown
    assert page(grace, "gifts", page="2").count('class="c-amount') == 11
    old = page(grace, "gifts", year="2024")
    assert old.count('class="c-amount') == 50
    assert "Gifts of 2024" in old
    for strange in ({"page": "99"}, {"page": "x"}, {"year": "1999"}, {"donor__email": "a"}):
        assert page(grace, "gifts", **strange).count('class="c-amount') == 50
    years = histories.years(email_key=GRACE)
    everything = histories.gifts(email_key=GRACE, language="en")
    for year in years:
        kept = [
            gift.amount.minor - gift.refunded.minor for gift in everything if gift.given_on.year == year.year
        ]
        assert (sum(kept), len(kept)) == (year.kept.minor, year.gifts)
    chart = shown[shown.index('class="years"') :]
    assert chart.count("<svg") == len(years) == 2
    assert all(year.kept.shown("en") in chart for year in years)
    assert chart.count('aria-hidden="true"') == 2


def stood(gift: Donation, zone: str) -> None:
    """The giver's clock stood there. A fact does not change; the test of a page may pretend that it was so before."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE donations_donation SET giver_zone = %s WHERE id = %s", [zone, gift.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_a_gift_tells_its_card_its_news_and_both_clocks(grace: Client, today: datetime) -> None:
    at = datetime(2025, 12, 31, 23, tzinfo=UTC)  # 1 January 08:00 in Seoul, 31 December 18:00 in New York
    gift = making.donation(by=making.donor(now=today), at=at)
    assert gift.given_on.isoformat() == "2025-12-31"
    for zone in ("America/New_York", "Nowhere/Land", ""):
        stood(making.donation(by=gift.donor, at=at), zone)
    stood(gift, "Asia/Seoul")
    shown = page(grace, "gifts", year="2025")
    told = "Your clock: 1 January 2026, 08:00 (Seoul). Ours: 31 December 2025, 18:00 (New York)."
    assert shown.count(told) == shown.count("Your clock") == 1
    assert "Card 4242" in shown
    assert reverse("giving:campaign", args=[gift.campaign.slug]) in shown


def test_a_bank_payment_on_its_way_says_by_when(grace: Client, today: datetime) -> None:
    plan = making.plan(of=making.donor(now=today), now=today)
    friday = datetime(2026, 11, 20, 15, tzinfo=UTC)
    known = {field.attname: getattr(plan.checkout, field.attname) for field in Checkout._meta.concrete_fields}
    waiting = {"status": "confirming", "ended_at": None, "began_at": friday, "email": "Grace@Example.org"}
    Checkout.objects.create(**{**known, **waiting, "id": uuid.uuid4(), "session_ref": "cs_waiting"})
    for name in ("home", "gifts"):
        assert "expected by 27 November 2026" in page(grace, name)
    other = signed_in_as("ben@example.org", at=today)
    assert "expected by" not in page(other, "gifts")


def test_credits_are_shown_as_credits_and_in_no_total(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    fund = making.donor(name="Sponsor", email="sponsor@example.org", now=today)
    theirs = making.donation(by=fund, amount=Money(500000, USD), at=today)
    SoftCredit.objects.create(
        donation=theirs, donor=giver, kind="adviser", amount_minor=500000, entered_at=today
    )
    before = page(grace, "home")
    assert "$5,000.00" not in before
    shown = page(grace, "gifts")
    assert shown.count("$5,000.00") == 1
    assert "from a fund you advise" in shown
    assert [year.kept for year in histories.years(email_key=GRACE)] == [Money(10000, USD)]


# Receipts


def test_receipts_by_year_void_ones_marked_and_how_they_come(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    kept = making.receipt(of=making.donation(by=giver, at=today), now=today)
    gone = making.donation(by=giver, at=today)
    void = making.receipt(of=gone, now=today)
    making.refund(of=gone, amount=gone.amount, at=today)
    making.correction(of=gone, now=today)
    shown = page(grace, "receipts")
    assert f"Receipt {kept.serial}" in shown
    assert f"Receipt {void.serial}" in shown
    assert shown.count(">Void<") == 1
    assert f'id="y{kept.tax_year}"' in shown
    listed = grace.get(re.findall(r'href="(/en/portal/receipts/[^"]+/2\d{3}/)"', shown)[0])
    assert listed.content.startswith(b"%PDF-")
    assert f'filename="gifts-{kept.tax_year}.pdf"' in listed.headers["Content-Disposition"]
    assert grace.get(reverse("portal:gift_list", args=[giver.pk, "HM", 1999])).status_code == 404
    assert grace.get(reverse("portal:gift_list", args=[giver.pk, "XX", kept.tax_year])).status_code == 404
    answer = press(grace, "receipt_wishes", giver.pk, rhythm="annual", post="yes")
    assert "Kept." in words(grace.get(answer.headers["Location"]))
    giver.refresh_from_db()
    assert (giver.receipt_rhythm, giver.wants_post) == ("annual", True)
    assert press(grace, "receipt_wishes", giver.pk, rhythm="hourly").status_code == 404


def issuer(*, law: str = "US", default_rhythm: str = "each", now: datetime) -> None:
    told = {"law": law, "default_rhythm": default_rhythm, "changed_at": now}
    Issuer.objects.update_or_create(entity=LegalEntity.objects.get(), defaults=told)


def test_what_everybody_gets_is_said_where_all_bodies_do_the_same(grace: Client, today: datetime) -> None:
    for rhythm, words_of_it in [
        ("each", "a receipt after each gift"),
        ("annual", "one receipt for the whole year"),
    ]:
        issuer(default_rhythm=rhythm, now=today)
        assert words_of_it in page(grace, "receipts")
    Issuer.objects.all().delete()
    assert "a receipt after each gift" not in page(grace, "receipts")


# Profile


def address(**changes: str) -> dict[str, str]:
    return {
        "name": "Grace Lee", "local_name": "이은혜", "country": "KR", "postcode": "04524", "region": "서울특별시",
        "street": "중구 세종대로 110", "unit": "", "phone": "", "shown_as": "", **changes,
    }  # fmt: skip


def test_a_new_name_and_address_leave_old_receipts_as_they_were(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    receipt = making.receipt(of=making.donation(by=giver, at=today), now=today)
    before = grace.get(reverse("portal:receipt", args=[receipt.pk])).content
    answer = press(grace, "person", giver.pk, **address())
    assert "Papers issued before stay" in words(grace.get(answer.headers["Location"]))
    giver.refresh_from_db()
    assert (giver.name, giver.local_name) == ("Grace Lee", "이은혜")
    assert giver.address == "(04524) 서울특별시 중구 세종대로 110"
    assert (giver.postcode, giver.country) == ("04524", "KR")
    assert grace.get(reverse("portal:receipt", args=[receipt.pk])).content == before


def order(shown: str) -> list[str]:
    return re.findall(r'id="f-(street|unit|city|region|postcode)"', shown)


def test_the_fields_stand_in_the_order_of_the_country(grace: Client) -> None:
    assert order(page(grace, "profile")) == ["street", "unit", "city", "region", "postcode"]
    own = making.donor(now=timezone.now())
    assert order(page(grace, "person", own.pk, country="KR")) == ["postcode", "region", "street", "unit"]
    with translation.override("ko"):
        assert order(page(grace, "profile"))[0] == "postcode"
    assert order(page(grace, "person", own.pk, country="<script>")) == order(page(grace, "profile"))


def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(grace: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    for changes, field in [
        ({"postcode": "1"}, "postcode"),
        ({"name": ""}, "name"),
        ({"phone": "x"}, "phone"),
    ]:
        answer = press(grace, "person", giver.pk, **address(**changes))
        assert answer.status_code == 422
        assert f'aria-describedby="p-{field}"' in words(answer)
        assert "중구 세종대로 110" in words(answer), "what was typed is still there"
    giver.refresh_from_db()
    assert giver.name == "Grace Kim"


def test_parts_of_a_name_are_asked_only_where_a_law_asks(grace: Client, today: datetime) -> None:
    assert 'name="last_name"' not in page(grace, "profile")
    issuer(law="UK", now=today)
    shown = page(grace, "profile")
    assert all(f'name="{field}"' in shown for field in ("title", "first_name", "initial", "last_name"))
    giver = making.donor(now=today)
    press(
        grace,
        "person",
        giver.pk,
        **address(title="Dr", last_name="Kim", email="eve@example.org", kind="joint"),
    )
    giver.refresh_from_db()
    assert (giver.title, giver.last_name, giver.email, giver.kind) == ("Dr", "Kim", GRACE, "person")


def test_people_who_share_an_address_have_a_page_each(grace: Client, today: datetime) -> None:
    daniel = making.donor(name="Daniel Kim", now=today)
    shown = page(grace, "profile")
    assert reverse("portal:person", args=[daniel.pk]) in shown
    assert 'name="street"' not in shown


# Mail and language


def test_mail_choices_are_kept_with_their_words(grace: Client) -> None:
    assert press(grace, "choices", letter="yes", tour="yes").status_code == 302
    assert press(grace, "choices", tour="yes").status_code == 302
    shown = page(grace, "choices")
    assert re.search(r'name="tour" value="yes" checked', shown)
    assert not re.search(r'name="letter" value="yes" checked', shown)
    told = Consent.objects.filter(kind="letter").order_by("id").values_list("is_given", "wording")
    assert list(told) == [
        (True, "Send me the weekly letter by email."),
        (False, "Send me the weekly letter by email."),
    ]
    assert "always come" in shown


def test_a_language_is_kept_and_the_page_goes_on_in_it(grace: Client, today: datetime) -> None:
    answer = press(grace, "language", language="ko")
    assert answer.headers["Location"].startswith("/ko/portal/mail/")
    assert making.donor(now=today).language == "ko"
    assert press(grace, "language", language="xx").headers["Location"] == reverse("portal:choices")


# Another address


def links(to: str, deed: str) -> list[str]:
    texts = Message.objects.filter(kind="email_change", to_email=to).order_by("queued_at", "id")
    return [one for text in texts for one in re.findall(rf"http://[^/]+(/\S+/email/{deed}/\w+/)", text.text)]


def test_both_mailboxes_say_yes_and_this_browser_goes_along(grace: Client, today: datetime) -> None:
    phone = signed_in_as(GRACE, at=today + timedelta(seconds=1), agent=IPHONE)
    answer = press(grace, "email", email="new@example.org")
    assert "each address" in words(grace.get(answer.headers["Location"]))
    [old], [new] = links(GRACE, "confirm"), links("new@example.org", "confirm")
    for one in (old, new):
        for _ in range(3):
            assert "One more press" in words(Client().get(one))
    assert "One mailbox has said yes" in words(Client().post(old))
    assert "Your address is changed" in words(grace.post(new))
    assert making.donor(email="new@example.org", now=today).name == "Grace Kim"
    assert Donor.objects.count() == 1
    assert "Grace Kim" in page(grace, "home")
    assert phone.get(reverse("portal:home")).status_code == 302
    assert Client().post(new).status_code == Client().get(new).status_code == 410
    undo = links(GRACE, "undo")[-1]
    assert "This was not you?" in words(Client().get(undo))
    assert "It is taken back" in words(Client().post(undo))
    assert grace.get(reverse("portal:home")).status_code == 302
    assert Client().post(undo).status_code == Client().get(undo).status_code == 410
    assert Donor.objects.get().email == GRACE


def test_a_card_speaks_for_a_lost_mailbox_and_a_wrong_one_does_not(grace: Client) -> None:
    wrong = press(grace, "email", email="new@example.org", last4="1111")
    assert wrong.status_code == 422
    assert "None of your cards ends like this." in words(wrong)
    assert "new@example.org" in words(wrong)
    assert (
        press(grace, "email", email="new@example.org", last4="4242")
        .headers["Location"]
        .endswith("/sent/card/")
    )
    assert "Your address is changed" in words(Client().post(links("new@example.org", "confirm")[0]))


def test_of_several_who_share_an_address_the_ticked_ones_move(grace: Client, today: datetime) -> None:
    daniel = making.donor(name="Daniel Kim", now=today)
    assert press(grace, "email", email="new@example.org").status_code == 422
    assert press(grace, "email", email=GRACE, donor=str(daniel.pk)).status_code == 422
    assert press(grace, "email", email="").status_code == 422
    assert (
        press(grace, "email", email="new@example.org", donor=str(daniel.pk), last4="4242").status_code == 302
    )
    Client().post(links("new@example.org", "confirm")[0])
    daniel.refresh_from_db()
    assert daniel.email == "new@example.org"
    assert making.donor(now=today).email == GRACE


# My data


def test_my_data_is_made_told_and_fetched_by_me_alone(grace: Client, bells: list[tuple[str, ...]]) -> None:
    assert press(grace, "copies").status_code == 302
    assert ("reports.portray", "donors.send_due") in bells
    assert "is being made" in page(grace, "copies")
    portraying.answer(now=timezone.now())
    shown = page(grace, "copies")
    address = reverse("portal:copy", args=[DataRequest.objects.get().pk])
    assert address in shown
    answer = grace.get(address)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store, private"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert {"README.txt", "data.json", "gifts.csv"} <= set(opened.namelist())
    assert Client().get(address).status_code == 302


def test_three_files_a_day(grace: Client) -> None:
    for _ in range(3):
        press(grace, "copies")
        portraying.answer(now=timezone.now())
    assert press(grace, "copies").status_code == 429
