# ruff: noqa: E501, S608  names are constants of this file, and SQL has its own lines
"""A synthetic register as a snapshot holds it: dated tables by SQL of DuckDB, the same rows for the same size, always.

Every value is drawn by arithmetic from the number of the person and a salt. Tables that the rules of the bench do not
read are left empty. A share of the fields is left out, so that rules find what they cannot know.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.tables import PERSON, RECORD, SUBJECT, create, quoted
from quanheng.rulebook.facts_reading import load_facts

PRIME = 2_147_483_647
MACROS = (
    f"CREATE MACRO mixed(x) AS (x * x + 12345) % {PRIME}",
    f"CREATE MACRO draw(i, salt, n) AS mixed(mixed((i * 48271 + salt * 1299709 + 7) % {PRIME}) + salt) % n",
    "CREATE MACRO key_of(i) AS CAST(printf('%08x-0000-4000-8000-%012x', i // 97, i) AS UUID)",
    "CREATE MACRO month_of(n) AS CAST(DATE '1900-01-01' + to_months(CAST(n AS INTEGER)) AS DATE)",  # since 1900
    "CREATE MACRO given(i, salt, share, x) AS CASE WHEN draw(i, salt, 1000) < share THEN x END",
    "CREATE MACRO pick(i, salt, codes) AS codes[1 + CAST(draw(i, salt, len(codes)) AS BIGINT)]",
    "CREATE MACRO began(i) AS 1038 + draw(i, 1, 440)",  # the month of the first work: mid 1986 to early 2023
    "CREATE MACRO posts_of(i) AS 1 + draw(i, 2, 11)",
    "CREATE MACRO moved(i, k) AS began(i) + k * (1519 - began(i)) // posts_of(i) + draw(i * 16 + k, 3, 4)",
    "CREATE MACRO day_in(n, i, salt) AS month_of(n) + CASE WHEN draw(i, salt, 3) = 0 THEN CAST(draw(i, salt + 1, 31) AS INTEGER) ELSE 0 END",  # noqa: E501
)
LEVELS = "['科员及以下', '乡科级副职', '乡科级正职', '县处级副职', '县处级正职', '厅局级副职']"
RANKS = (
    "['二级科员', '一级科员', '四级主任科员', '二级主任科员', '一级主任科员', '四级调研员', '二级调研员', '一级调研员']"
)
MATTERS = (
    "['婚姻', '因私护照和出国', '港澳台证件和往来', '子女涉外婚姻', '子女与港澳台居民婚姻', '配偶子女移居或境外一年', "
    "'配偶子女从业', '被追究刑责', '工资奖金', '劳务所得', '房产', '股票基金保险', '经商办企业', '境外存款投资']"
)
_GRADES = [*["优秀"] * 8, "基本称职", "不定等次", "未参加考核"]
_PASSED = ["称职"] * 32
SANCTIONS = (
    "['党纪 警告 12', '党纪 警告 12', '党纪 严重警告 18', '党纪 撤销党内职务 24', '党纪 留党察看 36', '党纪 开除党籍 60', '政务 警告 6', "
    "'政务 警告 6', '政务 记过 12', '政务 记过 12', '政务 记大过 18', '政务 降级 24', '政务 撤职 24', '组织处理 调整职务 12', "
    "'组织处理 免职 24', '组织处理 责令辞职 24', '组织处理 降职 24', '诫勉 诫勉 6', '诫勉 诫勉 6', '诫勉 诫勉 6']"
)


@dataclass(frozen=True)
class Made:
    """A table: how many rows a person has, expressions that name others (`lets`), and the columns, over i and k."""

    rows: str
    columns: Mapping[str, str]
    lets: Mapping[str, str] = field(default_factory=dict)


def _since(salt: int, months: int) -> str:
    """A day in the last months before November 2026."""
    return f"day_in(1518 - draw(j, {salt}, {months}), j, {salt + 1})"


TABLES: dict[str, Made] = {
    "posts": Made(
        "posts_of(i)",
        {
            "start": "start_",
            "end": "CASE WHEN k + 1 < posts_of(i) THEN greatest(start_ + 1, day_in(moved(i, k + 1) + shift, i * 16 + k + 1, 4))"
            " WHEN draw(i, 6, 100) < 5 THEN greatest(start_ + 1, DATE '2026-05-01') END",
            "level": f"given(j, 7, 990, {LEVELS}[1 + greatest(0, top - (posts_of(i) - 1 - k) // 2)])",
            "role": "pick(j, 8, ['正职', '副职', '其他成员', '非领导'])",
            "post": "md5((i * 16 + k - CASE WHEN draw(j, 9, 6) = 0 THEN 1 ELSE 0 END)::VARCHAR)",
            "unit": "md5(draw(j, 10, 40000)::VARCHAR)",
            "setting": "given(j, 11, 900, pick(j, 12, ['基层', '县级机关', '县级机关', '市级机关', '省级以上机关']))",
            "is_secondment": "draw(j, 13, 50) = 0",
            "decision": "md5(j::VARCHAR)",
        },
        {
            "start_": "day_in(moved(i, k), i * 16 + k, 4)",
            "top": "CAST([0, 1, 1, 2, 2, 2, 3, 3, 4, 5][1 + CAST(draw(i, 14, 10) AS BIGINT)] AS BIGINT)",
            "shift": "CASE draw(j, 15, 20) WHEN 0 THEN 5 WHEN 1 THEN -3 ELSE 0 END",
        },
    ),
    "ranks": Made(
        "draw(i, 20, 7)",
        {
            "start": "day_in(1400 + k * 20 + draw(i, 21, 15), j, 22)",
            "end": "CASE WHEN k + 1 < draw(i, 20, 7) OR draw(i, 24, 4) = 0 THEN day_in(1420 + k * 20 + draw(i, 21, 15), j + 1, 22) END",
            "rank": f"given(j, 25, 990, {RANKS}[1 + least(7, k + CAST(draw(i, 26, 4) AS BIGINT))])",
        },
    ),
    "grades": Made(
        "7",
        {
            "year": "year_",
            "grade": f"given(j, 30, 990, CASE WHEN draw(i, 32, 30) = 0 THEN pick(j, 31, {[*_GRADES, '不称职', '不称职', *_PASSED]})"
            f" ELSE pick(j, 31, {[*_GRADES, '称职', *_PASSED]}) END)",
            "decided": "given(j, 33, 990, make_date(year_ + 1, 1 + CAST(draw(j, 34, 5) AS BIGINT), 1 + CAST(draw(j, 35, 28) AS BIGINT)))",
        },
        # three in a hundred without the last year, five more without the one before
        {"year_": "2019 + k - CASE WHEN draw(i, 36, 100) < 3 OR (k < 6 AND draw(i, 36, 100) < 8) THEN 1 ELSE 0 END"},
    ),
    "education": Made(
        "1 + draw(i, 40, 3)",
        {
            "level": "given(j, 41, 980, ['高中', '大学专科', '大学本科', '硕士研究生'][1 + least(3, k + CAST(draw(i, 42, 2) AS BIGINT))])",
            "is_verified": "given(j, 43, 880, true)",
            "finished": "given(j, 44, 980, month_of(began(i) + 24 * k))",
            "school": "md5(draw(j, 45, 900)::VARCHAR)",
        },
    ),
    "training_years": Made(
        "CASE WHEN draw(i, 50, 20) = 0 THEN 0 ELSE 5 + draw(i, 51, 2) END",
        {
            "year": "2021 + k",
            "hours": "given(j, 52, 980, 60 + draw(j, 53, 120))",
            "months": "given(j, 54, 20, 1 + draw(j, 55, 3))",
        },
    ),
    "sanctions": Made(
        "CASE WHEN draw(i, 60, 100) < 5 THEN 1 + draw(i, 61, 2) ELSE 0 END",
        {
            "system": "word[1]",
            "kind": "word[2]",
            "effective": "given(j, 65, 990, began_)",
            "months": "CASE WHEN word[1] = '政务' THEN given(j, 66, 200, word[3]::BIGINT) WHEN word[2] = '留党察看' THEN given(j, 67, 500, 24) END",
            "is_prolonged": "CASE WHEN word[2] = '留党察看' THEN given(j, 68, 800, draw(j, 69, 4) = 0) END",
            "restored": "CASE WHEN word[2] = '留党察看' THEN given(j, 70, 800, CAST(began_ + INTERVAL 24 MONTH AS DATE)) END",
            "effect_end": "given(j, 71, 970, ends)",
            "least_effect_end": "given(j, 72, 980, ends)",
            "is_inside_another": "given(j, 73, 970, k = 1)",
            "decision": "md5(j::VARCHAR)",
        },
        {
            "word": f"string_split(pick(j, 62, {SANCTIONS}), ' ')",
            "began_": _since(63, 90),
            "ends": "CAST(began_ + to_months(word[3]::INTEGER) AS DATE)",
        },
    ),
    "scope_entries": Made("draw(i, 80, 100) // 70", {"entered": f"given(j, 81, 990, {_since(82, 70)})"}),
    "annual_reports": Made(
        "CASE WHEN draw(i, 80, 100) >= 70 AND draw(i, 86, 12) > 0 THEN 3 ELSE 0 END",
        {
            "year": "2023 + k",
            "submitted": "given(j, 88, 980, make_date(2024 + k, 1, 10) + CAST(draw(j, 89, 24) AS INTEGER))",
        },
    ),
    "report_entries": Made(
        "CASE WHEN draw(i, 90, 10) = 0 THEN 14 ELSE 0 END",
        {
            "matter": f"{MATTERS}[1 + k]",
            "article": "given(j, 91, 998, CASE WHEN k < 8 THEN '第三条' ELSE '第四条' END)",
            "is_filled": "given(j, 92, 995, draw(j, 93, 80) > 0)",
        },
    ),
    "verifications": Made(
        "CASE WHEN draw(i, 94, 12) = 0 THEN 1 + draw(i, 95, 2) ELSE 0 END",
        {
            "kind": "given(j, 96, 970, pick(j, 97, ['随机抽查', '重点查核']))",
            "asked": _since(98, 30),
            "closed": f"given(j, 100, 800, {_since(98, 30)} + 40)",
        },
    ),
    "attendance_years": Made(
        "CASE WHEN draw(i, 104, 10) < 6 THEN 1 + draw(i, 105, 2) ELSE 0 END",
        {
            "year": "2025 - k",
            "absent_run": "given(j, 106, 980, CASE WHEN draw(j, 107, 200) = 0 THEN 15 + draw(j, 108, 2) ELSE 0 END)",
            "absent_days": "given(j, 109, 980, CASE WHEN draw(j, 110, 200) = 0 THEN 30 + draw(j, 111, 2) ELSE draw(j, 112, 4) END)",
        },
    ),
    "terms": Made(
        "CASE WHEN draw(i, 114, 5) = 0 THEN 1 + draw(i, 115, 2) ELSE 0 END",
        {
            "post": "CASE WHEN draw(i, 116, 20) = 0 THEN '清河县县长' ELSE md5(i::VARCHAR) END",
            "start": f"{_since(117, 20)} - 1800 * (1 - CAST(k AS INTEGER))",
            "consecutive": "given(j, 119, 950, k + 1)",
        },
    ),
    "term_moves": Made(
        "CASE WHEN draw(i, 120, 30) = 0 THEN 1 + draw(i, 121, 3) ELSE 0 END",
        {
            "date": f"given(j, 122, 980, {_since(123, 60)})",
            "reason": "given(j, 125, 970, pick(j, 126, ['工作特殊需要', '工作特殊需要', '工作特殊需要', '健康原因', '其他']))",
            "post": "md5(j::VARCHAR)",
        },
    ),
    "training_makeups": Made("draw(i, 130, 50) // 49", {"promoted": f"given(j, 131, 950, {_since(132, 24)})"}),
    "exception_requests": Made(
        "CASE WHEN draw(i, 134, 40) = 0 THEN 1 + draw(i, 135, 2) ELSE 0 END",
        {
            "item": "given(j, 136, 950, pick(j, 137, ['8（1）', '8（2）', '8（3）', '越级', '第七条']))",
            "asked": _since(138, 12),
        },
    ),
    "prior_exceptions": Made(
        "draw(i, 134, 80) // 79 + CASE WHEN draw(i, 134, 40) = 0 THEN draw(i, 141, 2) ELSE 0 END",
        {
            "item": "given(j, 142, 950, pick(j, 143, ['8（1）', '8（2）', '8（3）']))",
            "date": f"given(j, 144, 970, {_since(145, 60)})",
        },
    ),
    "mandatory_checks": Made(
        "CASE WHEN draw(i, 148, 20) = 0 THEN 1 + draw(i, 149, 4) ELSE 0 END",
        {
            "check": "['档案必审', '个人事项必核', '纪检意见必听', '信访举报必查'][1 + k]",
            "opened": _since(150, 12),
            "closed": f"given(j, 152, 800, {_since(150, 12)} + CAST(draw(j, 153, 200) AS INTEGER))",
            "result": "given(j, 154, 930, pick(j, 155, ['无问题', '无问题', '无问题', '有问题']))",
            "is_signed": "given(j, 156, 950, draw(j, 157, 10) > 0)",
        },
    ),
    "discipline_opinions": Made(
        "CASE WHEN draw(i, 148, 20) = 0 THEN draw(i, 160, 3) ELSE 0 END",
        {
            "giver": "given(j, 161, 970, ['考察对象所在单位纪检', '派出考察组的组织部门同级纪检'][1 + k])",
            "date": _since(162, 12),
            "has_objection": "given(j, 164, 900, draw(j, 165, 20) = 0)",
        },
    ),
    "integrity_signatures": Made(
        "CASE WHEN draw(i, 148, 20) = 0 THEN draw(i, 168, 3) ELSE 0 END",
        {
            "signatory": "given(j, 169, 970, ['党委（党组）书记', '纪委书记/纪检监察组组长'][1 + k])",
            "date": _since(170, 12),
        },
    ),
    "accountabilities": Made(
        "draw(i, 174, 80) // 79",
        {
            "date": f"given(j, 175, 970, {_since(176, 40)})",
            "former_level": f"given(j, 178, 950, pick(j, 179, {LEVELS}))",
        },
    ),
    "post_adjustments": Made("draw(i, 182, 80) // 79", {"date": f"given(j, 183, 970, {_since(184, 24)})"}),
    "unfit_findings": Made("draw(i, 188, 200) // 199", {"date": f"given(j, 189, 970, {_since(190, 60)})"}),
    "rank_lowerings": Made("draw(i, 194, 100) // 99", {"date": f"given(j, 195, 970, {_since(196, 60)})"}),
}
PEOPLE = {
    "person_birth": "month_of(began(i) - 12 * 19 - draw(i, 200, 60))",
    "person_work_start": "given(i, 201, 995, month_of(began(i)))",
    "person_party_joined": "given(i, 202, 800, month_of(began(i) + draw(i, 203, 60)))",
    "person_is_party_member": "given(i, 204, 990, draw(i, 205, 10) < 8)",
    "person_retirement_class": "pick(i, 206, ['male', 'female_cadre'])",
    "person_is_retired": "given(i, 207, 980, draw(i, 208, 20) = 0)",
    "person_growth_place": "given(i, 209, 500, CASE WHEN draw(i, 210, 300) = 0 THEN '清河县' ELSE '县' || draw(i, 210, 300) END)",
    "person_is_on_probation": "given(i, 211, 980, draw(i, 212, 30) = 0)",
    "person_last_promotion": f"given(i, 213, 900, {_since(214, 80)})".replace("j", "i"),
    "person_spouse_emigrated": "given(i, 216, 700, draw(i, 217, 200) = 0)",
    "person_has_spouse": "given(i, 218, 900, draw(i, 219, 12) > 0)",
    "person_all_children_emigrated": "given(i, 220, 700, draw(i, 221, 100) = 0)",
    "person_has_open_case": "given(i, 222, 900, draw(i, 223, 300) = 0)",
    "person_is_listed_report_post": "given(i, 224, 600, draw(i, 225, 20) = 0)",
    "person_is_on_report_list": "given(i, 226, 500, draw(i, 227, 10) > 0)",
    "person_term_group_since": f"given(i, 228, 500, {_since(229, 60)})".replace("j", "i"),
    "person_is_selected_graduate": "given(i, 231, 950, draw(i, 232, 10) = 0)",
}


def version() -> str:
    """Of the registers that this text makes."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]


