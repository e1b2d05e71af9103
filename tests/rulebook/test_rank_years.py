"""Years for a promotion in rank against an oracle, and the finding on each assessed year in step with them."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.dates import add_months
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.situation import FactValue, Record, Situation

GRADES = ("优秀", "称职", "基本称职", "不定等次", "未参加考核")
YEARS = range(2018, 2025)
NEED = {"一级巡视员": 48, "二级巡视员": 48, "一级调研员": 36}
RULES = {rule.text.id: rule for rule in load_rules().values() if rule.text.family == "RNK"}
RANKS = load_facts().codes["rank"].values  # the lowest first
TARGETS = RANKS[:0:-1]

first_days = st.builds(date, st.integers(2019, 2024), st.just(1), st.just(1))
starts = st.dates(date(2019, 1, 1), date(2024, 12, 31)) | first_days
windows = st.sampled_from(["include_year_of_appointment", "exclude_year_of_appointment", "full_calendar_years"])


def facts(target: str, start: date, grades: dict[int, str]) -> dict[str, FactValue]:
    below = RANKS[RANKS.index(target) - 1]
    rows = tuple(
        Record(str(year), {"year": year, "grade": grade, "decided": date(year + 1, 1, 20)})
        for year, grade in grades.items()
    )
    return {
        "target.kind": "rank",
        "target.rank": target,
        "ranks": (Record("rank", {"rank": below, "start": start}),),
        "posts": (),
        "grades": rows,
    }


def find(rule: str, given: dict[str, FactValue], on: date, window: str) -> tuple[Finding, ...]:
    switches = {each.id: each.default.value for each in load().switches} | {"SW-RNK-WINDOW": window}
    return evaluate(RULES[rule], Situation(on, given, switches=switches), load_facts())


def months_needed(target: str, start: date, grades: dict[int, str], window: str) -> int:
    """Counted by hand: half a year off for each excellent year in the window, a year not counted on top."""
    is_whole = window == "full_calendar_years" and (start.month, start.day) == (1, 1)
    first = start.year if window == "include_year_of_appointment" or is_whole else start.year + 1
    need = NEED.get(target, 24)
    for year, grade in grades.items():
        if grade == "优秀" and year >= first:
            need -= 6
        if grade in GRADES[2:] and year >= start.year:
            need += 13 - start.month if year == start.year else 12
    return max(need, 0)


@settings(deadline=None, max_examples=60)
@given(
    target=st.sampled_from(TARGETS),
    start=starts,
    grades=st.dictionaries(st.sampled_from(YEARS), st.sampled_from(GRADES), max_size=6),
    window=windows,
)
def test_years_are_reached_on_the_day_the_oracle_says(
    target: str, start: date, grades: dict[int, str], window: str
) -> None:
    rule = f"RNK-Y-{TARGETS.index(target) + 1:02}"
    given, on = facts(target, start, grades), date(2025, 3, 1)
    need = months_needed(target, start, grades, window)
    reached = add_months(start, need)
    found = find(rule, given, on, window)[0]
    assert (found.numbers["need"].lo, found.dates["reached"].lo) == (need, reached)
    assert found.outcome is (Outcome.MET if reached <= on else Outcome.NOT_MET)
    for year in find("RNK-APPR", given, on, window):
        if year.outcome is not Outcome.NOT_APPLICABLE:
            assert year.dates["made_up"].lo == reached
            is_counted = grades[int(year.item or 0)] in GRADES[:2]
            assert year.outcome is (Outcome.MET if is_counted or reached <= on else Outcome.NOT_MET)


@settings(deadline=None, max_examples=30)
@given(target=st.sampled_from(TARGETS), start=starts)
def test_the_day_before_is_too_early_and_the_day_is_not(target: str, start: date) -> None:
    rule, given = f"RNK-Y-{TARGETS.index(target) + 1:02}", facts(target, start, {})
    reached, window = add_months(start, NEED.get(target, 24)), "include_year_of_appointment"
    assert find(rule, given, reached - timedelta(days=1), window)[0].earliest == reached
    assert find(rule, given, reached, window)[0].outcome is Outcome.MET
