"""Keep the sandbox's state in one SQLite file, so that it survives a restart or a kill.

Every unit of work is one commit. The write-ahead log without a sync per commit survives the death of the
process (not of the machine), which is what a test needs.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS things (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL, notes TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class Shelf:
    """The file."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.executescript(SCHEMA)

    def things(self) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
        """This function will return all objects with their notes, oldest first."""
        rows = self.connection.execute("SELECT seq, body, notes FROM things ORDER BY seq")
        return [(seq, json.loads(body), json.loads(notes)) for seq, body, notes in rows]

    def keys(self) -> dict[str, Any]:
        """This function will return the idempotency keys."""
        return {
            name: json.loads(body) for name, body in self.connection.execute("SELECT name, body FROM keys")
        }

    def facts(self) -> dict[str, Any]:
        """This function will return the single values, such as the clock's offset."""
        return {
            name: json.loads(body) for name, body in self.connection.execute("SELECT name, body FROM facts")
        }

    def save(
        self,
        things: Iterable[tuple[str, int, dict[str, Any], dict[str, Any]]],
        facts: dict[str, Any] | None = None,
    ) -> None:
        """This function will write objects and facts in one commit."""
        rows = [(identity, seq, json.dumps(body), json.dumps(notes)) for identity, seq, body, notes in things]
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?)", rows)
        for name, value in (facts or {}).items():
            self.connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))
        self.connection.execute("COMMIT")

    def save_key(self, name: str, body: dict[str, Any]) -> None:
        """This function will write one idempotency key with its stored answer."""
        self.connection.execute("INSERT OR REPLACE INTO keys VALUES (?, ?)", (name, json.dumps(body)))

    def forget_keys(self) -> None:
        """This function will expire every idempotency key."""
        self.connection.execute("DELETE FROM keys")

    def clear(self) -> None:
        """This function will forget everything."""
        for table in ("things", "keys", "facts"):
            self.connection.execute(f"DELETE FROM {table}")

    def close(self) -> None:
        """This function will close the file."""
        self.connection.close()
