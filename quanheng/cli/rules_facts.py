"""`quanheng rules facts`: the vocabulary that rules and situations are written in."""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from quanheng.cli import DONE, add_json, say, say_json

if TYPE_CHECKING:
    from quanheng.rulebook.rule import Rule
    from quanheng.rulebook.vocabulary import Fact, Vocabulary


def add_commands(actions: Any) -> None:
    facts = actions.add_parser("facts", help="list the facts that rules use")
    facts.add_argument("name", nargs="?", metavar="NAME", help="one fact, such as posts or person.work_start")
    add_json(facts)
    facts.set_defaults(run=_facts)


def _facts(arguments: argparse.Namespace) -> int:
    from quanheng.rulebook.checking import load_rules
    from quanheng.rulebook.facts_reading import load_facts

    vocabulary = load_facts()
    facts = [vocabulary.lookup(arguments.name)] if arguments.name else list(vocabulary)
    used = rules_by_fact(load_rules().values())
    if arguments.json:
        say_json({"facts": [as_json(fact, vocabulary, used) for fact in facts]})
        return DONE
    for fact in facts:
        for line in lines(fact, vocabulary, used):
            say(line)
    return DONE


def rules_by_fact(rules: "Iterable[Rule]") -> dict[str, list[str]]:
    """Fact -> ids of the rules that use it."""
    used = defaultdict(set)
    for rule in rules:
        for fact in rule.facts:
            used[fact].add(rule.id)
    return {fact: sorted(ids) for fact, ids in used.items()}


def lines(fact: "Fact", vocabulary: "Vocabulary", used: Mapping[str, list[str]]) -> Iterator[str]:
    """Name, type, unit, meaning, source, world, scope, fields, rules."""
    unit = f"（{fact.unit}）" if fact.unit else ""
    yield f"{fact.name}  {fact.type.kind}{unit}  {fact.meaning.zh}  {fact.meaning.en}"
    shape = [
        f"{name}: {getattr(fact, name)}" for name in ("begins", "ends", "key", "order", "label") if getattr(fact, name)
    ]
    yield "  " + "；".join([f"来源 {fact.source}", f"{fact.world} world", f"{fact.scope}", *shape])
    for field in fact.fields.values():
        unit = f"（{field.unit}）" if field.unit else ""
        yield f"    {field.name}  {field.type}{unit}  {field.meaning.zh}  {field.meaning.en}"
    codes = vocabulary.codes.get(fact.type.of)
    if codes:
        yield f"  取值 {'、'.join(codes.values)}"
    yield f"  用到它的规则 {'、'.join(used.get(fact.name, [])) or '无'}"


def as_json(fact: "Fact", vocabulary: "Vocabulary", used: Mapping[str, list[str]]) -> dict[str, Any]:
    codes = vocabulary.codes.get(fact.type.of)
    return {
        "name": fact.name,
        "type": str(fact.type),
        "unit": fact.unit,
        "meaning": {"zh": fact.meaning.zh, "en": fact.meaning.en},
        "source": fact.source,
        "world": fact.world,
        "scope": fact.scope,
        "codes": list(codes.values) if codes else [],
        "fields": {
            field.name: {"type": str(field.type), "unit": field.unit, "zh": field.meaning.zh, "en": field.meaning.en}
            for field in fact.fields.values()
        },
        "rules": used.get(fact.name, []),
    }
