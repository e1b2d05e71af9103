"""凭什么 of a verdict: one condition of a target asked of one person, in the order of the drawer.

The same for the tab 资格, the matrix of 资格筛查 and the cadre's own page; who reads is told by `RuleReader`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quanheng.accounts.queries import offices_of
from quanheng.insight.columns import columns
from quanheng.insight.conditions import conditions
from quanheng.insight.eligibility import Condition, Eligibility, eligibility
from quanheng.insight.situations import recorded_facts
from quanheng.insight.targets import Target
from quanheng.instruments.local import HouseRules
from quanheng.instruments.queries import Standing, standing_of
from quanheng.instruments.texts import find_text
from quanheng.kernel.errors import NotFound
from quanheng.people.models import Cadre
from quanheng.rulebook.finding import Finding
from quanheng.rulebook.instrument import Check
from quanheng.rulebook.rule import Rule
from quanheng.web.shared import rule_outcomes as outcomes
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.dossier_asked import stated_of
from quanheng.web.shared.dossier_evidence import Reader, names_for, who_facts
from quanheng.web.shared.parts import Evidence, Fact, Law, Text
from quanheng.web.shared.rule_calculation import calculation, parameters, ruler
from quanheng.web.shared.rule_law import law, state_text, titles
from quanheng.web.shared.rule_left_out import reason_of
from quanheng.web.shared.rule_lines import NOTHING, Withheld
from quanheng.web.shared.rule_records import Reading, Used, used_records
from quanheng.web.shared.rule_steps import next_steps
from quanheng.web.shared.wording import listed, stated


class RuleLinks(Protocol):
    """Where a drawer leads beside the records; "" where it leads nowhere for this audience."""

    def condition(self, rule: str, target: str) -> str: ...
    def rule(self, rule: str) -> str: ...
    def switch(self, switch: str) -> str: ...
    def paper(self, standing: Standing) -> str: ...


@dataclass(frozen=True, slots=True)
class RuleReader:
    """`back_url`: the page behind the drawer."""

    reader: Reader
    links: RuleLinks
    back_url: str
    names_people: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition, with those beside it in the order in which they are walked through."""

    found: Eligibility
    rules: tuple[Rule, ...]
    place: int

    @property
    def condition(self) -> Condition:
        return self.found.conditions[0]


def ask(cadre: Cadre, target: Target, rule: str, house: HouseRules, withheld: Withheld = NOTHING) -> Asked:
    """NotFound for a rule that is no condition of this target, or that the reader is not told about. A target without a
    code is none: the rule is asked alone."""
    asked = conditions(house, target) if target.code else (each for each in house.compiled() if each.id == rule)
    rules = walk(each for each in asked if each.id not in withheld.rules)
    place = next((place for place, each in enumerate(rules) if each.id == rule), None)
    recorded = recorded_facts([cadre.pk]).get(cadre.pk)
    if place is None or recorded is None:
        raise NotFound
    return Asked(eligibility(cadre.pk, withheld.told(recorded), target, house, [rules[place]]), rules, place)


