# ruff: noqa: S608  every name comes from the vocabulary, every text is doubled in `sql_text.word`
"""One SELECT for many conditions: stages of combinators, then the conditions over them.

A stage holds the columns of the person; combinators whose conditions need other combinators come a stage later.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from quanheng.rulebook.sql import SUBJECT, Bits, Context, Writer, bound_columns
from quanheng.rulebook.sql_combine import write
from quanheng.rulebook.sql_functions import is_of_records
from quanheng.rulebook.sql_group import ROW, Group
from quanheng.rulebook.sql_latest import place_of
from quanheng.rulebook.sql_stage import PEOPLE, Stage, names_in
from quanheng.rulebook.sql_text import ZERO, Frame, Sql, day, name, sql
from quanheng.rulebook.sql_values import SCodes, SSpan, STruth, SValue, settled
from quanheng.rulebook.tree import TRUE, Combinator, Combine, FactName, Node, children, walk
from quanheng.rulebook.types import Kind
from quanheng.rulebook.vocabulary import Fact, World

PARTS = ("state", "missing", "lo", "hi")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` gives `subject` and for each name four columns `<name>_state`, `_missing`, `_lo`, `_hi`, one row a person.
    `lacking`: what a name can miss, where names share places in the masks."""

    text: str
    names: tuple[str, ...]
    bits: Bits
    lacking: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def bits_of(self, name: str) -> Bits:
        """What the mask of this name is missing."""
        if name not in self.lacking:
            return self.bits
        return Bits({each: self.bits.places[each] for each in self.lacking[name]})


def statement(conditions: Mapping[str, Node], context: Context) -> Statement:
    """`conditions`: names of SQL columns -> truths. Raises `NotInSqlError`."""
    queries, stage, combined = staged(conditions.values(), context)
    frame = Frame("c_", context.dialect.fence)
    writer = Writer(context, frame, combined)
    columns = []
    for each, node in conditions.items():
        held = writer.logic.named(writer.truth(node))
        parts = zip(PARTS, (held.state, held.missing, held.lo, held.hi), strict=True)
        columns += [f"{part} AS {name(f'{each}_{column}')}" for column, part in parts]
    body = f"SELECT {SUBJECT}, {', '.join(columns)} FROM {frame.select(stage)} AS last"
    with_queries = f"WITH {', '.join(queries)} " if queries else ""
    return Statement(with_queries + body, tuple(conditions), context.bits)


def staged(nodes: Iterable[Node], context: Context) -> tuple[list[str], str, dict[Node, SValue]]:
    """Queries of the combinators of the nodes, the name of the last stage, and where each combinator is found in it."""
    wanted, queries, combined = list(nodes), list[str](), dict[Node, SValue]()
    levels = _by_depth(wanted, context)
    apart, beside = _asked_records(wanted, levels[0] if levels else [], context)
    stage = _known_records(apart, combined, context, queries)
    for depth, combines in enumerate(levels):
        stage = _stage(f"s{depth}_", stage, combines, combined, context, queries, {} if depth else beside)
    return queries, stage.name, combined


def _asked_records(nodes: list[Node], combines: list[Combine], context: Context) -> tuple[list[Node], dict[str, Node]]:
    """Where conditions ask whether records are known: of facts that the first stage counts anyway, by name, and others
    apart."""
    asked = dict.fromkeys(each for node in nodes for each in _outside_combinators(node) if is_of_records(each))
    counted = {
        each.records.name for each in combines if context.vocabulary.lookup(each.records.name).world is World.OPEN
    }
    beside = {child.name: each for each in asked for child in children(each) if isinstance(child, FactName)}
    beside = {fact: each for fact, each in beside.items() if fact in counted}
    return [each for each in asked if each not in beside.values()], beside


def _known_records(asked: list[Node], combined: dict[Node, SValue], context: Context, queries: list[str]) -> Stage:
    """The first stage where it takes one."""
    if not asked:
        return PEOPLE
    frame = Frame("k_", context.dialect.fence)
    made = {each: Writer(context, frame, {}).value(each) for each in asked if context.is_personal(each)}
    combined.update({each: _at_bottom(value, frame) for each, value in made.items()})
    stage = Stage('"k_person"', frame, PEOPLE)
    queries.append(stage.query)
    return stage


def _outside_combinators(node: Node) -> Iterator[Node]:
    yield node
    if not isinstance(node, Combine):
        for child in children(node):
            yield from _outside_combinators(child)


