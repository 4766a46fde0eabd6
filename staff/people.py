"""People: who may sign in, with which roles. Every change is written down."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from staff import auditing, roles
from staff.models import Role, RoleGrant, User


class UnknownPerson(LookupError):
    """Nobody here has this address."""


class AlreadyHere(ValueError):
    """Somebody here has this address."""


def _find(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise UnknownPerson(email)
    return user


def add(*, email: str, name: str, roles: Iterable[Role], password: str, now: datetime) -> User:
    """Let somebody sign in. Raises AlreadyHere. This function will return the new person."""
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise AlreadyHere(email)
    with transaction.atomic():
        user = User.objects.create_user(email=email.strip(), name=name, password=password)
        _grant(user=user, wanted=roles, now=now)
        auditing.record(actor="operator", action="add person", target=f"user:{user.pk}", now=now)
    return user


def set_roles(*, email: str, roles: Iterable[Role], now: datetime) -> None:
    """This function will give a person exactly these roles. Raises UnknownPerson."""
    user = _find(email)
    with transaction.atomic():
        RoleGrant.objects.filter(user=user).delete()
        _grant(user=user, wanted=roles, now=now)
        auditing.record(actor="operator", action="set roles", target=f"user:{user.pk}", now=now)


def _grant(*, user: User, wanted: Iterable[Role], now: datetime) -> None:
    for role in wanted:
        roles.grant(user=user, role=role, now=now)


def close(*, email: str, now: datetime) -> None:
    """This function will end a person's access at once, sessions included. Raises UnknownPerson."""
    user = _find(email)
    with transaction.atomic():
        # A new unusable password changes the session hash, so every open session ends too.
        user.is_active = False
        user.set_unusable_password()
        user.save(update_fields=["is_active", "password"])
        auditing.record(actor="operator", action="close account", target=f"user:{user.pk}", now=now)
