"""`run.py demo`: the whole system on this machine, with invented data, until Ctrl-C."""

import os
import time
from pathlib import Path

from launcher import bootstrapping, environments
from launcher import once as unattended
from launcher.stack import Stack
from launcher.supervising import ChildDied
from launcher.telling import Stop, Teller


def run(*, root: Path, state: Path | None, port: int, reset: bool, once: bool, tell: Teller) -> int:
    """Install, start, tell the addresses, and watch.

    This function will return 0 after Ctrl-C, or after all steps of `--once` held; else it returns 1 or
    raises `Stop`.
    """
    stack = Stack(
        root,
        (state or root / "var" / "demo").absolute(),
        python=root / ".venv" / "bin" / "python",
        database_url=os.environ.get("DATABASE_URL") or None,
        migration_database_url=os.environ.get("MIGRATION_DATABASE_URL") or None,
        web_port=port,
        choices=environments.chosen(os.environ),
        has_years=True,
        tell=tell,
    )
    stack.state.claim()  # what cannot work is said before a minute is spent on installing
    try:
        stack.check_ports()
        bootstrapping.ensure(root=root, lock="app", tell=tell)
        if reset:
            stack.reset()
        stack.start()
        _tell_addresses(stack, tell)
        if once:
            return unattended.run(stack=stack, tell=tell)
        _watch(stack, tell)
    except KeyboardInterrupt:
        tell.say("\nStopping ...")
    except ChildDied as died:
        raise Stop(str(died), code=1) from died
    finally:
        began, was_up = time.monotonic(), stack.is_up
        stack.stop()
        if was_up:
            tell.say(f"Stopped in {time.monotonic() - began:.1f}s; the data stays in {stack.state.path}.")
    return 0


def _watch(stack: Stack, tell: Teller) -> None:
    while True:
        for name in stack.check():
            tell.say(f"{name} ended and was started again; see {stack.state.logs / (name + '.log')}")
        time.sleep(0.25)


def _tell_addresses(stack: Stack, tell: Teller) -> None:
    rows = [
        ("Giving pages", f"{stack.base_url}/en/"),
        ("  in Korean", f"{stack.base_url}/ko/"),
        ("Donor portal", f"{stack.base_url}/en/portal/"),
        ("Office", f"{stack.base_url}/en/office/"),
        ("Demo mailbox", f"{stack.mailbox_url}/"),
        ("Stripe sandbox", f"{stack.sandbox_url}/"),
    ]
    tell.say()
    for name, address in rows:
        tell.say(f"  {name:<16}{address}")
    kept = stack.state.read("demo") or {}
    for sign_in in kept.get("sign_ins", []):
        role, password = str(sign_in["role"]), sign_in.get("password") or "(a link is mailed)"
        tell.say(f"  {'sign in as':<16}{role:<22}{sign_in['email']:<34}{password}")
    tell.say(f"\n  Logs are in {stack.state.logs}. Ctrl-C stops everything.\n")
