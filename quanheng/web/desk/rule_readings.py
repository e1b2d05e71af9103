"""What another reading of a switch would change: in which rules, which words, and how many open matters."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from quanheng.insight.rule_uses import count_open_matters
from quanheng.instruments.local import HouseRules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Choice, OnFail, RuleText, Switch
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.under_reading import rule_under
from quanheng.rulebook.words import told
from quanheng.web.desk.rule_parts import rule_url
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.diff import DiffRow, diff_rows
from quanheng.web.shared.parts import Link, Text
from quanheng.web.shared.wording import bracketed


@dataclass(frozen=True, slots=True)
class Changed:
    """One rule. `rows`: none where the facts that it uses are worked out another way, and not the rule itself."""

    rule: Link
    rows: tuple[DiffRow, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """`text`: the answer. `impact`, `rules`: what it would change; nothing for the one that holds."""

    text: str
    is_now: bool
    is_default: bool
    impact: Text = ""
    rules: tuple[Changed, ...] = ()


def readings(switch: Switch, house: HouseRules) -> list[Reading]:
    """The default first, as the rulebook has them."""
    now = house.switches[switch.id]
    affected = [text for text in house.running if switch.id in text.switches]
    return [_reading(each, switch, affected, house, now=now) for each in (switch.default, *switch.alternatives)]


def _reading(each: Choice, switch: Switch, affected: list[RuleText], house: HouseRules, *, now: object) -> Reading:
    made = Reading(words.said(each.words), is_now=each.value == now, is_default=each is switch.default)
    if made.is_now:
        return made
    rules = tuple(_changed(text, switch, each, house) for text in affected)
    return Reading(made.text, False, made.is_default, _impact(affected, house), rules)


def _impact(affected: list[RuleText], house: HouseRules) -> Text:
    blocking = [text for text in affected if text.on_fail is OnFail.BLOCK and text.id in house.signed]
    return _("换成它，影响规则 %(rules)s 条，其中现在会拦阻的 %(blocking)s 条；在办事项 %(matters)s 件") % {
        "rules": len(affected),
        "blocking": len(blocking),
        "matters": sum(count_open_matters(text.id, house.on) for text in affected),
    }


def _changed(text: RuleText, switch: Switch, other: Choice, house: HouseRules) -> Changed:
    rule, link = house.rules.get(text), Link(bracketed(text.id, words.said(text.title)), rule_url(text.id))
    if rule is None:
        return Changed(link, ())
    now = dict(_said(rule_under(rule, switch.id, house.switches[switch.id]), house))
    then = dict(_said(rule_under(rule, switch.id, other.value), house))
    return Changed(link, diff_rows({name: (now.get(name, ""), then.get(name, "")) for name in {**now, **then}}))


def _said(rule: Rule, house: HouseRules) -> Iterator[tuple[Text, str]]:
    for line in told(rule, load_facts(), {each.id: each for each in house.book.switches}):
        yield words.said(line.name), words.said(line.said)
