"""The virtual environment is made once and made again only when what it rests on changed."""

import io
import json
import sys
from pathlib import Path

import pytest

from launcher import bootstrapping
from launcher.telling import Stop, Teller


def _checkout(place: Path) -> Path:
    (place / "requirements").mkdir(parents=True)
    for name in ("uv", "app", "dev"):
        (place / "requirements" / f"{name}.txt").write_text(f"{name}==1.0\n")
    return place


def _made_for(place: Path, lock: str) -> None:
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamp = [lock, bootstrapping.fingerprint(root=place, lock=lock)]
    (place / ".venv" / bootstrapping.STAMP).write_text(json.dumps(stamp))


@pytest.mark.parametrize(("made", "asked"), [("app", "app"), ("dev", "dev"), ("dev", "app")])
def test_a_second_start_installs_nothing(tmp_path: Path, made: str, asked: str) -> None:
    root = _checkout(tmp_path)
    _made_for(root, made)
    out = io.StringIO()

    found = bootstrapping.ensure(root=root, lock=asked, tell=Teller(out=out))

    assert found == root / ".venv" / "bin" / "python"
    assert out.getvalue() == ""


def test_the_fingerprint_follows_the_lock_and_the_place(tmp_path: Path) -> None:
    here, there = _checkout(tmp_path / "here"), _checkout(tmp_path / "there")
    before = bootstrapping.fingerprint(root=here, lock="app")

    assert bootstrapping.fingerprint(root=here, lock="app") == before
    assert bootstrapping.fingerprint(root=there, lock="app") != before
    assert bootstrapping.fingerprint(root=here, lock="dev") != before
    (here / "requirements" / "app.txt").write_text("app==1.1\n")
    assert bootstrapping.fingerprint(root=here, lock="app") != before


def test_a_folder_that_is_not_a_virtual_environment_is_left_alone(tmp_path: Path) -> None:
    root = _checkout(tmp_path)
    (root / ".venv").mkdir()
    (root / ".venv" / "letter.txt").write_text("mine")

    with pytest.raises(Stop, match="is not a virtual environment"):
        bootstrapping.ensure(root=root, lock="app", tell=Teller(quiet=True))

    assert (root / ".venv" / "letter.txt").read_text() == "mine"


def test_uv_is_told_the_addresses_only_pip_conf_knows(tmp_path: Path, python: Path) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text("[global]\nindex-url = https://mirror.example.org/simple\nfind-links = /wheels\n")
    told = bootstrapping._addresses_for_uv(python=python, environment={"PIP_CONFIG_FILE": str(conf)})

    assert told["UV_DEFAULT_INDEX"] == "https://mirror.example.org/simple"
    assert told["UV_FIND_LINKS"] == "/wheels"


def test_uv_keeps_the_addresses_it_was_given_itself(tmp_path: Path, python: Path) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text("[global]\nindex-url = https://mirror.example.org/simple\n")
    given = {"PIP_CONFIG_FILE": str(conf), "UV_DEFAULT_INDEX": "https://uv.example.org/simple"}

    assert "UV_DEFAULT_INDEX" not in bootstrapping._addresses_for_uv(python=python, environment=given)


def test_every_lock_pins_every_package_by_hash_and_holds_no_address() -> None:
    folder = Path(bootstrapping.__file__).resolve().parents[1] / "requirements"
    for lock in ("uv", "app", "dev"):
        lines = (folder / f"{lock}.txt").read_text().splitlines()
        pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line and line.endswith("\\") for line in pinned)
        assert not any("://" in line or line.startswith("-") for line in lines)


def test_what_only_a_comparison_needs_is_added_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = _checkout(tmp_path)
    _made_for(root, "dev")
    (root / "requirements" / "bench.txt").write_text("peer==1.0\n")
    installed: list[str] = []
    monkeypatch.setattr(bootstrapping, "_install", lambda *, lock, **_: installed.append(lock))
    python = root / ".venv" / "bin" / "python"
    for _ in range(2):
        bootstrapping.add(root=root, lock="bench", python=python, tell=Teller(out=io.StringIO()))
    (root / "requirements" / "bench.txt").write_text("peer==1.1\n")
    bootstrapping.add(root=root, lock="bench", python=python, tell=Teller(out=io.StringIO()))
    assert installed == ["bench", "bench"]
