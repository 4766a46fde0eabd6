"""Addresses of the portal, below /<language>/portal/."""

from django.urls import path

from web.portal import changing, showing, signing_in

app_name = "portal"
urlpatterns = [
    path("", signing_in.sign_in, name="sign_in"),
    path("sent/", signing_in.sent, name="sent"),
    path("open/<str:token>/", signing_in.open_link, name="open"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("home/", showing.home, name="home"),
    path("receipts/<uuid:pk>/", showing.receipt, name="receipt"),
    path("monthly/<uuid:pk>/change/", changing.change, name="change"),
]
