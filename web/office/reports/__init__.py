"""Reports with pictures, for people of the office: each module turns what `reports.answers` says into one page.

A page is made of figures, charts and tables (`tabling`); the same tables leave as files. What a report is asked for
stands in its address, and every number opens what it is made of. Never here: a query or a sum.
"""
