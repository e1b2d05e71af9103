"""What `quanheng plan` says in Chinese: how sure, which rule, what conflicts, what is wrong with a problem."""

import re
from collections.abc import Mapping
from typing import assert_never

from quanheng.cli.plan_account import Chain, Empty, RuleFigure, Step, Try
from quanheng.kernel.errors import Refused
from quanheng.planning.checks import Finding
from quanheng.planning.problem import CHAIN_RULE, DEFAULT_CHAIN, Problem, Rule, RuleKind
from quanheng.planning.result import Place, Result, Status, WhyNot

PROVED = "已证明：按现行规则没有更好的方案"
INFEASIBLE = "已证明：按现行规则没有可行的方案"
UNNAMED = "守规则的方案里都没有这一步：这个岗位在链长以内腾不出来，或者是哪几条规则拦着，在这次的时间里没有找出来。"
MARKS = {"kept": "✓", "broken": "✗", "idle": "–"}

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "WrongPlanUse": {
        "same-name": "{first} 和 {second} 会写成同一个文件 {name}。请改名，或分两次运行。",
        "not-a-folder": "{path} 已经是一个文件，不能作文件夹。请换一个名字。",
        "cannot-write": "写不进文件夹 {path}（{why}）。请换一个文件夹，或核对权限。",
        "unknown-person": "{file} 里没有“{person}”这个人。请核对 --explain、--pin、--forbid 的写法。",
        "unknown-post": "{file} 里没有“{post}”这个岗位。请核对 --explain、--pin、--forbid 的写法。",
        "not-eligible": "{file} 里“{person}”不具备“{post}”的资格，也不是现任，不能定住。请先列入资格。",
        "not-a-plan": "{file} 不是方案文件（{why}）。请给 --since 一个 .plan.json。",
        "no-plan-in": "{file} 里没有方案，没有可比的。请换一个 .plan.json。",
        "overwrites": "方案会写到输入文件 {file} 上。请换一个文件夹。",
        "exists": "{file} 已经存在，没有覆盖。请换一个文件名。",
        "not-xlsx": "{file} 不是 .xlsx 工作簿。请用 Excel 或 WPS 另存为 .xlsx。",
    },
    "CannotReadPlanWorkbook": {
        "not-a-workbook": "这不是 .xlsx 工作簿，或已损坏。请用 Excel 或 WPS 另存为 .xlsx。",
        "too-large": "工作簿有 {size} 字节，超过 {limit} 字节。请只保留要用的表。",
        "too-many-rows": "“{sheet}”表超过 {limit} 行。请分批。",
        "missing-sheet": "没有“{sheet}”这张表。有的表：{known}。quanheng plan template 文件.xlsx 会写一个例子。",
        "missing-column": "“{sheet}”表第一行没有“{column}”这一列。有的列：{known}。",
        "repeated-column": "“{sheet}”表有几列都叫“{column}”，不知道用哪一列。请改名。",
        "unknown-column": "“{sheet}”表不认识“{column}”这一列。可用：{known}；给人看的列，表头请以“备注”开头。",
    },
}


def refusal_sentence(refusal: Refused) -> str:
    facts = {
        name: "、".join(map(str, fact)) if isinstance(fact, list) else fact for name, fact in refusal.facts.items()
    }
    return SENTENCES[type(refusal).__name__][refusal.code].format(**facts)


# How sure


def proof_sentence(result: Result) -> str:
    match result.status:
        case Status.OPTIMAL:
            return PROVED
        case Status.FEASIBLE:
            return f"当前最好，{_distance(result)}"
        case Status.INFEASIBLE:
            return INFEASIBLE
        case Status.UNKNOWN:
            return f"还没有找到方案，{_ceiling(result)}。请用 --seconds 多给时间"
        case Status.INVALID:
            return f"输入有 {len(result.invalid)} 处不对，没有求解"
        case _:
            assert_never(result.status)


def _distance(result: Result) -> str:
    if result.value is None or result.bound is None:
        return "离上限多远还不知道"
    return f"离上限还差 {percent(result.bound - result.value, max(1, abs(result.value)))} %"


