"""Ceilings of ranks as records: the rows of a table (RNK-Q-*) with what each is a share of and who is under it.

A share of a share is one of the rounded ceiling (of 137, 10 % are 13, and 40 % of
those 5). Persons are counted by group: by the group's
own number where it is recorded, else by the ranks in it; a rank without a number leaves the count open to above.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from quanheng.rulebook.instrument import Row
from quanheng.rulebook.quotas import Rounding, ceiling
from quanheng.rulebook.situation import Bounded, Raw, Record

ORGAN, LEADING_GROUP = "机关", "领导班子"
POSITIONS, GROUP_POSTS = "综合管理类职位数", "领导班子职数"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "一二级巡视员": ("一级巡视员", "二级巡视员"),
    "一至四级调研员": ("一级调研员", "二级调研员", "三级调研员", "四级调研员"),
    "一二级调研员": ("一级调研员", "二级调研员"),
    "三四级调研员": ("三级调研员", "四级调研员"),
    "一至四级主任科员": ("一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员"),
    "一二级主任科员": ("一级主任科员", "二级主任科员"),
    "三四级主任科员": ("三级主任科员", "四级主任科员"),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which rank in one body (the organ or its leading group), and the moves that are proposed; None: not
    known. Each record has `group` and `held`, or `from_rank`, `to_rank` and `persons`."""

    body: str
    headcount: tuple[Record, ...] | None
    moves: tuple[Record, ...] | None

    def held(self, group: str) -> Raw:
        """Persons of the group, as bounds where only some are known; None where nothing is."""
        if self.headcount is None:
            return None
        counted = {
            str(each.values.get("group")): each.values.get("held") for each in _of_body(self.headcount, self.body)
        }
        if isinstance(counted.get(group), int):
            return counted[group]
        ranks = GROUPS.get(group, ())
        if not ranks:
            return None
        known, open_ranks = _in_parts(ranks, counted)
        return Bounded(known, _wider(group, counted)) if open_ranks else known

    def arriving(self, group: str) -> Raw:
        return self._moved(group, "to_rank", "from_rank")

    def leaving(self, group: str) -> Raw:
        return self._moved(group, "from_rank", "to_rank")

    def _moved(self, group: str, end: str, other: str) -> Raw:
        """Persons whose one end of the move lies in the group and whose other does not."""
        if self.moves is None:
            return None
        ranks = GROUPS.get(group, (group,))
        across = [
            each.values.get("persons")
            for each in _of_body(self.moves, self.body)
            if each.values.get(end) in ranks and each.values.get(other) not in ranks
        ]
        known = [each for each in across if isinstance(each, int)]
        return sum(known) if len(known) == len(across) else Bounded(sum(known), None)


def _of_body(records: Iterable[Record], body: str) -> list[Record]:
    return [each for each in records if (each.values.get("body") or ORGAN) == body]


def _in_parts(ranks: Sequence[str], counted: Mapping[str, Raw]) -> tuple[int, set[str]]:
    """Persons in the ranks and the narrower groups whose number is recorded, and the ranks that are left.

    A group counts by its own number where that of one of its ranks is missing."""
    known, rest = 0, set(ranks)
    single = {rank for rank in ranks if isinstance(counted.get(rank), int)}
    whole = [
        (name, set(inside)) for name, inside in GROUPS.items() if set(inside) < set(ranks) and set(inside) - single
    ]
    for name, inside in [*whole, *((rank, {rank}) for rank in single)]:
        held = counted.get(name)
        if isinstance(held, int) and inside <= rest:
            known, rest = known + held, rest - inside
    return known, rest


def _wider(group: str, counted: Mapping[str, Raw]) -> int | None:
    """The least number of a wider group that is recorded: no part has more."""
    inside = set(GROUPS[group])
    numbers = [counted.get(name) for name, ranks in GROUPS.items() if inside < set(ranks)]
    return min((each for each in numbers if isinstance(each, int)), default=None)


def ceilings(rows: Sequence[Row], positions: Raw, staff: Staff, rounding: Rounding) -> list[Record]:
    """A record for each row of a table with the columns `of`, `within` and `max`; `positions` is the base of all."""
    by_group = {str(row["of"]): row for row in rows}
    base = positions if isinstance(positions, int) else None
    prefix = "" if staff.body == ORGAN else staff.body
    made = []
    for group, row in by_group.items():
        values: dict[str, Raw] = {
            "name": f"{prefix}{group}",
            "group": group,
            "within": str(row["within"]),
            "share": _share(row),
            "whole": _whole(row, by_group, base, rounding),
            "held": staff.held(group),
            "arriving": staff.arriving(group),
            "leaving": staff.leaving(group),
        }
        made.append(Record(f"rank_ceilings[{prefix}{group}]", values))
    return made


def _share(row: Row) -> Fraction:
    share = row["max"]
    assert isinstance(share, int | Fraction)
    return Fraction(share)


def _whole(row: Row, by_group: Mapping[str, Row], base: int | None, rounding: Rounding) -> int | None:
    """The base itself, or the rounded ceiling of the wider group."""
    outer = by_group.get(str(row["within"]))
    if outer is None or base is None:
        return base
    whole = _whole(outer, by_group, base, rounding)
    return None if whole is None else ceiling(whole, _share(outer), rounding)
