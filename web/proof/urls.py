"""Addresses of the page of proof, below /<language>/verify/."""

from django.urls import path

from web.proof import proving

app_name = "proof"
urlpatterns = [
    path("", proving.ask, name="ask"),
    path("<str:code>/", proving.by_code, name="by_code"),
]
