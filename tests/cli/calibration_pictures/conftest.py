"""Calibrations to draw: a small county, one with classes, one that nothing links."""

from dataclasses import replace

import pytest

from quanheng.calibration.ratings import Design
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.intervals import interval_pictures
from tests.calibration.simulate import BASE, SCENARIOS, WEIGHTS
from tests.cli.calibration_pictures.county import POINTS, county
from tests.cli.calibration_pictures.made_up import made_up
from tests.cli.calibration_pictures.reading import Drawing, read

DESIGN = Design(points=POINTS, group_weights=WEIGHTS)
UNLINKED = Design(points=POINTS, group_weights={"B": 0.5, "C": 0.5})


@pytest.fixture(scope="package")
def small() -> Calibration:
    """Six units, five of them joined by leaders, the sixth (财政局) by nobody."""
    return made_up(county(replace(BASE, units=6, cadres=(3, 5), leaders=5, reach=3), 3), DESIGN)


@pytest.fixture(scope="package")
def large() -> Calibration:
    """Twenty units in two classes, more than a page each; leaders reach each unit."""
    return made_up(county(BASE, 3, classes=("正职", "副职")), DESIGN)


@pytest.fixture(scope="package")
def unlinked() -> Calibration:
    return made_up(county(replace(SCENARIOS["F"], units=4), 3), UNLINKED)


@pytest.fixture(scope="package")
def small_intervals(small: Calibration) -> Drawing:
    """The one page of the small county."""
    ((_, sheet),) = interval_pictures(small)
    return read(sheet)


@pytest.fixture(scope="package")
def large_intervals(large: Calibration) -> dict[str, Drawing]:
    return {name: read(sheet) for name, sheet in interval_pictures(large)}
