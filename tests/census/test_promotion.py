"""Since when the level has been held, in SQL as in Python, on random posts."""

from datetime import date, timedelta
from uuid import UUID

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.census import promotion
from quanheng.census.snapshot import Recipe
from quanheng.census.tables import tables
from quanheng.rulebook.derived import derive
from quanheng.rulebook.situation import FactValue, Record

DAY = date(2020, 1, 1)
ON = DAY + timedelta(days=30)
days = st.integers(0, 36).map(lambda number: DAY + timedelta(days=number))
levels = st.sampled_from(["乡科级副职", "乡科级正职", "县处级副职", "科员", None])
post = st.tuples(st.none() | days, st.none() | days, levels)
whole = st.tuples(days, st.none() | days, st.sampled_from(["乡科级正职", "县处级副职"]))
people = st.lists(st.lists(post, max_size=4), max_size=8) | st.lists(st.lists(whole, max_size=5), max_size=6)
Post = tuple[date | None, date | None, str | None]


@settings(max_examples=40, deadline=None)
@given(people)
def test_sql_says_what_python_says(recipe: Recipe, held: list[list[Post]]) -> None:
    assert by_sql(recipe, held) == [by_python(recipe, posts) for posts in held]


def by_python(recipe: Recipe, posts: list[Post]) -> FactValue:
    rows = [
        {name: value for name, value in zip(("start", "end", "level"), each, strict=True) if value is not None}
        for each in posts
    ]
    facts: dict[str, FactValue] = {"posts": tuple(Record(f"posts[{place}]", row) for place, row in enumerate(rows))}
    found = derive(facts, recipe.vocabulary, on=ON, switches=recipe.switches, book=recipe.book)
    return found.get(promotion.LAST_PROMOTION)


def by_sql(recipe: Recipe, held: list[list[Post]]) -> list[FactValue]:
    with duckdb.connect(config={"threads": "1"}) as connection:
        for table in tables(recipe.vocabulary):
            if table.name in ("person", "posts"):
                connection.execute(table.ddl)
        for place, posts in enumerate(held):
            connection.execute("INSERT INTO person (subject) VALUES (?)", [UUID(int=place)])
            for each in posts:
                row = 'INSERT INTO posts (subject, start, "end", level) VALUES (?, ?, ?, ?)'
                connection.execute(row, [UUID(int=place), *each])
        promotion.fill_in(connection, ON)
        return [
            row[0] for row in connection.execute("SELECT person_last_promotion FROM person ORDER BY subject").fetchall()
        ]


@pytest.mark.parametrize(
    ("end", "since"),
    [
        (date(2020, 1, 10), date(2020, 1, 1)),  # the next one began on that day
        (date(2020, 1, 9), date(2020, 1, 10)),  # a day between
    ],
)
def test_a_day_between_breaks_the_run(recipe: Recipe, end: date, since: date) -> None:
    held: list[list[Post]] = [[(DAY, end, "县处级副职"), (date(2020, 1, 10), None, "县处级副职")]]
    assert by_sql(recipe, held) == [since] == [by_python(recipe, held[0])]
