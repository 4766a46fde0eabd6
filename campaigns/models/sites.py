"""Other people's pages that carry ours, and the codes by which a gift says where its giver read of us."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from campaigns.models.campaigns import Campaign


class Site(models.Model):
    """A registered web site: it may frame our embeds, and its address may be shown as the way back."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    return_url = models.URLField(max_length=300, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(code__regex=r"^[a-z0-9-]{2,40}$"), name="site_code_is_plain_letters"),
            CheckConstraint(
                condition=Q(return_url="") | Q(return_url__startswith="https://"), name="site_return_is_https"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SiteOrigin(models.Model):
    """One origin that may stand above our embed. Every ancestor of a nested frame must be listed."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="origins")
    origin = models.CharField(max_length=200)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["site", "origin"], name="site_origin_listed_once"),
            CheckConstraint(
                condition=Q(origin__regex=r"^https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?$"),
                name="site_origin_is_an_https_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.origin


class SourceCode(models.Model):
    """A name staff gave to one link or QR code: a bulletin, a table card, an evening of a tour."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="source_codes")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9_-]{2,60}$"), name="source_code_is_plain_letters"
            )
        ]

    def __str__(self) -> str:
        return self.code
