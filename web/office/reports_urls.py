"""Addresses of the reports, below /<language>/office/."""

from django.urls import path

from web.office.reports import counting_safe, exporting, spending, viewing
from web.office.reports.listing import REPORTS

urlpatterns = [
    path("reports/", viewing.index, name="reports"),
    path("reports/campaigns/<slug:slug>/", viewing.campaign, name="report_campaign"),
    path("reports/campaigns/<slug:slug>/safe/", counting_safe.counts, name="report_safe"),
    path("reports/safe/<uuid:pk>/decide/", counting_safe.decide, name="report_safe_decide"),
    path("reports/appeals/costs/", spending.costs, name="appeal_costs"),
    path("reports/appeals/costs/<uuid:pk>/take-back/", spending.take_back, name="appeal_cost_back"),
    path("reports/campaigns/<slug:slug>/file/", exporting.of_campaign, name="report_campaign_file"),
    path("reports/export/<slug:name>/", exporting.table, name="report_export"),
    *(
        path(f"reports/{report.slug}/", viewing.VIEWS[name], name=f"report_{name}")
        for name, report in REPORTS.items()
    ),
]
