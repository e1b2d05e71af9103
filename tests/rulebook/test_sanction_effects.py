"""Effect periods of sanctions in sequence, from raw records."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.dates import add_months
from quanheng.rulebook.situation import Raw
from quanheng.rulebook.types import LAST
from tests.rulebook.deriving import ON, column, derived, records

D = date


def sanction(kind: str, effective: date | None, **more: Raw) -> dict[str, Raw]:
    return {"kind": kind, "effective": effective, **more}


@pytest.mark.parametrize(
    ("kind", "system"),
    [("严重警告", "党纪"), ("记过", "政务"), ("免职", "组织处理"), ("诫勉", "诫勉"), ("警告", None)],
)
def test_the_kind_tells_the_system_but_for_the_warning(kind: str, system: str | None) -> None:
    assert column(derived(sanctions=records(sanction(kind, ON))), "sanctions", "system") == [system]


@pytest.mark.parametrize(
    ("kind", "months"),
    [
        *(
            ("严重警告", 18),
            ("撤销党内职务", 24),
            ("开除党籍", 60),
            ("记过", 12),
            ("记大过", 18),
            ("降级", 24),
            ("撤职", 24),
        ),
        *(("诫勉", 6), ("调整职务", 12), ("责令辞职", 24), ("免职", 24), ("降职", 24), ("停职检查", 0)),
    ],
)
def test_effect_ends_after_the_months_of_the_rule(kind: str, months: int) -> None:
    facts = derived(sanctions=records(sanction(kind, D(2024, 8, 31))))
    assert column(facts, "sanctions", "effect_end") == [add_months(D(2024, 8, 31), months)]


def test_warnings_of_two_systems_differ() -> None:
    party, other = (sanction("警告", D(2024, 5, 6), system=system) for system in ("党纪", "政务"))
    assert column(derived(sanctions=records(party, other)), "sanctions", "effect_end") == [
        D(2025, 5, 6),
        D(2024, 11, 6),
    ]


def test_the_decision_may_set_other_months() -> None:
    facts = derived(sanctions=records(sanction("记过", D(2024, 5, 6), months=30)))
    assert column(facts, "sanctions", "effect_end") == [D(2026, 11, 6)]


def test_one_more_day_by_switch() -> None:
    facts = derived(switches={"SW-PERIOD-END": "day_after"}, sanctions=records(sanction("记过", D(2024, 5, 6))))
    assert column(facts, "sanctions", "effect_end") == [D(2025, 5, 7)]


def test_a_dismissal_never_ends_and_an_undated_sanction_is_unknown() -> None:
    facts = derived(sanctions=records(sanction("开除", D(2024, 5, 6)), sanction("记过", None)))
    assert column(facts, "sanctions", "effect_end") == [LAST, None]
    assert column(facts, "sanctions", "is_inside_another") == [False, None]


def test_a_sanction_inside_another_adds_up() -> None:
    given = records(sanction("警告", D(2024, 1, 10), system="党纪"), sanction("严重警告", D(2024, 8, 10)))
    facts = derived(sanctions=given)
    assert column(facts, "sanctions", "effect_end") == [D(2025, 1, 10), D(2026, 7, 10)]
    assert column(facts, "sanctions", "is_inside_another") == [False, True]


@pytest.mark.parametrize(("second", "end", "is_inside"), [
    (D(2025, 1, 9), D(2026, 7, 10), True),
    (D(2025, 1, 10), D(2026, 7, 10), False),
])  # fmt: skip
def test_on_the_first_free_day_a_new_one_stands_alone(second: date, end: date, is_inside: bool) -> None:
    given = records(sanction("警告", D(2024, 1, 10), system="党纪"), sanction("严重警告", second))
    facts = derived(sanctions=given)
    assert column(facts, "sanctions", "effect_end")[1] == end
    assert column(facts, "sanctions", "is_inside_another")[1] is is_inside


def test_administrative_sanctions_are_capped() -> None:
    starts = [D(2024, 1, 31), D(2024, 2, 29), D(2024, 3, 31)]
    facts = derived(sanctions=records(*(sanction("撤职", start) for start in starts)))
    assert column(facts, "sanctions", "effect_end") == [D(2026, 1, 31), D(2028, 1, 31), D(2028, 3, 31)]


@pytest.mark.parametrize(("value", "end"), [("latest_end", D(2025, 2, 6)), ("remaining_plus_new", D(2025, 5, 6))])
def test_admonishments_add_up_only_by_switch(value: str, end: date) -> None:
    given = records(sanction("诫勉", D(2024, 5, 6)), sanction("诫勉", D(2024, 8, 6)))
    assert column(derived(switches={"SW-SEQ": value}, sanctions=given), "sanctions", "effect_end")[1] == end


@pytest.mark.parametrize(
    ("other", "end"),
    [
        (sanction("严重警告", None), None),
        (sanction("警告", D(2024, 5, 1)), None),  # of which system?
        (sanction("警告", D(2024, 5, 7)), D(2025, 11, 6)),
        ({"effective": D(2024, 5, 1)}, None),
        (sanction("记过", None), D(2025, 11, 6)),
    ],
)
def test_one_that_may_come_before_leaves_the_end_open(other: dict[str, Raw], end: date | None) -> None:
    facts = derived(sanctions=records(sanction("严重警告", D(2024, 5, 6)), other))
    assert column(facts, "sanctions", "effect_end")[0] == end
    assert column(facts, "sanctions", "least_effect_end")[0] == D(2025, 11, 6)


@pytest.mark.parametrize(
    ("other", "end"),
    [
        (sanction("严重警告", D(2024, 1, 1)), None),  # if of the same, its time would be added to
        (sanction("警告", D(2024, 1, 1), months=24), None),
        (sanction("记过", None), None),
        (sanction("严重警告", D(2024, 5, 7)), D(2025, 5, 6)),
        (sanction("诫勉", D(2024, 1, 1)), D(2025, 5, 6)),
    ],
)
def test_a_warning_of_no_known_system_may_follow_on_one_of_either(other: dict[str, Raw], end: date | None) -> None:
    warning = sanction("警告", D(2024, 5, 6), months=12)
    facts = derived(sanctions=records(warning, other))
    assert column(facts, "sanctions", "effect_end")[0] == end
    assert column(facts, "sanctions", "least_effect_end")[0] == D(2025, 5, 6)


@pytest.mark.parametrize(
    ("other", "is_inside"),
    [
        (sanction("严重警告", None), None),
        (sanction("警告", D(2020, 5, 1)), None),  # of which system?
        (sanction("留党察看", D(2015, 5, 1)), None),  # nobody has written down that the rights came back
        (sanction("留党察看", D(2015, 5, 1), restored=D(2016, 5, 1)), False),
        (sanction("留党察看", D(2022, 5, 1)), True),
        (sanction("记过", None), False),
    ],
)
def test_it_is_not_outside_of_what_is_not_known(other: dict[str, Raw], is_inside: bool | None) -> None:
    facts = derived(sanctions=records(sanction("严重警告", D(2024, 5, 6)), other))
    assert column(facts, "sanctions", "is_inside_another")[0] is is_inside


def test_systems_are_apart() -> None:
    given = records(sanction("记过", D(2024, 5, 6)), sanction("严重警告", D(2024, 8, 6)))
    assert column(derived(sanctions=given), "sanctions", "is_inside_another") == [False, False]


@pytest.mark.parametrize(
    ("more", "end", "least"),
    [
        ({"months": 12}, None, D(2027, 3, 15)),
        ({"months": 24}, None, D(2028, 3, 15)),
        ({"months": 12, "is_prolonged": True}, None, D(2028, 3, 15)),
        ({}, None, D(2027, 3, 15)),
        ({"months": 12, "restored": D(2025, 4, 2)}, D(2027, 4, 2), D(2027, 4, 2)),
    ],
)
def test_a_probation_ends_two_years_after_its_decision(more: dict[str, Raw], end: date | None, least: date) -> None:
    facts = derived(sanctions=records(sanction("留党察看", D(2024, 3, 15), **more)))
    assert column(facts, "sanctions", "effect_end") == [end]
    assert column(facts, "sanctions", "least_effect_end") == [least]


STARTS = st.dates(D(2015, 1, 1), D(2025, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(["记过", "记大过", "降级"]), STARTS), min_size=1, max_size=4))
def test_a_sequence_is_never_shorter_than_its_parts(pairs: list[tuple[str, date]]) -> None:
    alone = [column(derived(sanctions=records(sanction(*pair))), "sanctions", "effect_end")[0] for pair in pairs]
    together = column(derived(sanctions=records(*(sanction(*pair) for pair in pairs))), "sanctions", "effect_end")
    assert all(end >= single for end, single in zip(together, alone, strict=True))
    assert all(end <= add_months(start, 48) for end, (_, start) in zip(together, pairs, strict=True))
