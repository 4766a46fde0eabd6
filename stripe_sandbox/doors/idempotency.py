"""Idempotency keys, as Stripe documents them for API v1.

- Once execution begins, the first status and body are stored and replayed, errors 500 included.
- What never began is not stored: failed validation (unknown parameters), 401, 429, a conflict.
- The same key with other parameters or another path: 400 `idempotency_error`.
- The same key while its first request still runs: 409 `idempotency_key_in_use`.
- Keys may be pruned after 24 hours; here also on demand.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass

from stripe_sandbox import errors
from stripe_sandbox.tables import timing
from stripe_sandbox.world import World

LONGEST = 255


@dataclass
class Kept:
    fingerprint: str
    created: float
    status: int = 0  # 0: still running
    body: str = ""


class Keys:
    """The keys that are known, in memory and in the state file."""

    def __init__(self, world: World) -> None:
        self.world = world
        stored = world.shelf.keys() if world.shelf else {}
        self.known = {name: Kept(**body) for name, body in stored.items()}

    def begin(self, key: str, path: str, body: str) -> Kept | None:
        """This function will return the stored answer to replay, or None and note that it now runs."""
        if len(key) > LONGEST:
            raise errors.ApiError(
                400, "Idempotency keys may be up to 255 characters.", kind="idempotency_error"
            )
        fingerprint = hashlib.sha256(f"{path}\n{body}".encode()).hexdigest()
        with self.world.lock:
            kept = self.known.get(key)
            if kept and kept.status and self.world.clock() - kept.created > timing.IDEMPOTENCY_KEYS_LAST:
                kept = None
            if kept is None:
                self.known[key] = Kept(fingerprint, self.world.clock())
                return None
        if kept.fingerprint != fingerprint:
            raise errors.ApiError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first "
                f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        if not kept.status:
            raise errors.ApiError(
                409,
                "There is currently another in-progress request using this Idempotent Key. "
                "Please try again later.",
                kind="idempotency_error",
                code="idempotency_key_in_use",
            )
        return kept

    def finish(self, key: str, status: int, body: str) -> None:
        """This function will store the answer of a request that was executed."""
        with self.world.lock:
            kept = self.known.get(key)
            if kept:
                kept.status, kept.body = status, body
                if self.world.shelf:
                    self.world.shelf.save_key(key, asdict(kept))

    def release(self, key: str) -> None:
        """This function will forget a key whose request never began to execute."""
        with self.world.lock:
            self.known.pop(key, None)

    def expire(self) -> int:
        """This function will forget all finished keys, as Stripe may after 24 hours, and return how many."""
        with self.world.lock:
            finished = [key for key, kept in self.known.items() if kept.status]
            for key in finished:
                del self.known[key]
            if self.world.shelf:
                self.world.shelf.forget_keys()
            return len(finished)
