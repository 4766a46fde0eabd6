"""B14, B15: lines with codes match by themselves and none wrongly; afterwards their words are gone and still known."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from books import accepting, matching, suggesting, unmatching
from books.accepting import Kind, Part, UnableToAccept
from books.models import BankLine, BankMatch, PayerMark
from donations import postings
from donations.models import Donation, TransferPromise
from donors.models import Message
from ledger import posting
from ledger.models import Entry, Line
from ledger.money import Money
from payments.models import BankAccount, Payout, PayoutFailure
from tests import facts
from tests.books import banks
from tests.books.banks import NOW, TODAY
from tests.campaigns import making

pytestmark = pytest.mark.django_db

WRITTEN = (
    "{code}",
    "GIFT {code} THANK YOU",
    "{bare}",
    "{lower}",
    "{spaced}",
    "{wide}",
    "헌금 {code} 감사합니다",
    "입금{code}",
    "REF:{dashed}/2026",
    "{code}KIM MINSEO",
)


def written(code: str, how: str) -> str:
    letters, digits = code.split("-")
    wide = "".join(chr(ord(char) + 0xFEE0) for char in f"{letters}-{digits}")
    return how.format(
        code=code,
        bare=letters + digits,
        lower=f"{letters}{digits}".lower(),
        spaced=f"{letters} {digits}",
        wide=wide,
        dashed=f"{letters}–{digits}",
    )


def payout(minor: int, *, arrives_on: date = TODAY, ref: str = "") -> Payout:
    """A payout in the books of the entity, as the deposit deed leaves it."""
    made = Payout.objects.create(
        ref=ref or f"po_{facts.number()}",
        amount_minor=minor,
        currency="USD",
        created_at=NOW,
        arrives_on=arrives_on,
        recorded_at=NOW,
    )
    fund = facts.general()
    posting.post(
        entity=making.entity(),
        kind=Entry.Kind.PAYOUT,
        source=f"payout:{made.ref}",
        happened_at=NOW,
        postings=postings.payout([(fund.pk, Money(minor, "USD"))]),
        now=NOW,
    )
    return made


def promise(number: int, minor: int | None, **given: object) -> TransferPromise:
    values: dict[str, object] = {
        "code": f"RSC-{number:06}",
        "amount_minor": minor,
        "donor_name": f"Giver {number}",
        "email": f"giver{number}@example.org",
        "promised_at": NOW - timedelta(days=20),
        **given,
    }
    return facts.promise(**values)


def bank_balance(code: str) -> int:
    return sum(Line.objects.filter(account__code=code).values_list("amount_minor", flat=True))


def test_B14_lines_with_codes_match_by_themselves_and_none_wrongly(check_laws: Callable[[], None]) -> None:
    """240 lines: 120 with a code and its sum, 6 with another sum, 30 payouts, and what only looks alike."""
    account = banks.account()
    dice = random.Random(7)
    expected: dict[str, tuple[str, object]] = {}
    rows: list[str] = []

    def row(name: str, minor: int, payer: str, memo: str, day: date = TODAY - timedelta(days=2)) -> None:
        rows.append(f'{day:%m/%d/%Y},"{payer}","{memo}",{name},{Money(minor, "USD").plain},')

    for place, how in zip(range(120), itertools.cycle(WRITTEN), strict=False):
        minor = dice.randrange(500, 90_000)
        made = promise(100_000 + place * 37, minor)
        expected[f"C{place}"] = ("gift", made.pk)
        row(f"C{place}", minor, f"PAYER {place}", written(made.code, how))
    for place in range(6):
        made = promise(700_000 + place, 5_000)
        row(f"W{place}", 5_000 + 100 * (place + 1), "WRONG SUM", made.code)
    for place in range(30):
        made_payout = payout(200_000 + place * 7, arrives_on=TODAY - timedelta(days=place % 9))
        expected[f"P{place}"] = ("payout", made_payout.pk)
        row(f"P{place}", made_payout.amount_minor, "STRIPE", "TRANSFER", made_payout.arrives_on)
    # A giver who sends exactly what a payout is, a phone number, a code nobody took, two codes, an old code.
    twin = payout(31_500)
    row("N0", 31_500, "LEE JIHOON", "for the children")
    row("N1", 12_300, "PARK", "tel 010-123456-7 RSC-1000001")
    row("N2", 4_500, "CHOI", "RSC-999999")
    both = (promise(810_000, 8_000), promise(810_001, 8_000))
    row("N3", 8_000, "JUNG", f"{both[0].code} {both[1].code}")
    late = promise(820_000, 6_000, promised_at=NOW)
    row("N4", 6_000, "KANG", late.code, TODAY - timedelta(days=10))
    nameless = promise(830_000, 6_100, donor_name="", email="")
    row("N5", 6_100, "YOON", nameless.code)
    dice.shuffle(rows)
    for place in range(78):
        row(
            f"X{place}",
            dice.randrange(100, 9_999_99),
            f"SOMEBODY {place}",
            f"invoice {dice.randrange(10**9)}",
        )
    banks.take_in(account, banks.csv(*rows))
    assert BankLine.objects.count() == len(rows) == 240
    found = {
        match.line.bank_ref: (
            match.kind,
            match.payout_id or TransferPromise.objects.get(donation=match.donation).pk,
        )
        for match in BankMatch.objects.select_related("line")
    }
    wrong = {name: what for name, what in found.items() if expected.get(name) != what}
    assert wrong == {}
    coded = [name for name in expected if name.startswith("C")]
    assert sum(name in found for name in coded) >= 0.95 * len(coded)
    assert len(found) == len(expected)
    assert not BankMatch.objects.filter(payout=twin).exists()
    check_laws()


def test_a_promised_transfer_becomes_a_gift_at_the_bank(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    made = promise(123_456, 25_000)
    banks.take_in(account, banks.csv("11/18/2026,KIM MINSEO,rsc123456,T1,250.00,"))
    gift = Donation.objects.get()
    assert (gift.method, gift.rail, gift.amount_minor, gift.given_on) == (
        "bank_transfer",
        "desk",
        25_000,
        date(2026, 11, 18),
    )
    assert (gift.donor.email, gift.campaign_id) == ("giver123456@example.org", made.campaign_id)
    made.refresh_from_db()
    assert (made.status, made.donation_id) == ("received", gift.pk)
    assert (bank_balance("1000"), bank_balance("1050"), bank_balance("4100")) == (25_000, 0, -25_000)
    line = BankLine.objects.get()
    deposit = Entry.objects.get(source=f"bankline:{line.pk}")
    assert (deposit.kind, deposit.booked_on) == ("deposit", date(2026, 11, 18))
    match = BankMatch.objects.get()
    assert (match.kind, match.score, match.is_automatic, match.matched_by) == ("gift", 100, True, None)
    assert not Message.objects.exists()
    check_laws()


def test_B15_words_are_gone_after_a_match_and_the_line_is_still_known() -> None:
    account = banks.account()
    promise(123_456, 25_000)
    banks.take_in(account, banks.csv("11/18/2026,KIM MINSEO,rsc123456,,250.00,"))
    line = BankLine.objects.get()
    assert (line.state, line.payer, line.reference) == ("matched", "", "")
    again = banks.take_in(
        account, banks.csv("11/18/2026,KIM MINSEO,rsc123456,,250.00,", "11/19/2026,LEE,,,1.00,")
    )
    assert (again.new_count, again.known_count) == (1, 1)


def test_without_the_press_for_gifts_none_is_entered_and_payouts_are_tied() -> None:
    account = banks.account()
    promise(123_456, 25_000)
    payout(9_680)
    banks.take_in(
        account,
        banks.csv("11/18/2026,KIM,rsc123456,,250.00,", "11/20/2026,STRIPE,,,96.80,"),
        with_gifts=False,
    )
    assert not Donation.objects.exists()
    assert BankMatch.objects.get().kind == "payout"
    bulk = accepting.accept_certain(account_id=account.pk, actor=facts.staff_member(), now=NOW)
    assert (bulk.payouts, bulk.gifts, bulk.refused) == (0, 1, 0)


def best(of: BankLine, account: BankAccount) -> suggesting.Suggestion:
    return suggesting.suggest(account=account, lines=[of])[of.pk][0]


def press(of: BankLine, chosen: suggesting.Suggestion, **more: object) -> list[BankMatch]:
    return accepting.accept(
        line_id=of.pk,
        parts=[
            Part(**{**{name: getattr(part, name) for name in Part.__slots__}, **more})
            for part in chosen.parts
        ],
        score=chosen.score,
        is_automatic=False,
        actor=facts.staff_member(),
        now=NOW,
    )


def test_E1_the_payout_s_line_is_ticked_and_its_returned_one_too(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    paid = payout(2_305)
    PayoutFailure.objects.create(payout=paid, balance_ref="txn_b", failed_at=NOW, recorded_at=NOW)
    there = banks.line(account, 2_305, payer="Stripe Payments")
    back = banks.line(account, -2_305, payer="Return of Stripe transfer")
    assert matching.tie_payouts(account=account, now=NOW) == 2
    assert set(BankMatch.objects.values_list("line", "kind")) == {
        (there.pk, "payout"),
        (back.pk, "payout_returned"),
    }
    assert matching.tie_payouts(account=account, now=NOW) == 0
    check_laws()


def test_a_payout_without_the_processor_s_name_is_only_suggested() -> None:
    account = banks.account()
    paid = payout(2_305)
    line = banks.line(account, 2_305, payer="ELECTRONIC DEPOSIT")
    assert matching.tie_payouts(account=account, now=NOW) == 0
    chosen = best(line, account)
    assert (chosen.why, chosen.score, chosen.ref) == ("payout", 80, paid.ref)
    press(line, chosen)
    line.refresh_from_db()
    assert (line.state, line.settled_by) == ("matched", facts.staff_member())


def test_two_payouts_of_one_sum_wait_for_a_person() -> None:
    account = banks.account()
    payout(2_305)
    payout(2_305, arrives_on=TODAY - timedelta(days=1))
    line = banks.line(account, 2_305, payer="STRIPE")
    assert matching.tie_payouts(account=account, now=NOW) == 0
    assert len(suggesting.suggest(account=account, lines=[line])[line.pk]) == 2


def test_one_line_may_be_several_payouts_and_no_payout_two_lines(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    payout(1_000)
    payout(2_500)
    payout(9_999)
    line = banks.line(account, 3_500, payer="STRIPE")
    chosen = best(line, account)
    assert (chosen.why, len(chosen.parts)) == ("payouts", 2)
    press(line, chosen)
    other = banks.line(account, 1_000, payer="STRIPE")
    taken = min(chosen.parts, key=lambda part: part.amount_minor)
    with pytest.raises(UnableToAccept, match="taken"):
        accepting.accept(
            line_id=other.pk,
            parts=[taken],
            score=1,
            is_automatic=False,
            actor=facts.staff_member(),
            now=NOW,
        )
    check_laws()


def test_a_charge_taken_from_a_transfer_leaves_the_whole_gift(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    made = promise(123_456, 10_000)
    line = banks.line(account, 8_500, payer="KIM", reference=made.code)
    chosen = best(line, account)
    assert (chosen.why, chosen.score) == ("code_other_amount", 70)
    accepting.accept(
        line_id=line.pk,
        parts=[
            Part(kind=Kind.GIFT, promise_id=made.pk, amount_minor=10_000),
            Part(kind=Kind.CHARGE, amount_minor=-1_500),
        ],
        score=chosen.score,
        is_automatic=False,
        actor=facts.staff_member(),
        now=NOW,
    )
    assert (bank_balance("1000"), bank_balance("5160"), bank_balance("4100")) == (8_500, 1_500, -10_000)
    check_laws()


def test_charges_and_interest_get_their_entries(check_laws: Callable[[], None]) -> None:
    facts.general()
    account = banks.account()
    charge = banks.line(account, -1_200, payer="BANK", reference="Monthly service fee")
    interest = banks.line(account, 77, payer="BANK", reference="예금이자")
    for line, why in ((charge, "charge"), (interest, "interest")):
        chosen = best(line, account)
        assert chosen.why == why
        press(line, chosen)
    assert (bank_balance("1000"), bank_balance("5160"), bank_balance("4400")) == (-1_123, 1_200, -77)
    check_laws()


def test_a_payer_we_know_is_suggested_without_their_name_being_kept() -> None:
    account = banks.account()
    giver = facts.donor("Kim Minseo", "minseo@example.org")
    first = banks.line(account, 5_000, payer="KIM MIN-SEO")
    campaign = facts.campaign()
    press(first, best(first, account), campaign_id=campaign.pk)
    second = banks.line(account, 7_000, payer="kim minseo")
    chosen = best(second, account)
    assert (chosen.why, chosen.score, chosen.donor) == ("payer_before", 60, giver)
    assert chosen.parts[0].campaign_id == campaign.pk
    mark = PayerMark.objects.get()
    assert "kim" not in mark.mark
    assert len(mark.mark) == 64
    unmatching.undo(line_id=first.pk, reason="another Kim", actor=facts.staff_member(), now=NOW)
    assert not PayerMark.objects.exists()


def test_a_transfer_entered_by_hand_is_found_and_deposited(check_laws: Callable[[], None]) -> None:
    account = banks.account()
    made = promise(123_456, 5_000)
    line = banks.line(account, 5_000, payer="KIM", reference=made.code)
    press(line, best(line, account))
    gift = Donation.objects.get()
    unmatching.undo(line_id=line.pk, reason="to try", actor=facts.staff_member(), now=NOW)
    assert (bank_balance("1000"), bank_balance("1050")) == (0, 5_000)
    line.refresh_from_db()
    assert (line.state, line.payer, line.reason) == ("no_match", "", "to try")
    chosen = best(line, account)
    assert (chosen.why, chosen.parts[0].donation_id) == ("transfer", gift.pk)
    press(line, chosen)
    assert (bank_balance("1000"), bank_balance("1050")) == (5_000, 0)
    assert list(
        Entry.objects.filter(source__startswith=f"bankline:{line.pk}").values_list("source", flat=True)
    ) == [
        f"bankline:{line.pk}",
        f"bankline:{line.pk}:2",
    ]
    unmatching.undo(line_id=line.pk, reason="again", actor=facts.staff_member(), now=NOW)
    assert (bank_balance("1000"), bank_balance("1050")) == (0, 5_000)
    assert Donation.objects.count() == 1
    check_laws()


def test_a_code_that_came_twice_waits_for_a_person_and_names_its_giver() -> None:
    account = banks.account()
    promise(123_456, 5_000)
    banks.take_in(
        account, banks.csv("11/18/2026,KIM,RSC-123456,A,50.00,", "11/19/2026,KIM,RSC-123456,B,50.00,")
    )
    waiting = BankLine.objects.get(state="new")
    chosen = best(waiting, account)
    assert (chosen.why, chosen.score, chosen.donor) == ("code_again", 60, Donation.objects.get().donor)
    press(waiting, chosen)
    assert Donation.objects.count() == 2


def test_a_code_without_an_amount_is_one_press_away() -> None:
    account = banks.account()
    promise(123_456, None)
    line = banks.line(account, 4_200, reference="RSC-123456")
    chosen = best(line, account)
    assert (chosen.why, chosen.score, chosen.is_certain) == ("code_no_amount", 85, False)
    press(line, chosen)
    assert Donation.objects.get().amount_minor == 4_200
