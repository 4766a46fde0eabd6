"""Roles: asking whether somebody may do a thing."""

from collections.abc import Iterable
from datetime import datetime

from staff.models import Role, RoleGrant, User


def held_by(user: User) -> frozenset[str]:
    """The roles of a person, read once for each user object."""
    known = user.__dict__.get("_roles")
    if known is None:
        known = frozenset(user.grants.values_list("role", flat=True)) if user.is_active else frozenset()
        user.__dict__["_roles"] = known
    return known


def may(user: object, *, roles: Iterable[Role]) -> bool:
    """Whether a signed-in person holds one of `roles`; an admin holds all of them."""
    if not isinstance(user, User) or not user.is_active:
        return False
    held = held_by(user)
    return Role.ADMIN in held or not held.isdisjoint(roles)


def grant(*, user: User, role: Role, now: datetime) -> None:
    """Give `user` a role. This function will do nothing if it is held already."""
    RoleGrant.objects.get_or_create(user=user, role=role, defaults={"granted_at": now})
    user.__dict__.pop("_roles", None)
