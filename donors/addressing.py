"""Addressing: a postal address as the fields its country writes it in, and as the lines that stand on an envelope.

Pure. A donor keeps the lines (`address`), with the postcode among them as the country's post wants it, and once more
the postcode and the country alone, for sorting. Lines somebody else wrote are never lost: what does not read as the
country's own order is offered in the first fields, and nothing is kept until the giver says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

FIELDS: dict[str, tuple[str, ...]] = {
    "KR": ("postcode", "region", "street", "unit"),
    "US": ("street", "unit", "city", "region", "postcode"),
    "CA": ("street", "unit", "city", "region", "postcode"),
    "AU": ("street", "unit", "city", "region", "postcode"),
    "GB": ("street", "unit", "city", "postcode"),
}
"""The fields of a country in the order in which its people write them."""
ELSEWHERE = ("street", "unit", "city", "region", "postcode")

_NEEDED: dict[str, frozenset[str]] = {
    "KR": frozenset({"postcode", "region", "street"}),
    "US": frozenset({"postcode", "region", "street", "city"}),
    "CA": frozenset({"postcode", "region", "street", "city"}),
    "AU": frozenset({"postcode", "region", "street", "city"}),
    "GB": frozenset({"postcode", "street", "city"}),
}
_POSTCODE = {
    "KR": re.compile(r"\d{5}"),
    "US": re.compile(r"\d{5}(-\d{4})?"),
    "CA": re.compile(r"[ABCEGHJ-NPRSTVXY]\d[A-Z] \d[A-Z]\d"),
    "AU": re.compile(r"\d{4}"),
    "GB": re.compile(r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"),
}
# How the lines end where they were written by `compose`; what differs was written by somebody else.
_LAST = {
    "US": re.compile(r"(?P<city>.+), (?P<region>\S.*) (?P<postcode>\d{5}(-\d{4})?)"),
    "CA": re.compile(r"(?P<city>.+), (?P<region>\S.*)  (?P<postcode>[A-Z]\d[A-Z] \d[A-Z]\d)"),
    "AU": re.compile(r"(?P<city>.+), (?P<region>\S.*) (?P<postcode>\d{4})"),
}
_KOREAN = re.compile(r"\((?P<postcode>\d{5})\) (?P<region>\S+) (?P<street>.+)")
MOST = 120


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is kept."""

    lines: str
    postcode: str
    country: str


class Unwritable(ValueError):
    """`problems` names the fields: `missing`, `postcode` (not of this country) or `long`."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(str(dict(problems)))
        self.problems = dict(problems)


def fields(country: str) -> tuple[str, ...]:
    """This function will return the fields of a country in its own order."""
    return FIELDS.get(country, ELSEWHERE)


def compose(*, country: str, parts: Mapping[str, str]) -> Address:
    """Put the parts together as the country writes them. An address without any part is no address, and that is well.

    Raises Unwritable. This function will return the address as it is kept.
    """
    kept = {field: " ".join(parts.get(field, "").split()) for field in fields(country)}
    if not any(kept.values()):
        return Address("", "", country)
    kept["postcode"] = _postcode(country, kept["postcode"])
    problems = _problems(country, kept)
    if problems:
        raise Unwritable(problems)
    lines = [line for line in _lines(country, kept) if line]
    return Address("\n".join(lines), kept["postcode"], country)


def _postcode(country: str, typed: str) -> str:
    code = typed.upper()
    joined = code.replace(" ", "")
    if country == "CA" and len(joined) == 6:
        return f"{joined[:3]} {joined[3:]}"
    if country == "GB" and 5 <= len(joined) <= 7:
        return f"{joined[:-3]} {joined[-3:]}"
    return code


def _problems(country: str, kept: Mapping[str, str]) -> dict[str, str]:
    problems = {field: "missing" for field in _NEEDED.get(country, {"street"}) if not kept[field]}
    shape = _POSTCODE.get(country)
    if kept["postcode"] and shape and not shape.fullmatch(kept["postcode"]):
        problems["postcode"] = "postcode"
    if len(kept["postcode"]) > 12:
        problems["postcode"] = "long"
    return problems | {field: "long" for field, value in kept.items() if len(value) > MOST}


def _lines(country: str, kept: Mapping[str, str]) -> list[str]:
    if country == "KR":
        return [f"({kept['postcode']}) {kept['region']} {kept['street']}", kept["unit"]]
    first = [kept["street"], kept["unit"]]
    if country == "GB":
        return [*first, kept["city"], kept["postcode"]]
    if country in _LAST:
        gap = "  " if country == "CA" else " "
        return [*first, f"{kept['city']}, {kept['region']}{gap}{kept['postcode']}"]
    return [*first, f"{kept['postcode']} {kept['city']}".strip(), kept["region"]]


def parse(*, country: str, lines: str, postcode: str = "") -> dict[str, str]:
    """Read kept lines back into the country's fields, for a form.

    This function will return a value for every field; what does not read as the country's order stands in the first.
    """
    kept = [line.strip() for line in lines.splitlines() if line.strip()]
    found = dict.fromkeys(fields(country), "")
    read = _read(country, kept)
    if read is None:
        read = {"street": ", ".join(kept), "postcode": postcode}
    return found | {field: value for field, value in read.items() if field in found}


def _read(country: str, kept: list[str]) -> dict[str, str] | None:
    if not kept:
        return {}
    if country == "KR":
        first = _KOREAN.fullmatch(kept[0])
        return {**first.groupdict(), "unit": " ".join(kept[1:])} if first else None
    if country == "GB" and len(kept) in {3, 4} and _POSTCODE["GB"].fullmatch(kept[-1]):
        return {"postcode": kept[-1], "city": kept[-2], **_first(kept[:-2])}
    last = _LAST[country].fullmatch(kept[-1]) if country in _LAST else None
    if last is None or len(kept) not in {2, 3}:
        return None
    ending = {name: last[name] for name in ("city", "region", "postcode")}
    return {**ending, **_first(kept[:-1])}


def _first(kept: list[str]) -> dict[str, str]:
    return {"street": kept[0], "unit": kept[1] if len(kept) > 1 else ""}
