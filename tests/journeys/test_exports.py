"""Finance takes lists out: at once, by a worker, with a second person, and again every morning."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import signal
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import psycopg
import pytest
import pyzipper
from playwright.sync_api import Locator, Page, expect

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox
from tests.journeys.pages import rows_of
from tests.journeys.test_desk import enters_donor
from tests.journeys.test_every_page import Inspector
from tests.journeys.walking import Finance, Giver, until

LINES = 60_000
MARK = uuid.uuid4().hex[:6]
"""What this journey's people and payments are known by, in a house that has seen it before, too."""
PAYER = f"CARD PAYMENTS {MARK.upper()}"


def download(page: Page, press: Locator, *, key: str = "") -> bytes:
    """What comes when that is pressed, with the mouse or with a key."""
    with page.expect_download() as started:
        if key:
            press.press(key)
        else:
            press.click()
    return started.value.path().read_bytes()


def looked(page: Page, mark: str) -> None:
    """Nobody is shut out of this page, and nothing of it is cut off."""
    inspector = Inspector(page=page, mark=mark, found=[])
    inspector.looks(page.url.split("/office/")[1] or "today")
    assert inspector.found == []


def panel(page: Page) -> Locator:
    return page.locator("details.export")


# At once, by keyboard


def test_a_list_is_taken_at_once_by_keyboard(giver: Giver, finance: Finance) -> None:
    email = f"once-{MARK}@example.org"
    giver.gives(name="=Ada Once", email=email, amount="21")
    finance.signs_in(to="/en/office/donations/")
    finance.finds(email)
    page = finance.page
    page.locator("details.export > summary").focus()
    page.keyboard.press("Enter")
    expect(panel(page)).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=format]:focus")).to_have_value("csv")
    looked(page, "exports-panel-en-1280")
    [row] = rows_of(download(page, page.locator("input[name=format]:focus"), key="Enter"))
    assert (row["donor_name"], row["gross"]) == ("'=Ada Once", "21.00")

    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=format]:focus")).to_have_value("xlsx")
    book = openpyxl.load_workbook(
        io.BytesIO(download(page, page.locator("input[name=format]:focus"), key="Enter"))
    )
    heading, gift = ([cell.value for cell in line] for line in book.active.iter_rows())
    assert dict(zip(heading, gift, strict=True))["gross"] == 21
    page.keyboard.press("ArrowDown")
    assert download(page, page.locator("input[name=format]:focus"), key="Enter")[:4] == b"PAR1"

    # Two ticks of the columns are taken away: the file has the rest.
    for name in ("donor_name", "donor_email"):
        page.locator(f"input[name=column][value={name}]").focus()
        page.keyboard.press("Space")
    page.locator("input[name=format][value=csv]").focus()
    page.keyboard.press("Space")
    [row] = rows_of(download(page, page.get_by_role("button", name="Make the file"), key="Enter"))
    assert "donor_name" not in row
    assert row["gross"] == "21.00"


# A large one


def statement(lines: int) -> bytes:
    """A morning of card settlements, as a bank tells them."""
    day = datetime.now(UTC).strftime("%m/%d/%Y")
    told = io.StringIO()
    rows = csv.writer(told)
    rows.writerow(["Posting Date", "Description", "Memo", "Transaction ID", "Amount"])
    rows.writerows([day, PAYER, "", f"EX{place:06}", f"{100 + place % 900}.00"] for place in range(lines))
    return told.getvalue().encode()


def brings_a_long_statement(page: Page) -> None:
    page.goto("/en/office/bank/accounts/new/")
    page.get_by_label("Name").fill(f"Settlement {MARK}")
    page.get_by_label("Currency").select_option("USD")
    page.locator("main form button").first.click()
    page.wait_for_url("**/bank/accounts/**")
    page.goto("/en/office/bank/statements/")
    account = page.get_by_label("Account").locator("option").filter(has_text=f"Settlement {MARK}")
    page.get_by_label("Account").select_option(value=str(account.get_attribute("value")))
    page.get_by_label("File of the bank").set_input_files(
        {"name": "settlements.csv", "mimeType": "text/csv", "buffer": statement(LINES)}
    )
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/columns/")
    page.get_by_label("Month, day, year").check()
    page.get_by_role("button", name="Save and read the file").click()
    take_in = page.get_by_role("button", name=re.compile("^Take [0-9,]+ lines in$"))
    expect(take_in).to_be_visible(timeout=120_000)
    take_in.click()
    expect(page.locator("main")).to_contain_text("Taken in by", timeout=120_000)


