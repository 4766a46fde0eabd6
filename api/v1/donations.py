"""Donations: read only, without names. Who a donor is stands in `donors`, for those who may read it."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import paging, permitting
from api.models import ApiKey
from api.permitting import Access
from api.v1 import shapes
from api.v1.resources import Resource
from ledger.money import Money
from reports import feeding
from reports.filtering import Filters, State
from staff import roles


class DesignationShape(serializers.Serializer[Any]):
    fund = serializers.CharField()
    money = shapes.Amount()


class DonationShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    given_at = serializers.DateTimeField()
    given_on = serializers.DateField(help_text="The tax date, in the zone of the entity.")
    recorded_at = serializers.DateTimeField()
    donor = serializers.UUIDField(
        allow_null=True, help_text="Null when given anonymously and asked without finance role."
    )
    is_anonymous = serializers.BooleanField()
    campaign = serializers.SlugField()
    entity = serializers.CharField()
    money = shapes.Amount()
    refunded = shapes.Amount()
    state = serializers.ChoiceField(choices=State.choices)
    designations = DesignationShape(many=True)
    frequency = serializers.ChoiceField(choices=["once", "monthly"])
    plan = serializers.UUIDField(allow_null=True)
    method = serializers.CharField()
    language = serializers.CharField()
    note = serializers.CharField()
    origin = serializers.CharField(help_text="Where the giver came from, as the page was told.")
    receipt = serializers.UUIDField(allow_null=True)


class DonationPage(serializers.Serializer[Any]):
    results = DonationShape(many=True)
    next = serializers.URLField(allow_null=True)


class DonationFilters(shapes.PeriodQuery):
    """What of a donation may be asked for; nothing else is."""

    @classmethod
    def names(cls) -> list[str]:
        return [str(name) for name in cls().fields]

    period = ("given_from", "given_to")
    given_from = shapes.Day(required=False)
    given_to = shapes.Day(required=False, help_text="Inclusive.")
    campaign = serializers.SlugField(required=False, max_length=60)
    currency = shapes.currency_field(required=False)
    amount = shapes.Text(
        required=False,
        max_length=20,
        trim_whitespace=False,
        help_text='Exactly this amount, as "50.00"; needs `currency`.',
    )
    donor = shapes.Identifier(required=False)
    method = serializers.RegexField(r"\A[a-z0-9_]+\Z", required=False, max_length=40)
    frequency = serializers.ChoiceField(choices=["once", "monthly"], required=False)
    state = serializers.ChoiceField(choices=State.choices, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "amount" in attrs:
            try:
                shapes.read_money(attrs["amount"], currency=attrs.get("currency"))
            except serializers.ValidationError as error:
                raise serializers.ValidationError({"amount": error.detail}) from error
        return attrs


class DonationQuery(shapes.PageQuery, DonationFilters):
    pass


def read_filters(attrs: dict[str, Any]) -> Filters:
    """This function will return checked parameters as the filters of reports; names of pages are left aside."""
    return Filters(**{name: attrs[name] for name in DonationFilters.names() if name in attrs})


class Donations(Resource):
    access: ClassVar = {
        "list": Access(ApiKey.Scope.DONATIONS_READ, roles=permitting.READERS),
        "retrieve": Access(ApiKey.Scope.DONATIONS_READ, roles=permitting.READERS),
    }
    queries: ClassVar = {"list": DonationQuery}
    lookup_value_converter = "uuid"

    @extend_schema(
        operation_id="donations_list",
        summary="Donations, newest first",
        parameters=[DonationQuery],
        responses=DonationPage,
    )
    def list(self, request: Request) -> Response:
        size = self.query["page_size"]
        place = paging.read(self.query["cursor"], order=paging.by_time("given_at"))
        rows = feeding.donations(
            filters=read_filters(self.query),
            hide_anonymous=_hides(request),
            after=feeding.Place(*place) if place else None,
            limit=size + 1,
        )
        following = None
        if len(rows) > size:
            following = paging.following(request, value=rows[size - 1]["given_at"], pk=rows[size - 1]["id"])
        return Response({"results": [_tell(row) for row in rows[:size]], "next": following})

    @extend_schema(operation_id="donations_retrieve", summary="One donation", responses=DonationShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        row = feeding.donation(donation_id=pk, hide_anonymous=_hides(request))
        if row is None:
            raise Http404
        return Response(_tell(row))


def _hides(request: Request) -> bool:
    return not roles.may(request.user, roles=permitting.FINANCE)


def _tell(row: dict[str, Any]) -> dict[str, Any]:
    currency = row["currency"]
    return {
        "id": row["id"],
        "given_at": row["given_at"],
        "given_on": row["given_on"],
        "recorded_at": row["recorded_at"],
        "donor": row["donor"],
        "is_anonymous": row["is_anonymous"],
        "campaign": row["campaign"],
        "entity": row["entity"],
        "money": shapes.shown(Money(row["amount_minor"], currency)),
        "refunded": shapes.shown(Money(row["refunded_minor"], currency)),
        "state": row["state"],
        "designations": [
            {"fund": fund, "money": shapes.shown(Money(minor, currency))}
            for fund, minor in row["designations"] or ()
        ],
        "frequency": "monthly" if row["plan"] else "once",
        "plan": row["plan"],
        "method": row["method"],
        "language": row["language"],
        "note": row["note"],
        "origin": row["source"],
        "receipt": row["receipt"],
    }
