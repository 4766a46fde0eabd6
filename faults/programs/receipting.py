"""Receipting: a worker dies at any step from the gift to the letter, a task comes twice, a disk is full."""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from faults import disks, post, serving
from faults.cases import Case
from faults.post import PostOffice
from faults.standing import CASE
from faults.worlds import World

GIFTS = 5
LAPSE, DAY = timedelta(minutes=11), timedelta(days=1)
SMALL_DISK = 65_536
REFUSING = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE INSERT ON paper_document EXECUTE FUNCTION disk_is_full();
"""
RELIEVING = "DROP FUNCTION disk_is_full CASCADE;"


def _ready(world: World, count: int = GIFTS) -> None:
    world.must("make_keys")
    world.must("pour", count=count, on=(world.now - DAY).date().isoformat())


def _post_all(world: World, office: PostOffice) -> None:
    """The timetable goes on: what a dead worker had begun is found again by its row."""
    for _ in range(3):
        world.must("follow_up")
        world.must("mail", port=office.port)
        world.ahead += LAPSE


def _demand_each_once(world: World, office: PostOffice, *, count: int = GIFTS) -> None:
    """Each gift has one receipt, the numbers run from one, each has one file and its letter carries just that file."""
    told = world.must("papers")
    rows = told["receipts"]
    world.demand([row["number"] for row in rows] == list(range(1, count + 1)), f"numbers {rows}")
    world.demand(len({gift for row in rows for gift in row["gifts"]}) == count, "a gift is on two receipts")
    world.demand(all(row["file"] and row["mails"] == 1 for row in rows), f"files and mails: {rows}")
    world.demand(not told["troubles"], f"troubles: {told['troubles']}")
    world.demand(set(told["marks"].values()) == {count}, f"marks {told['marks']}")
    stored = world.must("documents")
    letters = office.letters()
    world.demand(len({letter.id for letter in letters}) == count, f"{len(letters)} letters")
    sent = {(name, sha256) for letter in letters for name, sha256 in letter.files.items()}
    meant = {(f"receipt-{serial}.pdf", sha256) for serial, sha256 in stored.items()}
    world.demand(sent == meant, "what was sent is not what is stored")


def _killed(world: World, *, text: str, at: str, nth: int = 1) -> None:
    """SIGKILL at one step of numbering and drawing."""
    office = world.closing.enter_context(post.office())
    _ready(world)
    strike = {"text": text, "at": at, "act": "kill", "nth": nth}
    world.struck(world.ground.to_database, "follow_up", strike=strike)
    world.heal()
    _post_all(world, office)
    _demand_each_once(world, office)


def _killed_while_mailing(world: World, *, text: str, nth: int) -> None:
    """The letter has left, its row does not say so: it leaves again later, as the same letter."""
    office = world.closing.enter_context(post.office())
    _ready(world)
    world.must("follow_up")
    strike = {"text": text, "at": "request", "act": "kill", "nth": nth}
    world.struck(world.ground.to_database, "mail", strike=strike, port=office.port)
    world.heal()
    _post_all(world, office)
    again = len(office.letters()) - GIFTS
    world.remarks.append(f"{again} letters came twice, each with the Message-ID of the first")
    _demand_each_once(world, office)


def _task_again(world: World, *, times: int, at_once: int) -> None:
    office = world.closing.enter_context(post.office())
    _ready(world)
    outcomes = world.together([("deliver_task", {"times": times})] * at_once)
    world.demand(all(outcome.is_ok for outcome in outcomes), f"{[outcome.words for outcome in outcomes]}")
    _post_all(world, office)
    _demand_each_once(world, office)


def _drawn_side_by_side(world: World) -> None:
    """Numbered by one, drawn by four at once: each receipt by one of them."""
    office = world.closing.enter_context(post.office())
    _ready(world, 40)
    strike = {"text": 'INSERT INTO "paper_document"', "at": "request", "act": "kill"}
    world.struck(world.ground.to_database, "follow_up", strike=strike)
    outcomes = world.together([("finish_alone", {})] * 4)
    world.demand(all(outcome.is_ok for outcome in outcomes), f"{[outcome.words for outcome in outcomes]}")
    world.demand(sum(outcome.value for outcome in outcomes) == 40, "a receipt was drawn twice or not at all")
    _post_all(world, office)
    _demand_each_once(world, office, count=40)


def _worker_killed(world: World) -> None:
    """The deployment's own worker is shot with its task unfinished; the queue and the timetable bring it again."""
    office = world.closing.enter_context(post.office())
    _ready(world, 60)
    strike = {"text": 'COPY "receipts_rendering"', "at": "request", "act": "cut"}
    first = world.closing.enter_context(serving.worker(world.ground))
    world.ground.to_database.tell(strike={**strike, "pid": 0})
    world.must("ring_for_receipts")
    for _ in range(600):
        if len(world.must("papers")["receipts"]) == 60:
            break
        world.rest(0.1)
    first.kill()
    world.heal()
    second = world.closing.enter_context(serving.worker(world.ground))
    for _ in range(3):
        world.must("ring_for_receipts")
    for _ in range(600):
        if all(row["file"] for row in world.must("papers")["receipts"]):
            break
        world.rest(0.1)
    second.ask_to_end()
    world.demand(second.wait() == 0, "the second worker did not end by itself")
    _post_all(world, office)
    _post_all(world, office)
    _demand_each_once(world, office, count=60)


