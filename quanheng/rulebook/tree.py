"""An expression as a tree. Fourteen node types; every node is typed and frozen, and equal trees mean the same.

What a node means is told here once; `evaluate` (Python) and `sql` (DuckDB, PostgreSQL) follow it, as does Polars in
`tests/rulebook/frames.py`, and a property test holds them together; `words` says it to a reader. "Sure" records meet
the condition, of "maybe" ones it is unknown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction

from quanheng.rulebook.types import DATE, NUMBER, SPAN, TRUTH, Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is written: number, truth, code, text, date, or a list of codes."""

    value: int | Fraction | bool | str | date | tuple[str, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class On:
    """The day for which is asked."""

    @property
    def type(self) -> Type:
        return DATE


@dataclass(frozen=True, slots=True)
class FactName:
    """A single fact, or records as the source of a combinator."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field of the record that the innermost combinator looks at. The field that ends a record's period is the last
    day there is where nothing is recorded; any other field without a value is unknown."""

    fact: str
    name: str
    type: Type
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class ItemName:
    """A field of the record that `each` stands at."""

    fact: str
    name: str
    type: Type
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class ParameterName:
    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class SwitchName:
    """A switch of interpretation: its value at the office concerned."""

    id: str
    type: Type


class Function(StrEnum):
    """Functions of values. A date that is never stays never, one that has always been stays so, whatever is added."""

    MONTHS = "months"  # number -> span
    DAYS = "days"
    WORKDAYS = "workdays"  # Python only: needs the calendar
    ADD = "add"  # date + span; months clamp: 31 January + 1 month is the last of February
    SUBTRACT = "subtract"
    REACHED = "reached"  # date -> truth: on >= date; period [date, for ever)
    BEFORE = "before"  # date -> truth: on < date; period [for ever, date)
    MONTHS_BETWEEN = "months_between"  # greatest n >= 0 with a + n months <= b
    YEARS_BETWEEN = "years_between"  # the same in steps of twelve months: age
    DAYS_BETWEEN = "days_between"  # b - a, at least 0
    WORKDAYS_BETWEEN = "workdays_between"  # working days after a up to b, which counts; Python only
    NEXT_WORKDAY = "next_workday"  # the day itself or the first working day after it; Python only
    YEAR = "year"  # of a date
    MONTH = "month"
    DATE_OF = "date_of"  # date_of(year, month, day), the day clamped to the month's end
    LEAST = "min"
    GREATEST = "max"
    PLUS = "plus"
    MINUS = "minus"
    TIMES = "times"
    FLOOR = "floor"  # floor(a, b): a / b rounded down; of nothing 0
    CEIL = "ceil"
    HALF_UP = "half_up"
    LOWER = "lower"  # the next lower code of its scale; none below the lowest
    KNOWN = "known"  # truth: is it recorded? Never unknown itself, so only for checks of completeness


@dataclass(frozen=True, slots=True)
class Call:
    function: Function
    arguments: tuple["Node", ...]
    type: Type


class Operator(StrEnum):
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


TURNED = {  # seen from the other side
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}


@dataclass(frozen=True, slots=True)
class Compare:
    """Numbers, dates, codes (with order only on a scale). Holds for ever or never, but: a number that grows with `on`
    (`months_between(a, on)` and the like, with `on` itself) compared by order has the period from or to the date at
    which it gets there. A comparison of a date with `on` itself is parsed as `reached` or `before`."""

    operator: Operator
    left: "Node"
    right: "Node"

    @property
    def type(self) -> Type:
        return TRUTH


@dataclass(frozen=True, slots=True)
class Within:
    """A code is one of a list; period as Compare."""

    value: "Node"
    codes: "Node"

    @property
    def type(self) -> Type:
        return TRUTH


@dataclass(frozen=True, slots=True)
class And:
    """Least state, latest lo, earliest hi; an empty period is never."""

    parts: tuple["Node", ...]

    @property
    def type(self) -> Type:
        return TRUTH


@dataclass(frozen=True, slots=True)
class Or:
    """Greatest state. Period: of the parts that are met, or if none is, of those still to come: earliest lo, latest hi;
    parts that are unknown say nothing. Where two parts leave a gap the period is their hull."""

    parts: tuple["Node", ...]

    @property
    def type(self) -> Type:
        return TRUTH


@dataclass(frozen=True, slots=True)
class Not:
    """The state turned round; the period is the part of the complement that holds on `on` or comes next."""

    part: "Node"

    @property
    def type(self) -> Type:
        return TRUTH


@dataclass(frozen=True, slots=True)
class Choose:
    """`a if condition else b`. While the condition is unknown: both together, as far apart as they lie. A truth is
    (condition and a) or (not condition and b)."""

    condition: "Node"
    then: "Node"
    otherwise: "Node"
    type: Type


class Combinator(StrEnum):
    """What is made of the records for which `where` is met. Records that begin after `on` do not exist yet; one whose
    beginning is not recorded exists."""

    EXISTS = "exists"  # truth: as Or over the records, each from the day it begins
    EVERY = "every"  # truth: as And; met where there is none
    COUNT = "count"  # sure .. sure and maybe
    COUNT_DISTINCT = "count_distinct"  # different values; an unknown value may or may not be another one
    SUM_OF = "sum_of"  # maybes count from 0
    FIRST_DATE = "first_date"  # the earliest value; none: never (9999-12-31)
    LAST_DATE = "last_date"  # the latest value; none: since ever (0001-01-01)
    LATEST = "latest"  # the value in the last record by `order`; none: the code "", a date since ever, the number 0
    HELD_SINCE = "held_since"  # start of the unbroken run of periods that reaches `on`; none: never
    MONTHS_IN = "months_in"  # all periods up to `on`, overlaps once; grows while one runs
    LONGEST_RUN = "longest_run"  # months of the longest unbroken run up to `on`; grows while the last one runs
    LAST_END = "last_end"  # the latest end; still running: never; none: since ever


@dataclass(frozen=True, slots=True)
class Combine:
    """`over` is (first, last): only records with a key between, and a key without a record is a maybe where the fact's
    world is open (`is_gap_unknown`)."""

    combinator: Combinator
    records: FactName
    where: "Node"
    value: "Node | None"
    over: "tuple[Node, Node] | None"
    type: Type
    is_gap_unknown: bool = False


Node = (
    Literal
    | On
    | FactName
    | FieldName
    | ItemName
    | ParameterName
    | SwitchName
    | Call
    | Compare
    | Within
    | And
    | Or
    | Not
    | Choose
    | Combine
)

TRUE, FALSE = Literal(True, TRUTH), Literal(False, TRUTH)
ON = On()


def number(value: int | Fraction) -> Literal:
    return Literal(value, NUMBER)


def span(function: Function, amount: Node) -> Call:
    return Call(function, (amount,), SPAN)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    for each in fields(node):
        value = getattr(node, each.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Node):
                yield child


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def facts_of(node: Node) -> frozenset[str]:
    """Names of the facts that the expression uses, records' items included."""
    names = {each.name for each in walk(node) if isinstance(each, FactName)}
    return frozenset(names | {each.fact for each in walk(node) if isinstance(each, ItemName)})
