# ruff: noqa: S608  names are constants, the day is a date
"""Since when everybody has held the level that is held now: `rulebook.derived.last_promotion`, as SQL over all posts.

It follows from the posts of everybody, so that Python, person by person, would take longer than all else together.
"""

from collections.abc import Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from quanheng.census.tables import PERSON, SUBJECT, column
from quanheng.rulebook import ladders

LAST_PROMOTION = "person.last_promotion"
# `told`: all posts of those who are asked about. `top`: the highest level now held, where each post has a start and
# each that has begun a known level. `reached`: back to which day the posts that ended later lead; one that ended before
# it breaks the run.
_FOUND = """
WITH rung AS (SELECT unnest(?::VARCHAR[]) AS level, unnest(?::BIGINT[]) AS height),
told AS (
    SELECT {subject}, start, coalesce("end", DATE '9999-12-31') AS until, height,
        start <= {on} AND coalesce("end" > {on}, true) AS runs
    FROM posts LEFT JOIN rung USING (level)
    WHERE {subject} IN (SELECT {subject} FROM {person} WHERE {column} IS NULL)
),
top AS (
    SELECT {subject}, max(height) FILTER (WHERE runs) AS height FROM told
    GROUP BY {subject} HAVING bool_and(start IS NOT NULL AND (start > {on} OR height IS NOT NULL)) AND bool_or(runs)
),
led AS (
    SELECT {subject}, start, until, least({on}, min(start) OVER (
        PARTITION BY {subject} ORDER BY until DESC, start DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )) AS reached
    FROM told JOIN top USING ({subject}) WHERE told.height >= top.height AND start <= {on}
),
run AS (
    SELECT {subject}, start, bool_or(reached > until) OVER (
        PARTITION BY {subject} ORDER BY until DESC, start DESC ROWS UNBOUNDED PRECEDING
    ) AS is_broken
    FROM led
)
SELECT {subject}, min(start) AS since FROM run WHERE NOT is_broken GROUP BY {subject}
"""


def fill_in(target: DuckDBPyConnection, on: date) -> None:
    """Where it is not told yet."""
    names = {"subject": SUBJECT, "person": PERSON, "column": column(LAST_PROMOTION), "on": f"DATE '{on.isoformat()}'"}
    rungs = _rungs(target)
    target.execute(
        f"UPDATE {PERSON} SET {column(LAST_PROMOTION)} = since FROM ({_FOUND.format(**names)}) AS found"
        f" WHERE {PERSON}.{SUBJECT} = found.{SUBJECT}",
        [list(rungs), list(rungs.values())],
    )


def take_out(target: DuckDBPyConnection) -> None:
    target.execute(f"UPDATE {PERSON} SET {column(LAST_PROMOTION)} = NULL")


def _rungs(target: DuckDBPyConnection) -> Mapping[str, int]:
    """The place on the ladder of each word of a level that is one."""
    words = [row[0] for row in target.execute("SELECT DISTINCT level FROM posts WHERE level IS NOT NULL").fetchall()]
    levels = {word: ladders.level(word) for word in words}
    return {word: ladders.level_index(level) for word, level in levels.items() if level is not None}
