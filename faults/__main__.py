"""`python -m faults`: run the cases that were asked for; the last line says how many held."""

import argparse
import gc
import importlib
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from faults import standing
from launcher.telling import Stop, Teller

if TYPE_CHECKING:
    from faults.cases import Case
    from faults.standing import Ground
    from faults.worlds import Broken, World

BUILDS = ("right", "naive", "key_only", "no_attempt")
STATE = standing.ROOT / "var" / "faults"
SEED = 7


def main(arguments: list[str]) -> int:
    """This function will return 0 when every case held, 1 when one did not, 2 for a bad start."""
    asked = _parser().parse_args(arguments)
    tell = Teller()
    try:
        with standing.stand(state_dir=asked.state, tell=tell) as ground:
            _open_house(ground)
            return _run(ground, asked, tell)
    except Stop as stopped:
        print(stopped, file=sys.stderr)
        return stopped.code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py faults", description=sys.modules["faults"].__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="of everything drawn; a failing one replays")
    parser.add_argument("--cases", type=int, default=None, metavar="N", help="that many, every number first")
    parser.add_argument("--only", nargs="+", metavar="X12", help="cases whose title begins so")
    parser.add_argument("--list", action="store_true", help="say which cases there are")
    parser.add_argument(
        "--build", choices=BUILDS, default="right", help="a build that is wrong on purpose, to be caught"
    )
    parser.add_argument("--state", type=Path, default=STATE, metavar="DIR", help="where the database is kept")
    return parser


def _open_house(ground: "Ground") -> None:
    import django

    os.environ.update(ground.environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    _warm()


def _warm() -> None:
    """Everything a deed needs is imported once here, so that a fork has nothing left to import."""
    for name in ("config.celery", "payments.stripe_gateway", "reports.selfchecking", "stripe", "django.test"):
        importlib.import_module(name)
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import resolve
    from django.utils import translation

    WSGIHandler()  # its middleware
    resolve("/api/webhooks/stripe/")
    for language in ("en", "ko"):
        with translation.override(language):
            translation.gettext("")
    gc.collect()
    gc.freeze()  # or the first collection in each fork would copy every page


def _run(ground: "Ground", asked: argparse.Namespace, tell: Teller) -> int:
    from faults import cases

    wanted = cases.every()
    if asked.only:
        wanted = [case for case in wanted if case.title.startswith(tuple(asked.only))]
    if asked.cases is not None:
        wanted = list(cases.picked(wanted, count=asked.cases))
    if asked.list or not wanted:
        tell.say("\n".join(case.title for case in wanted) or "no such case")
        return 0 if wanted else 2
    held = sum([_hold(ground, case, asked, tell) for case in wanted])
    build = "" if asked.build == "right" else f", build {asked.build}"
    print(f"{len(wanted)} cases, {held} held, seed {asked.seed}{build}", flush=True)
    return 0 if held == len(wanted) else 1


def _hold(ground: "Ground", case: "Case", asked: argparse.Namespace, tell: Teller) -> bool:
    """Run one case from an empty world. This function will say whether all held, and tell the history if not."""
    from faults import wrong
    from faults.worlds import Broken, World

    ground.renew()
    # Each case draws from its own source, so that one case replays like the whole programme.
    world = World(ground, wrong.BUILDS[asked.build], random.Random(f"{asked.seed} {case.title}"))
    began = time.monotonic()
    try:
        case.run(world)
        world.demand_laws(allowed_parked=case.parks)
    except Broken as broken:
        _tell_broken(world, case, broken, asked, tell)
        return False
    tell.done(case.title, took=time.monotonic() - began, verdict="held")
    return True


def _tell_broken(
    world: "World", case: "Case", broken: "Broken", asked: argparse.Namespace, tell: Teller
) -> None:
    tell.done(case.title, verdict=f"BROKEN: {broken}")
    for step in world.history:
        tell.say(f"    {json.dumps(step, default=str)}")
    build = "" if asked.build == "right" else f" --build {asked.build}"
    tell.say(f'    replay: python3 run.py faults --seed {asked.seed} --only "{case.title}"{build}')


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
