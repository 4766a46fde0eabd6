"""Yearly: the run of a year is shot again and again, and what it is about changes while it works."""

import os
from datetime import timedelta
from functools import partial

from faults.cases import Case
from faults.standing import CASE
from faults.worlds import World
from launcher.postgres import OWNER

HERE, MANY, KILLS = 60, 10_000, 10
TOGETHER = 150
"""Receipts of a run that are numbered in one transaction: a shot of a large run lies some of them further on, so that
half of the shots number all and the others fall while the rest is numbered and drawn."""
UNKILLED = "almoner_unkilled"
ROUND = timedelta(minutes=3)
MOST_ROUNDS = 60
NUMBERING = (
    ("INSERT INTO receipts_series", "request"),
    ('COPY "receipts_receipt"', "answer"),
    ('COPY "receipts_coverage"', "request"),
    ("COMMIT", "request"),
    ("COMMIT", "answer"),
)
DRAWING = (
    ('INSERT INTO "paper_document"', "request"),
    ('COPY "receipts_rendering"', "answer"),
    ('INSERT INTO "donors_message"', "request"),
    ("COMMIT", "request"),
    ("COMMIT", "answer"),
)


def _year(world: World, *, count: int) -> str:
    """Givers who want one receipt a year, and the approved run of last year."""
    year = world.now.year - 1
    world.must("make_keys")
    for first in range(0, count, 500):
        world.must("pour", count=min(500, count - first), on=f"{year}-05-10", rhythm="annual", offset=first)
    return str(world.must("approve_year", year=year))


def _finish(world: World, run: str) -> None:
    """Rounds of the timetable on a clock that moves on, until the run is delivered."""
    for _ in range(MOST_ROUNDS):
        world.ahead += ROUND
        if world.must("carry_on", run=run) == "delivered":
            return
    world.demand(False, f"the run is not delivered after {MOST_ROUNDS} rounds")


def _killed_at_random(world: World, *, count: int) -> None:
    """Shot at ten drawn points and resumed: the same numbers on the same bytes as if nothing had happened."""
    run = _year(world, count=count)
    postgres, began = world.ground.postgres, world.ahead
    copy = f"DROP DATABASE IF EXISTS {{}} WITH (FORCE); CREATE DATABASE {{}} TEMPLATE {{}} OWNER {OWNER};"
    postgres.run_sql(copy.format(UNKILLED, UNKILLED, CASE).replace(";", ";\n"))
    _finish(world, run)
    meant = world.must("documents")
    world.demand(len(meant) == count, f"{len(meant)} files of {count}")
    postgres.run_sql(copy.format(CASE, CASE, UNKILLED).replace(";", ";\n"))
    postgres.run_sql(f"DROP DATABASE {UNKILLED} WITH (FORCE)")
    world.ground.put_back_marks()
    world.ahead = began
    shots = 0
    for _ in range(KILLS):
        left = count - world.must("progress")[0]
        text, at = world.rng.choice(NUMBERING if left > count // 10 else DRAWING)
        nth = world.rng.randrange(1, (4 if text == "COMMIT" else 2) + count // (2 * KILLS * TOGETHER))
        strike = {"text": text, "at": at, "act": "kill", "nth": nth}
        running = world.ready("carry_on", run=run)
        world.ground.to_database.tell(strike={"pid": running.pid, **strike})
        world.note("strike", "carry_on", strike)
        running.go()
        world.finish(running)
        shots += world.ground.to_database.tell(strike=None)
        world.ahead += ROUND
    world.demand(shots >= KILLS // 2, f"the run was shot {shots} times only")
    world.heal()
    _finish(world, run)
    made = world.must("documents")
    world.demand(made == meant, "the run that was shot gave other papers than the one that was not")
    numbers = [row["number"] for row in world.must("papers")["receipts"]]
    world.demand(numbers == list(range(1, count + 1)), "the numbers do not run from one")
    world.remarks.append(f"{count} donors, shot {shots} times")


def _many(world: World) -> None:
    """Ten thousand in the nightly run (FAULTS_MANY says another number)."""
    _killed_at_random(world, count=int(os.environ.get("FAULTS_MANY", str(MANY))))


def _changing(world: World, *, text: str, at: str) -> None:
    """A refund, a voided receipt and a changed name come while the run is shot and goes on."""
    gifts = [world.given() for _ in range(4)]
    world.must("make_keys")
    year = world.now.year
    world.must("want_yearly")
    hand = world.must("pour", count=12, on=f"{year}-01-05", rhythm="annual")
    run = str(world.must("approve_year", year=year))
    running = world.ready("carry_on", run=run)
    world.ground.to_database.tell(strike={"pid": running.pid, "text": text, "at": at, "act": "kill"})
    world.note("strike", "carry_on", {"text": text, "at": at})
    running.go()
    backs = [world.back(gifts[0]), world.back(gifts[1], minor=gifts[1].minor // 3)]
    asked = [world.ready("refund", **back.fields) for back in backs]
    for process in asked:
        process.go()
    for process in [running, *asked]:
        world.finish(process)
    world.ground.to_database.tell(strike=None)
    world.must("rename", gift=hand[0], name="Another Name")
    world.heal()
    world.ahead += ROUND
    together = world.together(
        [("carry_on", {"run": run}), ("refund", world.back(gifts[2]).fields), ("follow_up", {})]
    )
    world.demand(together[1].is_ok, f"a refund during the run: {together[1].words}")
    world.converge()
    _finish(world, run)
    world.must("void_one", gift=hand[1])
    for _ in range(2):
        world.must("follow_up")
        world.ahead += ROUND
    wrong = world.must("standing_sums")
    world.demand(not wrong, f"papers that are not true: {wrong}")


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    points = (
        ("before its numbers", "INSERT INTO receipts_series", "request"),
        ("after its numbers", 'COPY "receipts_coverage"', "answer"),
        ("before its files", 'INSERT INTO "paper_document"', "request"),
        ("after its files", 'COPY "receipts_rendering"', "answer"),
        ("at a commit", "COMMIT", "answer"),
    )
    found = [
        Case(
            "X40",
            f"refunds, a void and a new name while the run is shot {name}",
            partial(_changing, text=text, at=at),
        )
        for name, text, at in points
    ]
    return [
        *found,
        Case("X41", f"a run of {HERE} shot ten times", partial(_killed_at_random, count=HERE), is_slow=True),
        Case("X41", f"a run of {MANY} shot ten times", _many, is_slow=True, is_nightly=True),
    ]
