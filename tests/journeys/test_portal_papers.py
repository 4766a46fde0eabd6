"""What became of receipts, on their giver's page: one stands, others are void, and each says why."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from launcher.stack import Stack
from tests.journeys.outside import Processor
from tests.journeys.pages import text_of
from tests.journeys.test_portal import looks_well
from tests.journeys.walking import Finance, Giver

IN_ERROR = """
from django.utils import timezone
from receipts import voiding
from receipts.models import Receipt
from staff.models import User
paper = Receipt.objects.get(serial="{serial}")
actor = User.objects.order_by("id").first()
voiding.void(receipt_id=paper.pk, words="printed on the wrong form", actor=actor, now=timezone.now())
"""
TOLD = {
    "en": (
        "it was wrong",
        "the payment was taken back by the bank",
        "the gift was refunded",
        "Void",
    ),
    "ko": ("잘못 발급됨", "은행이 결제를 회수", "후원금 환불", "무효"),
}


def test_P08_every_paper_says_whether_it_stands_and_what_replaced_it(
    giver: Giver, finance: Finance, stack: Stack, processor: Processor
) -> None:
    email, page = "papers@example.org", giver.page
    wrong = giver.gives(name="Pia Papers", email=email, amount="61")
    taken = giver.gives(name="Pia Papers", email=email, amount="62")
    partly = giver.gives(name="Pia Papers", email=email, amount="63")
    stands = giver.gives(name="Pia Papers", email=email, amount="64")
    for number in (wrong, taken, partly, stands):
        giver.gets_receipt(email=email, number=number)

    told = stack.manage("shell", "-v", "0", "-c", IN_ERROR.format(serial=wrong))
    assert told.returncode == 0, told.stderr
    [charge] = [one for one in processor.charges(email=email) if one["amount"] == 6200]
    dispute = processor.operate("POST", "disputes", charge=charge["id"])
    processor.operate("POST", f"disputes/{dispute['id']}/close", outcome="lost")
    finance.signs_in()
    finance.finds(email)
    finance.opens_gift("$63.00")
    finance.gives_back("3", reason="Asked for it")
    finance.page.get_by_role("button", name="Give $3.00 back").click()
    giver.mailbox.wait(to=email, subject=f"Receipt {taken} is no longer valid")
    after = giver.mailbox.wait(to=email, subject="Your corrected receipt")
    assert re.search(r"\d{6}", after["subject"])

    giver.signs_in(email=email)
    for language, (in_error, by_bank, refunded, void) in TOLD.items():
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 740})
            page.goto(f"/{language}/portal/receipts/")
            papers = page.locator("ul.receipts li")
            expect(papers).to_have_count(6)
            looks_well(page, "papers", language)
        expect(papers.filter(has_text=void)).to_have_count(3)
        expect(papers.filter(has_text=in_error)).to_contain_text(wrong)
        expect(papers.filter(has_text=by_bank)).to_contain_text(taken)
        expect(papers.filter(has_text=refunded)).to_contain_text(partly)
        for number in (wrong, partly):
            row = papers.filter(has=page.get_by_role("link", name=number))
            newer = re.findall(r"HM\d{4}-\d{6}", row.inner_text())[1]
            expect(papers.filter(has=page.get_by_role("link", name=newer))).not_to_contain_text(void)
        expect(papers.filter(has_text=stands)).not_to_contain_text(void)
        page.goto(f"/{language}/portal/gifts/")
        looks_well(page, "gifts that went back", language)

    page.goto("/en/portal/receipts/")
    with page.expect_download() as started:
        page.get_by_role("link", name=taken).click()
    assert "VOID" in text_of(started.value.path().read_bytes())
