"""Which action codes exist. Each room lists its own in `ledger_codes.py`; the pages word them."""

from functools import cache
from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule


class UnknownCode(Exception):  # noqa: N818  a mistake of the program, never of a user
    """An action that no room has registered."""


@cache
def known_codes() -> frozenset[str]:
    return _listed("CODES")


@cache
def codes_of_everyone() -> frozenset[str]:
    """Changes that name no person, yet bear on the facts of people: of `OF_EVERYONE`, where a room has some."""
    return _listed("OF_EVERYONE")


def _listed(name: str) -> frozenset[str]:
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("quanheng.")]
    listed = [config.name for config in rooms if module_has_submodule(config.module, "ledger_codes")]
    modules = [import_module(f"{room}.ledger_codes") for room in listed]
    return frozenset().union(*(getattr(module, name, frozenset()) for module in modules))


def require_code(action: str) -> str:
    if action not in known_codes():
        raise UnknownCode(action)
    return action
