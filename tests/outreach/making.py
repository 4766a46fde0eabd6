"""Rows for the tests of outreach; what a test does not care about is filled in."""

from datetime import UTC, date, datetime

from outreach.models import Newsletter, NewsletterText, PrayerPoint, PrayerPointText, Tour, TourStop

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def letter(**given: object) -> Newsletter:
    values = {"number": 1, "week_on": TODAY, "status": "published", "published_at": NOW, **given}
    return Newsletter.objects.create(**values)


def words(of: Newsletter, *, language: str = "en", **given: object) -> NewsletterText:
    return NewsletterText.objects.create(
        **{"newsletter": of, "language": language, "title": "Title", "body": "Body.", **given}
    )


def point(of: Newsletter, **given: object) -> PrayerPoint:
    return PrayerPoint.objects.create(**{"newsletter": of, "position": 1, **given})


def point_words(of: PrayerPoint, *, language: str = "en", text: str = "For peace.") -> PrayerPointText:
    return PrayerPointText.objects.create(point=of, language=language, text=text)


def tour(**given: object) -> Tour:
    return Tour.objects.create(**{"slug": "spring-2026", "season": "spring", "status": "scheduled", **given})


def any_tour() -> Tour:
    return Tour.objects.order_by("id").first() or tour()


def stop(**given: object) -> TourStop:
    values: dict[str, object] = {"position": 1, "slots_open": 3, "state": "open", **given}
    if "tour" not in values:
        values["tour"] = any_tour()
    return TourStop.objects.create(**values)
