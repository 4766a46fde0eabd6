"""Addresses of deposits and of report files."""

from django.urls import path

from web.office import amending_rows, depositing, receiving

urlpatterns = [
    path("payouts/", depositing.payouts, name="payouts"),
    path("payouts/<int:pk>/", depositing.payout, name="payout"),
    path("payouts/<int:pk>/export/", depositing.export, name="payout_export"),
    path("payouts/waiting/<str:ref>/", depositing.waiting, name="payout_waiting"),
    path("report-files/", receiving.reports, name="report_files"),
    path("report-files/new/", receiving.new, name="report_file_new"),
    path("report-files/check/<uuid:pk>/", receiving.check, name="report_file_check"),
    path("report-files/<uuid:pk>/", receiving.report, name="report_file"),
    path("report-files/<uuid:pk>/resume/", receiving.resume, name="report_file_resume"),
    path("report-files/<uuid:pk>/<slug:what>/", receiving.export, name="report_file_export"),
    path("report-files/rows/<int:pk>/giver/", receiving.giver, name="report_file_giver"),
    path("report-files/rows/<int:pk>/leave/", amending_rows.leave_report_row, name="report_file_leave"),
]
