"""What changed from one version of a rule to the next, word by word, and from the rule in whose place it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from quanheng.instruments.texts import central
from quanheng.rulebook import labels
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import RuleText
from quanheng.rulebook.words import told
from quanheng.web.desk.rule_parts import rule_url
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.diff import DiffRow, diff_rows
from quanheng.web.shared.parts import Link, Text
from quanheng.web.shared.wording import bracketed


@dataclass(frozen=True, slots=True)
class Change:
    """`before`, `after`: the two versions, named by their period; a rule of another id by its id too."""

    before: Link
    after: str
    rows: tuple[DiffRow, ...]


def changes(versions: Sequence[RuleText]) -> list[Change]:
    """The newest first."""
    line = [*_replaced(versions[0]), *versions]
    return [_change(before, after) for before, after in pairwise(line)][::-1]


def _replaced(rule: RuleText) -> tuple[RuleText, ...]:
    return central().versions(rule.replaces) if rule.replaces else ()


def _change(before: RuleText, after: RuleText) -> Change:
    old, new = _said(before), _said(after)
    pairs = {label: (old.get(label, ""), new.get(label, "")) for label in {**old, **new}}
    day = before.in_force.start.isoformat() if before.in_force.start else ""
    names = [words.period_text(each.in_force) for each in (before, after)]
    if before.id != after.id:
        names = [bracketed(each.id, name) for each, name in zip((before, after), names, strict=True)]
    return Change(Link(names[0], rule_url(before.id, day)), names[1], diff_rows(pairs))


def _said(rule: RuleText) -> dict[Text, str]:
    """All of a version that a reader compares, by its label."""
    found: dict[Text, str] = {
        _("条款要点"): words.said(rule.text),
        _("条款"): words.citation_text(rule, central().instruments),
        _("检查方式"): words.said(labels.label(rule.check)),
        _("不符时"): words.said(labels.label(rule.on_fail)),
        _("破格"): words.waiver_text(rule),
    }
    for each in rule.parameters:
        found[words.parameter_name(each.name)] = words.value_text(each)
    compiled = load_rules().get(rule)
    switches = {switch.id: switch for switch in central().switches}
    for line in told(compiled, load_facts(), switches) if compiled else ():
        found[words.said(line.name)] = words.said(line.said)
    return found
