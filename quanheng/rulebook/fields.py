"""Taking the fields of a mapping one by one, so that an unknown or missing field cannot pass unnoticed."""

import keyword
import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from quanheng.kernel.errors import Refused
from quanheng.rulebook.instrument import Words
from quanheng.rulebook.strict_yaml import Lined

Choice = TypeVar("Choice", bound=StrEnum)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_RATIO = re.compile(r"(\d+)(?:/(\d+)|(%))?")


class CannotReadInstrument(Refused):
    """A file of the rulebook that is not as it must be. Facts: file, line, rule or "-", field, what is written, why."""


class Fields:
    """The fields of one mapping, each taken once. `finish` refuses what nobody took."""

    def __init__(self, values: Any, file: str, rule: str = "-", path: str = "", line: int = 1) -> None:
        self.file, self.rule, self.path = file, rule, path
        if not isinstance(values, Lined):
            raise CannotReadInstrument(
                "not-a-mapping",
                file=file,
                line=line,
                rule=rule,
                field=path or "-",
                what=shown(values),
                why="names with values",
            )
        self.values, self.line, self.taken = values, values.line, set[str]()

    def refuse(self, code: str, name: str, why: str) -> CannotReadInstrument:
        what = shown(self.values[name]) if name in self.values else ""
        return CannotReadInstrument(
            code, file=self.file, line=self.line_of(name), rule=self.rule, field=self.path + name, what=what, why=why
        )

    def line_of(self, name: str) -> int:
        return self.values.lines.get(name, self.line)

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self.values.get(name) is not None

    def take(self, name: str) -> Any:
        """The value, which may be null; the field itself has to be there."""
        if name not in self.values:
            raise self.refuse("missing-field", name, "this field is required")
        self.taken.add(name)
        return self.values[name]

    def inner(self, name: str) -> "Fields":
        return Fields(self.take(name), self.file, self.rule, f"{self.path}{name}.", self.line_of(name))

    def items(self, name: str) -> list[Any]:
        """A list; an absent field is an empty one."""
        if name not in self.values:
            return []
        value = self.take(name)
        if not isinstance(value, list):
            raise self.refuse("not-a-list", name, "a list is expected")
        return value

    def text(self, name: str) -> str:
        value = self.take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse("not-text", name, "words are expected")
        return value

    def text_or(self, name: str, default: str = "") -> str:
        return self.text(name) if name in self.values else default

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.items(name)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.refuse("not-text", name, "a list of words is expected")
        if len(set(values)) < len(values):
            raise self.refuse("twice", name, "a word stands twice in the list")
        return tuple(values)

    def truth(self, name: str) -> bool:
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.refuse("not-a-truth", name, "true or false is expected")
        return value

    def date(self, name: str) -> date | None:
        value = self.take(name)
        if value is not None and not isinstance(value, date):
            raise self.refuse("not-a-date", name, "a date such as 2019-03-03, or null, is expected")
        return value

    def choice(self, name: str, kind: type[Choice]) -> Choice:
        value = self.text(name)
        try:
            return kind(value)
        except ValueError:
            raise self.refuse("unknown-word", name, "one of " + ", ".join(kind)) from None

    def words(self, name: str) -> Words:
        inner = self.inner(name)
        made = Words(zh=inner.text("zh"), en=inner.text("en"))
        inner.finish()
        return made

    def words_or_none(self, name: str) -> Words | None:
        return self.words(name) if name in self.values else None

    def article(self, name: str) -> str | None:
        """An article as cited, `8(1)` or 14; null where its number was not seen."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            raise self.refuse("not-an-article", name, "a number such as 8(1), or null, is expected")
        return None if value is None else str(value)

    def finish(self) -> None:
        for name in self.values:
            if name not in self.taken:
                raise self.refuse("unknown-field", name, "no field of this name is known here")


def is_name(name: str) -> bool:
    """Whether expressions can speak of it: `param.need`, but not `param.from`."""
    return _NAME.fullmatch(name) is not None and not keyword.iskeyword(name)


def ratio(written: object) -> Fraction | None:
    """`1/3`, `20%`, `1` as an exact number; None where it is no ratio."""
    match = _RATIO.fullmatch(str(written)) if not isinstance(written, bool) else None
    if not match or (match[2] and not int(match[2])):
        return None
    return Fraction(int(match[1]), 100 if match[3] else int(match[2] or 1))


def shown(value: object) -> str:
    """A value as far as an error needs it."""
    text = _written(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _written(value: object) -> str:
    """As it stands in the file, on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{name}: {_written(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_written, value)) + "]"
        case None:
            return "null"
        case bool():
            return str(value).lower()
    return str(value)
