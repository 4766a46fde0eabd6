"""The bench: our path and the limit of the machine, in turn, in the same run.

`python3 run.py bench [--only NAME ...] [--json FILE]` measures what docs/performance.md promises. Each measure is
one module with a `measure()`; each runs ours and the limit at least five times in turn and tells the medians, so
that a busy machine slows both. The bench is no room of the house: nothing imports it, and it brings its own
servers, its own sandbox and its own data, on free ports, and ends them.
"""
