"""Cases: how a case is told, and the list of all of them."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from faults.worlds import World

PROGRAMS = ("dying", "clicking", "notices", "processor", "database")
Run = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault done to one deed. `is_slow` ones wait for real time-outs and are left out of small runs."""

    code: str
    name: str
    run: Run
    is_slow: bool = False
    parks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}"


def every() -> list[Case]:
    """This function will return every case, in the order of the programme's numbers."""
    found: list[Case] = []
    for program in PROGRAMS:
        found += importlib.import_module(f"faults.programs.{program}").cases()
    return sorted(found, key=lambda case: case.code)


def picked(cases: list[Case], *, count: int) -> Iterator[Case]:
    """Take `count` cases, every number once before any number twice, the quick ones first.

    This function will yield them in that order.
    """
    rounds: dict[str, int] = {}
    ranked: list[tuple[int, int, Case]] = []
    for case in sorted(cases, key=lambda case: case.is_slow):
        rounds[case.code] = rounds.get(case.code, 0) + 1
        ranked.append((case.is_slow, rounds[case.code], case))
    for _, _, case in sorted(ranked, key=lambda rank: rank[:2])[:count]:
        yield case
