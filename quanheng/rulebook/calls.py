"""The functions and combinators of the language: their names, what they take, what they make.

A combinator: `name(records, value?, where?, over=(first, last)?)`; `where` left out is every record.
`any_within(records, span, where?)`: one begins within the span before `on` (or on the first day after it, less one);
`latest_before(records, value, date, where?)`: LATEST of those that begin before the date;
`free_from(date, months)`: the first day after an effect period, by SW-PERIOD-END. All three are written out here.
"""

import ast
from collections.abc import Callable
from datetime import date

from quanheng.rulebook.parse import Parser
from quanheng.rulebook.tree import (
    TRUE,
    And,
    Call,
    Choose,
    Combinator,
    Combine,
    Compare,
    FactName,
    FieldName,
    Function,
    Literal,
    Node,
    Operator,
    SwitchName,
    number,
    span,
)
from quanheng.rulebook.types import CODE, DATE, NUMBER, SPAN, TRUTH, Kind, Type
from quanheng.rulebook.vocabulary import Fact, World, nearest

PERIOD_END = "SW-PERIOD-END"
NEXT_DAY = "day_after"  # its value: free from the day after the same day number

_PLAIN: dict[str, tuple[Function, tuple[Type, ...], Type]] = {
    "months": (Function.MONTHS, (NUMBER,), SPAN),
    "days": (Function.DAYS, (NUMBER,), SPAN),
    "workdays": (Function.WORKDAYS, (NUMBER,), SPAN),
    "reached": (Function.REACHED, (DATE,), TRUTH),
    "before": (Function.BEFORE, (DATE,), TRUTH),
    "months_between": (Function.MONTHS_BETWEEN, (DATE, DATE), NUMBER),
    "years_between": (Function.YEARS_BETWEEN, (DATE, DATE), NUMBER),
    "days_between": (Function.DAYS_BETWEEN, (DATE, DATE), NUMBER),
    "workdays_between": (Function.WORKDAYS_BETWEEN, (DATE, DATE), NUMBER),
    "next_workday": (Function.NEXT_WORKDAY, (DATE,), DATE),
    "year": (Function.YEAR, (DATE,), NUMBER),
    "month": (Function.MONTH, (DATE,), NUMBER),
    "date_of": (Function.DATE_OF, (NUMBER, NUMBER, NUMBER), DATE),
    "floor": (Function.FLOOR, (NUMBER, NUMBER), NUMBER),
    "ceil": (Function.CEIL, (NUMBER, NUMBER), NUMBER),
    "half_up": (Function.HALF_UP, (NUMBER, NUMBER), NUMBER),
}
# combinator -> (type of its value or None, type it makes or None for the type of the value)
_COMBINATORS: dict[Combinator, tuple[tuple[Kind, ...], Type | None]] = {
    Combinator.EXISTS: ((), TRUTH),
    Combinator.EVERY: ((), TRUTH),
    Combinator.COUNT: ((), NUMBER),
    Combinator.COUNT_DISTINCT: ((Kind.CODE, Kind.TEXT, Kind.NUMBER), NUMBER),
    Combinator.SUM_OF: ((Kind.NUMBER,), NUMBER),
    Combinator.FIRST_DATE: ((Kind.DATE,), DATE),
    Combinator.LAST_DATE: ((Kind.DATE,), DATE),
    Combinator.LATEST: ((Kind.CODE, Kind.TEXT, Kind.NUMBER, Kind.DATE, Kind.TRUTH), None),
    Combinator.HELD_SINCE: ((), DATE),
    Combinator.MONTHS_IN: ((), NUMBER),
    Combinator.LONGEST_RUN: ((), NUMBER),
    Combinator.LAST_END: ((), DATE),
}
_WITH_PERIOD = {Combinator.HELD_SINCE, Combinator.MONTHS_IN, Combinator.LONGEST_RUN, Combinator.LAST_END}


def read_call(parser: Parser, at: ast.Call) -> Node:
    name = at.func.id if isinstance(at.func, ast.Name) else parser.source(at.func)
    if name in _SPECIAL:
        return _SPECIAL[name](parser, at)
    if name in _PLAIN:
        return _plain(parser, at, *_PLAIN[name])
    if name in set(Combinator):
        return _combine(parser, at, Combinator(name))
    known = [*_SPECIAL, *_PLAIN, *Combinator]
    raise parser.refuse("unknown-function", at, f"{name}(…)", "a function or combinator", nearest(name, known))


