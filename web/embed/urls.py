"""Addresses for other people's pages and programs. The language stands behind the kind, never in a cookie."""

from django.urls import path, re_path

from web.embed import carding, choosing, describing, feeding, leading, listing, picturing, touring

app_name = "embed"
LANGUAGE, SLUG = "(?P<language>en|ko)", "(?P<slug>[a-z0-9-]{2,60})"
urlpatterns = [
    path("oembed", describing.oembed, name="oembed"),
    # Before the slugs: a campaign's address has one part, these have two.
    re_path(rf"^embed/{LANGUAGE}/lists/prayer/$", listing.prayer, name="prayer"),
    re_path(rf"^embed/{LANGUAGE}/lists/tour/$", listing.tour, name="tour"),
    re_path(rf"^embed/{LANGUAGE}/{SLUG}/$", choosing.chooser, name="chooser"),
    re_path(rf"^embed/{LANGUAGE}/{SLUG}/card/$", carding.card, name="card"),
    re_path(rf"^embed/{LANGUAGE}/{SLUG}/progress/$", carding.line, name="progress"),
    re_path(
        r"^embed/(?P<rest>(?!(?:en|ko)/)[a-z0-9-]{2,60}/(?:[a-z]{4,8}/)?)$", leading.to_language, name="led"
    ),
    re_path(rf"^embed/{LANGUAGE}/{SLUG}/picture\.png$", picturing.card, name="picture"),
    re_path(rf"^feeds/{LANGUAGE}/letters\.(?P<kind>atom|rss)$", feeding.letters, name="letters_feed"),
    re_path(rf"^feeds/{LANGUAGE}/prayer\.(?P<kind>atom|rss)$", feeding.prayer, name="prayer_feed"),
    re_path(rf"^feeds/{LANGUAGE}/tour\.json$", touring.as_json, name="tour_json"),
    re_path(rf"^feeds/{LANGUAGE}/tour\.ics$", touring.as_calendar, name="tour_calendar"),
]
