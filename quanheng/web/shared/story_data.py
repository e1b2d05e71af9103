"""Invented persons, places and numbers of the story page. Not user text: nothing here is translated."""

# ruff: noqa: E501  sample rows are read as rows
from datetime import date

from quanheng.web.shared import context as frame
from quanheng.web.shared.career import Lane, Mark, draw_career
from quanheng.web.shared.diff import diff_rows
from quanheng.web.shared.parts import (
    AsOf,
    Chip,
    Column,
    Condition,
    ErrorLine,
    Evidence,
    EvidenceRecord,
    Fact,
    GateItem,
    Job,
    Law,
    Link,
    Option,
    Pager,
    Rail,
    Ruler,
    Run,
    SearchGroup,
    SearchHit,
    Shape,
    StepMark,
    StepState,
    UnitNode,
    Verdict,
)  # fmt: skip

URL = "/stories/evidence/tenure/"
ON = date(2026, 11, 20)
AS_OF = AsOf("2026-11-20 08:00", choose_name="on", changes_since=3, refresh_url="?")

TREE = (
    UnitNode("1", "霁州市", "?unit=1", 3012, words="jzs", is_open=True, children=(
        UnitNode("2", "市直机关", "?unit=2", 986, words="szjg"),
        UnitNode("3", "松涧县", "?unit=3", 437, words="sjx", is_open=True, children=(
            UnitNode("4", "县委工作部门", "?unit=4", 64, words="xwgzbm"),
            UnitNode("5", "县政府工作部门", "?unit=5", 186, words="xzfgzbm", is_open=True, is_current=True, children=(
                UnitNode("6", "发展和改革局", "?unit=6", 11, words="fzhggj"),
                UnitNode("7", "住房和城乡建设局", "?unit=7", 14, words="zfhcxjsj"),
                UnitNode("8", "粮食局", "?unit=8", 0, words="lsj", note="2025-03 并入发展和改革局"),
            )),
            UnitNode("9", "乡镇街道", "?unit=9", 138, words="xzjd", children=(UnitNode("10", "青萍镇", "?unit=10", 12),)),
        )),
        UnitNode("11", "云栈县", "?unit=11", 358, words="yzx", children_url="/stories/children/"),
    )),
    UnitNode("12", "待分配（调入未定岗）", "?unit=12", 6, words="dfp"),
)  # fmt: skip

CHILDREN = (UnitNode("13", "云栈镇", "?unit=13", 9, words="yzz"), UnitNode("14", "回龙乡", "?unit=14", 8, words="hlx"))

HITS = (
    SearchGroup(
        "人",
        (
            SearchHit("沈砚秋", "发展和改革局党组书记、局长", "/stories/#a"),
            SearchHit("沈砚秋", "青萍镇科员", "/stories/#b"),
        ),
    ),
    SearchGroup("单位", (SearchHit("松涧县审计局", "松涧县", "/stories/#c"),)),
)

