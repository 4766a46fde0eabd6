"""Exports: ask for a file, look how far it is, fetch it within a day, or call it off. Only the one who asked."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from api import permitting, repeating
from api.models import ApiKey
from api.permitting import Access
from api.problems import Conflict
from api.v1 import shapes
from api.v1.donations import DonationFilters
from api.v1.donors import IDEMPOTENCY
from api.v1.resources import Resource, person
from jobs import ringing, running
from jobs.models import Job
from reports import export_jobs, ordering
from reports.files import making
from reports.files.making import Format
from reports.lists import registering_lists, selecting

KINDS = ("donations", "journal")
"""Lists that programs may order; the office has more."""


class JournalFilters(shapes.PeriodQuery):
    period = ("booked_from", "booked_to")
    booked_from = shapes.Day(required=False)
    booked_to = shapes.Day(required=False, help_text="Inclusive.")


class ExportInput(shapes.Strict):
    kind = serializers.ChoiceField(choices=KINDS)
    language = serializers.ChoiceField(choices=shapes.LANGUAGES, required=False, default="en")
    filters = serializers.DictField(
        child=shapes.Text(max_length=60),
        required=False,
        help_text="Of donations: given_from, given_to, campaign, currency, amount, donor, method, frequency, state."
        " Of the journal: booked_from, booked_to.",
    )
    format = serializers.ChoiceField(choices=[form.value for form in Format], required=False, default="csv")
    columns = serializers.ListField(
        child=shapes.Text(max_length=40),
        required=False,
        help_text="Names of columns; without them all that the asker may take.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        allowed = DonationFilters if attrs["kind"] == "donations" else JournalFilters
        filters = allowed(data=attrs.get("filters", {}))
        if not filters.is_valid():
            raise serializers.ValidationError({"filters": filters.errors})
        known = {column.name for column in registering_lists.named(attrs["kind"]).columns}
        if unknown := set(attrs.get("columns", [])) - known:
            raise serializers.ValidationError({"columns": [f"There is no column {sorted(unknown)[0]}."]})
        return attrs


class ManifestShape(serializers.Serializer[Any]):
    rows = serializers.IntegerField()
    sums = shapes.Amount(many=True, help_text="Gross gifts, or debits of the journal, by currency.")
    filters = serializers.DictField(child=serializers.CharField())
    snapshot_at = serializers.DateTimeField(help_text="File and sums are the database at this moment.")
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class ExportShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=KINDS)
    format = serializers.ChoiceField(choices=[form.value for form in Format])
    status = serializers.ChoiceField(choices=Job.Status.choices)
    done_rows = serializers.IntegerField()
    total_rows = serializers.IntegerField(allow_null=True)
    requested_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    manifest = ManifestShape(allow_null=True)
    file = serializers.URLField(allow_null=True)


class Exports(Resource):
    access: ClassVar = {
        "create": Access(ApiKey.Scope.EXPORTS_WRITE, roles=permitting.FINANCE),
        "retrieve": Access(ApiKey.Scope.EXPORTS_WRITE, roles=permitting.FINANCE),
        "destroy": Access(ApiKey.Scope.EXPORTS_WRITE, roles=permitting.FINANCE),
        "file": Access(ApiKey.Scope.EXPORTS_WRITE, roles=permitting.FINANCE),
    }
    lookup_value_converter = "uuid"

    @property
    def throttle_scope(self) -> str:
        return "export" if self.action == "create" else "actor"

    @extend_schema(
        operation_id="exports_create",
        summary="Ask for a file",
        parameters=[IDEMPOTENCY],
        request=ExportInput,
        responses={202: ExportShape},
    )
    @repeating.once
    def create(self, request: Request, work_id: UUID) -> Response:
        asked = ExportInput(data=request.data)
        asked.is_valid(raise_exception=True)
        told = asked.validated_data
        wanted = ordering.Wanted(
            listing=told["kind"],
            form=Format(told["format"]),
            filters=told.get("filters", {}),
            columns=told.get("columns", []),
            language=told["language"],
        )
        try:
            job = ordering.order(wanted=wanted, request_id=work_id, actor=person(request), now=timezone.now())
        except ordering.NeedsSecondPerson as error:
            words = _(
                "So many givers' names need a second person: ask in the office, or leave these columns out."
            )
            raise Conflict(words, "needs_second_person") from error
        except (selecting.UnknownColumn, selecting.NothingChosen) as error:
            raise serializers.ValidationError({"columns": [_("You may not take these columns.")]}) from error
        ringing.ring("reports.run_jobs")
        shape = _tell(job, request)
        place = reverse("api:export-detail", kwargs={"pk": job.pk}, request=request)
        return Response(shape, status=202, headers={"Location": place})

    @extend_schema(operation_id="exports_retrieve", summary="How far a file is", responses=ExportShape)
    def retrieve(self, request: Request, pk: UUID) -> Response:
        return Response(_tell(self._own(request, pk), request))

    @extend_schema(
        operation_id="exports_cancel",
        summary="Call a file off",
        responses={204: None, 409: OpenApiResponse(description="It has ended already.")},
    )
    def destroy(self, request: Request, pk: UUID) -> Response:
        job = self._own(request, pk)
        if not running.cancel(job_id=job.pk, now=timezone.now()):
            raise Conflict(_("This export has ended already."), "ended")
        return Response(status=204)

    @extend_schema(
        operation_id="exports_file",
        summary="The finished file",
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
    )
    @action(detail=True, methods=["get"], url_path="file")
    def file(self, request: Request, pk: UUID) -> FileResponse:
        job = self._own(request, pk)
        path = export_jobs.file_of(job=job, reader=person(request), now=timezone.now())
        if path is None:
            raise Http404
        # FileResponse closes the file when the answer has been sent.
        return FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=export_jobs.name_of(job),
            content_type=making.TOLD[export_jobs.form_of(job)].content_type,
            headers={"X-Content-Type-Options": "nosniff"},
        )

    def _own(self, request: Request, pk: UUID) -> Job:
        job = export_jobs.of(owner=person(request)).filter(pk=pk).first()
        if job is None or export_jobs.listing_of(job) not in KINDS or export_jobs.is_sealed(job):
            raise Http404
        return job


def _tell(job: Job, request: Request) -> dict[str, Any]:
    ends = export_jobs.expires_at(job)
    is_there = ends is not None and ends > timezone.now()
    return {
        "id": job.pk,
        "kind": export_jobs.listing_of(job),
        "format": export_jobs.form_of(job).value,
        "status": job.status,
        "done_rows": job.done,
        "total_rows": job.total,
        "requested_at": job.requested_at,
        "ended_at": job.ended_at,
        "expires_at": ends,
        "manifest": {name: job.result[name] for name in ManifestShape().fields} if ends else None,
        "file": reverse("api:export-file", kwargs={"pk": job.pk}, request=request) if is_there else None,
    }
