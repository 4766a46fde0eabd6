"""Lists as files in the office: taken at once or made by the worker, let out by two, made again and again."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import pyzipper
import time_machine
from django.conf import settings as house_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from books import letting_out, scheduling
from books.models import ExportRequest, ExportSchedule
from donors.models import Message
from jobs import running
from jobs.models import Job
from reports import export_jobs, following_exports, ordering
from reports.files import sealing
from reports.lists import registering_lists
from staff import pacing, roles
from staff.models import AuditEvent, Role, RoleGrant, User
from tests import making
from web.office import wanting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = storages
    return tmp_path / "exports"


@pytest.fixture
def finance(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def approver(signed_in: Callable[[Role | None], Client]) -> Client:
    return signed_in(Role.APPROVER)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def take(browser: Client, listing: str = "donations", **asked: Any) -> Any:
    names = [column.name for column in registering_lists.named(listing).columns]
    typed = {"format": "csv", "column": names, **asked}
    return browser.post(reverse("office:export_take", args=[listing]), typed)


def givers(count: int, today: datetime) -> None:
    for place in range(count):
        making.donation(
            by=making.donor(name=f"Giver {place}", email=f"g{place}@example.org", now=today), at=today
        )


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


def run(now: datetime) -> Job:
    pk = running.run_one(works=export_jobs.works(), now=now)
    assert pk
    return Job.objects.get(pk=pk)


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
    finance.post(steer, {"deed": "retry"})
    Job.objects.update(status="failed", error="gone")
    assert "Try again" in finance.get(answer.url).content.decode()
    finance.post(steer, {"deed": "retry"})
    job.refresh_from_db()
    assert job.status == "queued"


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    rung: list[str] = []
    monkeypatch.setattr("jobs.ringing.ring", lambda *names, **_: rung.extend(names))
    return rung


# Let out by two


def ask_second(browser: Client, reason: str = "The yearly letter") -> Any:
    names = [column.name for column in registering_lists.named("donors").columns]
    typed = {"format": "csv", "column": names, "reason": reason, "id": str(uuid.uuid4())}
    return browser.post(reverse("office:export_ask", args=["donors"]), typed)


def test_more_givers_than_one_person_may_take_need_a_second(
    finance: Client, settings: Settings, today: datetime, bells: list[str]
) -> None:
    settings.EXPORT_GIVERS_ALONE = 2
    givers(3, today)
    page = take(finance, "donors").content.decode()
    assert "A second person is needed" in page
    assert not ExportRequest.objects.exists()
    plain = re.findall(r'name="column" value="(\w+)"', page.split("</form>")[2])
    assert "email" not in plain and "donor_id" in plain  # noqa: PT018
    assert len(table(body(take(finance, "donors", column=plain)))) == 3
    assert "A second person is needed" in finance.get(reverse("office:donations_export")).content.decode()
    with pytest.raises(ordering.NeedsSecondPerson):
        ordering.order(
            wanted=ordering.Wanted(listing="donors"),
            request_id=uuid.uuid4(),
            actor=User.objects.get(email="finance@example.org"),
            now=today,
        )


def test_t41_from_asking_to_the_one_download(
    finance: Client,
    approver: Client,
    settings: Settings,
    today: datetime,
    bells: list[str],
    committed_house: None,
) -> None:
    settings.EXPORT_GIVERS_ALONE = 2
    making.user(email="board@example.org", role=Role.ADMIN, now=today)
    givers(3, today)
    assert ask_second(finance, "  ").status_code == 422
    address = ask_second(finance).url
    asked = ExportRequest.objects.get()
    assert (asked.row_count, asked.status) == (3, "asked")
    decide = reverse("office:export_decide", args=[asked.pk])
    own = finance.post(decide, {"deed": "approve"})
    assert own.status_code == 403
    with pytest.raises(letting_out.UnableToLetOut) as refused:
        letting_out.approve(request_id=asked.pk, actor=asked.asked_by, now=today)
    assert refused.value.code == "self"
    approved = approver.post(decide, {"deed": "approve"})
    [password] = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){5}", approved.content.decode())
    assert approved.headers["Cache-Control"] == "no-store, private"
    assert password not in approver.get(address).content.decode()
    assert approver.post(decide, {"deed": "approve"}).status_code == 422
    assert approver.post(reverse("office:export_make", args=[asked.pk])).status_code == 422
    finance.post(reverse("office:export_make", args=[asked.pk]))
    finance.post(reverse("office:export_make", args=[asked.pk]))
    assert Job.objects.count() == 1
    job = run(timezone.now())
    assert job.status == "succeeded"
    assert finance.get(reverse("office:export_file", args=[job.pk])).status_code == 302
    assert password not in json.dumps([job.arguments, job.result])
    fetch = reverse("office:export_request_file", args=[asked.pk])
    assert approver.post(fetch).status_code == 422
    archive = pyzipper.AESZipFile(io.BytesIO(body(finance.post(fetch))))
    [entry] = archive.infolist()
    assert entry.flag_bits & 1
    with pytest.raises(RuntimeError):
        archive.read(entry)
    rows = table(archive.read(entry, pwd=password.encode()))
    assert len(rows) == 3
    assert {"g0@example.org", "g1@example.org", "g2@example.org"} == {row["email"] for row in rows}
    for row in rows:
        assert "finance@example.org" in row["copy_of"] and str(asked.pk) in row["copy_of"]  # noqa: PT018
    assert finance.post(fetch).status_code == 422
    asked.refresh_from_db()
    assert asked.status == "taken"
    trail = AuditEvent.objects.filter(target=f"export:{asked.pk}").order_by("number")
    assert [event.action for event in trail] == ["ask for export", "approve export", "take export"]
    told = set(Message.objects.filter(kind="staff_notice").values_list("to_email", "subject"))
    assert ("board@example.org", "Alarm: a list of givers left the house") in told
    assert ("approver@example.org", "An export waits for a second person") in told
    assert ("finance@example.org", "Your export can be taken") in told
    texts = " ".join(Message.objects.values_list("text", flat=True))
    assert password not in texts
    assert "g0@example.org" not in texts


@pytest.fixture
def committed_house(db: None, request: pytest.FixtureRequest) -> None:
    """The file is read on another connection; here it is the test's own, so that nothing has to be committed."""
    import reports.filing_out as filing

    monkeypatch = request.getfixturevalue("monkeypatch")

    class Here:
        def __init__(self, **_: object) -> None:
            pass

        def __enter__(self) -> Here:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def submit(self, work: Callable[..., Any], chosen: Any, form: Any, mark: Any, queues: Any) -> Any:
            pieces, totals, _stop = queues
            pieces.maxsize = 0
            from reports.files import making as files
            from reports.lists import selecting

            summary = selecting.summed(of=chosen) | {"snapshot_at": "2026-01-01T00:00:00+00:00"}
            totals.put(summary)
            for piece in files.pieces(of=chosen, form=form, with_mark=mark):
                pieces.put(piece)
            pieces.put(None)

            class Done:
                def result(self) -> dict[str, object]:
                    return summary

            return Done()

    monkeypatch.setattr(filing, "ThreadPoolExecutor", Here)


