"""Report files as processors write them, in bytes, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from books.importing import Asked, Source
from books.opening_tables import Habits
from tests import facts
from tests.campaigns import making

ITEMIZED = (
    "balance_transaction_id", "created_utc", "available_on_utc", "currency", "gross", "fee", "net",
    "reporting_category", "source_id", "description", "automatic_payout_id", "automatic_payout_effective_at_utc",
    "customer_id", "customer_name", "charge_id", "payment_intent_id", "payment_method_type",
    "payment_metadata[reference]",
)  # fmt: skip
ACTIVITY = (
    "id", "Type", "Source", "Amount", "Fee", "Net", "Currency", "Created (UTC)", "Available On (UTC)", "Description",
    "Transfer", "reference (metadata)",
)  # fmt: skip
PAYPAL = (
    "Date", "Time", "TimeZone", "Name", "Type", "Status", "Currency", "Gross", "Fee", "Net", "From Email Address",
    "To Email Address", "Transaction ID", "Reference Txn ID", "Custom Number", "Balance", "Balance Impact",
)  # fmt: skip
DONORBOX = (
    "Name", "Donating Company", "Donor's First Name", "Donor's Last Name", "Donor Email", "Make Donation Anonymous",
    "Campaign", "Amount Description", "Amount", "Fair Market Value", "Fair Market Value Description",
    "Tax Deductible Amount", "Currency", "Amount in USD", "Processing Fee", "Platform Fee", "Total Fee", "Net Amount",
    "Fee Covered", "Donor Comment", "Internal Notes", "Donated At", "Phone", "Address", "Address 2", "City",
    "State / Province", "Postal Code", "Country", "Employer", "Occupation", "Designation", "Receipt Id",
    "Donation Type", "Card Type", "Last 4 Digits", "Stripe Charge Id", "Pay Pal Transaction Id",
    "Pay Pal Capture Id", "Recurring Donation", "Recurring Plan Id", "Recurring Start Date", "Join Mailing List",
    "Dedication Type", "Honoree Name", "Recipient Name", "Recipient Email", "Recipient Address",
    "Recipient Message", "First Donation", "Fundraiser", "Donor Id",
)  # fmt: skip
CHARIOT = (
    "gateway", "audit_file_gateway", "backend_processor", "gateway_txn_id", "backend_processor_txn_id",
    "banking_institution", "is_matching_gift", "is_daf", "donor_advised_fund_name", "original_total_amount",
    "settlement_batch_reference", "settled_total_amount", "settled_fee_amount", "settled_net_amount",
    "settled_currency", "settled_date", "original_currency", "date", "type", "first_name", "last_name", "full_name",
    "email", "country", "payment_method", "note",
)  # fmt: skip
SETTLEMENT = (
    '"CH","Transaction ID","Invoice ID","PayPal Reference ID","PayPal Reference ID Type","Transaction Event Code",'
    '"Transaction Initiation Date","Transaction Completion Date","Transaction  Debit or Credit",'
    '"Gross Transaction Amount","Gross Transaction Currency","Fee Debit or Credit","Fee Amount","Fee Currency",'
    '"Custom Field","Consumer ID","Payment Tracking ID","Store ID","Bank Reference ID"'
)


def table(
    columns: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> bytes:
    """A file of rows; what a row does not say is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        unknown = set(row) - set(columns)
        assert not unknown, unknown
        writer.writerow([row.get(name, "") for name in columns])
    return text.getvalue().encode(encoding)


def stripe(*rows: Mapping[str, str]) -> bytes:
    """Stripe's "balance change from activity, itemized"."""
    given = {"created_utc": "2026-11-20 15:00:00", "currency": "usd", "fee": "0"}
    return table(ITEMIZED, [given | dict(row) for row in rows])


def activity(*rows: Mapping[str, str]) -> bytes:
    """Stripe's dashboard, "all activity"."""
    given = {"Created (UTC)": "2026-11-20 15:00", "Currency": "usd", "Fee": "0.00"}
    return table(ACTIVITY, [given | dict(row) for row in rows])


