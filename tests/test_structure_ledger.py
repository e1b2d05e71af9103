"""Every action code that reaches the ledger stands in its room's ledger_codes.py, and none stands there unused."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.structure import APPS, PACKAGE, nodes, place, sources

ROOMS = [app for app in (*APPS, "operations") if (PACKAGE / app / "ledger_codes.py").is_file()]
CODE = re.compile(rf"({'|'.join(APPS)}|operations|web|demo|cli)\.[a-z][a-z_]*")


def registered(room: str) -> frozenset[str]:
    codes: frozenset[str] = import_module(f"quanheng.{room}.ledger_codes").CODES
    return codes


def constants(file: Path) -> list[tuple[str, int]]:
    """Strings that look like an action code; names of templates and modules have other shapes or other places."""
    return [
        (node.value, node.lineno)
        for node in nodes(file, ast.Constant)
        if isinstance(node.value, str) and CODE.fullmatch(node.value)
    ]


def test_rooms_that_write_register_their_codes() -> None:
    assert {"people", "organization", "accounts"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_codes_belong_to_their_room(room: str) -> None:
    assert [code for code in registered(room) if not re.fullmatch(rf"{room}\.[a-z][a-z_]*", code)] == []


def test_codes_used_in_rooms_are_registered() -> None:
    known = frozenset().union(*(registered(room) for room in ROOMS))
    wrong = [
        f"{place(file, line)} {code}"
        for file in sources(*APPS)
        if file.name != "ledger_codes.py"
        for code, line in constants(file)
        if code not in known
    ]
    assert not wrong, "\n".join(wrong)


def named_codes(room: str) -> dict[str, str]:
    """Code -> the name that ledger_codes.py gives it, where it gives one."""
    module = import_module(f"quanheng.{room}.ledger_codes")
    return {value: name for name, value in vars(module).items() if isinstance(value, str) and CODE.fullmatch(value)}


@pytest.mark.parametrize("room", ROOMS)
def test_registered_codes_are_used(room: str) -> None:
    files = [file for file in sources() if file.name not in ("ledger_codes.py", "ledger_words.py")]
    used = {code for file in files for code, _ in constants(file)}
    names = {node.id for file in files for node in nodes(file, ast.Name)}
    names |= {node.attr for file in files for node in nodes(file, ast.Attribute)}
    used |= {code for code, name in named_codes(room).items() if name in names}
    assert sorted(registered(room) - used) == []
