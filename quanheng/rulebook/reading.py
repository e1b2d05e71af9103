"""YAML -> instruments and switches. Every error names file, line, rule, field, what is written, and why it cannot be.

Any file in `instruments/` shows the shape. A rule has every field of `RuleText` that has no default; `effective` is
`{from, until}`, half-open, `from` a date, `unknown` or `configured`; a parameter is `{value, unit, article, seen}`
(`instrument` where it stands in another one), its value `local` where the centre sets none.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

from quanheng.rulebook.fields import CannotReadInstrument, Fields, is_name, ratio
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import (
    Begin,
    Check,
    Choice,
    Citation,
    Expression,
    InForce,
    Instrument,
    InstrumentKind,
    InstrumentStatus,
    OnFail,
    Parameter,
    Row,
    RuleKind,
    RuleText,
    Scalar,
    SeenVersion,
    State,
    Switch,
    Unit,
    Value,
)
from quanheng.rulebook.strict_yaml import read, read_file

SWITCHES, SOURCES, EVIDENCE = "switches.yaml", "sources.yaml", "evidence.yaml"
_NUMBERS = frozenset({Unit.YEARS, Unit.MONTHS, Unit.DAYS, Unit.WORKDAYS, Unit.HOURS, Unit.COUNT})


def read_folder(folder: Path) -> tuple[tuple[Instrument, ...], tuple[Switch, ...], dict[str, str], dict[str, str]]:
    """Instruments in the order of their codes, switches, what marks of sources mean, what evidence is called."""
    files = sorted(path for path in folder.glob("*.yaml") if path.name not in (SWITCHES, SOURCES, EVIDENCE))
    instruments = tuple(instrument(read_file(path), path.name) for path in files)
    sources, evidence = (meanings(read_file(folder / name), name) for name in (SOURCES, EVIDENCE))
    return instruments, switches(read_file(folder / SWITCHES)), sources, evidence


def read_instrument(text: str, file: str) -> Instrument:
    return instrument(read(text, file), file)


def read_switches(text: str) -> tuple[Switch, ...]:
    return switches(read(text, SWITCHES))


def instrument(document: Any, file: str) -> Instrument:
    """Raises `CannotReadInstrument`; versions of a rule may not overlap and lie within the instrument's own period."""
    fields = Fields(document, file)
    code = fields.text("instrument")
    if file != f"{code}.yaml":
        raise fields.refuse("other-name", "instrument", f"the file is called {file}")
    made = Instrument(
        code=code,
        title=fields.words("title"),
        kind=fields.choice("kind", InstrumentKind),
        issuer=fields.text("issuer"),
        number=fields.text("number") if fields.take("number") is not None else None,
        in_force=_in_force(fields),
        status=fields.choice("status", InstrumentStatus),
        status_note=fields.text_or("status_note"),
        seen=fields.text("seen"),
        note=fields.text_or("note"),
        rules=tuple(_rule(values, code, file) for values in fields.items("rules")),
        file=file,
    )
    fields.finish()
    _check_periods(made)
    return made


def _in_force(fields: Fields) -> InForce:
    inner = fields.inner("effective")
    begin, start = Begin.DATED, None
    if inner.take("from") in (Begin.UNKNOWN.value, Begin.CONFIGURED.value):
        begin = Begin(inner.values["from"])
    else:
        start = inner.date("from")
        if start is None:
            raise inner.refuse("not-a-date", "from", "a date, or one of unknown, configured, is expected")
    end = inner.date("until") if "until" in inner.values else None
    if start and end and end <= start:
        raise inner.refuse("empty-period", "until", f"the period [{start}, {end}) holds no day")
    inner.finish()
    return InForce(start=start, end=end, begin=begin)


def _check_periods(made: Instrument) -> None:
    earlier: dict[str, list[RuleText]] = {}
    for rule in made.rules:
        if not rule.in_force.within(made.in_force):
            raise _of_rule("outside-instrument", rule, "effective", "the instrument is not in force all that time")
        for other in earlier.setdefault(rule.id, []):
            if rule.in_force.overlaps(other.in_force):
                raise _of_rule(
                    "versions-overlap", rule, "effective", f"the version on line {other.line} holds then too"
                )
        earlier[rule.id].append(rule)


