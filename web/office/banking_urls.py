"""Addresses of the bank's lines and statements, below /<language>/office/bank/."""

from django.urls import path

from web.office import keeping_accounts, matching_lines, taking_in

urlpatterns = [
    path("bank/", matching_lines.lines, name="bank_lines"),
    path("bank/accept/", matching_lines.accept_certain, name="bank_accept_certain"),
    path("bank/lines/<int:pk>/", matching_lines.line, name="bank_line"),
    path("bank/lines/<int:pk>/accept/", matching_lines.accept, name="bank_line_accept"),
    path("bank/lines/<int:pk>/gift/", matching_lines.gift, name="bank_line_gift"),
    path("bank/lines/<int:pk>/set/", matching_lines.set_aside, name="bank_line_set"),
    path("bank/accounts/", keeping_accounts.accounts, name="bank_accounts"),
    path("bank/accounts/new/", keeping_accounts.account, name="bank_account_new"),
    path("bank/accounts/<int:pk>/", keeping_accounts.account, name="bank_account"),
    path("bank/statements/", taking_in.statements, name="bank_statements"),
    path("bank/statements/<uuid:pk>/", taking_in.draft, name="bank_statement"),
    path("bank/statements/<uuid:pk>/columns/", taking_in.columns, name="bank_columns"),
    path("bank/statements/<uuid:pk>/deed/", taking_in.deed, name="bank_statement_deed"),
    path("bank/statements/<uuid:pk>/refused/", taking_in.refused, name="bank_refused"),
]
