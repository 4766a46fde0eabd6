"""Recognition: how a giver wishes to be seen. Never money, and it may change."""

from django.db import models
from django.db.models import CheckConstraint, Q


class Recognition(models.Model):
    """Whether the giver's name may appear on public pages. Finance always sees it."""

    donation = models.OneToOneField(
        "donations.Donation", on_delete=models.PROTECT, related_name="recognition"
    )
    is_anonymous = models.BooleanField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "anonymous" if self.is_anonymous else "named"


class Tribute(models.Model):
    """A gift in honor or memory of someone. Names are optional and are never shown on a public page (F46).

    `notify_email` is a third person's: they are told once, without the amount, and join no list.
    """

    class Kind(models.TextChoices):
        HONOR = "honor"
        MEMORY = "memory"

    checkout = models.OneToOneField("donations.Checkout", on_delete=models.PROTECT, related_name="tribute")
    kind = models.CharField(max_length=6, choices=Kind)
    honoree = models.CharField(max_length=120, blank=True)
    notify_name = models.CharField(max_length=120, blank=True)
    notify_email = models.EmailField(max_length=254, blank=True)
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(notify_email="") | ~Q(honoree=""), name="tribute_told_to_the_family_names_someone"
            )
        ]

    def __str__(self) -> str:
        return self.kind
