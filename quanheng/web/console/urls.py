"""Pages of the three administrators. One line a page; a view that shows an object takes its UUID."""

from django.urls import path
from django.urls.resolvers import URLPattern

from quanheng.web.console import accounts, ledger, running, sessions

app_name = "console"

urlpatterns: list[URLPattern] = [
    path("running/", running.show_running, name="running"),
    path("codes/", running.list_codes, name="codes"),
    path("codes/<slug:key>/", running.show_codes, name="code-table"),
    path("accounts/", accounts.list_accounts, name="accounts"),
    path("accounts/add/", accounts.add_account, name="account-add"),
    path("accounts/units/", accounts.find_units, name="account-units"),
    path("accounts/<uuid:pk>/", accounts.show_account, name="account"),
    path("accounts/<uuid:pk>/close/", accounts.close_account, name="account-close"),
    path("accounts/<uuid:pk>/reopen/", accounts.reopen_account, name="account-reopen"),
    path("accounts/<uuid:pk>/password/", accounts.reset_password, name="account-password"),
    path("accounts/<uuid:pk>/roles/", accounts.assign_account_role, name="account-role"),
    path("accounts/<uuid:pk>/grants/", accounts.grant_account_scope, name="account-grant"),
    path("accounts/roles/<uuid:pk>/end/", accounts.end_account_role, name="account-role-end"),
    path("accounts/grants/<uuid:pk>/revoke/", accounts.revoke_account_grant, name="account-grant-revoke"),
    path("sessions/", sessions.list_sessions, name="sessions"),
    path("sessions/end/", sessions.end_account_session, name="session-end"),
    path("ledger/", ledger.list_entries, name="ledger"),
    path("ledger/proof/", ledger.show_proof, name="ledger-proof"),
    path("ledger/prove/", ledger.prove, name="ledger-prove"),
    path("ledger/checkpoint/", ledger.export_checkpoint, name="ledger-checkpoint"),
    path("ledger/package/", ledger.export_package, name="ledger-package"),
    path("ledger/<int:pk>/", ledger.show_entry, name="ledger-entry"),
]
