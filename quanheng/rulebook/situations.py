"""Situations in YAML for `quanheng rules check`: read, run, and compared with what they expect.

```
cases: [{id, title, on, switches?: {id: value}, rules_on?: [id], calendar?: {holidays, workdays},
         signed?: all|none|[id], subject: {fact: value…} or subjects: {name: {…}}, case?: {fact: value…},
         expect?: [{rule, outcome, …}]}]
```
A fact left out, or null, is unknown. `person.`, `target.` and `case.` may be written as a mapping
(`target: {level: …}`), and `person.` or `case.` left out in their own block. Records are a list of mappings, or one
mapping for one record; a number of which only bounds are known is `{at_least: 2, at_most: 3}`. Other spellings of the
same value are taken (`given_values`); what is alike may be written once (`&name`, `*name`, `<<: *name`). What follows
from raw records is derived (`derived`).
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from quanheng.kernel.errors import Refused
from quanheng.rulebook import given_values
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.derived import derive
from quanheng.rulebook.expectations import Expected, read_expected
from quanheng.rulebook.fields import shown
from quanheng.rulebook.instrument import Scalar, Switch
from quanheng.rulebook.situation import FactValue, Raw, Record, Situation
from quanheng.rulebook.strict_yaml import Lined, read
from quanheng.rulebook.vocabulary import Fact, Field, Scope, Vocabulary, nearest
from quanheng.rulebook.workdays import Calendar, CalendarError, standard

_SCOPES = frozenset(scope.value for scope in Scope)
_CASE_FIELDS = (
    "id",
    "title",
    "on",
    "switches",
    "rules_on",
    "calendar",
    "signed",
    "subject",
    "subjects",
    "case",
    "expect",
    "note",
)


class CannotReadSituation(Refused):
    """Facts: file, line, case, place (`subject.posts[1].level`), what (as written), expected, near ("" if none).

    `earlier`: what else is wrong in the file, before this, so that nobody has to mend one mistake a run."""

    earlier: "tuple[CannotReadSituation, ...]" = ()

    def __str__(self) -> str:
        near = f"; nearest: {self.facts['near']}" if self.facts["near"] else ""
        place = "{file}, line {line}, case {case}, {place}: {what}; expected {expected}".format(**self.facts)
        return f"{self.code}: {place}{near}"


@dataclass(frozen=True, slots=True)
class Case:
    """`subjects`: name -> situation; one subject without a name is "". `whole`: the case's own facts."""

    id: str
    title: str
    on: date
    rules_on: tuple[str, ...]
    subjects: Mapping[str, Situation]
    whole: Situation
    expect: tuple[Expected, ...]


def read_situations(
    content: bytes | str, file: str, book: Rulebook, vocabulary: Vocabulary, on: date | None = None
) -> tuple[Case, ...]:
    """Raises `CannotReadYaml`, `CannotReadSituation`. `on`: asked instead of each case's own day."""
    document = read(content, file, by_hand=True)
    top = Place(file, "-", "", 1)
    if not isinstance(document, Lined) or not isinstance(document.get("cases"), list) or not document["cases"]:
        what = document.get("cases", document) if isinstance(document, Lined) else document
        raise top.refuse("not-situations", what, "cases: [{id, title, on, subject, expect}]")
    reader, cases = Reader(top, book, vocabulary, on), []
    for number, each in enumerate(document["cases"], 1):
        with reader.noting():
            cases.append(replace(reader, place=Place(file, str(number), "", 1)).case(each))
    if reader.wrong:
        *earlier, last = sorted(reader.wrong, key=lambda each: int(str(each.facts["line"])))
        last.earlier = tuple(earlier)
        raise last
    return tuple(cases)


@dataclass(frozen=True)
class Place:
    """Where in a file one reads, for errors."""

    file: str
    case: str
    path: str
    line: int

    def at(self, name: str, line: int | None = None) -> "Place":
        path = f"{self.path}.{name}".lstrip(".") if not name.startswith("[") else self.path + name
        return Place(self.file, self.case, path, line or self.line)

    def refuse(self, code: str, what: object, expected: str, near: str = "") -> CannotReadSituation:
        return CannotReadSituation(
            code,
            file=self.file,
            line=self.line,
            case=self.case,
            place=self.path or "-",
            what=shown(what),
            expected=expected,
            near=near,
        )


