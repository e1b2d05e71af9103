"""What the pictures take from a calibration: how it is worded, and what may be shown of whom."""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ratings import Facet, Floats, Ints, Model
from quanheng.calibration.result import Calibration
from quanheng.cli.calibrate_explain import FEWEST

RECORD = "票面得分是法定记录。校准参考只帮助比较。"


@dataclass(frozen=True)
class Cast:
    """Who the persons are, (persons,) each."""

    units: tuple[str, ...]  # "" without a facet of units
    classes: Ints
    class_labels: tuple[str, ...]
    shown: tuple[bool, ...]  # figures may be shown: of fewer ballots they would tell too much of single ones


def cast(calibration: Calibration) -> Cast:
    ratings = calibration.ratings
    persons = len(ratings.person.labels)
    place = _places(ratings.person, ratings.unit)
    units = tuple("" if ratings.unit is None else ratings.unit.labels[u] for u in place)
    kind = ratings.comparison_class
    classes = _places(ratings.person, kind)
    enough = ballots_of(calibration) >= FEWEST
    shown = tuple(bool(flag) for flag in (enough if ratings.rater is not None else np.ones(persons, dtype=np.bool_)))
    return Cast(units, classes, ("全部人员",) if kind is None else kind.labels, shown)


def _places(person: Facet, facet: Facet | None) -> Ints:
    found = np.zeros(len(person.labels), dtype=np.int64)
    if facet is not None:
        found[person.index] = facet.index
    return found


def ballots_of(calibration: Calibration) -> Ints:
    """(persons,) ballots that rate each; without ballots the ratings."""
    ratings = calibration.ratings
    persons = len(ratings.person.labels)
    if ratings.rater is None:
        return np.bincount(ratings.person.index, minlength=persons)
    pairs = np.unique(ratings.person.index.astype(np.int64) * len(ratings.rater.labels) + ratings.rater.index)
    return np.bincount(pairs // len(ratings.rater.labels), minlength=persons)


def decimals(calibration: Calibration) -> int:
    """One for scores up to 100, two for grades."""
    return 1 if float(np.max(np.abs(calibration.persons.raw))) > 10 else 2


def number(value: float, places: int) -> str:
    return "—" if not np.isfinite(value) else f"{value:.{places}f}".replace("-", "−")


def signed(value: float, places: int) -> str:
    """With its sign; what rounds to nothing has none."""
    if not np.isfinite(value):
        return "—"
    rounded = round(value, places) + 0.0
    return f"{rounded:+.{places}f}".replace("-", "−") if rounded else f"{0:.{places}f}"


PARTS = ("ballots", "culture", "groups", "shrinkage")
PART_WORDS = {
    "ballots": "所得各票宽严",
    "culture": "本单位宽严习惯",
    "groups": "票类构成",
    "shrinkage": "票数有限，向平均靠拢",
}


def parts(calibration: Calibration, person: int) -> Floats:
    """(4,) in the order of PARTS."""
    return np.array([getattr(calibration.shifts, part)[person] for part in PARTS], dtype=np.float64)


def has_parts(calibration: Calibration) -> bool:
    """The verification mode knows no units and does not take a shift apart."""
    return calibration.design.model is not Model.JMLE


def why(calibration: Calibration, person: int) -> str:
    """The largest cause of the shift in three words; below a quarter of its error a shift is none."""
    if not has_parts(calibration):
        return ""
    own = parts(calibration, person)
    shift = calibration.persons.fair[person] - calibration.persons.raw[person]
    if not np.all(np.isfinite(own)):
        return ""
    if abs(shift) < 0.25 * calibration.persons.se[person]:
        return "基本不变"
    cause = PARTS[int(np.argmax(own * np.sign(shift)))]
    strict = "严" if shift > 0 else "宽"
    words = {"ballots": f"所得各票偏{strict}", "culture": f"本单位评分偏{strict}", "groups": "票类构成不同"}
    return words.get(cause, "向平均靠拢")


def source(calibration: Calibration) -> str:
    """Which input the picture is of."""
    digest = str(calibration.summary.get("input_sha256", ""))[:12]
    return f"输入指纹 {digest} · 内部资料" if digest else "内部资料"
