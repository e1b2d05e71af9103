"""What is aimed at, the last promotion and the probation, as they follow from raw records."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.derived import derive
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import FactValue, Raw, Record

ON = date(2025, 6, 1)
START, UP, NOW = date(2015, 7, 1), date(2020, 3, 1), date(2023, 1, 15)
SECTION, DIVISION = "乡科级正职", "县处级副职"


def derived(facts: Mapping[str, FactValue]) -> Mapping[str, FactValue]:
    return derive(facts, load_facts(), on=ON, switches={}, book=load())


def records(rows: list[dict[str, Raw]]) -> tuple[Record, ...]:
    return tuple(Record(f"r[{number}]", row) for number, row in enumerate(rows))


def post(start: date | None, end: date | None, level: str | None) -> dict[str, Raw]:
    return {"start": start, "end": end, "level": level}


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"target.level": DIVISION}, "post"),
        ({"target.role": "正职", "target.post": "县长"}, "post"),
        ({"target.rank": "二级主任科员"}, "rank"),
        ({"target.staff_grade": "七级职员"}, "staff_grade"),
        ({"target.rank": "二级主任科员", "target.level": DIVISION}, None),  # of two kinds
        ({"target.place": "东山县"}, None),
        ({"target.level": DIVISION, "target.kind": "pool"}, "pool"),  # what is told stands
    ],
)
def test_what_is_told_of_a_target_tells_its_kind(told: dict[str, FactValue], kind: str | None) -> None:
    assert derived(told).get("target.kind") == kind


@pytest.mark.parametrize(
    ("posts", "day"),
    [
        ([post(NOW, None, SECTION)], NOW),
        ([post(UP, NOW, SECTION), post(NOW, None, SECTION)], UP),  # another post of the level
        ([post(START, UP, SECTION), post(NOW, None, SECTION)], NOW),  # not unbroken
        ([post(START, UP, SECTION), post(UP, None, DIVISION)], UP),
        ([post(START, NOW, DIVISION), post(NOW, None, SECTION)], START),  # a higher level before keeps the lower one
        ([post(START, None, SECTION), post(NOW, None, DIVISION)], NOW),  # the highest of two held at once
        ([post(UP, None, SECTION), post(date(2025, 7, 1), None, DIVISION)], UP),  # not begun
        ([post(START, UP, SECTION)], None),  # none held
        ([post(None, None, SECTION)], None),
        ([post(START, UP, None), post(UP, None, SECTION)], None),
        ([], None),
    ],
)
def test_the_last_promotion_began_the_run_on_the_level_held_now(posts: list[dict[str, Raw]], day: date | None) -> None:
    assert derived({"posts": records(posts)}).get("person.last_promotion") == day


@pytest.mark.parametrize(
    ("probations", "is_on"),
    [
        ([], False),
        ([{"start": ON}], True),
        ([{"start": NOW, "closed": ON}], False),
        ([{"start": NOW, "closed": date(2025, 6, 2)}], True),
        ([{"start": date(2025, 6, 2)}], False),
    ],
)
def test_a_probation_runs_until_it_is_closed(probations: list[dict[str, Any]], is_on: bool) -> None:
    assert derived({"probations": records(probations)})["person.is_on_probation"] is is_on


def test_a_probation_without_a_first_day_may_run() -> None:
    assert "person.is_on_probation" not in derived({"probations": records([{"post": "局长"}])})


def test_without_records_nothing_is_said() -> None:
    assert not {"target.kind", "person.last_promotion", "person.is_on_probation"} & set(derived({}))
