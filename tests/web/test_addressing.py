"""T68: whose request it is, whatever the visitor writes into X-Forwarded-For."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from donors import signing_in
from web import addressing

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, None, PROXY),
        (0, "203.0.113.9", PROXY),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1,,203.0.113.9", "203.0.113.9"),
        (1, None, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, "203.0.113.9, <script>", PROXY),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "fe80::1%eth0", "fe80::1"),
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "198.51.100.1, 198.51.100.2, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        # It did not come through both: what it says about itself is not believed.
        (2, "198.51.100.1", PROXY),
        (2, "127.0.0.1, x" + ", 203.0.113.9" * 1000, "203.0.113.9"),
    ],
)
def test_only_what_our_proxies_wrote_counts(
    settings: Any, proxies: int, forwarded: str | None, expected: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert addressing.client_ip(RequestFactory().get("/", headers=headers, REMOTE_ADDR=PROXY)) == expected


def test_a_socket_file_has_no_address(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert addressing.client_ip(RequestFactory().get("/", REMOTE_ADDR="")) == ""


@pytest.mark.parametrize(
    ("ip", "block"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_networks_are_counted_not_addresses(ip: str, block: str) -> None:
    assert signing_in.address_block(ip) == block
