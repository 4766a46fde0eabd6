"""Letters go out once, corrections are visible, answers are noted; tours are shown by their dates."""

from datetime import date, timedelta

import pytest

from outreach import publishing
from outreach.models import Newsletter, Tour, TourStop
from staff.models import AuditEvent
from tests.outreach import making

pytestmark = pytest.mark.django_db
LATER = making.NOW + timedelta(days=2)


def test_a_draft_with_words_goes_out_once() -> None:
    draft = making.letter(status="draft", published_at=None)
    with pytest.raises(publishing.UnableToPublish):
        publishing.publish(newsletter_id=draft.pk, actor="test", now=making.NOW)
    making.words(draft)
    publishing.publish(newsletter_id=draft.pk, actor="test", now=making.NOW)
    assert Newsletter.objects.published().get().published_at == making.NOW
    with pytest.raises(publishing.UnableToPublish):
        publishing.publish(newsletter_id=draft.pk, actor="test", now=LATER)
    event = AuditEvent.objects.get()
    assert (event.action, event.target) == ("newsletter.published", f"newsletter:{draft.pk}")


def test_a_correction_is_dated_and_a_draft_has_none() -> None:
    letter = making.letter()
    publishing.mark_changed(newsletter_id=letter.pk, actor="test", now=LATER)
    letter.refresh_from_db()
    assert (letter.published_at, letter.changed_at) == (making.NOW, LATER)
    draft = making.letter(number=2, status="draft", published_at=None)
    with pytest.raises(publishing.UnableToPublish):
        publishing.mark_changed(newsletter_id=draft.pk, actor="test", now=LATER)


def test_an_answer_is_noted_in_the_languages_the_point_has() -> None:
    point = making.point(making.letter())
    english = making.point_words(point)
    korean = making.point_words(point, language="ko", text="평화를 위해")
    publishing.answer(
        point_id=point.pk,
        on=date(2026, 3, 4),
        notes={"en": "They are resting.", "ko": "쉬고 있습니다.", "fr": "not told"},
        actor="test",
        now=LATER,
    )
    for row in (point, english, korean):
        row.refresh_from_db()
    assert point.answered_on == date(2026, 3, 4)
    assert (english.answered_note, korean.answered_note) == ("They are resting.", "쉬고 있습니다.")
    assert point.texts.count() == 2


def test_newest_letter_first() -> None:
    for number, weeks in ((1, 0), (2, 4), (3, 2)):
        making.letter(number=number, week_on=making.TODAY + timedelta(weeks=weeks))
    making.letter(number=4, status="draft", published_at=None)
    assert [each.number for each in Newsletter.objects.published().newest_first()] == [2, 3, 1]


def test_a_stop_drops_off_a_week_after_it_ended() -> None:
    making.stop(position=1, starts_on=date(2026, 4, 19), ends_on=date(2026, 4, 29))
    making.stop(position=2, starts_on=date(2026, 5, 27))
    upcoming = TourStop.objects.in_order()
    assert [stop.position for stop in upcoming.upcoming(day=date(2026, 5, 6))] == [1, 2]
    assert [stop.position for stop in upcoming.upcoming(day=date(2026, 5, 7))] == [2]


def test_a_tour_is_announced_before_it_has_dates() -> None:
    for status in Tour.Status.values:
        making.tour(slug=f"tour-{status}", status=status)
    assert {tour.status for tour in Tour.objects.current()} == {"announced", "scheduled"}
    assert {tour.status for tour in Tour.objects.public()} == {"announced", "scheduled", "finished"}