def _of_rule(code: str, rule: RuleText, field: str, why: str) -> CannotReadInstrument:
    written = f"[{rule.in_force.start}, {rule.in_force.end})"
    return CannotReadInstrument(code, file=rule.file, line=rule.line, rule=rule.id, field=field, what=written, why=why)


def _rule(values: Any, code: str, file: str) -> RuleText:
    fields = Fields(values, file)
    fields.rule = fields.text("id")
    made = RuleText(
        id=fields.rule,
        instrument=code,
        file=file,
        line=fields.line,
        title=fields.words("title"),
        article=fields.article("article"),
        is_article_verified=fields.truth("article_verified"),
        article_note=fields.text_or("article_note"),
        also=tuple(_citation(fields, text) for text in fields.texts("also")),
        in_force=_in_force(fields),
        kind=fields.choice("kind", RuleKind),
        subject=fields.text("subject"),
        text=fields.words("text"),
        parameters=_parameters(fields, code),
        evidence=fields.texts("evidence"),
        waiver=fields.text_or("waiver"),
        replaces=fields.text_or("replaces"),
        see=fields.texts("see"),
        switches=fields.texts("switches"),
        check=fields.choice("check", Check),
        on_fail=fields.choice("on_fail", OnFail),
        is_verified=fields.truth("verified"),
        seen_version=fields.choice("seen_version", SeenVersion),
        unverified_parts=fields.words_or_none("unverified_parts"),
        basis=fields.text("basis"),
        note=fields.words_or_none("note"),
        state=fields.choice("state", State),
        applies=_expression(fields, "applies"),
        each=_expression(fields, "each"),
        requires=_expression(fields, "requires"),
        person_decides=_expression(fields, "person_decides"),
        when_none=fields.choice("when_none", Outcome) if "when_none" in fields.values else "",
        numbers=_expressions(fields, "numbers"),
        dates=_expressions(fields, "dates"),
    )
    return _checked(made, fields)


def _checked(made: RuleText, fields: Fields) -> RuleText:
    """Refuses what contradicts itself: an article verified without a number, a state that the expressions belie."""
    fields.finish()
    if made.is_article_verified and made.article is None:
        raise fields.refuse("no-article", "article_verified", "an article without a number cannot be verified")
    if made.seen_version is SeenVersion.PARTIAL and not made.unverified_parts:
        raise fields.refuse("missing-field", "unverified_parts", "say which parts were not seen")
    has_expressions = next(made.expressions(), None) is not None
    if made.state is State.NOT_YET_COMPUTED and has_expressions:
        raise fields.refuse("state-differs", "state", "a rule with expressions is encoded")
    if made.when_none and made.each is None:
        raise fields.refuse("state-differs", "when_none", "it says what holds where `each` has no record")
    if made.state is State.ENCODED and made.check is not Check.HUMAN and not has_expressions:
        raise fields.refuse("state-differs", "state", "an encoded rule has expressions")
    return made


def _citation(fields: Fields, written: str) -> Citation:
    code, _, article = written.partition(" ")
    return Citation(code, article or None)


def _parameters(fields: Fields, code: str) -> tuple[Parameter, ...]:
    inner = fields.inner("parameters")
    return tuple(_parameter(inner, name, code) for name in inner.values)


def _parameter(fields: Fields, name: str, code: str) -> Parameter:
    inner = fields.inner(name)
    if not is_name(name):
        raise fields.refuse("not-a-name", name, "small letters, digits and _, and no word of Python, are expected")
    unit = inner.choice("unit", Unit)
    made = Parameter(
        name=name,
        value=_value(inner, unit),
        unit=unit,
        citation=Citation(inner.text_or("instrument", code), inner.article("article")),
        is_seen=inner.truth("seen"),
        note=inner.text_or("note"),
    )
    inner.finish()
    return made


