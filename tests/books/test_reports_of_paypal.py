"""PayPal's files: gifts come once, conversions are no gifts, refunds go to their gift, withdrawals to the bank."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from books import importing
from books.comparing import Verdict
from books.importing import Source
from books.models import ProcessorReport, ProcessorReportRow
from donations import collecting
from donations.models import Donation, Refund
from donors.models import Donor, Message
from ledger import balances
from ledger.models import Entry, Fund, Line
from ledger.money import Money
from payments.models import Payout
from reports import filtering, listing
from tests import facts
from tests.books import files
from tests.donations.test_ledger_stories import books, lawful
from tests.facts import NOW

pytestmark = pytest.mark.django_db
BRL = [
    files.moved("1A", "T0013", "CR", "1700", "BRL", fee="344"),
    files.moved("1B", "T0200", "DR", "1356", "BRL", about="1A"),
    files.moved("1C", "T0200", "CR", "241", "USD", about="1A"),
]
OTHER = files.moved("2A", "T0006", "CR", "1560", "USD", fee="52")
FOOTERS = ('"BRL",1700,1356,0,344', '"USD",1801,0,0,52')


def bring(content: bytes, *, but_rejects: bool = False, **how: str) -> importing.Outcome:
    asked = files.asked(Source.PAYPAL, content, **how)
    return importing.bring_in(asked=asked, actor=facts.staff_member(), now=NOW, but_rejects=but_rejects)


def settlement() -> bytes:
    return files.settlement([*BRL, OTHER], FOOTERS)


def activity() -> bytes:
    """The same two gifts as the download of the account tells them, with their givers."""
    in_reais = files.given(
        "1A", "17.00", "-3.44", "13.56", Currency="BRL", Date="01/06/2026", Time="00:00:30"
    )
    return files.paypal(
        {"Type": "General Currency Conversion", "Currency": "USD", "Gross": "2.41", "Net": "2.41",
         "Transaction ID": "1C", "Reference Txn ID": "1A", "Date": "01/06/2026", "Time": "00:00:30"},
        {"Type": "General Currency Conversion", "Currency": "BRL", "Gross": "-13.56", "Net": "-13.56",
         "Transaction ID": "1B", "Reference Txn ID": "1A", "Date": "01/06/2026", "Time": "00:00:30"},
        in_reais,
        files.given("2A", "15.60", "-0.52", "15.08", Date="01/06/2026", Time="00:00:30"),
    )  # fmt: skip


def test_E5_one_gift_in_reais_settled_in_dollars_and_the_file_ties() -> None:
    facts.general()
    bring(activity())
    outcome = bring(settlement())
    gift = Donation.objects.get(processor_ref="paypal:1A")
    assert (gift.amount_minor, gift.currency, gift.method, gift.rail) == (1_700, "BRL", "paypal", "desk")
    assert Donation.objects.count() == 2  # no gift from the rows of the conversion
    row = ProcessorReportRow.objects.get(report=outcome.report, ref="paypal:1A")
    assert (row.verdict, row.settled_minor, row.settled_currency) == (Verdict.AGREES, 241, "USD")
    assert row.rate == Decimal("0.1777286136")
    dollars = next(tie for tie in outcome.ties if tie.currency == "USD")
    assert (dollars.rows, dollars.told) == (1_801 - 52, 1_749)
    assert outcome.counts() == {"agrees": 2, "conversion": 2}
    # 17.00 given, 3.44 kept, 13.56 turned into 2.41; and 15.60 less 0.52.
    assert books("BRL") == {"4100": -1_700, "5100": 344, "7900": 1_356}
    assert books() == {"1120": 1_749, "4100": -1_560, "5100": 52, "7900": -241}
    lawful()


def test_E5_the_settlement_report_alone_books_the_money_for_nobody_until_somebody_is_known() -> None:
    outcome = bring(settlement())
    assert outcome.counts() == {"unknown": 2, "conversion": 2}
    assert not Donation.objects.exists()
    assert books() == {"1120": 1_749, "4100": -1_560, "5100": 52, "7900": -241}
    assert [row.ref for row in importing.unknown_rows()] == ["paypal:1A", "paypal:2A"]
    bring(activity())  # names the givers
    assert Donation.objects.count() == 2
    assert importing.unknown_rows() == []
    assert books() == {"1120": 1_749, "4100": -1_560, "5100": 52, "7900": -241}
    assert Entry.objects.filter(kind=Entry.Kind.IDENTIFIED).count() == 2
    lawful()


def test_a_gift_is_of_its_day_in_the_zone_of_the_body() -> None:
    late = files.given("9Z", "10.00", "-0.50", "9.50", Date="12/31/2025", Time="22:30:00")
    bring(files.paypal(late))
    gift = Donation.objects.get()
    # 22:30 in Los Angeles is 01:30 of the new year in New York, where the body is.
    assert (gift.given_on, gift.date_rule) == (date(2026, 1, 1), "charge_in_entity_zone")
    assert gift.given_at.isoformat() == "2026-01-01T06:30:00+00:00"


def test_days_and_decimals_of_another_country_are_read_as_told() -> None:
    content = files.paypal(
        files.given(
            "5E", "1.234,50", "-36,10", "1.198,40", Date="03.04.2026", TimeZone="CET", Currency="EUR"
        ),
        delimiter=";",
        encoding="utf-16",
    )
    bring(content, days="dmy", decimal=",")
    gift = Donation.objects.get()
    assert (gift.amount_minor, gift.currency, gift.given_on) == (123_450, "EUR", date(2026, 4, 3))


def test_memos_and_what_is_not_done_move_nothing() -> None:
    outcome = bring(
        files.paypal(
            files.given("1", "10.00", "0.00", "10.00", **{"Balance Impact": "Memo"}),
            files.given("2", "10.00", "0.00", "10.00", Status="Pending"),
            files.given("3", "10.00", "0.00", "10.00", Status="Denied"),
            files.given("4", "10.00", "0.00", "10.00", Type="Account Hold for Open Authorization"),
            files.given("5", "10.00", "-0.50", "9.50"),
        )
    )
    assert (outcome.skipped, outcome.counts()) == (4, {"gift": 1})
    assert Donation.objects.get().processor_ref == "paypal:5"


def test_a_refund_goes_to_its_gift_with_what_came_back_of_the_fee() -> None:
    bring(files.paypal(files.given("1", "100.00", "-3.20", "96.80")))
    back = {"Type": "Payment Refund", "Gross": "-40.00", "Fee": "1.10", "Net": "-38.90", "Transaction ID": "2",
            "Reference Txn ID": "1"}  # fmt: skip
    outcome = bring(files.paypal(back))
    assert outcome.counts() == {"refund": 1}
    assert Refund.objects.get().amount_minor == 4_000
    assert books() == {"1120": 9_680 - 3_890, "4100": -6_000, "5100": 210}
    assert bring(files.paypal(back, files.given("3", "1.00", "0.00", "1.00"))).counts() == {
        "refund": 1,
        "gift": 1,
    }
    assert Refund.objects.count() == 1
    lawful()


def test_more_than_was_given_does_not_go_back() -> None:
    bring(files.paypal(files.given("1", "10.00", "0.00", "10.00")))
    back = {"Type": "Payment Reversal", "Gross": "-11.00", "Net": "-11.00", "Transaction ID": "2",
            "Reference Txn ID": "1"}  # fmt: skip
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(back))
    assert [(bad.row, bad.code, bad.said) for bad in told.value.rejects] == [(2, "more", "10.00")]
    assert not Refund.objects.exists()
    assert ProcessorReport.objects.count() == 1


def test_a_refund_of_an_unknown_gift_is_missing_and_books_nothing() -> None:
    outcome = bring(
        files.paypal({"Type": "Payment Refund", "Gross": "-5.00", "Net": "-5.00", "Transaction ID": "2",
                      "Reference Txn ID": "unknown"})
    )  # fmt: skip
    assert outcome.counts() == {"missing": 1}
    assert not Line.objects.exists()


def test_fees_of_nobodys_gift_are_borne_by_the_general_fund() -> None:
    general = facts.general()
    bring(files.paypal(files.given("1", "100.00", "-3.20", "96.80")))
    bring(
        files.paypal(
            {
                "Type": "Partner Fee",
                "Gross": "-1.00",
                "Net": "-1.00",
                "Transaction ID": "f1",
                "Reference Txn ID": "1",
            },
            {"Type": "Chargeback Fee", "Gross": "-20.00", "Net": "-20.00", "Transaction ID": "f2"},
        )
    )
    assert balances.of_account(code="5100", currency="USD").minor == 320 + 100 + 2_000
    assert Line.objects.filter(account__code="5100", fund=general, amount_minor=2_000).exists()
    lawful()


def test_a_withdrawal_is_a_deposit_out_of_what_lay_there() -> None:
    bring(files.paypal(files.given("1", "100.00", "-3.20", "96.80")))
    out = {"Type": "General Withdrawal", "Gross": "-90.00", "Net": "-90.00", "Transaction ID": "W1"}
    bring(files.paypal(out))
    paid = Payout.objects.get()
    assert (paid.ref, paid.processor, paid.amount_minor, paid.is_by_hand) == (
        "paypal:W1",
        "paypal",
        9_000,
        True,
    )
    assert books() == {"1000": 9_000, "1120": 680, "4100": -10_000, "5100": 320}
    more = {"Type": "General Withdrawal", "Gross": "-7.00", "Net": "-7.00", "Transaction ID": "W2"}
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(more))
    assert [(bad.code, bad.said) for bad in told.value.rejects] == [("more", "6.80")]
    lawful()


def test_a_conversion_without_its_other_half_is_not_guessed() -> None:
    alone = {"Type": "General Currency Conversion", "Currency": "BRL", "Gross": "-13.56", "Net": "-13.56",
             "Transaction ID": "1B", "Reference Txn ID": "1A"}  # fmt: skip
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(alone))
    assert [(bad.row, bad.code) for bad in told.value.rejects] == [(2, "pair")]


def test_what_lay_there_may_be_converted_too() -> None:
    bring(files.paypal(files.given("1", "10.00", "0.00", "10.00", Currency="EUR")))
    bring(
        files.paypal(
            {
                "Type": "User Initiated Currency Conversion",
                "Currency": "EUR",
                "Gross": "-4.00",
                "Net": "-4.00",
                "Transaction ID": "c1",
                "Reference Txn ID": "c2",
            },
            {
                "Type": "User Initiated Currency Conversion",
                "Gross": "4.40",
                "Net": "4.40",
                "Transaction ID": "c2",
                "Reference Txn ID": "c2",
            },
        )
    )
    assert (books("EUR"), books()) == (
        {"1120": 600, "4100": -1_000, "7900": 400},
        {"1120": 440, "7900": -440},
    )
    lawful()


def test_no_mail_and_no_receipt_until_somebody_says_so() -> None:
    from donations import pausing
    from receipts import acknowledging
    from receipts.models import Receipt

    bring(files.paypal(files.given("1", "300.00", "0.00", "300.00")))
    gift = Donation.objects.get()
    facts.paperwork()
    acknowledging.acknowledge_due(now=NOW)
    assert not Receipt.objects.exists()
    assert not Message.objects.exists()
    assert pausing.resume(donation_ids=[gift.pk], actor=facts.staff_member(), now=NOW) == 1
    assert pausing.resume(donation_ids=[gift.pk], actor=facts.staff_member(), now=NOW) == 0
    facts.paperwork()
    assert Receipt.objects.get().total == gift.amount


def test_the_giver_is_found_again_by_name_and_e_mail() -> None:
    donor = facts.donor("Grace Kim", "grace@example.org")
    bring(
        files.paypal(files.given("1", "10.00", "0.00", "10.00"), files.given("2", "20.00", "0.00", "20.00"))
    )
    assert Donor.objects.get() == donor
    assert donor.donations.count() == 2


def test_a_row_may_name_its_campaign() -> None:
    from tests.campaigns import making

    other = making.campaign(slug="safe-house", fund=facts.general())
    bring(files.paypal(files.given("1", "10.00", "0.00", "10.00", **{"Custom Number": "SAFE-HOUSE"})))
    assert Donation.objects.get().campaign == other


def test_a_known_gift_of_another_amount_differs_and_stays() -> None:
    bring(files.paypal(files.given("1", "10.00", "-0.50", "9.50")))
    outcome = bring(files.paypal(files.given("1", "12.00", "-0.50", "11.50")))
    assert outcome.counts() == {"differs": 1}
    row = ProcessorReportRow.objects.get(verdict=Verdict.DIFFERS)
    assert (row.gross_minor, row.books_gross_minor) == (1_200, 1_000)
    assert Donation.objects.get().amount_minor == 1_000


def test_money_that_was_spent_is_named_and_not_booked() -> None:
    outcome = bring(
        files.paypal(files.given("1", "-30.00", "0.00", "-30.00", Type="Website Payment", Name="A Printer"))
    )
    assert outcome.counts() == {"missing": 1}
    assert not Donation.objects.exists()
    assert not Line.objects.exists()


def test_two_files_over_the_same_days_are_one_fact() -> None:
    first = files.given("1", "10.00", "-0.50", "9.50")
    bring(files.paypal(first))
    outcome = bring(files.paypal(first, files.given("2", "20.00", "-0.50", "19.50")))
    assert outcome.counts() == {"agrees": 1, "gift": 1}
    assert Donation.objects.count() == 2
    assert collecting.fee_of(Donation.objects.get(processor_ref="paypal:1")).minor == 50  # type: ignore[union-attr]


def test_the_lists_show_what_paypal_kept_and_what_is_left() -> None:
    bring(files.paypal(files.given("1", "100.00", "-3.20", "96.80")))
    back = {"Type": "Payment Refund", "Gross": "-40.00", "Fee": "1.10", "Net": "-38.90", "Transaction ID": "2",
            "Reference Txn ID": "1"}  # fmt: skip
    bring(files.paypal(back))
    (row,) = listing.page(filters=filtering.Filters(), language="en").rows
    assert (row.fee, row.net, row.refunded) == (Money(210, "USD"), Money(5_790, "USD"), Money(4_000, "USD"))
    (total,) = listing.totals(filters=filtering.Filters())
    assert (total.fees, total.net) == (Money(210, "USD"), Money(5_790, "USD"))


def test_a_refund_in_another_currency_than_it_settled_is_converted_back() -> None:
    bring(activity())
    back = {"Type": "Payment Refund", "Currency": "BRL", "Gross": "-17.00", "Fee": "0.00", "Net": "-17.00",
            "Transaction ID": "R1", "Reference Txn ID": "1A"}  # fmt: skip
    bring(
        files.paypal(
            back,
            {
                "Type": "General Currency Conversion",
                "Gross": "-3.10",
                "Net": "-3.10",
                "Transaction ID": "R2",
                "Reference Txn ID": "R1",
            },
            {
                "Type": "General Currency Conversion",
                "Currency": "BRL",
                "Gross": "17.00",
                "Net": "17.00",
                "Transaction ID": "R3",
                "Reference Txn ID": "R1",
            },
        )
    )
    row = ProcessorReportRow.objects.get(ref="paypal:R2")
    assert row.donation == Donation.objects.get(processor_ref="paypal:1A")
    assert books("BRL") == {"5100": 344, "7900": -344}
    assert books() == {"1120": 241 + 1_508 - 310, "4100": -1_560, "5100": 52, "7900": 310 - 241}
    lawful()


def test_more_than_lies_there_is_not_converted_and_nobodys_debit_is_no_gift() -> None:
    facts.general()
    pair = (
        {"Type": "User Initiated Currency Conversion", "Currency": "EUR", "Gross": "-4.00", "Net": "-4.00",
         "Transaction ID": "c1", "Reference Txn ID": "c2"},
        {"Type": "User Initiated Currency Conversion", "Gross": "4.40", "Net": "4.40", "Transaction ID": "c2",
         "Reference Txn ID": "c2"},
    )  # fmt: skip
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(*pair))
    assert [(bad.row, bad.code, bad.said) for bad in told.value.rejects] == [
        (2, "more", "0.00"),
        (3, "more", "0.00"),
    ]
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(files.given("1", "0.00", "0.00", "0.00", Name="")))
    assert [bad.code for bad in told.value.rejects] == ["amount"]


def test_without_a_general_fund_nobodys_fee_is_refused() -> None:
    facts.campaign()
    Fund.objects.filter(restriction="none").update(is_open=False)
    fee = {"Type": "Chargeback Fee", "Gross": "-20.00", "Net": "-20.00", "Transaction ID": "f2"}
    with pytest.raises(importing.UnableToImport) as told:
        bring(files.paypal(fee))
    assert [bad.code for bad in told.value.rejects] == ["fund"]


def test_money_that_came_back_again_is_left_to_a_person() -> None:
    bring(files.paypal(files.given("1", "10.00", "0.00", "10.00")))
    again = {"Type": "Canceled Reversal", "Gross": "10.00", "Net": "10.00", "Transaction ID": "2",
             "Reference Txn ID": "1"}  # fmt: skip
    bring(files.paypal(again))
    assert ProcessorReportRow.objects.get(ref="paypal:2").reason == "came_back"
