"""An example of a planning workbook: small enough to read, with a chain, a leading group, shares and kin."""

import io
from collections.abc import Sequence

import xlsxwriter

from quanheng.formats.plan_workbook_rules import COLUMNS, USES

ROWS = 500  # that offer 是/否 and the kinds of rules to choose from

POSTS = ("岗位", "单位", "班子", "正职", "空缺", "空缺代价", "腾空代价", "撤并代价", "备注")
PEOPLE = ("姓名", "单位", "现任岗位", "现岗适配", "年轻", "女", "党外", "备注")
PAIRS = ("人员", "岗位", "适配", "晋升", "备注")
RULES = ("规则", "名称", *COLUMNS, "备注")
_CHOICES = {"正职", "空缺", "年轻", "女", "党外", "晋升"}

Cell = str | int | None


def plan_template() -> bytes:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        remarks = book.add_worksheet("说明")
        remarks.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        remarks.write_column(0, 0, _REMARKS)
        for name, heads, rows in (
            ("岗位", POSTS, _POSTS),
            ("人员", PEOPLE, _PEOPLE),
            ("资格", PAIRS, _PAIRS),
            ("规则", RULES, _RULES),
        ):
            _sheet(book, name, heads, rows)
    return packed.getvalue()


def _sheet(book: xlsxwriter.Workbook, name: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """The column 至少 is text, so that 1/3 does not become a date."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bg_color": "#EEF2F7", "bottom": 1}))
    for place, head in enumerate(heads):
        is_wide = head in ("岗位", "现任岗位", "备注", "名称", "规则")
        sheet.set_column(
            place, place, 24 if is_wide else 12, book.add_format({"num_format": "@"} if head == "至少" else {})
        )
        choices = ["是", "否"] if head in _CHOICES else list(USES) if head == "规则" else []
        if choices:
            sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": choices})
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value)


_REMARKS = (
    "这是一次批量调整的四张表。填好后运行：quanheng plan workbook 文件.xlsx --out 文件夹。"
    "表里的人和岗位都是虚构的，请删去后填写。",
    "岗位：每个岗位一行，岗位名称不能重复，原来空着的写 空缺＝是。有人任职的岗位也要列出：只有列出的岗位才会被考虑。",
    "人员：每人一行，同名的人请加注，例如“李明（财务）”。没有岗位的人，现任岗位空着，要写单位。"
    "现岗适配是此人在现任岗位上的适配。“年轻”“女”“党外”是条件，可以增减，写 是、否 或整数。",
    "资格：只列符合资格的人选，一行是一个人对一个岗位。没有列出的，就是不符合资格。适配是整数，各岗位用同一把尺；"
    "属于提任的写 晋升＝是。资格和适配由组织部门认定，程序不判断。",
    "规则：每行一条。提任比例：提任的人里有某个条件的不少于几分之几。班子人数：调整后班子里有某个条件的至少、至多几人。"
    "调出上限：一个单位调到外单位的至多几人。链长上限：一个空缺最多连动几步（不写按 4 步）。"
    "轮岗人数：允许互换，至多几人一组（不写不允许）。"
    "亲属回避：两人不得在同一班子。定住：某人必须任某岗位（写现任岗位就是不动）。不安排：某人不得任某岗位。变动代价：每动一名在职干部扣几分。",
    "代价：规则写了代价，就是可以放宽，每差一个单位扣这么多分；空着就是必须遵守。"
    "空缺代价、腾空代价：岗位空着扣几分，不写按最高适配计。撤并代价：腾出来后可以撤并的岗位才写。",
    "程序求的是：调整以后全部在岗人员的适配之和，减去各项代价，最大。结果写在“干部调配建议方案”一表。它是建议，不是决定。",
    "“说明”这张表、以“备注”开头的列不读。",
)
_POSTS: tuple[tuple[Cell, ...], ...] = (
    ("松涧县应急管理局局长", "松涧县应急管理局", "应急管理局班子", "是", "是", None, None, None, "孟拾光调出"),
    ("松涧县水利局局长", "松涧县水利局", "水利局班子", "是", "否"),
    ("松涧县水利局副局长", "松涧县水利局", "水利局班子", "否", "否"),
    ("砚溪县水利局副局长", "砚溪县水利局", "砚溪水利局班子", "否", "否"),
    ("县水库管理所所长", "县水库管理所", None, "是", "否", None, None, 20, "可以撤并"),
    ("云栈县审计局局长", "云栈县审计局", "审计局班子", "是", "是", 120),
    ("云栈县雾岭镇镇长", "云栈县雾岭镇", "雾岭镇班子", "是", "是"),
)
_PEOPLE: tuple[tuple[Cell, ...], ...] = (
    ("欧阳景行", "松涧县水利局", "松涧县水利局局长", 80, "否", "否", "否"),
    ("石见川", "松涧县水利局", "松涧县水利局副局长", 70, "否", "否", "否"),
    ("卫清和", "砚溪县水利局", "砚溪县水利局副局长", 74, "否", "否", "否"),
    ("祝余", "县水库管理所", "县水库管理所所长", 66, "是", "否", "否"),
    ("邵亭", "松涧县农业农村局", None, None, "是", "是", "是"),
    ("龙启明", "松涧县交通运输局", None, None, "是", "否", "否"),
)
_PAIRS: tuple[tuple[Cell, ...], ...] = (
    ("欧阳景行", "松涧县应急管理局局长", 86, "否"),
    ("石见川", "松涧县应急管理局局长", 71, "是"),
    ("石见川", "松涧县水利局局长", 79, "是"),
    ("卫清和", "松涧县水利局局长", 88, "是"),
    ("祝余", "砚溪县水利局副局长", 81, "是"),
    ("邵亭", "砚溪县水利局副局长", 78, "是"),
    ("邵亭", "云栈县雾岭镇镇长", 60, "是"),
    ("龙启明", "云栈县雾岭镇镇长", 85, "是"),
)
_RULES: tuple[tuple[Cell, ...], ...] = (
    ("提任比例", "提任年轻干部", None, None, "年轻", "1/3"),
    ("班子人数", "砚溪水利局班子有女干部", None, "砚溪水利局班子", "女", 1, None, 10),
    ("调出上限", None, "松涧县水利局", None, None, None, 2),
    ("链长上限", None, None, None, None, None, 3),
    ("亲属回避", None, None, None, None, None, None, None, "祝余", "邵亭"),
)
