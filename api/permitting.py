"""May they: each action of a resource names the roles and the scope it asks for; what names nothing is refused."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.models import ApiKey
from staff import roles
from staff.models import Role

if TYPE_CHECKING:
    from rest_framework.views import APIView

    from api.v1.resources import Resource

READERS = frozenset({Role.VIEWER, Role.FINANCE, Role.APPROVER})
FINANCE = frozenset({Role.FINANCE, Role.APPROVER})


@dataclass(frozen=True)
class Access:
    """Who may open one action: the owner's role now AND, for a key, its scope. `is_public` asks no role."""

    scope: ApiKey.Scope
    roles: frozenset[Role] = frozenset()
    is_public: bool = False


class RoleAndScope(BasePermission):
    """The only permission class of the API."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        resource = cast("Resource", view)
        if resource.action in {None, "metadata"}:
            return True  # no such method here: the view answers 405 next
        access = resource.access.get(resource.action)
        if access is None:
            return False
        if isinstance(request.auth, ApiKey) and access.scope not in request.auth.scopes:
            return False
        return access.is_public or roles.may(request.user, roles=access.roles)
