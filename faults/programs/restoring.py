"""Restoring: a backup is put back after receipts were issued that it does not know. No number is on two papers."""

from datetime import timedelta

from faults import post
from faults.cases import Case
from faults.post import PostOffice
from faults.standing import CASE
from faults.worlds import World
from launcher.postgres import OWNER

BACKUP = "almoner_backup"
LAPSE = timedelta(minutes=11)


def _copy(world: World, *, source: str, to: str) -> None:
    world.ground.postgres.run_sql(
        f"DROP DATABASE IF EXISTS {to} WITH (FORCE);\nCREATE DATABASE {to} TEMPLATE {source} OWNER {OWNER};\n"
    )


def _post_all(world: World, office: PostOffice) -> None:
    for _ in range(3):
        world.must("follow_up")
        world.must("mail", port=office.port)
        world.ahead += LAPSE


def _put_back(world: World, *, has_papers_left: bool) -> None:
    """Two receipts before the backup, three after it. Their gifts come back from the processor, with other numbers."""
    office = world.closing.enter_context(post.office())
    world.must("make_keys")
    for _ in range(2):
        world.given()
    _post_all(world, office)
    begun = [world.gift() for _ in range(3)]
    pages = [str(world.must("begin", **gift.fields)) for gift in begun]
    _copy(world, source=CASE, to=BACKUP)
    for gift, page in zip(begun, pages, strict=True):
        world.pay(gift, page)
    world.must_deliver(world.events())
    world.must("settle")
    if has_papers_left:
        _post_all(world, office)
    else:
        world.must("number_only")
    numbered = world.must("papers")["receipts"]
    world.demand([row["number"] for row in numbered] == [1, 2, 3, 4, 5], f"{numbered}")
    on_paper = {name: sha256 for letter in office.letters() for name, sha256 in letter.files.items()}
    _copy(world, source=BACKUP, to=CASE)
    world.ground.postgres.run_sql(f"DROP DATABASE {BACKUP} WITH (FORCE)")
    world.note("restore", CASE, "")
    world.converge()
    world.must("follow_up")
    if has_papers_left:
        _demand_stands_still(world)
        world.must("void_fill")
    world.demand("numbers_lost" not in world.must("alarms"), "the alarm stays after the numbers were filled")
    _post_all(world, office)
    world.demand(world.must("lost") == [], "numbers are lost still")
    _demand_no_number_twice(world, office, on_paper)
    numbers = sorted(row["number"] for row in world.must("papers")["receipts"])
    meant = [1, 2, 6, 7, 8] if has_papers_left else [1, 2, 3, 4, 5]
    world.demand(numbers == meant, f"after the restore the numbers are {numbers}")


def _demand_stands_still(world: World) -> None:
    """While numbers are lost nothing is numbered, the office hears of it, and so does the self-check."""
    rows = world.must("papers")["receipts"]
    world.demand(
        [row["number"] for row in rows] == [1, 2], f"numbers were given while some were lost: {rows}"
    )
    told = world.must("lost")
    world.demand(len(told) == 1 and told[0][2:] == [3, 5], f"lost: {told}")
    world.demand("numbers_lost" in world.must("alarms"), "the office's first page does not say so")
    broken = world.must("check")
    world.demand(any(row.startswith("I25") for row in broken), f"the self-check does not say so: {broken}")


def _demand_no_number_twice(world: World, office: PostOffice, before: dict[str, str]) -> None:
    """Every paper that ever left, by its number: one file, whatever was put back in between."""
    papers: dict[str, set[str]] = {name: {sha256} for name, sha256 in before.items()}
    for letter in office.letters():
        for name, sha256 in letter.files.items():
            papers.setdefault(name, set()).add(sha256)
    for serial, sha256 in world.must("documents").items():
        papers.setdefault(f"receipt-{serial}.pdf", set()).add(sha256)
    twice = [name for name, files in papers.items() if len(files) > 1]
    world.demand(not twice, f"the same number on two papers: {twice}")


def _papers_left(world: World) -> None:
    _put_back(world, has_papers_left=True)


def _numbers_only(world: World) -> None:
    """Numbers that were committed and stood on no paper yet may be given again."""
    _put_back(world, has_papers_left=False)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X46", "backup put back after papers left", _papers_left),
        Case("X46", "backup put back before any paper left", _numbers_only),
    ]
