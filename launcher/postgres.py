"""A real PostgreSQL of our own: made on first use, reachable only through a private unix socket, never by
network.

Every trap met is written where someone would fall into it again. Production refuses this database; it is
for the demo, the tests and the bench.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from launcher import finding
from launcher.supervising import dies_with_us
from launcher.telling import Stop

OWNER = "almoner_owner"
APP = "almoner_app"
DATABASE = "almoner"
SUPERUSER = "postgres"
SOCKET_LIMIT = 107  # bytes a unix socket address may have on Linux
READY_WITHIN = 30.0
SETTINGS = {"listen_addresses": "", "max_connections": "120", "shared_buffers": "128MB", "timezone": "UTC"}
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
ROLES = f"""\
SELECT 'CREATE ROLE {OWNER} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \\gexec
SELECT 'CREATE ROLE {APP} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP}') \\gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""  # noqa: S608 - our own constants
PATIENT_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


class Postgres:
    """One cluster under `state`. `durable=False` trades safety for speed and is for tests only."""

    def __init__(self, state: Path, *, python: Path, durable: bool = True) -> None:
        self.state = state.absolute()
        self.durable = durable
        self.log = self.state / "log" / "postgres.log"
        self.programs = finding.programs(python=python)
        self.process: subprocess.Popen[bytes] | None = None
        self.pid = 0  # of the postmaster we answer for, started by us or taken over
        self.home = self.state / "postgres"
        self._user: pwd.struct_passwd | None = None
        _check_named()
        if os.geteuid() == 0:  # postgres refuses to run as root
            self._user = pwd.getpwnam("nobody")
            self.programs = finding.usable_by(self._user, self.programs)
            self.home = self._home_for(self._user)
        self.data = self.home / "data"
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        self.socket = _socket_base() / f"almoner-{self._uid}-{digest}"

    def url(self, role: str, database: str = DATABASE) -> str:
        """This function will return the address by which that role reaches the database."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket), safe='')}"

    def start(self) -> None:
        """Make the cluster when it is missing, take over a living server or start one, and see to its roles.

        This function will return when the server takes connections; it raises `Stop` when it cannot.
        """
        self.home.mkdir(parents=True, exist_ok=True, mode=0o711)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            self._make_socket_folder()
            if not (self.data / "PG_VERSION").exists():
                self._make_cluster()
            self._check_version()
            self.pid = self._living()
            if self.pid == 0:
                self._launch()
            self._see_to_roles()

    def stop(self) -> None:
        """This function will end the server by a fast, clean shutdown, and by force only if that takes too
        long."""
        if self.pid == 0:
            return
        _send(self.pid, signal.SIGINT)
        if not self._gone_within(5.0):
            _send(self.pid, signal.SIGQUIT)
            if not self._gone_within(3.0):
                _send(self.pid, signal.SIGKILL)
                self._gone_within(2.0)
        self.process, self.pid = None, 0
        shutil.rmtree(self.socket, ignore_errors=True)

    def destroy(self) -> None:
        """This function will stop the server and delete the cluster."""
        self.stop()
        shutil.rmtree(self.socket, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def is_alive(self) -> bool:
        if self.process is not None:
            return self.process.poll() is None
        return self.pid != 0 and self._living() == self.pid

    def run_sql(self, sql: str, *, database: str = SUPERUSER, role: str = SUPERUSER) -> str:
        """This function will return what psql prints for that SQL, bare rows only; it raises `Stop` on an
        error."""
        asked = [self._program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        asked += ["-h", str(self.socket), "-U", role, "-d", database]
        done = subprocess.run(
            asked, input=sql, env=PATIENT_ENVIRONMENT, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Stop(f"PostgreSQL refused a statement: {done.stderr.strip()}")
        return done.stdout.strip()

    @property
    def _drop_to(self) -> tuple[int | None, int | None, list[str | int] | None]:
        return (self._user.pw_uid, self._user.pw_gid, []) if self._user else (None, None, None)

    @property
    def _uid(self) -> int:
        return self._user.pw_uid if self._user else os.geteuid()

    def _home_for(self, user: pwd.struct_passwd) -> Path:
        """Below /root and other closed folders `nobody` cannot reach the state directory: the cluster, and
        nothing else, then lives in a directory of root's own."""
        nearest = next(folder for folder in (self.state, *self.state.parents) if folder.exists())
        if finding.can_walk(user, nearest):
            return self.state / "postgres"
        return finding.private_base(hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two launchers must not make or start the same cluster at once."""
        with (self.home / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_socket_folder(self) -> None:
        """Trust is by the folder: 0700 and owned by the server's user, so no other user can even knock."""
        if not self.socket.exists():
            self.socket.mkdir(mode=0o700)
            if self._user:
                os.chown(self.socket, self._user.pw_uid, self._user.pw_gid)
        finding.check_owned(self.socket, self._uid)
        self.socket.chmod(0o700)

    def _make_cluster(self) -> None:
        """initdb into a temporary directory, then rename: a killed first start leaves nothing half-made."""
        for leftover in self.home.glob("fresh-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = self.home / f"fresh-{os.getpid()}"
        fresh.mkdir(mode=0o700)
        if self._user:
            os.chown(fresh, self._user.pw_uid, self._user.pw_gid)
        # The builtin provider sorts alike on every machine; before 17 only the C library offers C.UTF-8.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if self.programs.version >= 17 else ["--locale=C.UTF-8"]
        command = [
            self._program("initdb"),
            "-D",
            str(fresh),
            "-U",
            SUPERUSER,
            "--auth=trust",
            "-E",
            "UTF8",
            *locale,
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command,
            cwd="/",
            env=PATIENT_ENVIRONMENT,
            capture_output=True,
            text=True,
            check=False,
            user=self._drop_to[0],
            group=self._drop_to[1],
            extra_groups=self._drop_to[2],
        )
        if done.returncode != 0:
            raise Stop(f"The database could not be made: {done.stderr.strip().splitlines()[-1]}")
        fresh.rename(self.data)

    def _check_version(self) -> None:
        made = (self.data / "PG_VERSION").read_text().strip()
        if made != str(self.programs.version):
            raise Stop(
                f"The database in {self.data} was made by PostgreSQL {made} but {self.programs.version} is "
                "installed; start over with --reset, or move it with pg_dump first."
            )

    def _living(self) -> int:
        """The pid of a server that already runs on our data, or 0.

        A pid file outlives a power cut and its number may since belong to any program, so the process is
        asked for its working directory. A server that is just stopping is waited for.
        """
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until:
            pid, socket, status = self._pid_file()
            if pid == 0 or not self._is_ours(pid):
                return 0
            if status == "ready" and socket == str(self.socket) and self._answers():
                return pid
            if status == "ready" and socket != str(self.socket):
                _send(pid, signal.SIGINT)
            time.sleep(0.05)
        raise Stop(
            f"A PostgreSQL server hangs on {self.data}; stop process {self._pid_file()[0]} and start again."
        )

    def _pid_file(self) -> tuple[int, str, str]:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]), lines[4].strip(), lines[7].strip()
        except (OSError, ValueError, IndexError):
            return 0, "", ""

    def _is_ours(self, pid: int) -> bool:
        if not Path("/proc/self").exists():  # macOS: the socket alone must tell
            return pid != 0 and self._answers()
        try:
            return Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve()
        except OSError:
            return False

    def _launch(self) -> None:
        if not self._is_ours(self._pid_file()[0]):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        settings = SETTINGS | ({} if self.durable else HASTY)
        command = [self._program("postgres"), "-D", str(self.data), "-k", str(self.socket)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        until = time.monotonic() + READY_WITHIN
        while not self._start_once(command, until):
            # After kill -9 the old server's children need a moment to notice before the memory is free.
            if "still in use" not in self._log_end() or time.monotonic() > until:
                raise Stop(f"PostgreSQL did not start: {self._log_end()} (details: {self.log})")
            time.sleep(0.2)

    def _start_once(self, command: list[str], until: float) -> bool:
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as out:
            self.process = subprocess.Popen(
                command,
                cwd="/",
                env=PATIENT_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
                # SIGINT is the fast shutdown; SIGTERM would wait for every client to leave
                preexec_fn=dies_with_us(signal.SIGINT),  # noqa: PLW1509 - called before any thread exists
                user=self._drop_to[0],
                group=self._drop_to[1],
                extra_groups=self._drop_to[2],
            )
        self.pid = self.process.pid
        while self.process.poll() is None:
            pid, _, status = self._pid_file()
            if pid == self.pid and status == "ready" and self._answers():
                return True
            if time.monotonic() > until:
                self.stop()
                break
            time.sleep(0.02)
        self.pid = 0
        return False

    def _answers(self) -> bool:
        asked = [self._program("pg_isready"), "-q", "-h", str(self.socket), "-U", SUPERUSER, "-d", SUPERUSER]
        return subprocess.run(asked, env=PATIENT_ENVIRONMENT, check=False).returncode == 0

    def _see_to_roles(self) -> None:
        self.run_sql(ROLES)

    def _gone_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.is_alive:
                return True
            time.sleep(0.02)
        return not self.is_alive

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "no message"

    def _program(self, name: str) -> str:
        return str(self.programs.folder / name)


def _check_named() -> None:
    """initdb gives up on a user id without a name, as containers started with `--user 1000` have."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Stop(
            f"The user id {os.geteuid()} has no name in /etc/passwd, which PostgreSQL needs; "
            "start as a named user, or set DATABASE_URL."
        ) from None


def _socket_base() -> Path:
    """A short place: below a long TMPDIR or a deep checkout the address would not fit."""
    longest = "/almoner-4294967295-0123456789ab/.s.PGSQL.5432"
    base = Path(tempfile.gettempdir())
    return base if len(os.fsencode(base)) + len(longest) <= SOCKET_LIMIT else Path("/tmp")  # noqa: S108


def _send(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return  # it is gone, which is what was wanted
