"""The operator page."""

from __future__ import annotations
from typing import Any
from stripe_sandbox.pages import layout
from stripe_sandbox.world import World


def drawn(world: World, deliveries: dict[str, Any], faults: list[dict[str, Any]]) -> bytes:
    return layout.page("Operator", "").body
