"""Addresses of journals for the accountant, below /<language>/office/."""

from django.urls import path

from web.office import handing_over, mapping

_ROW = "journals/map/<int:entity_id>/<slug:target>/<slug:account>/<slug:fund>/"
urlpatterns = [
    path("journals/", handing_over.journals, name="journals"),
    path("journals/new/", handing_over.new, name="journal_new"),
    path("journals/jobs/<uuid:pk>/", handing_over.job, name="journal_job"),
    path("journals/jobs/<uuid:pk>/call-off/", handing_over.call_off, name="journal_call_off"),
    path("journals/map/", mapping.accounts, name="journal_map"),
    path("journals/map/<int:entity_id>/<slug:target>/file/", mapping.file, name="journal_map_file"),
    path("journals/map/<int:entity_id>/<slug:target>/read/", mapping.read, name="journal_map_read"),
    path(_ROW, mapping.row, name="journal_map_row"),
    path("journals/<uuid:pk>/", handing_over.given, name="journal_given"),
    path("journals/<uuid:pk>/file/", handing_over.file, name="journal_file"),
]
