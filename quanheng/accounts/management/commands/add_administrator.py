"""The first administrators of a new installation; others get accounts on the security administrator's page."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quanheng.accounts.actions import CannotCreateAccount, assign_role, create_account, make_initial_password
from quanheng.kernel import clock
from quanheng.kernel.actor import ADMINISTRATORS, SYSTEM, Role


class Command(BaseCommand):
    help = "Make an account for the system, security or audit administrator and print its initial password once."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name")
        parser.add_argument("--role", required=True, choices=sorted(ADMINISTRATORS))

    def handle(self, *args: Any, username: str, name: str, role: str, **options: Any) -> None:
        now, password = clock.now(), make_initial_password()
        try:
            account = create_account(actor=SYSTEM, username=username, name=name, password=password, at=now)
        except CannotCreateAccount as refusal:
            raise CommandError(f"{username}: {refusal.code}") from refusal
        reason = "安装时建立的第一批管理员账号"
        assign_role(actor=SYSTEM, account=account.pk, role=Role(role), valid_from=clock.today(), reason=reason, at=now)
        self.stdout.write(password)
