"""From a bare Python to the installed product: `.venv`, hash-pinned uv, then every package by its hash.

uv is six times quicker than pip but not on a fresh machine, so pip installs it first, pinned by hash like
the rest; where uv cannot run (an unusual platform or registry), pip installs everything itself.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher import cleaning
from launcher.telling import Stop, Teller

STAMP = ".almoner.json"
LOG = "install.log"
NO_NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "nodename nor servname",
    "Network is unreachable",
    "Connection refused",
    "ConnectTimeoutError",
    "NewConnectionError",
    "error sending request",
    "Failed to fetch",
    "dns error",
    "(from versions: none)",  # pip without retries says only that it found nothing at all
)


def ensure(*, root: Path, lock: str, tell: Teller, environment: Mapping[str, str] | None = None) -> Path:
    """Make or refresh `.venv` so that it holds exactly what `requirements/<lock>.txt` asks for.

    `dev` holds all of `app`, so a virtual environment made for `dev` also serves `app`.
    Raises `Stop` with one sentence when Python, venv or the registry is missing.
    This function will return the path of the virtual environment's python.
    """
    folder = root / ".venv"
    python = folder / "bin" / "python"
    wanted = {name: fingerprint(root=root, lock=name) for name in ("app", "dev")}
    stamp = _read_stamp(folder)
    if stamp in ([lock, wanted[lock]], ["dev", wanted["dev"]]) and python.exists():
        return python
    clean = cleaning.for_install(os.environ if environment is None else environment)
    if not _is_usable(folder):
        with tell.step("virtual environment"):
            _create(folder)
    (folder / STAMP).unlink(missing_ok=True)
    log = folder / LOG
    log.write_text("")
    with tell.step(f"packages ({lock})"):
        _install(root=root, lock=lock, python=python, environment=clean, log=log)
    (folder / STAMP).write_text(json.dumps([lock, wanted[lock]]))
    return python


def add(*, root: Path, lock: str, python: Path, tell: Teller) -> None:
    """Add what `requirements/<lock>.txt` asks for to the virtual environment, beside what is there.

    Such a lock names the same versions as the others where it names the same packages. Raises `Stop` as `ensure` does.
    """
    folder = python.parent.parent
    stamp, wanted = folder / f".almoner-{lock}.txt", fingerprint(root=root, lock=lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    clean = cleaning.for_install(os.environ)
    with tell.step(f"packages ({lock})"):
        _install(root=root, lock=lock, python=python, environment=clean, log=folder / LOG)
    stamp.write_text(wanted)


def fingerprint(*, root: Path, lock: str) -> str:
    """This function will return a digest of the requirement files, the Python and the place of the checkout.

    The place counts because scripts in a virtual environment name their interpreter by its full path.
    """
    digest = hashlib.sha256()
    for path in (root / "requirements" / "uv.txt", root / "requirements" / f"{lock}.txt"):
        digest.update(path.read_bytes())
    digest.update(f"{sys.version_info[:3]} {root}".encode())
    return digest.hexdigest()


def _read_stamp(folder: Path) -> object:
    try:
        return json.loads((folder / STAMP).read_text())
    except (OSError, ValueError):
        return None


def _is_usable(folder: Path) -> bool:
    python = folder / "bin" / "python"
    if not python.exists():
        return False
    asked = "import sys, pip; print(*sys.version_info[:2], sys.prefix)"
    answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == f"{sys.version_info[0]} {sys.version_info[1]} {folder}"


def _create(folder: Path) -> None:
    missing = missing_venv_sentence()
    if missing:
        raise Stop(missing)
    if folder.exists() and not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        raise Stop(f"{folder} exists but is not a virtual environment; move it away and start again.")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(
            [sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True, text=True
        )
    except subprocess.CalledProcessError as failed:
        raise Stop(f"The virtual environment could not be made: {_last_line(failed.stderr)}") from failed
    except OSError as failed:
        raise Stop(f"The virtual environment could not be made in {folder}: {failed.strerror}.") from failed


def missing_venv_sentence() -> str:
    """This function will return the exact command that installs the venv module, or nothing when it is
    there."""
    asked = "import venv, ensurepip"
    if subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False).returncode == 0:
        return ""
    sudo = "" if os.geteuid() == 0 else "sudo "
    exact = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    package = exact if _debian_version() not in ("12",) else "python3-venv"
    return f"Python's venv module is missing; install it with: {sudo}apt-get install -y {package}"


def _debian_version() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    found = [line.partition("=")[2].strip('"') for line in lines if line.startswith("VERSION_ID=")]
    return found[0] if found else ""


def _install(*, root: Path, lock: str, python: Path, environment: dict[str, str], log: Path) -> None:
    locked = root / "requirements" / f"{lock}.txt"
    pip = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--require-hashes"]
    if "PIP_RETRIES" not in environment:
        pip += ["--retries", "2"]
    uv = python.parent / "uv"
    first = _run([*pip, "-r", str(root / "requirements" / "uv.txt")], environment=environment, log=log)
    if first != 0 and _says_no_network(log):
        raise Stop(_no_network_sentence(log))
    if first == 0 and uv.exists():
        for_uv = environment | _addresses_for_uv(python=python, environment=environment)
        quick = [str(uv), "pip", "install", "-q", "--require-hashes", "--python", str(python)]
        if _run([*quick, "-r", str(locked)], environment=for_uv, log=log) == 0:
            return
        log.open("a").write("\nuv could not install; trying pip\n")
    if _run([*pip, "-r", str(locked)], environment=environment, log=log) != 0:
        if _says_no_network(log):
            raise Stop(_no_network_sentence(log))
        raise Stop(f"The packages could not be installed: {_last_line(log.read_text())} (details: {log})")


def _run(command: list[str], *, environment: dict[str, str], log: Path) -> int:
    with log.open("a") as out:
        out.write(f"\n$ {' '.join(command)}\n")
        out.flush()
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode


def _addresses_for_uv(*, python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """uv does not read pip.conf: hand over the addresses a person's pip knows, unless uv was given its
    own."""
    asked = [str(python), "-m", "pip", "config", "list"]
    listed = subprocess.run(asked, env=dict(environment), capture_output=True, text=True, check=False).stdout
    settings: dict[str, str] = {}
    for line in listed.splitlines():  # "global.index-url='https://...'"; ":env:" comes first and wins
        name, _, value = line.partition("=")
        settings.setdefault(name.rpartition(".")[2].strip(), value.strip().strip("'"))
    own = any(name.startswith(("UV_DEFAULT_INDEX", "UV_INDEX")) for name in environment)
    given = {
        # Several indexes may each hold a part; every file is checked by its hash, so looking in all is safe.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "" if own else settings.get("index-url", ""),
        "UV_INDEX": "" if own else settings.get("extra-index-url", ""),
        "UV_FIND_LINKS": settings.get("find-links", ""),
        "SSL_CERT_FILE": settings.get("cert", ""),
    }
    return {name: value for name, value in given.items() if value and name not in environment}


def _says_no_network(log: Path) -> bool:
    said = log.read_text(errors="replace")
    return any(sign in said for sign in NO_NETWORK_SIGNS)


def _no_network_sentence(log: Path) -> str:
    return (
        "The packages could not be downloaded because no package registry answers; connect to the network "
        f"or set PIP_INDEX_URL, then start again (details: {log})."
    )


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
