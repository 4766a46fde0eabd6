"""What the law of a country asks of a receipt, as data and pure functions.

Lives here: who may get one, what counts as given, the sentences, the checks, the days to keep to, the rows for an
office.
Never here: a database, a clock, a page, a person's resident or social security number.
Door: `choosing.law_of(country=...)`, which answers with the module of that country's law.
"""