# A disk is full


@contextlib.contextmanager
def _folder(world: World) -> Iterator[tuple[Path, int]]:
    """A folder on a disk of 64 kB that is full, or without the right to mount a limit for the files of a process."""
    try:
        with disks.mounted(size=SMALL_DISK, owner=Path("/proc/self").stat()) as disk:
            disk.fill()
            yield disk.folder, 0
    except disks.NoRight as no:
        world.remarks.append(f"imitated by a limit on the size of files: {no}")
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder), 1


def _marks_full(world: World) -> None:
    """Where a number cannot be marked no paper leaves; with room again all is made, and no number is lost."""
    office = world.closing.enter_context(post.office())
    _ready(world)
    with _folder(world) as (folder, room):
        world.around = {"RECEIPT_MARKS": str(folder)}
        deed: tuple[str, dict[str, Any]] = (
            ("finish_without_room", {"room": room}) if room else ("finish_alone", {})
        )
        world.do("follow_up") if not room else world.do("number_only")
        told = world.do(deed[0], **deed[1])
        world.demand("MarksUnusable" in told.words, f"drawing on a full disk: {told.kind} {told.words}")
        rows = world.must("papers")["receipts"]
        world.demand(len(rows) == GIFTS, f"{len(rows)} receipts were numbered")
        world.demand(not any(row["file"] or row["mails"] for row in rows), "a paper left without its mark")
    world.heal()
    _post_all(world, office)
    _demand_each_once(world, office)


def _documents_full(world: World) -> None:
    """The database cannot keep the file: nothing of it is visible, no letter is queued, the number stays."""
    office = world.closing.enter_context(post.office())
    _ready(world)
    world.ground.postgres.run_sql(REFUSING, database=CASE)
    told = world.do("follow_up")
    world.demand(not told.is_ok, "files were kept on a full disk")
    rows = world.must("papers")["receipts"]
    world.demand(len(rows) == GIFTS and not any(row["file"] or row["mails"] for row in rows), f"{rows}")
    world.ground.postgres.run_sql(RELIEVING, database=CASE)
    world.heal()
    _post_all(world, office)
    _demand_each_once(world, office)


def _file_full(world: World, *, deed: str) -> None:
    """A file for people that cannot be written whole is not there under its name, and is made when there is room."""
    office = world.closing.enter_context(post.office())
    _ready(world)
    _post_all(world, office)
    with _folder(world) as (folder, room):
        place = {"path": str(folder / "receipts.pdf")} if deed == "print_to" else {"folder": str(folder)}
        told = world.do(deed, room=room, **place)
        world.demand(not told.is_ok, f"{deed} wrote on a full disk: {told.value}")
        whole = [path.name for path in folder.rglob("*") if path.suffix in (".pdf", ".csv")]
        world.demand(not whole, f"a file that is not whole has its name: {whole}")
    with tempfile.TemporaryDirectory() as roomy:
        place = {"path": f"{roomy}/receipts.pdf"} if deed == "print_to" else {"folder": roomy}
        world.ahead += LAPSE
        told = world.do(deed, room=0, **place)
        made = [
            path for path in Path(roomy).rglob("*") if path.suffix in (".pdf", ".csv") and path.stat().st_size
        ]
        world.demand(told.is_ok and len(made) == 1, f"with room again: {told.value} {told.words} {made}")
    _demand_each_once(world, office)


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    steps = [
        ("before its numbers", "INSERT INTO receipts_series", "request", 1),
        ("at the commit of the numbers", "COMMIT", "request", 1),
        ("after the numbers, before the files", 'INSERT INTO "paper_document"', "request", 1),
        ("after the files, before their commit", 'COPY "receipts_rendering"', "answer", 1),
        ("after the letters are queued, before the commit", 'INSERT INTO "donors_attachment"', "answer", 1),
    ]
    found = [
        Case("X26", f"worker killed {name}", partial(_killed, text=text, at=at, nth=nth))
        for name, text, at, nth in steps
    ]
    sent = 'UPDATE "donors_message"'
    found += [
        Case("X26", "worker killed before a letter", partial(_killed_while_mailing, text=sent, nth=1)),
        Case("X26", "worker killed after a letter", partial(_killed_while_mailing, text=sent, nth=2)),
        Case("X26", "worker killed after the third letter", partial(_killed_while_mailing, text=sent, nth=4)),
        Case("X27", "task twice, one after the other", partial(_task_again, times=2, at_once=1)),
        Case("X27", "task ten times", partial(_task_again, times=10, at_once=1)),
        Case("X27", "task at once in four workers", partial(_task_again, times=2, at_once=4)),
        Case("X27", "drawn by four at once", _drawn_side_by_side),
        Case("X27", "worker shot in the middle of its task", _worker_killed, is_slow=True),
        Case("X36", "disk of the marks full", _marks_full),
        Case("X36", "no room for the files of receipts", _documents_full),
        Case("X36", "disk full while the print file is written", partial(_file_full, deed="print_to")),
        Case("X36", "disk full while an export is written", partial(_file_full, deed="export_to")),
    ]
    return found
