"""Addresses in the order of their country (P14): fields, lines on an envelope, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donors import addressing
from donors.addressing import Address, Unwritable

KNOWN = {
    "US": (
        {"street": "1 Quay Street", "unit": "Apt 2", "city": "Portland", "region": "ME", "postcode": "04101"},
        "1 Quay Street\nApt 2\nPortland, ME 04101",
    ),
    "CA": (
        {"street": "24 Sussex Drive", "unit": "", "city": "Ottawa", "region": "ON", "postcode": "K1M 1M4"},
        "24 Sussex Drive\nOttawa, ON  K1M 1M4",
    ),
    "AU": (
        {"street": "5 Bay Road", "unit": "", "city": "St Leonards", "region": "NSW", "postcode": "2065"},
        "5 Bay Road\nSt Leonards, NSW 2065",
    ),
    "GB": (
        {"street": "10 Mill Lane", "unit": "Flat 3", "city": "Leeds", "postcode": "LS1 4AB"},
        "10 Mill Lane\nFlat 3\nLeeds\nLS1 4AB",
    ),
    "KR": (
        {"postcode": "04524", "region": "서울특별시", "street": "중구 세종대로 110", "unit": "시청 1층"},
        "(04524) 서울특별시 중구 세종대로 110\n시청 1층",
    ),
    "DE": (
        {"street": "Hafenstr. 1", "unit": "", "city": "Bremen", "region": "", "postcode": "28195"},
        "Hafenstr. 1\n28195 Bremen",
    ),
}


@pytest.mark.parametrize("country", KNOWN)
def test_an_address_stands_as_its_country_writes_it(country: str) -> None:
    parts, lines = KNOWN[country]
    assert tuple(parts) == addressing.fields(country)
    assert addressing.compose(country=country, parts=parts) == Address(lines, parts["postcode"], country)


@pytest.mark.parametrize("country", ["US", "CA", "AU", "GB", "KR"])
def test_kept_lines_read_back_into_their_fields(country: str) -> None:
    parts, lines = KNOWN[country]
    assert addressing.parse(country=country, lines=lines) == parts
    without = {**parts, "unit": ""}
    again = addressing.compose(country=country, parts=without).lines
    assert addressing.parse(country=country, lines=again) == without


def test_korea_begins_with_the_postcode_and_the_west_ends_with_it() -> None:
    assert addressing.fields("KR")[:2] == ("postcode", "region")
    assert addressing.fields("US")[-1] == addressing.fields("GB")[-1] == "postcode"


@pytest.mark.parametrize(
    ("country", "typed", "kept"), [("GB", "ls14ab", "LS1 4AB"), ("CA", "k1m1m4", "K1M 1M4")]
)
def test_a_postcode_is_spaced_and_in_capitals(country: str, typed: str, kept: str) -> None:
    parts = {**KNOWN[country][0], "postcode": typed}
    assert addressing.compose(country=country, parts=parts).postcode == kept


@pytest.mark.parametrize(
    ("country", "changed", "problems"),
    [
        ("US", {"postcode": "0410"}, {"postcode": "postcode"}),
        ("US", {"postcode": "", "city": ""}, {"postcode": "missing", "city": "missing"}),
        ("KR", {"postcode": "110-111"}, {"postcode": "postcode"}),
        ("KR", {"region": ""}, {"region": "missing"}),
        ("GB", {"postcode": "12345"}, {"postcode": "postcode"}),
        ("DE", {"street": ""}, {"street": "missing"}),
        ("DE", {"postcode": "1" * 13}, {"postcode": "long"}),
        ("US", {"street": "x" * 121}, {"street": "long"}),
    ],
)
def test_what_mail_needs_is_asked_for(
    country: str, changed: dict[str, str], problems: dict[str, str]
) -> None:
    with pytest.raises(Unwritable) as refused:
        addressing.compose(country=country, parts={**KNOWN[country][0], **changed})
    assert refused.value.problems == problems


def test_no_address_at_all_is_no_mistake() -> None:
    assert addressing.compose(country="US", parts={}) == Address("", "", "US")
    assert set(addressing.parse(country="US", lines="").values()) == {""}


@pytest.mark.parametrize("country", ["US", "KR", "GB", "DE"])
def test_lines_somebody_else_wrote_are_offered_whole(country: str) -> None:
    found = addressing.parse(
        country=country, lines="c/o Kim\nsomewhere, 3rd floor\nby the sea\nX\nY", postcode="1"
    )
    assert found["street"] == "c/o Kim, somewhere, 3rd floor, by the sea, X, Y"
    assert found["postcode"] == "1"


plain = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=20)


@given(street=plain, unit=st.one_of(st.just(""), plain), city=plain, region=plain)
@pytest.mark.parametrize("country", ["US", "CA", "AU", "GB", "KR"])
def test_whatever_is_typed_reads_back(country: str, street: str, unit: str, city: str, region: str) -> None:
    typed = {"street": street, "unit": unit, "city": city, "region": region}
    parts = {
        **KNOWN[country][0],
        **{name: typed[name] for name in addressing.fields(country) if name in typed},
    }
    kept = addressing.compose(country=country, parts=parts)
    assert addressing.parse(country=country, lines=kept.lines, postcode=kept.postcode) == parts
