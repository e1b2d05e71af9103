"""The rows of the interval picture, before anything is drawn: order, texts, brackets, pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from quanheng.calibration.ranks import standing
from quanheng.calibration.result import Calibration, Status
from quanheng.cli.calibrate_explain import FEWEST
from quanheng.cli.calibration_pictures.figures import Cast, decimals, number, signed, why
from quanheng.cli.calibration_pictures.sheet import BODY, SMALL, measured, wrapped

LINES_A_PAGE = 40
NAME_WIDTH, UNIT_GAP = 236.0, 8.0
ROW, TEXT_LINE = 24.0, 18.0


@dataclass(frozen=True)
class Row:
    """One person. Texts are as they are printed."""

    name: tuple[str, ...]  # lines; a long name is broken, never cut
    unit: tuple[str, ...]
    is_unit_beside: bool  # on the line of the name, else below it
    raw: float
    fair: float
    lo: float
    hi: float
    raw_text: str
    raw_rank: str
    fair_text: str
    ranks: str
    why: str
    band: int  # 0: apart, not ranked

    @property
    def height(self) -> float:
        lines = len(self.name) + (0 if self.is_unit_beside else len(self.unit))
        return max(ROW, TEXT_LINE * lines + 6)


@dataclass(frozen=True)
class Heading:
    """Opens a group of persons whom nothing connects with those above."""

    words: str
    height: float = ROW


@dataclass(frozen=True)
class Page:
    comparison_class: str
    heads: int  # persons of the class
    number: int
    pages: int
    lines: tuple[Row | Heading, ...]
    low: float  # ends of the axis
    high: float
    is_band_open_above: bool  # its first band began on the page before
    is_band_open_below: bool


def pages(calibration: Calibration, cast: Cast) -> Iterator[tuple[int, Page]]:
    """Place of the class, 1 is the first, and its pages; highest calibrated score first, those apart last."""
    for place, label in enumerate(cast.class_labels):
        members = np.flatnonzero(cast.classes == place).tolist()
        if members:
            for page in _of_class(calibration, cast, label, members):
                yield place + 1, page


def _of_class(calibration: Calibration, cast: Cast, label: str, members: list[int]) -> Iterator[Page]:
    portions = _portions([*_ranked(calibration, cast, members), *_apart(calibration, cast, members)])
    goes_on = [_band(left[-1]) == _band(right[0]) > 0 for left, right in pairwise(portions)]
    for place, portion in enumerate(portions):
        low, high = _ends([line for line in portion if isinstance(line, Row)])
        yield Page(
            comparison_class=label,
            heads=len(members),
            number=place + 1,
            pages=len(portions),
            lines=tuple(portion),
            low=low,
            high=high,
            is_band_open_above=place > 0 and goes_on[place - 1],
            is_band_open_below=place < len(goes_on) and goes_on[place],
        )


def _band(line: Row | Heading) -> int:
    return line.band if isinstance(line, Row) else 0


def _portions(lines: list[Row | Heading]) -> list[list[Row | Heading]]:
    """Pages full of lines; no heading is left alone at the foot, and it stands again where its group goes on."""
    portions: list[list[Row | Heading]] = [[]]
    heading: Heading | None = None
    for line in lines:
        if len(portions[-1]) + isinstance(line, Heading) >= LINES_A_PAGE:
            is_within = isinstance(line, Row) and heading is not None
            portions.append([Heading(f"{heading.words}（续）")] if is_within and heading else [])
        heading = line if isinstance(line, Heading) else heading
        portions[-1].append(line)
    return portions


def _ends(rows: list[Row]) -> tuple[float, float]:
    """Of one page: on the axis of all, those of a large class would lie on top of each other."""
    values = [value for row in rows for value in (row.raw, row.fair, row.lo, row.hi) if np.isfinite(value)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.03 * (high - low) or 1.0
    return low - room, high + room


def _ranked(calibration: Calibration, cast: Cast, members: list[int]) -> list[Row]:
    """Raw ranks count all who are ranked, as the possible ranks do, also those who stand apart for few ballots."""
    persons = calibration.persons
    ranked = [n for n in members if persons.rank_lo[n] > 0]
    place = dict(zip(ranked, standing(persons.raw[ranked]).tolist(), strict=True))
    shown = sorted((n for n in ranked if cast.shown[n]), key=lambda n: (_last_if_unknown(persons.fair[n]), n))
    return [_row(calibration, cast, n, str(place[n])) for n in shown]


def _last_if_unknown(fair: Any) -> float:
    return -float(fair) if np.isfinite(fair) else np.inf


def _apart(calibration: Calibration, cast: Cast, members: list[int]) -> Iterator[Row | Heading]:
    """By component, since inside one persons can still be compared; then who has no rank; then who has few ballots."""
    persons = calibration.persons

    def group(n: int) -> tuple[Why, int]:
        if not cast.shown[n]:
            return Why.FEW, 0
        is_alone = persons.status[n] is Status.UNCONNECTED
        return (Why.UNCONNECTED, int(persons.component[n])) if is_alone else (Why.NO_RESULT, 0)

    apart = [n for n in members if persons.rank_lo[n] == 0 or not cast.shown[n]]
    apart.sort(key=lambda n: (group(n), _last_if_unknown(persons.fair[n]) if cast.shown[n] else 0.0, n))
    for (reason, _), own in groupby(apart, key=group):
        together = list(own)
        yield Heading(_words(reason, len(together)))
        yield from (_row(calibration, cast, n, "") for n in together)


class Why(IntEnum):
    """Reasons to stand apart, in the order of the page."""

    UNCONNECTED = 1
    NO_RESULT = 2
    FEW = 3


def _words(reason: Why, heads: int) -> str:
    match reason:
        case Why.UNCONNECTED:
            among = "，只可在这几人之间看" if heads > 1 else ""
            return f"以下 {heads} 人与排了名次的人没有共同评分的票，不参加同列比较{among}"
        case Why.NO_RESULT:
            return f"以下 {heads} 人没有可比的校准结果，不排可能名次"
        case Why.FEW:
            return f"以下 {heads} 人得票不足 {FEWEST} 张，不单列得分：单列会透露个别票"


def _row(calibration: Calibration, cast: Cast, n: int, raw_rank: str) -> Row:
    persons, places, is_shown = calibration.persons, decimals(calibration), cast.shown[n]
    figures = (persons.raw, persons.fair, persons.lo90, persons.hi90)
    raw, fair, lo, hi = (float(figure[n]) if is_shown else float("nan") for figure in figures)
    is_ranked = is_shown and persons.rank_lo[n] > 0
    unit = " · ".join(filter(None, [cast.units[n], _missing(calibration, n)]))
    name = tuple(wrapped(persons.labels[n], NAME_WIDTH, BODY))
    beside = len(name) == 1 and measured(name[0], BODY) + UNIT_GAP + measured(unit, SMALL) <= NAME_WIDTH
    return Row(
        name=name,
        unit=tuple(wrapped(unit, NAME_WIDTH, SMALL)) if unit else (),
        is_unit_beside=beside,
        raw=raw,
        fair=fair,
        lo=lo,
        hi=hi,
        raw_text=number(raw, places),
        raw_rank=raw_rank,
        fair_text=number(fair, places),
        ranks=_ranks(int(persons.rank_lo[n]), int(persons.rank_hi[n])) if is_ranked else "不排",
        why=f"{_shift(raw, fair, places)} {why(calibration, n)}".strip() if is_shown else "",
        band=int(persons.band[n]) if is_ranked else 0,
    )


def _shift(raw: float, fair: float, places: int) -> str:
    """The difference of the two figures that are printed."""
    return signed(round(fair, places) - round(raw, places), places)


def _ranks(best: int, worst: int) -> str:
    return str(best) if best == worst else f"{best}–{worst}"


def _missing(calibration: Calibration, n: int) -> str:
    group, missing = calibration.ratings.group, calibration.persons.missing_groups[n]
    if group is None:
        return ""
    names = [label for label, is_missing in zip(group.labels, missing, strict=False) if is_missing]
    return f"缺{'、'.join(names)}票" if names else ""
