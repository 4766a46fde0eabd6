"""Addresses of batches, of what they leave to be done, and of gifts over the desk that turn out to be wrong."""

from django.urls import path

from web.office import (
    amending,
    amending_rows,
    batching,
    counting_cash,
    identifying,
    posting_batches,
    typing_rows,
)

urlpatterns = [
    path("batches/", batching.batches, name="batches"),
    path("batches/new/", batching.new, name="batch_new"),
    path("batches/people/", identifying.people, name="batch_people"),
    path("batches/unknown/", identifying.unknown, name="batch_unknown"),
    path("batches/unknown/<uuid:row>/", identifying.identify, name="batch_identify"),
    path("batches/unknown/<uuid:row>/leave/", amending_rows.leave_row, name="batch_leave_unknown"),
    path("batches/rows/<uuid:row>/amend/", amending_rows.amend, name="batch_row_amend"),
    path("batches/<uuid:pk>/", typing_rows.batch, name="batch"),
    path("batches/<uuid:pk>/change/", batching.change, name="batch_change"),
    path("batches/<uuid:pk>/rows/", typing_rows.save, name="batch_save"),
    path("batches/<uuid:pk>/rows/<uuid:row>/", typing_rows.edit, name="batch_row"),
    path("batches/<uuid:pk>/rows/<uuid:row>/remove/", typing_rows.remove, name="batch_remove"),
    path("batches/<uuid:pk>/cash/", counting_cash.cash, name="batch_cash"),
    path("batches/<uuid:pk>/post/", posting_batches.post, name="batch_post"),
    path("batches/<uuid:pk>/override/", posting_batches.override, name="batch_override"),
    path("batches/<uuid:pk>/discard/", posting_batches.discard, name="batch_discard"),
    path("batches/<uuid:pk>/slip/<slug:paper>/", posting_batches.slip, name="batch_slip"),
    path("donations/<uuid:pk>/amend/", amending.amend, name="amend"),
]
