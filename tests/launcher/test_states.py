"""A state directory is ours or untouched, belongs to one process at a time, and remembers what was done."""

import json
from pathlib import Path

import pytest

from launcher import states
from launcher.states import MARKER, State
from launcher.telling import Stop


def test_a_new_directory_is_made_marked_and_closed_to_others(tmp_path: Path) -> None:
    state = State(tmp_path / "some where" / "state")
    state.claim()

    assert (state.path / MARKER).exists()
    assert state.path.stat().st_mode & 0o066 == 0
    state.release()


def test_a_second_claim_names_the_process_that_holds_it(tmp_path: Path) -> None:
    first, second = State(tmp_path / "state"), State(tmp_path / "state")
    first.claim()

    assert second.is_claimed_elsewhere()
    with pytest.raises(Stop, match=r"in use by process \d+"):
        second.claim()

    first.release()
    assert not second.is_claimed_elsewhere()
    second.claim()
    second.release()


def test_a_directory_of_somebody_else_is_neither_used_nor_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(Stop, match=r"was not made by run\.py"):
        State(tmp_path).claim()
    with pytest.raises(RuntimeError):
        State(tmp_path).empty()

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", json.dumps({"almoner_state": 99})])
def test_a_damaged_marker_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content)

    with pytest.raises(Stop, match="is damaged"):
        State(tmp_path).claim()


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")

    with pytest.raises(Stop, match="is not a directory"):
        State(tmp_path / "state").claim()


def test_emptying_follows_no_link_out_of_the_directory(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    state = State(tmp_path / "state")
    state.claim()
    (state.path / "way-out").symlink_to(outside)
    state.keep("steps", {"tables": "1"})

    state.empty()

    assert sorted(path.name for path in state.path.iterdir()) == [MARKER, "claim.lock"]
    assert (outside / "kept.txt").exists()
    state.release()


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.claim()
    secret = state.secret("secret-key")

    assert len(secret) >= 50
    assert State(state.path).secret("secret-key") == secret
    assert (state.path / "secret-key.secret").stat().st_mode & 0o077 == 0
    state.release()


def test_a_step_is_done_until_its_fingerprint_changes(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.claim()
    assert not state.is_done("tables", "one")

    state.mark_done("tables", "one")

    assert State(state.path).is_done("tables", "one")
    assert not state.is_done("tables", "two")
    state.release()


def test_a_fingerprint_follows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "room" / "migrations").mkdir(parents=True)
    first = tmp_path / "room" / "migrations" / "0001_first.py"
    first.write_text("a")
    seen = [states.fingerprint(root=tmp_path, patterns=("*/migrations/*.py",))]
    first.write_text("b")
    seen.append(states.fingerprint(root=tmp_path, patterns=("*/migrations/*.py",)))
    first.rename(first.with_name("0001_renamed.py"))
    seen.append(states.fingerprint(root=tmp_path, patterns=("*/migrations/*.py",)))
    seen.append(states.fingerprint(root=tmp_path, patterns=("*/migrations/*.py",), salt="other database"))

    assert len(set(seen)) == 4
