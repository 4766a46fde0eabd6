"""Addresses of funds: what they hold, what becomes free, what moves, and their reports."""

from django.urls import path

from web.office import moving, releasing, reporting, selling, showing_funds

urlpatterns = [
    path("funds/", showing_funds.funds, name="funds"),
    path("funds/restricted/", reporting.restricted, name="restricted"),
    path("funds/activities/", reporting.activity, name="activities"),
    path("funds/reports/<slug:what>.<slug:ending>", reporting.file, name="fund_report_file"),
    path("funds/policy/", showing_funds.policy, name="fund_policy"),
    path("funds/<int:pk>/", showing_funds.fund, name="fund"),
    path("funds/<int:pk>/release/", releasing.release, name="fund_release"),
    path("funds/<int:pk>/open/", releasing.building, name="fund_building"),
    path("funds/<int:pk>/move/", moving.ask, name="fund_move"),
    path("funds/releases/<uuid:pk>/reverse/", releasing.reverse, name="fund_reverse"),
    path("funds/moves/<uuid:pk>/", moving.moving, name="fund_moving"),
    path("funds/moves/<uuid:pk>/decide/", moving.decide, name="fund_moving_decide"),
    path("funds/papers/<slug:of>/<uuid:pk>/", showing_funds.paper, name="fund_paper"),
    path("donations/<uuid:pk>/sell/", selling.sell, name="sale"),
]
