"""Cases: how a case is told, the list of all of them, and which are drawn for a run of so many."""

import importlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from faults.worlds import World

PROGRAMS = (
    "dying",
    "clicking",
    "notices",
    "orders",
    "late",
    "processor",
    "trusting",
    "database",
    "locking",
    "filling",
    "serving",
    "renewing",
    "receipting",
    "yearly",
    "restoring",
)
Run = Callable[[World], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault done to one deed, and which draw of its chances this is.

    `is_slow` ones take long because time itself is the fault, or start whole programs: each runs once in a run.
    `is_nightly` ones run in the nightly run alone, or when they are asked for by name.
    """

    code: str
    name: str
    run: Run
    is_slow: bool = False
    is_nightly: bool = False
    parks: tuple[str, ...] = ()
    draw: int = 1

    @property
    def title(self) -> str:
        return f"{self.code} {self.name}" + (f" #{self.draw}" if self.draw > 1 else "")


def every() -> list[Case]:
    """This function will return every case once, in the order of the programme's numbers."""
    found: list[Case] = []
    for program in PROGRAMS:
        found += importlib.import_module(f"faults.programs.{program}").cases()
    return sorted(found, key=lambda case: case.code)


def named(cases: list[Case], *, beginnings: list[str]) -> list[Case]:
    """`#7` at the end of a beginning asks for the seventh draw. This function will return the cases that begin so."""
    found: list[Case] = []
    for beginning in beginnings:
        told, _, draw = beginning.partition(" #")
        fitting = [case for case in cases if case.title.startswith(told)]
        found += [replace(case, draw=int(draw or 1)) for case in fitting]
    return list(dict.fromkeys(found))


def picked(cases: list[Case], *, count: int, dice: random.Random) -> Iterator[Case]:
    """Choose `count` cases: every number once, then drawn ones, then all again with other chances.

    This function will yield them in that order.
    """
    first: dict[str, Case] = {}
    for case in sorted(cases, key=lambda case: case.is_slow):
        first.setdefault(case.code, case)
    others = [case for case in cases if first[case.code] is not case]
    quick = [case for case in cases if not case.is_slow]
    dice.shuffle(others)
    chosen = [*first.values(), *others][:count]
    yield from sorted(chosen, key=lambda case: case.code)
    draw = 2
    left = count - len(chosen)
    while left > 0 and quick:
        again = dice.sample(quick, min(left, len(quick)))
        yield from (replace(case, draw=draw) for case in sorted(again, key=lambda case: case.code))
        left, draw = left - len(again), draw + 1
