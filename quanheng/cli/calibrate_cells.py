"""Marks of one person by rater group and grade, merged so that no count gives a ballot away.

Minimum cells are those of security.md: a distribution needs 8 ballots, and a group below that is merged with the next
before anything is told. Counts of 1 or 2 marks are merged with the next grade. Only sums of whole groups are told, each
ballot in one of them, so that no difference of two told figures is a smaller cell.
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ratings import Floats, Ints, Ratings

FEWEST_FOR_GRADES = 8  # ballots
FEW_MARKS = 2
GRADES = {3: "优秀", 2: "称职", 1: "基本称职", 0: "不称职"}
MANY_GRADES = 10  # scores are not told one by one


@dataclass(frozen=True)
class Cell:
    groups: tuple[str, ...]  # ("",): there are no groups
    ballots: int  # 0: there are no ballots
    counts: tuple[tuple[tuple[str, ...], int], ...] | None  # grades merged, and marks; None: too few ballots


def cells_of(ratings: Ratings, rows: Ints) -> tuple[Cell, ...]:
    """`rows` are those of one person; groups without a ballot are left out."""
    score, names = ratings.score[rows], _names(ratings)
    if ratings.rater is None:
        return (Cell(("",), 0, _merged_counts(score, names)),)
    ballots = ratings.rater.index[rows]
    group = np.zeros(rows.size, dtype=np.int64) if ratings.group is None else ratings.group.index[rows]
    labels = ("",) if ratings.group is None else ratings.group.labels
    sizes = [(g, int(np.unique(ballots[group == g]).size)) for g in np.unique(group)]
    return tuple(
        _cell(tuple(labels[g] for g in merged), count, score[np.isin(group, merged)], names)
        for merged, count in merged_groups([(int(g), size) for g, size in sizes])
    )


def _cell(groups: tuple[str, ...], ballots: int, score: Floats, names: dict[float, str]) -> Cell:
    return Cell(groups, ballots, _merged_counts(score, names) if ballots >= FEWEST_FOR_GRADES else None)


def merged_groups(sizes: list[tuple[int, int]]) -> list[tuple[list[int], int]]:
    """Neighbours put together until each has ballots enough; what is left at the end joins the one before."""
    found: list[tuple[list[int], int]] = []
    groups: list[int] = []
    total = 0
    for group, size in sizes:
        groups, total = [*groups, group], total + size
        if total >= FEWEST_FOR_GRADES:
            found.append((groups, total))
            groups, total = [], 0
    if groups and found:
        last, count = found.pop()
        found.append(([*last, *groups], count + total))
    elif groups:
        found.append((groups, total))
    return found


def _names(ratings: Ratings) -> dict[float, str]:
    """Grade words where the scores can be those of 年度考核, else the scores themselves, the highest first."""
    used = np.unique(ratings.score)
    is_graded = set(used.tolist()) <= set(GRADES) and used.size > 2
    return {float(score): GRADES[int(score)] if is_graded else f"{score:g} 分" for score in used[::-1]}


def _merged_counts(score: Floats, names: dict[float, str]) -> tuple[tuple[tuple[str, ...], int], ...] | None:
    """From the lowest grade up: a count of 1 or 2 is put together with the next."""
    if len(names) > MANY_GRADES:
        return None
    found: list[tuple[tuple[str, ...], int]] = []
    grades: tuple[str, ...] = ()
    total = 0
    for value, name in reversed(names.items()):
        grades, total = (name, *grades), total + int((score == value).sum())
        if total == 0 or total > FEW_MARKS:
            found.append((grades, total))
            grades, total = (), 0
    if grades and found:
        best, count = found.pop()
        found.append(((*grades, *best), count + total))
    elif grades:
        found.append((grades, total))
    return tuple(reversed(found))
