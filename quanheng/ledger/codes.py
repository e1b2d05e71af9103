"""Which action codes exist. Each room lists its own in `ledger_codes.py`; the pages word them."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


class UnknownCode(Exception):  # noqa: N818  a mistake of the program, never of a user
    """An action that no room has registered."""


@cache
def known_codes() -> frozenset[str]:
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("quanheng.")]
    listed = [config.name for config in rooms if module_has_submodule(config.module, "ledger_codes")]
    return frozenset().union(*(import_module(f"{name}.ledger_codes").CODES for name in listed))


def require_code(action: str) -> str:
    if action not in known_codes():
        raise UnknownCode(action)
    return action
