"""Two years of the invented mission, so that the books, the lists and the reports look as they do in use.

`people.py` holds who gives what and when, `calendar.py` the days, `living.py` is the deed. Everything is made by the
deeds the office uses, at the time it would have happened: batches by `counting`, gifts by card and payouts by
`charging`, promises by `promising`, the bank's files by `banking`, a release, a journal and the months by `closing`.
Never here: real people or organizations; a row that a deed could write.
"""
