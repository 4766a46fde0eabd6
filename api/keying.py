"""API keys: issuing them, taking them back, and finding whose a shown key is."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from api.models import ApiKey
from staff import auditing
from staff.models import User

USE_NOTED_EVERY = timedelta(hours=1)
_SHAPE = re.compile(r"alm_([0-9a-f]{12})_([0-9a-f]{64})")
# Compared against when no key has the prefix, so that an unknown prefix costs as much as a wrong secret.
_NOBODY = hashlib.sha256(b"no such key").hexdigest()


class UnableToIssue(ValueError):
    """The scopes are unknown or none, the key would be expired already, or the owner has left."""


@dataclass(frozen=True)
class Issued:
    key: ApiKey
    shown: str
    """The whole key as the program sends it. It is shown once and kept nowhere."""


def issue(
    *, owner: User, name: str, scopes: Iterable[str], expires_at: datetime | None, now: datetime
) -> Issued:
    """Make a key for a program of `owner`'s.

    Raises UnableToIssue. This function will return the stored key with its secret, shown this once.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in ApiKey.Scope.values]
    if unknown or not wanted:
        raise UnableToIssue(f"unknown scopes: {', '.join(unknown)}" if unknown else "a key needs a scope")
    if expires_at is not None and expires_at <= now:
        raise UnableToIssue("a key cannot expire in the past")
    if not owner.is_active:
        raise UnableToIssue("the owner's account is closed")
    prefix, secret = secrets.token_hex(6), secrets.token_hex(32)
    with transaction.atomic():
        key = ApiKey.objects.create(
            prefix=prefix,
            secret_sha256=_digest(secret),
            name=name,
            owner=owner,
            scopes=wanted,
            created_at=now,
            expires_at=expires_at,
        )
        auditing.record(
            actor=owner,
            action="api_key.issued",
            target=f"api_key:{prefix}",
            now=now,
            details={"scopes": wanted},
        )
    return Issued(key=key, shown=f"alm_{prefix}_{secret}")


def revoke(*, prefix: str, actor: User | str, now: datetime) -> bool:
    """This function will end a key at once; whether there was a living one is returned."""
    with transaction.atomic():
        ended = ApiKey.objects.filter(prefix=prefix, revoked_at__isnull=True).update(revoked_at=now)
        if ended:
            auditing.record(actor=actor, action="api_key.revoked", target=f"api_key:{prefix}", now=now)
    return bool(ended)


def redeem(*, shown: str, now: datetime) -> ApiKey | None:
    """Whose key this is. Its use is noted at most once an hour, so that reading does not write each time.

    This function will return the key with its owner, or None when it is unknown, wrong, revoked, expired or
    its owner has left.
    """
    match = _SHAPE.fullmatch(shown)
    if match is None:
        return None
    prefix, secret = match.groups()
    key = ApiKey.objects.select_related("owner").filter(prefix=prefix).first()
    is_right = hmac.compare_digest(_digest(secret), key.secret_sha256 if key else _NOBODY)
    if key is None or not is_right or not _is_alive(key, now=now):
        return None
    if key.last_used_at is None or key.last_used_at <= now - USE_NOTED_EVERY:
        ApiKey.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lte=now - USE_NOTED_EVERY), pk=key.pk
        ).update(last_used_at=now)
    return key


def _is_alive(key: ApiKey, *, now: datetime) -> bool:
    is_expired = key.expires_at is not None and key.expires_at <= now
    return key.revoked_at is None and not is_expired and key.owner.is_active


def _digest(secret: str) -> str:
    # The secret has 256 random bits: a slow password hash would protect nothing and cost every request.
    return hashlib.sha256(secret.encode()).hexdigest()
