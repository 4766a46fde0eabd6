"""What no contract can prove: fees, cards, currencies, order and timing, each in one documented table."""
