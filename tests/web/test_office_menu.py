"""The menu of the office: seven words in a row, the pages of the open one below, and no closed door among them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from staff.models import Role
from tests import facts
from web.office.urls import urlpatterns
from web.templatetags import menus

pytestmark = pytest.mark.django_db
SignIn = Callable[[Role | None], Client]
WITHOUT_PLACE = {"keys", "again"}
"""The list of keys is of every page, and a button of Today has no page."""


def shown(client: Client, address: str) -> list[list[tuple[str, str, str]]]:
    """What the menu offers: for each row (address, what is current, words)."""
    html = client.get(address).content.decode()
    rows = re.findall(r'<nav class="menu[^"]*".*?</nav>', html, re.S)
    link = re.compile(r'<a href="([^"]+)"(?: aria-current="(\w+)")?>([^<]+)</a>')
    return [link.findall(row) for row in rows]


def words(row: list[tuple[str, str, str]]) -> list[str]:
    return [said for _address, _current, said in row]


def test_the_menu_is_one_row_of_seven_and_the_pages_of_the_open_one(signed_in: SignIn) -> None:
    facts.campaign()
    first, second = shown(signed_in(Role.ADMIN), reverse("office:payouts"))
    assert words(first) == ["Today", "Gifts", "Donors", "Receipts", "Books", "Reports", "Pages"]
    finance = ["Journal", "Deposits", "Report files", "Bank lines", "Funds", "Restricted", "Activities"]
    assert words(second) == [*finance, "By year", "Month end", "To the accountant"]
    assert [current for _address, current, _words in first] == ["", "", "", "", "true", "", ""]
    assert [current for _address, current, _words in second] == ["", "page", *[""] * 8]


def test_a_page_of_one_thing_stands_below_its_list(signed_in: SignIn) -> None:
    gift = facts.donation()
    client = signed_in(Role.FINANCE)
    first, second = shown(client, reverse("office:donation", args=[gift.pk]))
    assert ("/en/office/donations/", "true", "Gifts") in first
    assert ("/en/office/donations/", "true", "Donations") in second
    [alone] = shown(client, reverse("office:donor", args=[gift.donor_id]))
    assert ("/en/office/donors/", "true", "Donors") in alone
    [alone] = shown(client, reverse("office:today"))
    assert ("/en/office/", "page", "Today") in alone


def test_every_page_of_the_menu_opens_for_whom_it_is_offered(signed_in: SignIn) -> None:
    facts.campaign()
    for role in Role:
        client, doors = signed_in(role), set()
        for address, _current, _words in shown(client, reverse("office:today"))[0]:
            for row in shown(client, address):
                doors |= {door for door, _current, _words in row}
        assert {client.get(door).status_code for door in doors} == {200}


def test_somebody_who_may_everything_is_offered_everything(signed_in: SignIn) -> None:
    facts.campaign()
    client, doors = signed_in(Role.ADMIN), set()
    for address, _current, _words in shown(client, reverse("office:today"))[0]:
        for row in shown(client, address):
            doors |= {door for door, _current, _words in row}
    assert doors == {reverse(f"office:{name}") for _group, pages in menus.GROUPS for name, _said in pages}


def test_every_page_of_the_office_has_its_place(signed_in: SignIn) -> None:
    """So that whoever adds a page thinks of where people look for it."""
    root = reverse("office:today")
    lost = [
        pattern.name
        for pattern in urlpatterns
        if not menus.place_of(root + str(pattern.pattern)) and pattern.name not in WITHOUT_PLACE
    ]
    assert lost == []


def test_a_page_outside_of_the_office_opens_none_of_them() -> None:
    assert menus.place_of("/en/accounts/2fa/") == ""
    assert menus.place_of("") == ""
