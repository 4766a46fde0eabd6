"""Words for the states, kinds and methods that the office and the portal show."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Words = dict[str, str | Promise]

STATES: Words = {
    "paid": _("Paid"),
    "partly_refunded": _("Partly refunded"),
    "refunded": _("Refunded"),
    "disputed": _("Disputed"),
}
METHODS: Words = {
    "card": _("Card"),
    "us_bank_account": _("US bank account"),
    "link": "Link",
    "cashapp": "Cash App",
    "kr_card": _("Korean card"),
    "kakao_pay": _("Kakao Pay"),
    "naver_pay": _("Naver Pay"),
    "sepa_debit": _("SEPA direct debit"),
}
FREQUENCIES: Words = {"once": _("One time"), "monthly": pgettext_lazy("frequency", "Every month")}
TASKS: Words = {
    "worker_silent": _("The worker is silent: mail, receipts and payments wait"),
    "selfcheck_failed": _("The self-check found problems"),
    "card_testing": _("Somebody seems to try out stolen cards on the giving form"),
    "dispute_open": _("A payment is disputed"),
    "event_parked": _("A notice of the processor does not fit"),
    "refund_failed": _("A refund did not arrive"),
    "rendering_trouble": _("A receipt could not be drawn"),
    "message_refused": _("A message was refused"),
    "job_failed": _("Long work failed"),
}
MOMENTS: Words = {
    "begun": _("Began to give"),
    "paid": _("Paid"),
    "recorded": _("Recorded in the books"),
    "receipt_issued": _("Receipt issued"),
    "receipt_rendered": _("Receipt drawn"),
    "receipt_voided": _("Receipt voided"),
    "mail_waiting": _("Receipt waits to be mailed"),
    "mail_sent": _("Receipt mailed"),
    "mail_refused": _("Receipt mail refused"),
    "refund_requested": _("Refund asked for"),
    "refund_refused": _("Refund refused"),
    "refund_failed": _("Refund failed"),
    "refunded": _("Refunded"),
    "refund_returned": _("Refund came back"),
    "disputed": _("Disputed"),
    "dispute_moved": _("Disputed money moved"),
    "dispute_won": _("Dispute won"),
    "dispute_lost": _("Dispute lost"),
    "dispute_withdrawn": _("Dispute withdrawn"),
    "paid_out": _("Paid out to the bank"),
}
ENTRIES: Words = {
    "donation": _("Donation"),
    "processor_fee": _("Processing fee"),
    "refund": _("Refund"),
    "refund_returned": _("Refund came back"),
    "dispute_movement": _("Disputed money moved"),
    "dispute_lost": _("Dispute lost"),
    "payout": _("Payout"),
    "payout_returned": _("Payout came back"),
    "adjustment": _("Adjustment"),
}
VOIDINGS: Words = {
    "refunded": _("the gift was refunded"),
    "refund_returned": _("a refund came back"),
    "dispute_lost": _("the payment was taken back by the bank"),
}
REQUESTS: Words = {
    "requested": _("Waiting for the processor"),
    "sent": _("On its way"),
    "done": _("Done"),
    "refused": _("Refused"),
    "failed": _("Failed"),
}
BALANCE_LINES: Words = {
    "charge": _("Charge"),
    "payment": _("Charge"),
    "refund": _("Refund"),
    "payment_refund": _("Refund"),
    "adjustment": _("Adjustment"),
    "stripe_fee": _("Processing fee"),
}
PLANS: Words = {
    "active": _("Active"),
    "past_due": _("The last payment failed"),
    "paused": _("Paused"),
}
RESTRICTIONS: Words = {
    "none": _("None"),
    "purpose": _("Purpose"),
    "time": _("Time"),
    "perpetual": _("Perpetual"),
}
ACCOUNTS: Words = {
    "Bank": _("Bank"),
    "Processor clearing": _("Processor clearing"),
    "Disputed payments": _("Disputed payments"),
    "Contributions without donor restrictions": _("Contributions without donor restrictions"),
    "Contributions with donor restrictions": _("Contributions with donor restrictions"),
    "Processing fees": _("Processing fees"),
    "Dispute fees": _("Dispute fees"),
    "Currency exchange": _("Currency exchange"),
}
WAYS: Words = {
    "cheque": _("Cheque"),
    "bank_transfer": _("Bank transfer"),
    "stock": _("Stock"),
    "donor_advised_fund": _("Donor-advised fund"),
}
TRANSFERS: Words = {
    "open": pgettext_lazy("transfer", "Open"),
    "received": pgettext_lazy("transfer", "Received"),
    "lapsed": pgettext_lazy("transfer", "Lapsed"),
}

TABLES: dict[str, Words] = {
    "state": STATES,
    "method": METHODS,
    "frequency": FREQUENCIES,
    "task": TASKS,
    "moment": MOMENTS,
    "entry": ENTRIES,
    "voiding": VOIDINGS,
    "request": REQUESTS,
    "balance": BALANCE_LINES,
    "plan": PLANS,
    "restriction": RESTRICTIONS,
    "account": ACCOUNTS,
    "way": WAYS,
    "transfer": TRANSFERS,
}
