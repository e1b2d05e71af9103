"""What exactly is signed: the text of one version with its numbers and expressions, as a digest."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from quanheng.rulebook import book as rulebook
from quanheng.rulebook.book import CannotFindRule, Rulebook
from quanheng.rulebook.instrument import OnFail, Parameter, RuleText, Scalar, Value
from quanheng.rulebook.labels import scalar

_OF_OTHERS = re.compile(r"\bparam\.([A-Z][A-Z0-9_a-z]*)\.([a-z]\w*)")  # param.RNK_APPR.excellent_months


def central() -> Rulebook:
    """The rules of this version of the software, without local parameters."""
    return rulebook.load()


def find_text(rule: str, on: date) -> RuleText | None:
    """The version in force on that day, else the newest of the rule; None for an id that no rule has."""
    try:
        versions = central().versions(rule)
    except CannotFindRule:
        return None
    return next((text for text in versions if text.in_force.contains(on)), versions[-1])


def needs_second(text: RuleText) -> bool:
    return text.on_fail is OnFail.BLOCK


def needs_paper(text: RuleText) -> bool:
    """Nobody of the project has seen this text, so a document number alone would confirm nothing."""
    return not text.is_verified


@lru_cache(maxsize=2_000)
def digest_of(text: RuleText) -> str:
    """SHA-256, hex, of all that decides: words of the law, period, consequence, parameters, expressions.

    Notes, sources and the English are left out: they may be bettered without anybody signing again.
    """
    said = json.dumps(_parts(text), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _parts(text: RuleText) -> dict[str, object]:
    return {
        "id": text.id,
        "citation": text.citation,
        "in_force": [str(text.in_force.start), str(text.in_force.end)],
        "subject": text.subject,
        "text": text.text.zh,
        "check": text.check,
        "on_fail": text.on_fail,
        "waiver": text.waiver,
        "when_none": text.when_none,
        "switches": sorted(text.switches),
        "parameters": [_parameter(each) for each in (*text.parameters, *_of_others(text))],
        "expressions": {place: " ".join(each.text.split()) for place, each in text.expressions()},
    }


def _parameter(parameter: Parameter) -> list[str]:
    return [parameter.name, stored_text(parameter.value), parameter.unit, str(parameter.citation)]


def stored_text(value: Value) -> str:
    """The value as it is stored, never in words that a page may better: what was signed with it would be void."""
    if isinstance(value, tuple):
        return "；".join(each if isinstance(each, str) else _row(each) for each in value)
    return "" if value is None else scalar(value)


def _row(row: Mapping[str, Scalar]) -> str:
    return "，".join(f"{name} {scalar(cell)}" for name, cell in row.items())


def _of_others(text: RuleText) -> Iterator[Parameter]:
    """Numbers of other rules that the expressions name: changed there, they change what is signed here."""
    named = {pair for _place, each in text.expressions() for pair in _OF_OTHERS.findall(each.text)}
    for id in text.see:
        for other in central().versions(id):
            wanted = {name for rule, name in named if rule == id.replace("-", "_")}
            yield from (each for each in other.parameters if each.name in wanted)
