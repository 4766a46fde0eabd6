"""The whole running system on this machine: database, sandbox, mailbox, web, worker and beat.

The demo, the bench and the browser journeys all start it through this one class.
"""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from launcher import environments, preparing
from launcher.environments import Ports
from launcher.postgres import APP, OWNER, Postgres
from launcher.states import State
from launcher.supervising import Child, ChildDied, Supervisor
from launcher.telling import Stop, Teller

USUAL = Ports(web=8000, sandbox=8100, mailbox=8200, smtp=8201)
HOST = "127.0.0.1"


class Stack:
    """`start()` returns when the first page answers and the demo data is there; `stop()` leaves nothing
    running.

    Ports not given (0) are free ones, and stay the same from start to start of one state as long as they
    are free.
    """

    def __init__(
        self,
        root: Path,
        state: Path,
        *,
        python: Path | None = None,
        database_url: str | None = None,
        migration_database_url: str | None = None,
        web_port: int = 0,
        sandbox_port: int = 0,
        mailbox_port: int = 0,
        smtp_port: int = 0,
        durable: bool = True,
        choices: Mapping[str, str] | None = None,
        sandbox_options: Sequence[str] = (),
        has_years: bool = False,
        tell: Teller | None = None,
    ) -> None:
        self.root = root.absolute()
        self.state = State(state.absolute())
        self.python = python or Path(sys.executable)
        self._asked_ports = Ports(web=web_port, sandbox=sandbox_port, mailbox=mailbox_port, smtp=smtp_port)
        self._given_database = (database_url, migration_database_url or database_url)
        self._durable = durable
        self._choices = dict(choices or {})
        self._sandbox_options = tuple(sandbox_options)
        self._has_years = has_years
        self._tell = tell or Teller(quiet=True)
        self._supervisor = Supervisor()
        self._is_up = False
        self.postgres: Postgres | None = None
        self.ports = self._asked_ports
        self.environment: dict[str, str] = {}

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.ports.web}"

    @property
    def mailbox_url(self) -> str:
        return f"http://localhost:{self.ports.mailbox}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.ports.sandbox}"

    @property
    def is_up(self) -> bool:
        """This function will say whether `start()` has returned and `stop()` was not called since."""
        return self._is_up

    def reset(self) -> None:
        """This function will throw away all data of the claimed state directory, its database included."""
        if self._given_database[0] is None:
            self._make_postgres().destroy()
        self.state.empty()
        self.state.logs.mkdir(mode=0o700, exist_ok=True)

    def check_ports(self) -> None:
        """This function will raise `Stop` when a port that was asked for is taken."""
        for port in (port for port in asdict(self._asked_ports).values() if port):
            if not is_free(port):
                raise Stop(
                    f"Port {port} is taken by another program; "
                    "choose another with --port N (0 finds a free one)."
                )

    def start(self) -> None:
        """Start everything. On any failure what was started is stopped before the error leaves.

        This function will return when pages are served, mail is taken and work is done.
        """
        self.state.claim()
        try:
            self.check_ports()
            self.ports = self._choose_ports()
            self._start_database()
            self._serve()
            self._start_workers()
            self._is_up = True
        except BaseException:
            self.stop()
            raise

    def prepare(self) -> None:
        """Start the database alone, with every table, static file and demo row, for who brings own servers.

        This function will return when all is there; on a failure what was started is stopped.
        """
        self.state.claim()
        try:
            self.ports = self._choose_ports()
            self._start_database()
            self._run(preparing.due(self._steps(), state=self.state))
            self._fill_demo()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """This function will stop the programs, then the database, within ten seconds, and let the state
        go."""
        self._is_up = False
        self._supervisor.stop()
        if self.postgres is not None:
            self.postgres.stop()
        self.state.release()

    def check(self) -> list[str]:
        """This function will raise when a part has died, and return the names of the parts started again."""
        if self.postgres is not None and not self.postgres.is_alive:
            raise Stop(
                f"PostgreSQL ended unexpectedly; the end of its log is in {self.postgres.log}.", code=1
            )
        return self._supervisor.check()

    def start_database(self) -> None:
        """This function will start the database alone, for one command; the ports are those of the last
        start."""
        self.state.claim()
        self.ports = self._last_ports()
        self._start_database()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """This function will run a management command against this system and return what it printed."""
        return subprocess.run(
            [str(self.python), "manage.py", *arguments],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def connect_elsewhere(self) -> None:
        """This function will describe the system another process is running on this state, without starting
        any."""
        self.ports = self._last_ports()
        self.environment = self._environment(
            self._make_postgres() if self._given_database[0] is None else None
        )

    def _start_database(self) -> None:
        began = time.monotonic()
        if self._given_database[0] is None:
            self.postgres = self._make_postgres()
            self.postgres.start()
            kind = f"PostgreSQL {self.postgres.programs.version} ({self.postgres.programs.source})"
            self._tell.done(kind, took=time.monotonic() - began)
            if not self.postgres.home.is_relative_to(self.state.path):
                self._tell.say(f"          its files are in {self.postgres.home}, which its user can reach")
        self.environment = self._environment(self.postgres)
        for name in self._choices:
            self._tell.say(f"          {name} is taken from your environment")

    def _make_postgres(self) -> Postgres:
        return Postgres(self.state.path, python=self.python, durable=self._durable)

    def _environment(self, postgres: Postgres | None) -> dict[str, str]:
        app, owner = self._given_database
        if postgres is not None:
            app, owner = postgres.url(APP), postgres.url(OWNER)
        return environments.of_product(
            state=self.state,
            ports=self.ports,
            database_url=app or "",
            migration_database_url=owner or "",
            choices=self._choices,
        )

    def _serve(self) -> None:
        """The order is for the first page: what the page needs first, what only works behind it last."""
        steps = self._steps()
        self._supervisor.start(self._sandbox())
        self._supervisor.start(self._mailbox())
        self._run(preparing.due(steps, state=self.state))
        self._supervisor.start(self._web())
        self._wait_for_ports(
            self.ports.sandbox, self.ports.smtp, self.ports.mailbox, what="sandbox and mailbox"
        )
        self._fill_demo()
        self._fill_years()
        self._supervisor.wait_until(self._answers, what="the first page", seconds=60)
        self._tell.done("first page answers")

    def _steps(self) -> list[preparing.Step]:
        return preparing.steps_before_serving(
            root=self.root,
            python=self.python,
            environment=self.environment,
            database=self._database_identity(),
        )

    def _fill_demo(self) -> None:
        demo = preparing.demo_step(
            root=self.root,
            python=self.python,
            environment=self.environment,
            database=self._database_identity(),
        )
        if not self.state.is_done(demo.name, demo.fingerprint) or self.state.read("demo") is None:
            self._run([demo])

    def _fill_years(self) -> None:
        """Before any worker looks: the sandbox's clock is turned back meanwhile."""
        years = preparing.years_step(
            python=self.python, environment=self.environment, database=self._database_identity()
        )
        if self._has_years and not self.state.is_done(years.name, years.fingerprint):
            self._run([years])

    def _start_workers(self) -> None:
        self._supervisor.start(self._worker())
        self._supervisor.start(self._beat())

    def _run(self, steps: list[preparing.Step]) -> None:
        preparing.run_beside(
            steps, root=self.root, state=self.state, tell=self._tell, meanwhile=self._supervisor.check
        )

    def _database_identity(self) -> str:
        """Empty for a database that is not ours: somebody may have changed it, so its tables are always
        looked at."""
        if self.postgres is None:
            return ""
        made = (self.postgres.data / "PG_VERSION").stat()
        return f"{self.postgres.data} {made.st_ino} {made.st_mtime_ns}"

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self.ports.web, timeout=30)
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{self.ports.web}"})
            status = connection.getresponse().status
        except OSError:
            return False
        finally:
            connection.close()
        if status >= 400:
            raise Stop(f"The first page answers {status}; see {self.state.logs / 'web.log'}.", code=1)
        return True

    def _wait_for_ports(self, *ports: int, what: str) -> None:
        self._supervisor.wait_until(lambda: all(is_listening(port) for port in ports), what=what, seconds=30)

    def _choose_ports(self) -> Ports:
        asked, last = asdict(self._asked_ports), self.state.read("ports") or {}
        usual = asdict(USUAL)
        found: dict[str, int] = {}
        for name, port in asked.items():
            wishes = [port] if port else [last.get(name, 0)] + ([usual[name]] if name != "web" else [])
            free = [wish for wish in wishes if wish and wish not in found.values() and is_free(wish)]
            found[name] = free[0] if free else free_port(exclude=set(found.values()))
        self.state.keep("ports", found)
        return Ports(**found)

    def _last_ports(self) -> Ports:
        return Ports(**(asdict(USUAL) | (self.state.read("ports") or {})))

    def _child(self, name: str, *arguments: str, restarts: int = 0) -> Child:
        return Child(
            name=name,
            command=[str(self.python), *arguments],
            log=self.state.logs / f"{name}.log",
            environment=self.environment,
            folder=self.root,
            restarts=restarts,
        )

    def _web(self) -> Child:
        heartbeat = "/dev/shm" if os.access("/dev/shm", os.W_OK) else str(self.state.path)  # noqa: S108
        options = f"-b {HOST}:{self.ports.web} -k gthread -w 2 --threads 32 --preload --no-control-socket"
        options += " --graceful-timeout 4 --log-level warning --worker-tmp-dir"
        return self._child("web", "-m", "gunicorn", "config.wsgi", *options.split(), heartbeat)

    def _worker(self) -> Child:
        options = "-A config worker -c 2 --without-gossip --without-mingle --without-heartbeat -l warning"
        return self._child("worker", "-m", "celery", *options.split(), restarts=3)

    def _beat(self) -> Child:
        schedule = str(self.state.path / "beat")
        options = ["-A", "config", "beat", "-s", schedule, "--pidfile=", "-l", "warning"]
        return self._child("beat", "-m", "celery", *options, restarts=3)

    def _mailbox(self) -> Child:
        options = ["--smtp-port", str(self.ports.smtp), "--http-port", str(self.ports.mailbox)]
        return self._child(
            "mailbox", "-m", "launcher.mailbox", *options, "--state", str(self.state.path / "mail")
        )

    def _sandbox(self) -> Child:
        return self._child(
            "sandbox",
            "-m",
            "stripe_sandbox",
            "--port",
            str(self.ports.sandbox),
            "--state",
            str(self.state.path / "stripe.sqlite3"),
            "--webhook-url",
            f"{self.base_url}/api/webhooks/stripe/",
            "--webhook-secret",
            self.environment["STRIPE_WEBHOOK_SECRETS"].split(",")[0],
            *self._sandbox_options,
        )


def is_free(port: int) -> bool:
    """This function will say whether a server could listen on that loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_listening(port: int) -> bool:
    """This function will say whether a server takes connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def free_port(*, exclude: set[int]) -> int:
    """This function will return a loopback port nobody listens on."""
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        if port not in exclude:
            return port


__all__ = ["ChildDied", "Stack", "free_port", "is_free", "is_listening"]
