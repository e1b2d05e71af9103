"""The rows of one fact and what is aggregated of them: columns of the rows, and of the person they belong to."""

from dataclasses import dataclass, field

from quanheng.rulebook.sql import Context, Writer
from quanheng.rulebook.sql_text import (
    LIMIT,
    NEVER,
    NONE,
    SINCE_EVER,
    ZERO,
    Sql,
    bits,
    name,
    sql,
    times,
    whole,
)
from quanheng.rulebook.sql_values import MET, SDay, SNumber, STruth, SValue, settled
from quanheng.rulebook.tree import Combine
from quanheng.rulebook.vocabulary import Fact, World

ROW = "r_"
ALL = Sql("TRUE")  # the rows


@dataclass
class Group:
    """Combinators of one fact at one depth. `rows`: the frame of its records; `after`: the frame of the person. `held`:
    the condition of them all, where only rows that may meet it are in the frame."""

    context: Context
    fact: Fact
    key: str  # of its CTEs
    all_key: str  # of what is told of all rows of the fact
    rows: Writer
    after: Writer
    held: STruth | None = None
    are_last: bool = False  # only those records of each person that may be the last are in the frame
    aggregates: dict[str, str] = field(default_factory=dict)  # column -> aggregate

    # columns of the rows

    @property
    def begin(self) -> Sql:
        if not self.fact.begins:
            return SINCE_EVER
        return self.rows.frame.let(sql("coalesce({0}, {1})", Sql(name(ROW + self.fact.begins)), SINCE_EVER))

    @property
    def end(self) -> Sql:
        return self.rows.frame.let(sql("coalesce({0}, {1})", Sql(name(ROW + self.fact.ends)), NEVER))

    def aggregate(self, text: str, *parts: Sql) -> Sql:
        """A column of the aggregated rows, as the person's frame sees it: NULL where there is no row."""
        expression = sql(text, *parts).text
        for column, known in self.aggregates.items():
            if known == expression:
                return Sql(name(column))
        column = f"{self.key}_a{len(self.aggregates)}"
        self.aggregates[column] = expression
        return Sql(name(column))

    @property
    def has_all_begun(self) -> bool:
        """Has each person who has a record that exists a row?"""
        return self.held is None

    def count_rows(self) -> str:
        """The column that counts them, with its table."""
        return f"{name(self.key)}.{self.aggregate('count(*)')}"

    def aggregate_of(self, function: str, which: Sql, value: Sql) -> Sql:
        """Of some of the rows."""
        text = "{1}" if which == ALL else "CASE WHEN {0} THEN {1} END"
        return self.aggregate(f"{function}({text})", which, value)

    def or_else(self, column: Sql, idle: Sql) -> Sql:
        return self.after.frame.let(sql("coalesce({0}, {1})", column, idle))

    @property
    def is_unknown(self) -> Sql:
        """No row at all of an open-world fact."""
        if self.fact.world is World.CLOSED:
            return Sql("FALSE")
        return Sql(f"({name(self.all_key + '_n')} IS NULL)")

    @property
    def bit(self) -> Sql:
        return whole(self.context.bits.of(self.fact.name))

    def unless_unknown(self, value: Sql, unknown: Sql) -> Sql:
        if self.fact.world is World.CLOSED:
            return value
        return self.after.frame.let(sql("CASE WHEN {0} THEN {1} ELSE {2} END", self.is_unknown, unknown, value))


@dataclass(frozen=True)
class Selected:
    """One combinator: the truth of each row, and how many gaps there are (in the person's frame)."""

    group: Group
    node: Combine
    held: STruth
    gaps: Sql

    @property
    def sure(self) -> Sql:
        return ALL if self.held.state == MET else self.group.rows.frame.let(sql("({0} = 2)", self.held.state))

    @property
    def maybe(self) -> Sql:
        is_told = self.held.state == MET or self.group.held is not None
        return ALL if is_told else self.group.rows.frame.let(sql("({0} >= 1)", self.held.state))

    def over(self, function: str, value: Sql, which: Sql, idle: Sql) -> Sql:
        """An aggregate of some of the rows; `idle` where there is none."""
        return self.group.or_else(self.group.aggregate_of(function, which, value), idle)

    def count(self, which: Sql) -> Sql:
        text = "count(*)" if which == ALL else "count(CASE WHEN {0} THEN 1 END)"
        return self.group.or_else(self.group.aggregate(text, which), ZERO)

    def lacking(self, *more: Sql) -> Sql:
        """What the maybes lack, with what their values lack."""
        parts = [self.bits_of(self.held.missing, ALL), *(self.bits_of(each, self.maybe) for each in more)]
        if self.gaps != ZERO:
            gap = sql("CASE WHEN {0} > 0 THEN {1} ELSE 0 END", self.gaps, self.group.bit)
            parts.append(self.group.after.frame.let(gap))
        return bits(parts)

    def bits_of(self, missing: Sql, which: Sql) -> Sql:
        return ZERO if missing == ZERO else self.over("bit_or", missing, which, ZERO)

    def number(self, lo: Sql, hi: Sql, missing: Sql, idle: Sql = ZERO, since: Sql = NONE, over: int = 1) -> SNumber:
        group, step = self.group, None if since == NONE else 1
        made = group.after.logic.number(lo, hi, missing, over=over)
        return SNumber(
            group.unless_unknown(made.lo, times(idle, over)),
            group.unless_unknown(made.hi, times(LIMIT, over)),
            group.unless_unknown(made.missing, group.bit),
            group.unless_unknown(since, NONE) if step else NONE,
            step,
            over,
        )

    def day(self, lo: Sql, hi: Sql, missing: Sql) -> SDay:
        group = self.group
        made = group.after.logic.day(lo, hi, missing)
        return SDay(
            group.unless_unknown(made.lo, SINCE_EVER),
            group.unless_unknown(made.hi, NEVER),
            group.unless_unknown(made.missing, group.bit),
        )

    def truth(self, made: STruth) -> STruth:
        group = self.group
        named = group.after.logic.named(made)
        if named.is_settled:
            state, missing = (
                group.unless_unknown(*each) for each in ((named.state, whole(1)), (named.missing, group.bit))
            )
            return settled(state, missing)
        return STruth(
            group.unless_unknown(named.state, whole(1)),
            group.unless_unknown(named.missing, group.bit),
            group.unless_unknown(named.lo, SINCE_EVER),
            group.unless_unknown(named.hi, NEVER),
        )


def value_of(chosen: Selected) -> SValue:
    """What is taken of each row."""
    assert chosen.node.value is not None
    return chosen.group.rows.value(chosen.node.value)
