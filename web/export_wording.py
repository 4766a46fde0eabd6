"""Words for lists as files: which there are, their formats, their timetables, and how far each is."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from web.tax_wording import Words

LISTS: Words = {
    "donations": _("Donations"),
    "donors": _("Donors"),
    "plans": _("Regular gifts"),
    "pledges": _("Pledges"),
    "receipts": pgettext_lazy("menu", "All receipts"),
    "register": _("Numbers"),
    "journal": _("Journal"),
    "funds": _("Funds"),
    "payouts": _("Payouts"),
    "bank_lines": _("Bank lines"),
    "batches": _("Batches"),
}
FORMATS: Words = {"csv": "CSV", "xlsx": _("Excel (XLSX)"), "parquet": "Parquet"}
CADENCES: Words = {
    "daily": _("Every morning"),
    "weekly": _("Every Monday"),
    "monthly": _("On the first of every month"),
}
REQUESTS: Words = {
    "asked": _("Waits for a second person"),
    "approved": _("Approved"),
    "declined": _("Declined"),
    "expired": _("Over"),
    "taken": _("Taken"),
}
JOBS: Words = {
    "queued": _("Waits"),
    "running": _("Is being made"),
    "succeeded": _("Ready"),
    "failed": _("Failed"),
    "canceled": _("Called off"),
}
LAST: Words = {
    "": "",
    "no right": _("You may not take this list any more."),
    "owner left": _("Rests: its owner left."),
}
