"""Addresses of version 1."""

from rest_framework.routers import SimpleRouter

from api.v1.campaigns import Campaigns
from api.v1.donations import Donations
from api.v1.donors import Donors
from api.v1.exports import Exports
from api.v1.receipts import Receipts

router = SimpleRouter(use_regex_path=False)
router.register("campaigns", Campaigns, basename="campaign")
router.register("donors", Donors, basename="donor")
router.register("donations", Donations, basename="donation")
router.register("receipts", Receipts, basename="receipt")
router.register("exports", Exports, basename="export")

urlpatterns = router.urls
