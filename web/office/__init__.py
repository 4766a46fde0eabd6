"""The staff door: today, donations, receipts, exports. Every view names the roles that may open it."""
