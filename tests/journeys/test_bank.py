"""Deposits to zero in a browser: an American and a Korean statement are read, looked at, taken in and explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.test_desk import enters_donor
from tests.journeys.walking import Finance


def day(ago: int, form: str) -> str:
    return (datetime.now(UTC) - timedelta(days=ago)).strftime(form)


def american() -> bytes:
    day_of = day(4, "%m/%d/%Y")
    rows = (
        "Account,Checking 4821",
        "Posting Date,Description,Memo,Amount,Balance",
        f'{day_of},"PAYE, MIRIAM",THANK YOU,250.00,"1,250.00"',
        f"{day_of},SERVICE,MONTHLY FEE,-11.83,1238.17",
        f"{day_of},OFFICE RENT,MARCH,-900.00,338.17",
        "Total,,,-661.83,",
    )
    return "\r\n".join(rows).encode()


def korean() -> bytes:
    day_of = day(3, "%Y.%m.%d 09:10:11")
    rows = (
        "조회계좌,9034",
        "거래일시,적요,보낸분/받는분,출금액,입금액,거래후잔액",
        f'{day_of},예금이자,예시은행,0,"1,234","501,234"',
        f'{day_of},임대료,예시빌딩,"300,000",0,"201,234"',
    )
    return "\r\n".join(rows).encode("cp949")


def uploads(page: Page, account: str, name: str, content: bytes) -> None:
    page.goto("/en/office/bank/")
    page.keyboard.press("n")
    page.wait_for_url("**/bank/statements/")
    page.get_by_label("Account").select_option(label=account)
    page.get_by_label("File of the bank").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Read the file").click()


def takes_in(page: Page, lines: int) -> None:
    """A worker reads and a worker takes in; the page follows by itself."""
    expect(page.locator("main")).to_contain_text("The balances add up")
    page.get_by_role("button", name=f"Take {lines} lines in").click()
    expect(page.locator("main")).to_contain_text("Taken in by")


def is_answered(page: Page) -> None:
    page.wait_for_url("**/office/bank/")
    expect(page.locator(".told").first).to_contain_text("Matched.")


def test_deposits_go_to_zero(finance: Finance) -> None:
    finance.signs_in()
    page = finance.page
    enters_donor(page, "Paye Miriam", email="miriam.bank@example.org")

    uploads(page, "Example Community Bank …0001 (USD)", "march.csv", american())
    page.wait_for_url("**/columns/")
    expect(page.get_by_label("Posting Date")).to_have_value("day")
    expect(page.get_by_label("Amount", exact=True)).to_have_value("amount")
    if not page.get_by_label("Month, day, year").is_checked():
        page.get_by_label("Month, day, year").check()
    page.get_by_role("button", name="Save and read the file").click()
    expect(page.locator("main")).to_contain_text("PAYE, MIRIAM")
    expect(page.locator("main")).to_contain_text("Left out by their shape")
    takes_in(page, 3)

    page.get_by_role("link", name="To the lines that wait").click()
    expect(page.locator("main")).to_contain_text("3 lines in USD")
    row = page.locator("[data-row]").filter(has_text="MONTHLY FEE")
    row.get_by_role("button", name="Accept: Charge of the bank").click()
    is_answered(page)
    page.get_by_role("link", name="$250.00", exact=True).click()
    page.locator("#may ~ ul li").first.get_by_role("button", name="Accept").click()
    is_answered(page)
    page.get_by_role("link", name="-$900.00", exact=True).click()
    page.get_by_label("Reason").fill("rent, paid from this account")
    page.get_by_role("button", name="Set aside").click()
    expect(page.locator("h1")).to_contain_text("Set aside")

    uploads(page, "예시은행 …0002 (KRW)", "3월.csv", korean())
    page.wait_for_url("**/columns/")
    expect(page.get_by_label("입금액")).to_have_value("money_in")
    expect(page.get_by_label("Year, month, day")).to_be_checked()
    page.get_by_role("button", name="Save and read the file").click()
    expect(page.locator("main")).to_contain_text("예시빌딩")
    takes_in(page, 2)
    page.goto("/ko/office/bank/")
    page.get_by_role("button", name="수락: 이자").click()
    page.wait_for_url("**/ko/office/bank/")
    page.get_by_role("link", name="-₩300,000", exact=True).click()
    page.get_by_label("사유").fill("임대료")
    page.get_by_role("button", name="제외").click()
    page.goto("/ko/office/bank/")
    expect(page.locator(".calm")).to_have_text("맞출 것이 없습니다")

    page.goto("/en/office/bank/?state=matched")
    expect(page.locator("[data-row]")).to_have_count(3)
    uploads(page, "Example Community Bank …0001 (USD)", "again.csv", american())
    expect(page.locator(".told").first).to_contain_text("it adds nothing")

    page.goto("/en/office/donations/?q=miriam.bank@example.org")
    expect(page.locator("main")).to_contain_text("$250.00")


def test_the_pages_of_the_bank_fit_a_phone(finance: Finance) -> None:
    finance.page.set_viewport_size({"width": 360, "height": 740})
    finance.signs_in()
    for path in ("bank/", "bank/?state=all", "bank/statements/", "bank/accounts/", "bank/accounts/new/"):
        for language in ("en", "ko"):
            finance.page.goto(f"/{language}/office/{path}")
            wide = finance.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, (language, path, wide)
