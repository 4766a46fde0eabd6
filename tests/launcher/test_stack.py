"""Ports stay the same from start to start, and the product is given a whole, local environment."""

import socket
from pathlib import Path

import pytest

from launcher import environments
from launcher.environments import Ports
from launcher.stack import Stack, is_free
from launcher.states import State
from launcher.telling import Stop

NOWHERE = "postgresql://nobody@/nothing?host=/nonexistent"


def test_free_ports_differ_and_stay(tmp_path: Path) -> None:
    def chosen() -> Ports:
        stack = Stack(tmp_path, tmp_path / "state", database_url=NOWHERE)
        stack.state.claim()
        try:
            return stack._choose_ports()
        finally:
            stack.state.release()

    first = chosen()

    assert len({first.web, first.sandbox, first.mailbox, first.smtp}) == 4
    assert chosen() == first


def test_a_port_that_was_asked_for_and_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert not is_free(port)
        stack = Stack(tmp_path, tmp_path / "state", database_url=NOWHERE, web_port=port)

        with pytest.raises(Stop, match=f"Port {port} is taken"):
            stack.start()

    State(tmp_path / "state").claim()  # and the state was let go


def test_the_environment_is_local_and_its_secrets_stay(tmp_path: Path) -> None:
    state = State(tmp_path / "state")
    state.claim()

    def made(**choices: str) -> dict[str, str]:
        return environments.of_product(
            state=state,
            ports=Ports(web=8000, sandbox=8100, mailbox=8200, smtp=8201),
            database_url="postgresql://almoner_app@/almoner?host=%2Ftmp%2Fx",
            migration_database_url="postgresql://almoner_owner@/almoner?host=%2Ftmp%2Fx",
            choices=choices,
        )

    once = made()
    assert once["STRIPE_API_KEY"].startswith("sk_test_")
    assert once["STRIPE_WEBHOOK_SECRETS"].startswith("whsec_")
    assert once["STRIPE_API_BASE"] == "http://127.0.0.1:8100"
    assert once["DEBUG"] == "0"
    assert once == made()
    assert made(STRIPE_WEBHOOK_SECRETS="")["STRIPE_WEBHOOK_SECRETS"] == ""


def test_a_person_may_choose_only_what_is_listed() -> None:
    given = {"STRIPE_API_KEY": "sk_test_mine", "SECRET_KEY": "short", "INSECURE_LOCAL": "0"}
    assert environments.chosen(given) == {"STRIPE_API_KEY": "sk_test_mine"}


def test_the_production_check_is_not_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSECURE_LOCAL", "1")
    monkeypatch.setenv("STRIPE_API_BASE", "http://127.0.0.1:8100")

    made = environments.of_production_check()
    assert "INSECURE_LOCAL" not in made
    assert "STRIPE_API_BASE" not in made
    assert made["BASE_URL"].startswith("https://")
