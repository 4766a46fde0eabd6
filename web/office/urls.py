"""Addresses of the office, below /<language>/office/."""

from django.urls import path

from web.office import (
    arranging,
    bookkeeping,
    exporting,
    finding,
    linking,
    mending,
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
    path("ways/", arranging.ways, name="ways"),
    path("ways/<int:entity_id>/new/", arranging.way, name="way_new"),
    path("ways/<int:entity_id>/<int:pk>/", arranging.way, name="way"),
    path("ways/preview/", arranging.preview, name="way_preview"),
    path("transfers/", arranging.transfers, name="transfers"),
    path("links/", linking.links, name="links"),
    path("links/add/", linking.add, name="link_add"),
    path("links/<int:pk>/retire/", linking.retire, name="link_retire"),
    path("links/card/<slug:of>/<slug:ref>/", linking.card, name="card"),
]
