"""What no contract can prove: fees, test cards, currencies, order and timing, each in one documented
table.
"""
