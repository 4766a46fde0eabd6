"""Campaigns: what anybody may read about them. Totals only, never a person; a resting one is gone at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone, translation
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import paging
from api.authenticating import KeyAuthentication
from api.models import ApiKey
from api.permitting import Access
from api.v1 import shapes
from api.v1.resources import Resource
from campaigns import costing, telling
from campaigns.models import Campaign
from reports import progress


class UnitCostShape(serializers.Serializer[Any]):
    cost = shapes.Amount()
    checked_on = serializers.DateField()


class CampaignShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    kind = serializers.ChoiceField(choices=Campaign.Kind.choices)
    status = serializers.ChoiceField(choices=[(status.value, status.label) for status in Campaign.SHOWN])
    language = serializers.CharField(help_text="The language the texts are in.")
    title = serializers.CharField()
    tag = serializers.CharField()
    sentence = serializers.CharField()
    lead = serializers.CharField()
    body = serializers.CharField()
    terms = serializers.CharField(help_text="What happens to a gift if the effort cannot be completed.")
    goal = shapes.Amount(allow_null=True)
    monthly_goal = shapes.Amount(allow_null=True)
    raised = shapes.Amount(many=True, help_text="One amount for each currency given in, refunds taken off.")
    unit_cost = UnitCostShape(allow_null=True, help_text="Null unless checked within the last 90 days.")
    giving_url = serializers.URLField(allow_null=True, help_text="Null while no gifts are taken.")


class CampaignPage(serializers.Serializer[Any]):
    results = CampaignShape(many=True)
    next = serializers.URLField(allow_null=True)


class LanguageQuery(shapes.Strict):
    language = serializers.ChoiceField(
        choices=shapes.LANGUAGES, required=False, help_text="Otherwise Accept-Language decides."
    )


class CampaignQuery(shapes.PageQuery):
    language = serializers.ChoiceField(
        choices=shapes.LANGUAGES, required=False, help_text="Otherwise Accept-Language decides."
    )


def _shown() -> QuerySet[Campaign]:
    return Campaign.objects.public().prefetch_related("texts", "unit_costs")


ORDER = paging.Order(column="position", read_column=paging.small, read_pk=paging.small)


class Campaigns(Resource):
    # No session here: these answers are the same for everybody.
    authentication_classes = [KeyAuthentication]
    cache_control = "no-cache"
    access: ClassVar = {
        "list": Access(ApiKey.Scope.CAMPAIGNS_READ, is_public=True),
        "retrieve": Access(ApiKey.Scope.CAMPAIGNS_READ, is_public=True),
    }
    queries: ClassVar = {"list": CampaignQuery, "retrieve": LanguageQuery}
    lookup_field = "slug"
    lookup_value_converter = "slug"

    @extend_schema(
        operation_id="campaigns_list",
        summary="Public campaigns",
        parameters=[CampaignQuery],
        responses=CampaignPage,
        auth=[],
    )
    def list(self, request: Request) -> Response:
        found, following = paging.page(
            request=request,
            rows=Campaign.objects.public().values("pk", "position"),
            order=ORDER,
            cursor=self.query["cursor"],
            size=self.query["page_size"],
        )
        by_pk = _shown().in_bulk([row["pk"] for row in found])
        results = self._tell_all([by_pk[row["pk"]] for row in found if row["pk"] in by_pk], request)
        return Response({"results": results, "next": following})

    @extend_schema(
        operation_id="campaigns_retrieve",
        summary="One public campaign",
        parameters=[LanguageQuery],
        responses=CampaignShape,
        auth=[],
    )
    def retrieve(self, request: Request, slug: str) -> Response:
        campaign = _shown().filter(slug=slug).first()
        if campaign is None:
            raise Http404
        return Response(self._tell_all([campaign], request)[0])

    def _tell_all(self, campaigns: Sequence[Campaign], request: Request) -> Sequence[dict[str, Any]]:
        language = self.query.get("language") or translation.get_language_from_request(request._request)
        now = timezone.now()
        open_to_gifts = set(
            Campaign.objects.takes_gifts()
            .filter(pk__in=[campaign.pk for campaign in campaigns])
            .values_list("pk", flat=True)
        )
        return [
            _tell(campaign, language=language, now=now, takes_gifts=campaign.pk in open_to_gifts)
            for campaign in campaigns
        ]


def _tell(campaign: Campaign, *, language: str, now: datetime, takes_gifts: bool) -> dict[str, Any]:
    words = telling.told(campaign.texts.all(), language=language)
    cost = costing.in_force(campaign.unit_costs.all(), day=now.date())
    standing = progress.standings().get(campaign.slug, progress.Standing())
    return {
        "slug": campaign.slug,
        "kind": campaign.kind,
        "status": campaign.status,
        "language": words.language,
        "title": words.title,
        "tag": words.tag,
        "sentence": words.sentence,
        "lead": words.lead,
        "body": words.body,
        "terms": words.terms,
        "goal": shapes.shown(campaign.goal) if campaign.goal else None,
        "monthly_goal": shapes.shown(campaign.monthly_goal) if campaign.monthly_goal else None,
        "raised": [shapes.shown(amount) for amount in standing.raised],
        "unit_cost": {"cost": shapes.shown(cost.amount), "checked_on": cost.checked_on}
        if cost and costing.is_fresh(cost, now.date())
        else None,
        "giving_url": _giving_url(campaign, language=words.language) if takes_gifts else None,
    }


def _giving_url(campaign: Campaign, *, language: str) -> str:
    with translation.override(language):
        return settings.BASE_URL + reverse("giving:give", kwargs={"slug": campaign.slug})
