"""One test for each named law of outreach: the database refuses the row, and says by which sentence."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.apps import apps

from outreach.models import TourStopText, TourText
from tests.outreach import making
from tests.refusing import named_laws, refused_by

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 19)


def twice(row: Callable[..., object], **given: object) -> None:
    row(**given)
    row(**given)


BROKEN: dict[str, list[Callable[[], object]]] = {
    "newsletter_number_starts_at_one": [lambda: making.letter(number=0)],
    "newsletter_published_has_its_time": [
        lambda: making.letter(published_at=None),
        lambda: making.letter(status="sent"),
    ],
    "newsletter_changed_after_published": [
        lambda: making.letter(changed_at=making.NOW - timedelta(seconds=1)),
        lambda: making.letter(status="draft", published_at=None, changed_at=making.NOW),
    ],
    "newsletter_text_one_per_language": [lambda: twice(making.words, of=making.letter())],
    "prayer_point_position_taken_once": [lambda: twice(making.point, of=making.letter())],
    "prayer_point_position_starts_at_one": [lambda: making.point(making.letter(), position=0)],
    "prayer_point_text_one_per_language": [
        lambda: twice(making.point_words, of=making.point(making.letter()))
    ],
    "tour_slug_is_plain_letters": [lambda: making.tour(slug="Spring Tour"), lambda: making.tour(slug="s")],
    "tour_text_one_per_language": [
        lambda: twice(TourText.objects.create, tour=making.tour(), language="en", title="Spring tour")
    ],
    "tour_stop_position_taken_once": [lambda: twice(making.stop)],
    "tour_stop_ends_after_it_starts": [
        lambda: making.stop(starts_on=DAY, ends_on=DAY - timedelta(days=1)),
        lambda: making.stop(ends_on=DAY),
    ],
    "tour_stop_state_fits_its_places": [
        lambda: making.stop(state="open", slots_open=0),
        lambda: making.stop(state="held", slots_open=0, slots_held=0),
        lambda: making.stop(state="held", slots_open=1, slots_held=1),
        lambda: making.stop(state="full", slots_open=0, slots_held=1),
    ],
    "tour_stop_text_one_per_language": [
        lambda: twice(TourStopText.objects.create, stop=making.stop(), language="en", region="California")
    ],
}


@pytest.mark.parametrize(
    ("law", "breaking"), [(law, breaking) for law, breakings in BROKEN.items() for breaking in breakings]
)
def test_each_law_refuses_by_name(law: str, breaking: Callable[[], object]) -> None:
    with refused_by(law):
        breaking()


def test_no_law_is_left_untested() -> None:
    assert named_laws(list(apps.get_app_config("outreach").get_models())) == set(BROKEN)


def test_a_stop_may_be_open_ended_or_have_no_dates_yet() -> None:
    making.stop(position=1, starts_on=DAY)
    assert making.stop(position=2).starts_on is None


def test_no_venue_address_or_hour_can_be_stored() -> None:
    forbidden = ("address", "venue", "place", "hour", "time", "latitude", "longitude", "host")
    names = [
        field.name for model in apps.get_app_config("outreach").get_models() for field in model._meta.fields
    ]
    assert len(names) > 35
    assert [name for name in names if any(word in name for word in forbidden)] == []
