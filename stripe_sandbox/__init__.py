"""A separate process that speaks Stripe's HTTP API, for work without Stripe.

Lives here: the wire, the hosted pages, the money and the clock of an imitation of Stripe, held to the
contract that the installed `stripe` package carries. Nothing of Almoner's is imported and nothing imports
this: the application talks to it exactly as it talks to Stripe, through `StripeClient(base_addresses=...)`
and one webhook URL. The door is `python -m stripe_sandbox --help`; README.md beside this file documents
pages, operator endpoints and tables.
"""
