"""Filling: the database's disk, or its journal's, is full. What cannot be committed is never sent."""

import contextlib
from collections.abc import Iterator

from faults import disks
from faults.cases import Case
from faults.standing import CASE
from faults.worlds import Gift, World
from launcher.postgres import DATABASE, OWNER
from launcher.telling import Stop

MEBIBYTE = 1 << 20
MOST_PRESSES = 400
REFUSING = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER disk_is_full BEFORE INSERT ON donations_checkout EXECUTE FUNCTION disk_is_full();
CREATE TRIGGER disk_is_full BEFORE INSERT ON donations_refundrequest EXECUTE FUNCTION disk_is_full();
CREATE TRIGGER disk_is_full BEFORE INSERT ON payments_processorevent EXECUTE FUNCTION disk_is_full();
"""
RELIEVING = "DROP FUNCTION disk_is_full CASCADE;"


@contextlib.contextmanager
def _on_small_disk(world: World) -> Iterator[disks.Disk]:
    postgres = world.ground.postgres
    size = int(postgres.run_sql(f"SELECT pg_database_size('{DATABASE}')"))
    with disks.mounted(size=size + 6 * MEBIBYTE, owner=postgres.data.stat()) as disk:
        postgres.run_sql(
            f"DROP DATABASE IF EXISTS {CASE} WITH (FORCE);\n"
            f"CREATE TABLESPACE small LOCATION '{disk.folder}';\n"
            f"CREATE DATABASE {CASE} TEMPLATE {DATABASE} OWNER {OWNER} TABLESPACE small STRATEGY WAL_LOG;\n"
        )
        try:
            yield disk
        finally:
            disk.relieve()
            # The laws are asked after the case: the database has to outlive the disk.
            postgres.run_sql(f"ALTER DATABASE {CASE} SET TABLESPACE pg_default;\nDROP TABLESPACE small;\n")


@contextlib.contextmanager
def _full(world: World) -> Iterator[None]:
    """While inside, the disk is full: from the second thing on that is done there."""
    try:
        with _on_small_disk(world) as disk:
            world.must("fund_of_page")
            disk.fill()
            yield
            disk.relieve()
            world.ground.to_database.tell(mode="pass")
            _leave(world)
    except disks.NoRight as no:
        world.remarks.append(f"imitated by the database's own refusal: {no}")
        world.ground.postgres.run_sql(REFUSING, database=CASE)
        yield
        world.ground.postgres.run_sql(RELIEVING, database=CASE)


def _leave(world: World) -> None:
    ended = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{CASE}'"
    world.ground.postgres.run_sql(ended)


def _pressed_until_refused(world: World, fund: int) -> Gift:
    """Every press is either written down and sent, or answered 503 and not sent. It ends with one that was not."""
    for _ in range(MOST_PRESSES):
        gift = world.gift()
        answer = world.must("press", **gift.fields, fund=fund)
        sessions = world.ground.processor.record("checkout.session")
        is_sent = any(session["client_reference_id"] == gift.id for session in sessions)
        is_written = any(row["id"] == gift.id for row in world.tell()["checkouts"])
        world.demand(answer["status"] in (303, 503), f"the form answered {answer['status']}")
        world.demand(is_written or not is_sent, "the processor was asked for what could not be written down")
        if not is_written:
            world.demand(answer["status"] == 503, f"a lost gift was answered {answer['status']}")
            world.demand("in a few minutes" in answer["page"], "the page does not say what to do")
            return gift
    world.demand(False, f"{MOST_PRESSES} gifts found room on a full disk")
    return world.gift()


def _disk(world: World) -> None:
    fund = world.must("fund_of_page")
    with _full(world):
        gift = _pressed_until_refused(world, fund)
    again = world.must("press", **gift.fields, fund=fund)
    world.demand(again["status"] == 303, f"with room again the form answered {again['status']}")
    world.complete(gift)


def _journal(world: World) -> None:
    """The server's journal has no room: it stops, by design. The giver hears 503, the processor nothing."""
    fund = world.must("fund_of_page")
    back = world.back(world.given())
    gift = world.gift()
    try:
        with disks.journal_on_small_disk(world.ground.postgres, room=MEBIBYTE) as disk:
            disk.fill()
            _use_up_journal(world)
            _refused(world, gift, fund, back.fields)
    except disks.NoRight as no:
        world.remarks.append(f"imitated by a limit on the size of files: {no}")
        with disks.short_files(world.ground.postgres):
            _use_up_journal(world)
            _refused(world, gift, fund, back.fields)
    again = world.must("press", **gift.fields, fund=fund)
    world.demand(again["status"] == 303, f"with room again the form answered {again['status']}")
    world.must("refund", **back.fields)
    world.complete(gift)
    world.demand_back_once(back)


def _use_up_journal(world: World) -> None:
    """This function will fill the segments made in advance; the server ends at the first that cannot be made."""
    for _ in range(64):
        try:
            world.ground.postgres.run_sql(
                "SELECT pg_logical_emit_message(false, 'fill', 'x'); SELECT pg_switch_wal();"
            )
        except Stop:
            return
    world.demand(False, "the journal found room on a full disk")


def _refused(world: World, gift: Gift, fund: int, refund: dict[str, object]) -> None:
    sent = len(world.keys("/v1/"))
    answer = world.must("press", **gift.fields, fund=fund)
    world.demand(answer["status"] == 503, f"the form answered {answer['status']}")
    world.demand("in a few minutes" in answer["page"], "the page does not say what to do")
    asked = world.do("refund", **refund)
    world.demand(not asked.is_ok, "a refund was taken that could not be written down")
    world.demand(len(world.keys("/v1/")) == sent, "the processor was asked without an intent in our books")
    door = world.deliver(world.events()[:1])
    world.demand(
        door.is_ok and door.value[0] >= 500, f"a notice that was not stored was answered {door.value}"
    )


def cases() -> list[Case]:
    """This function will return the cases of this module."""
    return [
        Case("X35", "the database's disk is full", _disk),
        Case("X35", "the journal's disk is full", _journal, is_slow=True),
    ]
