"""The bank's lines in the office: an account, a file, its columns, one press, and nothing to match (B13 to B16)."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from books import importing_statements
from books.models import BankLine, BankMatch, Statement, StatementDraft
from donations.models import Donation
from payments.models import BankAccount
from reports import bank_lines
from reports import today as watched
from staff.models import AuditEvent, Role
from tests import facts
from tests.books import banks
from tests.campaigns import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


def text(response: Any) -> str:
    return str(response.content.decode())


def day(ago: int = 2) -> str:
    return (timezone.now() - timedelta(days=ago)).strftime("%m/%d/%Y")


def upload(finance: Client, account: BankAccount, content: bytes, name: str = "november.csv") -> Any:
    return finance.post(
        reverse("office:bank_statements"),
        {"account": account.pk, "draft_id": str(uuid.uuid4()), "file": SimpleUploadedFile(name, content)},
    )


def press(finance: Client, draft: StatementDraft, **fields: str) -> Any:
    return finance.post(reverse("office:bank_statement_deed", args=[draft.pk]), fields)


def work() -> None:
    banks.work(timezone.now())


def test_an_account_is_added_and_changed_and_stays_what_it_is_once_it_has_lines(signed_in: SignIn) -> None:
    entity = making.entity()
    finance = signed_in(Role.FINANCE)
    form = {
        "entity": entity.pk,
        "name": "First Bank",
        "currency": "USD",
        "last4": "42ab",
        "format": "csv",
        "is_open": "on",
    }
    assert finance.post(reverse("office:bank_account_new"), form).status_code == 302
    account = BankAccount.objects.get()
    assert (account.name, account.last4, account.mapping) == ("First Bank", "42AB", {})
    for changed, words in (
        ({"last4": "1"}, "two to four"),
        ({"name": "900101-1234567"}, "resident number"),
        ({"name": "First Bank"}, "of this name already"),
    ):
        refused = finance.post(reverse("office:bank_account_new"), {**form, **changed})
        assert refused.status_code == 422
        assert words in text(refused)
    banks.line(account, 100)
    refused = finance.post(reverse("office:bank_account", args=[account.pk]), {**form, "currency": "KRW"})
    assert "its body and its currency stay" in text(refused)
    assert (
        finance.post(
            reverse("office:bank_account", args=[account.pk]), {**form, "name": "Second"}
        ).status_code
        == 302
    )
    assert finance.get(reverse("office:bank_account", args=[0])).status_code == 404
    assert "Second" in text(finance.get(reverse("office:bank_accounts")))


def test_columns_are_asked_once_then_the_file_is_read_looked_at_and_taken_in(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    account = banks.account(columns=None)
    facts.promise(
        code="RSC-123456", amount_minor=25_000, donor_name="Kim Minseo", email="kim@example.org",
        promised_at=timezone.now() - timedelta(days=9),
    )  # fmt: skip
    content = banks.csv(f"{day()},KIM MINSEO,rsc 123456,T1,250.00,", f"{day()},BAKERY,,T2,-3.00,")
    to_columns = upload(finance, account, content)
    draft = StatementDraft.objects.get()
    assert to_columns.url == reverse("office:bank_columns", args=[draft.pk])
    page = text(finance.get(to_columns.url))
    assert page.index("Posting Date") < page.index("KIM MINSEO") < page.index("250.00")
    chosen = dict(re.findall(r'name="(column_\d)".*?value="(\w*)" selected', page, re.DOTALL))
    assert chosen == {
        "column_0": "day", "column_1": "payer", "column_2": "reference", "column_3": "bank_ref",
        "column_4": "amount", "column_5": "balance",
    }  # fmt: skip
    unsure = finance.post(to_columns.url, {**chosen, "decimal": "."})
    assert (unsure.status_code, "in which order" in text(unsure)) == (422, True)
    twice = finance.post(
        to_columns.url, {**chosen, "column_5": "amount", "decimal": ".", "date_order": "mdy"}
    )
    assert "Only one column" in text(twice)
    assert finance.post(to_columns.url, {**chosen, "decimal": ".", "date_order": "mdy"}).status_code == 302
    at = reverse("office:bank_statement", args=[draft.pk])
    assert "data-at-work" in text(finance.get(at))
    work()
    page = text(finance.get(at))
    assert "KIM MINSEO" in page
    assert "Take 2 lines in" in page
    assert not BankLine.objects.exists()
    assert press(finance, draft, deed="take_in", with_gifts="yes").status_code == 302
    work()
    assert Statement.objects.get().new_count == 2
    assert Donation.objects.get().donor.name == "Kim Minseo"
    assert "BAKERY" in text(finance.get(reverse("office:bank_lines")))
    again = finance.post(
        reverse("office:bank_statements"),
        {"account": account.pk, "draft_id": str(uuid.uuid4()), "file": SimpleUploadedFile("x.csv", content)},
        follow=True,
    )
    assert "it adds nothing" in text(again)
    assert BankLine.objects.count() == 2


def test_a_saved_account_reads_at_once_and_unreadable_rows_need_a_tick(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    account = banks.account()
    upload(finance, account, banks.csv(f"{day()},KIM,,T1,250.00,", "39.09.2010,LEE,=HYPERLINK(1),T2,=1+1,"))
    work()
    draft = StatementDraft.objects.get()
    page = text(finance.get(reverse("office:bank_statement", args=[draft.pk])))
    assert "is not a day in the order that was said" in page
    refused = press(finance, draft, deed="take_in")
    assert (refused.status_code, "could not be read" in text(refused)) == (422, True)
    rejects = finance.get(reverse("office:bank_refused", args=[draft.pk]))
    rows = list(csv.reader(io.StringIO(text(rejects).removeprefix("\ufeff"))))
    assert rows[1][:3] == ["3", "posting date", "is not a day in the order that was said"]
    assert rows[1][5:8] == ["'=HYPERLINK(1)", "T2", "'=1+1"]
    assert press(finance, draft, deed="take_in", without_refused="yes").status_code == 302
    work()
    assert Statement.objects.get().rejects == [{"row": 3, "column": "posting date", "reason": "day"}]


def test_balances_that_do_not_agree_need_a_tick(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    upload(
        finance, banks.account(), banks.csv(f"{day()},KIM,,T1,1.00,101.00", f"{day()},LEE,,T2,2.00,104.00")
    )
    work()
    draft = StatementDraft.objects.get()
    assert "do not add up" in text(finance.get(reverse("office:bank_statement", args=[draft.pk])))
    assert press(finance, draft, deed="take_in").status_code == 422
    assert press(finance, draft, deed="take_in", in_spite="yes").status_code == 302


def test_a_file_that_is_none_says_so_and_can_be_dropped(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    account = banks.account(name="XML", format="camt053")
    upload(finance, account, b'<!DOCTYPE d [<!ENTITY a "b">]><Document>&a;</Document>', "bomb.xml")
    work()
    draft = StatementDraft.objects.get()
    assert "never read" in text(finance.get(reverse("office:bank_statement", args=[draft.pk])))
    assert press(finance, draft, deed="nonsense").status_code == 422
    assert press(finance, draft, deed="drop").status_code == 302
    draft.refresh_from_db()
    assert draft.status == "dropped"
    assert not importing_statements.path_of(draft.pk).exists()
    assert press(finance, draft, deed="drop").status_code == 422
    empty = upload(finance, account, b"")
    assert empty.status_code == 422


def test_B16_one_press_for_each_line_until_there_is_nothing_to_match(signed_in: SignIn) -> None:
    finance, approver = signed_in(Role.FINANCE), signed_in(Role.APPROVER)
    facts.general()
    account = banks.account()
    promise = facts.promise(
        code="RSC-123456", amount_minor=5_000, donor_name="Kim", email="kim@example.org",
        promised_at=timezone.now() - timedelta(days=9),
    )  # fmt: skip
    on = (timezone.now() - timedelta(days=5)).date()
    coded = banks.line(account, 5_000, reference="RSC-123456", on=on)
    fee = banks.line(account, -100, reference="Service fee", on=on)
    known = banks.line(account, 700, payer="Grace Kim", on=on)
    rent = banks.line(account, -900, payer="LANDLORD", on=on)
    facts.donor()
    page = text(finance.get(reverse("office:bank_lines")))
    assert "Accept 1 exact match" in page
    assert "4 lines in USD" in page
    assert "Accept 1 exact match" not in text(approver.get(reverse("office:bank_lines")))
    task = next(task for task in watched.work(now=timezone.now()).tasks if task.kind == "bank_lines_open")
    assert (task.words, task.page) == ("Main account: 4", "office:bank_lines")
    assert finance.post(reverse("office:bank_accept_certain"), {"account": account.pk}).status_code == 302
    assert BankMatch.objects.get().line == coded
    page = text(finance.get(reverse("office:bank_line", args=[fee.pk])))
    mark = re.search(r'name="mark" value="([^"]+)"', page)
    assert mark is not None
    accept = reverse("office:bank_line_accept", args=[fee.pk])
    assert finance.post(accept, {"mark": mark[1]}).status_code == 302
    assert finance.post(accept, {"mark": mark[1]}).status_code == 409
    page = text(finance.get(reverse("office:bank_line", args=[known.pk])))
    mark = re.search(r'name="mark" value="(gift:[^"]+)"', page)
    assert mark is not None
    accept = reverse("office:bank_line_accept", args=[known.pk])
    assert finance.post(accept, {"mark": mark[1]}).status_code == 422
    assert finance.post(accept, {"mark": mark[1], "campaign": promise.campaign_id}).status_code == 302
    aside = reverse("office:bank_line_set", args=[rent.pk])
    assert finance.post(aside, {"deed": "discard", "reason": ""}).status_code == 422
    assert finance.post(aside, {"deed": "leave", "reason": "asked"}).status_code == 302
    assert finance.post(aside, {"deed": "discard", "reason": "rent"}).status_code == 302
    page = text(finance.get(reverse("office:bank_lines")))
    assert "Nothing to match" in page
    everything = text(finance.get(reverse("office:bank_lines"), {"state": "all"}))
    assert everything.count("data-row") == 4
    assert (
        finance.post(
            reverse("office:bank_line_set", args=[coded.pk]), {"deed": "undo", "reason": "wrong"}
        ).status_code
        == 302
    )
    coded.refresh_from_db()
    assert coded.state == "no_match"
    assert finance.post(reverse("office:bank_line_set", args=[coded.pk]), {"deed": "?"}).status_code == 422
    assert AuditEvent.objects.filter(action="read bank line").exists()


def test_a_gift_whose_giver_a_person_names(signed_in: SignIn) -> None:
    finance = signed_in(Role.FINANCE)
    campaign = facts.campaign()
    line = banks.line(banks.account(), 700, payer="SOMEBODY", on=(timezone.now() - timedelta(days=1)).date())
    address = reverse("office:bank_line_gift", args=[line.pk])
    assert finance.post(address, {"giver": "Nobody Known", "campaign": campaign.pk}).status_code == 422
    giver = facts.donor("Hannah Lee", "hannah@example.org")
    assert finance.post(address, {"giver": "hannah@example.org", "campaign": campaign.pk}).status_code == 302
    assert Donation.objects.get().donor == giver
    assert finance.post(address, {"giver": "hannah@example.org", "campaign": campaign.pk}).status_code == 422


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 3), ({"q": "kim"}, 1), ({"amount": "2.00"}, 1), ({"amount": "-3.00"}, 1),
        ({"booked_from": "2026-11-20"}, 1),
        ({"booked_to": "2026-11-18"}, 1), ({"state": "matched"}, 0), ({"state": "new"}, 3), ({"state": "all"}, 3),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_its_address(asked: dict[str, str], found: int, signed_in: SignIn) -> None:
    account = banks.account()
    for amount, payer, ago in ((100, "KIM", 0), (200, "LEE", 1), (-300, "PARK", 2)):
        banks.line(account, amount, payer=payer, on=banks.TODAY - timedelta(days=ago))
    page = signed_in(Role.FINANCE).get(reverse("office:bank_lines"), asked)
    assert text(page).count("data-row") == found


def test_a_filter_that_means_nothing_is_told(signed_in: SignIn) -> None:
    page = signed_in(Role.FINANCE).get(reverse("office:bank_lines"), {"amount": "much"})
    assert page.status_code == 400
    assert "This is not an amount" in text(page)


def test_the_pages_speak_korean(signed_in: SignIn) -> None:
    account = banks.account()
    banks.line(account, 100, payer="KIM")
    with translation.override("ko"):
        page = text(signed_in(Role.FINANCE).get(reverse("office:bank_lines")))
    assert "은행 거래" in page
    assert bank_lines.STATES[0] == "open"


def test_no_query_is_asked_for_each_line(signed_in: SignIn, django_assert_max_num_queries: Any) -> None:
    account = banks.account()
    for amount in range(100, 130):
        banks.line(account, amount, payer=f"PAYER {amount}", reference="RSC-123456")
    finance = signed_in(Role.FINANCE)
    finance.get(reverse("office:keys"))
    with django_assert_max_num_queries(40):
        finance.get(reverse("office:bank_lines"))