CONDITIONS = (
    Condition("q", "姓名", hint="或首字母、证件后四位"),
    Condition("tier", "职务层次", "many", "乡科级正职、副职", True, options=(
        Option("1", "县处级副职"), Option("2", "乡科级正职", True), Option("3", "乡科级副职", True))),
    Condition("rank", "职级", "choice", "不限", options=(Option("", "不限", True), Option("1", "四级调研员"))),
    Condition("age", "年龄", "range", "35–50 岁", True, low="35", high="50", unit="岁"),
    Condition("education", "学历", "choice", "不限", is_optional=True, options=(Option("", "不限", True),)),
    Condition("grades", "近三年考核", "choice", "不限", options=(Option("", "不限", True),)),
)  # fmt: skip
CHIPS = (Chip("乡科级正职、副职", "?"), Chip("35 ≤ 年龄 ≤ 50，按 2026-11-20 计", "?"))
SAVED = (Link("任同一职务满五年", "?"), Link("近两年未平时考察", "?"))
COLUMNS = (
    Column("check", "", "check"), Column("number", "序号", "number"),
    Column("name", "姓名", "name", "?sort=name"), Column("sex", "性别", "tight"),
    Column("born", "出生年月（年龄）", "date", "?sort=born", "ascending"), Column("people", "民族", "tight", is_optional=True),
    Column("post", "单位及现任职务", "post"), Column("tier", "职务层次", "tight"), Column("since", "任现层次", "date"),
    Column("rank", "职级", "tight"), Column("grades", "考核 25–23", "tight"), Column("seen", "最近考察", "date"),
    Column("checked", "档案核对", "tight"),
)  # fmt: skip
MET = Verdict(Shape.MET)
ROWS = tuple(
    dict(zip(("name", "sex", "born", "age", "people", "post", "tier", "since", "rank", "grades", "seen", "mark"), row, strict=True))
    for row in (
        ("沈砚秋", "女", "1985.03", 41, "汉族", "发展和改革局党组书记、局长", "乡科级正职", "2022.04", "四级调研员", "优 优 称", "11-12", None),
        ("宋怀瑾", "男", "1987.12", 38, "汉族", "发展和改革局党组成员、副局长", "乡科级副职", "2021.11", "二级主任科员", "称 优 优", "11-12",
         Verdict(Shape.NEEDS_PERSON, "两处不一", url=URL)),
        ("顾明谦", "男", "1976.05", 50, "汉族", "住房和城乡建设局党组书记、局长", "乡科级正职", "2017.03", "三级调研员", "称 优 称", "11-18", None),
        ("阿卜杜热合曼·图尔荪尼亚孜", "男", "1988.07", 38, "维吾尔族", "农业农村局党组成员、副局长（兼乡村振兴服务中心主任、防汛抗旱指挥部办公室副主任）",
         "乡科级副职", "2021.09", "二级主任科员", "优 称 优", "11-05", None),
        ("韩若川", "男", "1979.01", 47, "汉族", "自然资源局党组书记、局长", "乡科级正职", "2018.12", "三级调研员", "称 称 称", "09-18",
         Verdict(Shape.UNKNOWN, "缺 1 项", url=URL)),
    )
)  # fmt: skip
PAGER = Pager(
    142,
    1,
    14,
    1,
    11,
    next_url="?page=2",
    sizes=(Option("?size=14", "14", True), Option("?size=50", "50")),
    hint="带点线的内容可点开看依据",
)

VERDICTS = (
    Verdict(Shape.MET, url=URL), Verdict(Shape.NOT_MET, remedy="2027-03-18 起符合"),
    Verdict(Shape.UNKNOWN, remedy="补 2022 年考核登记表"), Verdict(Shape.NEEDS_PERSON), Verdict(Shape.WAIVED),
    Verdict(Shape.NOT_APPLICABLE), Verdict(Shape.ERROR),
)  # fmt: skip
BARE = tuple(Verdict(verdict.shape, is_bare=True) for verdict in VERDICTS)

EVIDENCE = Evidence(
    claim="任现职务层次满三年", path=("黎暮云", "第 4 条件，共 11 条"), verdict=Verdict(Shape.NOT_MET),
    value="2 年 8 个月", limit="须满 3 年，差 4 个月", since="2027-03-18 起符合",
    ruler=Ruler(71, 80, "2 年 8 个月", "3 年", "2024-03-18"),
    records=(
        EvidenceRecord("乡科级副职", "2024.03–", True, "任现职务层次，按任免文件日期起算", "松组任〔2024〕8 号", "何静 2026-04-18 已核", "?"),
        EvidenceRecord("挂职副局长", "2022.01–2023.01", False, "挂职不改变职务层次", "", ""),
    ),
    sealed=1,
    law=Law(((Run("提任上一级领导职务的，应当在"), Run("下一级职务层次任职满三年", True), Run("；任职时间自任免机关决定之日起算。")),),
            "《示例条例》", "第八条第（三）项", "2019-03-03"),
    calculation=("从 2024-03-18 到 2026-11-20，按整月计 2 年 8 个月。",),
    parameters=(Fact("起算口径", "任免决定之日", "县委组织部定，2024-07-01 起"),),
    who=(Fact("录入", "林疏桐", "2024-03-20"), Fact("核对", "何静", "2026-04-18"), Fact("算出", "系统", "台账第 128,441 号")),
    steps=(Link("到 2027-03-18 提醒我", "?"), Link("提出更正", "?"), Link("破格", off="须由市委组织部事先批准")),
    notices=("此后有 3 处变动，这里是 2026-11-20 08:00 的结果。",), citation="黎暮云 任现层次 2 年 8 个月（2026-11-20）",
    previous_url="/stories/evidence/bare/", next_url="/stories/evidence/bare/", back_url="/stories/",
)  # fmt: skip
EVIDENCE_BARE = Evidence(
    claim="年龄", path=("沈砚秋",), value="41 岁 8 个月",
    records=(EvidenceRecord("1985-03", "", True, "", "任免审批表（导入第 2 号）", "已核"),),
    law_absent="条款随规则库提供；这里只列记录和算法。", calculation=("从 1985-03 到 2026-11-20，按整月计。",),
    previous_url=URL, next_url=URL, back_url="/stories/",
)  # fmt: skip