class Workers:
    """The processes that do long work, which can be made to stand still and to go on."""

    def __init__(self, stack: Stack) -> None:
        self.address = stack.environment["DATABASE_URL"]
        known = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
        self.pids = [pid for pid in known if self._is_one(pid)]
        assert self.pids

    def _is_one(self, pid: int) -> bool:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:  # it ended, or is somebody else's
            return False
        return {b"celery", b"worker"} <= set(
            command
        ) and f"DATABASE_URL={self.address}".encode() in environment

    def tell(self, how: signal.Signals) -> None:
        for pid in self.pids:
            os.kill(pid, how)

    @contextmanager
    def standing_still(self, *, once: str) -> Iterator[None]:
        """From the moment at which that question to the database is answered with yes."""
        with psycopg.connect(self.address, autocommit=True) as database:
            until_now = time.monotonic() + 120
            while not (found := database.execute(once).fetchone()) or not found[0]:
                assert time.monotonic() < until_now, once
        self.tell(signal.SIGSTOP)
        try:
            yield
        finally:
            self.tell(signal.SIGCONT)


def row(page: Page, text: str) -> Locator:
    return page.locator("[data-row]").filter(has_text=text).first


def test_a_large_list_is_made_by_a_worker_called_off_and_made_after_all(
    finance: Finance, open_page: OpenPage, stack: Stack
) -> None:
    finance.signs_in(to="/en/office/")
    page = finance.page
    brings_a_long_statement(page)
    workers = Workers(stack)
    page.goto(f"/en/office/bank/?state=all&q={PAYER}")
    panel(page).locator("summary").first.click()
    looked(page, "exports-bank-en-1280")
    page.locator("input[name=format][value=xlsx]").check()
    page.get_by_role("button", name="Make the file").click()
    page.wait_for_url("**/office/exports/")
    with workers.standing_still(
        once="SELECT done > 0 AND status = 'running' FROM jobs_job WHERE kind = 'export_bank_lines'"
    ):
        expect(row(page, "Bank lines")).to_contain_text(re.compile("[1-9][0-9],[0-9]{3} of 60,000"))
        expect(row(page, "Bank lines").locator("progress")).to_have_attribute("max", str(LINES))
        looked(page, "exports-at-work-en-1280")
        row(page, "Bank lines").get_by_role("button", name="Call it off").press("Enter")
        expect(row(page, "Bank lines")).to_contain_text("Called off")
    row(page, "Bank lines").get_by_role("button", name="Make it after all").press("Enter")
    expect(row(page, "Bank lines")).to_contain_text("Ready")
    expect(row(page, "Bank lines")).to_contain_text("60,000")
    looked(page, "exports-ready-en-1280")

    link = row(page, "Bank lines").get_by_role("link", name="File", exact=True)
    address = str(link.get_attribute("href"))
    file = download(page, link)
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")
    assert sheet.count(b"<row") == LINES + 1
    assert sheet.count(PAYER.encode()) == LINES
    manifest = json.loads(download(page, row(page, "Bank lines").get_by_role("link", name="Manifest")))
    assert manifest["sha256"] == hashlib.sha256(file).hexdigest()
    assert manifest["rows"] == LINES
    assert manifest["filters"] == {"q": PAYER, "state": "all"}
    assert {path.name for path in (stack.state.path / "files" / "exports").glob(f"{_job(address)}*")} == {
        f"{_job(address)}.xlsx",
        f"{_job(address)}.json",
    }
    _belongs_to_nobody_else(open_page, finance, address)
    _ends_after_its_day(page, stack, address)
    _waits_for_nobody(stack)


def _job(address: str) -> str:
    return address.strip("/").rpartition("/")[2]


def _belongs_to_nobody_else(open_page: OpenPage, finance: Finance, address: str) -> None:
    stranger = open_page(width=360)
    stranger.goto(address)
    expect(stranger.locator("input[name=password]")).to_be_visible()
    other = Finance(page=open_page(width=360, locale="ko-KR"), sign_ins=finance.sign_ins)
    other.signs_in(role="approver", to="/ko/office/exports/")
    answer = other.page.goto(address.replace("/en/", "/ko/"))
    assert answer is not None
    assert answer.status == 404
    looked(other.page, "exports-not-yours-ko-360")


def _ends_after_its_day(page: Page, stack: Stack, address: str) -> None:
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(
            "UPDATE jobs_job SET ended_at = ended_at - interval '25 hours' WHERE id = %s", [_job(address)]
        )
    page.goto(address)
    page.wait_for_url("**/office/exports/")
    expect(page.locator(".told")).to_contain_text("This file was deleted.")
    expect(row(page, "Bank lines")).to_contain_text("Deleted after its day")
    kept = stack.state.path / "files" / "exports"
    until(lambda: not list(kept.glob(f"{_job(address)}*")), what="the file deleted", seconds=60)


def _waits_for_nobody(stack: Stack) -> None:
    """Other journeys of this house see their own lines only."""
    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute(
            "UPDATE books_bankline SET state = 'discarded', reason = 'settlements', settled_at = now()"
            " WHERE payer = %s",
            [PAYER],
        )


