"""Who gives, and how we write to them.

Lives here: `Donor` (person or organisation), consents, matching, the outbox of messages, portal sign-in links.
Never here: gifts. A donor is never merged by e-mail alone and a payment never authenticates anyone.
Doors: `matching.match(...)`, `corresponding.queue(...)`, `signing_in.request_link(...)`.
"""
