"""One sandbox process for each test module, driven by the official SDK and a plain browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.driving import Browser, Receiver, Sandbox


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiving:
        yield receiving


@pytest.fixture(scope="module")
def process(receiver: Receiver) -> Iterator[Sandbox]:
    with Sandbox(
        webhook_url=receiver.url, options=["--webhook-retries", "0.1,0.2", "--bank-debit-seconds", "0"]
    ) as running:
        yield running


@pytest.fixture
def sandbox(process: Sandbox, receiver: Receiver) -> Iterator[Sandbox]:
    process.operate("POST", "reset")
    receiver.forget()
    yield process
    process.operate("POST", "deliveries/drain", {"timeout": 10})
    assert process.operate("GET", "audit")["breaches"] == []


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def state_file(tmp_path: Path) -> Path:
    return tmp_path / "sandbox.sqlite3"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The sandbox's contract belongs to the whole run; the quick one uses the sandbox in a thousand other tests."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)
