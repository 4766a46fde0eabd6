"""Addresses of the office, below /<language>/office/."""

from django.urls import path

from web.office import (
    bookkeeping,
    exporting,
    finding,
    hosting,
    mending,
    quoting,
    receipting,
    refunding,
    watching,
)

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
    path("receipts/", receipting.receipts, name="receipts"),
    path("receipts/<uuid:pk>/file/", receipting.download, name="receipt_file"),
    path("journal/", bookkeeping.journal, name="journal"),
    path("journal/export/", exporting.journal, name="journal_export"),
    path("payouts/", bookkeeping.payouts, name="payouts"),
    path("payouts/<int:pk>/", bookkeeping.payout, name="payout"),
    path("funds/", bookkeeping.funds, name="funds"),
    path("websites/", hosting.websites, name="websites"),
    path("websites/register/", hosting.register, name="website_register"),
    path("websites/wix/", hosting.wix, name="website_wix"),
    path("websites/snippets/", quoting.snippets, name="snippets"),
    path("websites/<int:pk>/", hosting.website, name="website"),
    path("websites/<int:pk>/change/", hosting.change, name="website_change"),
    path("websites/<int:pk>/origins/", hosting.add_origin, name="website_origin"),
    path("websites/<int:pk>/remove/", hosting.remove, name="website_remove"),
    path("websites/origins/<int:pk>/remove/", hosting.remove_origin, name="website_origin_remove"),
]
