"""Files: names, both forms, the same bytes, whole or not at all, and what is left out."""

from dataclasses import replace
from pathlib import Path

import pytest

from quanheng.calibration.ratings import Design, Model
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures import left_out, write_pictures
from quanheng.cli.calibration_pictures.links import links_of
from tests.cli.calibration_pictures.reading import parse

NAMES = ["intervals-01-01", "wright-map", "links", "shifts"]


@pytest.fixture(scope="module")
def written(small: Calibration, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_pictures(small, tmp_path_factory.mktemp("made") / "pictures", links_of(small))


def test_each_picture_is_written_as_svg_and_png(written: list[Path]) -> None:
    assert [path.name for path in written] == [f"{name}.{form}" for name in NAMES for form in ("svg", "png")]
    assert sorted(path.name for path in written[0].parent.iterdir()) == sorted(path.name for path in written)
    for path in written:
        assert path.read_bytes().startswith(b"\x89PNG" if path.suffix == ".png" else b"<?xml")


def test_same_calibration_same_bytes(small: Calibration, written: list[Path], tmp_path: Path) -> None:
    told: list[str] = []
    again = write_pictures(small, tmp_path, progress=told.append)
    assert told == NAMES
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_no_ballot_is_named(small: Calibration, written: list[Path]) -> None:
    assert small.ratings.rater is not None
    for path in written:
        if path.suffix == ".svg":
            words = parse(path.read_bytes()).all_words()
            assert not [label for label in small.ratings.rater.labels if label in words]


def test_every_picture_says_what_it_is_of(small: Calibration, written: list[Path]) -> None:
    for path in written:
        if path.suffix == ".svg":
            words = parse(path.read_bytes()).all_words()
            assert f"输入指纹 {str(small.summary['input_sha256'])[:12]}" in words


def test_a_file_appears_whole_or_not_at_all(
    small: Calibration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = tmp_path / "wright-map.svg"
    earlier.write_bytes(b"earlier")

    def breaks(path: Path, target: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", breaks)
    with pytest.raises(OSError, match="disk full"):
        write_pictures(small, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["wright-map.svg"]
    assert earlier.read_bytes() == b"earlier"


def test_a_folder_that_cannot_be_made_is_told(small: Calibration, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(FileExistsError):
        write_pictures(small, tmp_path / "taken")


def test_left_out_is_said(small: Calibration, tmp_path: Path) -> None:
    bare = replace(
        small, items=None, ratings=replace(small.ratings, unit=None), design=replace(small.design, model=Model.JMLE)
    )
    assert left_out(bare) == [
        "没有画尺度图：数据里没有条目（--item）。",
        "没有画单位连接图：数据里没有两个以上的单位（--unit）。",
        "没有画移动分解图：jmle 模型只用于核对，不分解移动的原因。",
    ]
    names = {path.stem for path in write_pictures(bare, tmp_path)}
    assert names == {"intervals-01-01"}


def test_nothing_left_out_nothing_said(small: Calibration) -> None:
    assert left_out(small) == []


def test_scores_have_no_common_scale(small: Calibration) -> None:
    gaussian = replace(small, design=Design(model=Model.GAUSSIAN))
    assert left_out(gaussian) == ["没有画尺度图：gaussian 模型的单位是分数，没有共同的 logit 尺。"]
