"""What Stripe promises, read from the installed `stripe` package.

`reading` turns the package's annotations into shapes, `checking` compiles shapes into validators of what we
answer, `parsing` compiles them into parsers of what we are asked, `catalogue` says which class describes
which object.
"""
