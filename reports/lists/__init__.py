"""The lists that may leave the house as files, each declared once: where its rows come from, what its columns are, who
may see which, what it can be narrowed by.

A list is one entry: `declaring.Listing(...)` in the module of its room, named in `registering_lists.ALL`. Pages, the
API, jobs, timetables and second persons all read that entry; none of them knows a list by name. SQL stands only here.
Never here: how a file is written (`reports.filing_out`), who asked for it (`books`).
"""
