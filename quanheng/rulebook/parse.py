"""Text in the grammar of a Python expression -> tree. Read with `ast`, never run; typed against what a rule may name.

Names: facts of the vocabulary (`person.work_start`, `case.votes_for`), records (first argument of a combinator), the
fields of the record a combinator looks at, those of the item of `each` (also `item.name`), `on`, `running` (the
record has not ended), `param.x`, `switch.SW_X`, and what the rule itself names, as `numbers.x` and
`dates.x`. Functions and combinators: `calls.py`.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quanheng.kernel.errors import Refused
from quanheng.rulebook.tree import (
    ON,
    TURNED,
    And,
    Call,
    Choose,
    Compare,
    FactName,
    FieldName,
    Function,
    ItemName,
    Literal,
    Node,
    Not,
    On,
    Operator,
    Or,
    ParameterName,
    SwitchName,
    Within,
    number,
    span,
)
from quanheng.rulebook.types import CODE, DATE, MOST, NUMBER, TRUTH, Kind, Type
from quanheng.rulebook.vocabulary import Fact, Vocabulary, nearest


class CannotParse(Refused):
    """Facts: rule, place (`requires`, `numbers.need` …), column (from 1), what (as written), expected, near (or "")."""

    def __str__(self) -> str:
        near = f"; nearest: {self.facts['near']}" if self.facts["near"] else ""
        place = "{rule} {place}, column {column}: {what}; expected {expected}".format(**self.facts)
        return f"{self.code}: {place}{near}"


@dataclass(frozen=True, slots=True)
class Names:
    """What an expression of one rule may speak of. `switches`: id -> its values (codes). `own` gives the tree of a
    number or date that the rule itself names; it stands in place of the name."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Type] = field(default_factory=dict)
    switches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    item: str = ""  # the records of `each`
    rule: str = "-"
    own: "Callable[[str], Node | None]" = lambda name: None  # the rule's own `numbers.x` and `dates.x`


def parse(text: str, names: Names, expected: Type | None = None, place: str = "requires") -> Node:
    """Raises `CannotParse`, also where the type is not the one expected."""
    parser = Parser(" ".join(text.split("\n")), names, place)
    tree = parser.read()
    if expected and tree.type.kind is not expected.kind:
        raise parser.refuse("wrong-type", None, f"a {tree.type}", f"a {expected}")
    return tree


def parse_records(text: str, names: Names, place: str = "each") -> FactName:
    """The name of records, for `each`."""
    name = text.strip()
    fact = names.vocabulary.facts.get(name)
    if fact is None or not fact.is_records:
        known = [each.name for each in names.vocabulary if each.is_records]
        raise CannotParse(
            "unknown-records",
            rule=names.rule,
            place=place,
            column=1,
            what=name,
            expected="records of the vocabulary",
            near=nearest(name, known),
        )
    return FactName(name, fact.type)


