"""Campaigns, their words, the groups that wait and the phases of a building.

No field holds a place, a coordinate or a date of travel: what is not stored cannot leak.
"""

from datetime import date

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from ledger import money


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Order is always asked for: `.in_order()` is the order of the home page."""

    def public(self) -> "CampaignQuerySet":
        """Those a visitor may see: published, and neither draft nor resting."""
        return self.filter(published_at__isnull=False, status__in=Campaign.SHOWN)

    def resting(self) -> "CampaignQuerySet":
        """Those hidden at once by incident mode; their address shows a neutral page."""
        return self.filter(status=Campaign.Status.RESTING)

    def takes_gifts(self) -> "CampaignQuerySet":
        """Those a new gift may be given to now.

        A funded one still takes gifts, which then help the next as its terms say; a paused one keeps its page
        and its monthly gifts but begins no new ones.
        """
        return self.public().filter(
            status__in=[Campaign.Status.OPEN, Campaign.Status.FUNDED],
            giving_page__is_open=True,
            fund__is_open=True,
        )

    def urgent(self, *, day: date) -> "CampaignQuerySet":
        """Those whose urgency has not run out on `day`; it ends by itself."""
        return self.filter(urgent_until__gte=day, status=Campaign.Status.OPEN)

    def in_order(self) -> "CampaignQuerySet":
        return self.order_by("position", "id")


class Campaign(models.Model):
    """One organized effort with a goal, or without one."""

    class Kind(models.TextChoices):
        UNITS = "units"
        RUNNING = "running"
        CAPITAL = "capital"
        TOUR = "tour"
        GENERAL = "general"

    class Status(models.TextChoices):
        DRAFT = "draft"
        OPEN = "open"
        PAUSED = "paused"
        RESTING = "resting"
        FUNDED = "funded"
        CLOSED = "closed"

    class AreaLabel(models.TextChoices):
        LAND = "land"
        FLOOR = "floor"

    SHOWN = (Status.OPEN, Status.PAUSED, Status.FUNDED, Status.CLOSED)

    slug = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.DRAFT)
    fund = models.ForeignKey("ledger.Fund", on_delete=models.PROTECT, related_name="campaigns")
    currency = models.CharField(max_length=3)
    goal_minor = models.BigIntegerField(null=True)
    monthly_goal_minor = models.BigIntegerField(null=True)
    urgent_until = models.DateField(null=True)
    area_square_meters = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    area_label = models.CharField(max_length=5, choices=AreaLabel, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)
    finished_years = models.PositiveSmallIntegerField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9-]{2,60}$"), name="campaign_slug_is_plain_letters"
            ),
            CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="campaign_currency_is_three_letters"
            ),
            CheckConstraint(
                condition=Q(goal_minor__isnull=True) | Q(goal_minor__gt=0), name="campaign_goal_is_positive"
            ),
            CheckConstraint(
                condition=Q(monthly_goal_minor__isnull=True) | Q(monthly_goal_minor__gt=0, kind="running"),
                name="campaign_monthly_goal_only_when_running",
            ),
            CheckConstraint(
                condition=Q(area_square_meters__isnull=True, area_label="")
                | Q(
                    area_square_meters__isnull=False,
                    area_square_meters__gt=0,
                    area_label__in=["land", "floor"],
                ),
                name="campaign_area_says_land_or_floor",
            ),
            CheckConstraint(
                condition=Q(status="draft") | Q(published_at__isnull=False),
                name="campaign_published_unless_draft",
            ),
            CheckConstraint(
                condition=Q(status="closed", closed_on__isnull=False)
                | Q(status="resting")
                | Q(status__in=["draft", "open", "paused", "funded"], closed_on__isnull=True),
                name="campaign_closed_on_when_closed",
            ),
        ]
        indexes = [models.Index(fields=["status", "position", "id"], name="campaign_by_position")]

    def __str__(self) -> str:
        return self.slug

    @property
    def goal(self) -> money.Money | None:
        return None if self.goal_minor is None else money.Money(self.goal_minor, self.currency)

    @property
    def monthly_goal(self) -> money.Money | None:
        if self.monthly_goal_minor is None:
            return None
        return money.Money(self.monthly_goal_minor, self.currency)


class CampaignText(models.Model):
    """What a campaign says in one language.

    `lead` is the one sentence above the amounts of the giving form: what the gift does (F01).
    `terms` is what happens to a gift if the effort cannot be completed; it is printed on the receipt.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=120)
    tag = models.CharField(max_length=40, blank=True)
    sentence = models.CharField(max_length=160)
    lead = models.CharField(max_length=160)
    body = models.TextField(max_length=20_000, blank=True)
    terms = models.TextField(max_length=600, blank=True)
    why_harder = models.TextField(max_length=1200, blank=True)
    surplus = models.TextField(max_length=600, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["campaign", "language"], name="campaign_text_one_per_language"),
        ]

    def __str__(self) -> str:
        return self.title


class NeedGroupQuerySet(models.QuerySet["NeedGroup"]):
    def waiting(self) -> "NeedGroupQuerySet":
        return self.filter(funded_on__isnull=True)

    def in_order(self) -> "NeedGroupQuerySet":
        return self.order_by("opened_on", "id")


class NeedGroup(models.Model):
    """People who come together or not at all: a number, never names, faces or places."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="need_groups")
    size = models.PositiveSmallIntegerField()
    is_all_or_nothing = models.BooleanField(default=True)
    needed_by = models.DateField(null=True)
    opened_on = models.DateField()
    funded_on = models.DateField(null=True)
    funded_minor = models.BigIntegerField(null=True)
    """What it took of its campaign's money, at the cost of the day it was funded."""

    objects = NeedGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(size__gte=1, size__lte=40), name="need_group_has_people"),
            CheckConstraint(
                condition=Q(needed_by__isnull=True) | Q(needed_by__gte=F("opened_on")),
                name="need_group_needed_after_it_opened",
            ),
            CheckConstraint(
                condition=Q(funded_on__isnull=True) | Q(funded_on__gte=F("opened_on")),
                name="need_group_funded_after_it_opened",
            ),
            CheckConstraint(
                condition=Q(funded_minor__isnull=True)
                | Q(funded_minor__gt=0, funded_minor__isnull=False, funded_on__isnull=False),
                name="need_group_took_money_when_funded",
            ),
        ]

    def __str__(self) -> str:
        return f"group of {self.size}"


class Phase(models.Model):
    """One part of a capital project."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="phases")
    position = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    finished_on = models.DateField(null=True)
    percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["campaign", "position"], name="phase_position_taken_once"),
            CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="phase_percent_within_hundred"
            ),
            CheckConstraint(
                condition=Q(finished_on__isnull=True) | Q(finished_on__gte=F("started_on")),
                name="phase_finished_after_it_started",
            ),
            CheckConstraint(
                condition=Q(finished_on__isnull=True) | Q(percent=100), name="phase_finished_is_complete"
            ),
        ]

    def __str__(self) -> str:
        return f"phase {self.position}, {self.percent} %"


class PhaseText(models.Model):
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    name = models.CharField(max_length=120)
    sentence = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["phase", "language"], name="phase_text_one_per_language")]

    def __str__(self) -> str:
        return self.name