def _plain(parser: Parser, at: ast.Call, function: Function, types: tuple[Type, ...], made: Type) -> Node:
    _no_keywords(parser, at)
    _argument_count(parser, at, len(types), len(types))
    arguments = tuple(parser.typed(each, type) for each, type in zip(at.args, types, strict=True))
    return Call(function, arguments, made)


def _argument_count(parser: Parser, at: ast.Call, least: int, most: int) -> None:
    if not least <= len(at.args) <= most or any(isinstance(each, ast.Starred) for each in at.args):
        wanted = str(least) if least == most else f"{least} to {most}"
        raise parser.refuse("wrong-arguments", at, f"`{parser.source(at)}`", f"{wanted} arguments")


def _no_keywords(parser: Parser, at: ast.Call) -> None:
    if at.keywords:
        raise parser.refuse("wrong-arguments", at, f"{at.keywords[0].arg}=", "no named argument")


def _years(parser: Parser, at: ast.Call) -> Node:
    _no_keywords(parser, at)
    _argument_count(parser, at, 1, 1)
    amount = parser.typed(at.args[0], NUMBER)
    if isinstance(amount, Literal) and isinstance(amount.value, int):
        return span(Function.MONTHS, number(12 * amount.value))
    return span(Function.MONTHS, Call(Function.TIMES, (number(12), amount), NUMBER))


def _date(parser: Parser, at: ast.Call) -> Node:
    _argument_count(parser, at, 1, 1)
    written = at.args[0]
    try:
        return Literal(date.fromisoformat(str(written.value if isinstance(written, ast.Constant) else "")), DATE)
    except ValueError:
        raise parser.refuse("wrong-literal", at, f"`{parser.source(at)}`", 'date("2019-03-03")') from None


def _extreme(function: Function) -> Callable[[Parser, ast.Call], Node]:
    def read(parser: Parser, at: ast.Call) -> Node:
        _no_keywords(parser, at)
        _argument_count(parser, at, 2, 9)
        first = parser.node(at.args[0])
        if first.type.kind not in (Kind.NUMBER, Kind.DATE):
            raise parser.refuse("wrong-type", at, f"`{parser.source(at)}` of a {first.type}", "numbers or dates")
        rest = tuple(parser.typed(each, first.type) for each in at.args[1:])
        return Call(function, (first, *rest), first.type)

    return read


def _known(parser: Parser, at: ast.Call) -> Node:
    _no_keywords(parser, at)
    _argument_count(parser, at, 1, 1)
    fact = _records_here(parser, at.args[0])
    return Call(Function.KNOWN, (fact or parser.node(at.args[0]),), TRUTH)


def _lower(parser: Parser, at: ast.Call) -> Node:
    _no_keywords(parser, at)
    _argument_count(parser, at, 1, 1)
    code = parser.typed(at.args[0], CODE)
    if not parser.names.vocabulary.scale(code.type.of):
        raise parser.refuse("no-order", at, parser.source(at), "a code of a scale")
    return Call(Function.LOWER, (code,), code.type)


def _free_from(parser: Parser, at: ast.Call) -> Node:
    _no_keywords(parser, at)
    _argument_count(parser, at, 2, 2)
    start, amount = parser.typed(at.args[0], DATE), parser.typed(at.args[1], NUMBER)
    if PERIOD_END not in parser.names.switches:
        raise parser.refuse("unknown-switch", at, PERIOD_END, "the switch that tells the last day of a period")
    same_day = Call(Function.ADD, (start, span(Function.MONTHS, amount)), DATE)
    next_day = Call(Function.ADD, (same_day, span(Function.DAYS, number(1))), DATE)
    of = Type(Kind.CODE, f"switch.{PERIOD_END}")
    is_next = Compare(Operator.EQ, SwitchName(PERIOD_END, of), Literal(NEXT_DAY, of))
    return Choose(is_next, next_day, same_day, DATE)


# combinators


def _records_here(parser: Parser, at: ast.expr) -> FactName | None:
    fact = parser.names.vocabulary.facts.get(parser.source(at))
    return FactName(fact.name, fact.type) if fact and fact.is_records else None


