"""Rules about people as one SQL statement over a snapshot: the same tree, its primitives given in SQL.

Tables: `person` with a column `subject` and one for each single fact (`person.birth` is "person_birth", NULL: unknown),
and for each records fact a table of its name with `subject` and its fields. No row of an open-world fact is unknown, of
a closed-world one none. Numbers are whole; one of `Context.bounded` has two columns, `…_lo` and `…_hi`. What is not
about a person (target, case, parameters, switches, the day) is computed when the text is written. Rules with items or
working days run in Python only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from operator import ge, gt, le, lt

from quanheng.rulebook.compute import Scope, compute
from quanheng.rulebook.instrument import Parameter
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.sql_text import (
    DUCKDB,
    NEVER,
    NONE,
    ZERO,
    Dialect,
    Frame,
    NotInSqlError,
    Sql,
    bits,
    greatest,
    least,
    name,
    sql,
    times,
    whole,
    word,
)
from quanheng.rulebook.sql_text import day as day_text
from quanheng.rulebook.sql_values import (
    Logic,
    SCode,
    SCodes,
    SDay,
    SNumber,
    STruth,
    SValue,
    alike,
    constant,
)
from quanheng.rulebook.tree import (
    TURNED,
    And,
    Call,
    Choose,
    Combine,
    Compare,
    FactName,
    FieldName,
    Function,
    ItemName,
    Node,
    Not,
    Operator,
    Or,
    Within,
    walk,
)
from quanheng.rulebook.types import LAST, MOST, Kind, Type
from quanheng.rulebook.unparse import unparse
from quanheng.rulebook.values import Names
from quanheng.rulebook.vocabulary import Scope as Whose
from quanheng.rulebook.vocabulary import Vocabulary

SUBJECT = "subject"
Pick = Callable[[Sql, Sql, Sql], Sql]
MAX_BITS = 62


@dataclass
class Bits:
    """Which bit stands for which missing fact or field."""

    places: dict[str, int] = field(default_factory=dict)

    def of(self, missing: Names | str) -> int:
        names = [missing] if isinstance(missing, str) else sorted(missing)
        for each in names:
            if self.places.setdefault(each, self._next) >= MAX_BITS:
                raise NotInSqlError(f"more than {MAX_BITS} facts can be missing: give fewer rules at once")
        return sum(1 << self.places[each] for each in names)

    @property
    def _next(self) -> int:
        """Some may stand at the same place."""
        return max(self.places.values(), default=-1) + 1

    def names(self, mask: int) -> tuple[str, ...]:
        return tuple(sorted(each for each, place in self.places.items() if mask >> place & 1))


@dataclass(frozen=True)
class Context:
    """What is the same for all rows: the day, the facts that are not about a person, switches, parameters. `bounded`:
    numbers (`person.size`, `posts.size`) of which the tables hold a least and a most, NULL where there is none."""

    vocabulary: Vocabulary
    situation: Situation
    parameters: Mapping[str, Parameter]
    bits: Bits
    dialect: Dialect = DUCKDB
    bounded: frozenset[str] = frozenset()

    @property
    def on(self) -> date:
        return self.situation.on

    def is_personal(self, node: Node) -> bool:
        """Does it depend on the person? All else is computed now."""
        return any(self.is_of_person(each) for each in walk(node))

    def is_of_person(self, node: Node) -> bool:
        """The node itself, whatever is below it."""
        match node:
            case FactName(fact) | FieldName(fact) | ItemName(fact):
                return self.vocabulary.lookup(fact).scope is Whose.PERSON
            case _:
                return False

    def constant(self, node: Node) -> SValue:
        value = compute(node, Scope(self.situation, self.vocabulary, self.parameters))
        return constant(value, self.bits.of(getattr(value, "missing", frozenset())))


def bound_columns(column: str) -> tuple[str, str]:
    return f"{column}_lo", f"{column}_hi"


@dataclass(frozen=True)
class Writer:
    """Writes expressions into one frame: the person's, or that of the rows of one fact. `combined`: columns of the
    combinators that are written already."""

    context: Context
    frame: Frame
    combined: Mapping[Node, SValue]
    row: str = ""  # prefix of the columns of the record stood at

    @property
    def logic(self) -> Logic:
        return Logic(self.frame, day_text(self.context.on))

    def truth(self, node: Node) -> STruth:
        made = self.value(node)
        assert isinstance(made, STruth)
        return made

    def number(self, node: Node) -> SNumber:
        made = self.value(node)
        assert isinstance(made, SNumber)
        return made

    def value(self, node: Node) -> SValue:  # noqa: C901  one case a node
        if not self.context.is_personal(node):
            return self.context.constant(node)
        match node:
            case FactName(fact, type):
                return self.column(fact.replace(".", "_"), type, fact)
            case FieldName(fact, field_name, type, is_end):
                column = self.row + field_name
                return self.end(column) if is_end else self.column(column, type, f"{fact}.{field_name}")
            case Compare():
                return self.compare(node)
            case Within(code, codes):
                return self.within(self.value(code), self.value(codes))
            case And(parts):
                return self.logic.all_of([self.truth(part) for part in parts])
            case Or(parts):
                return self.logic.any_of([self.truth(part) for part in parts])
            case Not(part):
                return self.logic.negation(self.truth(part))
            case Choose():
                return self.choose(self.truth(node.condition), self.value(node.then), self.value(node.otherwise))
            case Combine():
                return self.combined[node]
            case Call():
                return self.call(node)
            case _:
                raise NotInSqlError(f"{unparse(node)} runs in Python only")

    # names

    def column(self, column: str, type: Type, missing: str) -> SValue:
        here, mask = Sql(name(column)), whole(self.context.bits.of(missing))
        if missing in self.context.bounded:
            return self.bounds(column, mask)
        is_gone = sql("CASE WHEN {0} IS NULL THEN {1} ELSE 0 END", here, mask)
        match type.kind:
            case Kind.TRUTH:
                state = sql("CASE WHEN {0} THEN 2 WHEN NOT {0} THEN 0 ELSE 1 END", here)
                return self.logic.settled(state, mask)
            case Kind.NUMBER:
                lo, hi = (self.or_else(here, whole(each)) for each in (-MOST, MOST))
                return SNumber(lo, hi, self.frame.let(is_gone))
            case Kind.DATE:
                return SDay(self.or_else(here, day_text(date.min)), self.or_else(here, NEVER), self.frame.let(is_gone))
            case _:
                return SCode(here, self.frame.let(is_gone))

    def bounds(self, column: str, mask: Sql) -> SNumber:
        ends = zip(bound_columns(column), (-MOST, MOST), strict=True)
        lo, hi = (self.or_else(Sql(name(end)), whole(idle)) for end, idle in ends)
        return self.logic.number(lo, hi, mask)

    def or_else(self, here: Sql, other: Sql) -> Sql:
        return self.frame.let(sql("coalesce({0}, {1})", here, other))

    def end(self, column: str) -> SDay:
        made = self.or_else(Sql(name(column)), day_text(LAST))
        return SDay(made, made, ZERO)

    # conditions

    def compare(self, node: Compare) -> STruth:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(left, SNumber) and isinstance(right, SNumber):
            return self.numbers(node.operator, left, right)
        if isinstance(left, SDay) and isinstance(right, SDay):
            return self.logic.ordered(node.operator, left, right)
        assert isinstance(left, SCode)
        assert isinstance(right, SCode)
        return self.codes(node, left, right)

    def numbers(self, operator: Operator, left: SNumber, right: SNumber) -> STruth:
        from quanheng.rulebook.sql_functions import rounded

        held = self.logic.ordered(operator, left, right)
        if operator in (Operator.EQ, Operator.NE) or (left.step is None) == (right.step is None):
            return held
        if right.step is not None:
            return self.numbers(TURNED[operator], right, left)
        is_next = operator in (Operator.GT, Operator.LE)
        steps = rounded(self, Function.FLOOR if is_next else Function.CEIL, right.hi, whole(right.over))
        steps = self.frame.let(sql("({0} + 1)", steps) if is_next else steps)
        arrival = self.arrival(left, steps)
        at_least = STruth(sql("CASE WHEN {0} <= {1} THEN 2 ELSE 0 END", arrival, self.logic.on), ZERO, arrival, NEVER)
        grown = self.logic.named(at_least)
        if operator in (Operator.LT, Operator.LE):
            grown = self.logic.negation(grown)
        test = (held.state, left.since, grown.state)
        is_grown = self.frame.let(sql("({0} <> 1 AND {1} IS NOT NULL AND {2} = {0})", *test))
        lo, hi = (
            sql("CASE WHEN {0} THEN {1} ELSE {2} END", is_grown, *pair)
            for pair in zip((grown.lo, grown.hi), (held.lo, held.hi), strict=True)
        )
        return self.logic.named(STruth(held.state, held.missing, lo, hi))

    def arrival(self, grown: SNumber, steps: Sql) -> Sql:
        """`functions.arrival`."""
        dialect, assert_step = self.context.dialect, grown.step or 0
        months = sql(f"({{0}} * {assert_step})", steps)
        when = dialect.add_months(grown.since, months) if assert_step else dialect.add_days(grown.since, steps)
        parts = (steps, grown.lo, self.frame.let(when), self.logic.on, day_text(date.min), times(steps, grown.over))
        text = "CASE WHEN {0} <= 0 OR ({1} >= {5} AND {2} > {3}) THEN {4} ELSE {2} END"
        return self.frame.let(sql(text, *parts))

    def codes(self, node: Compare, left: SCode, right: SCode) -> STruth:
        missing = bits((left.missing, right.missing))
        if node.operator in (Operator.EQ, Operator.NE):
            sign = "=" if node.operator is Operator.EQ else "<>"
            held = f"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN 1 WHEN {{0}} {sign} {{1}} THEN 2 ELSE 0 END"
            return self.logic.settled(sql(held, left.value, right.value), missing)
        for code, other, sign in ((left, right, node.operator), (right, left, TURNED[node.operator])):
            if other.value.is_word:
                return self.logic.settled(self.placed(code, sign, other, node.left.type.of), missing)
        places = [self.place(each.value, node.left.type.of) for each in (left, right)]
        held = "CASE WHEN {0} IS NULL OR {1} IS NULL THEN 1 WHEN {2} " + node.operator + " {3} THEN 2 ELSE 0 END"
        return self.logic.settled(sql(held, left.value, right.value, *places), missing)

    def placed(self, code: SCode, operator: Operator, other: SCode, of: str) -> Sql:
        """Where the other code is written: which ones of the scale lie so, told by name."""
        values = self._scale(of)
        place = {str(word(each)): number for number, each in enumerate(values)}.get(other.value.text)
        lies = _LIES[operator]
        listed = [str(word(each)) for number, each in enumerate(values) if place is not None and lies(number, place)]
        some = f"WHEN {{0}} IN ({', '.join(listed)}) THEN 2 " if listed else ""
        return sql(f"CASE WHEN {{0}} IS NULL THEN 1 {some}ELSE 0 END", code.value)

    def _scale(self, of: str) -> tuple[str, ...]:
        scale = self.context.vocabulary.scale(of)
        assert scale is not None
        return scale.values

    def place(self, code: Sql, of: str) -> Sql:
        """Its place on the scale; NULL for none and for what is not on it."""
        cases = " ".join(f"WHEN {word(each)} THEN {place}" for place, each in enumerate(self._scale(of)))
        return sql(f"CASE {{0}} {cases} END", code)

    def within(self, code: SValue, codes: SValue) -> STruth:
        assert isinstance(code, SCode)
        assert isinstance(codes, SCodes)
        listed = ", ".join(str(word(each)) for each in codes.values) or "NULL"
        held = f"CASE WHEN {{0}} IS NULL THEN 1 WHEN {{0}} IN ({listed}) THEN 2 ELSE 0 END"
        return self.logic.settled(sql(held, code.value), code.missing)

    def choose(self, condition: STruth, then: SValue, otherwise: SValue) -> SValue:
        logic = self.logic
        if isinstance(then, STruth) and isinstance(otherwise, STruth):
            turned = logic.negation(condition)
            return logic.any_of([logic.all_of([condition, then]), logic.all_of([turned, otherwise])])
        state = condition.state

        def pick(first: Sql, second: Sql, both: Sql) -> Sql:
            return sql("CASE {0} WHEN 2 THEN {1} WHEN 0 THEN {2} ELSE {3} END", state, first, second, both)

        if isinstance(then, SCode) and isinstance(otherwise, SCode):
            both = sql("CASE WHEN {0} = {1} THEN {0} END", then.value, otherwise.value)
            return logic.code(pick(then.value, otherwise.value, both), self.lacking(pick, condition, then, otherwise))
        if isinstance(then, SNumber) and isinstance(otherwise, SNumber):
            then, otherwise = alike(then, otherwise)
        assert isinstance(then, SNumber | SDay)
        assert isinstance(otherwise, SNumber | SDay)
        lo = pick(then.lo, otherwise.lo, least((then.lo, otherwise.lo), NONE))
        hi = pick(then.hi, otherwise.hi, greatest((then.hi, otherwise.hi), NONE))
        missing = self.lacking(pick, condition, then, otherwise)
        if isinstance(then, SDay):
            return logic.day(lo, hi, missing)
        assert isinstance(otherwise, SNumber)
        return logic.number(lo, hi, missing, *self.growth(pick, then, otherwise), then.over)

    def lacking(self, pick: "Pick", condition: STruth, then: "Lacks", otherwise: "Lacks") -> Sql:
        both = bits((condition.missing, then.missing, otherwise.missing))
        return pick(then.missing, otherwise.missing, both)

    def growth(self, pick: "Pick", then: SNumber, otherwise: SNumber) -> tuple[Sql, int | None]:
        steps = {each.step for each in (then, otherwise) if each.step is not None}
        if len(steps) > 1:
            raise NotInSqlError("a choice between months and days that grow")
        return (pick(then.since, otherwise.since, NONE), steps.pop()) if steps else (NONE, None)

    # functions

    def call(self, node: Call) -> SValue:
        from quanheng.rulebook.sql_functions import write_call

        return write_call(self, node)


_LIES: Mapping[Operator, Callable[[int, int], bool]] = {
    Operator.LT: lt,
    Operator.LE: le,
    Operator.GT: gt,
    Operator.GE: ge,
}
Lacks = SNumber | SDay | SCode
