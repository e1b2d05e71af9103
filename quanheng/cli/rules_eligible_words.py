"""What `quanheng rules eligible` says of a person: all conditions together, then those that are not met, the nearest
first, what the file lacks, what waits for people, and what only warns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from quanheng.cli.rules_check_words import finding_json, reasons
from quanheng.insight.eligibility import Condition, Eligibility
from quanheng.insight.targets import Target
from quanheng.people.models import Cadre
from quanheng.rulebook.finding import Outcome
from quanheng.web.shared import rule_outcomes as outcomes
from quanheng.web.shared.parts import WORDS


def lines(cadre: Cadre, found: Eligibility, *, whole: bool = False) -> Iterator[str]:
    """One line a person; `whole`: below it each condition with what it rests on."""
    yield "  ".join([cadre.name, cadre.home_unit.name, *_together(found), *_exceptions(found)])
    if whole:
        for condition in found.conditions:
            yield f"    {_word(condition)}  {_condition(condition)}"
            yield from (f"        {text}" for text in map("；".join, _reasons(condition)) if text)


def _together(found: Eligibility) -> Iterator[str]:
    verdict = outcomes.overall(found)
    yield str(verdict.word)
    if verdict.remedy and found.outcome is not Outcome.NEEDS_PERSON:
        yield str(verdict.remedy)


def _exceptions(found: Eligibility) -> Iterator[str]:
    """What waits for people is much the same for everybody: how much here, in words and with numbers at the end."""
    for word, conditions in (("不符合", outcomes.failing(found)), ("缺材料", outcomes.lacking(found))):
        if conditions:
            yield f"{word}：{'；'.join(map(_condition, conditions))}"
    if ids := waiting(found):
        yield f"待认定 {len(ids)} 项"
    if found.warnings:
        yield f"提醒：{'；'.join(map(_condition, found.warnings))}"


def waiting(found: Eligibility) -> dict[str, str]:
    """Conditions that people have to decide or find out -> how they are told."""
    return {each.rule.id: _condition(each) for each in outcomes.waiting(found)}


def _condition(condition: Condition) -> str:
    """`SEL-QUAL-08-3b 下级正职提任上级副职（TJ2019 8(3)）2027-03-18 起符合`."""
    text = condition.rule.text
    unsigned = "" if all(each.is_signed for each in condition.findings) else "（未签认，只提示）"
    return f"{text.id} {text.title.zh}（{text.citation}）{outcomes.remedy_of(condition)}{unsigned}"


def _word(condition: Condition) -> str:
    return str(WORDS[outcomes.shape_of(condition)])


def _reasons(condition: Condition) -> Iterator[list[str]]:
    for finding in condition.findings:
        told = list(reasons(finding))
        yield [f"{finding.item}：{told[0]}", *told[1:]] if finding.item and told else told


def total(target: Target, on: date, counts: Mapping[str, int], waits: Mapping[str, int]) -> Iterator[str]:
    """`waits`: condition in words -> for how many people."""
    if waits:
        yield "待认定的条件（一个人的用 --cadre 看）："
        yield from (f"  {told}  {number} 人" for told, number in waits.items())
    parts = "，".join(f"{WORDS[shape]} {counts.get(outcome, 0)} 人" for outcome, shape in _SAID.items())
    yield f"{target.title}（{target.code}），{on}：共 {sum(counts.values())} 人；{parts}。资格是门槛，不是排名。"


_SAID = {each: outcomes.SHAPES[each] for each in (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NEEDS_PERSON)}


def as_json(cadre: Cadre, found: Eligibility) -> dict[str, Any]:
    return {
        "key": str(cadre.pk),
        "name": cadre.name,
        "unit": cadre.home_unit.name,
        "outcome": found.outcome.upper(),
        "earliest": str(found.earliest) if found.earliest else None,
        "conditions": [_condition_json(each) for each in found.conditions],
    }


def _condition_json(condition: Condition) -> dict[str, Any]:
    return {
        "rule": condition.rule.id,
        "title": condition.rule.text.title.zh,
        "article": condition.rule.text.citation,
        "outcome": condition.outcome.upper(),
        "binding": condition.is_binding,
        "outside": condition.is_outside,
        "waived": condition.is_waived,
        "earliest": str(condition.earliest) if condition.earliest else None,
        "missing": list(condition.missing),
        "remedy": str(outcomes.remedy_of(condition)),
        "findings": [finding_json(each) for each in condition.findings],
    }


def whole_json(target: Target, on: date, people: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts = {outcome.upper(): sum(each["outcome"] == outcome.upper() for each in people) for outcome in _SAID}
    return {
        "target": {"code": target.code, "title": target.title},
        "on": str(on),
        "count": len(people),
        "counts": counts,
        "people": list(people),
    }
