"""What `quanheng rules check` says: a finding with its reason, a difference, and why a file cannot be read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quanheng.rulebook import labels
from quanheng.rulebook.checking import Report
from quanheng.rulebook.expectations import NONE, Difference, day_words, is_open, number_words
from quanheng.rulebook.finding import Finding, Outcome, Use
from quanheng.rulebook.situation import FactValue

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.NOT_APPLICABLE: "不适用",
    Outcome.MET: "符合",
    Outcome.NOT_MET: "不符合",
    Outcome.UNKNOWN: "缺证据",
    Outcome.NEEDS_PERSON: "须人定",
}

WHY: Mapping[str, str] = {
    "not-in-force": "这条规则在该日不施行",
    "not-encoded": "这条规则只有文字，尚未编写",
    "not-switched-on": "这条是地方规则，须在 rules_on 中启用",
    "no-records": "没有可供判断的记录",
}


def heading(report: Report) -> str:
    case = report.case
    return f"{case.id}  {case.title}  {case.on}"


def finding_lines(finding: Finding) -> Iterator[str]:
    """Outcome, rule, who, article, consequence; below it parameters, numbers, dates and what is missing."""
    who = "·".join(filter(None, (finding.subject, finding.item)))
    parts = [
        finding.outcome.upper(),
        OUTCOMES[finding.outcome],
        finding.rule,
        who,
        finding.citation,
        _consequence(finding),
    ]
    yield "  " + "  ".join(filter(None, parts))
    reason = "；".join(reasons(finding))
    if reason:
        yield f"      {reason}"


def _consequence(finding: Finding) -> str:
    if finding.waived_by:
        return f"{NONE} 破格 {finding.waived_by}"
    unsigned = "" if finding.is_signed else "（未签认）"
    return f"{finding.consequence or NONE}{unsigned}"


def reasons(finding: Finding) -> Iterator[str]:
    """What the outcome rests on, a part at a time."""
    if finding.outcome is Outcome.NOT_APPLICABLE:
        return
    for parameter in finding.parameters:
        yield f"{parameter.name}={labels.value(parameter)}（{parameter.citation}）"
    yield from (f"{name}={number_words(each)}" for name, each in finding.numbers.items() if not is_open(each))
    yield from (f"{name}={day_words(each)}" for name, each in finding.dates.items() if not is_open(each))
    if finding.earliest:
        yield f"最早 {finding.earliest}"
    if finding.missing:
        yield f"缺 {'、'.join(finding.missing)}"
    if finding.is_provisional:
        yield "节假日安排尚未公布，日期待定"
    records = [key for use in finding.trace.uses for key in use.keys]
    if records:
        yield f"依据记录 {'、'.join(records)}"


def difference_line(difference: Difference) -> str:
    expected = difference.expected
    who = "·".join(filter(None, (expected.rule, expected.subject, expected.item)))
    found = WHY[difference.why] if difference.why else difference.found
    near = f"；这里有 {'、'.join(difference.near)}" if difference.near else ""
    if difference.what == "finding":
        return f"  ✗ {who}：没有这项结论{f'，{found}' if difference.why else ''}{near}（第 {expected.line} 行）"
    return f"  ✗ {who} {difference.what}：应为 {difference.wanted}，实为 {found}{near}（第 {expected.line} 行）"


def total(reports: Sequence[Report]) -> str:
    cases, differing = len(reports), sum(bool(report.differences) for report in reports)
    expected = sum(len(report.case.expect) for report in reports)
    findings = sum(len(report.findings) for report in reports)
    return f"共 {cases} 例，{findings} 项结论，{expected} 项预期；{differing} 例与预期不同。"


def as_json(report: Report, rules: Sequence[str] | None) -> dict[str, Any]:
    findings = [each for each in report.findings if rules is None or each.rule in rules]
    return {
        "id": report.case.id,
        "title": report.case.title,
        "on": str(report.case.on),
        "findings": [finding_json(each) for each in findings],
        "differences": [
            {"rule": each.expected.rule, "line": each.expected.line, "what": each.what, "wanted": each.wanted}
            | {"found": each.found, "why": each.why, "near": list(each.near)}
            for each in report.differences
        ],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "subject": finding.subject,
        "item": finding.item,
        "outcome": finding.outcome.upper(),
        "consequence": finding.consequence or NONE,
        "article": finding.citation,
        "parameters": {each.name: labels.value(each) for each in finding.parameters},
        "numbers": {name: number_words(each) for name, each in finding.numbers.items()},
        "dates": {name: day_words(each) for name, each in finding.dates.items()},
        "earliest": str(finding.earliest) if finding.earliest else None,
        "holds": [str(finding.lo), str(finding.hi)],
        "missing": list(finding.missing),
        "waived_by": finding.waived_by,
        "signed": finding.is_signed,
        "provisional": finding.is_provisional,
        "uses": [_use(each) for each in finding.trace.uses],
        "steps": [{"place": each.place, "text": each.text, "state": each.state.name} for each in finding.trace.steps],
    }


def _use(use: Use) -> dict[str, Any]:
    return {"fact": use.fact, "value": fact_words(use.value), "records": list(use.keys)}


def fact_words(value: FactValue) -> str | int | None:
    """A single fact as it is recorded; of records only how many there are."""
    if isinstance(value, tuple):
        return len(value)
    return value if value is None or isinstance(value, int) else str(value)


_AT = "{file} 第 {line} 行，案例 {case}，{place}："
_WRONG = "写的是“{what}”，应为{expected}。{near}"
_IN = "规则 {rule}，{place}，第 {column} 个字符："

PARSE_ERRORS = (
    *("not-an-expression", "not-in-the-language", "wrong-type", "wrong-literal", "wrong-list", "wrong-arguments"),
    *("unknown-name", "unknown-records", "unknown-parameter", "unknown-switch", "unknown-code", "unknown-function"),
    *("records-alone", "no-period", "no-order", "no-key"),
)
# What the engine expects, in words; names and codes stand as they are.
EXPECTED: Mapping[str, str] = {
    "truth": " true 或 false",
    "number": "数，如 3、1/2、6.5、20%，或 {at_least: 2, at_most: 3}",
    "date": "日期，如 2025-06-01",
    "text": "文字",
    "number of count": "个数，如 0、3",
    "number of year": "年度，如 2025",
    "number of months": "月数，如 0、6.5",
    "number of days": "天数，如 0、12",
    "number of hours": "学时，如 0、90",
    "a number": "数，如 3、1/2、6.5",
    "a date, or null for none": "日期，如 2025-06-01；没有写 null",
    "a list of dates": "日期的列表，如 [2025-10-01, 2025-10-02]",
    "a list of records": "记录的列表，如 [{名称: 值}]",
    "all, none or a list of rules": " all、none，或规则编号的列表，如 [SAN-PTY-W]",
    "a day either free or worked": "同一天只能放假或上班",
    "a list": "列表，如 [甲, 乙]",
    "names with values": "“名称: 值”",
    "rule, outcome and what else is expected": " {rule: …, outcome: …}",
    "each fact once": "每个事实只写一次",
    "one of them": "其中一种",
    "a fact of the vocabulary": "词汇表里的名称（quanheng rules facts）",
    "a rule of the rulebook": "规则的编号（quanheng rules list）",
    "a switch of the rulebook": "口径的编号（quanheng rules show 规则）",
}


def in_words(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of a refusal with what is expected in Chinese, and the nearest name only where there is one."""
    expected, near = str(facts.get("expected", "")), facts.get("near")
    return {**facts, "expected": EXPECTED.get(expected, f" {expected}"), "near": f"最接近的是：{near}" if near else ""}


