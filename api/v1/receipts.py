"""Receipts: their numbers, states and files. Nothing here changes one."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import paging, permitting
from api.models import ApiKey
from api.permitting import Access
from api.v1 import looking, shapes
from api.v1.resources import Resource, acting, person
from ledger.money import Money
from receipts import reading
from receipts.models import Receipt
from staff import auditing


class VoidedShape(serializers.Serializer[Any]):
    reason = serializers.CharField()
    voided_at = serializers.DateTimeField()


class ReceiptShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    serial = serializers.CharField()
    donor = serializers.UUIDField()
    money = shapes.Amount()
    language = serializers.CharField()
    issued_at = serializers.DateTimeField()
    issued_on = serializers.DateField()
    donations = serializers.ListField(child=serializers.UUIDField())
    replaces = serializers.UUIDField(allow_null=True)
    replaced_by = serializers.UUIDField(allow_null=True)
    voided = VoidedShape(allow_null=True)
    file = serializers.URLField(allow_null=True, help_text="The PDF; null until it has been drawn.")


class ReceiptPage(serializers.Serializer[Any]):
    results = ReceiptShape(many=True)
    next = serializers.URLField(allow_null=True)


class ReceiptQuery(shapes.PageQuery, shapes.PeriodQuery):
    period = ("issued_from", "issued_to")
    issued_from = shapes.Day(required=False)
    issued_to = shapes.Day(required=False, help_text="Inclusive.")
    donor = shapes.Identifier(required=False)
    currency = shapes.currency_field(required=False)
    state = serializers.ChoiceField(choices=["valid", "voided"], required=False)


_COLUMNS = {
    "donor": "donor_id",
    "currency": "currency",
    "issued_from": "issued_on__gte",
    "issued_to": "issued_on__lte",
}


def _chosen(query: dict[str, Any]) -> QuerySet[Receipt]:
    rows = Receipt.objects.filter(
        **{_COLUMNS[name]: value for name, value in query.items() if name in _COLUMNS}
    )
    if "state" in query:
        rows = rows.filter(voiding__isnull=query["state"] == "valid")
    return rows


def _projected(rows: QuerySet[Receipt]) -> Any:
    return rows.values(
        "pk",
        "serial",
        "donor_id",
        "total_minor",
        "currency",
        "language",
        "issued_at",
        "issued_on",
        "replaces_id",
        "replaced_by__id",
        "voiding__reason",
        "voiding__voided_at",
        "rendering__id",
    )


class Receipts(Resource):
    access: ClassVar = {
        "list": Access(ApiKey.Scope.RECEIPTS_READ, roles=permitting.FINANCE),
        "retrieve": Access(ApiKey.Scope.RECEIPTS_READ, roles=permitting.FINANCE),
        "file": Access(ApiKey.Scope.RECEIPTS_READ, roles=permitting.FINANCE),
    }
    queries: ClassVar = {"list": ReceiptQuery}
    lookup_value_converter = "uuid"

    @extend_schema(
        operation_id="receipts_list",
        summary="Receipts, newest first",
        parameters=[ReceiptQuery],
        responses=ReceiptPage,
    )
    def list(self, request: Request) -> Response:
        found, following = paging.page(
            request=request,
            rows=_projected(_chosen(self.query)),
            order=paging.by_time("issued_at"),
            cursor=self.query["cursor"],
            size=self.query["page_size"],
        )
        return Response({"results": _tell(found, request), "next": following})

    @extend_schema(operation_id="receipts_retrieve", summary="One receipt", responses=ReceiptShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        found = list(_projected(Receipt.objects.filter(pk=pk)))
        if not found:
            raise Http404
        return Response(_tell(found, request)[0])

    @extend_schema(
        operation_id="receipts_file",
        summary="The PDF as issued, or its copy marked VOID",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="file")
    def file(self, request: Request, pk: UUID) -> HttpResponse:
        receipt = Receipt.objects.filter(pk=pk, rendering__isnull=False).first()
        if receipt is None:
            raise Http404
        looking.pace(request, donor_id=receipt.donor_id)
        content = reading.copy_of(receipt=receipt)
        auditing.record(
            actor=person(request),
            action="receipt.read",
            target=f"receipt:{receipt.pk}",
            now=timezone.now(),
            details={"by": acting(request)},
        )
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{reading.filename(receipt)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def _tell(rows: "Any", request: Request) -> Any:
    lines = (
        Receipt.objects.filter(pk__in=[row["pk"] for row in rows])
        .order_by("pk", "lines__id")
        .values_list("pk", "lines__donation_id")
    )
    donations: dict[UUID, list[UUID]] = {}
    for pk, donation in lines:
        donations.setdefault(pk, []).append(donation)
    return [_tell_one(row, donations.get(row["pk"], []), request) for row in rows]


def _tell_one(row: dict[str, Any], donations: "Any", request: Request) -> dict[str, Any]:
    is_voided = row["voiding__reason"] is not None
    return {
        "id": row["pk"],
        "serial": row["serial"],
        "donor": row["donor_id"],
        "money": shapes.shown(Money(row["total_minor"], row["currency"])),
        "language": row["language"],
        "issued_at": row["issued_at"],
        "issued_on": row["issued_on"],
        "donations": donations,
        "replaces": row["replaces_id"],
        "replaced_by": row["replaced_by__id"],
        "voided": {"reason": row["voiding__reason"], "voided_at": row["voiding__voided_at"]}
        if is_voided
        else None,
        "file": reverse("api:receipt-file", kwargs={"pk": row["pk"]}, request=request)
        if row["rendering__id"]
        else None,
    }