def paypal(*rows: Mapping[str, str], **how: str) -> bytes:
    """PayPal's activity download, as an American account has it."""
    given = {
        "Date": "11/20/2026", "Time": "08:00:30", "TimeZone": "PST", "Status": "Completed", "Currency": "USD",
        "Fee": "0.00", "Balance Impact": "Credit",
    }  # fmt: skip
    return table(PAYPAL, [given | dict(row) for row in rows], **how)


def given(ref: str, gross: str, fee: str, net: str, **more: str) -> dict[str, str]:
    """A gift in PayPal's download."""
    told = {"Name": "Grace Kim", "From Email Address": "grace@example.org", "Type": "Donation Payment"}
    return {**told, "Transaction ID": ref, "Gross": gross, "Fee": fee, "Net": net, **more}


def donorbox(*rows: Mapping[str, str]) -> bytes:
    told = {"Donated At": "11/20/26 15:00:00", "Currency": "USD", "Name": "Grace Kim"}
    return table(DONORBOX, [told | dict(row) for row in rows])


def chariot(*rows: Mapping[str, str]) -> bytes:
    """A deposit file of grants; the rows of one deposit have one batch reference."""
    told = {
        "gateway": "Chariot Disbursements", "backend_processor": "DAFGiving360",
        "settlement_batch_reference": "deposit_01kk", "settled_fee_amount": "0.00", "settled_currency": "USD",
        "settled_date": "2026-11-18T05:00:08Z", "type": "donation", "is_daf": "1",
    }  # fmt: skip
    return table(CHARIOT, [told | dict(row) for row in rows])


def grants(count: int = 4) -> list[dict[str, str]]:
    """Grants of $100.00, each advised by somebody else."""
    return [
        {
            "backend_processor_txn_id": f"grant_{number}",
            "settled_total_amount": "100.00",
            "settled_net_amount": "100.00",
            "full_name": f"Adviser {'ABCDEFGH'[number]}",
            "donor_advised_fund_name": f"Giving Account {number}",
        }
        for number in range(count)
    ]


def deposit(amount: str) -> dict[str, str]:
    return {
        "type": "payout",
        "backend_processor_txn_id": "payment_source_1",
        "settled_total_amount": amount,
        "settled_net_amount": amount,
    }


def moved(
    ref: str,
    code: str,
    side: str,
    gross: str,
    currency: str,
    *,
    fee: str = "",
    about: str = "",
    fee_side: str = "DR",
) -> str:
    """One movement of a settlement report, amounts in hundredths."""
    at = "2026/01/06 00:00:30 -0800"
    fees = f'"{fee_side}",{fee},"{currency}"' if fee else '"",,""'
    return f'"SB","{ref}","","{about}","TXN","{code}",{at},{at},"{side}",{gross},"{currency}",{fees},"","YM2C","","",""'


def settlement(bodies: Sequence[str], footers: Sequence[str], *, count: int | None = None) -> bytes:
    """PayPal's settlement report with its records around the movements."""
    records = [
        '"RH",2026/01/07 02:44:19 -0800,"A","EZ782AXEUJUW8",009,',
        '"FH",01',
        '"SH",2026/01/06 00:00:00 -0800,2026/01/06 23:59:59 -0800,"EZ782AXEUJUW8",""',
        SETTLEMENT,
        *bodies,
        *(f'"SF",{footer},"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,{len(bodies)}' for footer in footers),
        f'"SC",{len(bodies) if count is None else count}',
        *(f'"RF",{footer},"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,"CR",0,{len(bodies)}' for footer in footers),
        f'"RC",{len(bodies)}',
        '"FF",1',
    ]
    return ("\ufeff" + "\n".join(records) + "\n").encode()


def asked(source: Source, content: bytes, **how: str) -> Asked:
    """A file as a person brings it; gifts are for the family campaign."""
    return Asked(
        source=source,
        entity=making.entity(),
        campaign=facts.campaign(),
        file_name=f"{source}.csv",
        content=content,
        habits=Habits(**how),
    )
