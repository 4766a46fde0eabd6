from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.donations.giving import Supporter
from tests.sandbox.driving import Sandbox
from web.demo import writing


@pytest.fixture
def house(db: None, now: datetime, tmp_path: Path) -> None:
    """The demo organization with its campaigns, funds and people."""
    writing.write(now=now, state_dir=tmp_path)


@pytest.fixture
def supporter(house: None, processor: Sandbox) -> Supporter:
    # The sandbox's clock is the real one: what is begun "now" must lie beside it.
    return Supporter(processor, datetime.now().astimezone())