def _records(parser: Parser, at: ast.Call) -> tuple[Fact, FactName]:
    facts = parser.names.vocabulary.facts
    found = _records_here(parser, at.args[0]) if at.args else None
    if found:
        return facts[found.name], found
    written = at.args[0] if at.args else at
    known = [each.name for each in facts.values() if each.is_records]
    near = nearest(parser.source(written), known) if at.args else ""  # no name was written to be near to
    raise parser.refuse("unknown-records", written, parser.source(written), "records of the vocabulary", near)


def _combine(parser: Parser, at: ast.Call, combinator: Combinator) -> Node:
    fact, records = _records(parser, at)
    kinds, made = _COMBINATORS[combinator]
    taken = 2 if kinds else 1
    _argument_count(parser, at, taken, taken + 1)
    if combinator in _WITH_PERIOD and not (fact.begins and fact.ends):
        raise parser.refuse("no-period", at, f"{combinator}({fact.name})", "records with a period")
    value = parser.inside(fact, lambda: parser.node(at.args[1])) if kinds else None
    if value is not None and value.type.kind not in kinds:
        raise parser.refuse("wrong-type", at.args[1], f"a {value.type}", " or ".join(kinds))
    return _made(parser, at, combinator, records, value, _where(parser, at, fact, taken), made)


def _where(parser: Parser, at: ast.Call, fact: Fact, place: int) -> Node:
    if len(at.args) <= place:
        return TRUE
    return parser.inside(fact, lambda: parser.typed(at.args[place], TRUTH))


def _made(
    parser: Parser,
    at: ast.Call,
    combinator: Combinator,
    records: FactName,
    value: Node | None,
    where: Node,
    made: Type | None,
) -> Combine:
    fact = parser.names.vocabulary.facts[records.name]
    over = _over(parser, at, fact)
    if combinator is Combinator.LATEST and not (fact.order or fact.begins):
        raise parser.refuse("no-order", at, f"latest of {fact.name}", "records with a beginning or an order")
    type = made or (value.type if value is not None else TRUTH)
    return Combine(combinator, records, where, value, over, type, over is not None and fact.world is World.OPEN)


def _over(parser: Parser, at: ast.Call, fact: Fact) -> tuple[Node, Node] | None:
    if not at.keywords:
        return None
    keyword = at.keywords[0]
    if len(at.keywords) > 1 or keyword.arg != "over":
        raise parser.refuse("wrong-arguments", at, f"{keyword.arg}=", "over=(first, last) and no other named argument")
    if not fact.key:
        raise parser.refuse("no-key", at, f"over of {fact.name}", "records with a key, one for each year")
    pair = keyword.value
    if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
        raise parser.refuse("wrong-arguments", at, f"over={parser.source(pair)}", "over=(first, last)")
    return parser.typed(pair.elts[0], NUMBER), parser.typed(pair.elts[1], NUMBER)


def _begin(parser: Parser, at: ast.Call, fact: Fact) -> FieldName:
    if not fact.begins:
        raise parser.refuse("no-period", at, f"`{parser.source(at)}`", "records with a beginning")
    return FieldName(fact.name, fact.begins, DATE)


def _any_within(parser: Parser, at: ast.Call) -> Node:
    """exists(records, where and before(begin + span)): free of it from begin + span on."""
    fact, records = _records(parser, at)
    _argument_count(parser, at, 2, 3)
    length = parser.typed(at.args[1], SPAN)
    begin = _begin(parser, at, fact)
    recent = Call(Function.BEFORE, (Call(Function.ADD, (begin, length), DATE),), TRUTH)
    where = _both(_where(parser, at, fact, 2), recent)
    return _made(parser, at, Combinator.EXISTS, records, None, where, TRUTH)


def _latest_before(parser: Parser, at: ast.Call) -> Node:
    fact, records = _records(parser, at)
    _argument_count(parser, at, 3, 4)
    value = parser.inside(fact, lambda: parser.node(at.args[1]))
    earlier = Compare(Operator.LT, _begin(parser, at, fact), parser.typed(at.args[2], DATE))
    where = _both(_where(parser, at, fact, 3), earlier)
    return _made(parser, at, Combinator.LATEST, records, value, where, None)


def _both(where: Node, condition: Node) -> Node:
    return condition if where == TRUE else And((where, condition))


_SPECIAL: dict[str, Callable[[Parser, ast.Call], Node]] = {
    "years": _years,
    "date": _date,
    "min": _extreme(Function.LEAST),
    "max": _extreme(Function.GREATEST),
    "known": _known,
    "lower": _lower,
    "free_from": _free_from,
    "any_within": _any_within,
    "latest_before": _latest_before,
}