@dataclass(frozen=True)
class Reader:
    """`wrong`: the mistakes found so far; what else can be read is read, to find the next one."""

    place: Place
    book: Rulebook
    vocabulary: Vocabulary
    on: date | None
    wrong: list[CannotReadSituation] = field(default_factory=list)

    @contextmanager
    def noting(self) -> Iterator[None]:
        try:
            yield
        except CannotReadSituation as mistake:
            self.wrong.append(mistake)

    def case(self, given: Any) -> Case:
        values = self.mapping(self.place, given)
        place = Place(self.place.file, str(values.get("id", self.place.case)), "", values.line)
        reader = replace(self, place=place)
        reader.only(place, values, _CASE_FIELDS)
        expect = tuple(reader.expected(values))
        whole = reader.situation(values)
        subjects = dict(reader.subjects(values, whole))
        return Case(
            id=place.case,
            title=str(values.get("title", "")),
            on=whole.on,
            rules_on=tuple(reader.rule_ids(values, "rules_on")),
            subjects=subjects,
            # A single subject's facts belong to the case too, where they are facts about the case or the target.
            whole=subjects.get("", whole) if "subject" in values else reader.aimed(whole, tuple(subjects.values())),
            expect=expect,
        )

    def expected(self, values: Lined) -> Iterator[Expected]:
        given = values.get("expect")
        for each in [given] if isinstance(given, Lined) else self.items(values, "expect"):
            with self.noting():
                yield read_expected(each, self.of(values, "expect"), self.book)

    # the parts

    def situation(self, values: Lined) -> Situation:
        """Day, switches, calendar, signatures and the facts of the case."""
        on = self.on or given_values.day(values.get("on"))
        if on is None:
            raise self.of(values, "on").refuse("no-day", values.get("on"), "on: 2025-06-01")
        facts, switches = self.facts(self.of(values, "case"), values.get("case"), "case"), self.switches(values)
        facts = derive(facts, self.vocabulary, on=on, switches=switches, book=self.book)
        return Situation(on, facts, "", switches, self.calendar(values), self.signed(values))

    def subjects(self, values: Lined, whole: Situation) -> Iterator[tuple[str, Situation]]:
        if "subject" in values and "subjects" in values:
            raise self.of(values, "subjects").refuse("two-kinds", "subject and subjects", "one of them")
        if "subjects" not in values:
            given = {"": values.get("subject")} if values.get("subject") is not None else {}
        else:
            given = dict(self.mapping(self.of(values, "subjects"), values["subjects"]))
        for name, facts in given.items():
            place = self.of(values, "subjects" if name else "subject").at(name) if name else self.of(values, "subject")
            own = self.facts(place, facts, "person")
            yield name, self.joined(whole, own, name)

    def aimed(self, whole: Situation, subjects: tuple[Situation, ...]) -> Situation:
        """With what all subjects aim at, where that is one and the same."""
        told = subjects[0].facts if subjects else {}
        shared = {
            name: value
            for name, value in told.items()
            if name.startswith("target.") and all(each.facts.get(name) == value for each in subjects)
        }
        return self.joined(whole, shared, "") if shared else whole

    def joined(self, whole: Situation, own: Mapping[str, FactValue], name: str) -> Situation:
        """The facts of the case and of one subject, with what follows from both."""
        given = _assessed({**whole.facts, **own}, whole.on)
        facts = derive(given, self.vocabulary, on=whole.on, switches=whole.switches, book=self.book)
        return replace(whole, facts=facts, subject=name)

    def switches(self, values: Lined) -> dict[str, Scalar]:
        made: dict[str, Scalar] = {switch.id: switch.default.value for switch in self.book.switches}
        place = self.of(values, "switches")
        for id, value in self.mapping(place, values.get("switches") or Lined(values.line)).items():
            with self.noting():
                made[id] = self.reading(place.at(id), id, value, made)
        return made

    def reading(self, place: Place, id: str, value: Any, switches: Mapping[str, Scalar]) -> Scalar:
        if id not in switches:
            raise place.refuse("unknown-switch", id, "a switch of the rulebook", nearest(id, switches))
        switch = self.book.switch(id)
        known = {str(each): each for each in switch.values}
        if (found := _spellings(switch).get(_plain(value))) is None:
            raise place.refuse("unknown-value", value, ", ".join(known), nearest(str(value), known))
        return found

    def calendar(self, values: Lined) -> Calendar:
        place = self.of(values, "calendar")
        given = self.mapping(place, values.get("calendar") or Lined(values.line))
        self.only(place, given, ("holidays", "workdays"))
        free, worked = (self.days(place.at(name), given.get(name)) for name in ("holidays", "workdays"))
        try:
            return standard().with_days(free, worked) if free or worked else standard()
        except CalendarError:
            both = ", ".join(str(each) for each in sorted({*free} & {*worked}))
            raise place.refuse("not-a-calendar", both, "a day either free or worked") from None

    def days(self, place: Place, given: Any) -> list[date]:
        listed = [given_values.day(each) for each in given] if isinstance(given, list) else [given] if given else []
        days = [each for each in listed if isinstance(each, date)]
        if len(days) < len(listed):
            raise place.refuse("not-days", given, "a list of dates")
        return days

    def signed(self, values: Lined) -> frozenset[str] | None:
        given = values.get("signed", "all")
        if given in ("all", "none"):
            return None if given == "all" else frozenset()
        if not isinstance(given, list):
            raise self.of(values, "signed").refuse("not-a-list", given, "all, none or a list of rules")
        return frozenset(self.rule_ids(values, "signed"))

    def rule_ids(self, values: Lined, name: str) -> list[str]:
        ids = self.items(values, name)
        for id in ids:
            if id not in self.book.ids:
                near = nearest(str(id), self.book.ids)
                raise self.of(values, name).refuse("unknown-rule", id, "a rule of the rulebook", near)
        return ids

    # facts

    def facts(self, place: Place, given: Any, scope: str) -> dict[str, FactValue]:
        values = self.mapping(place, given if given is not None else Lined(place.line))
        made: dict[str, FactValue] = {}
        for name, value, where in self.flat(place, values, ""):
            with self.noting():
                fact = self.fact(where, name, scope)
                if fact.name in made:
                    raise where.refuse("twice", name, "each fact once")
                if value is not None:
                    made[fact.name] = (
                        self.records(where, fact, value) if fact.is_records else self.raw(where, fact, value)
                    )
        return made

    def flat(self, place: Place, values: Lined, prefix: str) -> Iterator[tuple[str, Any, Place]]:
        """Mappings under a scope's name become dotted names."""
        for name, value in values.items():
            where = place.at(name, values.lines.get(name))
            if isinstance(value, Lined) and prefix + name in _SCOPES:
                yield from self.flat(where, value, f"{prefix}{name}.")
            else:
                yield prefix + name, value, where

    def fact(self, place: Place, name: str, scope: str) -> Fact:
        for written in (name, f"{scope}.{name}"):
            if written in self.vocabulary.facts:
                return self.vocabulary.facts[written]
        raise place.refuse("unknown-fact", name, "a fact of the vocabulary", nearest(name, self.vocabulary.facts))

    def records(self, place: Place, fact: Fact, given: Any) -> tuple[Record, ...]:
        listed = [given] if isinstance(given, Lined) else given
        if not isinstance(listed, list):
            raise place.refuse("not-records", given, "a list of records")
        return tuple(self.record(place.at(f"[{number}]"), fact, each, number) for number, each in enumerate(listed))

    def record(self, place: Place, fact: Fact, given: Any, number: int) -> Record:
        values, made = self.mapping(place, given), dict[str, Raw]()
        if "system" in fact.fields and "system" not in values:
            values = _by_system(values, self.vocabulary.values(fact.fields["kind"].type))
        for name, value in values.items():
            where = place.at(name, values.lines.get(name))
            with self.noting():
                if name not in fact.fields:
                    near = nearest(name, fact.fields)
                    raise where.refuse("unknown-field", name, ", ".join(fact.fields), near)
                made[name] = self.raw(where, fact.fields[name], value)
        self.refuse_reversed(place, fact, made)
        return Record(f"{fact.name}[{number}]", made)

    def refuse_reversed(self, place: Place, fact: Fact, made: Mapping[str, Raw]) -> None:
        """A stretch of time that is over before it begins. What is done in time may be done before its day (training
        completed before the appointment), so only ends that are called so are looked at."""
        begin, end = made.get(fact.begins), made.get(fact.ends)
        if fact.ends in ("end", "until") and isinstance(begin, date) and isinstance(end, date) and end < begin:
            raise place.at(fact.ends).refuse("reversed", end, f"{fact.begins} {begin}")

    def raw(self, place: Place, declared: Fact | Field, given: Any) -> Raw:
        if given is None:
            return None
        codes = self.vocabulary.values(declared.type)
        made = given_values.code(given, codes) if codes else given_values.READERS[declared.type.kind](given)
        if made is None:
            raise place.refuse("wrong-value", given, str(declared.type))
        if codes and made not in codes:
            raise place.refuse("unknown-code", given, ", ".join(codes), nearest(str(given), codes))
        if not given_values.is_of_unit(made, declared.unit):
            raise place.refuse("wrong-value", given, f"number of {declared.unit}")
        return made

    # shapes

    def of(self, values: Lined, name: str) -> Place:
        return self.place.at(name, values.lines.get(name, values.line))

    def mapping(self, place: Place, given: Any) -> Lined:
        if not isinstance(given, Lined):
            raise place.refuse("not-a-mapping", given, "names with values")
        return given

    def items(self, values: Lined, name: str) -> list[Any]:
        given = values.get(name)
        if given is not None and not isinstance(given, list):
            raise self.of(values, name).refuse("not-a-list", given, "a list")
        return given or []

    def only(self, place: Place, values: Lined, known: tuple[str, ...]) -> None:
        for name in values:
            if name not in known:
                where = place.at(name, values.lines.get(name))
                raise where.refuse("unknown-field", name, ", ".join(known), nearest(name, known))


