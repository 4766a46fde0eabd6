"""D8 to D10 and the rhythm: thanks that mean nothing for taxes, once for each gift, person and kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from donations.models import Donation, SoftCredit
from donors.models import Donor, Message
from receipts import acknowledging, issuing, posting_letters
from receipts.models import Acknowledgment, Exclusion, Issuer
from tests import facts
from tests.facts import NOW

AFTER = NOW + timedelta(minutes=10)
OF_TAXES = {
    "en": [
        "tax",
        "deduct",
        "receipt",
        "501(c)",
        "irs",
        "ein ",
        "goods or services",
        "fair market",
        "file",
        "claim",
    ],
    "ko": ["세금", "세액", "공제", "영수증", "소득", "신고", "국세청", "재화", "용역"],
}
"""What may stand on a receipt only. The one letter that promises a receipt may say the word, and no other."""


def words(kind: str) -> list[str]:
    return list(
        Message.objects.filter(kind="acknowledgment", cause__contains=f":{kind}:").values_list(
            "text", flat=True
        )
    )


def credit(gift: Donation, donor: Donor, kind: str, **given: Any) -> SoftCredit:
    return SoftCredit.objects.create(
        **{
            "donation": gift,
            "donor": donor,
            "kind": kind,
            "amount_minor": gift.amount_minor,
            "entered_at": NOW,
            **given,
        }
    )


def organization(name: str, email: str) -> Donor:
    donor = facts.donor(name, email)
    Donor.objects.filter(pk=donor.pk).update(kind="organization")
    return Donor.objects.get(pk=donor.pk)


def as_payer(gift: Donation, payer: str) -> Donation:
    Donation.objects.filter(pk=gift.pk).update(payer=payer)
    return Donation.objects.get(pk=gift.pk)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_d8_sponsor_and_adviser_are_thanked_without_a_word_of_taxes(
    db: None, unguarded: None, language: str
) -> None:
    sponsor = organization("Springfield Charitable", "grants@example.org")
    adviser = facts.donor("김승은" if language == "ko" else "Grace Kim")
    Donor.objects.update(language=language)
    gift = as_payer(facts.donation(donor_id=sponsor.pk), "daf")
    Donation.objects.filter(pk=gift.pk).update(description="Kim Family")
    credit(gift, adviser, "adviser", amount_minor=4_000)
    assert acknowledging.acknowledge_due(now=AFTER) == 2
    assert acknowledging.acknowledge_due(now=AFTER) == 0
    [to_adviser], [to_sponsor] = words("adviser"), words("sponsor")
    assert "$40.00" in to_adviser
    assert "Springfield Charitable" in to_adviser
    assert "$100.00" in to_sponsor
    assert "Kim Family" in to_sponsor
    for text in (to_adviser, to_sponsor):
        assert [word for word in OF_TAXES[language] if word in text.lower()] == []
        assert gift.entity.registration not in text
        assert ("감사" in text) == (language == "ko")
    rows = Acknowledgment.objects.filter(message__isnull=False).order_by("kind")
    assert list(rows.values_list("kind", "donor__name")) == [
        ("adviser", adviser.name),
        ("sponsor", sponsor.name),
    ]


def test_d9_the_employee_hears_that_the_company_gave(db: None, unguarded: None) -> None:
    own = facts.donation()
    company = organization("Acme Works", "giving@example.org")
    matched = as_payer(facts.donation(donor_id=company.pk), "employer")
    credit(matched, own.donor, "match", matches=own)
    acknowledging.acknowledge_due(now=AFTER)
    [told] = words("match")
    assert "Acme Works has matched your gift: $100.00" in told
    assert [word for word in OF_TAXES["en"] if word in told.lower()] == []
    assert issuing.decide(donation_id=matched.pk, now=NOW) is not None  # the company's own receipt
    assert not Message.objects.filter(kind="acknowledgment", donor=company).exists()


def test_a_credit_for_another_gift_names_no_giver_who_wished_to_stay_unnamed(
    db: None, unguarded: None
) -> None:
    asked = facts.checkout(is_anonymous=True)
    gift = facts.donation(checkout=asked)
    credit(gift, facts.donor("Min Kim", "min@example.org"), "household")
    acknowledging.acknowledge_due(now=AFTER)
    [told] = words("soft_credit")
    assert "somebody who wishes to stay unnamed" in told
    assert "Grace" not in told


@pytest.mark.parametrize("reason", ["services", "purchase", "not_501c3", "by_staff"])
def test_a_gift_without_a_receipt_is_still_thanked(db: None, reason: str) -> None:
    gift = facts.donation()
    Exclusion.objects.create(donation=gift, reason=reason, decided_at=NOW)
    acknowledging.acknowledge_due(now=AFTER)
    [told] = words("gift")
    assert "We received $100.00 from you on 20 November 2026." in told
    assert [word for word in OF_TAXES["en"] if word in told.lower()] == []


@pytest.mark.parametrize("reason", ["refunded", "dispute_lost", "unknown_giver"])
def test_what_went_back_is_thanked_for_no_more(db: None, reason: str) -> None:
    gift = facts.donation()
    Exclusion.objects.create(donation=gift, reason=reason, decided_at=NOW)
    acknowledging.acknowledge_due(now=AFTER)
    assert not Acknowledgment.objects.exists()


def test_a_thing_is_described_and_never_valued(db: None, unguarded: None) -> None:
    gift = facts.donation()
    Donation.objects.filter(pk=gift.pk).update(kind="property", description="40 winter coats")
    Exclusion.objects.create(donation=gift, reason="by_staff", decided_at=NOW)
    credit(gift, facts.donor("Min", "min@example.org"), "other")
    acknowledging.acknowledge_due(now=AFTER)
    for told in [*words("gift"), *words("soft_credit")]:
        assert "40 winter coats" in told
        assert "$" not in told


@pytest.mark.parametrize("by", ["donor", "issuer"])
def test_d21_a_yearly_rhythm_is_thanked_at_once_and_promised_one_receipt(db: None, by: str) -> None:
    gift = facts.donation()
    Issuer.objects.get_or_create(entity=gift.entity, defaults={"law": "US", "changed_at": NOW})
    if by == "donor":
        Donor.objects.filter(pk=gift.donor_id).update(receipt_rhythm="annual")
    else:
        Issuer.objects.update(default_rhythm="annual")
    assert acknowledging.acknowledge_due(now=NOW) == 0  # what it gets is not decided yet
    assert acknowledging.acknowledge_due(now=AFTER) == 1
    [told] = words("gift")
    assert "You will get one receipt for all your gifts of the year when the year is over." in told


def test_a_gift_of_long_ago_and_a_questioned_one_are_left_alone(db: None) -> None:
    old = facts.donation(given_at=NOW - timedelta(days=90))
    questioned, looked_at = facts.donation(), facts.donation()
    facts.dispute(questioned)
    facts.review(looked_at)
    for gift in (old, questioned, looked_at):
        Exclusion.objects.create(donation=gift, reason="services", decided_at=NOW)
    assert acknowledging.acknowledge_due(now=AFTER) == 0


def test_whoever_is_written_to_on_paper_gets_paper_and_whoever_is_left_alone_nothing(db: None) -> None:
    paper, silent = facts.donor("Ann", "ann@example.org"), facts.donor("Ben", "ben@example.org")
    Donor.objects.filter(pk=paper.pk).update(wants_post=True, address="1 Quay Street")
    Donor.objects.filter(pk=silent.pk).update(do_not_contact=True)
    for donor in (paper, silent):
        Exclusion.objects.create(
            donation=facts.donation(donor_id=donor.pk), reason="services", decided_at=NOW
        )
    assert acknowledging.acknowledge_due(now=AFTER) == 2
    assert not words("gift")
    assert posting_letters.thanks_waiting() == 1
    [letter] = posting_letters.thanks_letters()
    assert (letter.name, letter.address) == ("Ann", ["1 Quay Street"])
    assert "We received $100.00" in "".join(letter.paragraphs)
    asked: dict[str, Any] = {"ids": [letter.id], "actor": facts.staff_member(), "now": AFTER}
    assert (posting_letters.mark_thanks(**asked), posting_letters.mark_thanks(**asked)) == (1, 0)
