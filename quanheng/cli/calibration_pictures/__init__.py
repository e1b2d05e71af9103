"""Pictures of a calibration for an officer: SVG and PNG, in Chinese. No figure of a single ballot stands in any."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from quanheng.calibration.connectivity import UnitLink
from quanheng.calibration.ratings import Model
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.figures import cast, has_parts
from quanheng.cli.calibration_pictures.intervals import interval_pictures
from quanheng.cli.calibration_pictures.links import MOST_UNITS, link_picture, links_of
from quanheng.cli.calibration_pictures.sheet import Sheet, own_settings
from quanheng.cli.calibration_pictures.shifts import most_moved, shift_picture
from quanheng.cli.calibration_pictures.wright import wright_map
from quanheng.cli.files import put


def write_pictures(
    calibration: Calibration,
    folder: Path,
    links: Sequence[UnitLink] | None = None,
    progress: Callable[[str], None] | None = None,
) -> list[Path]:
    """Each picture as SVG and PNG into `folder`, made if need be; a file appears whole or not at all. Raises OSError.

    `intervals-CC-PP` (class, page), `wright-map`, `links`, `shifts`; the same calibration gives the same bytes. What
    has nothing to show is left out: `left_out` says what and why. Characters without a glyph are printed as 〓.
    `links`: None takes them from the calibration. `progress` is told the name of each picture once it is drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with own_settings():
        for name, sheet in _pictures(calibration, links_of(calibration) if links is None else links):
            if progress is not None:
                progress(name)
            for suffix, content in (("svg", sheet.svg()), ("png", sheet.png())):
                written.append(folder / f"{name}.{suffix}")
                put(written[-1], content)
    return written


def _pictures(calibration: Calibration, links: Sequence[UnitLink]) -> Iterator[tuple[str, Sheet]]:
    yield from interval_pictures(calibration)
    others = {
        "wright-map": wright_map(calibration),
        "links": link_picture(calibration, links),
        "shifts": shift_picture(calibration),
    }
    yield from ((name, sheet) for name, sheet in others.items() if sheet is not None)


def left_out(calibration: Calibration) -> list[str]:
    """A sentence for each picture that is not made."""
    said = []
    if calibration.items is None:
        said.append("没有画尺度图：数据里没有条目（--item）。")
    elif calibration.design.model is Model.GAUSSIAN:
        said.append("没有画尺度图：gaussian 模型的单位是分数，没有共同的 logit 尺。")
    unit = calibration.ratings.unit
    if unit is None or len(unit.labels) < 2:
        said.append("没有画单位连接图：数据里没有两个以上的单位（--unit）。")
    elif len(unit.labels) > MOST_UNITS:
        said.append(f"没有画单位连接图：单位超过 {MOST_UNITS} 个，一页画不清；连接强弱见 summary.json。")
    if not has_parts(calibration):
        said.append("没有画移动分解图：jmle 模型只用于核对，不分解移动的原因。")
    elif not most_moved(calibration, cast(calibration)):
        said.append("没有画移动分解图：没有一个人的移动可以分解显示。")
    return said
