"""One shape for everything that goes wrong: RFC 9457 `application/problem+json`.

    {"type", "title", "status", "detail", "instance", "errors": [{"field", "code", "words"}]}

`instance` names this one occurrence; it is all that an unforeseen error tells, and stands in the log beside it.
"""

import logging
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


class Conflict(exceptions.APIException):
    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class Unprocessable(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_code = "unprocessable"


def describe(
    *, status: int, code: str, detail: str, errors: list[dict[str, str]] | None = None
) -> dict[str, object]:
    """This function will return one problem as plain JSON."""
    return {
        "type": f"urn:almoner:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:uuid:{uuid.uuid4()}",
        "errors": errors or [],
    }


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """The one exception handler of the API; an error nobody foresaw is logged whole and told as its number only."""
    known = _known(error)
    if known is None:
        problem = describe(
            status=500, code="unforeseen", detail=_("Something went wrong here. It has been noted.")
        )
        logger.error("api error %s", problem["instance"], exc_info=error)
        return _answer(problem)
    if isinstance(known, exceptions.ValidationError):
        problem = describe(
            status=400,
            code="invalid",
            detail=_("Some fields are not right."),
            errors=list(_flatten(known.get_full_details())),
        )
    else:
        # Only ValidationError carries a list or a dictionary; the others have one sentence and one code.
        problem = describe(status=known.status_code, code=str(known.get_codes()), detail=str(known.detail))
    response = _answer(problem)
    if challenge := getattr(known, "auth_header", None):
        response["WWW-Authenticate"] = challenge
    if (wait := getattr(known, "wait", None)) is not None:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def not_found(request: HttpRequest, path: str = "") -> HttpResponse:
    """No such address below /api/; said in JSON, not as a page."""
    return plain(status=404, code="not_found", detail=_("There is nothing at this address."))


def plain(*, status: int, code: str, detail: str) -> HttpResponse:
    """A problem as the answer of a view that is not a resource."""
    return JsonResponse(
        describe(status=status, code=code, detail=detail), status=status, content_type=MEDIA_TYPE
    )


def _answer(problem: dict[str, object]) -> Response:
    return Response(problem, status=int(str(problem["status"])), content_type=MEDIA_TYPE)


def _known(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        too_big = exceptions.APIException(_("The request is larger than this address accepts."), "too_large")
        too_big.status_code = 413
        return too_big
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError()
    return None


def _flatten(details: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Nested messages become rows whose field is a dotted path: `filters.currency`."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"field": field, "code": str(details["code"]), "words": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _flatten(inner, ".".join(part for part in (field, own) if part))
    else:
        for inner in details:
            yield from _flatten(inner, field)
