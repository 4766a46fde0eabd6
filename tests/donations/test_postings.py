"""What facts mean in the books: whatever the shares, fees and exchanges, every fund and currency balances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as some

from donations import postings
from donations.postings import Share
from ledger.money import Money
from ledger.posting import Posting

signed = some.integers(-(10**9), 10**9)
currencies = some.sampled_from(["USD", "KRW", "KWD", "EUR"])


@some.composite
def shares(draw: some.DrawFn, currency: str = "USD") -> list[Share]:
    amounts = draw(some.lists(some.integers(1, 10**8), min_size=1, max_size=5))
    return [
        Share(fund_id, draw(some.booleans()), Money(minor, currency), draw(some.sampled_from(["", "family"])))
        for fund_id, minor in enumerate(amounts, start=1)
    ]


def balances(lines: Sequence[Posting]) -> bool:
    sums: Counter[tuple[int, str]] = Counter()
    for line in lines:
        sums[line.fund_id, line.amount.currency] += line.amount.minor
    return not any(sums.values())


def on(account: str, lines: Sequence[Posting], currency: str = "USD") -> int:
    return sum(
        line.amount.minor for line in lines if line.account == account and line.amount.currency == currency
    )


@given(shares())
def test_a_gift_is_owed_by_the_processor_and_is_income_of_its_funds(given_to: list[Share]) -> None:
    lines = postings.donation(given_to)
    whole = sum(share.amount.minor for share in given_to)
    assert balances(lines)
    assert on(postings.CLEARING, lines) == whole
    assert -on(postings.RESTRICTED, lines) == sum(s.amount.minor for s in given_to if s.is_restricted)
    assert -on(postings.UNRESTRICTED, lines) == sum(s.amount.minor for s in given_to if not s.is_restricted)
    assert {line.segment for line in lines if line.account == postings.CLEARING} == {""}


@given(shares())
def test_a_refund_undoes_a_gift_and_a_lost_dispute_takes_what_was_disputed(given_to: list[Share]) -> None:
    gift, back, lost = postings.donation(given_to), postings.refund(given_to), postings.dispute_lost(given_to)
    assert balances(back)
    assert balances(lost)
    assert on(postings.CLEARING, [*gift, *back]) == 0
    assert on(postings.RESTRICTED, [*gift, *back]) == 0
    assert on(postings.DISPUTED, lost) == -sum(share.amount.minor for share in given_to)
    assert on(postings.UNRESTRICTED, [*gift, *lost]) == 0


@given(shares(), signed, signed, currencies, some.sampled_from([postings.CLEARING, postings.DISPUTED]))
def test_a_settlement_books_the_fee_and_leaves_what_the_balance_says(
    given_to: list[Share], settled: int, fee: int, currency: str, against: str
) -> None:
    gross = Money(sum(share.amount.minor for share in given_to), "USD")
    line = gross if currency == "USD" else Money(settled, currency)
    lines = postings.settlement(
        gross=gross, settled=line, fee=Money(fee, currency), shares=given_to, against=against
    )
    assert balances(lines)
    assert on(postings.FEES, lines, currency) == fee
    if currency == "USD":
        assert not on(postings.EXCHANGE, lines)
    else:
        assert on(against, lines) == -gross.minor
        assert on(postings.EXCHANGE, lines) == gross.minor
        assert on(postings.EXCHANGE, lines, currency) == -settled
        expected = settled - fee if against == postings.CLEARING else settled
        assert on(against, lines, currency) == expected


@given(shares(), signed, signed)
def test_an_exchange_takes_one_currency_off_and_puts_the_other_on(
    given_to: list[Share], was: int, became: int
) -> None:
    lines = postings.exchange(
        was=Money(was, "KRW"), became=Money(became, "USD"), shares=given_to, account=postings.DISPUTED
    )
    assert balances(lines)
    assert on(postings.DISPUTED, lines, "KRW") == -was
    assert on(postings.DISPUTED, lines) == became


@given(shares(), signed, signed)
def test_a_movement_of_a_dispute_is_neither_income_nor_loss(
    given_to: list[Share], amount: int, fee: int
) -> None:
    lines = postings.dispute_movement(amount=Money(amount, "USD"), fee=Money(fee, "USD"), shares=given_to)
    assert balances(lines)
    assert on(postings.CLEARING, lines) == amount - fee
    assert on(postings.DISPUTED, lines) == -amount
    assert on(postings.DISPUTE_FEES, lines) == fee


@given(some.lists(some.tuples(some.integers(1, 5), signed), max_size=6))
def test_a_payout_moves_what_was_owed_to_the_bank(parts: list[tuple[int, int]]) -> None:
    lines = postings.payout([(fund_id, Money(minor, "USD")) for fund_id, minor in parts])
    assert balances(lines)
    assert on(postings.BANK, lines) == sum(minor for _, minor in parts)


@given(signed)
def test_a_charge_of_the_processor_is_borne_by_one_fund(fee: int) -> None:
    lines = postings.charge_by_processor(fee=Money(fee, "USD"), fund_id=3)
    assert balances(lines)
    assert on(postings.FEES, lines) == fee
    assert {line.fund_id for line in lines} == {3}


@given(shares(), signed, currencies)
def test_an_amount_over_shares_is_divided_without_rest(
    given_to: list[Share], minor: int, currency: str
) -> None:
    assert sum(part.minor for part in postings.over(Money(minor, currency), given_to)) == minor
