"""What each fact means in the books. Pure: facts in, balanced lines out; every share is exact.

Fees are borne by the fund the gift went to. Money in another currency than it settles in passes through
account 7900, so that each currency balances by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.models import Fund
from ledger.money import Money
from ledger.posting import Posting

BANK, CLEARING, DISPUTED = "1000", "1100", "1150"
WALLET, BETWEEN_BODIES = "1120", "1910"
UNDEPOSITED, SECURITIES, GOODS, VOLUNTEER_COSTS = "1050", "1300", "1350", "5200"
PROMISED, GIVEN_UP = "1200", "5190"
UNRESTRICTED, RESTRICTED, EVENT = "4000", "4100", "4200"
FEES, DISPUTE_FEES, EXCHANGE = "5100", "5150", "7900"
ROUNDING = "5180"


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a gift that went to one fund; `segment` is the campaign it counts for."""

    fund_id: int
    is_restricted: bool
    amount: Money
    segment: str

    @property
    def income(self) -> str:
        return RESTRICTED if self.is_restricted else UNRESTRICTED


def over(amount: Money, shares: Sequence[Share]) -> list[Money]:
    """Divide an amount over shares in proportion to them; the parts sum to the amount."""
    return amount.split([share.amount.minor for share in shares])


def _taken(shares: Sequence[Share], *, against: str) -> list[Posting]:
    lines: list[Posting] = []
    for share in shares:
        lines.append(Posting(against, share.fund_id, share.amount))
        lines.append(Posting(share.income, share.fund_id, -share.amount, share.segment))
    return lines


def donation(shares: Sequence[Share]) -> list[Posting]:
    """A gift: the processor owes us, contributions grow."""
    return _taken(shares, against=CLEARING)


BY_HAND = {
    "cash": UNDEPOSITED,
    "ticket": UNDEPOSITED,
    "stock": SECURITIES,
    "property": GOODS,
    "vehicle": GOODS,
    "volunteer_expenses": VOLUNTEER_COSTS,
}
"""Where a gift that came over the desk lies, by its kind. What a volunteer spent is spent: an expense, no asset."""


WALLETS = {"paypal": WALLET}
"""Where money lies that came by a processor whose files we read, by the method of the gift."""


def lies_on(*, kind: str, method: str = "") -> str:
    """This function will return the account on which a gift over the desk lies."""
    there = BY_HAND[kind]
    return WALLETS.get(method, there) if there == UNDEPOSITED else there


def by_hand(
    shares: Sequence[Share], *, kind: str, method: str = "", bought: Sequence[Money] = ()
) -> list[Posting]:
    """A gift over the desk: money to be deposited, securities, goods or borne costs; contributions grow.

    What its giver got in return was `bought`, one amount for each share: income of the event and no contribution.
    """
    there = lies_on(kind=kind, method=method)
    lines: list[Posting] = []
    for share, part in zip(shares, bought or [share.amount - share.amount for share in shares], strict=True):
        lines += [
            Posting(there, share.fund_id, share.amount),
            Posting(share.income, share.fund_id, part - share.amount, share.segment),
            Posting(EVENT, share.fund_id, -part, share.segment),
        ]
    return lines


def bought(shares: Sequence[Share]) -> list[Posting]:
    """Part of what was paid bought something: contributions become income of the event, by a negative part again not.

    Both lines name the campaign, so that what it raised is told without what was sold.
    """
    lines: list[Posting] = []
    for share in shares:
        lines.append(Posting(share.income, share.fund_id, share.amount, share.segment))
        lines.append(Posting(EVENT, share.fund_id, -share.amount, share.segment))
    return lines


def moved_by_hand(shares: Sequence[Share], *, was: str, became: str, method: str = "") -> list[Posting]:
    """A gift turned out to be of another kind: it lies on another account, and contributions stay as they are."""
    lines: list[Posting] = []
    for share in shares:
        lines.append(Posting(lies_on(kind=became, method=method), share.fund_id, share.amount))
        lines.append(Posting(lies_on(kind=was, method=method), share.fund_id, -share.amount))
    return lines


def taken_back(
    shares: Sequence[Share], *, kind: str, method: str = "", is_at_bank: bool = False
) -> list[Posting]:
    """What came over the desk is no gift after all: contributions shrink, and so does wherever it lies by now."""
    return _taken(
        [_negative(share) for share in shares],
        against=BANK if is_at_bank else lies_on(kind=kind, method=method),
    )


def deposited(parts: Sequence[tuple[int, Money]]) -> list[Posting]:
    """Money from the drawer is carried to the bank, fund by fund."""
    lines: list[Posting] = []
    for fund_id, amount in parts:
        lines += [Posting(BANK, fund_id, amount), Posting(UNDEPOSITED, fund_id, -amount)]
    return lines


def refund(shares: Sequence[Share], *, against: str = CLEARING) -> list[Posting]:
    """Money given back: contributions shrink, the processor owes us less. The kept fee stays an expense."""
    return _taken([_negative(share) for share in shares], against=against)


def unidentified(shares: Sequence[Share], *, against: str) -> list[Posting]:
    """Money came and nobody knows yet from whom: contributions grow all the same, no gift is written."""
    return _taken(shares, against=against)


