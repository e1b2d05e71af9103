"""YAML -> vocabulary. The shape of a file is told at the top of `facts/person.yaml`."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from quanheng.rulebook.fields import CannotReadInstrument, Fields, is_name
from quanheng.rulebook.strict_yaml import read, read_file
from quanheng.rulebook.types import Kind, Type
from quanheng.rulebook.vocabulary import CodeList, Fact, Field, Meaning, Scope, Vocabulary, World, merge_all

FOLDER = Path(__file__).parent / "facts"
_PLAIN = (Kind.TRUTH, Kind.NUMBER, Kind.DATE, Kind.TEXT)
_CODE_OF = "code of "


def read_facts(text: str, file: str) -> Vocabulary:
    """Raises `CannotReadYaml`, `CannotReadInstrument`."""
    return vocabulary(read(text, file), file)


@cache
def load_facts() -> Vocabulary:
    """The vocabulary of this version of the software, read once a process; every code list that is named is there."""
    return read_folder(sorted(FOLDER.glob("*.yaml")))


def read_folder(files: Iterable[Path]) -> Vocabulary:
    whole = merge_all(vocabulary(read_file(path), path.name) for path in files)
    for fact in whole:
        for type in (fact.type, *(field.type for field in fact.fields.values())):
            if type.kind is Kind.CODE and type.of not in whole.codes:
                raise _refused(fact.name, type.of, "no code list of this name")
    return whole


def _refused(name: str, what: str, why: str) -> CannotReadInstrument:
    return CannotReadInstrument("unknown-codes", file="facts", line=1, rule="-", field=name, what=what, why=why)


def vocabulary(document: Any, file: str) -> Vocabulary:
    fields = Fields(document, file)
    codes = _codes(fields.inner("codes")) if fields.has("codes") else {}
    facts = fields.inner("facts")
    made = {name: _fact(facts.inner(name), name) for name in facts.values}
    fields.finish()
    return Vocabulary(made, codes)


def _codes(fields: Fields) -> dict[str, CodeList]:
    made = {}
    for name in fields.values:
        inner = fields.inner(name)
        is_scale = inner.truth("scale") if inner.has("scale") else False
        made[name] = CodeList(name, inner.texts("values"), is_scale)
        inner.finish()
    return made


def _fact(fields: Fields, name: str) -> Fact:
    if not all(is_name(part) for part in name.split(".")):
        raise fields.refuse("not-a-name", "type", f"{name}: small letters, digits and _, with a dot after the scope")
    type = _type(fields, name)
    made = Fact(
        name=name,
        type=type,
        unit=fields.text_or("unit"),
        meaning=_meaning(fields),
        source=fields.text("source"),
        world=fields.choice("world", World),
        scope=fields.choice("scope", Scope) if fields.has("scope") else _scope(name),
        **(_record_shape(fields) if type.kind is Kind.RECORDS else {}),
    )
    fields.finish()
    return made


def _scope(name: str) -> Scope:
    head = name.partition(".")[0] if "." in name else ""
    return Scope(head) if head in set(Scope) else Scope.PERSON


def _meaning(fields: Fields) -> Meaning:
    return Meaning(fields.text("zh"), fields.text("en"))


def _type(fields: Fields, fact: str) -> Type:
    word = fields.text("type")
    if word.startswith(_CODE_OF):
        return Type(Kind.CODE, word.removeprefix(_CODE_OF).strip())
    if word == Kind.RECORDS and fact:
        return Type(Kind.RECORDS, fact)
    if word not in _PLAIN:
        raise fields.refuse("unknown-word", "type", "truth, number, date, text, `code of LIST` or records")
    return Type(Kind(word))


def _record_shape(fields: Fields) -> dict[str, Any]:
    inner = fields.inner("fields")
    made = {name: _field(inner.inner(name), name) for name in inner.values}
    named = {name: fields.text_or(name) for name in ("begins", "ends", "key", "order", "label")}
    wanted = {"begins": (Kind.DATE,), "ends": (Kind.DATE,), "key": (Kind.NUMBER,), "order": (Kind.NUMBER, Kind.DATE)}
    for name, field in named.items():
        if field and (field not in made or made[field].type.kind not in wanted.get(name, tuple(Kind))):
            raise fields.refuse("unknown-name", name, "a field of these records, of the right type")
    return {"fields": made, **named}


def _field(fields: Fields, name: str) -> Field:
    if not is_name(name):
        raise fields.refuse("not-a-name", "type", f"{name} cannot be spoken of in an expression")
    made = Field(name, _type(fields, ""), fields.text_or("unit"), _meaning(fields))
    fields.finish()
    return made