FIELDS = (
    Fact("年龄", "41 岁 8 个月", evidence_url=URL), Fact("职务层次", "4 年 7 个月", evidence_url=URL),
    Fact("最高学历", "研究生、硕士", evidence_url=URL), Fact("到龄", "2043.03", evidence_url=URL),
)  # fmt: skip
STEPS = (
    StepMark("动议", StepState.DONE, "09-14 会议", "?"), StepMark("民主推荐", StepState.DONE, "10-16 有效一年", "?"),
    StepMark("考察", StepState.CURRENT, "第 8 个工作日，限 15"), StepMark("凡提四必", StepState.CURRENT, "12 份已办 10 份"),
    StepMark("酝酿", StepState.AHEAD, "未开始"), StepMark("讨论决定", StepState.AHEAD, "到会须 2/3 以上"),
    StepMark("公示", StepState.RETURNED, "11-02 退回"), StepMark("任职谈话", StepState.SUSPENDED, "中止：等候核查"),
)  # fmt: skip
GATE = (
    GateItem(
        Shape.UNKNOWN,
        "陆知远 · 纪检意见",
        "11-13 去函县纪委监委，11-27 前答复",
        "《示例条例》第三十一条：意见必听",
        "?",
        Link("催办", "?"),
    ),
    GateItem(
        Shape.NEEDS_PERSON,
        "古丽娜尔·艾山江 · 个人事项",
        "与查核结果有 1 处不一致，等 2 人认定",
        action=Link("去认定", "?"),
    ),
)
RAILS = (
    Rail("松涧县住房和城乡建设局局长", "?", 2, 9, "考察 · 第 8 / 15 个工作日", "还差 3 项", "选任 2026-031"),
    Rail("2026 年度考核", "?", 4, 7, "民主测评 · 已完成 41 / 54 个单位", "11-27 收齐", "54 个单位"),
)
DIFF = diff_rows({
    "学历": ("大学", "研究生"), "毕业时间": ("2007.07", "2009.06"),
    "单位及职务": ("松涧县发展和改革局党组成员、副局长", "松涧县发展和改革局党组书记、局长"), "备注": ("", "兼任县河长办主任"),
})  # fmt: skip
JOBS = (
    Job(0, 1000, 0, "waiting"), Job(412, 1000, 9, "running", background_url="#job", poll_url="/stories/job/"),
    Job(1000, 1000, 21, "done", report=Link("看报告：新增 12 人、更新 71 人、跳过 3 人", "#job")),
    Job(412, 1000, 9, "failed", problem="第 413 人写入时失败，这次导入已全部退回，什么都没有写入。请看原因后再试。", report=Link("看原因", "#job")),
)  # fmt: skip
ERRORS = (
    ErrorLine("第 14 行“出生年月”写作 1985.13，没有 13 月。保留原文，请核对身份证或档案。", "story-field"),
    ErrorLine("任职时间早于参加工作时间。"),
)


def _grades() -> tuple[Mark, ...]:
    return tuple(Mark(date(year, 7, 1), label="优" if year in (2012, 2016, 2020, 2024, 2025) else "称", kind="text",
                      tone=4 if year in (2012, 2016, 2020, 2024, 2025) else 0, url=URL, words=f"{year} 年考核") for year in range(2008, 2026))  # fmt: skip


