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
    about = "a fact, field or list of codes (posts, posts.level, sanction_kind), or a rule: the facts it looks at"
    facts.add_argument("name", nargs="?", metavar="NAME", help=about)
    add_json(facts)
    facts.set_defaults(run=_facts)


def _facts(arguments: argparse.Namespace) -> int:
    from quanheng.rulebook.checking import load_rules
    from quanheng.rulebook.facts_reading import load_facts

    vocabulary, rules = load_facts(), load_rules().values()
    facts = _asked(arguments.name, vocabulary, rules) if arguments.name else list(vocabulary)
    used = rules_by_fact(rules)
    if arguments.json:
        say_json({"facts": [as_json(fact, vocabulary, used) for fact in facts]})
        return DONE
    for fact in facts:
        for line in lines(fact, vocabulary, used):
            say(line)
    return DONE


def _asked(name: str, vocabulary: "Vocabulary", rules: "Iterable[Rule]") -> "list[Fact]":
    """What the name names; of a rule or of evidence (`sanction.records`), the facts that the rules look at."""
    from quanheng.rulebook.derived import told_of

    named = [rule for rule in rules if rule.id == name or name in rule.text.evidence]
    told = told_of(fact for rule in named for fact in rule.facts)
    return [vocabulary.lookup(fact) for fact in told] or vocabulary.named(name)


def rules_by_fact(rules: "Iterable[Rule]") -> dict[str, list[str]]:
    """Fact -> ids of the rules that use it, or what is derived from it; a waiver, those that may be waived."""
    from quanheng.rulebook.derived import FROM
    from quanheng.rulebook.evaluate import WAIVERS

    used = defaultdict(set)
    for rule in rules:
        waiver = {WAIVERS} if rule.text.is_waivable else set()
        for fact in rule.facts | waiver:
            used[fact].add(rule.id)
    for derived in reversed(tuple(FROM)):  # what comes last may rest on what comes before
        for fact in FROM[derived]:
            used[fact] |= used[derived]
    return {fact: sorted(ids) for fact, ids in used.items()}


def lines(fact: "Fact", vocabulary: "Vocabulary", used: Mapping[str, list[str]]) -> Iterator[str]:
    """Name, type, unit, meaning, source, world, scope, fields, codes, rules."""
    from quanheng.rulebook.derived import feeds
    from quanheng.rulebook.types import Kind

    unit = f"（{fact.unit}）" if fact.unit else ""
    yield f"{fact.name}  {fact.type.kind}{unit}  {fact.meaning.zh}  {fact.meaning.en}"
    shape = [
        f"{name}: {getattr(fact, name)}" for name in ("begins", "ends", "key", "order", "label") if getattr(fact, name)
    ]
    yield "  " + "；".join([f"来源 {fact.source}", f"{fact.world} world", f"{fact.scope}", *shape])
    for field in fact.fields.values():
        unit = f"（{field.unit}）" if field.unit else ""
        yield f"    {field.name}  {field.type}{unit}  {field.meaning.zh}  {field.meaning.en}"
        if field.type.kind is Kind.CODE:
            yield f"      取值 {'、'.join(vocabulary.values(field.type))}"
    if fact.type.kind is Kind.CODE:
        yield f"  取值 {'、'.join(vocabulary.values(fact.type))}"
    if derived := feeds(fact.name):
        yield f"  由它得出 {'、'.join(derived)}"
    yield f"  用到它的规则 {'、'.join(used.get(fact.name, [])) or '无'}"


def as_json(fact: "Fact", vocabulary: "Vocabulary", used: Mapping[str, list[str]]) -> dict[str, Any]:
    return {
        "name": fact.name,
        "type": str(fact.type),
        "unit": fact.unit,
        "meaning": {"zh": fact.meaning.zh, "en": fact.meaning.en},
        "source": fact.source,
        "world": fact.world,
        "scope": fact.scope,
        "codes": list(vocabulary.values(fact.type)),
        "fields": {
            field.name: {"type": str(field.type), "unit": field.unit, "zh": field.meaning.zh, "en": field.meaning.en}
            | {"codes": list(vocabulary.values(field.type))}
            for field in fact.fields.values()
        },
        "rules": used.get(fact.name, []),
    }
