"""Lists as files in the office: taken at once or made by the worker, let out by two, made again and again."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from donors.models import Message
from jobs.models import Job
from reports import ordering
from reports.lists import registering_lists
from staff import pacing
from staff.models import AuditEvent, Role, User
from tests import making
from tests.web.exporting import body, givers, table, take
from web.office import wanting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


# What is seen is what is taken


def test_a_panel_offers_the_columns_of_the_reader_and_carries_the_filters(
    finance: Client, approver: Client, today: datetime
) -> None:
    givers(1, today)
    page = finance.get(
        reverse("office:donations"), {"currency": "USD", "given_to": "2099-01-31"}
    ).content.decode()
    assert 'name="f-currency" value="USD"' in page
    assert 'name="f-given_to" value="2099-01-31"' in page
    assert 'value="donor_email" checked' in page
    assert 'value="donor_email"' not in approver.get(reverse("office:donations")).content.decode()


def test_chosen_columns_and_filters_stream_at_once_and_are_written_down(
    finance: Client, today: datetime
) -> None:
    givers(2, today)
    answer = take(finance, column=["gross", "donation_id"], mark="1", **{"f-currency": "USD"})
    content = body(answer)
    assert content.startswith(b"\xef\xbb\xbfdonation_id,gross\n")
    assert len(table(content)) == 2
    assert answer.headers["Content-Disposition"] == 'attachment; filename="donations.csv"'
    event = AuditEvent.objects.get(action="export donations")
    assert event.details["columns"] == ["donation_id", "gross"]
    assert event.details["asked"] == ["currency"]
    assert table(body(take(finance, **{"f-currency": "KRW"}))) == []


@pytest.mark.parametrize("listing", sorted(registering_lists.ALL))
def test_every_list_can_be_taken_in_every_format(listing: str, signed_in: Any, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    making.receipt(of=gift, is_drawn=False, now=today)
    browser = signed_in(Role.ADMIN)
    names = [column.name for column in registering_lists.named(listing).columns]
    assert body(take(browser, listing)).decode().splitlines()[0] == ",".join(names)
    book = openpyxl.load_workbook(io.BytesIO(body(take(browser, listing, format="xlsx"))))
    assert [cell.value for cell in next(book.active.iter_rows())] == names
    assert body(take(browser, listing, format="parquet"))[:4] == b"PAR1"


def test_the_last_day_of_a_range_is_in_the_file(finance: Client, today: datetime) -> None:
    making.donation(by=making.donor(now=today), at=datetime.fromisoformat("2026-01-31T23:30:00-05:00"))
    one = table(body(take(finance, **{"f-given_from": "2026-01-01", "f-given_to": "2026-01-31"})))
    assert [row["given_on"] for row in one] == ["2026-01-31"]
    assert table(body(take(finance, **{"f-given_to": "2026-01-30"}))) == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"column": []}, "at least one column"),
        ({"format": "exe"}, "choose a format"),
        ({"column": ["password"]}, "You may not take one of these columns"),
        ({"f-given_from": "soon"}, "cannot be narrowed like this"),
        ({"f-state": "odd"}, "cannot be narrowed like this"),
        ({"f-fund": "x"}, "cannot be narrowed like this"),
    ],
)
def test_what_cannot_be_is_told_in_words(finance: Client, asked: dict[str, Any], words: str) -> None:
    answer = take(finance, **asked)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_personal_columns_are_for_those_who_may_see_them(
    approver: Client, signed_in: Any, today: datetime
) -> None:
    givers(1, today)
    refused = take(approver, column=["donor_email"])
    assert "You may not take one of these columns" in refused.content.decode()
    assert "donor_name" not in body(take(approver, column=["gross"])).decode()
    assert "not yours to take" in take(signed_in(Role.VIEWER), column=["gross"]).content.decode()
    assert finance_lists(signed_in(Role.VIEWER)) == ["funds", "journal", "payouts"]


def finance_lists(browser: Client) -> list[str]:
    taken = []
    for key, listing in sorted(registering_lists.ALL.items()):
        plain = [column.name for column in listing.columns if not column.is_personal]
        if take(browser, key, column=plain).status_code == 200:
            taken.append(key)
    return taken


def test_sixty_files_an_hour(finance: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.office.taking_out.AN_HOUR", 1)
    assert take(finance).status_code == 200
    assert take(finance).status_code == 429


# Names of files


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ('a"\r\nSet-Cookie:x=1', 'attachment; filename="donations-a Set-Cookie x=1.csv"'),
        ("물 🚰", "donations-%EB%AC%BC%20%F0%9F%9A%B0.csv"),
        ("x" * 300, 'attachment; filename="donations-' + "x" * 110),
        ("../../etc", 'filename="donations-.. .. etc.csv"'),
    ],
)
def test_t26_a_title_never_becomes_a_header(title: str, told: str, finance: Client, today: datetime) -> None:
    gift = making.donation(by=making.donor(now=today), at=today)
    gift.campaign.texts.filter(language="en").update(title=title[:120] if len(title) > 200 else title)
    answer = take(finance, **{"f-campaign": gift.campaign.slug})
    assert answer.status_code == 200
    header = answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers or "x=1" not in str(answer.headers.get("Set-Cookie"))
    assert not re.search(r"[\r\n]", header)
    assert [name for name, _ in answer.items()].count("Content-Disposition") == 1
    assert re.sub(r"[_=]+", "=", told)[:90] in re.sub(r"[_=]+", "=", header)
    assert header.isascii()


def test_an_ascii_name_stands_beside_the_true_one() -> None:
    told = wanting.disposition("후원.csv")
    assert told == "attachment; filename=\"_.csv\"; filename*=UTF-8''%ED%9B%84%EC%9B%90.csv"


# Large ones


def test_a_large_list_is_ordered_and_called_off(
    finance: Client, signed_in: Any, today: datetime, monkeypatch: pytest.MonkeyPatch, bells: Any
) -> None:
    monkeypatch.setattr(ordering, "AT_ONCE", 1)
    givers(2, today)
    answer = take(finance)
    assert answer.url == reverse("office:exports")
    job = Job.objects.get()
    page = finance.get(answer.url).content.decode()
    assert "Waits" in page and "<progress" in page and "data-at-work" in page  # noqa: PT018
    assert (
        reverse("office:export_steer", args=[job.pk])
        not in signed_in(Role.ADMIN).get(answer.url).content.decode()
    )
    steer = reverse("office:export_steer", args=[job.pk])
    assert signed_in(Role.ADMIN).post(steer, {"deed": "cancel"}).status_code == 404
    finance.post(steer, {"deed": "cancel"})
    job.refresh_from_db()
    assert job.status == "canceled"
    assert "Make it after all" in finance.get(answer.url).content.decode()
    assert signed_in(Role.ADMIN).post(steer, {"deed": "retry"}).status_code == 404
    finance.post(steer, {"deed": "retry"})
    job.refresh_from_db()
    assert (job.status, job.ended_at) == ("queued", None)
    Job.objects.update(status="failed", error="gone", ended_at=today)
    assert "Try again" in finance.get(answer.url).content.decode()
    finance.post(steer, {"deed": "retry"})
    job.refresh_from_db()
    assert job.status == "queued"


# Page after page


def test_t42_the_201st_giver_within_an_hour_is_refused_and_told(finance: Client, today: datetime) -> None:
    making.user(email="board@example.org", role=Role.ADMIN, now=today)
    seen = [making.donor(name=f"Giver {place}", email="", now=today) for place in range(3)]
    reader = User.objects.get(email="finance@example.org")
    for place in range(pacing.MOST - 2):
        assert pacing.may_look(who=f"user:{reader.pk}", subject=f"donor {place}", now=today)
    answers = [
        finance.get(reverse("office:donor", args=[donor.pk])).status_code for donor in (*seen, *seen[:2])
    ]
    assert answers == [200, 200, 429, 200, 200]
    assert Message.objects.filter(to_email="board@example.org", subject__startswith="Alarm").count() == 1
    finance.get(reverse("office:donor", args=[seen[2].pk]))
    assert Message.objects.filter(to_email="board@example.org", subject__startswith="Alarm").count() == 1
    assert AuditEvent.objects.filter(action="stopped reading").count() == 2
    later = today + pacing.WITHIN
    assert pacing.may_look(who=f"user:{reader.pk}", subject="another", now=later)