LANES = (
    Lane("学历", (Mark(date(2003, 9, 1), date(2007, 7, 1), "全日制大学", URL, tone=1), Mark(date(2016, 9, 1), date(2019, 6, 1), "在职研究生", URL))),
    Lane("职务", (
        Mark(date(2007, 7, 1), date(2010, 10, 1), "青萍镇科员", URL, tone=2), Mark(date(2010, 10, 1), date(2014, 5, 1), "镇党政办主任", URL, tone=2),
        Mark(date(2014, 5, 1), date(2018, 3, 1), "青萍镇副镇长", URL, tone=3), Mark(date(2018, 3, 1), date(2021, 3, 1), "县发改局副局长", URL, tone=3),
        Mark(date(2021, 3, 1), date(2022, 4, 1), kind="unknown", words="2021-03–2022-04 没有记载"),
        Mark(date(2022, 4, 1), None, "县发改局书记、局长", URL, tone=4), Mark(date(2024, 1, 1), None, "县河长办主任", URL, tone=3))),
    Lane("挂职", (Mark(date(2016, 4, 1), date(2017, 4, 1), "市发改委挂职，满 12 个月", URL, "dashed"),)),
    Lane("职级", (Mark(date(2019, 6, 1), label="二级主任科员", url=URL, kind="tick"), Mark(date(2021, 6, 1), label="一级主任科员", url=URL, kind="tick"),
                Mark(date(2024, 7, 1), label="四级调研员", url=URL, kind="tick"))),
    Lane("考核", _grades()),
    Lane("奖惩", (Mark(date(2012, 7, 1), label="2012-07 镇级先进", url=URL, kind="diamond"), Mark(date(2020, 9, 1), label="2020-09 防汛抢险嘉奖", url=URL, kind="diamond"))),
    Lane("平时考察", tuple(Mark(date(2018 + n // 4, 1 + n % 4 * 3, 11), kind="dot", url=URL, words="平时考察") for n in range(34))),
    Lane("谈话", tuple(Mark(date(2018 + n // 2, 3 + n % 2 * 5, 11), kind="ring", url=URL, words="谈话") for n in range(16))),
)  # fmt: skip


CHROME = frame.Chrome(
    entries=tuple(frame.Link(name, "?", name == "干部") for name in ["今日", "干部", "识人", "培养", "选任", "监督", "激励"]),
    tabs=tuple(frame.Link(name, "?", name == "人员名册") for name in ["人员名册", "机构与班子", "统计与结构", "导入", "查重与合并", "更正申请"]),
    tools=tuple(frame.Link(name, "?") for name in ["规则库", "台账", "帮助"]), places=(frame.Link("我的档案", "?"),),
    name="林疏桐", office="干部一科", home_url="?", search_url="/stories/search/", sign_out_url="?", is_demo=True,
)  # fmt: skip


def context() -> dict[str, object]:
    return {
        "chrome": CHROME, "as_of": AS_OF, "past": AsOf("2024-06-30", is_past=True, today_url="?"), "tree": TREE,
        "switches": (Option("?", "本级管理干部", True), Option("?all=1", "全部干部")), "conditions": CONDITIONS, "chips": CHIPS,
        "saved": SAVED, "more": Link("更多 6 个", "?"), "save": Link("存为常用查询", "?"), "combined": Link("组合查询", "?"),
        "columns": COLUMNS, "rows": ROWS, "pager": PAGER, "verdicts": VERDICTS, "bare": BARE, "evidence_url": URL,
        "fields": FIELDS, "steps": STEPS, "gate": GATE, "rails": RAILS, "diff": DIFF, "jobs": JOBS, "errors": ERRORS,
        "career": draw_career(LANES, on=ON), "crumbs": (Link("干部", "?"), Link("霁州市", "?"), Link("松涧县", "?")),
        "facts": ("在册领导干部 186 人", "21 个单位"), "primary": Link("新增人员", "?", "person-add"),
        "actions": (Link("导入", "?", "import"), Link("导出名册", "?", "export"), Link("提交酝酿", off="还差 3 项：纪检意见、个人事项、双签。")),
        "batch": (Link("并排比较（2–5 人）", "?", "columns"), Link("打印任免审批表", "?", "print"), Link("资格筛查", "?", "checklist")),
        "batch_more": (Link("导出所选", "?"),), "empty_action": Link("去记一条", "?"), "empty_also": Link("看本单位的观察人", "?"),
        "column_options": tuple(Option(column.key, column.label, True) for column in COLUMNS[3:9]),
        "recent": ("材料补齐后重报",), "persons": (1, 2),
    }  # fmt: skip
