"""A state directory: everything one running system keeps. We only ever write into, or delete, one that is
ours."""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from launcher.telling import Stop

MARKER = ".almoner-state"
MARKER_CONTENT = {"almoner_state": 1}


class State:
    """One state directory. `claim()` before use; a second process that claims it is told who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def logs(self) -> Path:
        return self.path / "log"

    def claim(self) -> None:
        """Make the directory if it is new, check that it is ours, and hold it until `release()`.

        Raises `Stop` when it cannot be written, is not ours, is damaged, or another process holds it.
        This function will leave the directory claimed by this process.
        """
        if self._lock is not None:
            return
        self._make()
        self._check_marker()
        descriptor = os.open(self.path / "claim.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode().strip()
            os.close(descriptor)
            raise Stop(
                f"{self.path} is in use by process {holder or 'unknown'}; "
                "stop that first, or choose another --state."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._lock = descriptor

    def is_claimed_elsewhere(self) -> bool:
        """This function will say whether another live process holds this directory."""
        try:
            descriptor = os.open(self.path / "claim.lock", os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def empty(self) -> None:
        """This function will delete all we keep here but the marker and the claim; only on a claimed
        directory."""
        if self._lock is None:
            raise RuntimeError("only a claimed state directory may be emptied")
        for entry in self.path.iterdir():
            if entry.name in (MARKER, "claim.lock"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def secret(self, name: str) -> str:
        """This function will return the secret of that name, made once and readable by its owner alone."""
        path = self.path / f"{name}.secret"
        if not path.exists():
            fresh = path.with_suffix(f".{os.getpid()}.tmp")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(48))
            fresh.rename(path)
        return path.read_text().strip()

    def read(self, name: str) -> Any:
        """This function will return what was last kept under that name, or None."""
        try:
            return json.loads((self.path / f"{name}.json").read_text())
        except (OSError, ValueError):
            return None

    def keep(self, name: str, content: object) -> None:
        path = self.path / f"{name}.json"
        fresh = path.with_suffix(f".{os.getpid()}.tmp")
        fresh.write_text(json.dumps(content, indent=1))
        fresh.rename(path)

    def is_done(self, step: str, fingerprint: str) -> bool:
        """This function will say whether that step already ran for exactly that fingerprint."""
        done = self.read("steps")
        return isinstance(done, dict) and done.get(step) == fingerprint

    def mark_done(self, step: str, fingerprint: str) -> None:
        """This function will let later starts skip the step until its fingerprint changes."""
        self.keep("steps", (self.read("steps") or {}) | {step: fingerprint})

    def _make(self) -> None:
        try:
            if self.path.is_dir() and any(self.path.iterdir()):
                return
            self.path.mkdir(parents=True, exist_ok=True)
            # As root the database runs as `nobody` and must pass through, though it can list nothing here.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            (self.path / MARKER).write_text(json.dumps(MARKER_CONTENT))
            self.logs.mkdir(mode=0o700, exist_ok=True)
        except (NotADirectoryError, FileExistsError) as failed:
            raise Stop(f"The state directory {self.path} is not a directory.") from failed
        except OSError as failed:
            raise Stop(f"The state directory {self.path} cannot be written: {failed.strerror}.") from failed

    def _check_marker(self) -> None:
        marker = self.path / MARKER
        if not marker.exists():
            raise Stop(
                f"{self.path} is not empty and was not made by run.py (it has no {MARKER}); "
                "choose another directory with --state."
            )
        try:
            content = json.loads(marker.read_text())
        except (OSError, ValueError):
            content = None
        if content != MARKER_CONTENT:
            raise Stop(
                f"The state directory {self.path} is damaged: {MARKER} cannot be read; "
                "move the directory away or choose another with --state."
            )
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise Stop(f"The state directory {self.path} cannot be written: Permission denied.")
        self.logs.mkdir(mode=0o700, exist_ok=True)


def fingerprint(*, root: Path, patterns: tuple[str, ...], salt: str = "") -> str:
    """This function will return a digest of names and contents of all files under root that match the
    patterns."""
    digest = hashlib.sha256(salt.encode())
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    for path in sorted(found):
        if "__pycache__" in path.parts:
            continue
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
