"""The hall behind the front door: everything `run.py` does before, around and after the product.

Lives here: the virtual environment, the embedded PostgreSQL, the processes of the demo, the demo mailbox,
the checks. Standard library only, because it runs before anything is installed (`mailbox` alone runs inside
the virtual environment and may import aiosmtpd). Nothing of the product imports it and it imports no room
of the product. Doors: `stack.Stack(...)` is the whole running system, `postgres.Postgres(...)` the database
alone, `bootstrapping.ensure(...)` the installed packages. What a person must be told is raised as
`telling.Stop`.
"""
