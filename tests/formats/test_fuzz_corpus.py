"""What the fuzzer once found of interest is read again; see tools/fuzz_lrmx.py."""

from pathlib import Path

import pytest

from tests.formats.samples import DATA
from tools.fuzz_lrmx import READERS, timed

CORPUS = sorted(file for file in (DATA / "fuzz").glob("*/*") if file.is_file())
SAMPLES = sorted((DATA / "lrmx").glob("*.lrmx"))


def test_the_corpus_is_there() -> None:
    assert {file.parent.name for file in CORPUS} <= set(READERS)
    assert len(CORPUS) >= 20


@pytest.mark.parametrize("file", [*CORPUS, *SAMPLES], ids=lambda file: f"{file.parent.name}/{file.name}")
def test_it_is_read_or_refused(file: Path) -> None:
    reader = READERS.get(file.parent.name, READERS["lrmx"])
    timed(reader)(file.read_bytes())  # asserts inside: time, stable writing, no other exception