def _value(fields: Fields, unit: Unit) -> Value:
    value = fields.take("value")
    if value == "local":
        return None
    made = _OF_UNIT.get(unit, _count)(value)
    if made is None:
        raise fields.refuse("not-of-unit", "value", f"the unit is {unit}")
    return made


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _codes(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not value or not all(map(_word, value)):
        return None
    return tuple(value) if len(set(value)) == len(value) else None


def _table(value: object) -> tuple[Row, ...] | None:
    """Rows of the same columns; a cell that is a ratio is read as one."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) and row for row in value):
        return None
    cells = [{name: _cell(cell) for name, cell in row.items()} for row in value]
    if any(set(row) != set(cells[0]) or None in row.values() for row in cells):
        return None
    return tuple(cells)  # type: ignore[arg-type]  # no cell is None


def _cell(value: object) -> Scalar | None:
    if isinstance(value, bool | int):
        return value
    exact = ratio(value) if isinstance(value, str) else None
    return exact if exact is not None else _word(value)


def _ratio(value: object) -> Fraction | None:
    return ratio(value) if isinstance(value, str | int) else None


_OF_UNIT: dict[Unit, Callable[[object], Value]] = {
    Unit.RATIO: _ratio,
    Unit.TRUTH: _truth,
    Unit.CODE: _word,
    Unit.TEXT: _word,
    Unit.CODES: _codes,
    Unit.TABLE: _table,
}


def _expression(fields: Fields, name: str) -> Expression | None:
    """A number or a truth is an expression too: `need: 36`."""
    if name not in fields.values:
        return None
    value = fields.take(name)
    if isinstance(value, bool | int):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise fields.refuse("not-an-expression", name, "an expression is text (decision 0010)")
    return Expression(value.strip(), fields.file, fields.line_of(name))


def _expressions(fields: Fields, name: str) -> dict[str, Expression]:
    if name not in fields.values:
        return {}
    inner = fields.inner(name)
    made = {key: _expression(inner, key) for key in inner.values}
    for key in made:
        if not is_name(key):
            raise inner.refuse("not-a-name", key, "small letters, digits and _, and no word of Python, are expected")
    return {key: expression for key, expression in made.items() if expression}


def switches(document: Any) -> tuple[Switch, ...]:
    fields = Fields(document, SWITCHES)
    made = tuple(_switch(values) for values in fields.items("switches"))
    fields.finish()
    _check_distinct("switch", (switch.id for switch in made))
    return made


def _switch(values: Any) -> Switch:
    fields = Fields(values, SWITCHES)
    fields.rule = fields.text("id")
    since = fields.date("since")
    if since is None:
        raise fields.refuse("not-a-date", "since", "a date is expected")
    made = Switch(
        id=fields.rule,
        owner=fields.text("owner"),
        question=fields.words("question"),
        default=_choice(fields.take("default"), fields),
        alternatives=tuple(_choice(value, fields) for value in fields.items("alternatives")),
        since=since,
        why=fields.words("why"),
    )
    fields.finish()
    if len(set(made.values)) < len(made.values):
        raise fields.refuse("twice", "alternatives", "two readings have the same value")
    return made


def _choice(values: Any, outer: Fields) -> Choice:
    fields = Fields(values, outer.file, outer.rule, "choice.", outer.line)
    value = fields.take("value")
    if not isinstance(value, str | bool | int):
        raise fields.refuse("not-text", "value", "a word, a number or a truth is expected")
    made = Choice(value, fields.words("words"))
    fields.finish()
    return made


def meanings(document: Any, file: str) -> dict[str, str]:
    """A mapping of names to words, under the name of the file: `sources: {P1: …}`."""
    outer = Fields(document, file)
    fields = outer.inner(file.removesuffix(".yaml"))
    outer.finish()
    return {name: fields.text(name) for name in fields.values}


def _check_distinct(what: str, names: Iterable[str]) -> None:
    seen = set[str]()
    for name in names:
        if name in seen:
            raise CannotReadInstrument(
                "twice",
                file=SWITCHES,
                line=1,
                rule=name,
                field="id",
                what=name,
                why=f"there is another {what} of this id",
            )
        seen.add(name)
