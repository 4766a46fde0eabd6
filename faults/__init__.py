"""The fault programme: the product's deeds in processes of their own, with the world failing around them.

Outside the rooms, like `bench`: nothing imports it. The product has no test parameter; faults come from outside:
a proxy before the database and one before the processor cut, hold and kill; the sandbox fails as Stripe fails.
`__main__` runs cases, `programs/` holds them, `worlds` is what a case sees, `deeds` is what a process does,
`wrong` holds three builds that must be caught. `docs/faults.md` has the table.
"""
