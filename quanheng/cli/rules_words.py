"""What `quanheng rules` says: a rule as a line, as a page, as JSON; and why a file of rules cannot be read."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from quanheng.rulebook import labels
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.derived import told_of
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import InForce, Parameter, RuleText, Value, Words
from quanheng.rulebook.pages import article_words
from quanheng.rulebook.words import shipped


def line(rule: RuleText) -> str:
    """ID, article, how checked, verified or not, title."""
    state = labels.label(rule.state).zh
    check = labels.label(rule.check).zh
    return f"{rule.id}  {rule.citation}  {check}  {labels.SEEN[rule.is_verified].zh}  {state}  {rule.title.zh}"


def told(rule: RuleText, book: Rulebook) -> Iterator[str]:
    """One rule for an officer at a terminal."""
    yield f"{rule.id}  {rule.title.zh}  {rule.title.en}"
    yield f"  {rule.text.zh}"
    yield f"  {rule.text.en}"
    yield f"依据：{_cited(rule, book)}（{article_words(rule)}）"
    yield f"施行：{labels.period(rule.in_force)}"
    yield f"种类：{labels.label(rule.kind).zh}；对象：{labels.SUBJECTS[rule.subject].zh}"
    yield f"检查：{labels.label(rule.check).zh}；不符时：{labels.label(rule.on_fail).zh}"
    yield f"核实：{labels.verified(rule.is_verified, rule.seen_version)}，{labels.basis(rule.basis).zh}"
    for name, words in (("未见部分", rule.unverified_parts), ("备注", rule.note)):
        if words:
            yield f"{name}：{words.zh}"
    yield f"破格：{labels.waiver(rule.waiver)}"
    if rule.see:
        yield f"参见：{'、'.join(rule.see)}"
    if rule.replaces:
        yield f"接替：{rule.replaces}"
    yield from _parameters(rule)
    yield f"证据：{'、'.join(f'{book.evidence[name]}（{name}）' for name in rule.evidence) or '无'}"
    yield from _switches(rule, book)
    yield f"状态：{labels.label(rule.state).zh}"
    yield from _expressions(rule)


def _cited(rule: RuleText, book: Rulebook) -> str:
    titles = {one.instrument: book.instrument(one.instrument).title.zh for one in rule.citations}
    return "；".join(f"《{titles[one.instrument]}》{one.article or ''}（{one.instrument}）" for one in rule.citations)


def _parameters(rule: RuleText) -> Iterator[str]:
    yield f"参数：{'' if rule.parameters else '无'}"
    for one in rule.parameters:
        seen = "见过" if one.is_seen else "未见"
        yield f"  {one.name} = {labels.value(one)}（{one.citation}，{seen}）{one.note}"


def _switches(rule: RuleText, book: Rulebook) -> Iterator[str]:
    yield f"口径：{'' if rule.switches else '无'}"
    for id in rule.switches:
        switch = book.switch(id)
        default, others = switch.default, [each for each in switch.values if each != switch.default.value]
        yield f"  {id} {switch.question.zh}默认：{default.words.zh}（{labels.scalar(default.value)}）"
        if others:
            yield f"    其他取值：{'、'.join(map(labels.scalar, others))}"


def _expressions(rule: RuleText) -> Iterator[str]:
    for each in shipped().get(rule, ()):
        yield f"{each.name.zh}：{each.said.zh}"
    for name, expression in rule.expressions():
        yield f"  {name}: {expression.text}"
    for title, names in (("数值", rule.numbers), ("日期", rule.dates)):
        yield f"{title}：{'、'.join(map(labels.named, names)) or '无'}"
    yield from _facts(rule)


def _facts(rule: RuleText) -> Iterator[str]:
    """What a situation has to tell (also what derived facts follow from), and what names a finding's item."""
    compiled = load_rules().get(rule)
    if compiled is None:
        return
    yield f"事实：{'、'.join(told_of(compiled.facts)) or '无'}"
    if compiled.each:
        fact = load_facts().facts[compiled.each.name]
        yield f"逐条（item）：{fact.name}.{fact.label}（{fact.fields[fact.label].meaning.zh}）"


def summary(rule: RuleText) -> dict[str, Any]:
    """One rule of `list --json`."""
    return {
        "id": rule.id,
        "family": rule.family,
        "title": _words(rule.title),
        "instrument": rule.instrument,
        "article": rule.article,
        "citation": rule.citation,
        "in_force": _in_force(rule.in_force),
        "kind": rule.kind,
        "check": rule.check,
        "on_fail": rule.on_fail,
        "verified": rule.is_verified,
        "article_verified": rule.is_article_verified,
        "state": rule.state,
    }