def test_an_approval_and_its_link_end(
    finance: Client,
    approver: Client,
    settings: Settings,
    today: datetime,
    bells: list[str],
    committed_house: None,
) -> None:
    settings.EXPORT_GIVERS_ALONE = 0
    givers(1, today)
    ask_second(finance)
    asked = ExportRequest.objects.get()
    who, other = asked.asked_by, User.objects.get(email="approver@example.org")
    letting_out.approve(request_id=asked.pk, actor=other, now=today)
    with pytest.raises(letting_out.UnableToLetOut) as late:
        following_exports.make_let_out(request_id=asked.pk, actor=who, now=today + timedelta(hours=24))
    assert late.value.code == "expired"
    with pytest.raises(letting_out.UnableToLetOut) as early:
        following_exports.take(request_id=asked.pk, actor=who, now=today)
    assert early.value.code == "unmade"
    following_exports.make_let_out(request_id=asked.pk, actor=who, now=today)
    run(today)
    asked.refresh_from_db()
    assert asked.link_ends_at
    with pytest.raises(letting_out.UnableToLetOut) as over:
        following_exports.take(request_id=asked.pk, actor=who, now=asked.link_ends_at)
    assert over.value.code == "over"
    assert letting_out.expire_due(now=asked.link_ends_at) == 1
    assert letting_out.expire_due(now=asked.link_ends_at) == 0
    page = finance.get(reverse("office:export_request", args=[asked.pk])).content.decode()
    assert "Over" in page and "Take the file" not in page  # noqa: PT018


def test_declined_withdrawn_and_forgotten_requests(
    finance: Client, approver: Client, settings: Settings, today: datetime
) -> None:
    settings.EXPORT_GIVERS_ALONE = 0
    givers(1, today)
    for deed, browser, status in (("decline", approver, "declined"), ("withdraw", finance, "expired")):
        address = ask_second(finance).url
        asked = ExportRequest.objects.latest("asked_at")
        assert reverse("office:export_request", args=[asked.pk]) == address
        browser.post(reverse("office:export_decide", args=[asked.pk]), {"deed": deed})
        asked.refresh_from_db()
        assert asked.status == status
    ask_second(finance)
    assert letting_out.expire_due(now=today + timedelta(days=8)) == 1
    assert "The yearly letter" in approver.get(reverse("office:export_requests")).content.decode()


def test_a_password_is_of_its_request_and_of_the_house(settings: Settings) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    told = sealing.password(request_id=first)
    assert told == sealing.password(request_id=first) != sealing.password(request_id=second)
    settings.SECRET_KEY = "another" * 10
    assert sealing.password(request_id=first) != told
    assert house_settings.SECRET_KEY.startswith("another")


# Again and again


def plan(browser: Client, **asked: Any) -> Any:
    typed = {
        "format": "csv",
        "column": ["gross", "donor_email"],
        "name": "Gifts",
        "cadence": "daily",
        **asked,
    }
    return browser.post(reverse("office:export_plan", args=["donations"]), typed)