def _by_depth(nodes: Iterable[Node], context: Context) -> list[list[Combine]]:
    found: dict[Combine, int] = {}
    for node in nodes:
        for each in walk(node):
            if isinstance(each, Combine) and context.is_personal(each):
                found[each] = _depth(each)
    return [[each for each, depth in found.items() if depth == level] for level in sorted(set(found.values()))]


def _depth(node: Combine) -> int:
    inner = [_depth(each) for each in walk(node) if isinstance(each, Combine) and each is not node]
    return 1 + max(inner, default=0)


def _stage(
    prefix: str,
    source: Stage,
    combines: list[Combine],
    combined: dict[Node, SValue],
    context: Context,
    queries: list[str],
    asked: Mapping[str, Node],
) -> Stage:
    """Adds the queries of one stage, and what its combinators are to `combined`; so too of the nodes that ask whether
    there are records (`asked`, by fact)."""
    after = Frame(prefix, context.dialect.fence)
    stage, made = Stage(name(f"{prefix}person"), after, source), dict[Node, SValue]()
    for fact_name in dict.fromkeys(each.records.name for each in combines):
        fact = context.vocabulary.lookup(fact_name)
        all_key, counted = f"{prefix}{fact_name}", ""
        for key, mine in _apart(all_key, [each for each in combines if each.records.name == fact_name]):
            rows = _Rows(fact, source, mine, context)
            group = rows.group((key, all_key), after, combined)
            made.update({each: write(group, each) for each in mine})
            stage.join(key, group.aggregates)
            if fact.world is World.OPEN and not counted and group.has_all_begun:
                counted = group.count_rows()
            queries.append(_aggregates(group, rows.text(group)))
        if fact.world is World.OPEN:
            queries += _known(stage, fact, all_key, counted, context)
        if fact_name in asked:
            made[asked[fact_name]] = _is_known(context, after, f"{all_key}_n")
    combined.update({node: _at_bottom(value, after) for node, value in made.items()})
    queries.append(stage.query)
    return stage


def _known(stage: Stage, fact: Fact, all_key: str, counted: str, context: Context) -> list[str]:
    """Adds the column `<all_key>_n`, NULL where there is no row at all, those included that do not exist yet; gives the
    query it takes. `counted`: a column that has told of all that exist."""
    number, key = f"{all_key}_n", f"{all_key}_all"
    if counted and not fact.begins:
        stage.columns[number] = counted
        return []
    stage.join(key, [number])
    if counted:
        stage.columns[number] = f"coalesce({counted}, {name(key)}.{name(number)})"
    to_come = f"WHERE {name(fact.begins)} > {day(context.on)} " if counted else ""
    rows = f"SELECT {SUBJECT}, count(*) AS {name(number)} FROM {name(fact.name)} {to_come}GROUP BY {SUBJECT}"
    return [f"{name(key)} AS ({rows})"]


def _is_known(context: Context, frame: Frame, number: str) -> STruth:
    is_there = sql("CASE WHEN {0} IS NULL THEN 0 ELSE 2 END", Sql(name(number)))
    return Writer(context, frame, {}).logic.settled(is_there, ZERO)


def _apart(key: str, combines: list[Combine]) -> Iterator[tuple[str, list[Combine]]]:
    """Together, but for those that need rows in order or what is distinct of them: each condition has rows of its own,
    only such as may meet it, which are few."""
    alone: dict[Node, list[Combine]] = {}
    together = [each for each in combines if not (_is_costly(each) or _is_last_of_all(each))]
    for each in combines:
        if each not in together:
            alone.setdefault(each.where, []).append(each)
    if together:
        yield key, together
    for place, some in enumerate(alone.values()):
        yield f"{key}_{place}", some


def _is_costly(node: Combine) -> bool:
    return node.combinator in _COSTLY and node.where != TRUE and node.over is None


def _is_last_of_all(node: Combine) -> bool:
    return node.combinator is Combinator.LATEST and node.where == TRUE and node.over is None


_COSTLY = (
    Combinator.LATEST,
    Combinator.COUNT_DISTINCT,
    Combinator.HELD_SINCE,
    Combinator.MONTHS_IN,
    Combinator.LONGEST_RUN,
)


