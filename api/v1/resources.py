"""What every resource shares: who may, which query parameters exist, and headers that keep answers out of caches."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from rest_framework.authentication import SessionAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import ViewSet

from api.authenticating import KeyAuthentication
from api.models import ApiKey
from api.permitting import Access, RoleAndScope
from api.throttling import ActorThrottle
from api.v1.shapes import NoQuery
from staff.models import User


class JSONAlways(BaseContentNegotiation):
    """There is one representation; what a client says it accepts changes nothing."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        wanted = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == wanted), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, only.media_type


class Resource(ViewSet):
    """A resource lists its actions in `access`; an action that is not listed is refused."""

    access: ClassVar[dict[str, Access]] = {}
    queries: ClassVar[dict[str, type[Serializer[Any]]]] = {}
    """The query parameters of an action; an unknown one is an error, so that a misspelt filter never shows all."""

    authentication_classes = [KeyAuthentication, SessionAuthentication]
    permission_classes = [RoleAndScope]
    throttle_classes = [ActorThrottle]
    content_negotiation_class = JSONAlways
    metadata_class = None
    http_method_names = ["get", "head", "post", "patch", "delete"]
    cache_control = "no-store, private"
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asked = self.queries.get(self.action or "", NoQuery)(data=request.query_params)
        asked.is_valid(raise_exception=True)
        self.query = asked.validated_data

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers.setdefault("Cache-Control", self.cache_control)
        return answer


def acting(request: Request) -> str:
    """The name under which a reading of private records is noted."""
    return f"api_key:{request.auth.prefix}" if isinstance(request.auth, ApiKey) else "session"


def person(request: Request) -> User:
    """Who acts, in actions that are never public: the permission class has let nobody else through."""
    return cast("User", request.user)
