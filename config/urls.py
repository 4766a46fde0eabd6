"""Addresses. Pages carry their language in the path; machines do not."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
