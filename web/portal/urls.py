"""Addresses of the portal, below /<language>/portal/."""

from django.urls import path

from web.portal import choosing, copying, moving, profiling, showing, signing_in, standing, staying

app_name = "portal"
urlpatterns = [
    path("", signing_in.sign_in, name="sign_in"),
    path("sent/", signing_in.sent, name="sent"),
    path("open/<str:token>/", signing_in.open_link, name="open"),
    path("sign-out/", signing_in.sign_out, name="sign_out"),
    path("stay/", staying.stay, name="stay"),
    path("devices/", staying.devices, name="devices"),
    path("devices/end-all/", staying.end_all, name="devices_end"),
    path("devices/<uuid:pk>/end/", staying.end, name="device_end"),
    path("home/", showing.home, name="home"),
    path("gifts/", showing.gifts, name="gifts"),
    path("receipts/", showing.receipts, name="receipts"),
    path("receipts/<uuid:pk>/", showing.receipt, name="receipt"),
    path("receipts/<uuid:pk>/<slug:code>/<int:year>/", showing.gift_list, name="gift_list"),
    path("receipts/wishes/<uuid:pk>/", showing.receipt_wishes, name="receipt_wishes"),
    path("profile/", profiling.profile, name="profile"),
    path("profile/<uuid:pk>/", profiling.person, name="person"),
    path("mail/", choosing.choices, name="choices"),
    path("language/", choosing.language, name="language"),
    path("email/", moving.ask, name="email"),
    path("email/sent/<slug:proof>/", moving.sent, name="email_sent"),
    path("email/confirm/<str:token>/", moving.confirm, name="email_confirm"),
    path("email/undo/<str:token>/", moving.undo, name="email_undo"),
    path("data/", copying.copies, name="copies"),
    path("data/<uuid:pk>/", copying.copy, name="copy"),
    path("monthly/<uuid:pk>/", standing.plan, name="plan"),
    path("monthly/<uuid:pk>/stop/", standing.stop, name="stop"),
    path("monthly/<uuid:pk>/change/", standing.change, name="change"),
    path("monthly/<uuid:pk>/card/", standing.card, name="plan_card"),
    path("card/<str:token>/", standing.card_link, name="card"),
    path("card/<str:token>/done/", standing.card_done, name="card_done"),
]
