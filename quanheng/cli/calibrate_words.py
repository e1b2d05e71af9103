"""What `quanheng calibrate` says in Chinese: refusals, findings, and what a reader of the files must know."""

from collections.abc import Callable, Mapping, Sequence

from quanheng.kernel.errors import Refused

Words = Mapping[str, Mapping[str, str]]

SENTENCES: Words = {
    "NoRatings": {"no-ratings": "文件里没有一行评分，没有可估计的。请确认选对了文件。"},
    "MissingValue": {
        "missing-value": "“{facet}”有 {count} 处是空的：{rows}。没有评的请不要写这一行，漏填的请补上。",
    },
    "LabelWithoutRatings": {
        "label-without-ratings": "“{facet}”中的 {labels} 没有一行评分（共 {count} 个）。请去掉或补上。"
    },
    "TooFewBallots": {
        "too-few-ballots": "只有 {ballots} 张票，不足 {minimum} 张，不作校准。请以票面得分为准，或补充测评。",
    },
    "SingleCategory": {"single-category": "所有评分都是 {score}，分不出高低，没有可估计的。请以票面得分为准。"},
    "AllExtreme": {
        "all-extreme": "{persons} 个人的评分要么全是最高、要么全是最低（另有 {set_aside} 张全优票不参与估计），"
        "分不出差别，没有可估计的。请以票面得分为准。",
    },
    "ScoreOutsideScale": {
        "outside-scale": "评分 {score} 不在 {lowest} 至 {highest} 之间，共 {count} 处：{rows}。"
        "请改正，或核对 --points、--scale。",
    },
    "NotACategory": {
        "not-a-category": "评分 {score} 不是整数等次，共 {count} 处：{rows}。百分制分数请用 --model gaussian。",
    },
    "PersonInTwoUnits": {
        "person-in-two-units": "“{person}”出现在 {units} 几个单位里：{rows}（这样的人共 {count} 个）。"
        "同名的人请加注区分，同一个人请统一单位。",
    },
    "PersonInTwoClasses": {
        "person-in-two-classes": "“{person}”分在 {classes} 几类里：{rows}（这样的人共 {count} 个）。"
        "一个人只在一类里比较，请统一。",
    },
    "BallotInTwoGroups": {
        "ballot-in-two-groups": "票“{ballot}”属于 {groups} 几类：{rows}（这样的票共 {count} 张）。"
        "一张票只有一类；若是各单位重复用了同一个票号，请改成互不重复的票号。",
    },
    "GroupsWithoutBallots": {
        "groups-without-ballots": "给了票类，没有给票。请用 --rater 指明哪一列是票号，或去掉 --group。"
    },
    "DuplicateRating": {
        "duplicate-rating": "同一张票（{ballot}）对“{person}”的“{item}”评了不止一次：{rows}（这样的共 {count} 处）。"
        "请删去重复的行。",
    },
    "WeightsDoNotFit": {
        "no-groups": "给了票类权重，数据里没有票类。请用 --group 指明哪一列是票类。",
        "without-weight": "数据里的票类 {groups} 没有权重。请在 --group-weights 里补上。",
        "negative": "票类 {groups} 的权重不是零或正数。请改正。",
        "sum": "各票类权重之和是 {total}，应为 1。请改正。",
    },
    "CannotCalibrate": {
        "not-converged": "迭代没有收敛，没有给出任何结果。多半是联系太弱或有票类、项目几乎没有变化，请看数据。",
        "border-too-large": "联系票和固定效应太多，超出能精确求解的范围，没有给出结果。请分批，或减少固定效应。",
        "extreme-item": "项目“{label}”的评分全是最高或全是最低，没有有限的估计。请去掉这个项目再算。",
        "extreme-group": "票类“{label}”的评分全是最高或全是最低，没有有限的估计。请与相邻票类合并再算。",
        "unused-category": "去掉全优票以后，有的等次没有人用，没有有限的估计。请看数据是否几乎全优。",
        "all-set-aside": "所有的票都是全优票，没有可估计的。请以票面得分为准。",
        "too-few-ratings": "评分的行数不多于固定效应的个数，估计不出来。请减少 --fixed。",
        "no-variation": "固定效应已经说明了全部评分，没有剩下的差别可估计。请减少 --fixed。",
        "facet-is-residual": "每个{facet}只有一个分，和误差分不开，没有可估计的。请补充评分，或不用这个因素。",
        "no-residual": "各因素说明了全部评分，没有误差可估计。请减少因素。",
        "not-estimable": "有的效应从数据里定不出来（例如两个票类总是同一批票）。请看票类和项目的安排。",
        "unknown-covariate": "没有“{name}”这一列。",
    },
    "TooManyParameters": {
        "too-many-parameters": "要同时求解的量有 {parameters} 个，超过 {limit} 个。jmle 只供核对，请用小一些的数据。",
    },
    "FacetsConfounded": {
        "facets-confounded": "{facet}“{label}”和别的因素分不开：数据里它们总是一起出现。请去掉一个因素，或核对数据。",
    },
    "NoFiniteMaximum": {
        "no-finite-maximum": "{facet}“{label}”没有有限的估计，越算越远。请看它的评分，或改用 --model ordinal。",
    },
    "WrongOptions": {
        "no-meaning": "{option} 在这里没有意义：{why}。",
        "workbook-columns": "票簿（.xlsx）按表头读列，不用 --person、--score 等指明列的选项。",
        "no-columns": "请用 --person 和 --score 指明哪一列是人、哪一列是评分。",
        "no-target": "请用 --out 指明结果写到哪个文件夹，或用 --explain 指明说明谁。",
        "not-a-folder": "{path} 已经是一个文件，不能作文件夹。请换一个名字。",
        "no-ratings": "请给出评分文件，或用 --template 写一个空的票簿。",
        "unknown-pairs": "{file} 里的 {labels} 不在评分数据里（共 {count} 个）。请核对写法。",
        "unknown-person": "评分数据里没有“{label}”。请核对写法。",
    },
    "CannotReadBallots": {
        "not-text": "文件不是 UTF-8 或 GB18030 的文字。请另存为 CSV（UTF-8）再算。",
        "no-header": "文件第一行是空的，应是表头。请补上表头。",
        "missing-column": "没有“{column}”这一列。有的列：{known}。",
        "repeated-column": "有几列都叫“{column}”，不知道用哪一列。请改名。",
        "not-a-workbook": "这不是 .xlsx 工作簿，或已损坏。请用 Excel 或 WPS 另存为 .xlsx 再算。",
        "too-large": "工作簿解开有 {size} 字节，超过 {limit} 字节。请改用 CSV。",
        "no-sheets": "工作簿里没有填了票的表。quanheng calibrate --template 文件.xlsx 会写一个例子。",
    },
    "BallotFindings": {
        "findings": "有 {count} 处读不懂，没有估计：\n{findings}",
        "totals": "“{sheet}”表没有逐张的票，是票数、平均分一类的汇总，不能校准：从汇总里分不出哪几个分是同一张票打的，"
        "看不出谁偏严、谁偏宽。请用逐张的票（一行是一张票对一个人，有“票号”一列）。",
    },
}

