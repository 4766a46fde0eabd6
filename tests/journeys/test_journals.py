"""Finance names the accounts for the accountant, hands over what is new, and gets the same file again."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.walking import Finance, Giver, until

MAP = "/office/journals/map/?target=xero"


def downloaded(page: Page) -> tuple[str, bytes]:
    """This function will press Download and return the file's name and bytes."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Download", exact=True).first.click()
    return started.value.suggested_filename, started.value.path().read_bytes()


def fills_in_the_map(page: Page) -> None:
    """Takes the map as a file, names every account for all funds, and brings it back; first with a wrong cell."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Export CSV", exact=True).click()
    heading, *rows = started.value.path().read_text("utf-8-sig").splitlines()
    filled = [heading]
    for row in rows:
        account, name, fund, *rest = row.split(",")
        filled.append(",".join([account, name, fund, "" if fund else account, *rest[1:]]))
    for said, words in (
        ("\n".join([*filled, "9999,,,1,,,,"]), "column account"),
        ("\n".join(filled), "rows changed"),
    ):
        page.get_by_label("Filled-in file").set_input_files(
            {"name": "map.csv", "mimeType": "text/csv", "buffer": said.encode()}
        )
        page.get_by_role("button", name="Read the file").click()
        expect(page.locator("main")).to_contain_text(words)


def asks_for_everything(page: Page) -> None:
    """By keyboard: the program is chosen, the first day stays empty, everything to the end of the year is asked for."""
    page.goto("/en/office/journals/")
    page.keyboard.press("n")
    page.wait_for_url("**/journals/new/")
    page.get_by_label("Program").select_option("xero")
    page.get_by_label("To", exact=True).fill("2099-12-31")
    page.get_by_label("To", exact=True).press("Enter")
    page.wait_for_url("**target=xero**")


def reads_back(content: bytes, name: str) -> int:
    """This function will return how many lines of debit there are; each file sums to nothing."""
    if name.endswith(".csv"):
        files = [content]
    else:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [archive.read(one) for one in archive.namelist()]
    debits = 0
    for file in files:
        lines = file.decode().splitlines()
        assert len(lines) <= 301
        amounts = [
            int(found.replace(".", "")) for found in re.findall(r",Tax Exempt,(-?[\d.]+),", file.decode())
        ]
        assert sum(amounts) == 0
        assert len(amounts) == len(lines) - 1
        debits += sum(1 for amount in amounts if amount > 0)
    return debits


def test_from_the_map_to_the_same_file_twice(giver: Giver, finance: Finance, open_page: OpenPage) -> None:
    giver.gives(name="Tabitha Sews", email="tabitha@example.org", amount="31")
    finance.signs_in(to=f"/en{MAP}")
    page = finance.page
    expect(page.locator("table.list tbody tr").first).to_contain_text("No name yet")
    fills_in_the_map(page)
    expect(page.locator("main")).to_contain_text("Every account has a name there")

    asks_for_everything(page)
    expect(page.locator("table.small")).to_contain_text("Balanced")
    page.get_by_role("button", name="Hand over").click()
    page.wait_for_url("**/journals/jobs/**")
    expect(page.locator("#run")).to_contain_text("is ready")
    name, content = downloaded(page)
    assert reads_back(content, name) > 0
    assert b"Tabitha" not in content
    assert hashlib.sha256(content).hexdigest()[:12] in name

    page.get_by_role("link", name="What it holds").click()
    expect(page.locator(".facts")).to_contain_text(hashlib.sha256(content).hexdigest())
    assert downloaded(page) == (name, content)
    until(lambda: _says_nothing_is_new(page), what="nothing is new", seconds=60)

    for width in (360, 1280):
        seen = open_page(width=width)
        Finance(page=seen, sign_ins=finance.sign_ins).signs_in(to="/ko/office/journals/")
        for address in ("/ko/office/journals/", "/ko/office/journals/new/?target=xero", f"/ko{MAP}"):
            seen.goto(address)
            expect(seen.locator("html")).to_have_attribute("lang", "ko")
            assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)


def _says_nothing_is_new(page: Page) -> bool:
    """Once every notice of the gift is booked; until then what came meanwhile is handed over too."""
    asks_for_everything(page)
    if "Nothing is new there" in page.locator("main").inner_text():
        return True
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("#run")).to_contain_text("is ready")
    return False
