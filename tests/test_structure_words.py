"""One term, one identifier: the classes of tables and choices stand in docs/glossary.md."""

import ast
import re

import pytest

from tests.structure import ROOT, choice_files, model_files, nodes, place, tree

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text()
FORBIDDEN = {"ganbu", "mzcp", "nsnx", "cj", "kj", "status1", "flag", "type2", "info", "data", "obj", "manager2"}


def rows() -> list[list[str]]:
    """Cells of the tables: the first is what stands before the first bar, so terms are at 1, identifiers at 2."""
    return [line.split("|") for line in GLOSSARY.splitlines() if line.startswith("| ") and line.count("|") >= 5]


def words() -> set[str]:
    """Identifiers of the glossary: what stands in back ticks in the second column of its tables."""
    quoted = [word for row in rows() for word in re.findall(r"`([^`]+)`", row[2])]
    return {word for identifiers in quoted for word in re.split(r"[,/\s]+", identifiers)}


def table_classes() -> list[tuple[str, str]]:
    return [
        (node.name, place(file, node.lineno))
        for file in model_files()
        for node in tree(file).body
        if isinstance(node, ast.ClassDef) and node.bases
    ]


def choice_classes() -> list[tuple[str, str]]:
    return [
        (node.name, place(file, node.lineno))
        for file in choice_files()
        for node in tree(file).body
        if isinstance(node, ast.ClassDef)
    ]


@pytest.mark.parametrize("classes", [table_classes(), choice_classes()], ids=["tables", "choices"])
def test_class_names_come_from_the_glossary(classes: list[tuple[str, str]]) -> None:
    known = words()
    assert len(classes) > 5  # or the search itself has broken
    missing = [f"{name} ({where})" for name, where in classes if name not in known]
    assert not missing, "add to docs/glossary.md or use its word: " + ", ".join(missing)


def test_a_word_of_the_glossary_has_one_row() -> None:
    """Two Chinese terms for one class would be the collision that the glossary is there to prevent."""
    classes = [word for row in rows() for word in re.findall(r"`([A-Z][a-z]\w+)`", row[2])]
    assert sorted({word for word in classes if classes.count(word) > 1}) == []


def test_no_two_tables_share_a_name() -> None:
    """One word names one thing, whichever room it stands in."""
    names = [name for name, _ in table_classes()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_no_field_has_a_forbidden_name() -> None:
    wrong = [
        place(file, node.lineno)
        for file in model_files()
        for node in nodes(file, ast.Assign)
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id in FORBIDDEN
    ]
    assert not wrong, "\n".join(wrong)
