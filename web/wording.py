"""Words for the states, kinds and methods that the office and the portal show."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web import bank_wording, export_wording, fund_wording, payout_wording, tax_wording
from web.tax_wording import Words

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
    "check": pgettext_lazy("method", "Check"),
    "cash": _("Cash"),
    "bank_transfer": _("Bank transfer"),
    "stock": _("Securities"),
    "in_kind": _("In kind"),
    "paypal": "PayPal",
}
FREQUENCIES: Words = {"once": _("One time"), "monthly": pgettext_lazy("frequency", "Every month")}
TASKS: Words = {
    "worker_silent": _("The worker is silent: mail, receipts and payments wait"),
    "selfcheck_failed": _("The self-check found problems"),
    "numbers_lost": _("Receipt numbers on paper are not in the database; no receipt is issued"),
    "marks_unusable": _("The marks of receipt numbers cannot be used; no receipt is issued"),
    "card_testing": _("Somebody seems to try out stolen cards on the giving form"),
    "dispute_open": _("A payment is disputed"),
    "inquiry_open": _("A bank asks about a payment"),
    "refund_proposed": _("A refund waits for a second person"),
    "run_to_approve": _("The receipts of a year wait for a second person"),
    "fraud_warning": _("A payment may be fraudulent: give it back before it is disputed?"),
    "review_open": _("A payment is looked at by the processor; its receipt waits"),
    "event_parked": _("A notice of the processor does not fit"),
    "refund_failed": _("A refund did not arrive"),
    "rendering_trouble": _("A receipt could not be drawn"),
    "receipt_hindered": _("A gift cannot be receipted yet"),
    "message_refused": _("A message was refused"),
    "mailbox_shut": _("A giver's mail comes back: find another address"),
    "bank_lines_open": _("Lines of the bank wait to be matched"),
    "letters_to_print": _("Letters wait for the printer"),
    "job_failed": _("Long work failed"),
    "hometax_due": _("E-receipts wait to be filed at Hometax (전자기부금영수증)"),
    "hometax_to_cancel": _("E-receipts must be canceled at Hometax"),
    "korea_summary_due": _("The yearly summary of Korean receipts is due (발급합계표)"),
    "gift_aid_record": _("A spoken Gift Aid declaration waits for its written record"),
    "plan_failing": _("A regular gift could not be collected"),
    "plan_given_up": _("A regular gift ended because its card failed"),
    "batch_override": _("A batch that does not agree waits for a second person"),
    "export_asked": _("A list of givers waits for a second person"),
    "transfer_asked": _("A transfer between funds waits for a second person"),
    "giver_unknown": _("Money waits for its giver"),
}
MOMENTS: Words = {
    "begun": _("Began to give"),
    "paid": _("Paid"),
    "recorded": _("Recorded in the books"),
    "receipt_issued": _("Receipt issued"),
    "receipt_rendered": _("Receipt drawn"),
    "receipt_voided": _("Receipt voided"),
    "mail_waiting": _("Mail waits"),
    "mail_sent": _("Mail sent"),
    "mail_refused": _("Mail refused"),
    "form_ended": _("Form ended"),
    "fee": _("Fee of the processor"),
    "refund_proposed": _("Refund proposed"),
    "refund_approved": _("Refund approved"),
    "refund_declined": _("Refund declined"),
    "refund_withdrawn": _("Proposed refund taken back"),
    "refund_expired": _("Proposed refund expired"),
    "inquired": _("The bank asks about the payment"),
    "dispute_step": _("The dispute goes on"),
    "dispute_appealed": _("Won on appeal"),
    "warned": _("The bank warns of fraud"),
    "review_opened": _("Looked at by the processor"),
    "review_closed": _("The processor has looked"),
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
    "collection_failed": _("Could not be collected"),
    "given": _("Given"),
    "entered": _("Entered by hand"),
    "corrected": _("Corrected"),
    "benefit_added": _("Something was given in return"),
    "benefit_withdrawn": _("A return was taken back"),
    "credited": _("Thanked besides the giver"),
    "reversed_mistake": _("Taken back: it was a mistake"),
    "reversed_bounced": _("Taken back: the check bounced"),
    "reversed_returned": _("Taken back: the money was returned"),
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
    "offering": _("Loose offering"),
    "unidentified": _("Giver not known yet"),
    "identified": _("Giver found"),
    "deposit": _("Deposit"),
    "reversal": _("Taken back"),
}
VOIDINGS: Words = {
    "refunded": _("the gift was refunded"),
    "refund_returned": _("a refund came back"),
    "dispute_lost": _("the payment was taken back by the bank"),
    "corrected": _("what it said was corrected"),
    "in_error": _("it was wrong"),
}
REQUESTS: Words = {
    "proposed": _("Waits for a second person"),
    "declined": _("Declined"),
    "withdrawn": _("Taken back"),
    "expired": _("Nobody decided"),
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
    "stripe_fx_fee": _("Processing fee"),
    "tax_fee": _("Processing fee"),
    "refund_failure": _("Refund came back"),
    "payout_failure": _("Payout came back"),
    "payout_cancel": _("Payout came back"),
}
CHECKOUTS: Words = {
    "paid": pgettext_lazy("form", "paid"),
    "failed": pgettext_lazy("form", "not paid"),
    "expired": pgettext_lazy("form", "expired"),
    "abandoned": pgettext_lazy("form", "left"),
}
MAILS: Words = {
    "receipt": _("Receipt"),
    "receipt_corrected": _("Corrected receipt"),
    "receipt_voided": _("Receipt is void"),
    "payment_failed": _("The gift did not go through"),
    "refund_made": _("Money is on its way back"),
    "staff_notice": _("To somebody here"),
    "yearly_summary": _("Yearly list of gifts"),
    "acknowledgment": _("Thanks"),
}
DISPUTES: Words = {
    "needs_response": _("waits for your answer"),
    "under_review": _("answered, the bank decides"),
    "warning_needs_response": _("the bank waits for your answer"),
    "warning_under_review": _("answered, the bank decides"),
    "appeal_needs_response": _("the appeal waits for your answer"),
    "appeal_under_review": _("appealed, the bank decides"),
    "warning_closed": _("the bank asks no more"),
    "won": _("won"),
    "lost": _("lost"),
    "prevented": _("called off"),
}
PLANS: Words = {
    "active": _("Active"),
    "past_due": _("The last payment failed"),
    "paused": _("Paused"),
    "ended": _("Ended"),
    "incomplete": _("Not begun"),
}
CHANGES: Words = {
    "amount": _("Another amount"),
    "frequency": _("Another rhythm"),
    "day": _("Another day of the month"),
    "fund": _("Another purpose"),
    "card": _("Another card"),
    "end": _("A last day"),
    "pause": _("A pause"),
    "resume": _("Going on after a pause"),
    "stop": _("Stop"),
    "missed": _("A missed gift"),
    "restart": _("Beginning again"),
}
CHANGE_STATES: Words = {
    "requested": _("Is being carried out"),
    "done": _("Done"),
    "refused": _("Could not be done"),
}
ASKERS: Words = {
    "donor": pgettext_lazy("who asked", "The giver"),
    "staff": pgettext_lazy("who asked", "The office"),
    "house": pgettext_lazy("who asked", "By rule"),
}
ENDINGS: Words = {
    "donor": _("Stopped by the giver"),
    "staff": _("Stopped by the office"),
    "finished": _("Its last day has come"),
    "retries_exhausted": _("Four payments failed"),
    "hard_decline": _("The card was reported lost or stolen"),
    "death": _("The giver has died"),
    "processor": _("Ended at the payment company"),
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
    "Undeposited funds": _("Undeposited funds"),
    "Securities held for sale": _("Securities held for sale"),
    "Donated goods": _("Donated goods"),
    "Costs borne by volunteers": _("Costs borne by volunteers"),
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
OWN_CREDITS: Words = {
    "adviser": _("from a fund you advise"),
    "match": _("your employer gave as you did"),
    "household": _("your household"),
    "other": _("thanks to you"),
}

DONOR_KINDS: Words = {
    "person": _("Person"),
    "organization": _("Organization"),
    "joint": _("Two people together"),
}
DONOR_STATES: Words = {
    "active": _("Stands alone"),
    "merged": _("Merged into another"),
    "deceased": _("Has died"),
    "do_not_contact": _("Do not contact"),
    "email_failed": _("E-mail does not arrive"),
    "unreachable": _("No e-mail and no address"),
}
RHYTHMS: Words = {
    "each": _("For each gift"),
    "annual": _("Once a year"),
    "none": _("Not sent, ready in the portal"),
}
GIFT_KINDS: Words = {
    "cash": _("Money"),
    "ticket": _("Ticket"),
    "property": _("Things"),
    "stock": _("Securities"),
    "vehicle": _("Vehicle"),
    "volunteer_expenses": _("Costs of a volunteer"),
}
BATCHES: Words = {
    "open": pgettext_lazy("batch", "Open"),
    "posted": pgettext_lazy("batch", "Posted"),
    "discarded": pgettext_lazy("batch", "Discarded"),
}
GIVERS: Words = {
    "donor": _("A giver"),
    "unknown": _("Not known yet"),
    "nobody": _("Loose, without a giver"),
}
REVERSALS: Words = {
    "mistake": _("It was written down wrong"),
    "bounced": _("The check bounced"),
    "returned": _("We gave the money back"),
}
PAYERS: Words = {
    "donor": _("The giver"),
    "daf": _("Donor-advised fund"),
    "charity": _("Another charity"),
    "employer": _("Employer"),
    "ira_qcd": _("Retirement account (QCD)"),
}
DATE_RULES: Words = {
    "charge_in_entity_zone": _("day of the charge, by our clock"),
    "charge_in_latest_us_zone": _("day of the charge, by the last clock of the country"),
    "postmark": _("day of the postmark"),
    "hand": _("day it was handed over"),
    "received": _("day it reached us"),
    "settlement": _("day the bank paid"),
    "transfer": _("day of the transfer"),
    "sent": _("day it was sent"),
    "written": _("day written on it"),
    "staff": _("set by the office"),
}
CREDITS: Words = {
    "adviser": _("Adviser of the fund"),
    "match": _("Employee whose gift was matched"),
    "household": _("Of the same household"),
    "other": _("Other"),
}
LETTERS: Words = {
    "letter": _("Letters"),
    "prayer": _("Prayer points"),
    "tour": _("Tours"),
    "yearly_report": _("Yearly report"),
    "post": _("By post"),
}

DELIVERIES: Words = {
    "waiting": pgettext_lazy("delivery", "Waits"),
    "sent": _("Sent"),
    "bounced": _("Came back"),
}
RECEIPT_DEEDS: Words = {
    "receipt.issued": _("Issued"),
    "receipt.voided": _("Void"),
    "receipt.copied": _("A copy was handed out"),
    "receipt.sent_again": _("Sent again"),
}

TABLES: dict[str, Words] = {
    **tax_wording.TABLES,
    **bank_wording.TABLES,
    **fund_wording.TABLES,
    **payout_wording.TABLES,
    "delivery": DELIVERIES,
    "list": export_wording.LISTS,
    "batch": BATCHES,
    "batch_giver": GIVERS,
    "reversal": REVERSALS,
    "receipt_deed": RECEIPT_DEEDS,
    "donor_kind": DONOR_KINDS,
    "donor_state": DONOR_STATES,
    "rhythm": RHYTHMS,
    "gift_kind": GIFT_KINDS,
    "payer": PAYERS,
    "date_rule": DATE_RULES,
    "credit": CREDITS,
    "own_credit": OWN_CREDITS,
    "letter": LETTERS,
    "state": STATES,
    "method": METHODS,
    "frequency": FREQUENCIES,
    "task": {**TASKS, **payout_wording.TASKS},
    "moment": {**MOMENTS, **payout_wording.MOMENTS},
    "entry": {**ENTRIES, **fund_wording.ENTRIES},
    "voiding": VOIDINGS,
    "request": REQUESTS,
    "balance": BALANCE_LINES,
    "line_kind": {**BALANCE_LINES, **payout_wording.CARRIED},
    "checkout": CHECKOUTS,
    "mail": MAILS,
    "dispute": DISPUTES,
    "plan": PLANS,
    "change": CHANGES,
    "change_state": CHANGE_STATES,
    "asker": ASKERS,
    "ending": ENDINGS,
    "restriction": RESTRICTIONS,
    "account": {**ACCOUNTS, **fund_wording.ACCOUNTS},
    "way": WAYS,
    "transfer": TRANSFERS,
}
