"""What each report says: one module for each question, from facts and books to plain rows; it writes nothing.

`asking` is what somebody wants to know: which body, currency, year and campaign. Everything is of one currency:
amounts are never mixed. What was given counts on the day it was given, less what went back of it later, so that a
report and the list of the same gifts agree.
"""
