"""Pages of journals for the accountant: the map, what is new, handing over, and the same file again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from books import handing_over, handing_over_jobs
from books.models import AccountMap, JournalExport
from donors.models import Donor
from jobs import running
from jobs.models import Job
from ledger.models import Account
from staff.models import AuditEvent, Role
from tests import making
from tests.books import handing
from web.office.handing_over import last_of_former_month

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    kept = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}
    return tmp_path


@pytest.fixture
def finance(signed_in: SignIn) -> Client:
    return signed_in(Role.FINANCE)


@pytest.fixture
def gift(today: datetime) -> Any:
    return making.donation(by=making.donor(now=today), fee=making.HUNDRED.split([97, 3])[1], at=today)


def page(browser: Client, name: str, *keys: object, query: str = "", status: int = 200) -> str:
    answer = browser.get(reverse(f"office:{name}", args=keys) + query)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def fetched(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def asked(today: datetime, **given: str) -> dict[str, str]:
    return {
        "entity": str(making.entity().pk),
        "target": "xero",
        "last": today.date().isoformat(),
        "grouping": "entry",
        **given,
    }


def query(values: dict[str, str]) -> str:
    return "?" + "&".join(f"{key}={value}" for key, value in values.items())


def run(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work of the job in this thread, in which the test's own transaction is seen."""

    def here(job: Job, deed: handing_over_jobs.Deed) -> dict[str, object]:
        return handing_over_jobs.answered(deed, handing_over.silent)

    monkeypatch.setattr(handing_over_jobs, "_watched", here)
    assert running.run_one(works=handing_over_jobs.works(), now=timezone.now())


def request_of(shown: str) -> str:
    found = re.search(r'name="request" value="([0-9a-f-]{36})"', shown)
    assert found
    return found[1]


