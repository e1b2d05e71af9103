"""A snapshot folder, and the recipe of the software as it is shipped."""

from pathlib import Path

import pytest

from quanheng.census.snapshot import Recipe
from quanheng.rulebook.book import load
from quanheng.rulebook.facts_reading import load_facts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "census"


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    book = load()
    return Recipe(load_facts(), book, {switch.id: switch.default.value for switch in book.switches})
