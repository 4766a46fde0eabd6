"""What was given: intents that may yet happen, facts that did, and the deeds between them.

`models/intents.py` have a state; `models/facts.py` are only ever added. `giving` begins, `settling` turns
processor events into facts, `recording` is THE door by which a Donation comes to exist, `refunding` gives
back, `postings` says what each fact means in the books.
Never here: PDF, Stripe.
"""
