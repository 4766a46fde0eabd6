"""Addresses. Pages carry their language in the path; machines do not."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from web import health
from web.proof import proving
from web.yearly import unsubscribing

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/", include("api.urls")),
    path("V/<str:code>", proving.scanned),
    path(".well-known/receipt-keys.json", proving.keys),
    path(".well-known/void-receipts.txt", proving.voids),
    path("qr/", include("web.giving.codes")),
    path("u/<str:token>", unsubscribing.unsubscribe, name="unsubscribe"),
    path("", include("web.embed.urls")),
]
urlpatterns += i18n_patterns(
    path("", include("web.giving.urls")),
    path("verify/", include("web.proof.urls")),
    path("yearly/", include("web.yearly.urls")),
    path("portal/", include("web.portal.urls")),
    path("office/", include("web.office.urls")),
    path("accounts/", include("allauth.urls")),
)
handler400 = "web.errors.bad_request"
handler403 = "web.errors.forbidden"
handler404 = "web.errors.not_found"
handler500 = "web.errors.server_error"
