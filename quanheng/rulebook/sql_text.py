# ruff: noqa: S608  this is where SQL is written
"""SQL text in small pieces: expressions that know how deep they lie, columns that name them, and dialects.

A value that is used more than once becomes a column of an inner SELECT (`Frame.let`), so that the text grows with the
tree and not with its depth squared; the levels are put around each other by `Frame.select`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from quanheng.rulebook.types import FIRST, LAST, MOST


class NotInSqlError(ValueError):
    """What has no SQL: items of `each`, working days, and fractions where only whole numbers make sense. Such rules run
    in Python."""


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression; `level`: how many SELECTs have to be inside its own. `is_name`: a column or constant."""

    text: str
    level: int = 0
    is_name: bool = True

    def __str__(self) -> str:
        return self.text

    @property
    def is_word(self) -> bool:
        """A text that is written, not a column."""
        return self.text.startswith("'")


def sql(template: str, *parts: Sql) -> Sql:
    """`{0}`, `{1}` … are the parts; the whole lies as deep as its deepest part."""
    return Sql(template.format(*parts), max((part.level for part in parts), default=0), is_name=False)


def name(text: str) -> str:
    """An identifier: `end` and `over` are words of SQL."""
    return f'"{text}"'


def whole(value: int) -> Sql:
    return Sql(str(value))


def word(value: str) -> Sql:
    doubled = value.replace("'", "''")
    return Sql(f"'{doubled}'")


def day(value: date) -> Sql:
    return Sql(f"DATE '{value.isoformat():0>10}'")


ZERO, NONE = whole(0), Sql("NULL")
SINCE_EVER, NEVER, LIMIT, MINUS_LIMIT = day(FIRST), day(LAST), whole(MOST), whole(-MOST)


def is_written(value: Sql) -> bool:
    """Is it a whole number and no expression?"""
    return value.text.lstrip("-").isdigit()


def times(value: Sql, factor: int) -> Sql:
    """A product; of a number that is written it is one too."""
    if factor == 1 or not is_written(value):
        return value if factor == 1 else sql(f"({{0}} * {factor})", value)
    return whole(int(value.text) * factor)


def greatest(parts: Iterable[Sql], idle: Sql) -> Sql:
    return _extreme("greatest", parts, idle)


def least(parts: Iterable[Sql], idle: Sql) -> Sql:
    return _extreme("least", parts, idle)


def _extreme(function: str, parts: Iterable[Sql], idle: Sql) -> Sql:
    """Without the value that changes nothing, and without doubles."""
    kept = list(dict.fromkeys(part for part in parts if part != idle))
    if len(kept) < 2:
        return kept[0] if kept else idle
    return sql(f"{function}({', '.join(f'{{{place}}}' for place in range(len(kept)))})", *kept)


def bits(parts: Iterable[Sql]) -> Sql:
    """Bit masks put together."""
    kept = list(dict.fromkeys(part for part in parts if part != ZERO))
    if len(kept) < 2:
        return kept[0] if kept else ZERO
    return sql("(" + " | ".join(f"{{{place}}}" for place in range(len(kept))) + ")", *kept)


@dataclass
class Frame:
    """Columns that are computed over one source, level by level."""

    prefix: str
    fence: str = ""  # what keeps the database from putting a level into those above it
    columns: dict[str, Sql] = field(default_factory=dict)  # name -> expression
    known: dict[str, Sql] = field(default_factory=dict)  # expression -> its column

    def let(self, expression: Sql) -> Sql:
        """The column that holds the expression; the same expression is one column."""
        if expression.is_name:
            return expression
        if expression.text not in self.known:
            column = Sql(name(f"{self.prefix}{len(self.columns)}"), expression.level + 1)
            self.columns[column.text] = expression
            self.known[expression.text] = column
        return self.known[expression.text]

    def select(self, source: str) -> str:
        """All columns over `source` (a table or a SELECT in brackets), the shallow ones inside."""
        levels: dict[int, list[str]] = {}
        for column, expression in self.columns.items():
            levels.setdefault(expression.level, []).append(f"{expression} AS {column}")
        made = source
        for number, level in enumerate(sorted(levels)):
            made = f"(SELECT *, {', '.join(levels[level])} FROM {made} AS {self.prefix}level{number}{self.fence})"
        return made


@dataclass(frozen=True)
class Dialect:
    """The handful of things in which databases differ."""

    name: str
    months: str  # {0} date plus {1} months, clamped to the month's end
    days: str
    month_count: str  # from the month of {0} to that of {1}
    wide: str  # a number that holds the product of two others
    quotient: str  # of whole numbers, rounded towards zero or down
    ones: str  # how many bits of a number are set
    fence: str = ""

    def add_months(self, start: Sql, months: Sql) -> Sql:
        return self._kept(start, sql(self.months, start, _within(start, months, 12)))

    def add_days(self, start: Sql, days: Sql) -> Sql:
        return self._kept(start, sql(self.days, start, _within(start, days, 366)))

    def _kept(self, start: Sql, moved: Sql) -> Sql:
        """For ever stays for ever; beyond the years 1 to 9999 is for ever too."""
        ends = (start, SINCE_EVER, NEVER, moved)
        return sql("CASE WHEN {0} IN ({1}, {2}) THEN {0} ELSE greatest({1}, least({2}, {3})) END", *ends)


def _within(start: Sql, steps: Sql, of_a_year: int) -> Sql:
    """Steps that no database refuses: back to the year 0 (PostgreSQL begins in 4713 BC), 10,000 years on."""
    if is_written(steps) and abs(int(steps.text)) <= 4_000 * of_a_year:
        return steps
    limits = f"greatest(-{of_a_year} * extract(year FROM {{0}}), least({10_000 * of_a_year}, {{1}}))"
    return sql(f"CAST({limits} AS INTEGER)", start, steps)


DUCKDB = Dialect(
    "duckdb",
    "CAST({0} + to_months({1}) AS DATE)",
    "({0} + {1})",
    "date_diff('month', {0}, {1})",
    "HUGEINT",
    "({0} // {1})",
    "bit_count({0})",
)
POSTGRESQL = Dialect(
    "postgresql",
    "CAST({0} + make_interval(months => {1}) AS DATE)",
    "({0} + {1})",
    "((extract(year FROM {1}) - extract(year FROM {0})) * 12"
    " + extract(month FROM {1}) - extract(month FROM {0}))::bigint",
    "NUMERIC",
    "div({0}, {1})",
    "bit_count(CAST({0} AS BIT(64)))",
    " OFFSET 0",  # without it PostgreSQL writes each column out wherever it is named: planning without end
)
# Steps of DuckDB's planner that change nothing in a statement of some hundred columns and take half of its planning: a
# connection that asks whole rules does without (`disabled_optimizers`).
IDLE_OPTIMIZERS = ",".join(
    (
        "projection_pullup",
        "projection_placement",
        "partial_aggregate_pushdown",
        "common_subplan",
        "duplicate_groups",
        "outer_join_simplification",
    )
)
