"""The office: signing in, the day's work, donations and their pages, refunds in three steps, files."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from jobs import beating
from ledger.money import Money
from payments.models import BalanceTransaction, ProcessorEvent
from receipts.models import Receipt, RenderingTrouble
from reports import books
from staff.models import AuditEvent, Role, User
from tests import making

PASSWORD = "a harbour of quiet boats"
USD = "USD"
pytestmark = pytest.mark.django_db


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.FINANCE)


def words(response: Any) -> str:
    return str(response.content.decode())


def sign_in(browser: Client, email: str, password: str) -> Any:
    return browser.post(reverse("account_login"), {"login": email, "password": password})


# Signing in


def test_signing_in_leads_to_today_and_back_to_where_one_was_going(today: datetime) -> None:
    making.user(role=Role.FINANCE, password=PASSWORD, now=today)
    browser = Client()
    asked = browser.get(reverse("office:funds"))
    assert asked.headers["Location"] == f"{reverse('account_login')}?next={reverse('office:funds')}"
    assert sign_in(browser, "staff@example.org", PASSWORD).headers["Location"] == reverse("office:today")
    assert browser.get(reverse("office:funds")).status_code == 200


def test_a_wrong_password_and_an_unknown_person_read_the_same(today: datetime) -> None:
    making.user(password=PASSWORD, now=today)
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|value="[^"]*@example.org"')
    answers = [
        token.sub("", words(sign_in(Client(), email, "not the password")))
        for email in ("staff@example.org", "nobody@example.org")
    ]
    assert answers[0] == answers[1]
    assert 'role="alert"' in answers[0]


def test_many_failures_are_slowed_down(today: datetime) -> None:
    making.user(password=PASSWORD, now=today)
    browser = Client()
    codes = [sign_in(browser, "staff@example.org", "wrong").status_code for _ in range(11)]
    last = words(sign_in(browser, "staff@example.org", PASSWORD))
    assert 429 in codes or "too many" in last.lower()
    assert browser.get(reverse("office:today")).status_code == 302


def test_nobody_can_register(today: datetime) -> None:
    page = Client().get(reverse("account_signup"))
    assert "Accounts are made by an administrator" in words(page)
    Client().post(reverse("account_signup"), {"email": "eve@example.org", "password1": PASSWORD})
    assert User.objects.count() == 0
    assert mail.outbox == []


def test_the_session_key_changes_at_sign_in_and_the_old_one_is_dead(today: datetime) -> None:
    making.user(role=Role.VIEWER, password=PASSWORD, now=today)
    browser = Client()
    sign_in(browser, "staff@example.org", PASSWORD)
    first = browser.cookies["session"].value
    browser.post(reverse("account_logout"))
    browser.cookies["session"] = first
    assert browser.get(reverse("office:today")).status_code == 302


def test_an_idle_desk_is_closed_and_a_disabled_person_is_out(
    signed_in: Callable[[Role | None], Client],
) -> None:
    browser = signed_in(Role.VIEWER)
    start = datetime.now().astimezone()
    with time_machine.travel(start, tick=False):
        assert browser.get(reverse("office:today")).status_code == 200
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert browser.get(reverse("office:today")).status_code == 200
    with time_machine.travel(start + timedelta(minutes=60), tick=False):
        assert browser.get(reverse("office:today")).status_code == 302
    again = signed_in(Role.VIEWER)
    User.objects.update(is_active=False)
    assert again.get(reverse("office:today")).status_code == 302


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"]
)
def test_second_factors_can_be_set_up_in_our_clothes(today: datetime, name: str) -> None:
    making.user(role=Role.FINANCE, password=PASSWORD, now=today)
    browser = Client()
    sign_in(browser, "staff@example.org", PASSWORD)
    page = browser.get(reverse(name), follow=True)
    assert page.status_code == 200
    assert "css/office.css" in words(page)
    assert " style=" not in words(page)


def test_no_page_has_scripts_or_styles_in_line(finance: Client, today: datetime) -> None:
    making.donation(by=making.donor(now=today), at=today)
    for name in ("today", "donations", "receipts", "journal", "payouts", "funds", "keys"):
        page = words(finance.get(reverse(f"office:{name}")))
        assert not re.search(r"<style| style=|<script(?![^>]*src=)| on\w+=", page), name
    assert (
        re.search(r"<script(?![^>]*(src=|application/json))", words(Client().get(reverse("account_login"))))
        is None
    )


# Today


def test_a_quiet_day_says_that_nothing_needs_you(finance: Client, today: datetime) -> None:
    beating.beat(name="worker", now=today)
    beating.beat(name="selfcheck", now=today, report={"broken": []})
    page = words(finance.get(reverse("office:today")))
    assert "Nothing needs you." in page
    assert "The books were last checked at" in page


def test_everything_that_needs_a_person_is_on_the_first_page(finance: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    fought, drawn = (making.donation(by=giver, at=today) for _ in range(2))
    making.dispute(of=fought, at=today)
    receipt = making.receipt(of=drawn, is_drawn=False, now=today)
    RenderingTrouble.objects.create(receipt=receipt, words="no letter for U+1F600", try_after=today)
    ProcessorEvent.objects.create(
        ref="evt_1", kind="charge.succeeded", object_ref="ch_lost", created_at=today, api_version="1",
        received_at=today, status="parked", settle_after=today, settled_at=today, reason="no attempt of ours",
    )  # fmt: skip
    beating.beat(name="worker", now=today - timedelta(minutes=3))
    beating.beat(name="selfcheck", now=today, report={"broken": ["L1 entries balance"]})
    page = words(finance.get(reverse("office:today")))
    assert "Needs a person (5)" in page
    for told in ("worker is silent", "L1 entries balance", "answer by", "ch_lost", "U+1F600"):
        assert told in page, told


def test_today_tells_sums_and_hides_givers_from_a_viewer(
    finance: Client, signed_in: Callable[[Role | None], Client], today: datetime
) -> None:
    giver = making.donor(now=today)
    making.donation(by=giver, at=today)
    making.donation(by=giver, amount=Money(50000, "KRW"), at=today)
    page = words(finance.get(reverse("office:today")))
    assert "$100.00" in page
    assert "₩50,000" in page
    assert "Grace Kim" in page
    seen = words(signed_in(Role.VIEWER).get(reverse("office:today")))
    assert "$100.00" in seen
    assert "Grace Kim" not in seen


# Donations


def test_the_list_costs_the_same_queries_for_one_gift_and_for_fifty(
    finance: Client, today: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    giver = making.donor(now=today)
    for number in range(55):
        making.donation(by=giver, at=today - timedelta(hours=number))
    finance.get(reverse("office:donations"))
    with django_assert_max_num_queries(11):
        page = words(finance.get(reverse("office:donations")))
    assert page.count("data-row") == 50
    [older] = re.findall(r'rel="next" href="\?([^"]+)"', page)
    assert (
        words(finance.get(f"{reverse('office:donations')}?{older.replace('&amp;', '&')}")).count("data-row")
        == 5
    )


@pytest.mark.parametrize(
    "query",
    [
        "donor__email__startswith=a", "_connector=OR 1=1", "a%00b=1", "ordering=donor__email", "q='--",
        "q=%25", "q=" + "x" * 200, "campaign=", "after=",
    ],
)  # fmt: skip
def test_an_unknown_parameter_asks_for_nothing(finance: Client, today: datetime, query: str) -> None:
    making.donation(by=making.donor(now=today), at=today)
    page = finance.get(f"{reverse('office:donations')}?{query}")
    assert page.status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "campaign=nope",
        "fund=1%20OR%201=1",
        "state=x",
        "given_from=tomorrow",
        "amount=-5",
        "donor=1",
        "currency=BTC",
        "q=%00",
    ],
)
def test_a_word_that_means_nothing_is_told_and_shows_no_rows(
    finance: Client, today: datetime, query: str
) -> None:
    making.donation(by=making.donor(now=today), at=today)
    page = finance.get(f"{reverse('office:donations')}?{query}")
    assert page.status_code == 400
    assert "Grace Kim" not in words(page)
    assert finance.get(f"{reverse('office:donations_export')}?{query}").status_code == 302


def test_a_cursor_nobody_made_is_absent(finance: Client) -> None:
    assert finance.get(f"{reverse('office:donations')}?after=zzz").status_code == 404
    assert finance.get(f"{reverse('office:receipts')}?after=zzz").status_code == 404
    assert finance.get(f"{reverse('office:payouts')}?after=zzz").status_code == 404


def test_a_donation_tells_its_whole_story_and_notes_who_read_it(finance: Client, today: datetime) -> None:
    giver = making.donor(name="<b>Grace</b>", now=today)
    gift = making.donation(by=giver, fee=Money(320, USD), note="For the <i>center</i>", at=today)
    receipt = making.receipt(of=gift, now=today)
    making.refund(of=gift, amount=Money(2500, USD), at=today)
    making.correction(of=gift, now=today)
    page = words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "&lt;b&gt;Grace&lt;/b&gt;" in page
    assert "<i>center" not in page
    for told in (
        receipt.serial, "the gift was refunded", "replaced by", "charge:ch_", "balance:txn_", "refund:re_",
        "Receipt issued", "Receipt voided", "Refunded", "Processor clearing", "$71.80",
    ):  # fmt: skip
        assert told in page, told
    event = AuditEvent.objects.get(action="read donation")
    assert (event.target, event.actor) == (f"donation:{gift.pk}", f"user:{User.objects.get().pk}")
    assert finance.get(reverse("office:donation", args=[uuid.uuid4()])).status_code == 404


def test_lines_in_the_books_are_all_of_the_gifts_and_none_of_anothers(
    finance: Client, today: datetime
) -> None:
    giver = making.donor(now=today)
    gift, other = (making.donation(by=giver, fee=Money(320, USD), at=today) for _ in range(2))
    making.dispute(of=gift, status="lost", fee=Money(1500, USD), at=today)
    page = words(finance.get(reverse("office:donation", args=[gift.pk])))
    assert "dispute:txn_" in page
    assert "dispute_lost:dp_" in page
    assert str(other.processor_ref) not in page


# Receipts, books, files


def test_receipts_are_found_by_number_giver_year_and_state(finance: Client, today: datetime) -> None:
    kept, back = (
        making.donation(by=making.donor(name=name, email=f"{name}@example.org", now=today), at=today)
        for name in ("Ada", "Ben")
    )
    valid = making.receipt(of=kept, now=today)
    void = making.receipt(of=back, now=today + timedelta(seconds=1))
    making.refund(of=back, amount=back.amount, at=today)
    making.correction(of=back, now=today)
    for query, serials in [
        ("", [void.serial, valid.serial]),
        ("state=valid", [valid.serial]),
        ("state=void", [void.serial]),
        ("donor=ada", [valid.serial]),
        (f"serial={void.serial}", [void.serial]),
        ("year=1999", []),
    ]:
        page = words(finance.get(f"{reverse('office:receipts')}?{query}"))
        assert re.findall(r"data-open>([\w-]+)<", page) == serials, query


def test_a_receipt_is_handed_out_as_stored_and_noted(finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    receipt = making.receipt(of=gift, now=today)
    answer = finance.get(reverse("office:receipt_file", args=[receipt.pk]))
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="receipt-{receipt.serial}.pdf"'
    assert AuditEvent.objects.filter(action="read receipt", target=f"receipt:{receipt.pk}").count() == 1
    making.refund(of=gift, amount=gift.amount, at=today)
    making.correction(of=gift, now=today)
    assert finance.get(reverse("office:receipt_file", args=[receipt.pk])).content != answer.content
    late = making.receipt(of=making.donation(by=gift.donor, at=today), is_drawn=False, now=today)
    assert finance.get(reverse("office:receipt_file", args=[late.pk])).status_code == 404
    assert Receipt.objects.count() == 2


def test_a_payout_is_the_sum_of_its_lines_and_the_journal_balances(finance: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    for _ in range(3):
        making.donation(by=giver, fee=Money(320, USD), at=today)
    payout = making.payout(of=list(BalanceTransaction.objects.all()), arrives_on=today.date(), at=today)
    assert payout.amount_minor == 3 * 9680
    assert "Adds up" in words(finance.get(reverse("office:payouts")))
    page = words(finance.get(reverse("office:payout", args=[payout.pk])))
    assert page.count("$96.80") == 3
    assert "$290.40" in page
    journal = words(finance.get(reverse("office:journal")))
    assert "Does not balance" not in journal
    assert "Balanced" in journal
    assert "$290.40" in words(finance.get(reverse("office:funds")))


def test_files_stream_with_the_filter_of_the_page_and_are_noted(finance: Client, today: datetime) -> None:
    giver = making.donor(now=today)
    making.donation(by=giver, at=today)
    making.donation(by=giver, amount=Money(50000, "KRW"), at=today)
    answer: Any = finance.get(f"{reverse('office:donations_export')}?currency=KRW&q=grace&mark=1")
    body = b"".join(answer.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["gross"] for row in rows] == ["50000"]
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="donations.csv"'
    event = AuditEvent.objects.get(action="export donations")
    assert (event.details["asked"], event.details["format"]) == (["currency", "q"], "csv")
    journal: Any = finance.get(
        f"{reverse('office:journal_export')}?given_from=2020-01-01&given_to=2030-12-31"
    )
    assert 'filename="journal-2020-01-01-2030-12-31.csv"' in journal.headers["Content-Disposition"]
    assert b"".join(journal.streaming_content).count(b"\n") == 5


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_office_speaks_both_languages(finance: Client, language: str) -> None:
    page = words(finance.get(f"/{language}/office/"))
    assert f'<html lang="{language}">' in page
    assert f'href="/{"ko" if language == "en" else "en"}/office/"' in page


def test_what_is_left_of_a_fund_follows_money_into_the_currency_it_settled_in(
    finance: Client, today: datetime
) -> None:
    making.donation(
        by=making.donor(now=today),
        amount=Money(50000, "KRW"),
        settled=Money(3600, USD),
        fee=Money(140, USD),
        at=today,
    )
    dollars, won = sorted(books.balances(language="en"), key=lambda one: one.left.currency, reverse=True)
    assert (won.received, won.exchanged, won.left) == (
        Money(50000, "KRW"), Money(-50000, "KRW"), Money(0, "KRW"),
    )  # fmt: skip
    assert (dollars.fees, dollars.exchanged, dollars.left) == (
        Money(140, USD), Money(3600, USD), Money(3460, USD),
    )  # fmt: skip
    assert "$34.60" in words(finance.get(reverse("office:funds")))
