"""What the law of a body asks about its giver before there can be a receipt: asked for there, and nowhere else.

Canada: a person's first name, initial and last name, and an address (CA-08). Korea: an address (KR-03); the resident
number is asked for by the body itself at Hometax, never here (KR-13).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """Names of fields in the order they are asked for; `required` may not be left empty."""

    fields: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()


NOTHING = Asked()
ASKED = {
    "CA": Asked(
        ("first_name", "initial", "last_name", "address", "postcode"),
        frozenset({"first_name", "last_name", "address"}),
    ),
    "KR": Asked(("address", "postcode"), frozenset({"address"})),
}


def asked(*, law: str) -> Asked:
    """This function will return what the law of a body needs to know about its giver."""
    return ASKED.get(law, NOTHING)
