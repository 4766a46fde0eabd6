"""Speaking: letters, prayer points and the road, gathered in one language and kept for half a minute."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from campaigns import telling
from outreach.models import Newsletter, NewsletterText, Tour, TourStop
from reports import keeping
from web.giving import dating

LISTED = 60


@dataclass(frozen=True)
class Point:
    text: str
    answered_on: date | None
    answered_note: str


@dataclass(frozen=True)
class Letter:
    number: int
    week_on: date
    is_pastor: bool
    content_note: bool
    published_at: datetime | None
    changed_at: datetime | None
    title: str
    greeting: str
    body: str
    closing: str
    language: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Stop:
    position: int
    region: str
    dates: str
    state: str
    slots_open: int
    slots_held: int
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Road:
    """One tour; without stops its dates are still to come."""

    slug: str
    title: str
    is_announced: bool
    stops: tuple[Stop, ...]


def letters(*, language: str) -> list[Letter]:
    """This function will return the published letters, newest first, at most sixty."""
    return keeping.kept(
        f"letters:v1:{language}",
        lambda: [_letter(row, language=language) for row in _rows()[:LISTED]],
    )


def letter(number: int, *, language: str) -> Letter | None:
    """This function will return one published letter in the reader's language, or None."""
    kept = keeping.kept(
        f"letter:v1:{language}:{number}",
        lambda: [_letter(row, language=language) for row in _rows().filter(number=number)],
    )
    return kept[0] if kept else None


def roads(*, language: str, day: date) -> list[Road]:
    """This function will return the current tours with the stops that are not over."""
    return keeping.kept(f"roads:v2:{language}:{day}", lambda: _roads(language=language, day=day))


def _rows() -> QuerySet[Newsletter]:
    told = Exists(NewsletterText.objects.filter(newsletter=OuterRef("pk")))
    rows = Newsletter.objects.published().newest_first().filter(told)
    return rows.prefetch_related("texts", "prayer_points__texts")


def _letter(row: Newsletter, *, language: str) -> Letter:
    words = telling.told(row.texts.all(), language=language)
    points = []
    for point in sorted(row.prayer_points.all(), key=lambda point: point.position):
        if point.texts.all():
            said = telling.told(point.texts.all(), language=language)
            points.append(
                Point(text=said.text, answered_on=point.answered_on, answered_note=said.answered_note)
            )
    return Letter(
        number=row.number,
        week_on=row.week_on,
        is_pastor=row.author_line == Newsletter.AuthorLine.PASTOR,
        content_note=row.content_note,
        published_at=row.published_at,
        changed_at=row.changed_at,
        title=words.title,
        greeting=words.greeting,
        body=words.body,
        closing=words.closing,
        language=words.language,
        points=tuple(points),
    )


def _roads(*, language: str, day: date) -> list[Road]:
    tours = Tour.objects.current().prefetch_related("texts").order_by("slug")
    stops: dict[int, list[TourStop]] = {}
    upcoming = TourStop.objects.filter(tour__in=tours).upcoming(day=day).prefetch_related("texts").in_order()
    for stop in upcoming:
        stops.setdefault(stop.tour_id, []).append(stop)
    found = [
        Road(
            slug=tour.slug,
            title=telling.told(tour.texts.all(), language=language).title,
            is_announced=tour.status == Tour.Status.ANNOUNCED,
            stops=tuple(_stop(stop, language=language) for stop in stops.get(tour.pk, ())),
        )
        for tour in tours
        if tour.texts.all()
    ]
    # Those with dates first: that is what somebody can answer now.
    return sorted(found, key=lambda road: (not road.stops, road.title))


def _stop(stop: TourStop, *, language: str) -> Stop:
    return Stop(
        position=stop.position,
        region=telling.told(stop.texts.all(), language=language).region,
        dates=dating.span(stop.starts_on, stop.ends_on, language=language) if stop.starts_on else "",
        state=stop.state,
        slots_open=stop.slots_open,
        slots_held=stop.slots_held,
        starts_on=stop.starts_on,
        ends_on=stop.ends_on,
    )
