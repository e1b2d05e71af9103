"""The house style as far as a machine can see it. Each test names every place that breaks it."""

import ast
import re
from pathlib import Path

from django.conf import settings

from tests.structure import (
    PACKAGE,
    ROOT,
    called,
    functions,
    is_actions,
    length,
    model_files,
    nodes,
    place,
    relative,
    sources,
)

# Files outside actions.py that may write, each with its reason; one that no longer writes must leave the list.
WRITERS: dict[str, str] = {
    "people/kin.py": "proposes ties inside the transaction of the action that calls it",
    "people/undo.py": "the one transaction that takes back a change, kept out of actions.py by size",
    "web/shared/ledger_proof.py": "progress of a running task in the queue's own row, no record of ours",
    "vault/fields.py": "hands bulk_update on to Django with each value sealed to its row",
    "vault/rotation.py": "seals cells anew under the current key: no value changes, and no actor could give a reason",
}
# Rooms whose files may write: the demo city is loaded in bulk, before there is anybody to act.
WRITING_ROOMS = ("demo",)

BULK = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "create_user", "abulk_create"}
# The same names serve images, dictionaries and digests, which take their content by position; a record takes
# keywords or nothing.
BARE = {"save", "create", "update", "delete", "asave", "acreate", "aupdate", "adelete"}
SQL_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|REPLACE|DROP|ALTER)\b", re.IGNORECASE)


def is_write(call: ast.Call) -> bool:
    _, name = called(call)
    if name in BULK:
        return True
    if name == "update":
        return not call.args and bool(call.keywords)
    if name in BARE:
        return isinstance(call.func, ast.Attribute) and not call.args
    if name == "execute" and call.args:
        statement = call.args[0]
        return isinstance(statement, ast.Constant) and bool(SQL_WRITE.match(str(statement.value)))
    return False


def writes(file: Path) -> list[str]:
    return [place(file, call.lineno) for call in nodes(file, ast.Call) if is_write(call)]


def test_only_actions_write() -> None:
    wrong = [
        where
        for file in sources()
        if not is_actions(file)
        and relative(file) not in WRITERS
        and file.relative_to(PACKAGE).parts[0] not in WRITING_ROOMS
        for where in writes(file)
    ]
    assert not wrong, "\n".join(wrong)


def test_listed_writers_still_write() -> None:
    assert [name for name in WRITERS if not writes(PACKAGE / name)] == []


def test_a_write_is_recognised_and_its_namesakes_are_not() -> None:
    yes = [
        "unit.save()",
        "unit.save(update_fields=['name'])",
        "Unit.objects.create(name='')",
        "rows.update(name='')",
        "rows.delete()",
        "Unit.objects.bulk_create(rows)",
        "form.save()",
        "cursor.execute('DELETE FROM ledger_entry')",
    ]
    no = ["image.save(buffer, 'JPEG')", "digest.update(part)", "known.update({})", "cursor.execute('SELECT 1')"]

    def verdict(text: str) -> bool:
        expression = ast.parse(text, mode="eval").body
        assert isinstance(expression, ast.Call)
        return is_write(expression)

    assert [text for text in yes if not verdict(text)] == []
    assert [text for text in no if verdict(text)] == []


QUEUES = {"DBTaskResult"}  # the task queue holds no record of ours


def test_screens_fetch_nothing_by_themselves() -> None:
    """Lists come from queries, objects from access: a manager in a screen would step round the scope."""
    screens = sources("web", "cli")
    managers = {"objects", "_default_manager", "_base_manager"}
    wrong = [
        place(file, node.lineno)
        for file in screens
        for node in nodes(file, ast.Attribute)
        if node.attr in managers and not (isinstance(node.value, ast.Name) and node.value.id in QUEUES)
    ]
    assert not wrong, "\n".join(wrong)


def is_view(function: ast.FunctionDef) -> bool:
    answer = ast.unparse(function.returns) if function.returns else ""
    return bool(function.args.args) and function.args.args[0].arg == "request" and "Response" in answer


def test_views_have_at_most_20_lines() -> None:
    wrong = [
        f"{place(file, view.lineno)} {view.name}: {length(view)}"
        for file in sources("web")
        for view in functions(file)
        if is_view(view) and length(view) > 20
    ]
    assert not wrong, "\n".join(wrong)


def test_functions_have_at_most_40_lines() -> None:
    files = [*sources(), *(ROOT / "tools").glob("*.py")]  # a test may hold one long exact value
    wrong = [
        f"{place(file, function.lineno)} {function.name}: {length(function)}"
        for file in files
        for function in functions(file)
        if length(function) > 40
    ]
    assert not wrong, "\n".join(wrong)


def test_files_have_at_most_400_lines() -> None:
    files = [*sources(), *(ROOT / "tools").glob("*.py"), *(ROOT / "tests").rglob("*.py")]
    lines = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert {name: count for name, count in lines.items() if count > 400} == {}


def test_templates_have_at_most_150_lines() -> None:
    lines = {relative(file): len(file.read_text().splitlines()) for file in PACKAGE.rglob("*.html")}
    assert {name: count for name, count in lines.items() if count > 150} == {}


def test_no_model_has_a_default_order() -> None:
    """A hidden order makes a ranking inexplicable: queries order explicitly, with the key as tie-break."""
    wrong = [
        place(file, meta.lineno)
        for file in model_files()
        for meta in nodes(file, ast.ClassDef)
        if meta.name == "Meta"
        for line in meta.body
        if isinstance(line, ast.Assign) and any(getattr(target, "id", "") == "ordering" for target in line.targets)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_model_saves_or_deletes_in_its_own_way() -> None:
    wrong = [
        f"{place(file, function.lineno)} {function.name}"
        for file in model_files()
        for function in functions(file)
        if function.name in {"save", "delete", "asave", "adelete", "clean", "full_clean"}
    ]
    assert not wrong, "\n".join(wrong)


def test_no_signals_and_no_admin() -> None:
    banned = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.admin")
    wrong = [
        place(file, node.lineno)
        for file in sources()
        for node in nodes(file, ast.ImportFrom)
        if (node.module or "").startswith(banned)
    ]
    assert not wrong, "\n".join(wrong)
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_only_the_clock_tells_the_time() -> None:
    """`lint-imports` keeps the clock to the upper rooms; this keeps others from having a clock of their own."""
    own_clocks = {("time", "time"), ("time", "time_ns"), ("functions", "Now"), ("", "Now")}
    readings = {"now", "today", "utcnow", "localdate"}
    exempt = {"kernel/clock.py", "kernel/keys.py"}  # keys take their order, not a date, from the time
    wrong = [
        place(file, call.lineno)
        for file in sources()
        if relative(file) not in exempt
        for call in nodes(file, ast.Call)
        for owner, name in [called(call)]
        if (owner, name) in own_clocks or (name in readings and owner not in {"", "clock"})
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_reads_what_lies_beside_the_project() -> None:
    """A user has only the clone."""
    kinds = {".py", ".toml", ".yaml", ".html", ".css", ".js", ".json", ".md", ""}
    folders = [ROOT / name for name in ("quanheng", "tests", "tools", "docs", "benchmarks", ".ci")]
    files = [*ROOT.glob("[!.]*"), *(file for folder in folders for file in folder.rglob("*"))]
    beside = re.compile(r"\.\./shared|/work/(shared|main|notes)")
    wrong = [
        str(file.relative_to(ROOT))
        for file in files
        if file.is_file() and file.suffix in kinds and file != Path(__file__)
        if beside.search(file.read_text(errors="replace"))
    ]
    assert not wrong, "\n".join(wrong)
