"""Lists of many givers, let out by two; lists made again and again by the rights of the day."""

from __future__ import annotations

import io
import json
import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

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
from staff import roles
from staff.models import AuditEvent, Role, RoleGrant, User
from tests import making
from tests.web.exporting import body, givers, run, table, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


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


@pytest.mark.usefixtures("bells", "committed_house")
def test_t41_from_asking_to_the_one_download(
    finance: Client, approver: Client, settings: Settings, today: datetime
) -> None:
    settings.EXPORT_GIVERS_ALONE = 2
    making.user(email="board@example.org", role=Role.ADMIN, now=today)
    givers(3, today)
    for reason in ("  ", "about 900101-1234567"):
        assert ask_second(finance, reason).status_code == 422
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


@pytest.mark.usefixtures("bells", "committed_house")
def test_an_approval_and_its_link_end(
    finance: Client, approver: Client, settings: Settings, today: datetime
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
