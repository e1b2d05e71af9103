# ruff: noqa: S608  every name comes from the vocabulary, every text is doubled in `sql_text.word`
"""Whole rules as SQL: outcome, what is missing, and the period, as `evaluate` finds them for one person.

What is not about the person (parameters, switches, target, case) is put into the trees first, so that rules share what
they have in common and fall short where the answer is known. Either one statement over the dated tables, or two: the
first gives one row a person with all combinators, the second has the rules upon a table of these rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import count

from quanheng.rulebook.compute import Scope, compute
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.sql import MAX_BITS, SUBJECT, Bits, Context, Writer
from quanheng.rulebook.sql_statement import Statement, staged
from quanheng.rulebook.sql_text import ZERO, Frame, NotInSqlError, Sql, bits, name, sql
from quanheng.rulebook.sql_values import MET, STruth
from quanheng.rulebook.tree import (
    FALSE,
    ON,
    TRUE,
    And,
    Choose,
    Combine,
    FactName,
    FieldName,
    ItemName,
    Literal,
    Node,
    Not,
    Or,
)
from quanheng.rulebook.types import Kind
from quanheng.rulebook.values import ALWAYS, NEVER, Code, Codes, Day, Number, Value

FACTS = "facts"
OUTCOMES = (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.MET, Outcome.NOT_APPLICABLE, Outcome.NEEDS_PERSON)
PARTS = ("outcome", "missing", "lo", "hi")  # outcome: its place in OUTCOMES


@dataclass(frozen=True, slots=True)
class Conditions:
    """The trees of a rule with all put in that is not about the person."""

    applies: Node
    requires: Node
    person: Node
    is_failure_final: bool


@dataclass(frozen=True, slots=True)
class OnFacts:
    """`facts` is to be a table named `table`; `statement` gives the rules from it."""

    table: str
    facts: str
    statement: Statement


def conditions(rule: Rule, context: Context) -> Conditions:
    """Raises `NotInSqlError` for a rule with items."""
    if rule.each is not None:
        raise NotInSqlError(f"{rule.id}: findings of single records are made in Python")
    here = replace(context, parameters=rule.parameters)
    applies, requires, person = (bound(each, here) for each in (rule.applies, rule.requires, rule.person))
    return Conditions(applies, requires, person, rule.is_failure_final)


def rule_statements(rules: Mapping[str, Conditions], context: Context) -> tuple[Statement, ...]:
    """From the dated tables: `subject`, and for each name columns `<name>_outcome`, `_missing`, `_lo`, `_hi`. As many
    statements as keep masks within a column. Raises `NotInSqlError`."""
    return tuple(_write(*some, context)[0] for some in _fitting(rules, context))


def rule_statements_on_facts(rules: Mapping[str, Conditions], context: Context) -> tuple[OnFacts, ...]:
    """The same in two steps. Raises `NotInSqlError`."""
    made = enumerate(_fitting(rules, context))
    return tuple(_on_facts(f"{FACTS}_{place}", *some, context) for place, some in made)


# --- what is known when the text is written


def bound(node: Node, context: Context) -> Node:
    """The tree with the values of everything that is not about a person; conditions that are settled fall away."""
    return _bound(node, context)[0]


def _bound(node: Node, context: Context) -> tuple[Node, bool]:
    """With whether it can be computed only of a person or a record."""
    if isinstance(node, FactName | FieldName | ItemName) and _has_to_stay(node, context):
        return node, True
    if node == ON:
        return node, False  # a number counted up to it grows; one up to a date that falls on it does not
    if isinstance(node, Combine) and not context.is_personal(node):
        return _computed(node, context), False  # over records of the case
    if isinstance(node, Choose):
        condition, _ = _bound(node.condition, context)
        if condition in (TRUE, FALSE):
            return _bound(node.then if condition == TRUE else node.otherwise, context)
    made, stays = _with_children(node, lambda child: _bound(child, context))
    return (_shortened(made), True) if stays else (_computed(made, context), False)


def _has_to_stay(node: FactName | FieldName | ItemName, context: Context) -> bool:
    return context.is_of_person(node) or not isinstance(node, FactName) or node.type.kind is Kind.RECORDS


def _computed(node: Node, context: Context) -> Node:
    return _literal(node, compute(node, Scope(context.situation, context.vocabulary, context.parameters)))


def _with_children(node: Node, change: Callable[[Node], tuple[Node, bool]]) -> tuple[Node, bool]:
    values, is_personal = dict[str, object](), False
    for each in fields(node):
        value = getattr(node, each.name)
        children = value if isinstance(value, tuple) else (value,)
        if not any(isinstance(child, Node) for child in children):
            continue
        changed = [change(child) for child in children]
        is_personal = is_personal or any(personal for _, personal in changed)
        values[each.name] = tuple(child for child, _ in changed) if isinstance(value, tuple) else changed[0][0]
    return (replace(node, **values) if values else node), is_personal  # type: ignore[arg-type]


def _literal(node: Node, value: Value) -> Node:
    """What is known for good is written as what it is; a growing number or a period to come stays an expression."""
    match value:
        case Number(lo, hi) if lo == hi and value.grows is None and not value.missing:
            return Literal(int(lo) if lo == int(lo) else lo, node.type)
        case Day(lo, hi) if lo == hi and not value.missing:
            return Literal(lo, node.type)
        case Code(str(text)):
            return Literal(text, node.type)
        case Codes(values):
            return Literal(values, node.type)
    if node.type.kind is Kind.TRUTH and value in (ALWAYS, NEVER):
        return TRUE if value == ALWAYS else FALSE
    return node


def _shortened(node: Node) -> Node:
    match node:
        case And(parts):
            return _joined(node, parts, idle=TRUE, settling=FALSE)
        case Or(parts):
            return _joined(node, parts, idle=FALSE, settling=TRUE)
        case Not(part) if part in (TRUE, FALSE):
            return FALSE if part == TRUE else TRUE
    return node


def _joined(node: And | Or, parts: tuple[Node, ...], *, idle: Node, settling: Node) -> Node:
    kept = tuple(dict.fromkeys(part for part in parts if part != idle))
    if settling in kept or not kept:
        return settling if kept else idle
    return kept[0] if len(kept) == 1 else replace(node, parts=kept)


# --- statements


Lacking = dict[str, frozenset[str]]  # what each rule can miss


def _fitting(rules: Mapping[str, Conditions], context: Context) -> Iterator[tuple[dict[str, Conditions], Lacking]]:
    """In as few groups as have places enough in a mask."""
    lacking = {each: _lacking({each: made}, context) for each, made in rules.items()}
    for some in _divided(list(rules), lacking):
        yield {each: rules[each] for each in some}, {each: lacking[each] for each in some}


def _lacking(rule: dict[str, Conditions], context: Context) -> frozenset[str]:
    return frozenset(_write(rule, {}, context)[0].bits.places)


def _divided(rules: list[str], lacking: Lacking) -> Iterator[list[str]]:
    if len(rules) < 2 or max(_places(lacking[each] for each in rules).values(), default=0) < MAX_BITS:
        yield rules
    else:
        half = len(rules) // 2
        yield from _divided(rules[:half], lacking)
        yield from _divided(rules[half:], lacking)


def _places(lacking: Iterable[frozenset[str]]) -> dict[str, int]:
    """In the mask: what no rule misses together may stand at the same place."""
    beside = dict[str, set[str]]()
    for names in lacking:
        for each in names:
            beside.setdefault(each, set()).update(names)
    places = dict[str, int]()
    for each in sorted(beside, key=lambda name: (-len(beside[name]), name)):
        taken = {places[other] for other in beside[each] if other in places}
        places[each] = next(place for place in count() if place not in taken)
    return places


def _nodes(rules: Iterable[Conditions]) -> list[Node]:
    return [node for each in rules for node in (each.applies, each.requires, each.person)]


def _write(
    rules: Mapping[str, Conditions], lacking: Lacking, context: Context, table: str = ""
) -> tuple[Statement, str, str]:
    """The statement (over `table` where it is given), the queries of the stages, and the name of the last one."""
    context = replace(context, bits=Bits(_places(lacking.values())))
    queries, stage, combined = staged(_nodes(rules.values()), context)
    frame = Frame("c_", context.dialect.fence)
    writer = Writer(context, frame, combined)
    columns = list[str]()
    for each, made in rules.items():
        parts = zip(PARTS, _verdict(writer, made), strict=True)
        columns += [f"{part} AS {name(f'{each}_{column}')}" for column, part in parts]
    assert not lacking or context.bits.places.keys() == frozenset().union(*lacking.values()), "missed by none alone"
    with_queries = f"WITH {', '.join(queries)} " if queries else ""
    body = f"SELECT {SUBJECT}, {', '.join(columns)} FROM {frame.select(table or stage)} AS last"
    text = body if table else with_queries + body
    return Statement(text, tuple(rules), context.bits, lacking), with_queries, stage


def _on_facts(table: str, rules: Mapping[str, Conditions], lacking: Lacking, context: Context) -> OnFacts:
    made, with_queries, stage = _write(rules, lacking, context, table)
    named = dict.fromkeys(each for each in made.text.split('"')[1::2] if not each.startswith("c_"))
    outputs = {f"{rule}_{part}" for rule in rules for part in PARTS}
    columns = "".join(f", {name(each)}" for each in named if each not in outputs)
    return OnFacts(table, f"{with_queries}SELECT {SUBJECT}{columns} FROM {stage}", made)


def _verdict(writer: Writer, rule: Conditions) -> tuple[Sql, Sql, Sql, Sql]:
    """`evaluate._verdict`."""
    applies, requires, person = (writer.truth(each) for each in (rule.applies, rule.requires, rule.person))
    branches = [(applies, 0, "3", ZERO), (applies, 1, "1", applies.missing)]
    if rule.is_failure_final:
        branches.append((requires, 0, "0", ZERO))
    branches += [(person, 2, "4", requires.missing), (person, 1, "1", bits((requires.missing, person.missing)))]
    outcome = _chosen([(each, state, Sql(code)) for each, state, code, _ in branches], requires.state)
    missing = _chosen([(each, state, lacking) for each, state, _, lacking in branches], requires.missing)
    lo, hi = requires.lo, requires.hi
    if applies.state != MET:
        pairs = ((requires.lo, applies.lo), (requires.hi, applies.hi))
        lo, hi = (sql("CASE WHEN {0} = 2 THEN {1} ELSE {2} END", applies.state, *pair) for pair in pairs)
    let = writer.frame.let
    return let(outcome), let(missing), let(lo), let(hi)


def _chosen(branches: Iterable[tuple[STruth, int, Sql]], otherwise: Sql) -> Sql:
    """The first branch whose condition is in its state; what is settled when the text is written is not asked."""
    asked = list[tuple[STruth, int, Sql]]()
    for held, state, value in branches:
        if not held.state.text.isdigit():
            asked.append((held, state, value))
        elif held.state.text == str(state):
            otherwise = value
            break
    while asked and _says_nothing(*asked[-1], otherwise):
        asked.pop()
    if not asked:
        return otherwise
    parts = [part for held, _, value in asked for part in (held.state, value)]
    texts = [f"WHEN {{{2 * place}}} = {state} THEN {{{2 * place + 1}}}" for place, (_, state, _) in enumerate(asked)]
    return sql(f"CASE {' '.join(texts)} ELSE {{{len(parts)}}} END", *parts, otherwise)


def _says_nothing(held: STruth, state: int, value: Sql, otherwise: Sql) -> bool:
    """Does the branch give what there is without it?"""
    if value == otherwise or (otherwise == held.state and value.text == str(state)):
        return True
    return otherwise == held.missing and value == ZERO and state != 1