def whole(rule: RuleText, book: Rulebook) -> dict[str, Any]:
    """One rule of `show --json`: ratios as text (`1/5`), a value that the organization sets as null."""
    return summary(rule) | {
        "subject": rule.subject,
        "text": _words(rule.text),
        "citations": [{"instrument": one.instrument, "article": one.article} for one in rule.citations],
        "article_note": rule.article_note,
        "seen_version": rule.seen_version,
        "unverified_parts": _words(rule.unverified_parts) if rule.unverified_parts else None,
        "basis": rule.basis,
        "note": _words(rule.note) if rule.note else None,
        "parameters": {one.name: _parameter(one) for one in rule.parameters},
        "evidence": {name: book.evidence[name] for name in rule.evidence},
        "waiver": rule.waiver,
        "replaces": rule.replaces,
        "see": list(rule.see),
        "switches": {id: book.switch(id).default.value for id in rule.switches},
        "expressions": {name: one.text for name, one in rule.expressions()},
        "in_words": [{"name": _words(one.name), "said": _words(one.said)} for one in shipped().get(rule, ())],
        "numbers": list(rule.numbers),
        "dates": list(rule.dates),
        "facts": told_of(compiled.facts) if (compiled := load_rules().get(rule)) else [],
    }


def _words(words: Words) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _in_force(in_force: InForce) -> dict[str, str | None]:
    start = str(in_force.start) if in_force.start else None
    return {"from": start, "until": str(in_force.end) if in_force.end else None, "begin": in_force.begin}


def _parameter(one: Parameter) -> dict[str, Any]:
    value = _json(one.value)
    return {"value": value, "unit": one.unit, "article": str(one.citation), "seen": one.is_seen, "note": one.note}


def _json(value: Value) -> Any:
    if isinstance(value, tuple):
        return [item if isinstance(item, str) else {name: _json(cell) for name, cell in item.items()} for item in value]
    return str(value) if isinstance(value, Fraction) else value


_PLACE = "{file} 第 {line} 行，规则 {rule}，字段 {field}："
_WRITTEN = "写的是“{what}”（{why}）。"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "CannotFindRule": {
        "no-such-rule": "没有规则 {rule}。quanheng rules list 列出全部。",
        "not-in-force": "规则 {rule} 在 {on} 不适用（施行：{period}）。当日适用的是：{instead}。",
    },
    "CannotReadYaml": {
        "not-yaml": "{file} 第 {line} 行不是正确的 YAML：{what} {why}。请看这一行和前一行的缩进（不用制表符）、"
        "冒号后的空格、引号和括号。",
        "duplicate-key": "{file} 第 {line} 行：“{what}”在同一处写了两次，只留一个。",
        "double": "{file} 第 {line} 行：{what} 是小数，不精确。比例请写成 1/5 或 20%。",
        "not-to-merge": "{file} 第 {line} 行：{what} 之后须是“名称: 值”。",
        "alias": "{file} 第 {line} 行：不接受引用 {what}，请把值写全。",
        "tag": "{file} 第 {line} 行：不接受标签 {what}。",
        "no-such-date": "{file} 第 {line} 行：没有 {what} 这一天，或写法不对；日期写作 2019-03-03，月、日各两位。",
        "key-not-text": "{file} 第 {line} 行：名称 {what} 须是文字，请加引号；分年度的写成记录，年度是一个字段。",
        "too-large": "{file} 太大（{what}），没有读取。",
    },
    "CannotReadInstrument": {
        "missing-field": _PLACE + "缺这个字段（{why}）。",
        "unknown-field": _PLACE + "不认识这个字段。" + _WRITTEN,
        "unknown-word": _PLACE + "不认识这个词。" + _WRITTEN,
        "unknown-name": _PLACE + "规则手册里没有 {what}。",
        "not-a-mapping": _PLACE + "须是“名称: 值”。" + _WRITTEN,
        "not-a-list": _PLACE + "须是列表。" + _WRITTEN,
        "not-text": _PLACE + "须是文字。" + _WRITTEN,
        "not-a-truth": _PLACE + "须是 true 或 false。" + _WRITTEN,
        "not-a-date": _PLACE + "须是日期。" + _WRITTEN,
        "not-an-article": _PLACE + "须是条号。" + _WRITTEN,
        "not-a-name": _PLACE + "不能作名称。" + _WRITTEN,
        "not-of-unit": _PLACE + "与单位不符。" + _WRITTEN,
        "not-an-expression": _PLACE + "须是表达式。" + _WRITTEN,
        "empty-period": _PLACE + "期间里没有一天。" + _WRITTEN,
        "outside-instrument": _PLACE + "超出文件的施行期 {what}。",
        "versions-overlap": _PLACE + "两个版本同时适用：{what}（{why}）。",
        "no-article": _PLACE + "没有条号，不能标为已核对。",
        "state-differs": _PLACE + "与其他字段不符。" + _WRITTEN,
        "other-name": _PLACE + "与文件名不符。" + _WRITTEN,
        "twice": _PLACE + "写了两次。" + _WRITTEN,
    },
}