def walk(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """In the order of the columns, as the tab, the matrix and the list beside it show them."""
    return tuple(rule for column in columns(rules) for rule in column.rules)


def rule_evidence(cadre: Cadre, asked: Asked, house: HouseRules, reader: RuleReader) -> Evidence:
    found, condition = asked.found, asked.condition
    rule, finding = condition.rule, deciding(condition)
    reading = Reading(reader.reader.links, reader.names_people, reason_of(rule, finding, house))
    used = used_records(cadre, condition.findings, found.on, stated_of(cadre), reading)
    standing = standing_of(find_text(rule.id, found.on) or rule.text, found.on)
    value, limit = compared(finding)
    remedy = outcomes.remedy_of(condition)
    return Evidence(
        claim=words.said(rule.text.title),
        path=_path(asked, reader),
        value=value,
        limit=limit,
        verdict=outcomes.verdict_of(condition),
        ruler=ruler(finding, found.on),
        records=used.records,
        records_absent=_absent(rule, finding),
        law=_law(standing, reader),
        calculation=tuple(calculation(condition, house)),
        parameters=tuple(parameters(finding, rule, house, reader.links.switch)),
        who=tuple(_who(used, standing, found, reader)),
        steps=tuple(next_steps(condition, used, standing, reader.reader, reader.links)),
        notices=tuple(_notices(condition, standing)),
        citation=_citation(asked, standing, remedy, reader),
        previous_url=_beside(asked, -1, reader),
        next_url=_beside(asked, 1, reader),
        back_url=reader.back_url,
    )


def deciding(condition: Condition) -> Finding:
    """The finding that the condition stands for: of items the first that is as bad as all together."""
    return next((each for each in condition.findings if each.outcome is condition.outcome), condition.findings[0])


def compared(finding: Finding) -> tuple[Text, Text]:
    """`2 年 8 个月` and `须达到 3 年`; a bare number with what it counts."""
    measured, limit = outcomes.measure(finding), outcomes.limit(finding)
    if measured is None or limit is None:
        return "", ""
    value, most = (outcomes.amount_text(name, number, finding) for name, number in (measured, limit))
    said = _("上限 %(most)s") if outcomes.is_ceiling(limit[0]) else _("须达到 %(most)s")
    if value and outcomes.unit_of(measured[0], finding) is None:
        value = f"{outcomes.named(measured[0])} {value}"
    return value, said % {"most": most} if value and most else ""


def _path(asked: Asked, reader: RuleReader) -> tuple[Text, ...]:
    count = len(asked.rules)
    place = _("第 %(place)s 条件，共 %(count)s 条") % {"place": asked.place + 1, "count": count}
    return reader.reader.owner, asked.found.target.title, place


def _beside(asked: Asked, step: int, reader: RuleReader) -> str:
    place = asked.place + step
    if not 0 <= place < len(asked.rules):
        return ""
    return reader.links.condition(asked.rules[place].id, asked.found.target.code)


def _absent(rule: Rule, finding: Finding) -> Text:
    """Why no record is listed: nobody computes it, or the file holds none of the kind, which of a closed world says
    that there is none."""
    if rule.text.check is Check.HUMAN:
        papers = words.evidence_text(rule.text.evidence)
        looked_at = _("要看的材料：%(papers)s。") % {"papers": papers} if papers else ""
        return _("这一条由人判断，不按记录计算。") + looked_at
    none = [outcomes.meaning_of(use.fact) for use in finding.trace.uses if use.value == ()]
    return _("档案里没有“%(what)s”的记录。") % {"what": listed(none)} if none else ""


def _law(standing: Standing, reader: RuleReader) -> Law:
    row, link = standing.sign_off, reader.links.rule(standing.text.id)
    if not reader.names_people:
        return replace(law(standing, {}, rule_url=link), sign_off=standing.state.label)
    who = offices_of(key for key in (row.signed_by, row.countersigned_by) if key) if row else {}
    return law(standing, who, paper_url=reader.links.paper(standing), rule_url=link)


def _who(used: Used, standing: Standing, found: Eligibility, reader: RuleReader) -> Iterator[Fact]:
    if reader.names_people:
        yield from who_facts(used.rows, names_for(used.rows))
        row = standing.sign_off
        signers = offices_of(key for key in (row.signed_by, row.countersigned_by) if key) if row else {}
        yield Fact(pgettext("noun", "签认"), state_text(standing, signers))
    yield Fact(_("计算"), _("打开这一页时按现有记录计算，规则和日期以 %(day)s 为准") % {"day": found.on})
    yield Fact(_("本次查阅用途"), reader.reader.purpose)


def _notices(condition: Condition, standing: Standing) -> Iterator[Text]:
    if not standing.is_signed:
        yield _("这条规则未签认，只提示，不拦阻。")
    if condition.is_waived:
        yield _("按现有记录不符合；破格已经批准，不拦阻。")
    if any(each.is_provisional for each in condition.findings):
        yield _("用到的节假日安排尚未公布，日期待定。")
    if condition.missing:
        missing = dict.fromkeys(outcomes.meaning_of(name) for name in condition.missing)
        yield _("缺：%(what)s") % {"what": listed(missing)}


def _citation(asked: Asked, standing: Standing, remedy: Text, reader: RuleReader) -> str:
    text = standing.text
    where = f"{titles()[text.instrument]}{words.article_text(text.article)}"
    said = listed([outcomes.verdict_of(asked.condition).word, *([remedy] if remedy else [])], "，")
    whose = f"{reader.reader.owner} {asked.found.target.title} {words.said(text.title)}"
    return stated(
        whose, _("%(said)s（%(where)s，按 %(day)s 计）") % {"said": said, "where": where, "day": asked.found.on}
    )
