"""Rows of the portal's requirements that no other test is named for: the table in docs/developing.md names them all."""

from __future__ import annotations

import json
import re
from datetime import datetime

import pytest
from django.test import Client
from django.utils import translation

from receipts.models import Voiding
from tests import making
from tests.web.test_portal import GRACE, signed_in_as
from tests.web.test_portal_pages import page, press
from web import wording

pytestmark = pytest.mark.django_db


@pytest.fixture
def grace(today: datetime) -> Client:
    making.donation(by=making.donor(now=today), at=today)
    return signed_in_as(GRACE, at=today)


def test_P07_the_table_stands_before_the_chart_and_the_chart_is_a_table_too(grace: Client) -> None:
    shown = page(grace, "gifts")
    assert shown.index('class="stack') < shown.index('class="years"')
    chart = shown[shown.index('class="years"') :]
    assert re.search(r'<th scope="row">\s*\d{4}', chart)
    assert "<script" not in chart[: chart.index("</table>")]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_P08_every_reason_of_a_void_paper_is_told_in_words(language: str) -> None:
    with translation.override(language):
        for reason in Voiding.Reason:
            told = str(wording.VOIDINGS[reason.value])
            assert told != reason.value
            assert bool(re.search("[가-힣]", told)) == (language == "ko")


def test_P16_a_language_that_was_kept_is_the_one_of_the_next_papers(grace: Client, today: datetime) -> None:
    press(grace, "language", language="ko")
    paper = making.receipt(of=making.donation(by=making.donor(now=today), at=today), now=today)
    assert json.loads(paper.snapshot)["language"] == "ko"
