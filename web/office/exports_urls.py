"""Addresses of lists as files, below /<language>/office/."""

from django.urls import path

from web.office import letting_out, taking_out, timetabling

urlpatterns = [
    path("exports/", taking_out.exports, name="exports"),
    path("exports/take/<slug:listing>/", taking_out.take, name="export_take"),
    path("exports/ask/<slug:listing>/", letting_out.ask, name="export_ask"),
    path("exports/plan/<slug:listing>/", timetabling.plan, name="export_plan"),
    path("exports/files/<uuid:pk>/", taking_out.file, name="export_file"),
    path("exports/files/<uuid:pk>/manifest/", taking_out.manifest, name="export_manifest"),
    path("exports/files/<uuid:pk>/steer/", taking_out.steer, name="export_steer"),
    path("exports/requests/", letting_out.requests, name="export_requests"),
    path("exports/requests/<uuid:pk>/", letting_out.request_page, name="export_request"),
    path("exports/requests/<uuid:pk>/decide/", letting_out.decide, name="export_decide"),
    path("exports/requests/<uuid:pk>/make/", letting_out.make, name="export_make"),
    path("exports/requests/<uuid:pk>/file/", letting_out.take, name="export_request_file"),
    path("exports/timetables/", timetabling.timetables, name="export_timetables"),
    path("exports/timetables/<uuid:pk>/", timetabling.steer, name="export_timetable"),
]
