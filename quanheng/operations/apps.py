"""Backup, restore and keys as a Django app: no tables, but ledger codes and the checks of an installation."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "quanheng.operations"
    label = "operations"

    def ready(self) -> None:
        import quanheng.checks  # noqa: F401  registers them
