"""The books as finance keeps them, above what was given and below the questions about it.

Lives here: lines of the bank and what they are, reports of processors as a second source, releases and transfers
between funds, months that are checked, closed and reopened, journals handed to accountants, exports that need a
second person. Never here: changing gifts (knock on `donations`), drawing pictures (`reports`).
Doors: `importing.read(...)`, `matching.match(...)`, `releasing.release(...)`, `closing_months.close(...)`,
`handing_over.export(...)`.
"""
