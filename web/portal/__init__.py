"""The donor door: history and receipts, opened by an e-mailed link that needs a second press."""
