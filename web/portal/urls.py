"""Addresses of the portal, below /<language>/portal/."""

from django.urls import path

from web.portal import showing, signing_in, standing

app_name = "portal"
urlpatterns = [
    path("", signing_in.sign_in, name="sign_in"),
    path("sent/", signing_in.sent, name="sent"),
    path("open/<str:token>/", signing_in.open_link, name="open"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("home/", showing.home, name="home"),
    path("receipts/<uuid:pk>/", showing.receipt, name="receipt"),
    path("monthly/<uuid:pk>/", standing.plan, name="plan"),
    path("monthly/<uuid:pk>/stop/", standing.stop, name="stop"),
    path("monthly/<uuid:pk>/change/", standing.change, name="change"),
    path("monthly/<uuid:pk>/card/", standing.card, name="plan_card"),
    path("card/<str:token>/", standing.card_link, name="card"),
    path("card/<str:token>/done/", standing.card_done, name="card_done"),
]
