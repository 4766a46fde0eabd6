"""Addresses of the public pages. They are mounted under the reader's language."""

from django.urls import path

from web.giving import aiding, following, offering, other_ways, thanking, visiting

app_name = "giving"
urlpatterns = [
    path("", visiting.home, name="home"),
    path("campaigns/<slug:slug>/", visiting.campaign, name="campaign"),
    path("letters/", visiting.letters, name="letters"),
    path("letters/<int:number>/", visiting.letter, name="letter"),
    path("give/<slug:slug>/", offering.give, name="give"),
    path("give/<slug:slug>/switch/", offering.switch, name="switch"),
    path("give/<slug:slug>/other-ways/", other_ways.other_ways, name="other_ways"),
    path("transfer/<uuid:promise_id>/", other_ways.transfer, name="transfer"),
    path("gift/<str:token>/", following.status, name="status"),
    path("gift/<str:token>/gift-aid/", aiding.declare, name="gift_aid"),
    path("again/<uuid:checkout_id>/", offering.again, name="again"),
    path("thanks/<uuid:checkout_id>/", thanking.thanks, name="thanks"),
]
