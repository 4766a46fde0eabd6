"""Where and by whom a file is taken in."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from campaigns.models import Campaign
from donations.models import Donation
from ledger.models import LegalEntity
from staff.models import User


@dataclass
class Desk:
    """Where and by whom a file is taken in: the body, the campaign gifts are for unless a row names another."""

    entity: LegalEntity
    campaign: Campaign
    actor: User
    now: datetime
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    fresh: list[Donation] = field(default_factory=list)
    progress: Callable[[int, int], None] = lambda done, total: None
    sources: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By deposit: the entries it consists of."""
