"""What the bench of the rulebook asks: one post, one day, the computed rules about a person that SQL can express."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Check
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Raw, Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_rules import Conditions, conditions, rule_statements
from quanheng.rulebook.sql_text import DUCKDB, Dialect, NotInSqlError
from quanheng.rulebook.tree import FALSE
from quanheng.rulebook.vocabulary import Scope
from quanheng.rulebook.workdays import standard

ON = date(2026, 11, 20)
TARGET: dict[str, Raw] = {
    "target.kind": "post",
    "target.level": "县处级正职",
    "target.role": "正职",
    "target.post": "清河县县长",
    "target.unit": "清河县人民政府",
    "target.place": "清河县",
    "target.area_tier": "县级",
    "target.organ": "政府",
    "target.levels_up": 1,
    "target.is_under_terms": True,
    "target.is_special_position": False,
    "case.is_competition": False,
}


@dataclass(frozen=True)
class Asked:
    """The rules by id, and of those left out why."""

    rules: dict[str, Rule]
    conditions: dict[str, Conditions]
    left_out: dict[str, str]
    context: Context


def situation() -> Situation:
    switches = {switch.id: switch.default.value for switch in load().switches}
    return Situation(ON, TARGET, switches=switches, calendar=standard())


def asked(dialect: Dialect = DUCKDB) -> Asked:
    context = Context(load_facts(), situation(), {}, Bits(), dialect)
    made = Asked({}, {}, {}, context)
    for rule in about_people():
        if rule.text.check is Check.COMPUTED:
            _add(rule, made)
    return made


def about_people() -> Iterable[Rule]:
    """Of every kind, in force on the day."""
    rules = load_rules()
    running = (rules[text] for text in load().rules(ON) if text in rules)
    return (rule for rule in running if rule.about is Scope.PERSON)


def _add(rule: Rule, made: Asked) -> None:
    try:
        found = conditions(rule, made.context)
        rule_statements({rule.id: found}, made.context)
    except NotInSqlError as error:
        made.left_out[rule.id] = str(error)
        return
    if found.applies == FALSE:
        made.left_out[rule.id] = "does not apply to this post, whoever is asked about"
    else:
        made.rules[rule.id], made.conditions[rule.id] = rule, found
