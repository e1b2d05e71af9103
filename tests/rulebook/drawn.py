"""Random people, days and conditions for the tests that hold the back ends together."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from quanheng.rulebook.situation import Bounded

# Boundary days: month ends, leap days, the day asked for and its neighbours.
DAYS = [
    *("2020-01-31", "2020-02-29", "2022-08-31", "2023-02-28", "2023-05-31", "2023-06-01", "2023-06-02", "2024-02-29"),
    *("2024-05-31", "2024-06-01", "2024-12-31", "2025-01-01", "2025-05-31", "2025-06-01", "2025-06-02", "2025-08-31"),
]
days = st.one_of(
    st.sampled_from([date.fromisoformat(day) for day in DAYS]), st.dates(date(2019, 1, 1), date(2026, 6, 30))
)
maybe_days = st.none() | days
levels, colours = st.sampled_from(["low", "middle", "high", None]), st.sampled_from(["red", "green", None])
numbers = st.none() | st.integers(0, 40)

bounds = numbers | st.builds(
    lambda lo, more: Bounded(lo, None if lo is None or more is None else lo + more),
    st.none() | st.integers(0, 30),
    st.none() | st.integers(0, 9),
).filter(lambda made: made.lo is not None)


amounts = st.integers(-1, 5) | st.integers(-1, 40)  # counts are small


@st.composite
def periods(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(maybe_days), draw(maybe_days)
    return {"start": start, "end": end if start is None or end is None or start < end else None}


posts = st.lists(
    st.builds(
        lambda period, **more: period | more,
        periods(),
        level=levels,
        colour=colours,
        size=numbers,
        hours=bounds,
        is_far=st.sampled_from([True, False, None]),
    ),
    max_size=4,
)


def mark_of(year: int) -> st.SearchStrategy[dict[str, Any]]:
    kept = st.sampled_from([year, year, year, None])
    return st.fixed_dictionaries({"year": kept, "mark": colours, "hours": numbers, "decided": maybe_days})


years = st.lists(st.sampled_from([2021, 2022, 2023, 2024, 2025]), unique=True, max_size=4)
marks = years.flatmap(lambda chosen: st.tuples(*map(mark_of, chosen))).map(list)
lengths = st.none() | st.integers(1, 24)
sanctions = st.lists(st.fixed_dictionaries({"effective": maybe_days, "colour": colours, "months": lengths}), max_size=3)
people = st.fixed_dictionaries(
    {
        "person.birth": maybe_days,
        "person.start": maybe_days,
        "person.size": numbers,
        "person.hours": bounds,
        "person.level": levels,
        "person.is_member": st.sampled_from([True, False, None]),
        "posts": posts,
        "marks": marks,
        "sanctions": sanctions,
    }
)

WHERE_POSTS = """
level == "low"
level >= target.level
level in ("low", "high")
level == "low" and running
level == "middle" or is_far
colour != "red"
running
size >= 20
is_far
not is_far
start > person.birth
end <= on
months_between(start, on) >= 12
start > first_date(sanctions, effective)
reached(start + months(size))
hours * param.share >= 5
""".strip().splitlines()
WHERE_MARKS = ['mark == "red"', "hours >= 20", 'mark == "red" or year == 2024', "True"]
WHERE_SANCTIONS = ['colour == "red"', "months > 6", "effective + months(months) > on"]
OVERS = ["", ", over=(2023, 2024)", ", over=(year(on) - 3, year(on) - 1)", ", over=(year(person.birth), 2024)"]
SHIFTS = [
    "",
    " + months(1)",
    " + years(3)",
    " - months(13)",
    " + days(30)",
    " + months(person.size)",
    " + months(person.hours * param.third)",
]
# {0}: condition of posts, {1}: of marks, {2}: over, {3}: of sanctions
DATES = """
person.birth
person.start
held_since(posts, {0})
first_date(posts, start, {0})
last_date(posts, end, {0})
last_date(sanctions, effective + months(months), {3})
last_end(posts, {0})
latest(posts, start, {0})
latest_before(posts, end, person.start, {0})
max(person.birth, person.start)
min(person.birth, on)
(person.birth if person.is_member else person.start)
free_from(person.start, 12)
date_of(year(person.birth) + 3, person.size, person.hours)
""".strip().splitlines()
NUMBERS = """
months_in(posts, {0})
longest_run(posts, {0})
count(posts, {0})
count(sanctions)
count(marks, {1}{2})
count_distinct(posts, level, {0})
count_distinct(posts, size, {0})
sum_of(posts, size, {0})
sum_of(posts, hours * param.share, {0})
count_distinct(posts, hours, {0})
latest(posts, hours * param.third, {0})
sum_of(marks, hours, {1}{2})
latest(posts, size, {0})
latest(marks, hours, {1}{2})
months_between(held_since(posts, {0}), on)
months_between(person.start, on)
months_between(person.birth, person.start)
years_between(person.birth, on)
days_between(person.start, on)
year(person.birth) - 2000
month(person.start)
person.size
person.size * 2 - 3
30 - person.size
max(person.size, 12)
person.hours
ceil(person.size * param.share, 1)
floor(person.hours, person.size - 3)
half_up(person.size * param.third + 1, 2 * param.share)
(max(person.hours, param.share) if person.is_member else param.third)
(months_between(person.start, on) if person.is_member else person.hours * param.share)
(person.size if person.is_member else 7)
""".strip().splitlines()
PLAIN = """
person.is_member
known(person.size)
known(person.hours)
known(posts)
known(sanctions)
person.size * param.share < 5
months_between(person.start, on) > person.hours * param.share
person.level == "low"
person.level != "high"
person.level < target.level
person.level not in ("low", "high")
lower(person.level) == "low"
latest(posts, level, {0}) == "low"
latest(posts, is_far, {0})
latest(marks, mark, {1}) in ("red",)
latest(marks, mark, {1}{2}) == "red"
(person.level if person.is_member else "high") >= latest(posts, level, {0})
exists(posts, {0})
every(posts, {0})
exists(marks, {1}{2})
every(marks, {1}{2})
exists(sanctions, {3})
any_within(sanctions, months(12))
any_within(posts, days(90), {0})
""".strip().splitlines()


def filled(templates: list[str]) -> st.SearchStrategy[str]:
    wheres = (st.sampled_from(each) for each in (WHERE_POSTS, WHERE_MARKS, OVERS, WHERE_SANCTIONS))
    return st.builds(str.format, st.sampled_from(templates), *wheres)


day_texts = st.builds(str.__add__, filled(DATES), st.sampled_from(SHIFTS))


@st.composite
def conditions(draw: st.DrawFn, depth: int = 2) -> str:
    kind = draw(st.sampled_from(["day", "number", "plain", *(["and", "or", "not", "if"] if depth else [])]))
    if kind == "day":
        sign, other = draw(st.sampled_from(["<=", "<", ">", ">=", "=="])), draw(st.just("on") | day_texts)
        return f"({draw(day_texts)} {sign} {other})"
    if kind == "number":
        sign, amount = (
            draw(st.sampled_from(["<=", "<", ">", ">=", "==", "!="])),
            draw(st.integers(-1, 5) | st.integers(-1, 40)),
        )
        return f"({draw(filled(NUMBERS))} {sign} {amount})"
    if kind == "plain":
        return f"({draw(filled(PLAIN))})"
    parts = [draw(conditions(depth=depth - 1)) for _ in range({"if": 3, "not": 1}.get(kind, 2))]
    if kind == "if":
        return f"({parts[0]} if {parts[1]} else {parts[2]})"
    return f"(not {parts[0]})" if kind == "not" else f"({f' {kind} '.join(parts)})"


@st.composite
def every_form(draw: st.DrawFn) -> list[str]:
    """Each template once, so that none is left to chance."""
    signs = st.sampled_from(["<=", "<", ">", ">=", "=="])
    made = [f"({draw(filled([each]))} {draw(signs)} on)" for each in DATES]
    made += [f"({draw(filled([each]))} {draw(signs)} {draw(amounts)})" for each in NUMBERS]
    return made + [f"({draw(filled([each]))})" for each in PLAIN]
