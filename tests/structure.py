"""How the structure tests read the project: files, syntax trees, places. No test in here."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "quanheng"
APPS = ("ledger", "papers", "organization", "accounts", "people", "intake")

Node = TypeVar("Node", bound=ast.AST)


def sources(*below: str) -> list[Path]:
    """Python files of the package, or of some of its rooms; migrations are left out: Django writes them."""
    found = [PACKAGE / name for name in below] or [PACKAGE]
    files = [file for start in found for file in ([start] if start.is_file() else start.rglob("*.py"))]
    return sorted(file for file in files if "migrations" not in file.parts)


def model_files() -> list[Path]:
    return [file for file in sources(*APPS) if file.name == "models.py" or file.parent.name == "models"]


def choice_files() -> list[Path]:
    return [file for file in sources(*APPS) if file.name == "choices.py"]


def is_actions(file: Path) -> bool:
    return file.stem == "actions" or file.stem.endswith("_actions") or file.parent.name == "actions"


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def nodes(file: Path, kind: type[Node]) -> Iterator[Node]:
    return (node for node in ast.walk(tree(file)) if isinstance(node, kind))


def place(file: Path, line: int) -> str:
    return f"{file.relative_to(ROOT)}:{line}"


def relative(file: Path) -> str:
    return str(file.relative_to(PACKAGE))


def functions(file: Path) -> list[ast.FunctionDef]:
    return list(nodes(file, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    """Lines from `def` to the end; decorators are not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def called(call: ast.Call) -> tuple[str, str]:
    """`a.b.save()` gives ("b", "save"); a plain name gives ("", name)."""
    if isinstance(call.func, ast.Name):
        return "", call.func.id
    if not isinstance(call.func, ast.Attribute):
        return "", ""
    owner = call.func.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")), call.func.attr
