"""Addresses of yearly summaries, below /<language>/yearly/. The token in them is kept out of logs and referrers."""

from django.urls import path

from web.yearly import summing_up

app_name = "yearly"
urlpatterns = [
    path("new/", summing_up.new_link, name="new_link"),
    path("sent/", summing_up.sent, name="sent"),
    path("<str:token>/", summing_up.summary, name="summary"),
    path("<str:token>/<str:name>.pdf", summing_up.file, name="file"),
]
