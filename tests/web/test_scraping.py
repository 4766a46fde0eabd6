"""T42: nobody reads the whole list of givers one after the other, by whatever page; lists have an end."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from donors.models import Message
from staff import pacing
from staff.models import AuditEvent, Role, User
from tests import making
from tests.receipts.test_declaring import declared
from tests.web import access_pledges
from tests.web.test_access import patterns, propose
from web.office import paging

pytestmark = pytest.mark.django_db

GIVER = ("", "_edit", "_died", "_merge", "_unmerge", "_joint", "_part", "_receipt")
GIFT = ("donation", "correct", "benefit", "amend", "sale", "refund", "refund_check", "refund_send")
PAPER = ("", "_file", "_copy", "_send", "_void")
OF_NOBODY = re.compile(
    r"office:(run|report_safe|appeal|export|bank|batch|fund|journal|month|report_file|letters|gift_aid_(step|file))"
)
"""Addresses with a key that is not of one giver: of a run, a file, a batch, a month, a line of the bank."""


@pytest.fixture
def addresses(today: datetime) -> dict[str, str]:
    """Every address of the office that leads to one giver by a key."""
    gift = making.donation(by=making.donor(now=today), at=today)
    paper = making.receipt(of=gift, is_drawn=False, now=today)
    plan = making.plan(of=gift.donor, now=today)
    pledge = access_pledges.keys(gift, today)["office:pledge"][0]
    proposal = propose(gift, today)
    keys: dict[str, Any] = {
        **{f"donor{name}": gift.donor_id for name in GIVER},
        **dict.fromkeys(GIFT, gift.pk),
        **{f"receipt{name}": paper.pk for name in PAPER},
        **dict.fromkeys(("plan", "plan_change", "plan_died"), plan.pk),
        **dict.fromkeys(("pledge", "pledge_keep"), pledge),
        **dict.fromkeys(("proposal", "proposal_decide"), proposal.pk),
        "gift_aid_declaration": declared(donor_id=gift.donor_id).pk,
    }
    return {
        **{name: reverse(f"office:{name}", args=[key]) for name, key in keys.items()},
        "gift_aid_declare": reverse("office:gift_aid_declare", args=[gift.donor_id]),
        "pledge_undo": reverse("office:pledge_undo", args=[pledge, gift.pk]),
        "pledge_end": reverse("office:pledge_end", args=[pledge, "cancel"]),
    }


def exhausted(today: datetime, *, email: str = "finance@example.org") -> User:
    reader = User.objects.get(email=email)
    for place in range(pacing.MOST):
        assert pacing.may_look(who=f"user:{reader.pk}", subject=f"donor {place}", now=today)
    return reader


def test_t42_every_address_that_leads_to_a_giver_is_counted(
    finance: Client, addresses: dict[str, str], today: datetime
) -> None:
    making.user(email="board@example.org", role=Role.ADMIN, now=today)
    exhausted(today)
    opened = {name for name, address in addresses.items() if _statuses(finance, address) != {429}}
    assert opened == set()
    assert Message.objects.filter(to_email="board@example.org", subject__startswith="Alarm").count() == 1
    assert AuditEvent.objects.filter(action="stopped reading").count() >= len(addresses)


def _statuses(browser: Client, address: str) -> set[int]:
    """What a page answers to those methods it knows at all."""
    answers = {browser.get(address).status_code, browser.post(address).status_code}
    return answers - {405}


def test_t42_no_page_of_a_giver_is_forgotten(addresses: dict[str, str]) -> None:
    """A new address with a key is either counted, or listed here as one that is of no single giver."""
    counted = {f"office:{name}" for name in addresses}
    plain = {"office:receipt_again", "office:benefit_withdraw"}  # they answer with another address only
    for space, found in patterns(get_resolver()):
        name = f"{space}:{found.name}"
        if space == "office" and "<uuid:" in str(found.pattern) and name not in counted | plain:
            assert OF_NOBODY.match(name), name


def test_t42_the_counted_pages_open_for_those_who_have_not_read_much(
    finance: Client, addresses: dict[str, str]
) -> None:
    for name in ("donor", "donation", "receipt", "plan", "pledge", "proposal", "donor_edit", "refund"):
        assert finance.get(addresses[name]).status_code == 200, name
    assert finance.get(reverse("office:donor", args=[uuid.uuid4()])).status_code == 404


def test_t42_one_giver_on_many_pages_is_one(
    finance: Client, addresses: dict[str, str], today: datetime
) -> None:
    reader = User.objects.get_or_create(email="finance@example.org")[0]
    for place in range(pacing.MOST - 1):
        assert pacing.may_look(who=f"user:{reader.pk}", subject=f"donor {place}", now=today)
    for name in ("donor", "donation", "receipt", "plan", "pledge"):
        assert finance.get(addresses[name]).status_code == 200, name
    other = making.donor(name="Another", email="", now=today)
    assert finance.get(reverse("office:donor", args=[other.pk])).status_code == 429


@pytest.mark.parametrize("name", ["donors", "donations", "plans", "receipts"])
def test_t42_a_list_never_shows_more_than_a_hundred(finance: Client, today: datetime, name: str) -> None:
    for place in range(paging.SIZE + 5):
        giver = making.donor(name=f"Giver {place}", email=f"g{place}@example.org", now=today)
        if name in {"donations", "receipts"}:
            gift = making.donation(by=giver, at=today)
            if name == "receipts":
                making.receipt(of=gift, is_drawn=False, now=today)
        elif name == "plans":
            making.plan(of=giver, now=today)
    for query in ("", "?size=1000&page_size=1000&limit=1000"):
        page = finance.get(reverse(f"office:{name}") + query).content.decode()
        assert page.count("<tr data-row") == paging.SIZE <= 100
