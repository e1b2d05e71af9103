"""Documents that name something name something that is there."""

import re
from pathlib import Path

import pytest

from tests.structure import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def links(document: Path) -> list[str]:
    return [target for target in LINK.findall(document.read_text()) if "://" not in target]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    assert [target for target in links(document) if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_make_targets_named_in_documents_exist(name: str) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert named
    assert named - targets == set()


def test_both_readmes_name_the_same_commands_and_settings() -> None:
    english, chinese = ((ROOT / name).read_text() for name in ("README.md", "README.zh-CN.md"))
    settings = re.compile(r"QUANHENG_[A-Z]+")
    assert set(settings.findall(english)) == set(settings.findall(chinese))
    assert set(links(ROOT / "README.md")) - {"README.zh-CN.md"} == set(links(ROOT / "README.zh-CN.md")) - {"README.md"}


def test_settings_named_in_the_readme_are_read() -> None:
    read = set(re.findall(r'"(QUANHENG_[A-Z]+)"', (ROOT / "quanheng" / "settings.py").read_text()))
    assert set(re.findall(r"QUANHENG_[A-Z]+", (ROOT / "README.md").read_text())) <= read


def test_decision_records_fit_a_page_and_are_numbered_without_a_gap() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    assert [record.name for record in records if len(record.read_text().splitlines()) > 60] == []