class Parser:
    """One text. `records` are the facts whose fields are names now, the innermost last."""

    def __init__(self, text: str, names: Names, place: str) -> None:
        self.text, self.names, self.place = text, names, place
        self.records: list[Fact] = []

    def read(self) -> Node:
        try:
            body = ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            column = getattr(error, "offset", None) or 1
            raise self.refusal("not-an-expression", column, str(error.args[0]), "an expression") from None
        return self.node(body)

    def node(self, at: ast.expr) -> Node:
        reader = _READERS.get(type(at))
        if reader is None:
            raise self.refuse(
                "not-in-the-language", at, f"`{self.source(at)}`", "a comparison, an operator, a name or a call"
            )
        return reader(self, at)

    def typed(self, at: ast.expr, expected: Type) -> Node:
        made = self.node(at)
        if made.type.kind is not expected.kind:
            raise self.refuse("wrong-type", at, f"`{self.source(at)}` is a {made.type}", f"a {expected}")
        return made

    def source(self, at: ast.AST) -> str:
        return ast.get_source_segment(self.text.strip(), at) or ""

    def refuse(self, code: str, at: ast.expr | None, what: str, expected: str, near: str = "") -> CannotParse:
        line = self.text.strip().encode()
        column = len(line[: at.col_offset].decode()) + 1 if at is not None else 1
        return self.refusal(code, column, what, expected, near)

    def refusal(self, code: str, column: int, what: str, expected: str, near: str = "") -> CannotParse:
        rule, place = self.names.rule, self.place
        return CannotParse(code, rule=rule, place=place, column=column, what=what, expected=expected, near=near)

    # names

    def name(self, at: ast.Name) -> Node:
        if at.id == "on":
            return ON
        if at.id == "running" and self.records:
            return self.running(at)
        found = self.field_name(at.id)
        if found is not None:
            return found
        fact = self.names.vocabulary.facts.get(at.id)
        if fact is None:
            raise self.unknown_name(at, at.id)
        raise self.refuse("records-alone", at, at.id, "records inside a combinator, as in exists(records, condition)")

    def field_name(self, name: str) -> Node | None:
        if self.records and name in self.records[-1].fields:
            fact = self.records[-1]
            return FieldName(fact.name, name, fact.fields[name].type, name == fact.ends)
        return self.item_name(name)

    def item_name(self, name: str) -> Node | None:
        fact = self.names.vocabulary.facts.get(self.names.item)
        if fact is None or name not in fact.fields:
            return None
        return ItemName(fact.name, name, fact.fields[name].type, name == fact.ends)

    def item(self, at: ast.expr, name: str) -> Node:
        found = self.item_name(name)
        if found is None:
            raise self.unknown_name(at, name)
        return found

    def running(self, at: ast.Name) -> Node:
        fact = self.records[-1]
        if not fact.ends:
            raise self.refuse("no-period", at, f"running of {fact.name}", "records with a period")
        return Call(Function.BEFORE, (FieldName(fact.name, fact.ends, DATE, True),), TRUTH)

    def unknown_name(self, at: ast.expr, name: str) -> CannotParse:
        known = [*self.names.vocabulary.facts, *(f"param.{each}" for each in self.names.parameters), "on"]
        for fact in (*self.records, *filter(None, [self.names.vocabulary.facts.get(self.names.item)])):
            known.extend(fact.fields)
        return self.refuse("unknown-name", at, name, "a fact, field, param. or switch.", nearest(name, known))

    def dotted(self, at: ast.Attribute) -> Node:
        path = self.source(at).replace(" ", "")
        head, _, rest = path.partition(".")
        if head == "param":
            return self.parameter(at, rest)
        if head == "switch":
            return self.switch(at, rest)
        if head == "item":
            return self.item(at, rest)
        if head in ("numbers", "dates"):
            return self.own(at, path)
        fact = self.names.vocabulary.facts.get(path)
        if fact is None:
            raise self.unknown_name(at, path)
        return FactName(path, fact.type)

    def own(self, at: ast.expr, path: str) -> Node:
        found = self.names.own(path)
        if found is None:
            raise self.refuse(
                "unknown-name", at, path, "a number or date that the rule names and that is no part of it"
            )
        return found

    def parameter(self, at: ast.expr, name: str) -> Node:
        if name not in self.names.parameters:
            near = nearest(name, self.names.parameters)
            raise self.refuse("unknown-parameter", at, f"param.{name}", "a parameter of the rule", near)
        return ParameterName(name, self.names.parameters[name])

    def switch(self, at: ast.expr, name: str) -> Node:
        id = name.replace("_", "-")
        if id not in self.names.switches:
            raise self.refuse("unknown-switch", at, f"switch.{name}", "a switch", nearest(id, self.names.switches))
        return SwitchName(id, Type(Kind.CODE, f"switch.{id}"))

    # values and operators

    def constant(self, at: ast.Constant) -> Node:
        value = at.value
        if isinstance(value, bool):
            return Literal(value, TRUTH)
        if isinstance(value, int):
            return self.whole(at, value)
        if isinstance(value, str):
            return Literal(value, CODE)
        raise self.refuse("wrong-literal", at, repr(value), 'a whole number, True, False or a "code"')

    def whole(self, at: ast.expr, value: int) -> Node:
        if abs(value) > MOST:  # no database counts on without end
            raise self.refuse("wrong-literal", at, str(value), f"a number up to {MOST}")
        return number(value)

    def codes(self, at: ast.Tuple | ast.List | ast.Set) -> Node:
        values = [each.value for each in at.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if not values or len(values) < len(at.elts):
            raise self.refuse("wrong-list", at, self.source(at), 'a list of codes ("a", "b")')
        return Literal(tuple(values), Type(Kind.CODES))

    def both(self, at: ast.BoolOp) -> Node:
        parts = tuple(self.typed(each, TRUTH) for each in at.values)
        return And(parts) if isinstance(at.op, ast.And) else Or(parts)

    def unary(self, at: ast.UnaryOp) -> Node:
        if isinstance(at.op, ast.Not):
            return Not(self.typed(at.operand, TRUTH))
        if isinstance(at.op, ast.USub) and isinstance(at.operand, ast.Constant) and isinstance(at.operand.value, int):
            return self.whole(at, -at.operand.value)
        raise self.refuse("not-in-the-language", at, self.source(at), "not, or a number with a minus")

    def choose(self, at: ast.IfExp) -> Node:
        condition, then = self.typed(at.test, TRUTH), self.node(at.body)
        otherwise = self.node(at.orelse)
        then, otherwise = self.alike(at, then, otherwise)
        return Choose(condition, then, otherwise, then.type)

    def arithmetic(self, at: ast.BinOp) -> Node:
        left, right = self.node(at.left), self.node(at.right)
        kinds, operator = (left.type.kind, right.type.kind), type(at.op)
        if kinds == (Kind.NUMBER, Kind.NUMBER) and operator in _ARITHMETIC:
            return Call(_ARITHMETIC[operator], (left, right), NUMBER)
        if kinds == (Kind.DATE, Kind.SPAN) and operator in _SHIFTS and not _takes_workdays(operator, right):
            return Call(_SHIFTS[operator], (left, right), DATE)
        expected = "number + - * // number or date + - months(n), years(n), days(n), workdays(n)"
        what = f"`{self.source(at)}`: {left.type} and {right.type}"
        raise self.refuse("wrong-type", at, what, f"{expected}; a share is floor(a, b), ceil(a, b) or half_up(a, b)")

    def compare(self, at: ast.Compare) -> Node:
        places, made = [at.left, *at.comparators], []
        for operator, left, right in zip(at.ops, places, places[1:], strict=False):
            made.append(self.one_comparison(at, operator, self.node(left), self.node(right)))
        return made[0] if len(made) == 1 else And(tuple(made))

    def one_comparison(self, at: ast.Compare, operator: ast.cmpop, left: Node, right: Node) -> Node:
        if isinstance(operator, ast.In | ast.NotIn):
            found = self.within(at, left, right)
            return found if isinstance(operator, ast.In) else Not(found)
        sign = _OPERATORS.get(type(operator))
        if sign is None:
            raise self.refuse("not-in-the-language", at, self.source(at), "== != < <= > >= in")
        left, right = self.alike(at, left, right)
        if left.type.kind not in (Kind.NUMBER, Kind.DATE, Kind.CODE, Kind.TEXT):
            raise self.refuse(
                "wrong-type", at, f"`{self.source(at)}` compares a {left.type}", "numbers, dates or codes"
            )
        self.check_order(at, sign, left)
        return _with_on(Compare(sign, left, right))

    def within(self, at: ast.Compare, left: Node, right: Node) -> Node:
        if left.type.kind not in (Kind.CODE, Kind.TEXT) or right.type.kind is not Kind.CODES:
            raise self.refuse("wrong-type", at, self.source(at), "a code in a list of codes")
        if isinstance(right, Literal) and isinstance(right.value, tuple):
            for value in right.value:
                self.check_code(at, value, left.type.of)
        return Within(left, right)

    def check_order(self, at: ast.expr, sign: Operator, left: Node) -> None:
        is_code = left.type.kind in (Kind.CODE, Kind.TEXT)
        if is_code and sign not in (Operator.EQ, Operator.NE) and not self.names.vocabulary.scale(left.type.of):
            raise self.refuse("no-order", at, self.source(at), "codes of a scale, or == and !=")

    def alike(self, at: ast.expr, left: Node, right: Node) -> tuple[Node, Node]:
        """Both of one type; a written code takes the list of the other side and has to be in it."""
        if left.type.kind is not right.type.kind and {left.type.kind, right.type.kind} != {Kind.CODE, Kind.TEXT}:
            raise self.refuse("wrong-type", at, f"{left.type} with {right.type}", "two of one type")
        of = left.type.of or right.type.of
        if left.type.of and right.type.of and left.type.of != right.type.of:
            raise self.refuse("wrong-type", at, f"{left.type} with {right.type}", "codes of one list")
        return self.of_list(at, left, of), self.of_list(at, right, of)

    def of_list(self, at: ast.expr, node: Node, of: str) -> Node:
        if not of or not isinstance(node, Literal) or not isinstance(node.value, str):
            return node
        self.check_code(at, node.value, of)
        return Literal(node.value, Type(Kind.CODE, of))

    def check_code(self, at: ast.expr, value: str, of: str) -> None:
        codes = self.names.vocabulary.codes.get(of)
        known = codes.values if codes else self.names.switches.get(of.removeprefix("switch."), ())
        if value and known and value not in known:  # the empty code: there is none
            raise self.refuse("unknown-code", at, f'"{value}"', f"a code of {of}", nearest(value, known))

    def call(self, at: ast.Call) -> Node:
        from quanheng.rulebook.calls import read_call  # calls read their arguments with this parser

        return read_call(self, at)

    def inside(self, fact: Fact, read: Callable[[], Node]) -> Node:
        """Reads with the fields of the records as names."""
        self.records.append(fact)
        try:
            return read()
        finally:
            self.records.pop()


def _takes_workdays(operator: type[ast.operator], length: Node) -> bool:
    """Working days are counted forward only."""
    return operator is ast.Sub and isinstance(length, Call) and length.function is Function.WORKDAYS


def _with_on(node: Compare) -> Node:
    """A comparison of a date with `on` as `reached` or `before`, which know their period."""
    if node.left.type.kind is not Kind.DATE or node.operator in (Operator.EQ, Operator.NE):
        return node
    if isinstance(node.left, On) and not isinstance(node.right, On):
        return _place_of_on(node.operator, node.right)
    if isinstance(node.right, On) and not isinstance(node.left, On):
        return _place_of_on(TURNED[node.operator], node.left)
    return node


def _place_of_on(operator: Operator, when: Node) -> Node:
    """`on operator when`."""
    next_day = Call(Function.ADD, (when, span(Function.DAYS, number(1))), DATE)
    made = {
        Operator.GE: (Function.REACHED, when),
        Operator.GT: (Function.REACHED, next_day),
        Operator.LT: (Function.BEFORE, when),
        Operator.LE: (Function.BEFORE, next_day),
    }
    function, day = made[operator]
    return Call(function, (day,), TRUTH)


_READERS: dict[type[ast.expr], Callable[[Parser, Any], Node]] = {  # each takes its own kind
    ast.Name: Parser.name,
    ast.Attribute: Parser.dotted,
    ast.Constant: Parser.constant,
    ast.Tuple: Parser.codes,
    ast.List: Parser.codes,
    ast.Set: Parser.codes,
    ast.BoolOp: Parser.both,
    ast.UnaryOp: Parser.unary,
    ast.IfExp: Parser.choose,
    ast.BinOp: Parser.arithmetic,
    ast.Compare: Parser.compare,
    ast.Call: Parser.call,
}
_ARITHMETIC: dict[type[ast.operator], Function] = {
    ast.Add: Function.PLUS,
    ast.Sub: Function.MINUS,
    ast.Mult: Function.TIMES,
    ast.FloorDiv: Function.FLOOR,
}
_SHIFTS: dict[type[ast.operator], Function] = {ast.Add: Function.ADD, ast.Sub: Function.SUBTRACT}
_OPERATORS: dict[type[ast.cmpop], Operator] = {
    ast.Eq: Operator.EQ,
    ast.NotEq: Operator.NE,
    ast.Lt: Operator.LT,
    ast.LtE: Operator.LE,
    ast.Gt: Operator.GT,
    ast.GtE: Operator.GE,
}
