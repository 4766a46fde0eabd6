"""Who gives: invented people and organizations, what they give, when they began and when they stopped."""

from dataclasses import dataclass

FAMILY, SAFE, GENERAL, WORKERS = "family", "safe-house", "general", "workers"
BEGINNING = "beginning-again"


@dataclass(frozen=True)
class Person:
    """Somebody in the list of donors. `rhythm` is how often their receipts come."""

    name: str
    email: str
    kind: str = "person"
    language: str = "en"
    rhythm: str = "annual"
    address: str = "1 Example Lane\nSpringfield, VA 22150"


@dataclass(frozen=True)
class Habit:
    """A gift over the desk that comes again: every so many months from one month to another, both included."""

    name: str
    minor: int
    campaign: str
    first: int
    last: int
    every: int = 1
    method: str = "check"


@dataclass(frozen=True)
class Standing:
    """A gift by card each month. `stops` is when its giver ends it, `fails` when its card stops working.

    Without a `day` it comes on the day of the month that was a week ago, and its card stops working shortly before.
    """

    name: str
    minor: int
    campaign: str
    first: int
    day: int = 0
    stops: int | None = None
    fails: int | None = None


@dataclass(frozen=True)
class Once:
    """One gift by card."""

    name: str
    minor: int
    campaign: str
    month: int
    day: int


CHURCH = "Example Hills Church"
FOUNDATION = "Example Family Foundation"
EMPLOYER = "Example Shipping Company"
SPONSOR = "Example Charitable Fund"

PEOPLE = (
    Person("Grace Ames", "grace.ames@example.org"),
    Person("Daniel Poe", "daniel.poe@example.org"),
    Person("Ruth Calder", "ruth.calder@example.org"),
    Person("Samuel Marsh", "samuel.marsh@example.org"),
    Person("Hannah Weiss", "hannah.weiss@example.org"),
    Person("Miriam Stone", "miriam.stone@example.org"),
    Person("Thomas Bell", "thomas.bell@example.org"),
    Person("Lydia Hart", "lydia.hart@example.org"),
    Person("Noah Finch", "noah.finch@example.org", rhythm="each"),
    Person("Clara Dune", "clara.dune@example.org"),
    Person("Joseph Lane", "joseph.lane@example.org"),
    Person("박예시", "park@example.org", language="ko"),
    Person("Esther Lim", "esther.lim@example.org"),
    Person("Jonah Price", "jonah.price@example.org"),
    Person("김하늘", "haneul@example.org", language="ko"),
    Person("Abigail Reed", "abigail.reed@example.org"),
    Person("Caleb Young", "caleb.young@example.org"),
    Person("Naomi Brook", "naomi.brook@example.org"),
    Person("Martha Field", "martha.field@example.org"),
    Person("Peter Vale", "peter.vale@example.org"),
    Person("이하나", "hana@example.org", language="ko"),
    Person("최바다", "bada@example.org", language="ko"),
    Person("정소망", "somang@example.org", language="ko"),
    Person(CHURCH, "office@hills.example.org", kind="organization"),
    Person(FOUNDATION, "grants@foundation.example.org", kind="organization"),
    Person(EMPLOYER, "giving@shipping.example.org", kind="organization"),
    Person(SPONSOR, "grants@fund.example.org", kind="organization"),
)

HABITS = (
    Habit("Grace Ames", 120_00, GENERAL, 0, 24),
    Habit("Daniel Poe", 75_00, SAFE, 2, 24, every=2),
    Habit("Samuel Marsh", 60_00, GENERAL, 0, 11),  # lapsed: gave last year and not since
    Habit("Hannah Weiss", 1_500_00, FAMILY, 1, 24, every=12),
    Habit("Miriam Stone", 800_00, SAFE, 0, 24, every=6),
    Habit("Thomas Bell", 35_00, WORKERS, 1, 11, every=5),
    Habit("Thomas Bell", 60_00, WORKERS, 13, 24, every=3),  # gave more than the year before
    Habit("Lydia Hart", 90_00, GENERAL, 0, 10, every=4),
    Habit("Lydia Hart", 40_00, GENERAL, 12, 24, every=4),  # and less
    Habit("Joseph Lane", 300_00, FAMILY, 2, 8, every=6),
    Habit("박예시", 40_00, GENERAL, 6, 24, every=3, method="cash"),
    Habit("Noah Finch", 100_00, GENERAL, 24, 24),
    Habit("Clara Dune", 250_00, FAMILY, 22, 22),
    Habit(CHURCH, 400_00, WORKERS, 0, 24, every=4),
)
LOOSE = (86_00, 132_00, 104_00, 95_00)
"""Cash in the plate with no name on it, Sunday after Sunday; carried in notes of twenty, five and one."""

STANDING = (
    Standing("Esther Lim", 50_00, SAFE, 2, 5),
    Standing("Jonah Price", 30_00, GENERAL, 5, 12, stops=14),
    Standing("김하늘", 100_00, SAFE, 13, 8),
    Standing("Abigail Reed", 25_00, WORKERS, 11, 18, fails=17),
    Standing("Caleb Young", 40_00, SAFE, 18, 15),
    Standing("Naomi Brook", 60_00, GENERAL, 19),
)
ONCE = (
    Once("Martha Field", 200_00, GENERAL, 1, 20),
    Once("Peter Vale", 50_00, FAMILY, 4, 9),
    Once("Martha Field", 250_00, GENERAL, 13, 20),
    Once("Joseph Lane", 120_00, FAMILY, 9, 3),
    Once("Peter Vale", 75_00, FAMILY, 16, 9),
    Once("Clara Dune", 150_00, FAMILY, 21, 11),
    Once("Grace Ames", 500_00, SAFE, 22, 19),
    Once("Peter Vale", 100_00, FAMILY, 23, 14),
)
TRANSFERS = (("이하나", 300_000), ("최바다", 150_000), ("정소망", 500_000))
"""Gifts to the sister by transfer, in won, by month one after the other."""