def build(file: Path, size: int, threads: int = 2) -> None:
    """The register as a file, in the shape of a snapshot."""
    with duckdb.connect(str(file), config={"threads": str(threads), "memory_limit": "3GB"}) as target:
        fill(target, size)
        target.execute("CHECKPOINT")


def fill(target: DuckDBPyConnection, size: int) -> None:
    create(target, load_facts())
    for each in MACROS:
        target.execute(each.replace("CREATE MACRO", "CREATE TEMPORARY MACRO"))
    target.execute(_insert(PERSON, {SUBJECT: "key_of(i)", **PEOPLE}, f"range({size}) AS people(i)"))
    for table, made in TABLES.items():
        rows = f"(SELECT i, unnest(range(CAST({made.rows} AS BIGINT))) AS k FROM range({size}) AS people(i))"
        source = f"(SELECT *, i * 16 + k AS j FROM {rows})"
        for name, text in made.lets.items():
            source = f"(SELECT *, {text} AS {name} FROM {source})"
        columns = {SUBJECT: "key_of(i)", RECORD: "j::VARCHAR", **made.columns}
        target.execute(_insert(table, columns, f"{source} AS rows"))


def _insert(table: str, columns: Mapping[str, str], source: str) -> str:
    names = ", ".join(map(quoted, columns))
    return f"INSERT INTO {quoted(table)} ({names}) SELECT {', '.join(columns.values())} FROM {source}"
