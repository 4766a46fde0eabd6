"""Speaking: the demo's letters, prayer points and tours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from outreach.models import (
    Newsletter,
    NewsletterText,
    PrayerPoint,
    PrayerPointText,
    Tour,
    TourStop,
    TourStopText,
    TourText,
)
from web.demo import facts, shapes

FIRST_NUMBER = 211
WEEKS_APART = 15
ANSWERED_POINT = 3


def write(*, tongues: Sequence[shapes.Tongue], today: date) -> None:
    """This function will add the letters and the tours that are missing; tours that are over are finished."""
    monday = today - timedelta(days=today.weekday() + 7)
    weeks = (monday - timedelta(weeks=WEEKS_APART), monday)
    for index, week_on in enumerate(weeks):
        _letter(index, week_on=week_on, tongues=tongues, today=today)
    year = today.year + ((today.month, today.day) > facts.SPRING_TURNS_OVER)
    _tour("spring", year=year, status=Tour.Status.SCHEDULED, tongues=tongues)
    _tour("fall", year=year, status=Tour.Status.ANNOUNCED, tongues=tongues)


def _letter(index: int, *, week_on: date, tongues: Sequence[shapes.Tongue], today: date) -> None:
    is_newest = index == 1
    letter, is_new = Newsletter.objects.get_or_create(
        number=FIRST_NUMBER + index,
        defaults={
            "week_on": week_on,
            "status": Newsletter.Status.PUBLISHED,
            "author_line": Newsletter.AuthorLine.TEAM if is_newest else Newsletter.AuthorLine.PASTOR,
            # The newest letter speaks of people who would rather die than be sent back.
            "content_note": is_newest,
            "published_at": datetime(week_on.year, week_on.month, week_on.day, 13, tzinfo=UTC),
        },
    )
    if is_new:
        _letter_words(letter, index, tongues=tongues)
        _points(letter, index, answered_on=today - timedelta(days=1) if is_newest else None, tongues=tongues)


def _letter_words(letter: Newsletter, index: int, *, tongues: Sequence[shapes.Tongue]) -> None:
    for tongue in tongues:
        words = tongue.LETTERS[index]
        NewsletterText.objects.create(
            newsletter=letter,
            language=tongue.LANGUAGE,
            title=words["title"],
            greeting=words["greeting"],
            body=words["body"],
            closing=words["closing"],
        )


def _points(
    letter: Newsletter, index: int, *, answered_on: date | None, tongues: Sequence[shapes.Tongue]
) -> None:
    for position in range(1, len(tongues[0].LETTERS[index]["points"]) + 1):
        is_answered = answered_on is not None and position == ANSWERED_POINT
        point = PrayerPoint.objects.create(
            newsletter=letter, position=position, answered_on=answered_on if is_answered else None
        )
        PrayerPointText.objects.bulk_create(
            PrayerPointText(
                point=point,
                language=tongue.LANGUAGE,
                text=tongue.LETTERS[index]["points"][position - 1],
                answered_note=tongue.LETTERS[index]["answered"] if is_answered else "",
            )
            for tongue in tongues
        )


def _tour(season: str, *, year: int, status: Tour.Status, tongues: Sequence[shapes.Tongue]) -> None:
    slug = f"{season}-{year}"
    Tour.objects.current().filter(season=season).exclude(slug=slug).update(status=Tour.Status.FINISHED)
    tour, is_new = Tour.objects.get_or_create(slug=slug, defaults={"season": season, "status": status})
    if not is_new:
        return
    TourText.objects.bulk_create(
        TourText(tour=tour, language=tongue.LANGUAGE, title=tongue.TOURS[season]) for tongue in tongues
    )
    if status == Tour.Status.SCHEDULED:
        _stops(tour, year=year, tongues=tongues)


def _stops(tour: Tour, *, year: int, tongues: Sequence[shapes.Tongue]) -> None:
    for index, fact in enumerate(facts.STOPS):
        stop = TourStop.objects.create(
            tour=tour,
            position=index + 1,
            starts_on=date(year, *fact.starts),
            ends_on=date(year, *fact.ends) if fact.ends else None,
            slots_open=fact.slots_open,
            slots_held=fact.slots_held,
            state=fact.state,
        )
        TourStopText.objects.bulk_create(
            TourStopText(stop=stop, language=tongue.LANGUAGE, region=tongue.STOPS[index])
            for tongue in tongues
        )