_SYSTEM_WORDS = {"党内": "党纪", "党纪": "党纪", "政务": "政务", "行政": "政务"}


def _by_system(values: Lined, kinds: Collection[str]) -> Lined:
    """A sanction as officers say it: 党内警告 is a 警告 of the Party, 政务记过 a 记过."""
    said = str(values.get("kind"))
    system, kind = _SYSTEM_WORDS.get(said[:2]), said[2:]
    if system is None or kind not in kinds:
        return values
    made = Lined(values.line)
    made.update(values, kind=kind, system=system)
    made.lines = values.lines
    return made


def _assessed(facts: Mapping[str, FactValue], on: date) -> Mapping[str, FactValue]:
    """A year that is not over has no grade yet: a record of it that gives none (未出) says no more than that."""
    grades = facts.get("grades")
    if not isinstance(grades, tuple):
        return facts
    kept = tuple(each for each in grades if each.values.get("grade") is not None or not _is_running(each, on))
    return {**facts, "grades": kept}


def _is_running(record: Record, on: date) -> bool:
    year = record.values.get("year")
    return isinstance(year, int) and year >= on.year


def _spellings(switch: Switch) -> dict[str, Scalar]:
    """Each reading by its code and by its words: half_up and half-up, 计入张贴当日, yes where its words begin so."""
    made: dict[str, Scalar] = {}
    for each in (switch.default, *switch.alternatives):
        for word in (each.value, each.words.zh, each.words.en, each.words.en.partition(",")[0]):
            made.setdefault(_plain(word), each.value)
    return made


def _plain(word: object) -> str:
    return str(word).lower().replace("-", "_").replace(" ", "_")
