"""Addresses for machines, without a language in the path."""

from django.urls import include, path

from api import bounces, describing, problems, webhooks
from api.v1 import urls as v1

app_name = "api"
urlpatterns = [
    path("bounces/", bounces.take, name="bounces"),
    path("webhooks/stripe/", webhooks.stripe, name="webhook"),
    path("v1/openapi.json", describing.openapi, name="openapi"),
    path("v1/", include(v1.urlpatterns)),
    # Whatever else is asked for below /api/ is answered in the shape programs read.
    path("<path:path>", problems.not_found),
    path("", problems.not_found),
]
