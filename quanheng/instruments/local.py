"""The rulebook of this house on a day: central rules with what is stricter here, compiled, signed and switched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from quanheng.instruments.models import LocalRule
from quanheng.instruments.queries import local_rules_on, signed_ids, switch_values
from quanheng.instruments.strictness import is_stricter, read_number
from quanheng.instruments.texts import central
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.checking import compiled, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Citation, Parameter, RuleText, Scalar
from quanheng.rulebook.rule import Rule

Setting = tuple[str, str, str, str]  # rule, parameter, value, document


@dataclass(frozen=True)
class HouseRules:
    """What a screen or an action asks the engine with on one day."""

    on: date
    book: Rulebook
    rules: Mapping[RuleText, Rule]  # of every version
    running: tuple[RuleText, ...]  # in force on the day; of the local ones those taken up
    signed: frozenset[str]  # for Situation.signed
    switches: Mapping[str, Scalar]  # for Situation.switches

    def compiled(self) -> tuple[Rule, ...]:
        """The rules to ask, in the order of the files; cited text that is not yet computed is left out."""
        return tuple(self.rules[text] for text in self.running if text in self.rules)


def rulebook_in_force(on: date) -> HouseRules:
    """Three queries; compiling is kept for as long as no local number changes."""
    local = list(local_rules_on(on))
    book, rules = _with(tuple(_setting(row) for row in local if row.parameter))
    taken_up = {row.rule for row in local if not row.parameter} & set(book.ids)
    return HouseRules(on, book, rules, book.running(on, taken_up), signed_ids(on), switch_values(on))


def _setting(row: LocalRule) -> Setting:
    return row.rule, row.parameter, row.value, row.document


@lru_cache(maxsize=8)
def _with(settings: tuple[Setting, ...]) -> tuple[Rulebook, Mapping[RuleText, Rule]]:
    if not settings:
        return central(), load_rules()
    instruments = tuple(
        replace(each, rules=tuple(_local(text, settings) for text in each.rules)) for each in central().instruments
    )
    book = replace(central(), instruments=instruments)
    return book, compiled(book, load_facts())


def _local(text: RuleText, settings: Iterable[Setting]) -> RuleText:
    wanted = {name: (value, document) for rule, name, value, document in settings if rule == text.id}
    if not wanted:
        return text
    parameters = tuple(_stricter(text, each, *wanted.get(each.name, ("", ""))) for each in text.parameters)
    return replace(text, parameters=parameters)


def _stricter(text: RuleText, parameter: Parameter, value: str, document: str) -> Parameter:
    """The local number with its document, unless the centre has become as strict meanwhile."""
    number = read_number(value)
    if number is None or not is_stricter(text.id, parameter, number):
        return parameter
    article = "；".join(part for part in (parameter.citation.article, document) if part)
    return replace(parameter, value=number, citation=Citation(parameter.citation.instrument, article))