def test_b22_a_scheduled_file_follows_the_rights_of_its_owner(
    finance: Client, today: datetime, committed_house: None
) -> None:
    owner = User.objects.get(email="finance@example.org")
    roles.grant(user=owner, role=Role.APPROVER, now=today)
    givers(1, today)
    assert plan(finance).status_code == 302
    made = ExportSchedule.objects.get()
    told = []
    for step in range(4):
        made.refresh_from_db()
        at = made.next_at
        if step == 1:
            RoleGrant.objects.filter(user=owner, role=Role.FINANCE).delete()
        if step == 2:
            RoleGrant.objects.filter(user=owner).delete()
        if step == 3:
            User.objects.filter(pk=owner.pk).update(is_active=False)
        following_exports.order_due(now=at)
        assert following_exports.order_due(now=at) == 0
        ran = running.run_one(works=export_jobs.works(), now=at)
        told.append(Job.objects.get(pk=ran).result.get("columns") if ran else None)
    assert told == [["donor_email", "gross"], ["gross"], None, None]
    made.refresh_from_db()
    assert (made.is_active, made.last_words) == (False, "owner left")
    mails = list(Message.objects.filter(cause__startswith="export_scheduled").order_by("queued_at"))
    assert len(mails) == 2
    assert "left out" in mails[1].text
    assert not mails[0].attachments.exists()


def test_a_right_lost_between_order_and_work_leaves_no_file(
    finance: Client, today: datetime, folder: Path, committed_house: None
) -> None:
    owner = User.objects.get(email="finance@example.org")
    export_jobs.ask(
        kind="donations", filters={}, language="en", request_id=uuid.uuid4(), requested_by=owner, now=today
    )
    RoleGrant.objects.filter(user=owner).delete()
    assert run(today).status == "canceled"
    assert not folder.exists() or not list(folder.iterdir())


def test_without_a_second_person_a_job_leaves_names_out(
    finance: Client, settings: Settings, today: datetime, committed_house: None
) -> None:
    settings.EXPORT_GIVERS_ALONE = 1
    givers(2, today)
    owner = User.objects.get(email="finance@example.org")
    export_jobs.ask(
        kind="donors", filters={}, language="en", request_id=uuid.uuid4(), requested_by=owner, now=today,
        columns=["name", "donor_id"],
    )  # fmt: skip
    job = run(today)
    assert (job.result["columns"], job.result["withheld"]) == (["donor_id"], ["name"])
    manifest = finance.get(reverse("office:export_manifest", args=[job.pk]))
    assert json.loads(manifest.content)["rows"] == 2
    with time_machine.travel(today + timedelta(minutes=1), tick=False):
        content = body(finance.get(reverse("office:export_file", args=[job.pk])))
    assert content.startswith(b"donor_id\n")


def test_timetables_are_paused_resumed_and_deleted_by_their_owner(
    finance: Client, approver: Client, today: datetime
) -> None:
    assert plan(finance, name=" ").status_code == 422
    assert plan(finance, cadence="hourly").status_code == 422
    assert plan(finance, column=["password"]).status_code == 422
    plan(finance, **{"f-period": "previous"})
    made = ExportSchedule.objects.get()
    address = reverse("office:export_timetable", args=[made.pk])
    assert approver.post(address, {"deed": "delete"}).status_code == 422
    assert finance.post(address, {"deed": "burn"}).status_code == 422
    for deed, is_active in (("pause", False), ("resume", True)):
        finance.post(address, {"deed": deed})
        made.refresh_from_db()
        assert made.is_active is is_active
    assert "Every morning" in finance.get(reverse("office:export_timetables")).content.decode()
    finance.post(address, {"deed": "delete"})
    assert not ExportSchedule.objects.exists()


@pytest.mark.parametrize(
    ("cadence", "after", "following", "first", "last"),
    [
        ("daily", "2026-03-10T04:00", "2026-03-10T05:00", "2026-03-09", "2026-03-09"),
        ("daily", "2026-12-31T05:00", "2027-01-01T05:00", "2026-12-31", "2026-12-31"),
        ("weekly", "2026-03-10T04:00", "2026-03-16T05:00", "2026-03-09", "2026-03-15"),
        ("weekly", "2026-03-16T05:00", "2026-03-23T05:00", "2026-03-16", "2026-03-22"),
        ("monthly", "2026-01-31T06:00", "2026-02-01T05:00", "2026-01-01", "2026-01-31"),
        ("monthly", "2026-12-01T05:00", "2027-01-01T05:00", "2026-12-01", "2026-12-31"),
    ],
)
def test_mornings_and_the_periods_before_them(
    cadence: str, after: str, following: str, first: str, last: str
) -> None:
    at = scheduling.following(cadence=cadence, after=datetime.fromisoformat(f"{after}+00:00"))
    assert at.isoformat() == f"{following}:00+00:00"
    days = scheduling.period(cadence=cadence, on=at.date())
    assert [day.isoformat() for day in days] == [first, last]


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
