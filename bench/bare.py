"""The bare Django application that pages are measured against: one view, no middleware, the same gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = "<!doctype html><title>Bare</title><p>Nothing is asked and nothing is looked up."


def bare(request: HttpRequest) -> HttpResponse:
    """This function will answer the least a view can."""
    return HttpResponse(BODY)


urlpatterns = [path("", bare)]


def application() -> object:
    """This function will return Django with nothing in it but the view above."""
    from django.conf import settings

    settings.configure(
        SECRET_KEY=os.environ["SECRET_KEY"],
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.bare",
        MIDDLEWARE=[],
        INSTALLED_APPS=[],
        DATABASES={},
        USE_TZ=True,
    )
    return get_wsgi_application()
