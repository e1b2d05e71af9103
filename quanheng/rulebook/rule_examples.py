"""The examples of each rule: what it says of whom on which day. They ship with the software, for whoever signs a rule.

`examples/FAMILY.yaml` holds situations as `quanheng rules check` reads them, each with what a rule has to say of it.
Tests run them all; a page shows those of one rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from re import escape, search

from quanheng.rulebook.book import load
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.expectations import Expected
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue, Situation
from quanheng.rulebook.situations import Case, read_situations
from quanheng.rulebook.vocabulary import Scope

FOLDER = Path(__file__).parent / "examples"
FOLLOWS = {"person.last_promotion"}  # moves with the posts from which it is derived
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Example:
    """One expectation with the case it stands in."""

    case: Case
    expected: Expected

    def situations(self, about: Scope) -> tuple[Situation, ...]:
        """Those that a rule about persons, or about a case, is asked of."""
        if about is Scope.CASE or not self.case.subjects:
            return (self.case.whole,)
        name = self.expected.subject
        return tuple(each for key, each in self.case.subjects.items() if name in (None, key))


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@cache
def cases_in(file: Path) -> tuple[Case, ...]:
    return read_situations(file.read_bytes(), file.name, load(), load_facts())


def examples_of(rule: str) -> tuple[Example, ...]:
    """In the order of their file. Only files that name the rule are read."""
    naming = [file for file in files() if search(rf"rule: {escape(rule)}[,\s}}]", file.read_text(encoding="utf-8"))]
    return tuple(
        Example(case, expected)
        for file in naming
        for case in cases_in(file)
        for expected in case.expect
        if expected.rule == rule
    )


def finding_of(example: Example, rule: Rule) -> Finding | None:
    """The finding that the example speaks of."""
    for situation in example.situations(rule.about):
        for found in evaluate(rule, situation, load_facts()):
            if found.outcome is example.expected.outcome and example.expected.item in (None, found.item):
                return found
    return None


# --- boundaries


def boundary_cases(examples: Iterable[Example]) -> frozenset[str]:
    """Ids of the cases on either side of a boundary date."""
    known = list(examples)
    return frozenset(
        each.case.id for one in known for other in known if is_boundary(one, other) for each in (one, other)
    )


def is_boundary(one: Example, other: Example) -> bool:
    """Alike but for one date, which lies a day apart, and of different outcome."""
    if one.expected.outcome is other.expected.outcome:
        return False
    first, second = _dates_of(one.case), _dates_of(other.case)
    apart = [second[path] - first[path] for path in first.keys() & second.keys() if first[path] != second[path]]
    return first.keys() == second.keys() and apart == [_DAY]


def _dates_of(case: Case) -> dict[str, date]:
    """Every date of a case, the day asked for included, by where it stands."""
    found = {"on": case.on}
    for subject, situation in (case.subjects or {"": case.whole}).items():  # a subject has the facts of the case too
        told = {name: value for name, value in situation.facts.items() if name not in FOLLOWS}
        for name, value in told.items():
            found |= {f"{subject}.{name}{place}": when for place, when in _dates_in(value)}
    return found


def _dates_in(value: FactValue) -> Iterator[tuple[str, date]]:
    if isinstance(value, date):
        yield "", value
    for record in value if isinstance(value, tuple) else ():
        yield from ((f"{record.key}.{name}", each) for name, each in record.values.items() if isinstance(each, date))
