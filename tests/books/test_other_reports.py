"""Donorbox as a third witness, and deposits of donor-advised funds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from books import importing
from books.comparing import Verdict
from books.importing import Source
from books.models import ProcessorReportRow
from donations import pausing
from donations.models import Donation, SoftCredit
from donors.models import Donor, Message
from ledger.models import Fund
from payments.models import Payout, ProcessorEvent
from receipts import acknowledging
from receipts.models import Receipt
from reports import provenance
from tests import facts
from tests.books import files
from tests.donations.test_ledger_stories import books, lawful
from tests.facts import NOW

pytestmark = pytest.mark.django_db


def bring(source: Source, content: bytes, *, but_rejects: bool = False) -> importing.Outcome:
    asked = files.asked(source, content)
    return importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW, but_rejects=but_rejects)


def test_E15_one_gift_told_of_three_times_has_three_lines_of_provenance() -> None:
    gift = facts.donation()
    facts.event(object_ref=gift.processor_ref, status=ProcessorEvent.Status.SETTLED, settled_at=NOW)
    row = {"Amount": "100.00", "Processing Fee": "3.20", "Stripe Charge Id": gift.processor_ref or "",
           "Donor Email": "grace@example.org"}  # fmt: skip
    outcome = bring(Source.DONORBOX, files.donorbox(row))
    assert outcome.counts() == {"agrees": 1}
    assert Donation.objects.get() == gift
    assert [source.kind for source in provenance.of(donation=gift)] == ["notice", "balance", "file"]
    kept = ProcessorReportRow.objects.get()
    assert "grace" not in str(kept.words).casefold()  # what stays for ever names nobody


def test_donorbox_tells_what_differs_and_what_is_missing() -> None:
    gift = facts.donation()
    outcome = bring(
        Source.DONORBOX,
        files.donorbox(
            {"Amount": "101.00", "Stripe Charge Id": gift.processor_ref or ""},
            {"Amount": "5.00", "Stripe Charge Id": "ch_elsewhere"},
            {"Amount": "6.00", "Pay Pal Transaction Id": "7A"},
        ),
    )
    assert outcome.counts() == {"differs": 1, "missing": 2}
    assert ProcessorReportRow.objects.get(verdict=Verdict.DIFFERS).books_gross_minor == 10_000
    assert ProcessorReportRow.objects.filter(ref="paypal:7A").exists()
    with pytest.raises(importing.UnableToImport) as told:
        bring(Source.DONORBOX, files.donorbox({"Amount": "5.00"}))
    assert [(bad.row, bad.column, bad.code) for bad in told.value.rejects] == [
        (2, "stripe charge id", "empty")
    ]


def test_E6_four_grants_are_four_gifts_of_their_sponsor_in_one_deposit() -> None:
    outcome = bring(Source.CHARIOT, files.chariot(*files.grants(), files.deposit("400.00")))
    assert outcome.counts() == {"gift": 4, "payout": 1}
    assert [(tie.rows, tie.told) for tie in outcome.ties] == [(40_000, 40_000)]
    sponsor = Donor.objects.get(kind=Donor.Kind.ORGANIZATION)
    assert sponsor.name == "DAFGiving360"
    assert set(Donation.objects.values_list("donor", "payer", "amount_minor")) == {
        (sponsor.pk, "daf", 10_000)
    }
    assert SoftCredit.objects.filter(kind=SoftCredit.Kind.ADVISER).count() == 4
    paid = Payout.objects.get()
    assert (paid.processor, paid.amount_minor) == ("chariot", 40_000)
    assert books() == {"1000": 40_000, "4100": -40_000}
    lawful()


def test_E6_a_row_of_rounding_has_an_account_of_its_own_and_is_no_gift() -> None:
    facts.general()
    rounding = {"type": "adjustment", "backend_processor_txn_id": "rounding", "settled_total_amount": "-0.15",
                "settled_net_amount": "-0.15", "is_daf": ""}  # fmt: skip
    outcome = bring(Source.CHARIOT, files.chariot(*files.grants(), rounding, files.deposit("399.85")))
    assert outcome.counts() == {"gift": 4, "payout": 1, "rounding": 1}
    assert not any(tie.difference for tie in outcome.ties)
    assert books() == {"1000": 39_985, "4100": -40_000, "5180": 15}
    assert Donation.objects.count() == 4
    lawful()


def test_a_deposit_its_grants_do_not_sum_to_is_not_booked() -> None:
    wrong = files.chariot(*files.grants(), files.deposit("401.00"))
    with pytest.raises(importing.UnableToImport) as told:
        bring(Source.CHARIOT, wrong)
    assert [(bad.row, bad.code, bad.said) for bad in told.value.rejects] == [(6, "more", "400.00")]
    assert not Donation.objects.exists()
    outcome = bring(Source.CHARIOT, wrong, but_rejects=True)
    assert (Donation.objects.count(), len(outcome.rejects)) == (4, 1)
    bring(Source.CHARIOT, files.chariot(*files.grants(), files.deposit("400.00")))
    assert (Donation.objects.count(), Payout.objects.get().amount_minor) == (4, 40_000)
    lawful()


def test_nobody_is_mailed_about_grants_from_a_file_before_somebody_says_so() -> None:
    named = [grant | {"email": f"adviser{place}@example.org"} for place, grant in enumerate(files.grants())]
    recent = [grant | {"settled_date": "2026-11-18T05:00:08Z"} for grant in named]
    bring(Source.CHARIOT, files.chariot(*recent, files.deposit("400.00")))
    facts.paperwork()
    acknowledging.acknowledge_due(now=NOW)
    assert not Receipt.objects.exists()
    assert not Message.objects.exists()


def test_the_sponsor_is_the_organization_of_that_name() -> None:
    from tests.donations import desk

    known = desk.organization("DAF Giving 360")
    bring(Source.CHARIOT, files.chariot(*files.grants(2), files.deposit("200.00")))
    assert set(Donation.objects.values_list("donor", flat=True)) == {known.pk}


def test_two_grants_of_one_adviser_thank_one_person() -> None:
    first, second = files.grants(2)
    same = {"full_name": "Homer Simpson", "donor_advised_fund_name": "The Springfield Account"}
    bring(Source.CHARIOT, files.chariot(first | same, second | same, files.deposit("200.00")))
    assert SoftCredit.objects.values("donor").distinct().count() == 1


def test_a_fee_of_a_grant_is_borne_by_its_fund() -> None:
    (grant,) = files.grants(1)
    bring(
        Source.CHARIOT,
        files.chariot(grant | {"settled_fee_amount": "1.00"}, files.deposit("99.00")),
    )
    assert books() == {"1000": 9_900, "4100": -10_000, "5100": 100}
    lawful()


def test_rounding_without_a_general_fund_is_refused() -> None:
    facts.campaign()
    Fund.objects.filter(restriction="none").update(is_open=False)
    rounding = {"type": "adjustment", "backend_processor_txn_id": "r", "settled_total_amount": "-0.15",
                "settled_net_amount": "-0.15"}  # fmt: skip
    with pytest.raises(importing.UnableToImport) as told:
        bring(Source.CHARIOT, files.chariot(*files.grants(1), rounding))
    assert [bad.code for bad in told.value.rejects] == ["fund"]


def test_a_grant_told_of_again_is_the_same_gift_and_an_anonymous_one_thanks_nobody() -> None:
    (grant,) = files.grants(1)
    content = grant | {"full_name": "", "donor_advised_fund_name": "Anonymous"}
    bring(Source.CHARIOT, files.chariot(content))
    outcome = bring(Source.CHARIOT, files.chariot(content, files.deposit("100.00")))
    assert outcome.counts() == {"agrees": 1, "payout": 1}
    assert not SoftCredit.objects.exists()
    lawful()


def test_the_application_itself_may_do_all_of_it(as_application: Callable[[], None]) -> None:
    facts.general()
    facts.staff_member()
    as_application()
    bring(Source.CHARIOT, files.chariot(*files.grants(), files.deposit("400.00")))
    bring(Source.PAYPAL, files.paypal(files.given("1", "10.00", "-0.50", "9.50")))
    gifts = Donation.objects.values_list("pk", flat=True)
    assert pausing.resume(donation_ids=gifts, actor=facts.staff_member(), now=NOW) == 5
    assert not pausing.paused().exists()
