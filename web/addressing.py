"""Addressing: who asks. The answer decides limits, so only our own proxies are believed."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The address of the visitor as the outermost proxy of ours saw it.

    Each of our `TRUSTED_PROXIES` proxies adds one address at the right of X-Forwarded-For; whatever stands further
    left was written by the visitor and says nothing. A request with fewer addresses than proxies did not come through
    them all, and an entry that is no address is nobody's: then the address of the connection itself counts.
    This function will return an address as text; it is empty only when there is none, as on a socket file.
    """
    nearest = _address(str(request.META.get("REMOTE_ADDR", "")))
    proxies = settings.TRUSTED_PROXIES
    if proxies <= 0:
        return nearest
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _address(seen[-proxies]) or nearest if len(seen) >= proxies else nearest


def _address(written: str) -> str:
    text = written.strip()
    if text.startswith("["):  # "[2001:db8::1]:4711"
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # "192.0.2.1:4711"
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    # All of IPv4 lies inside one /64 of IPv6: counted there, everybody would be one visitor.
    return str(mapped or address)
