"""The demo's amounts, dates and people: everything that is the same in both languages."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from staff.models import Role

ENTITY: dict[str, object] = {
    "legal_name": "Harbour Mission Inc.",
    "local_name": "하버 선교회",
    "country": "US",
    "address": "100 Example Street\nSpringfield, VA 22150\nUnited States",
    "registration": "EIN 00-0000000",
    "status_line": "501(c)(3) public charity",
    "signatory": "Anna Example, Treasurer",
    "email": "give@example.org",
    "phone": "",
    "zone": "America/New_York",
    "base_currency": "USD",
    "paper": "letter",
    "founded_on": date(2000, 3, 1),
    "is_religious": True,
}

SISTER: dict[str, object] = {
    "legal_name": "하버선교회",
    "local_name": "하버선교회",
    "country": "KR",
    "address": "서울특별시 예시구 예시로 1, 2층",
    # All noughts check as a number of the tax office and belong to nobody.
    "registration": "000-00-00000",
    "status_line": "공익법인(종교단체), a religious non-profit in Seoul",
    "signatory": "김예시, 대표",
    "email": "korea@example.org",
    "phone": "",
    "zone": "Asia/Seoul",
    "base_currency": "KRW",
    "paper": "a4",
    "founded_on": date(2005, 9, 1),
    "is_religious": True,
}
BANKS: dict[str, dict[str, str]] = {
    "US": {"name": "Example Community Bank", "currency": "USD", "last4": "0001"},
    "KR": {"name": "예시은행", "currency": "KRW", "last4": "0002"},
}
"""Where deposits arrive, by body."""
BODIES = {"US": ENTITY, "KR": SISTER}
"""The mission and its sister, by code. The first one speaks for the house."""

ISSUERS: dict[str, dict[str, object]] = {
    "US": {
        "law": "US",
        "prefix": "HM",
        "is_exclusively_religious": True,
        "registered_name": "Harbour Mission Inc.",
        "registered_address": ENTITY["address"],
        "place": "Springfield, Virginia",
    },
    "KR": {
        "law": "KR",
        "prefix": "HK",
        "is_exclusively_religious": True,
        "registered_name": "하버선교회",
        "registered_address": SISTER["address"],
        "place": "서울",
        "legal_basis": "소득세법 시행령 제80조 제1항 제5호",
        "gift_code": "41",
        "form": "45-2",
    },
}
SISTER_RECEIPTED_MINOR = 42_000_000
"""What the sister's books say it receipted in the year before: too little for e-receipts to be a duty."""

RESTRICTIONS = {"GEN": "none", "RSC": "purpose", "SAF": "purpose", "CTR": "purpose", "WRK": "purpose"}
SISTER_RESTRICTIONS = {"GEN": "none", "BEG": "purpose"}
FUNDS = {"US": RESTRICTIONS, "KR": SISTER_RESTRICTIONS}


@dataclass(frozen=True)
class SignIn:
    """Somebody who works at the demo. The password is printed: it opens this demo and nothing else."""

    role: Role
    email: str
    name: str
    password: str


SIGN_INS = (
    SignIn(Role.ADMIN, "admin@example.org", "Ruth Admin", "harbor-admin-demo"),
    SignIn(Role.FINANCE, "finance@example.org", "Anna Finance", "harbor-finance-demo"),
    SignIn(Role.APPROVER, "approver@example.org", "Joel Approver", "harbor-approver-demo"),
    SignIn(Role.EDITOR, "editor@example.org", "Daniel Editor", "harbor-editor-demo"),
    SignIn(Role.VIEWER, "viewer@example.org", "Miriam Viewer", "harbor-viewer-demo"),
)


@dataclass(frozen=True)
class Effort:
    """A campaign in numbers; `choices` are the funds a giver may choose, none if it takes no gifts."""

    slug: str
    kind: str
    fund: str
    choices: tuple[str, ...]
    status: str = "open"
    goal_minor: int | None = None
    monthly_goal_minor: int | None = None
    urgent_days: int | None = None
    area: Decimal | None = None
    finished_years: int | None = None
    body: str = "US"
    currencies: tuple[str, ...] = ("USD", "KRW")


EFFORTS = (
    Effort("family", "units", "RSC", ("RSC", "GEN", "SAF"), goal_minor=51_000_00, urgent_days=45),
    Effort("safe-house", "running", "SAF", ("SAF", "GEN", "RSC"), monthly_goal_minor=8_000_00),
    # 2,100 pyeong of 3.305785 square meters each.
    Effort(
        "community-center",
        "capital",
        "CTR",
        (),
        status="closed",
        area=Decimal("6942.1485"),
        finished_years=3,
    ),
    Effort("workers", "running", "WRK", ("WRK", "GEN")),
    Effort("general", "general", "GEN", ("GEN", "RSC", "SAF", "WRK")),
    Effort(
        "beginning-again",
        "running",
        "BEG",
        ("BEG", "GEN"),
        monthly_goal_minor=6_000_000,
        body="KR",
        currencies=("KRW",),
    ),
)
PUBLISHED_AGO = timedelta(days=4 * 365)
CLOSED_AGO = timedelta(days=200)

PAST_COSTS = ((date(2010, 1, 1), 1_700_00), (date(2020, 1, 1), 17_000_00))
COST_MINOR = 17_000_00
COST_HEADS_MINOR = (9_200_00, 3_100_00, 2_400_00, 2_300_00)
COST_CHECKED_AGO = timedelta(days=18)
GROUP_SIZE = 3


@dataclass(frozen=True)
class Ladder:
    """Suggested amounts in one currency, with the one that is chosen beforehand."""

    currency: str
    minimum_minor: int
    once: tuple[int, ...]
    once_default: int
    monthly: tuple[int, ...]
    monthly_default: int


LADDERS = (
    Ladder(
        currency="USD",
        minimum_minor=5_00,
        once=(50_00, 100_00, 250_00, 500_00, 1_000_00, 2_500_00),
        once_default=100_00,
        monthly=(20_00, 30_00, 50_00, 100_00, 200_00),
        monthly_default=30_00,
    ),
    Ladder(
        currency="KRW",
        minimum_minor=5_000,
        once=(30_000, 50_000, 100_000, 300_000, 500_000, 1_000_000),
        once_default=50_000,
        monthly=(10_000, 20_000, 30_000, 50_000, 100_000),
        monthly_default=30_000,
    ),
)


@dataclass(frozen=True)
class Stop:
    """Month and day of a stop; the year is the tour's."""

    starts: tuple[int, int]
    ends: tuple[int, int] | None
    slots_open: int
    slots_held: int
    state: str


STOPS = (
    Stop((4, 19), (4, 29), 3, 0, "open"),
    Stop((5, 7), (5, 10), 0, 1, "held"),
    Stop((5, 27), None, 0, 0, "full"),
)
SPRING_TURNS_OVER = (4, 10)
"""After this day the demo's spring tour is next year's, so that its dates always lie ahead."""
