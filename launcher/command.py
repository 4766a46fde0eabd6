"""The command line: verbs, their options, and one place where a `Stop` becomes a sentence and an exit
status."""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from launcher import benching, checks, demo, doctor, faulting, managing, verifying
from launcher.telling import Stop, Teller

ROOT = Path(__file__).resolve().parent.parent
EPILOG = "Everything made lives in .venv/ and var/ of this checkout; logs are in var/demo/log/."


def parser() -> argparse.ArgumentParser:
    """This function will return the parser of the whole command line."""
    top = argparse.ArgumentParser(prog="run.py", description="Almoner on this machine.", epilog=EPILOG)
    verbs = top.add_subparsers(
        dest="verb", required=True, metavar="demo|test|bench|faults|manage|verify|doctor"
    )
    started = verbs.add_parser("demo", help="install what is needed and run everything with demo data")
    started.add_argument("--port", type=_port, default=8000, help="of the web pages; 0 finds a free one")
    started.add_argument(
        "--state", type=Path, default=None, metavar="DIR", help="where data is kept (var/demo)"
    )
    started.add_argument("--reset", action="store_true", help="throw the data of that directory away first")
    started.add_argument("--once", action="store_true", help="walk through the running system, then stop")
    tested = verbs.add_parser("test", help="run every check and test")
    tested.add_argument("--quick", action="store_true", help="leave out browser journeys and slow tests")
    tested.add_argument("pytest", nargs="*", metavar="-- ARGS", help="handed to pytest")
    benched = verbs.add_parser(
        "bench", help="measure the running system; its arguments are bench's own", add_help=False
    )
    benched.set_defaults(arguments=[])
    faulted = verbs.add_parser(
        "faults", help="break everything around the payments; its arguments are its own", add_help=False
    )
    faulted.set_defaults(arguments=[])
    managed = verbs.add_parser("manage", help="Django's manage.py against the data of the demo")
    managed.add_argument("--state", type=Path, default=None, metavar="DIR")
    managed.add_argument("arguments", nargs=argparse.REMAINDER)
    verified = verbs.add_parser("verify", help="tell whether a receipt's file is whole and ours, offline")
    verified.add_argument("file", type=Path)
    verified.add_argument(
        "--keys", type=Path, help="receipt-keys.json of the site that issued it (the demo's)"
    )
    verified.add_argument("--voids", type=Path, help="void-receipts.txt of that site")
    verbs.add_parser("doctor", help="tell what this machine has and lacks")
    return top


def main(arguments: list[str]) -> int:
    """This function will do what the arguments ask and return the exit status: 0 well, 1 failed, 2 bad
    start."""
    own = arguments[:1] if arguments[:1] in (["bench"], ["faults"]) else arguments
    asked = parser().parse_args(own)
    if asked.verb in ("bench", "faults"):  # argparse cannot hand over arguments that begin with an option
        asked.arguments = arguments[1:]
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    tell = Teller(out=sys.stderr if asked.verb in ("manage", "verify") else sys.stdout)
    try:
        return _run(asked, tell)
    except Stop as stopped:
        print(f"\n{stopped}", file=sys.stderr)
        return stopped.code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output left; nothing can be told any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(asked: argparse.Namespace, tell: Teller) -> int:
    if asked.verb == "demo":
        return demo.run(
            root=ROOT, state=asked.state, port=asked.port, reset=asked.reset, once=asked.once, tell=tell
        )
    if asked.verb == "test":
        return checks.run(root=ROOT, quick=asked.quick, arguments=asked.pytest, tell=tell)
    if asked.verb == "bench":
        return benching.run(root=ROOT, arguments=asked.arguments, tell=tell)
    if asked.verb == "faults":
        return faulting.run(root=ROOT, arguments=asked.arguments, tell=tell)
    if asked.verb == "manage":
        return managing.run(root=ROOT, state=asked.state, arguments=asked.arguments, tell=tell)
    if asked.verb == "verify":
        return verifying.run(root=ROOT, file=asked.file, keys=asked.keys, voids=asked.voids, tell=tell)
    return doctor.run(root=ROOT, tell=tell)


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"a port is between 0 and 65535, not {port}")
    return port


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
