"""Words for what a dossier holds: months and spans, sources, checks, codes of facts, fields of the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.people.choices import Sex, SourceKind
from quanheng.people.facts import FactKind
from quanheng.people.models import Cadre, FieldSource
from quanheng.people.models.records import DossierRecord
from quanheng.web.shared.parts import Text

FACT_LABELS: Mapping[FactKind, Text] = {
    FactKind.AGE: gettext_lazy("年龄"),
    FactKind.TIER: gettext_lazy("职务层次"),
    FactKind.TENURE: gettext_lazy("任现职"),
    FactKind.RANK: gettext_lazy("职级"),
    FactKind.WORK_YEARS: gettext_lazy("工龄"),
    FactKind.GRASSROOTS: gettext_lazy("基层经历"),
    FactKind.PARTY: gettext_lazy("入党"),
    FactKind.EDUCATION: gettext_lazy("最高学历"),
    FactKind.GRADES: gettext_lazy("考核"),
}
# Why a record was not counted: every code that people.facts gives has its words here (tests/web/desk/test_evidence.py).
WHY: Mapping[str, Text] = {
    "not-yet-graduated": gettext_lazy("到这一天还没有毕业"),
    "level-unknown": gettext_lazy("学历名称不在代码表内，不能比较高低"),
    "lower-level": gettext_lazy("不是最高：有更高的学历，或同一学历的全日制教育"),
    "other-level": gettext_lazy("不是这一层次（职级）"),
    "begins-later": gettext_lazy("这一天还没有开始"),
    "on-secondment": gettext_lazy("挂职不改变本人的职务层次，不计"),
    "broken-off": gettext_lazy("与后一段不相连，不连续计算"),
    "inside-another": gettext_lazy("“其间”一段，时间已含在所属的一段里"),
    "no-period": gettext_lazy("没有起止年月"),
    "unmarked": gettext_lazy("未标注是否基层"),
    "other-setting": gettext_lazy("不是基层单位"),
}
MISSING: Mapping[str, Text] = {
    "birth": gettext_lazy("缺出生年月"),
    "work_start": gettext_lazy("缺参加工作时间"),
    "party_joining": gettext_lazy("缺政治面貌"),
    "education": gettext_lazy("缺学历记录"),
    "post": gettext_lazy("没有在任的职务记录"),
    "rank": gettext_lazy("没有现职级记录"),
    "resume": gettext_lazy("缺简历"),
    "resume_setting": gettext_lazy("有的简历段未标注单位类型"),
}
FIELD_LABELS: Mapping[str, Text] = {
    "name": gettext_lazy("姓名"),
    "sex": gettext_lazy("性别"),
    "birth": gettext_lazy("出生年月"),
    "ethnicity": gettext_lazy("民族"),
    "native_place": gettext_lazy("籍贯"),
    "birth_place": gettext_lazy("出生地"),
    "party_joining": gettext_lazy("入党时间"),
    "work_start": gettext_lazy("参加工作时间"),
    "health": gettext_lazy("健康状况"),
    "specialties": gettext_lazy("熟悉专业有何专长"),
    "identity_number": gettext_lazy("公民身份号码"),
}
MONTH_FIELDS = frozenset({"birth", "work_start", "party_joining"})


@dataclass(frozen=True, slots=True)
class Names:
    """Looked up once for a page: who recorded, and which file an import read."""

    accounts: Mapping[UUID, str]
    files: Mapping[UUID, str]


def missing_text(code: str) -> str:
    """`grade-2024` carries its year; the other codes stand in the table."""
    if code.startswith("grade-"):
        return _("缺 %(year)s 年考核") % {"year": code.removeprefix("grade-")}
    return str(MISSING[code])


def month(day: date | None) -> str:
    return f"{day:%Y.%m}" if day else ""


def month_of_text(text: str) -> str:
    """198503 as 1985.03; whatever else is written stays."""
    return f"{text[:4]}.{text[4:]}" if len(text) == 6 and text.isdigit() else text


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""


def moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"


def span(months: int) -> str:
    """Completed months as years and months: 4 年 7 个月, 2 年, 5 个月."""
    years, rest = divmod(months, 12)
    if years and rest:
        return _("%(years)s 年 %(months)s 个月") % {"years": years, "months": rest}
    return _("%(years)s 年") % {"years": years} if years else _("%(months)s 个月") % {"months": rest}


def age_span(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest:
        return _("%(years)s 岁 %(months)s 个月") % {"years": years, "months": rest}
    return _("%(years)s 岁") % {"years": years}


def period(start: date | None, end: date | None, on: date) -> str:
    """2018.03–2022.04; an end that was still to come on the date is open."""
    shown = end if end and end <= on else None
    if start is None and shown is None:
        return ""
    return f"{month(start)}–{month(shown)}"


def source_text(row: DossierRecord | FieldSource, names: Names | None = None) -> str:
    """The material where it is named, else the kind of source; an import with its file and place where known."""
    kind = SourceKind(row.source)
    if kind is SourceKind.IMPORT:
        file = names.files.get(row.source_key, "") if names and row.source_key else ""
        return " ".join(part for part in (str(kind.label), file, row.source_field) if part)
    officer = names.accounts.get(row.source_key, "") if names and row.source_key else ""
    if kind is SourceKind.OFFICER and officer and not row.source_field:
        return _("%(name)s录入") % {"name": officer}
    return row.source_field or str(kind.label)


def checked_text(record: DossierRecord) -> str:
    if record.verified_on is None:
        return ""
    who = f"{record.verified_by_name} {day_text(record.verified_on)}".strip()
    return _("已核 %(who)s") % {"who": who}


def masked(number: str) -> str:
    """The first and last four of an identity number; of a shorter text nothing."""
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8 else "*" * len(number)


def field_text(cadre: Cadre, key: str, rendered: str) -> str:
    """A single value as a page prints it; the identity number always masked."""
    if key == "identity_number":
        return masked(cadre.identity_number or "")
    if key == "sex" and cadre.sex:
        return str(Sex(cadre.sex).label)
    return month_of_text(rendered) if key in MONTH_FIELDS else rendered
