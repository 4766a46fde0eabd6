"""Donors: their profiles, for those who keep them. Every reading is noted, because the list itself is a secret."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import paging, permitting, repeating
from api.models import ApiKey
from api.permitting import Access
from api.problems import Conflict
from api.v1 import looking, shapes
from api.v1.resources import Resource, acting, person
from donors import keeping
from donors.models import Donor
from staff import auditing

IDEMPOTENCY = OpenApiParameter(
    repeating.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Makes repeating this request safe for 24 hours.",
)


class DonorShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Donor.Kind.choices)
    name = serializers.CharField()
    local_name = serializers.CharField()
    email = serializers.CharField()
    language = serializers.CharField()
    address = serializers.CharField()
    merged_into = serializers.UUIDField(allow_null=True, help_text="The donor who stands for this one now.")
    created_at = serializers.DateTimeField()


class DonorPage(serializers.Serializer[Any]):
    results = DonorShape(many=True)
    next = serializers.URLField(allow_null=True)


class Email(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


ENTERED = [choice for choice in Donor.Kind.choices if choice[0] != Donor.Kind.JOINT]
"""Whom a program may enter; who bears two names is made in the office."""


class DonorChange(shapes.Strict):
    kind = serializers.ChoiceField(choices=ENTERED, required=False)
    name = shapes.Text(max_length=120, required=False)
    local_name = shapes.Text(max_length=120, required=False, allow_blank=True)
    email = Email(max_length=254, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=shapes.LANGUAGES, required=False)
    address = shapes.Text(max_length=600, required=False, allow_blank=True)


class DonorInput(DonorChange):
    name = shapes.Text(max_length=120)


class DonorQuery(shapes.PageQuery):
    kind = serializers.ChoiceField(choices=Donor.Kind.choices, required=False)
    language = serializers.ChoiceField(choices=shapes.LANGUAGES, required=False)


_WORDS = {
    "name": _("Nothing readable is left of this name."),
    "exists": _("There is a donor with this e-mail and name already."),
    "merged": _("This donor was merged into another; change that one."),
    "resident_number": _("A resident number is never kept here. Leave it out."),
    "number": _("Only an organization has one."),
    "country": _("Two letters, as US or KR."),
    "joint": _("A record of two people is made and kept in the office."),
}


class Donors(Resource):
    access: ClassVar = {
        "list": Access(ApiKey.Scope.DONORS_READ, roles=permitting.FINANCE),
        "retrieve": Access(ApiKey.Scope.DONORS_READ, roles=permitting.FINANCE),
        "create": Access(ApiKey.Scope.DONORS_WRITE, roles=permitting.FINANCE),
        "partial_update": Access(ApiKey.Scope.DONORS_WRITE, roles=permitting.FINANCE),
    }
    queries: ClassVar = {"list": DonorQuery}
    lookup_value_converter = "uuid"

    @extend_schema(
        operation_id="donors_list",
        summary="Donors, newest first",
        parameters=[DonorQuery],
        responses=DonorPage,
    )
    def list(self, request: Request) -> Response:
        wanted = {name: self.query[name] for name in ("kind", "language") if name in self.query}
        found, following = paging.page(
            request=request,
            rows=Donor.objects.filter(**wanted).values(
                "pk",
                "kind",
                "name",
                "local_name",
                "email",
                "language",
                "address",
                "merged_into_id",
                "created_at",
            ),
            order=paging.by_time("created_at"),
            cursor=self.query["cursor"],
            size=self.query["page_size"],
        )
        self._note(request, target="donors", details={"count": len(found), "by": acting(request)})
        return Response({"results": [_tell(row) for row in found], "next": following})

    @extend_schema(operation_id="donors_retrieve", summary="One donor", responses=DonorShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        donor = Donor.objects.filter(pk=pk).first()
        if donor is None:
            raise Http404
        looking.pace(request, donor_id=donor.pk)
        self._note(request, target=f"donor:{pk}", details={"by": acting(request)})
        return Response(_tell_donor(donor))

    @extend_schema(
        operation_id="donors_create",
        summary="Enter a donor",
        parameters=[IDEMPOTENCY],
        request=DonorInput,
        responses={201: DonorShape, 409: OpenApiResponse(description="There is such a donor already.")},
    )
    @repeating.once
    def create(self, request: Request, work_id: UUID) -> Response:
        asked = DonorInput(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            donor = keeping.add(
                donor_id=work_id, profile=asked.validated_data, actor=person(request), now=timezone.now()
            )
        except keeping.UnableToKeep as error:
            raise _refusal(error) from error
        place = reverse("api:donor-detail", kwargs={"pk": donor.pk}, request=request)
        return Response(_tell_donor(donor), status=201, headers={"Location": place})

    @extend_schema(
        operation_id="donors_update",
        summary="Correct a donor",
        request=DonorChange,
        responses={
            200: DonorShape,
            409: OpenApiResponse(description="Merged, or there is such a donor already."),
        },
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        asked = DonorChange(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            donor = keeping.change(
                donor_id=pk, changes=asked.validated_data, actor=person(request), now=timezone.now()
            )
        except Donor.DoesNotExist as error:
            raise Http404 from error
        except keeping.UnableToKeep as error:
            raise _refusal(error) from error
        return Response(_tell_donor(donor))

    def _note(self, request: Request, *, target: str, details: dict[str, object]) -> None:
        auditing.record(
            actor=person(request), action="donor.read", target=target, now=timezone.now(), details=details
        )


def _refusal(error: keeping.UnableToKeep) -> Exception:
    words = str(_WORDS[error.code])
    if error.code == "name":
        return serializers.ValidationError({"name": [serializers.ErrorDetail(words, code="name")]})
    if error.code == "resident_number":
        return serializers.ValidationError([serializers.ErrorDetail(words, code="resident_number")])
    return Conflict(words, f"donor_{error.code}")


def _tell(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["pk"],
        "kind": row["kind"],
        "name": row["name"],
        "local_name": row["local_name"],
        "email": row["email"],
        "language": row["language"],
        "address": row["address"],
        "merged_into": row["merged_into_id"],
        "created_at": row["created_at"],
    }


def _tell_donor(donor: Donor) -> dict[str, Any]:
    return _tell({"pk": donor.pk, **{name: value for name, value in vars(donor).items() if name != "_state"}})
