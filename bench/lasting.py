"""Lasting: for how long each load runs. Short by default; `--seconds` and `--minutes` of the command say otherwise."""

import os

VARIABLE = "BENCH_SECONDS"
SHORT_RUNS = 3


def seconds(usual: float) -> float:
    """This function will return for how long a load runs: what was asked for, or what is usual for it."""
    return float(os.environ.get(VARIABLE) or usual)


def runs() -> int:
    """This function will return how often a load is repeated: a long one once, a short one for its median."""
    return 1 if os.environ.get(VARIABLE) else SHORT_RUNS
