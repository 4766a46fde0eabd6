"""Demo content: an invented mission with campaigns, letters and a tour, so that no page is empty.

`facts.py` holds amounts and dates, `english.py` and `korean.py` the words, `writing.py` is the deed.
Never here: real organizations, people or places of work.
"""
