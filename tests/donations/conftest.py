from __future__ import annotations

from datetime import datetime

import pytest

from tests.donations.giving import Supporter
from tests.sandbox.driving import Sandbox


@pytest.fixture
def house(entered: None, db: None) -> None:
    """The demo organization with its campaigns, funds and people."""


@pytest.fixture
def supporter(house: None, processor: Sandbox) -> Supporter:
    # The sandbox's clock is the real one: what is begun "now" must lie beside it.
    return Supporter(processor, datetime.now().astimezone())
