"""What can go wrong between the form and the money, as the giver sees it: nothing is lost, nothing is paid twice."""

from __future__ import annotations

from playwright.sync_api import expect

from launcher.stack import Stack
from tests.journeys.outside import Mailbox, Processor
from tests.journeys.walking import CONFIRMED_CARD, DECLINED_CARD, GOOD_ACCOUNT, Giver


def succeeded(processor: Processor, email: str) -> int:
    """This function will return how often that giver was charged."""
    return sum(charge["status"] == "succeeded" for charge in processor.charges(email=email))


def is_still_filled(giver: Giver, *, name: str, email: str, amount: str) -> None:
    expect(giver.page.locator("#name")).to_have_value(name)
    expect(giver.page.locator("#email")).to_have_value(email)
    expect(giver.page.locator("#other")).to_have_value(amount)


def test_a_declined_card_is_told_and_another_one_works(giver: Giver, processor: Processor) -> None:
    giver.opens()
    giver.fills(name="Dana Twice", email="declined@example.org", amount="40")
    giver.presses_continue()
    giver.pays(card=DECLINED_CARD)
    expect(giver.page.get_by_text("Your card was declined.")).to_be_visible()
    giver.pays()
    giver.is_thanked()
    assert succeeded(processor, "declined@example.org") == 1


def test_going_back_from_the_payment_page_finds_the_form_filled(giver: Giver, processor: Processor) -> None:
    name, email = "Ida Undecided", "undecided@example.org"
    giver.opens()
    giver.fills(name=name, email=email, amount="61")
    giver.presses_continue()
    giver.is_on_payment_page()
    giver.page.get_by_role("link", name="Back").click()
    expect(giver.page.get_by_role("status")).to_contain_text("Everything you typed is still here")
    is_still_filled(giver, name=name, email=email, amount="61")

    giver.presses_continue()
    giver.is_on_payment_page()
    giver.page.go_back()
    is_still_filled(giver, name=name, email=email, amount="61")
    giver.page.locator("#other").fill("62")
    giver.presses_continue()
    # The first press asked for 61: the giver is told, and nothing is begun behind their back.
    expect(giver.page.get_by_role("status")).to_contain_text("Something was changed after the first press")
    giver.presses_continue()
    giver.is_on_payment_page()
    expect(giver.page.locator(".amount")).to_have_text("USD 62.00")
    assert len(processor.sessions(email=email)) == 2
    assert processor.charges(email=email) == []


def test_two_presses_and_going_back_are_one_gift(
    giver: Giver, mailbox: Mailbox, processor: Processor
) -> None:
    email = "twice@example.org"
    giver.opens()
    giver.fills(name="Toni Twice", email=email, amount="33")
    giver.page.locator("#go").dblclick()
    giver.is_on_payment_page()
    first = giver.page.url
    giver.page.go_back()
    giver.presses_continue()
    giver.is_on_payment_page()
    assert giver.page.url == first
    giver.page.locator("input[name=card]").fill("4242424242424242")
    giver.page.locator("button.main").dblclick()
    number = giver.is_thanked()

    giver.page.goto(first)
    giver.page.get_by_role("link", name="Continue").click()
    assert giver.is_thanked() == number
    assert len(processor.sessions(email=email)) == 1
    assert succeeded(processor, email) == 1
    giver.gets_receipt(email=email, number=number)
    assert len(mailbox.letters(to=email)) == 1


def test_late_notices_are_waited_for_honestly(giver: Giver, processor: Processor) -> None:
    processor.pause_deliveries()
    giver.opens()
    giver.fills(name="Lena Late", email="late@example.org", amount="44")
    giver.presses_continue()
    giver.pays()
    expect(giver.heading).to_have_text("We are waiting for the payment company")
    giver.page.reload()
    expect(giver.heading).to_have_text("We are waiting for the payment company")

    processor.deliver_normally()
    giver.is_thanked()  # the page turns by itself
    assert succeeded(processor, "late@example.org") == 1


def test_lost_notices_are_found_by_the_timetable(giver: Giver, processor: Processor, stack: Stack) -> None:
    processor.drop_deliveries()
    giver.opens()
    giver.fills(name="Lou Lost", email="lost@example.org", amount="45")
    giver.presses_continue()
    giver.pays()
    expect(giver.heading).to_have_text("We are waiting for the payment company")
    processor.drain()
    looked = stack.manage("shell", "-v", "0", "-c", "from donations import tasks; tasks.catch_up()")
    assert looked.returncode == 0, looked.stderr
    number = giver.is_thanked()
    giver.gets_receipt(email="lost@example.org", number=number)
    assert succeeded(processor, "lost@example.org") == 1


def test_a_bank_confirms_and_then_the_receipt_comes(
    giver: Giver, mailbox: Mailbox, processor: Processor
) -> None:
    email = "bank@example.org"
    giver.opens()
    giver.fills(name="Beth Bank", email=email, amount="70")
    giver.presses_continue()
    giver.pays(account=GOOD_ACCOUNT)
    expect(giver.heading).to_have_text("Your bank is confirming")
    expect(giver.page.locator("#outcome")).to_contain_text("three to five working days")
    assert mailbox.letters(to=email) == []

    processor.bank_answers(email=email, outcome="settle")
    letter = mailbox.wait(to=email, subject="Your receipt")
    giver.page.reload()
    assert giver.is_thanked() in letter["subject"]


def test_a_bank_refuses_and_the_giver_is_told_by_mail(
    giver: Giver, mailbox: Mailbox, processor: Processor
) -> None:
    email = "refused@example.org"
    giver.opens()
    giver.fills(name="Rory Refused", email=email, amount="71")
    giver.presses_continue()
    giver.pays(account=GOOD_ACCOUNT)
    expect(giver.heading).to_have_text("Your bank is confirming")

    processor.bank_answers(email=email, outcome="fail")
    letter = mailbox.wait(to=email, subject="Your gift did not go through")
    assert "$71.00" in letter["text"]
    giver.page.reload()
    expect(giver.heading).to_have_text("The payment did not go through")
    giver.page.goto(letter["links"][0])
    is_still_filled(giver, name="Rory Refused", email=email, amount="71")
    assert [row["subject"] for row in mailbox.letters(to=email)] == [letter["subject"]]


def test_a_bank_that_asks_for_a_confirmation_gets_it(giver: Giver, processor: Processor) -> None:
    giver.opens()
    giver.fills(name="Tess Threeds", email="confirmed@example.org", amount="80")
    giver.presses_continue()
    giver.pays(card=CONFIRMED_CARD)
    expect(giver.heading).to_have_text("Confirm this payment")
    giver.page.get_by_role("button", name="Fail").click()
    expect(giver.page.get_by_text("We are unable to authenticate your payment method")).to_be_visible()
    giver.pays(card=CONFIRMED_CARD)
    giver.page.get_by_role("button", name="Complete").click()
    giver.is_thanked()
    assert succeeded(processor, "confirmed@example.org") == 1