def percent(part: int, whole: int) -> str:
    """Two decimals, upwards: what is not proved is never told as 0."""
    hundredths = -(-10_000 * part // whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")


def _ceiling(result: Result) -> str:
    return "上限还不知道" if result.bound is None else f"任何方案的价值都不超过 {result.bound}"


# Chains


def chain_heading(chain: Chain) -> str:
    kind = f"轮岗 {chain.number}" if chain.is_rotation else f"链 {chain.number}"
    parts = [kind, f"{len(chain.steps)} {'人' if chain.is_rotation else '步'}"]
    if chain.away:
        parts.append(f"跨单位 {chain.away} 人")
    return " · ".join([*parts, f"全案因此{'多' if chain.gain >= 0 else '少'} {abs(chain.gain)}"])


def step_reason(step: Step) -> str:
    """Why this person: fit, against the present post, and what was decided beforehand."""
    words = f"适配 {step.fit}"
    if step.fit_before is not None:
        change = step.fit - step.fit_before
        words += f"，比现岗{'高' if change > 0 else '低'} {abs(change)}" if change else "，与现岗相同"
    return words + ("，已定住" if step.is_pinned else "")


def chain_end(chain: Chain) -> str:
    if chain.end is None:
        return ""
    return f"{chain.end} {'腾出后撤并' if chain.is_merged else '腾空，暂不补'}"


# What stays empty


def empty_reason(empty: Empty) -> str:
    if not empty.eligible:
        return "没有符合资格的人选。要补上，须先有人符合资格"
    parts = [f"符合资格 {empty.eligible} 人"]
    if empty.moved:
        parts.append(f"{empty.moved} 人另有安排")
    if empty.forbidden:
        parts.append(f"{empty.forbidden} 人不安排到此岗")
    return "，".join(parts) + "".join(f"；{_try(one)}" for one in empty.tried)


def _try(one: Try) -> str:
    """Said of this one change only: with others beside it, it may do better."""
    if one.broken:
        return f"若由{one.person}补上，其余不动，违反{'、'.join(map(item_words, one.broken))}"
    if one.change > 0:
        return f"若由{one.person}补上，其余不动，全案多 {one.change}"
    return f"若由{one.person}补上，其余不动，全案{f'少 {-one.change}' if one.change else '不增不减'}"


# Rules


def rule_words(rule: Rule) -> str:
    match rule.kind:
        case RuleKind.SHARE:
            a, b = rule.at_least if isinstance(rule.at_least, tuple) else (0, 1)
            return f"提任干部中“{rule.attribute}”不少于 {a}/{b}"
        case RuleKind.GROUP_COUNT:
            return f"“{rule.group}”中“{rule.attribute}”{_ends(rule)}"
        case RuleKind.LEAVE_LIMIT:
            return f"“{rule.unit}”调出不超过 {rule.at_most} 人"
        case RuleKind.LONGEST_CHAIN:
            return f"链长不超过 {rule.at_most} 步" + ("（没有规定，按默认）" if rule.id == CHAIN_RULE else "")
        case RuleKind.ROTATION:
            return f"轮岗一组不超过 {rule.at_most} 人"
        case _:
            assert_never(rule.kind)


def _ends(rule: Rule) -> str:
    ends = [f"不少于 {rule.at_least} 人"] if rule.at_least is not None else []
    ends += [f"不超过 {rule.at_most} 人"] if rule.at_most is not None else []
    return "、".join(ends) or "不限"


def rule_figure(figure: RuleFigure) -> str:
    """9/26, 最长 3: what the plan makes of it; and what is missing."""
    if figure.state == "idle":
        return "没有涉及"
    count = f"{figure.count}/{figure.of}" if figure.of is not None else str(figure.count)
    if figure.rule.kind in (RuleKind.LONGEST_CHAIN, RuleKind.ROTATION):
        count = f"最长 {count}"
    if not figure.short:
        return count
    cost = figure.short * (figure.rule.soft or 0)
    side = "多" if _is_above(figure) else "差"
    return f"{count}，{side} {figure.short}（可放宽，扣 {cost}）"


def _is_above(figure: RuleFigure) -> bool:
    most = figure.rule.at_most
    return figure.rule.kind is not RuleKind.SHARE and most is not None and figure.count > most


def item_words(item: str, problem: Problem | None = None) -> str:
    """A member of a conflict, or of what a plan breaks, in words."""
    kind, _, rest = item.partition(":")
    if item == CHAIN_RULE:
        return f"链长不超过 {DEFAULT_CHAIN} 步（没有规定，按默认）"
    if kind in _ITEMS:
        first, second = _pair(kind, rest, problem)
        is_forbidden = kind == "pin" and problem is not None and (first, second) in problem.forbids
        return _ITEMS[kind].format(first=first, second=second) + ("（又列在“不安排”里）" if is_forbidden else "")
    rule = next((rule for rule in problem.rules if rule.id == item), None) if problem else None
    return f"规则“{item}”" if rule is None else f"规则“{item}”（{rule_words(rule)}）"


_ITEMS = {
    "pin": "定住：{first} → {second}",
    "forbid": "不安排：{first} → {second}",
    "kin": "亲属回避：{first}、{second}",
}


def _pair(kind: str, rest: str, problem: Problem | None) -> tuple[str, str]:
    """Ids may hold commas themselves; then the problem knows where to part them."""
    lists = {"pin": problem.pins, "forbid": problem.forbids, "kin": problem.kin} if problem else {}
    known = next((pair for pair in lists.get(kind, ()) if ",".join(pair) == rest), None)
    first, _, second = rest.partition(",")
    return known or (first, second)


# Why not


def why_not_sentence(found: WhyNot, problem: Problem) -> str:
    head = f"为什么不是 {found.person} → {found.post}："
    if found.verdict == "not_eligible":
        return head + "不在符合资格的名单里。"
    if found.verdict == "rules":
        if not found.rules:
            return head + UNNAMED
        return head + "单凭这几条就不行：" + "；".join(item_words(one, problem) for one in found.rules) + "。"
    return head + "可以任，" + _loss(found) + "。"


def _loss(found: WhyNot) -> str:
    if found.exact and found.lowest is not None:
        return f"但改用此人，全案少 {found.lowest}" if found.lowest else "改用此人，全案价值不变"
    if found.highest is None and found.lowest is None:
        return "但改用此人全案少多少，还没有算出来"
    if found.highest is None:
        return f"但改用此人，全案至少少 {found.lowest}（没有算到底）"
    lowest = "？" if found.lowest is None else found.lowest
    return f"但改用此人，全案少 {lowest} 至 {found.highest}（没有算到底，不是准数）"


# What is wrong with a problem

LISTS = {
    "posts": "岗位",
    "people": "人员",
    "pairs": "资格",
    "rules": "规则",
    "kin": "亲属回避",
    "pins": "定住",
    "forbids": "不安排",
}
INVALID = {
    "repeated_id": "“{id}”前面已经有了，编号不能重复",
    "unknown_post": "没有“{post}”这个岗位",
    "unknown_person": "没有“{person}”这个人",
    "two_holders": "“{post}”已由“{person}”任职，一个岗位只能有一人",
    "vacant_but_held": "“{post}”标为空缺，但“{person}”在任",
    "not_held": "“{post}”没有标为空缺，也没有人任职",
    "fit_without_post": "“{person}”没有现任岗位，现岗适配应为 0 或不写",
    "other_unit": "“{person}”的单位是“{unit}”，现任岗位却在“{of_post}”",
    "repeated_pair": "“{person}”对“{post}”的资格前面已经有了",
    "pin_not_eligible": "要定住的“{person}”不具备“{post}”的资格，也不是现任",
    "kin_of_oneself": "“{person}”不能和自己回避",
    "share_above_whole": "份额 {a}/{b} 大于 1",
    "empty_interval": "至多 {most} 小于至少 {least}",
    "limit_pairs_of_one": "“{id}”有 {count} 条资格，上限是 {limit} 条。请收紧资格",
    "limit_columns": "{pairs} 条资格在至多 {length} 步的链里有 {count} 种位置，上限是 {limit}。请缩短链长或分批",
    "limit_rotations": "至多 {length} 人的轮岗多于 {limit} 种，或多得数不过来。请减少轮岗人数",
    "limit": "有 {count} 项，上限是 {limit} 项。请分批",
    "more": "其余不再列出（只列前 {told} 处）",
    "not_json": "不是 JSON：第 {line} 行第 {column} 列读不下去",
    "not_utf8": "不是 UTF-8 文字（第 {byte} 字节）",
    "repeated_field": "同一个对象里“{field}”写了两次，不知道用哪个",
    "too_deep": "嵌套太深",
    "missing": "缺少“{field}”",
    "unknown_field": "没有“{field}”这个字段",
    "type": "应是{expected}，现在是 {got}",
    "value": "应是 {expected}，现在是 {got}",
    "never_soft": "这种规则不能放宽，不能有 soft（代价）",
    "too_small": "不能小于 {limit}，现在是 {got}",
    "too_large": "太大，上限是 {limit}",
    "empty": "是空的",
    "too_long": "太长，上限是 {limit} 个字符",
    "too_few": "项数太少，应有 {limit} 项",
    "too_many": "项数太多，上限是 {limit} 项",
    "text": "{got} 里有不能用的字符，或是保留的写法",
}
TYPES = {
    "string": "文字",
    "integer": "整数",
    "boolean": "是非（true 或 false）",
    "array": "列表",
    "object": "对象",
    "null": "空",
}


def invalid_reason(place: Place) -> str:
    """From the code and its facts; the English reason where there is none that fits."""
    if not isinstance(place, Finding) or place.code not in INVALID:
        return place.reason
    facts = {name: str(value) for name, value in place.facts}
    if place.code == "type" and "expected" in facts:
        facts["expected"] = "或".join(TYPES.get(one, one) for one in re.findall(r"\w+", facts["expected"]))
    if facts.get("got") in _GOT:
        facts["got"] = _GOT[facts["got"]]
    try:
        return INVALID[place.code].format(**facts)
    except KeyError:
        return _BARE.get(place.code, place.reason)


_GOT = {"a list": "列表", "an object": "对象", "null": "空"}
_BARE = {"type": "不是应有的种类", "value": "不是可以写的值", "too_large": "太大或太长", "text": "有不能用的字符"}


def place_words(path: str) -> str:
    """`/posts/3/unit` as 岗位（posts）第 4 项的 unit."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    if not parts:
        return "整个文件"
    words = f"{LISTS[parts[0]]}（{parts[0]}）" if parts[0] in LISTS else parts[0]
    if len(parts) > 1:
        words += f"第 {int(parts[1]) + 1} 项" if parts[1].isdecimal() else f"的 {parts[1]}"
    return words + (f"的 {'/'.join(parts[2:])}" if len(parts) > 2 else "")