FACETS = {
    "score": "评分",
    "person": "人",
    "rater": "票",
    "item": "项目",
    "group": "票类",
    "unit": "单位",
    "class": "同类",
}
FINDING = {
    "empty": "{place}：“{column}”是空的，请补上。",
    "no-score": "{place}：“{column}”写作“{value}”，既不是等次也不是数字。请改正，没有评的留空。",
    "short": "{place}：列数不够（{value}）。请补齐。",
}
STAGES = {
    "layout": "整理评分…",
    "estimate": "估计…",
    "second-opinion": "用线性模型再算一遍…",
    "ranks": "算名次范围…",
    "summary": "汇总…",
}


def with_places(refusal: Refused, place_of: Callable[[int], str]) -> Refused:
    """The same refusal with rows as a person finds them in the file, and facts in words."""
    facts = dict(refusal.facts)
    if isinstance(rows := facts.get("rows"), tuple):
        facts["rows"] = [place_of(row) for row in rows]
    if isinstance(findings := facts.get("findings"), list):
        facts["findings"] = "\n".join(f"  {FINDING[found.code].format(**vars(found))}" for found in findings)
    if "facet" in facts:
        facts["facet"] = FACETS.get(str(facts["facet"]), facts["facet"])
    numbers = {name: f"{value:g}" for name, value in facts.items() if isinstance(value, float)}
    empty = {name: "无" for name, value in facts.items() if value == "" and name != "column"}
    return type(refusal)(refusal.code, **{**facts, **numbers, **empty})


def remarks(summary: Mapping[str, object]) -> list[str]:
    """What stderr says of a result that was given: who is not comparable, who is extreme, what was left out."""
    return [*_unconnected(summary), *_weak(summary), *_others(summary)]


def _unconnected(summary: Mapping[str, object]) -> list[str]:
    links = _list(summary["missing_links"])
    if not links:
        return []
    statuses = _map(summary["statuses"])
    said = [
        f"有 {statuses['unconnected']} 人与多数人没有任何一张票相连（共 {len(links) + 1} 片），"
        "不排名次、不与多数人比较；校准分靠共同的平均，区间很宽。要能比较，还缺："
    ]
    said += [f"  {link_sentence(_map(link))}" for link in links[:20]]
    if len(links) > 20:
        said.append(f"  ……共 {len(links)} 片，其余见 summary.json。")
    return said


def link_sentence(link: Mapping[str, object]) -> str:
    """The ballot that would join a component."""
    units = _list(link["units"])
    who = f"{'、'.join(map(str, units[:5]))}{'等单位' if len(units) > 5 else ''}" if units else "这一片"
    kind = "" if link["by_person"] else "的人"
    return f"{who}（{link['persons']} 人）：至少一张既评“{link['here']}”{kind}、又评“{link['there']}”{kind}的联系票。"


def _weak(summary: Mapping[str, object]) -> list[str]:
    links = _map(summary["links"])
    if not links["weak"]:
        return []
    return [f"单位之间有 {links['weak']} 对联系偏弱（黄色）：联系票少于 2 张，或差别的误差超过单位间差别的 0.8 倍。"]


def _others(summary: Mapping[str, object]) -> list[str]:
    said = []
    if extreme := _map(summary["statuses"])["extreme"]:
        said.append(f"有 {extreme} 人的评分全是最高或全是最低，校准分主要靠其余人的分布，区间较宽。")
    aside = _map(summary["set_aside"])
    if aside["ballots"]:
        share = float(str(aside["share"]))
        said.append(f"{aside['ballots']} 张票（{share:.1%}）对所有人全给最高，不参与估计；票面统计里都在。")
    if unused := _list(summary["unused_categories"]):
        said.append(f"没有人用过的等次：{'、'.join(map(str, unused))}，已并拢。")
    return said


def _map(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _list(value: object) -> Sequence[object]:
    assert isinstance(value, list | tuple)
    return value
