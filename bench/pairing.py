"""Pairing: ours and the limit in turn, so that a noisy machine disturbs both alike; medians tell."""

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

PAIRS = 5


class NotTaken(Exception):
    """A measure that cannot be taken on this machine; the words say what is missing and how to get it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure. `ratio` is ours to the limit: 1 is as good as it gets, whatever the unit."""

    name: str
    value: float
    unit: str
    limit: float
    ratio: float
    n: int
    notes: dict[str, object] = field(default_factory=dict)

    def row(self) -> dict[str, object]:
        """This function will return the measure as a plain object for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Pairs:
    """What each run gave, in the order of the runs: more is better."""

    ours: list[float]
    limits: list[float]

    @property
    def value(self) -> float:
        return statistics.median(self.ours)

    @property
    def limit(self) -> float:
        return statistics.median(self.limits)

    @property
    def ratio(self) -> float:
        """The median of the pairs' own ratios: the two runs of a pair were neighbors in time."""
        return statistics.median(our / limit for our, limit in zip(self.ours, self.limits, strict=True))

    def outcome(self, *, name: str, unit: str, n: int, notes: dict[str, object]) -> Outcome:
        """This function will return the pairs as one measure, with the ratio of every pair in the notes."""
        each = [round(our / limit, 3) for our, limit in zip(self.ours, self.limits, strict=True)]
        return Outcome(
            name=name,
            value=round(self.value, 2),
            unit=unit,
            limit=round(self.limit, 2),
            ratio=round(self.ratio, 3),
            n=n,
            notes=notes | {"ratios": each},
        )


def alternate(*, ours: Callable[[], float], limit: Callable[[], float], pairs: int = PAIRS) -> Pairs:
    """Run both in turn, changing who goes first from pair to pair.

    Each callable does one run and returns its rate. This function will return what they gave.
    """
    found = Pairs([], [])
    for place in range(pairs):
        if place % 2:
            found.limits.append(limit())
            found.ours.append(ours())
        else:
            found.ours.append(ours())
            found.limits.append(limit())
    return found


def quantile(values: list[float], share: float) -> float:
    """This function will return the value below which that share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def against(target: float, *, name: str, value: float, unit: str, notes: dict[str, object]) -> Outcome:
    """This function will return a measure whose limit is a promise of ours: a ratio of 1 keeps it."""
    return Outcome(
        name=name,
        value=round(value, 2),
        unit=unit,
        limit=target,
        ratio=round(value / target, 3),
        n=int(value),
        notes=notes,
    )
