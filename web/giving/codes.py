"""Addresses of QR codes. They have no language: the phone that reads one is led to its own."""

from django.urls import path

from web.giving import picturing

app_name = "qr"
urlpatterns = [
    path("campaign/<slug:slug>.svg", picturing.of_campaign, name="campaign"),
    path("stop/<int:pk>.svg", picturing.of_stop, name="stop"),
    path("<slug:code>.svg", picturing.of_code, name="code"),
]
