"""How often: each key, each person and each unknown network address has its own allowance."""

import ipaddress
from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from api.models import ApiKey
from staff.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView


class ActorThrottle(SimpleRateThrottle):
    """Keys and people by themselves, strangers by address; an IPv6 household (/64) counts as one."""

    scope = "actor"

    def __init__(self) -> None:
        # The rate depends on who asks, so it is read in get_cache_key and not here.
        self.rate = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        is_known = isinstance(request.user, User)
        self.scope = getattr(view, "throttle_scope", None) or "actor" if is_known else "stranger"
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        if isinstance(request.auth, ApiKey):
            ident = f"key:{request.auth.pk}"
        elif isinstance(request.user, User):
            ident = f"user:{request.user.pk}"
        else:
            ident = _network(self.get_ident(request))
        return self.cache_format % {"scope": self.scope, "ident": ident}


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
