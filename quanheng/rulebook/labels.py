"""The words for codes of the rulebook, Chinese and English, as labels of choices are elsewhere."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Literal as OneOf

from quanheng.rulebook import codes
from quanheng.rulebook.instrument import (
    NEVER,
    Begin,
    Check,
    InForce,
    InstrumentKind,
    InstrumentStatus,
    OnFail,
    Parameter,
    RuleKind,
    Scalar,
    SeenVersion,
    State,
    Unit,
    Value,
    Words,
)

FAMILIES = {
    "SEL": Words("选拔任用", "selection and appointment"),
    "SEL14": Words("选拔任用（2014年版）", "selection and appointment, 2014"),
    "RNK": Words("职级", "ranks"),
    "SAN": Words("处分与影响期", "sanctions and periods of effect"),
    "AVO": Words("回避", "recusal"),
    "TRM": Words("任期", "terms of office"),
    "EXC": Words("交流", "exchange"),
    "TRN": Words("教育培训", "training"),
    "YNG": Words("年轻干部", "young cadres"),
    "APP": Words("考核", "assessment"),
    "PMR": Words("个人有关事项", "personal matters"),
    "DWN": Words("能上能下", "promotion and demotion"),
    "APL": Words("复核申诉", "review and appeal"),
    "REP": Words("检举控告", "complaints"),
    "PET": Words("信访", "petitions"),
    "ARC": Words("干部人事档案", "dossiers"),
    "TOL": Words("容错纠错", "tolerance and correction of errors"),
    "PIP": Words("个人信息保护", "personal information"),
    "CSL": Words("网络安全", "cybersecurity"),
    "BMF": Words("保守国家秘密", "state secrets"),
    "SEC": Words("等级保护", "classified protection"),
}
SUBJECTS = {
    "leading_cadre": Words("领导干部", "leading cadre"),
    "civil_servant": Words("公务员", "civil servant"),
    "party_member": Words("党员", "Party member"),
    "institution_staff": Words("事业单位职员", "staff of public institutions"),
    "all": Words("各类人员", "everybody"),
    "system": Words("系统", "the system"),
}
OWNERS = {"organization_department": Words("组织部门", "organization department")}
_LABELS: dict[StrEnum, Words] = {
    InstrumentKind.CONSTITUTION: Words("党章", "constitution"),
    InstrumentKind.LAW: Words("法律", "law"),
    InstrumentKind.REGULATIONS: Words("条例", "regulations"),
    InstrumentKind.PROVISIONS: Words("规定", "provisions"),
    InstrumentKind.MEASURES: Words("办法", "measures"),
    InstrumentKind.RULES: Words("规则", "rules"),
    InstrumentKind.OPINION: Words("意见", "opinion"),
    InstrumentKind.STANDARD: Words("标准", "standard"),
    InstrumentKind.LOCAL: Words("地方做法", "local"),
    InstrumentStatus.IN_FORCE: Words("现行", "in force"),
    InstrumentStatus.SUPERSEDED: Words("已被替代", "superseded"),
    InstrumentStatus.TO_CHECK: Words("现行与否待核", "to be checked"),
    InstrumentStatus.LOCAL: Words("由单位启用", "switched on by the organization"),
    RuleKind.ELIGIBILITY: Words("资格条件", "eligibility"),
    RuleKind.PROCEDURE: Words("程序", "procedure"),
    RuleKind.QUOTA: Words("比例与职数", "quota"),
    RuleKind.DEADLINE: Words("期限", "deadline"),
    RuleKind.AVOIDANCE: Words("回避", "recusal"),
    RuleKind.SANCTION_EFFECT: Words("处分影响", "effect of a sanction"),
    RuleKind.RECORD: Words("记载", "record"),
    Check.COMPUTED: Words("计算", "computed"),
    Check.ASSISTED: Words("辅助", "assisted"),
    Check.HUMAN: Words("人工", "human"),
    OnFail.BLOCK: Words("拦阻", "block"),
    OnFail.WARN: Words("提醒", "warn"),
    OnFail.DEADLINE: Words("催办", "deadline"),
    OnFail.INFORM: Words("告知", "inform"),
    SeenVersion.CURRENT: Words("见过现行版本", "current version seen"),
    SeenVersion.PARTIAL: Words("部分见过现行版本", "partly seen"),
    SeenVersion.OLDER: Words("只见过旧版", "only an older version seen"),
    SeenVersion.NONE: Words("未见过文本", "no version seen"),
    State.NOT_YET_COMPUTED: Words("尚未计算", "not yet computed"),
    State.ENCODED: Words("已编写", "encoded"),
    Unit.YEARS: Words("年", "years"),
    Unit.MONTHS: Words("个月", "months"),
    Unit.DAYS: Words("日", "days"),
    Unit.WORKDAYS: Words("个工作日", "working days"),
    Unit.HOURS: Words("学时", "training hours"),
}
# What the names under `numbers` and `dates` of a rule mean.
NAMES = {
    "cap": Words("上限", "ceiling"),
    "need": Words("须达到", "required"),
    "short": Words("尚缺", "shortfall"),
    "have": Words("现有", "number found"),
    "excellent": Words("优秀年度数", "excellent years"),
    "uncounted": Words("不计年度数", "years that do not count"),
    "months": Words("月数", "months"),
    "years": Words("已满年数", "full years"),
    "days": Words("天数", "days"),
    "hours": Words("学时", "training hours"),
    "quorum": Words("法定人数", "quorum"),
    "votes": Words("票数", "votes"),
    "days_late": Words("逾期天数", "days late"),
    "since": Words("起算之日", "counted from"),
    "earliest": Words("最早", "earliest"),
    "deadline": Words("期限", "deadline"),
    "free_from": Words("不再受限之日", "free from"),
    "valid_until": Words("有效至", "valid until"),
    "reached": Words("届满之日", "day of completion"),
    "held": Words("现有", "held now"),
    "arriving": Words("拟进", "coming in"),
    "leaving": Words("拟出", "leaving"),
    "after": Words("调整后", "after the change"),
    "over": Words("超出", "over"),
    "room": Words("余额", "room left"),
    "whole": Words("基数", "base of the share"),
    "done": Words("已完成", "done"),
    "workdays": Words("工作日数", "working days"),
    "hours_before": Words("前一周期学时", "training hours of the years before"),
    "months_before": Words("前一周期月数", "training months of the years before"),
    "leave": Words("请假学时", "hours of leave"),
    "special": Words("工作特殊需要的变动", "moves for special need"),
    "other": Words("其他变动", "other moves"),
    "terms": Words("连任届数", "terms in a row"),
    "chiefs": Words("党政正职人数", "principals"),
    "grassroots": Words("基层月数", "months at the grass roots"),
    "by_resume": Words("按简历的月数", "months by the résumé"),
    "undisputed_by_resume": Words("按简历无争议的月数", "undisputed months by the résumé"),
    "settings": Words("单位类型数", "kinds of unit"),
    "units": Words("单位数", "units"),
    "counted_from": Words("计数起始日", "counted from"),
    "made_up": Words("补足之日", "made up"),
    "planned": Words("方案", "plan"),
    "recommended": Words("推荐或测评", "recommendation or rating"),
    "inquired": Words("考察了解", "appraisal"),
    "posted": Words("张贴之日", "posted"),
    "consent_from": Words("视为同意之日", "consent presumed from"),
    "approve_from": Words("可审批之日", "approval from"),
    "approved": Words("审批之日", "approved"),
    "trigger": Words("事由之日", "day of the ground"),
    "lowered": Words("降低职级之日", "rank lowered"),
    "acts": Words("违法行为数", "unlawful acts"),
    "bars": Words("不得评优情形数", "circumstances that bar the grade excellent"),
    "exact": Words("取整前", "before rounding"),
    "comments_only": Words("只写评语", "comments only"),
    "not_excellent": Words("不得优秀", "not excellent"),
    "fails": Words("不称职年数", "years graded incompetent"),
    "last_year": Words("最近考核年度", "last year assessed"),
    "levels_down": Words("降低层次", "tiers down"),
    "this_year": Words("当年次数", "this year"),
    "open_followups": Words("未办回访", "follow-ups to be made"),
    "open_orders": Words("未执行的回避决定", "orders not carried out"),
    "days_waiting": Words("待决天数", "days waiting"),
    "owed": Words("应报", "owed"),
    "in_time": Words("按期已报", "in time"),
    "left_out": Words("未报数", "left out"),
    "opened": Words("立案之日", "case opened"),
    "started": Words("后一处分生效之日", "day of the later sanction"),
    "probation_end": Words("察看期满之日", "end of the probation"),
    "leading_free_from": Words("可任领导职务之日", "leading posts from"),
    "higher_free_from": Words("可任更高职务或晋升职级之日", "higher posts and ranks from"),
    "pay_step_from": Words("可晋升工资档次之日", "pay steps from"),
    "followup": Words("回访之日", "follow-up"),
    "declared": Words("申报之日", "declared"),
    "decided": Words("确定之日", "decided"),
    "reported": Words("述职或上报之日", "day of the report"),
    "year_end": Words("年度末日", "end of the year"),
    "entered": Words("纳入范围之日", "in scope since"),
    "last_deadline": Words("上次期限", "last deadline"),
    "vacancies": Words("空缺职位数", "vacant posts"),
    "entitled": Words("应到人数", "entitled to take part"),
    "present": Words("实到人数", "present"),
    "undisputed": Words("无争议的月数", "undisputed months"),
    "levels_up": Words("提升的层次数", "tiers up"),
    "candidates": Words("参考人选数", "candidates"),
    "posts": Words("拟配备职数", "posts to be filled"),
    "interviews": Words("谈话调研完成日", "interviews done"),
    "listed": Words("参考人选提出日", "candidates listed"),
    "meeting": Words("会议推荐日", "meeting held"),
    "analysis": Words("综合分析完成日", "analysis done"),
    "non_party": Words("党外代表人数", "people outside the Party"),
    "methods": Words("了解方法的种数", "methods used"),
    "team": Words("考察组组建日", "team formed"),
    "consulted": Words("沟通完成日", "consulted"),
    "noticed": Words("预告日", "announced"),
    "learned": Words("多方了解完成日", "information gathered"),
    "checked": Words("综合印证完成日", "cross-checked"),
    "fed_back": Words("反馈日", "fed back"),
    "studied": Words("集体研究日", "studied together"),
    "open": Words("未了结件数", "still open"),
    "counts_from": Words("计算起始日", "counts from"),
    "no_leading_until": Words("不得担任领导职务至", "no leading post until"),
    "no_higher_until": Words("不得担任更高职务至", "no higher post until"),
    "unrecorded": Words("未留痕的步骤数", "steps without a record"),
}
# `verified` claims no more than this: the official text is attached only at sign-off.
SEEN = {True: Words("已见于转载", "seen in a copy"), False: Words("未核实", "not verified")}
# Marks of what was read (`instruments/sources.yaml`): a source by its number; else what stands for having seen none.
_SOURCE, _SEED, _MEMORY = re.compile(r"\b(?:P|L|KB)\d+[a-z]?\b"), re.compile(r"\bseed (\d+)\b"), re.compile(r"\bM\b")
_REMEMBERED = re.compile(r"\bM\b|\bmemory\b")
TRUTHS = {True: Words("是", "yes"), False: Words("否", "no")}
# The columns of a parameter that is a table (职数比例).
_CELLS = {
    "of": Words("所限", "for"),
    "within": Words("基数", "as a share of"),
    "max": Words("上限", "at most"),
    "seen": Words("原文见过", "text seen"),
}
Tongue = OneOf["zh", "en"]


def label(code: StrEnum) -> Words:
    """Raises `KeyError`: a code without words is an error."""
    return _LABELS[code]


def unit(code: Unit) -> Words | None:
    """None for units that are not said: counts, ratios, codes."""
    return _LABELS.get(code)


def named(name: str) -> str:
    """A name under `numbers` or `dates` with its meaning, where that is a usual one."""
    return f"{name}（{NAMES[name].zh}）" if name in NAMES else name


def verified(is_verified: bool, seen: SeenVersion) -> str:
    return f"{SEEN[is_verified].zh}（{label(seen).zh}）"


def basis(text: str) -> Words:
    """What was read of a rule. In Chinese the marks alone, for the remarks are written in English only."""
    sources = list(dict.fromkeys(_SOURCE.findall(text)))
    sources += [f"用户单位讲话 {number}" for number in dict.fromkeys(_SEED.findall(text))]
    remembered = ("部分凭记忆" if sources else "凭记忆") if _REMEMBERED.search(text) else ""
    zh = "，".join(part for part in ("、".join(sources), remembered) if part)
    return Words(zh, _MEMORY.sub("from memory", _SEED.sub(r"speech \1 of the user organization", text)))


def places(text: str, sources: Mapping[str, str]) -> list[tuple[str, Words]]:
    """Of each mark in such a remark: the mark, and what it stands for in `instruments/sources.yaml`."""
    found = [(mark, sources[mark].split(" / ")) for mark in dict.fromkeys(_SOURCE.findall(text)) if mark in sources]
    return [(mark, Words(words[0], words[-1])) for mark, words in found]


def period(in_force: InForce) -> str:
    """`2014-01-14 起，2019-03-03 起不再适用`."""
    if in_force.begin is Begin.CONFIGURED:
        return "自单位启用之日起"
    start = f"{in_force.start} 起" if in_force.start else "施行日未见"
    return f"{start}，{in_force.end} 起不再适用" if in_force.end else start


def waiver(code: str) -> str:
    if code == NEVER:
        return "任何情况下不得突破"
    return f"可按 {code} 报批" if code else "未规定"


def value(parameter: Parameter) -> str:
    """A value with its unit, tables as one line a row."""
    if parameter.value is None:
        return "由单位规定"
    shown = plain(parameter.value)
    unit = _LABELS.get(parameter.unit)
    return f"{shown}{unit.zh}" if unit else shown


def plain(value: Value, tongue: Tongue = "zh") -> str:
    """A value without its unit, in either language."""
    if isinstance(value, tuple):
        return ("；" if tongue == "zh" else "; ").join(_row(row, tongue) for row in value)
    return "" if value is None else _cell(value, tongue)


def _row(row: object, tongue: Tongue) -> str:
    if isinstance(row, str):
        return _cell(row, tongue)
    cells = row.items() if hasattr(row, "items") else ()
    named = (f"{_in(_CELLS.get(name, Words(name, name)), tongue)} {_cell(cell, tongue)}" for name, cell in cells)
    return ("，" if tongue == "zh" else ", ").join(named)


def _cell(value: Scalar, tongue: Tongue) -> str:
    return _in(codes.called(value), tongue) if isinstance(value, str) else scalar(value, tongue)


def _in(words: Words, tongue: Tongue) -> str:
    return words.zh if tongue == "zh" else words.en


def scalar(value: Scalar | date, tongue: Tongue = "zh") -> str:
    if isinstance(value, bool):
        return _in(TRUTHS[value], tongue)
    if isinstance(value, Fraction):
        percent = value * 100
        return f"{percent}%" if percent.denominator == 1 else str(value)
    return str(value)
