"""Recognition: how a giver wishes to be seen. Never money, and it may change."""

from django.db import models


class Recognition(models.Model):
    """Whether the giver's name may appear on public pages. Finance always sees it."""

    donation = models.OneToOneField(
        "donations.Donation", on_delete=models.PROTECT, related_name="recognition"
    )
    is_anonymous = models.BooleanField()
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return "anonymous" if self.is_anonymous else "named"
