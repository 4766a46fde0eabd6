"""`python -m faults`: run the cases that were asked for; the last line says how many held."""

import argparse
import os
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from faults import lanes, running, standing
from launcher.telling import Stop, Teller

if TYPE_CHECKING:
    from faults.cases import Case

WRONG = ("charge_first", "key_only", "no_attempt")
STATE = standing.ROOT / "var" / "faults"
SEED = 7
A_FEW, A_NIGHT = 50, 500


def main(arguments: list[str]) -> int:
    """This function will return 0 when every case held, 1 when one did not, 2 for a bad start."""
    asked = _parser().parse_args(arguments)
    tell = Teller()
    try:
        side_by_side = asked.lanes or (2 if asked.nightly and (os.cpu_count() or 1) > 1 else 1)
        if side_by_side > 1 and not asked.list:
            return lanes.run(arguments, count=side_by_side, state=asked.state)
        with standing.stand(state_dir=asked.state, tell=tell) as ground:
            running.open_house(ground)
            return _run(ground, asked, tell)
    except Stop as stopped:
        print(stopped, file=sys.stderr)
        return stopped.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py faults", description=sys.modules["faults"].__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="of everything drawn; a failing one replays")
    parser.add_argument("--cases", type=int, default=None, metavar="N", help=f"so many ({A_FEW})")
    parser.add_argument("--nightly", action="store_true", help=f"at least {A_NIGHT}, on two lanes")
    parser.add_argument("--only", nargs="+", metavar="X12", help="cases whose title begins so")
    parser.add_argument("--list", action="store_true", help="say which cases there are")
    parser.add_argument("--wrong", choices=WRONG, default="right", help="a wrong build, to be caught")
    parser.add_argument(
        "--keep", action="store_true", help="keep every history, not only of what did not hold"
    )
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="where the database is kept")
    parser.add_argument("--lanes", type=int, default=None, metavar="N", help="so many side by side")
    parser.add_argument("--lane", default="1/1", help=argparse.SUPPRESS)
    return parser


def _run(ground: standing.Ground, asked: argparse.Namespace, tell: Teller) -> int:
    chosen = running.Chosen(
        seed=asked.seed, build=asked.wrong, histories=asked.state / "histories", keeps_all=asked.keep
    )
    wanted = _wanted(asked)
    if asked.list or not wanted:
        tell.say("\n".join(case.title for case in wanted) or "no such case")
        return 0 if wanted else 2
    place, _, of = asked.lane.partition("/")
    mine = wanted[int(place) - 1 :: int(of)]
    held = running.run(ground, mine, chosen=chosen, tell=tell)
    print(lanes.summary(len(mine), held, seed=asked.seed, build=asked.wrong), flush=True)
    return 0 if held == len(mine) else 1


def _wanted(asked: argparse.Namespace) -> list["Case"]:
    from faults import cases, wrong

    known = cases.every()
    beginnings = asked.only or (wrong.CATCHING if asked.wrong != "right" else None)
    if beginnings:
        known = cases.named(known, beginnings=list(beginnings))
    if asked.list or (beginnings and asked.cases is None):
        return known
    if not asked.nightly:
        known = [case for case in known if not case.is_nightly]
    count = asked.cases or (A_NIGHT if asked.nightly else A_FEW)
    return list(cases.picked(known, count=count, dice=random.Random(asked.seed)))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