@dataclass
class _Rows:
    """The rows of some combinators of one fact, before anything is computed of them."""

    fact: Fact
    source: Stage
    combines: list[Combine]
    context: Context
    kept: Frame | None = None  # over the records: of those that may meet the condition
    held: STruth | None = None

    def group(self, keys: tuple[str, str], after: Frame, combined: Mapping[Node, SValue]) -> Group:
        (key, all_key), known, fence = keys, dict(combined), self.context.dialect.fence
        if _is_costly(self.combines[0]):
            self.kept = frame = Frame(f"{key}_w", fence)
            held = Writer(self.context, frame, known, ROW).truth(self.combines[0].where)
            self.held = _truth_at_bottom(held, frame)
        writers = Writer(self.context, Frame(f"{key}_r", fence), known, ROW), Writer(self.context, after, known)
        are_last = _is_last_of_all(self.combines[0])
        return Group(self.context, self.fact, key, all_key, *writers, self.held, are_last)

    def text(self, group: Group) -> str:
        """Once all of the group is written."""
        frames = [frame.columns for frame in (group.rows.frame, self.kept) if frame is not None]
        last = [place_of(self.fact, ROW)] if group.are_last else []
        made = [each for columns in frames for each in columns.values()]
        asked = names_in([*made, *group.aggregates.values(), *last])
        rows = self._records(asked - names_in(each for columns in frames for each in columns))
        if self.kept is not None and self.held is not None:
            kept = f"{self.kept.select(rows)} AS {name(group.key + '_kept')}"
            rows = f"(SELECT * FROM {kept} WHERE {self.held.state} >= 1)"
        return _last_rows(self.fact, rows, self.context) if group.are_last else rows

    def _records(self, asked: set[str]) -> str:
        """Those that exist on the day; beside columns of the person where a condition asks for them."""
        fields = {ROW + each: each for each in _columns(self.fact, self.context) if ROW + each in asked}
        columns = [f"r.{name(each)} AS {name(column)}" for column, each in fields.items()]
        below = (each for node in self.combines for each in walk(node) if each is not node)
        needs_person = any(_is_of_person(each, self.context) for each in below)
        source = self.source.narrow(asked - set(fields)) if needs_person else ""
        person = f"JOIN {source} AS q ON q.{SUBJECT} = r.{SUBJECT}" if needs_person else ""
        subject = "q.*" if needs_person else f"r.{SUBJECT}"
        begin = f"r.{name(self.fact.begins)}"
        begun = f"WHERE {begin} IS NULL OR {begin} <= {day(self.context.on)}" if self.fact.begins else ""
        return f"(SELECT {', '.join([subject, *columns])} FROM {name(self.fact.name)} AS r {person} {begun})"


def _last_rows(fact: Fact, rows: str, context: Context) -> str:
    """Each person's records that may be the last, which leaves little to compute."""
    begun = f"WHERE {name(fact.begins)} IS NULL OR {name(fact.begins)} <= {day(context.on)}" if fact.begins else ""
    last = f"SELECT {SUBJECT}, max({place_of(fact, '')}) AS last FROM {name(fact.name)} {begun} GROUP BY {SUBJECT}"
    place = place_of(fact, ROW)
    alike = f"l.{SUBJECT} = a.{SUBJECT} AND ({place} IS NULL OR l.last = {place})"
    return f"(SELECT a.* FROM {rows} AS a JOIN ({last}) AS l ON {alike})"


def _aggregates(group: Group, rows: str) -> str:
    columns = "".join(f", {text} AS {name(column)}" for column, text in group.aggregates.items())
    made = group.rows.frame.select(rows)
    return f"{name(group.key)} AS (SELECT {SUBJECT}{columns} FROM {made} AS rows GROUP BY {SUBJECT})"


def _columns(fact: Fact, context: Context) -> Iterator[str]:
    for each in fact.fields:
        yield from bound_columns(each) if f"{fact.name}.{each}" in context.bounded else (each,)


def _is_of_person(node: Node, context: Context) -> bool:
    """Does the row need columns of the person: another combinator, or a single fact?"""
    return context.is_personal(node) and (
        isinstance(node, Combine) or (isinstance(node, FactName) and node.type.kind is not Kind.RECORDS)
    )


def _at_bottom(value: SValue, frame: Frame) -> SValue:
    """A value whose parts are columns of the stage: later frames find them at its bottom."""
    if isinstance(value, SCodes | SSpan):
        return value
    if isinstance(value, STruth):
        return _truth_at_bottom(value, frame)
    named = {each.name: getattr(value, each.name) for each in fields(value)}
    parts: dict[str, Any] = {key: Sql(frame.let(part).text) for key, part in named.items() if isinstance(part, Sql)}
    return replace(value, **parts)


def _truth_at_bottom(held: STruth, frame: Frame) -> STruth:
    state, missing = Sql(frame.let(held.state).text), Sql(frame.let(held.missing).text)
    if held.is_settled:
        return settled(state, missing)
    return STruth(state, missing, Sql(frame.let(held.lo).text), Sql(frame.let(held.hi).text))