SENTENCES: Mapping[str, Mapping[str, str]] = {
    "CannotReadSituation": {
        "not-situations": _AT + "这不是情形文件，" + _WRONG,
        "reversed": _AT + "结束早于开始，写的是“{what}”，应不早于{expected}。",
        "no-outcome": _AT + "没有写 outcome，应为{expected}。",
        "no-day": _AT + "没有日期，" + _WRONG,
        "two-kinds": _AT + "两种写法只能用一种，" + _WRONG,
        "unknown-switch": _AT + "没有这个口径。" + _WRONG,
        "unknown-value": _AT + "口径没有这个取值。" + _WRONG,
        "not-a-calendar": _AT + "{what} 既写作放假又写作上班，{expected}。",
        "not-days": _AT + "日期写得不对，" + _WRONG,
        "unknown-rule": _AT + "没有这条规则。" + _WRONG,
        "twice": _AT + "写了两次，" + _WRONG,
        "unknown-fact": _AT + "词汇表里没有这个事实。" + _WRONG,
        "not-records": _AT + "这个事实由记录组成，" + _WRONG,
        "unknown-field": _AT + "不认识这个字段。" + _WRONG,
        "wrong-value": _AT + "值的类型不对，" + _WRONG,
        "unknown-code": _AT + "没有这个代码。" + _WRONG,
        "not-a-mapping": _AT + "写法不对，" + _WRONG,
        "not-a-list": _AT + "写法不对，" + _WRONG,
        "unknown-outcome": _AT + "没有这种结论。" + _WRONG,
        "unknown-consequence": _AT + "没有这种后果，" + _WRONG,
        "unknown-state": _AT + "没有这种状态。" + _WRONG,
    },
    "CannotParse": dict.fromkeys(PARSE_ERRORS, _IN + _WRONG),
    "CannotReadVocabulary": {"declared-twice": "{what} {name} 声明了两次。"},
    "UnknownName": {"unknown-fact": "词汇表里没有 {name}，应为{expected}。{near}"},
}
