"""The description of the API for programs (OpenAPI), made once for each process and served as JSON."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from api import problems


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # half-typed package
    target_class = "api.authenticating.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "alm_<prefix>_<secret>"}


@cache
def document() -> bytes:
    """This function will return the description as JSON; it only depends on the program."""
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=None, public=True)
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":")).encode()


def openapi(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        response = problems.plain(status=405, code="method_not_allowed", detail="GET")
        response["Allow"] = "GET, HEAD"
        return response
    return HttpResponse(
        document(), content_type="application/vnd.oai.openapi+json", headers={"Cache-Control": "no-cache"}
    )