# With a second person


def test_a_list_of_many_givers_is_let_out_by_two(
    finance: Finance, open_page: OpenPage, stack: Stack, mailbox: Mailbox
) -> None:
    finance.signs_in(to="/en/office/")
    page = finance.page
    for place in range(7):
        enters_donor(page, f"Giver {place} Listed{MARK}", email=f"listed{place}{MARK}@example.org")
    page.goto(f"/en/office/donors/?q=listed{MARK}")
    panel(page).locator("summary").first.click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("h1")).to_have_text("A second person is needed")
    looked(page, "exports-second-en-1280")
    page.get_by_label("What is it for").fill("The yearly letter")
    page.get_by_label("What is it for").press("Enter")
    page.wait_for_url("**/office/exports/requests/*/")
    expect(page.locator("main")).to_contain_text("Waits for a second person")
    address = page.url

    second = Finance(page=open_page(width=360, locale="ko-KR"), sign_ins=finance.sign_ins)
    second.signs_in(role="approver", to="/ko/office/")
    waiting = (
        second.page.locator("ul.work a").filter(has_text="후원자 목록이 다른 사람의 승인을 기다립니다").first
    )
    looked(second.page, "exports-today-ko-360")
    waiting.click()
    second.page.wait_for_url("**/ko/office/exports/requests/*/")
    expect(second.page.locator("main")).to_contain_text("The yearly letter")
    looked(second.page, "exports-request-ko-360")
    second.page.locator("button[name=deed][value=approve]").press("Enter")
    shown = second.page.locator("section[aria-labelledby=secret] strong")
    expect(shown).to_be_visible()
    looked(second.page, "exports-password-ko-360")
    password = shown.inner_text().strip()
    second.page.goto(address.replace("/en/", "/ko/"))
    expect(second.page.locator("main")).not_to_contain_text(password)

    page.goto(address)
    page.get_by_role("button", name="Make the file").press("Enter")
    take = page.get_by_role("button", name="Take the file")
    expect(take).to_be_visible()
    looked(page, "exports-take-en-1280")
    _is_locked_and_marked(download(page, take, key="Enter"), password)
    page.reload()
    expect(page.locator("main")).to_contain_text("Taken")
    expect(page.get_by_role("button", name="Take the file")).to_have_count(0)
    for role in ("approver", "admin"):
        told = next(one["email"] for one in finance.sign_ins if one["role"] == role)
        mailbox.wait(to=told, subject="a list of givers left the house")


def _is_locked_and_marked(file: bytes, password: str) -> None:
    archive = pyzipper.AESZipFile(io.BytesIO(file))
    [entry] = archive.infolist()
    with pytest.raises(RuntimeError):
        archive.read(entry)
    rows = rows_of(archive.read(entry, pwd=password.encode()))
    assert {one["email"] for one in rows} == {f"listed{place}{MARK}@example.org" for place in range(7)}
    assert all(one["copy_of"].startswith("Copy of ") for one in rows)


# Again and again


def test_a_timetable_makes_a_file_each_morning(
    finance: Finance, open_page: OpenPage, stack: Stack, mailbox: Mailbox
) -> None:
    page = open_page(width=360, locale="ko-KR")
    Finance(page=page, sign_ins=finance.sign_ins).signs_in(to="/ko/office/journal/")
    panel(page).locator("summary").first.click()
    again = page.locator("details.again")
    again.locator("summary").press("Enter")
    looked(page, "exports-again-ko-360")
    again.locator("input[name=name]").fill(f"매일 분개장 {MARK}")
    again.locator("select[name=cadence]").select_option("daily")
    again.locator("button").press("Enter")
    page.wait_for_url("**/office/exports/timetables/")
    kept = row(page, f"매일 분개장 {MARK}")
    expect(kept).to_contain_text("매일 아침")
    looked(page, "exports-timetables-ko-360")

    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as database:
        database.execute("UPDATE books_exportschedule SET next_at = now() - interval '1 minute'")
    email = next(one["email"] for one in finance.sign_ins if one["role"] == "finance")
    letter = mailbox.wait(to=email, subject="A list was made for you")
    assert not letter["attachments"]
    page.goto("/ko/office/exports/")
    made = page.locator("[data-row]").filter(has_text="분개장").first
    expect(made).to_contain_text("준비된 파일")
    looked(page, "exports-mine-ko-360")
    assert rows_of(download(page, made.locator("a[data-open]"))) is not None
    page.goto("/ko/office/exports/timetables/")
    kept.locator("button[name=deed][value=pause]").press("Enter")
    expect(kept.locator(".state")).to_be_visible()
    kept.locator("button[name=deed][value=delete]").press("Enter")
    expect(kept).to_have_count(0)
