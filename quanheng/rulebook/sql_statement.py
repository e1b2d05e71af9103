# ruff: noqa: S608  every name comes from the vocabulary, every text is doubled in `sql_text.word`
"""One SELECT for many conditions: stages of combinators, then the conditions over them.

A stage holds the columns of the person; combinators whose conditions need other combinators come a stage later.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from quanheng.rulebook.sql import MAX_BITS, SUBJECT, Bits, Context, Writer, bound_columns
from quanheng.rulebook.sql_combine import write
from quanheng.rulebook.sql_functions import is_of_records
from quanheng.rulebook.sql_group import ROW, Group
from quanheng.rulebook.sql_text import Frame, Sql, name
from quanheng.rulebook.sql_values import SCodes, SSpan, SValue
from quanheng.rulebook.tree import Combine, FactName, Node, children, walk
from quanheng.rulebook.types import Kind
from quanheng.rulebook.vocabulary import Fact, World

PARTS = ("state", "missing", "lo", "hi")


@dataclass(frozen=True, slots=True)
class Statement:
    """`text` gives `subject` and for each name four columns `<name>_state`, `_missing`, `_lo`, `_hi`, one row a person;
    `bits` tells what a mask is missing."""

    text: str
    names: tuple[str, ...]
    bits: Bits


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
    stage = _known_records(wanted, combined, context, queries)
    for depth, combines in enumerate(_by_depth(wanted, context)):
        stage = _stage(f"s{depth}_", stage, combines, combined, context, queries)
    return queries, stage, combined


def statements(conditions: Mapping[str, Node], context: Context) -> tuple[Statement, ...]:
    """As many statements as keep each mask within a column of 64 bits. Each names what it can miss by its own `bits`;
    the context's are left alone. Raises `NotInSqlError` where one condition alone can miss more."""
    groups: list[tuple[dict[str, Node], set[str]]] = []
    for each, node in conditions.items():
        lacking = set(statement({each: node}, replace(context, bits=Bits())).bits.places)
        fitting = (group for group in groups if len(group[1] | lacking) <= MAX_BITS)
        group = max(fitting, key=lambda found: len(found[1] & lacking), default=None)
        if group is None:
            groups.append(({each: node}, lacking))
        else:
            group[0][each] = node
            group[1].update(lacking)
    return tuple(statement(nodes, replace(context, bits=Bits())) for nodes, _ in groups)


def _known_records(nodes: list[Node], combined: dict[Node, SValue], context: Context, queries: list[str]) -> str:
    """A stage for which records are known, where conditions ask for it; gives the name of the first stage."""
    asked = dict.fromkeys(each for node in nodes for each in _outside_combinators(node) if is_of_records(each))
    if not asked:
        return "person"
    frame = Frame("k_", context.dialect.fence)
    made = {each: Writer(context, frame, {}).value(each) for each in asked if context.is_personal(each)}
    combined.update({each: _settled(value, frame) for each, value in made.items()})
    queries.append(f'"k_person" AS (SELECT * FROM {frame.select("person")} AS "k_made")')
    return '"k_person"'


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
    source: str,
    combines: list[Combine],
    combined: dict[Node, SValue],
    context: Context,
    queries: list[str],
) -> str:
    """Adds the queries of one stage, and what its combinators are to `combined`; gives the stage's name."""
    after = Frame(prefix, context.dialect.fence)
    joins, columns, made = list[str](), ["p.*"], dict[Node, SValue]()
    for fact_name in dict.fromkeys(each.records.name for each in combines):
        fact = context.vocabulary.lookup(fact_name)
        mine = [each for each in combines if each.records.name == fact_name]
        rows = Frame(f"{prefix}{fact_name}_r", context.dialect.fence)
        group = _group(f"{prefix}{fact_name}", fact, source, rows, after, combined, context)
        made.update({each: write(group, each) for each in mine})
        queries += _queries(group, mine)
        joins.append(f"LEFT JOIN {name(group.key)} ON {name(group.key)}.{SUBJECT} = p.{SUBJECT}")
        columns += [f"{name(group.key)}.{name(column)}" for column in group.aggregates]
        if fact.world is World.OPEN:
            joins.append(f"LEFT JOIN {name(group.key + '_all')} ON {name(group.key + '_all')}.{SUBJECT} = p.{SUBJECT}")
            columns.append(f"{name(group.key + '_all')}.{name(group.key + '_n')}")
    settled = {node: _settled(value, after) for node, value in made.items()}
    joined = f"(SELECT {', '.join(columns)} FROM {source} AS p {' '.join(joins)})"
    stage = f"{prefix}person"
    queries.append(f"{name(stage)} AS (SELECT * FROM {after.select(joined)} AS {name(stage + '_made')})")
    combined.update(settled)
    return name(stage)


def _group(
    key: str,
    fact: Fact,
    source: str,
    rows: Frame,
    after: Frame,
    combined: Mapping[Node, SValue],
    context: Context,
) -> Group:
    known = dict(combined)
    return Group(context, fact, key, source, Writer(context, rows, known, ROW), Writer(context, after, known))


def _queries(group: Group, combines: list[Combine]) -> list[str]:
    """The aggregates of the rows that exist on the day, and how many rows there are at all."""
    table, fact = name(group.fact.name), group.fact
    columns = [f"r.{name(each)} AS {name(ROW + each)}" for each in _columns(fact, group.context)]
    below = (each for node in combines for each in walk(node) if each is not node)
    needs_person = any(_is_of_person(each, group.context) for each in below)
    person = f"JOIN {group.source} AS q ON q.{SUBJECT} = r.{SUBJECT}" if needs_person else ""
    subject = "q.*" if needs_person else f"r.{SUBJECT}"
    begin = f"r.{name(fact.begins)}"
    begun = f"WHERE {begin} IS NULL OR {begin} <= {group.rows.logic.on}" if fact.begins else ""
    rows = f"(SELECT {', '.join([subject, *columns])} FROM {table} AS r {person} {begun})"
    aggregates = "".join(f", {text} AS {name(column)}" for column, text in group.aggregates.items())
    made = group.rows.frame.select(rows)
    queries = [f"{name(group.key)} AS (SELECT {SUBJECT}{aggregates} FROM {made} AS rows GROUP BY {SUBJECT})"]
    if fact.world is World.OPEN:
        count = f"SELECT {SUBJECT}, count(*) AS {name(group.key + '_n')} FROM {table} GROUP BY {SUBJECT}"
        queries.append(f"{name(group.key + '_all')} AS ({count})")
    return queries


def _columns(fact: Fact, context: Context) -> Iterator[str]:
    for each in fact.fields:
        yield from bound_columns(each) if f"{fact.name}.{each}" in context.bounded else (each,)


def _is_of_person(node: Node, context: Context) -> bool:
    """Does the row need columns of the person: another combinator, or a single fact?"""
    return context.is_personal(node) and (
        isinstance(node, Combine) or (isinstance(node, FactName) and node.type.kind is not Kind.RECORDS)
    )


def _settled(value: SValue, frame: Frame) -> SValue:
    """A value whose parts are columns of the stage: later frames find them at its bottom."""
    if isinstance(value, SCodes | SSpan):
        return value
    named = {each.name: getattr(value, each.name) for each in fields(value)}
    parts: dict[str, Any] = {key: Sql(frame.let(part).text) for key, part in named.items() if isinstance(part, Sql)}
    return replace(value, **parts)