def dispute_lost(shares: Sequence[Share]) -> list[Posting]:
    """The disputed amount will not come back: contributions shrink, nothing is disputed any more."""
    return _taken([_negative(share) for share in shares], against=DISPUTED)


def _negative(share: Share) -> Share:
    return Share(share.fund_id, share.is_restricted, -share.amount, share.segment)


def fee(shares: Sequence[Share], *, amount: Money, against: str = CLEARING) -> list[Posting]:
    """A fee is borne by the funds of its gift, in proportion; what a refund gives back of it is negative."""
    lines: list[Posting] = []
    for share, part in zip(shares, over(amount, shares), strict=True):
        lines += [Posting(FEES, share.fund_id, part), Posting(against, share.fund_id, -part)]
    return lines


def settlement(
    *, gross: Money, settled: Money, fee: Money, shares: Sequence[Share], against: str = CLEARING
) -> list[Posting]:
    """What a line of the processor's balance adds to an entry booked gross: its fee and any exchange.

    `gross` is signed as booked on `against` (negative for a refund), `settled` and `fee` are of the line.
    """
    lines: list[Posting] = []
    for share, fee_part in zip(shares, over(fee, shares), strict=True):
        lines += [Posting(FEES, share.fund_id, fee_part), Posting(CLEARING, share.fund_id, -fee_part)]
    if settled.currency != gross.currency:
        lines += exchange(was=gross, became=settled, shares=shares, account=against)
    return lines


def exchange(*, was: Money, became: Money, shares: Sequence[Share], account: str) -> list[Posting]:
    """An amount on `account` turns into another currency; each currency balances against 7900."""
    lines: list[Posting] = []
    for share, old, new in zip(shares, over(was, shares), over(became, shares), strict=True):
        lines += [
            Posting(account, share.fund_id, -old),
            Posting(EXCHANGE, share.fund_id, old),
            Posting(account, share.fund_id, new),
            Posting(EXCHANGE, share.fund_id, -new),
        ]
    return lines


def dispute_movement(*, amount: Money, fee: Money, shares: Sequence[Share]) -> list[Posting]:
    """The network took (negative) or gave back money: it is disputed, neither income nor lost yet."""
    lines: list[Posting] = []
    for share, part, fee_part in zip(shares, over(amount, shares), over(fee, shares), strict=True):
        lines += [
            Posting(CLEARING, share.fund_id, part - fee_part),
            Posting(DISPUTED, share.fund_id, -part),
            Posting(DISPUTE_FEES, share.fund_id, fee_part),
        ]
    return lines


Part = tuple[int, Money]
"""How much of a payout belongs to which fund, signed as paid to the bank."""


def payout(parts: Sequence[Part], *, against: str = CLEARING) -> list[Posting]:
    """The processor paid what it owed, fund by fund: `parts` are (fund, amount), signed as paid to the bank."""
    return _moved(parts, into=BANK, out_of=against)


def payout_for_another(*, amount: Money, fund_id: int) -> list[Posting]:
    """At our bank arrived what belongs to another body: we owe it to that body, out of no fund of ours."""
    return _moved([(fund_id, amount)], into=BANK, out_of=BETWEEN_BODIES)


def payout_through_another(parts: Sequence[Part]) -> list[Posting]:
    """The processor paid what it owed us to another body's bank: now that body owes it to us."""
    return _moved(parts, into=BETWEEN_BODIES, out_of=CLEARING)


def _moved(parts: Sequence[Part], *, into: str, out_of: str) -> list[Posting]:
    lines: list[Posting] = []
    for fund_id, amount in parts:
        lines += [Posting(into, fund_id, amount), Posting(out_of, fund_id, -amount)]
    return lines


def charge_by_processor(*, fee: Money, fund_id: int, against: str = CLEARING) -> list[Posting]:
    """A fee that belongs to no gift (network costs, screening): borne by the general fund."""
    return [Posting(FEES, fund_id, fee), Posting(against, fund_id, -fee)]


def rounding(*, amount: Money, fund_id: int) -> list[Posting]:
    """A deposit came a little smaller (negative) or larger than its gifts: the cents are no gift and no fee."""
    return [Posting(ROUNDING, fund_id, -amount), Posting(UNDEPOSITED, fund_id, amount)]


def pledged(amount: Money, *, fund: Fund) -> list[Posting]:
    """An unconditional promise as a receivable. No segment: a campaign counts what came, not what may."""
    income = RESTRICTED if fund.is_restricted else UNRESTRICTED
    return [Posting(PROMISED, fund.pk, amount), Posting(income, fund.pk, -amount)]


def pledge_kept(amount: Money, *, fund: Fund) -> list[Posting]:
    """A gift, booked as every gift, kept a booked promise: it is no second income. Negative when taken back."""
    return pledged(-amount, fund=fund)


def pledge_given_up(amount: Money, *, fund: Fund) -> list[Posting]:
    """What will not come any more of a booked promise."""
    return [Posting(GIVEN_UP, fund.pk, amount), Posting(PROMISED, fund.pk, -amount)]