def test_from_the_map_to_the_file_and_the_file_again(
    finance: Client, gift: Any, today: datetime, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    assert "Nothing has been handed over yet" in page(finance, "journals")
    values = asked(today)
    assert "Show what is new" in page(finance, "journal_new")
    shown = page(finance, "journal_new", query=query(values))
    assert "2 entries with 4 lines have never gone there" in shown
    assert "have no name there yet" in shown
    assert "Hand over</button>" not in shown

    mapped = page(finance, "journal_map", query=f"?entity={values['entity']}&target=xero")
    assert "3 accounts of funds have no name there" in mapped
    for account in ("1100", "4000", "5100"):
        address = reverse("office:journal_map_row", args=[values["entity"], "xero", account, "all"])
        assert finance.post(address, {"code": account}).status_code == 302
    assert "Every account has a name there" in page(
        finance, "journal_map", query=f"?entity={values['entity']}&target=xero"
    )

    shown = page(finance, "journal_new", query=query(values))
    assert "This cannot be undone" in shown
    ordered = finance.post(reverse("office:journal_new"), {**values, "request": request_of(shown)})
    assert ordered.status_code == 302
    assert "It begins in a moment" in finance.get(ordered["Location"]).content.decode()
    twice = finance.post(reverse("office:journal_new"), {**values, "request": request_of(shown)})
    assert twice["Location"] == ordered["Location"]
    run(monkeypatch)
    done = finance.get(ordered["Location"]).content.decode()
    made = JournalExport.objects.get()
    assert "Number 1 is ready" in done
    first = finance.get(reverse("office:journal_file", args=[made.pk]))
    content = fetched(first)
    assert hashlib.sha256(content).hexdigest() == made.file_sha256
    assert made.file_name in first["Content-Disposition"]
    assert AuditEvent.objects.filter(action="journal taken").count() == 1
    handing.forget(folder)
    again = finance.get(reverse("office:journal_file", args=[made.pk]))
    assert fetched(again) == content

    listed = page(finance, "journals", query="?target=xero")
    assert str(made.exported_by.name) in listed
    assert "All of this filter" in listed
    held = page(finance, "journal_given", made.pk)
    assert made.file_sha256 in held
    assert gift.processor_ref in held
    assert "Nothing is new there in this period" in page(finance, "journal_new", query=query(values))
    assert "Nothing has been handed over yet" in page(finance, "journals", query="?target=iif")


def test_a_job_that_finds_nothing_new_gives_the_same_again(
    finance: Client, gift: Any, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for expected in ("Number 1 is ready", "this is number 1 of the same days again"):
        values = asked(today, target="generic", request="00000000-0000-4000-8000-00000000000" + expected[7])
        ordered = finance.post(reverse("office:journal_new"), values)
        run(monkeypatch)
        assert expected in finance.get(ordered["Location"]).content.decode()
    assert JournalExport.objects.count() == 1


def test_a_job_that_is_refused_says_why_and_where_to_mend_it(
    finance: Client, gift: Any, today: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = {"request": "00000000-0000-4000-8000-000000000001"}
    ordered = finance.post(reverse("office:journal_new"), {**asked(today), **request})
    run(monkeypatch)
    told = finance.get(ordered["Location"]).content.decode()
    assert "Some accounts have no name there yet" in told
    assert "1100, Fund GEN" in told
    Job.objects.update(status=Job.Status.FAILED, result={}, error="OSError: full")
    assert "OSError: full" in finance.get(ordered["Location"]).content.decode()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": "2999-01-01"}, "The first day lies after the last"),
        ({"with_names": "on", "grouping": "day"}, "Only entries by themselves have a giver"),
        ({"target": "nonsense"}, "nonsense is not one of the available choices"),
        ({"last": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    finance: Client, gift: Any, today: datetime, given: dict[str, str], words: str
) -> None:
    assert words in page(finance, "journal_new", query=query(asked(today, **given)), status=422)
    values = {**asked(today, **given), "request": "00000000-0000-4000-8000-000000000001"}
    assert finance.post(reverse("office:journal_new"), values).status_code == 422
    assert finance.post(reverse("office:journal_new"), asked(today)).status_code == 422
    assert not Job.objects.exists()


def test_work_is_called_off_while_it_waits(finance: Client, gift: Any, today: datetime) -> None:
    values = asked(today, target="generic", request="00000000-0000-4000-8000-000000000001")
    ordered = finance.post(reverse("office:journal_new"), values)
    job = Job.objects.get()
    assert "Call it off" in finance.get(ordered["Location"]).content.decode()
    stopped = finance.post(reverse("office:journal_call_off", args=[job.pk]))
    assert "It was called off. Nothing was handed over" in finance.get(stopped["Location"]).content.decode()
    assert not running.run_one(works=handing_over_jobs.works(), now=timezone.now())
    # What was handed over before the call came is shown as what it is.
    handing_over.export(
        export_id=job.pk,
        scope=handing.scope("generic", first=None, last=today.date()),
        actor=handing.actor(),
        now=today,
    )
    assert "is ready" in finance.get(stopped["Location"]).content.decode()


def test_names_and_earlier_entries_are_warned_of(finance: Client, gift: Any, today: datetime) -> None:
    tomorrow = {"first": "2999-01-01", "last": "2999-01-31", "target": "generic"}
    assert "Nothing is new" in page(finance, "journal_new", query=query(asked(today, **tomorrow)))
    making.donation(by=gift.donor, at=datetime.fromisoformat("2999-01-05T15:00:00+00:00"))
    shown = page(finance, "journal_new", query=query(asked(today, **tomorrow, with_names="on")))
    assert "2 earlier entries" in shown
    assert "names leave the house" in shown
    assert page(finance, "journals", query="?entity=999", status=400)


def test_a_file_that_cannot_be_made_again_is_not_given_out(
    finance: Client, gift: Any, today: datetime, folder: Path
) -> None:
    made = handing.export("generic", first=None, last=today.date(), with_names=True)
    handing.forget(folder)
    Donor.objects.update(name="Somebody Else")
    assert "is not what was handed over" in page(finance, "journal_file", made.pk, status=409)
    assert "with names" in page(finance, "journal_given", made.pk)


def test_a_long_file_is_made_again_by_a_worker(
    finance: Client, gift: Any, today: datetime, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = handing.export("generic", first=None, last=today.date())
    handing.forget(folder)
    monkeypatch.setattr(handing_over_jobs, "AT_ONCE", 1)
    answer = finance.get(reverse("office:journal_file", args=[made.pk]))
    assert answer.status_code == 302
    run(monkeypatch)
    assert "The file is ready again" in finance.get(answer["Location"]).content.decode()
    ready = finance.get(reverse("office:journal_file", args=[made.pk]))
    assert hashlib.sha256(fetched(ready)).hexdigest() == made.file_sha256


def test_a_row_of_the_map_is_written_refused_and_taken_away(finance: Client, gift: Any) -> None:
    entity = making.entity()
    address = reverse("office:journal_map_row", args=[entity.pk, "sage50", "1100", "GEN"])
    refused = finance.post(address, {"code": "BANK"})
    assert refused.status_code == 422
    assert "Sage 50 knows only numbers here" in refused.content.decode()
    assert "A code is needed" in finance.post(address, {"name": "Clearing"}).content.decode()
    assert finance.post(address, {"code": "1250", "class_name": "3"}).status_code == 302
    row = AccountMap.objects.get()
    assert (row.code, row.class_name, row.fund) == ("1250", "3", gift.designations.get().fund)
    assert 'value="1250"' in finance.get(address).content.decode()
    shown = page(finance, "journal_map", query=f"?entity={entity.pk}&target=sage50")
    assert shown.index("5100") < shown.index("1250")
    assert finance.post(address, {"code": ""}).status_code == 302
    assert not AccountMap.objects.exists()
    for wrong in (
        [entity.pk, "peachtree", "1100", "GEN"],
        [entity.pk, "xero", "nope", "all"],
        [0, "xero", "1100", "all"],
    ):
        page(finance, "journal_map_row", *wrong, status=404)
    assert page(finance, "journal_map", query="?target=peachtree", status=400)
    inherited = "as for all funds"
    assert inherited not in page(finance, "journal_map", query="?target=sage50")
    finance.post(reverse("office:journal_map_row", args=[entity.pk, "sage50", "1100", "all"]), {"code": "1"})
    assert inherited in page(finance, "journal_map", query="?target=sage50")
    assert "our own" in page(finance, "journal_map")


def test_the_map_goes_out_and_comes_back_as_a_file(finance: Client, gift: Any) -> None:
    entity = making.entity()
    taken = finance.get(reverse("office:journal_map_file", args=[entity.pk, "xero"]))
    assert "HM-xero-map.csv" in taken["Content-Disposition"]
    address = reverse("office:journal_map_read", args=[entity.pk, "xero"])

    def bring(content: bytes) -> Any:
        return finance.post(address, {"file": SimpleUploadedFile("map.csv", content)}, follow=True)

    assert "Choose a file first" in finance.post(address).content.decode()
    wrong = bring(b"account,fund,code\r\n1100,,090\r\n4000,NOPE,200\r\n")
    assert wrong.status_code == 422
    assert "Row 3, column fund: This organization has no such fund. (NOPE)" in wrong.content.decode()
    assert "Nothing was changed" in wrong.content.decode()
    assert "This is not a CSV file" in bring(b"\xff\xfe\x00").content.decode()
    hidden = bring(b"account,fund,code,name\r\n1100,,1,850101-1234567\r\n").content.decode()
    assert "looks like a resident number" in hidden
    assert "850101" not in hidden
    codes = b"".join(b"%s,,%s\r\n" % (code.encode(), code.encode()) for code in ("1100", "4000", "5100"))
    assert "3 rows changed" in bring(b"account,fund,code\r\n" + codes).content.decode()
    assert AccountMap.objects.count() == 3
    assert "0 rows changed" in bring(b"account,fund,code\r\n" + codes).content.decode()


def test_the_pages_speak_korean(finance: Client, gift: Any, today: datetime) -> None:
    made = handing.export("generic", first=None, last=today.date())
    for address in (
        reverse("office:journals"),
        reverse("office:journal_new") + query(asked(today)),
        reverse("office:journal_given", args=[made.pk]),
        reverse("office:journal_map"),
    ):
        shown = finance.get(address.replace("/en/", "/ko/")).content.decode()
        assert "회계사에게 넘기는 분개" in shown
        assert "Hand over" not in shown


def test_empty_books_have_an_empty_map(finance: Client) -> None:
    making.entity()
    assert "no line yet" in page(finance, "journal_map")
    assert Account.objects.count() > 10


def test_a_month_is_offered_whole() -> None:
    assert last_of_former_month(datetime(2026, 3, 1).date()).isoformat() == "2026-02-28"
