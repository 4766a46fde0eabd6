"""Judging: what the law says about one gift: it may stand on a receipt, it may not, or a person must mend something.

A refusal that nothing can mend becomes an exclusion with the law's reason; one that a person can mend (an address, a
value nobody told, a year nobody has checked) is an obstacle, asked again later.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger import money
from receipts.gathering import Gift
from receipts.models import Exclusion
from receipts.rules import choosing, parameters, shapes

_FINAL = {
    "refunded": Exclusion.Reason.REFUNDED,
    "daf": Exclusion.Reason.SPONSOR_IS_DONOR,
    "services": Exclusion.Reason.SERVICES,
    "pledge": Exclusion.Reason.PLEDGE,
    "purchase": Exclusion.Reason.PURCHASE,
    "not_501c3": Exclusion.Reason.NOT_TAX_EXEMPT,
    "not_registered": Exclusion.Reason.NOT_REGISTERED,
    "not_dgr": Exclusion.Reason.NOT_DESIGNATED,
    "entity_not_designated": Exclusion.Reason.NOT_DESIGNATED,
    "advantage_over_80pct": Exclusion.Reason.ADVANTAGE_TOO_LARGE,
    "already_in_hometax": Exclusion.Reason.IN_HOMETAX,
}
_TO_MEND = {
    "vehicle_1098c": "It is not known what the giver means to claim for the vehicle.",
    "no_address": "The donor's address is missing.",
    "fmv_unknown": "Nobody has said what the thing or the benefit is worth.",
    "benefit": "Something was given in return; this law has no receipt for a part of a gift.",
    "rrn_missing": "The donor's business number is missing or wrong.",
    "prior_receipts_unknown": "The sum of the receipts of the year before is not known.",
}
HELD = {
    "disputed": "The payment is disputed.",
    "reviewed": "The processor still looks at the payment.",
}
VALUE_UNKNOWN, YEAR_UNSETTLED, MIXED = "fmv_unknown", "year_unsettled", "mixed_currencies"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`excluded` is a reason of `Exclusion`; `obstacle` a code with its words. Neither: it goes on a receipt."""

    excluded: str = ""
    obstacle: tuple[str, str] | None = None
    amounts: shapes.Amounts | None = None
    is_information_copy: bool = False


def judge(
    *,
    gift: Gift,
    line: shapes.GiftLine,
    entity: shapes.EntityFacts,
    donor: shapes.DonorFacts,
    book: parameters.Book,
    is_receipted: bool,
) -> Verdict:
    """Ask the law of the issuing body about one gift; money that is gone or held comes before every law.

    What holds a gift back does not take a receipt away that it has (`is_receipted`). This function will return the
    verdict, with the amounts of the gift when it may stand on a receipt.
    """
    if gift.held == "lost":
        return Verdict(excluded=Exclusion.Reason.DISPUTE_LOST)
    if gift.is_all_back:
        return Verdict(excluded=Exclusion.Reason.REFUNDED)
    if gift.held and not is_receipted:
        return Verdict(obstacle=(gift.held, HELD[gift.held]))
    rules = choosing.law_of(country=entity.country)
    try:
        decision = rules.receiptable(gift=line, entity=entity, donor=donor, book=book)
        verdict = _verdict(decision, law=rules.CODE)
        if verdict.excluded or verdict.obstacle:
            return verdict
        amounts = rules.amounts(lines=(line,), book=book)
    except parameters.YearNotSettled as error:
        return Verdict(obstacle=(YEAR_UNSETTLED, str(error)))
    except shapes.ValueUnknown as error:
        return Verdict(obstacle=(VALUE_UNKNOWN, str(error)))
    except money.MixedCurrencies as error:
        return Verdict(obstacle=(MIXED, f"{error}: the law counts in {rules.CURRENCY}"))
    return Verdict(amounts=amounts, is_information_copy=verdict.is_information_copy)


def _verdict(decision: shapes.Decision, *, law: str) -> Verdict:
    if isinstance(decision, shapes.OtherForm):
        if decision.code == "1098-C":
            return Verdict(excluded=Exclusion.Reason.VEHICLE)
        # Gift Aid is claimed by the charity: what the giver gets is an ordinary acknowledgment.
        return Verdict(is_information_copy=decision.code == "hometax")
    if isinstance(decision, shapes.NotReceiptable):
        if decision.reason in _FINAL:
            return Verdict(excluded=_FINAL[decision.reason])
        if law != "UK":
            return Verdict(obstacle=(decision.reason, _TO_MEND[decision.reason]))
    return Verdict()
