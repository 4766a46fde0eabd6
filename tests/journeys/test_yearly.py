"""The yearly mail: two presses to the file (P01), and what happens to a receipt whose mail comes back (D21)."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from launcher.stack import Stack
from tests.journeys.conftest import OpenPage
from tests.journeys.outside import Mailbox
from tests.journeys.walking import Finance, Giver

SUMMARIES = """
from django.utils import timezone
from donors.models import Donor
from receipts import mailing
from receipts.models import Receipt
donor = Donor.objects.get(email="{email}")
paper = Receipt.objects.get(donor=donor)
print(mailing.send_summaries(
    donor_ids=[donor.pk], entity=paper.series.entity, tax_year=paper.tax_year, now=timezone.now()))
"""
COMES_BACK = """
from django.utils import timezone
from donors import bouncing
from donors.models import Donor, Message
from receipts import sending
Donor.objects.filter(email="{email}").update(address="1 Quay Street, Portland", postcode="04101", country="US")
message = Message.objects.get(to_email="{email}", kind="receipt")
raw = f\"\"\"From: mailer-daemon@mx.example.net
X-Failed-Recipients: {email}
Subject: Mail delivery failed

550 5.1.1 no such user

Message-ID: <{{message.pk}}@localhost>
\"\"\"
print(bouncing.take_mail(raw=raw.encode(), now=timezone.now()).outcome.value)
sending.send_due(now=timezone.now())
"""


def tell(stack: Stack, script: str, *, email: str) -> str:
    done = stack.manage("shell", "-v", "0", "-c", script.format(email=email))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def press_in_mail(page: Page, mailbox: Mailbox, *, letter: str, button: str) -> Page:
    """The first press: the mail's own button, in the part with markup."""
    page.goto(f"{mailbox.stack.mailbox_url}/messages/{letter}/html")
    with page.expect_popup() as opened:
        page.get_by_role("link", name=button).click()
    return opened.value


def test_p01_two_presses_from_the_yearly_mail_to_the_file(
    giver: Giver, stack: Stack, open_page: OpenPage
) -> None:
    email = "yearly@example.org"
    number = giver.gives(name="Yuna Yearly", email=email, amount="31")
    giver.gets_receipt(email=email, number=number)
    assert tell(stack, SUMMARIES, email=email) == "1"
    letter = giver.mailbox.wait(to=email, subject="giving summary")
    for width in (360, 1280):
        reader = press_in_mail(
            open_page(width=width), giver.mailbox, letter=letter["id"], button="Open my summary"
        )
        expect(reader.locator("h1")).to_contain_text("giving summary")
        with reader.expect_download() as started:
            reader.get_by_role("link", name="Download PDF").click()
        assert Path(started.value.path()).read_bytes().startswith(b"%PDF")
        assert started.value.suggested_filename.startswith("gifts-")
    reader.goto("/en/portal/home/")
    expect(reader.get_by_label("Email")).to_be_visible()  # nobody was signed in

    leaves = open_page()
    leave = next(link for link in letter["links"] if "/u/" in link)
    leaves.goto(leave)
    leaves.get_by_role("button", name="No more of it").click()
    expect(leaves.locator("h1")).to_have_text("You will get no more of it")


def test_d21_a_receipt_whose_mail_comes_back_is_printed(giver: Giver, finance: Finance, stack: Stack) -> None:
    email = "bounced@example.org"
    number = giver.gives(name="Bo Bounced", email=email, amount="27")
    giver.gets_receipt(email=email, number=number)
    assert tell(stack, COMES_BACK, email=email) == "did not arrive"
    finance.signs_in()
    expect(finance.page.get_by_text("A giver's mail comes back").first).to_be_visible()
    finance.page.get_by_role("link", name="Letters wait for the printer").click()
    row = finance.page.locator("tr", has_text=number)
    expect(row).to_contain_text("04101")
    finance.page.get_by_role("button", name="Make print file").first.click()
    expect(finance.page.get_by_role("status")).to_contain_text("The print file is ready.")
    for name, begins in (("Receipts", "receipts-"), ("Labels", "labels-")):
        with finance.page.expect_download() as started:
            finance.page.locator("#main table").get_by_role("link", name=name).first.click()
        assert started.value.suggested_filename.startswith(begins)
        assert Path(started.value.path()).read_bytes().startswith(b"%PDF")
    finance.page.get_by_role("button", name="Printed and sent").first.click()
    expect(finance.page.get_by_role("status")).to_contain_text("Marked as printed and sent.")
    expect(finance.page.locator("tr", has_text=number)).to_have_count(0)
