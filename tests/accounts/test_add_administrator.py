"""The first administrators of an installation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quanheng.accounts.models import Account
from quanheng.kernel.actor import SYSTEM
from quanheng.ledger.models import Entry
from tests.conftest import Cast


def test_an_administrator_is_made_with_a_password_printed_once(db: None) -> None:
    out = StringIO()
    call_command("add_administrator", "root.sec", "许慎言", "--role", "security_admin", stdout=out)
    account = Account.objects.get(username="root.sec")
    assert account.check_password(out.getvalue().strip())
    assert account.has_initial_password
    assert list(account.roles.values_list("role", "valid_to")) == [("security_admin", None)]
    written = Entry.objects.order_by("id").values_list("action", "actor")
    assert list(written) == [("accounts.create_account", SYSTEM.key), ("accounts.assign_role", SYSTEM.key)]


def test_a_taken_name_is_refused(cast: Cast) -> None:
    with pytest.raises(CommandError, match="username-taken"):
        call_command("add_administrator", "lin", "某人", "--role", "audit_admin", stdout=StringIO())
    assert cast.accounts["lin"].roles.get().role == "cadre_officer"


def test_no_other_role_is_made_from_the_command_line(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("add_administrator", "sun", "孙行知", "--role", "cadre_officer", stdout=StringIO())
    assert not Account.objects.exists()
