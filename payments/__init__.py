"""How money moves: the gateway in our words, the inbox of processor events, balance lines and payouts.

Only `stripe_gateway.py` imports stripe; everything else speaks `gateway.py`.
Never here: donors or funds. A webhook is stored once, then believed only after the object is fetched again.
Doors: `gateway.connect()`, `inbox.receive(...)`, `catching_up.run(...)`.
"""
