"""Addresses of the office, below /<language>/office/."""

from django.urls import path

from web.office import bookkeeping, exporting, finding, mending, receipting, refunding, standing, watching

app_name = "office"
urlpatterns = [
    path("", watching.today, name="today"),
    path("again/", mending.again, name="again"),
    path("keys/", watching.keys, name="keys"),
    path("donations/", finding.donations, name="donations"),
    path("donations/export/", exporting.donations, name="donations_export"),
    path("donations/<uuid:pk>/", finding.donation, name="donation"),
    path("donations/<uuid:pk>/refund/", refunding.ask, name="refund"),
    path("donations/<uuid:pk>/refund/check/", refunding.check, name="refund_check"),
    path("donations/<uuid:pk>/refund/send/", refunding.send, name="refund_send"),
    path("plans/", standing.plans, name="plans"),
    path("plans/<uuid:pk>/", standing.plan, name="plan"),
    path("plans/<uuid:pk>/change/", standing.change, name="plan_change"),
    path("plans/<uuid:pk>/died/", standing.died, name="plan_died"),
    path("receipts/", receipting.receipts, name="receipts"),
    path("receipts/<uuid:pk>/file/", receipting.download, name="receipt_file"),
    path("journal/", bookkeeping.journal, name="journal"),
    path("journal/export/", exporting.journal, name="journal_export"),
    path("payouts/", bookkeeping.payouts, name="payouts"),
    path("payouts/<int:pk>/", bookkeeping.payout, name="payout"),
    path("funds/", bookkeeping.funds, name="funds"),
]
