"""加条件: rows of field, operator and value over the facts of the rulebook, as one expression of its language each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from quanheng.insight.eligibility import has_source
from quanheng.insight.screening_extra import CannotScreen, Extra
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.parse import CannotParse
from quanheng.rulebook.sql_text import NotInSqlError
from quanheng.rulebook.types import Kind, Type
from quanheng.rulebook.vocabulary import Fact, Scope
from quanheng.web.shared.parts import Text
from quanheng.web.shared.rule_outcomes import plain
from quanheng.web.shared.wording import bracketed, listed

MAX_ROWS, MAX_TEXT = 8, 300
_ANY_DAY = date(2000, 1, 1)  # what can be asked at all does not depend on the day
EXPRESSION = "expression"
NOW, EVER, COUNT = "now", "ever", "count"
OPERATORS: Mapping[str, tuple[Text, str]] = {
    "is": (pgettext_lazy("compare", "是"), "=="),
    "not": (gettext_lazy("不是"), "!="),
    "least": (gettext_lazy("不少于（不早于）"), ">="),
    "most": (gettext_lazy("不多于（不晚于）"), "<="),
}
_OF_KIND = {
    Kind.TRUTH: ("is", "not"),
    Kind.CODE: ("is", "not"),
    Kind.NUMBER: ("is", "least", "most"),
    Kind.DATE: ("least", "most"),
}


@dataclass(frozen=True, slots=True)
class ExtraField:
    """A fact to be asked for: `person.birth`, `posts.now.level`, `posts.count`."""

    key: str
    label: str
    type: Type
    group: str

    def expression(self, operator: str, value: str) -> str:
        """Raises `ValueError` for a value that is none of its type."""
        name, _dot, rest = self.key.partition(".")
        if rest == COUNT:
            return _compared(f"count({name})", self.type, operator, value)
        when, _dot, field = rest.partition(".")
        if when in (NOW, EVER):
            begin = "running and " if when == NOW else ""
            if operator == "not":
                return f"not exists({name}, {begin}{_compared(field, self.type, 'is', value)})"
            return f"exists({name}, {begin}{_compared(field, self.type, operator, value)})"
        return _compared(self.key, self.type, operator, value)


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """A row as it was sent. `problem` says what is wrong with it and where."""

    field: str
    operator: str
    text: str
    expression: str = ""
    title: str = ""
    problem: str = ""

    @property
    def value(self) -> str:
        """As a parameter of the address."""
        return "~".join((self.field, self.operator, self.text))


def _compared(name: str, type: Type, operator: str, value: str) -> str:
    sign = OPERATORS[operator][1]
    match type.kind:
        case Kind.TRUTH:
            return name if (operator == "is") == (value != "no") else f"not {name}"
        case Kind.NUMBER:
            return f"{name} {sign} {int(value)}"
        case Kind.DATE:
            return f'{name} {sign} date("{date.fromisoformat(value).isoformat()}")'
        case _:
            if value not in values_of(type):
                raise ValueError(value)
            return f'{name} {sign} "{value}"'


def values_of(type: Type) -> tuple[str, ...]:
    found = load_facts().codes.get(type.of)
    return found.values if found else ()


@cache
def _fields() -> dict[str, Fact]:
    return {fact.name: fact for fact in load_facts() if fact.scope is Scope.PERSON and has_source(fact.name)}


def extra_fields() -> list[ExtraField]:
    """What a dossier keeps; what no room records would be unknown of everybody."""
    return [each for fact in _fields().values() for each in _of_fact(fact)]


def _of_fact(fact: Fact) -> Iterator[ExtraField]:
    label = plain(fact.meaning)
    if not fact.is_records:
        if fact.type.kind in _OF_KIND:
            yield ExtraField(fact.name, label, fact.type, _("本人"))
        return
    yield ExtraField(f"{fact.name}.{COUNT}", _("%(what)s（条数）") % {"what": label}, Type(Kind.NUMBER), label)
    for field in fact.fields.values():
        if field.type.kind not in _OF_KIND or not has_source(f"{fact.name}.{field.name}"):
            continue
        said = plain(field.meaning)
        if fact.ends:
            yield ExtraField(
                f"{fact.name}.{NOW}.{field.name}", _("现有的：%(what)s") % {"what": said}, field.type, label
            )
        yield ExtraField(f"{fact.name}.{EVER}.{field.name}", _("任一条：%(what)s") % {"what": said}, field.type, label)


def read_rows(data: QueryDict) -> tuple[ExtraRow, ...]:
    """Of the address, then of the form of one more row. A row without a field is none."""
    values = [text for text in data.getlist("also") if text.count("~") >= 2]
    if data.get("field"):
        values.append("~".join(str(data.get(name, "")) for name in ("field", "operator", "value")))
    known = {each.key: each for each in extra_fields()}
    parts = (text[:MAX_TEXT].split("~", 2) for text in dict.fromkeys(values))
    return tuple(read_row(field, operator, text, known) for field, operator, text in parts)[:MAX_ROWS]


def read_row(field: str, operator: str, text: str, known: Mapping[str, ExtraField]) -> ExtraRow:
    if field == EXPRESSION:
        return _checked(ExtraRow(field, "is", text.strip(), text.strip(), text.strip()))
    found = known.get(field)
    if found is None:
        return ExtraRow(field, operator, text, problem=_("没有“%(what)s”这一项。请从列表里选。") % {"what": field})
    if operator not in _OF_KIND[found.type.kind]:
        return ExtraRow(field, operator, text, title=found.label, problem=_unfit(found))
    title = _title(found, operator, text)
    try:
        return _checked(ExtraRow(field, operator, text, found.expression(operator, text), title))
    except ValueError:
        return ExtraRow(field, operator, text, title=title, problem=_wanted(found))


def _title(field: ExtraField, operator: str, text: str) -> str:
    if field.type.kind is Kind.TRUTH:
        is_so = (operator == "is") == (text != "no")
        return bracketed(field.label, _("是") if is_so else _("否"))
    sign = str(OPERATORS[operator][0])
    group = "" if field.key.startswith("person.") else field.group
    return " ".join(part for part in (group, field.label, sign, text) if part)


def _unfit(field: ExtraField) -> str:
    """To ask something else than what was chosen would answer another question."""
    fit = listed(OPERATORS[each][0] for each in _OF_KIND[field.type.kind])
    return _("“%(label)s”不能这样比。可以选：%(fit)s。") % {"label": field.label, "fit": fit}


def _wanted(field: ExtraField) -> str:
    what = {
        Kind.NUMBER: _("一个整数，如 3"),
        Kind.DATE: _("一个日期，如 2020-01-01"),
        Kind.CODE: "、".join(values_of(field.type)),
    }[field.type.kind]
    return _("“%(label)s”要填：%(what)s。") % {"label": field.label, "what": what}


def _checked(row: ExtraRow) -> ExtraRow:
    try:
        Extra(row.expression).check(_ANY_DAY)
    except CannotParse as refusal:
        return replace(row, expression="", problem=_said(refusal))
    except CannotScreen as refusal:
        said = _("快照里只有 %(what)s 的摘要，没有原文，不能与写出的文字比较。请改用清单里的项目。") % refusal.facts
        return replace(row, expression="", problem=said)
    except NotInSqlError:
        return replace(row, expression="", problem=_("按工作日计算的条件只能逐人看，不能筛查。"))
    return row


def _said(refusal: CannotParse) -> str:
    """What is expected there the engine says in English only."""
    facts = refusal.facts
    near = _("相近的是 %(near)s。") % {"near": facts["near"]} if facts["near"] else _("写法同规则库里的表达式。")
    return _("第 %(column)s 个字处读不懂 %(what)s。") % facts + near
