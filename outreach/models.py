"""How we speak and visit: letters with prayer points, tours with stops. Texts stand in rows by language.

A stop has a region and dates only: no venue, address or hour exists here, because
a stop tells where a named person will be.
"""

from datetime import date, timedelta

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def published(self) -> "NewsletterQuerySet":
        return self.filter(status=Newsletter.Status.PUBLISHED)

    def newest_first(self) -> "NewsletterQuerySet":
        return self.order_by("-week_on", "-id")


class Newsletter(models.Model):
    """One letter of one week. `content_note` warns of self-harm: nothing of it goes into excerpts."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"

    class AuthorLine(models.TextChoices):
        TEAM = "team"
        PASTOR = "pastor"

    number = models.PositiveIntegerField(unique=True)
    week_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    author_line = models.CharField(max_length=6, choices=AuthorLine, default=AuthorLine.TEAM)
    content_note = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(number__gte=1), name="newsletter_number_starts_at_one"),
            CheckConstraint(
                condition=Q(status="draft") | Q(status="published", published_at__isnull=False),
                name="newsletter_published_has_its_time",
            ),
            CheckConstraint(
                condition=Q(changed_at__isnull=True)
                | Q(published_at__isnull=False, changed_at__gte=F("published_at")),
                name="newsletter_changed_after_published",
            ),
        ]
        indexes = [models.Index(fields=["status", "-week_on", "-id"], name="newsletter_newest")]

    def __str__(self) -> str:
        return f"newsletter {self.number}"


class NewsletterText(models.Model):
    """One letter in one language; paragraphs of `body` are parted by an empty line."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=160)
    greeting = models.CharField(max_length=400, blank=True)
    body = models.TextField(max_length=20_000)
    closing = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["newsletter", "language"], name="newsletter_text_one_per_language"),
        ]

    def __str__(self) -> str:
        return self.title


class PrayerPoint(models.Model):
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="prayer_points")
    position = models.PositiveSmallIntegerField()
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["newsletter", "position"], name="prayer_point_position_taken_once"),
            CheckConstraint(condition=Q(position__gte=1), name="prayer_point_position_starts_at_one"),
        ]

    def __str__(self) -> str:
        return f"point {self.position}"


class PrayerPointText(models.Model):
    point = models.ForeignKey(PrayerPoint, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    text = models.TextField(max_length=600)
    answered_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["point", "language"], name="prayer_point_text_one_per_language"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class TourQuerySet(models.QuerySet["Tour"]):
    def public(self) -> "TourQuerySet":
        return self.exclude(status=Tour.Status.DRAFT)

    def current(self) -> "TourQuerySet":
        """Those to be met on the road, or announced before their dates are known."""
        return self.filter(status__in=[Tour.Status.ANNOUNCED, Tour.Status.SCHEDULED])


class Tour(models.Model):
    """A journey to supporters. Announced: no dates yet; scheduled: the stops stand."""

    class Season(models.TextChoices):
        SPRING = "spring"
        SUMMER = "summer"
        FALL = "fall"
        WINTER = "winter"

    class Status(models.TextChoices):
        DRAFT = "draft"
        ANNOUNCED = "announced"
        SCHEDULED = "scheduled"
        FINISHED = "finished"

    slug = models.CharField(max_length=60, unique=True)
    season = models.CharField(max_length=6, choices=Season)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)

    objects = TourQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9-]{2,60}$"), name="tour_slug_is_plain_letters"),
        ]

    def __str__(self) -> str:
        return self.slug


class TourText(models.Model):
    tour = models.ForeignKey(Tour, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=120)

    class Meta:
        constraints = [UniqueConstraint(fields=["tour", "language"], name="tour_text_one_per_language")]

    def __str__(self) -> str:
        return self.title


class TourStopQuerySet(models.QuerySet["TourStop"]):
    def upcoming(self, *, day: date) -> "TourStopQuerySet":
        """Those not over for more than a week; one without an end stays until its tour is finished."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day - timedelta(days=7)))

    def in_order(self) -> "TourStopQuerySet":
        return self.order_by("position", "id")


class TourStop(models.Model):
    """A region and a window. The end may be unknown ("after 27 May"), both dates before they are fixed."""

    class State(models.TextChoices):
        OPEN = "open"
        HELD = "held"
        FULL = "full"

    tour = models.ForeignKey(Tour, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    slots_open = models.PositiveSmallIntegerField(default=0)
    slots_held = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=4, choices=State)

    objects = TourStopQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["tour", "position"], name="tour_stop_position_taken_once"),
            # "is not null" is meant: a comparison with an absent start would be unknown, and pass.
            CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=False, ends_on__gte=F("starts_on")),
                name="tour_stop_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(state="open", slots_open__gte=1)
                | Q(state="held", slots_open=0, slots_held__gte=1)
                | Q(state="full", slots_open=0, slots_held=0),
                name="tour_stop_state_fits_its_places",
            ),
        ]

    def __str__(self) -> str:
        return f"stop {self.position}, {self.state}"


class TourStopText(models.Model):
    stop = models.ForeignKey(TourStop, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    region = models.CharField(max_length=160)

    class Meta:
        constraints = [UniqueConstraint(fields=["stop", "language"], name="tour_stop_text_one_per_language")]

    def __str__(self) -> str:
        return self.region
