"""One form for each kind of record: its fields, the values it gives to the actions, what it starts with."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.formats import codes
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position, Unit
from quanheng.organization.queries import named_unit, positions_on, units_matching
from quanheng.people.choices import (
    AssessmentGrade,
    EducationKind,
    HoldingKind,
    ResumeSetting,
    RewardKind,
    SanctionKind,
)
from quanheng.people.models import PostHolding
from quanheng.people.queries_dossier import records_on
from quanheng.web.desk.dossier_forms import ChangeForm, DayField, choice, lines, number, text, tick
from quanheng.web.desk.organization_forms import UnitField
from quanheng.web.shared.wording import bracketed, listed


class RecordForm(ChangeForm):
    """Fields are named as the columns they fill; `source_field` is the material the record rests on. `begins`: what
    a file is dated by; a record that has yet to begin would stand nowhere in it, and nobody could mend it."""

    begins = "valid_from"
    source_field = text(
        gettext_lazy("依据材料"),
        required=False,
        hint=gettext_lazy("根据什么材料录入，例如：任免文件、登记表。"),
    )

    def prepare(self) -> None:
        if self.record is None:
            return
        for name, field in self.fields.items():
            if hasattr(self.record, name):
                field.initial = getattr(self.record, name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("止于早于起于。"))
        if (begun := data.get(self.begins)) and begun > self.today:
            self.add_error(self.begins, _("在今天以后。到了那天再录入；写错的请改正。"))
        if self.record is not None and not self.errors and not self.has_new_values:
            raise forms.ValidationError(_("与原来的完全一样，没有要改的。"))
        return data

    @property
    def has_new_values(self) -> bool:
        """By the values that would be written: a code typed for a name is no change."""
        return any((getattr(self.record, name) or "") != (value or "") for name, value in self.values().items())

    def values(self) -> dict[str, Any]:
        """For `add_record` and `replace_record`."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("reason", "expected_revision")}


class ResumeForm(RecordForm):
    valid_from = DayField(gettext_lazy("起"), required=False)
    valid_to = DayField(gettext_lazy("止"), required=False)
    text = lines(gettext_lazy("单位及职务"))
    setting = choice(gettext_lazy("单位类型"), ResumeSetting.choices)
    inside = choice(gettext_lazy("其间，属于哪一段"), (), required=False)
    order = number(gettext_lazy("第几行"), least=1)

    def prepare(self) -> None:
        super().prepare()
        self.tops = {
            str(row.pk): row
            for row in records_on(self.cadre, "resume", self.today)
            if getattr(row, "inside_id", None) is None and row != self.record
        }
        field = self.fields["inside"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不是“其间”"))] + [(key, getattr(row, "text", "")) for key, row in self.tops.items()]
        inside = getattr(self.record, "inside_id", None)
        field.initial = str(inside) if inside else ""
        if self.record is None:
            last = max((getattr(row, "order", 0) for row in self.tops.values()), default=0)
            self.fields["order"].initial = last + 1

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"inside": self.tops.get(values["inside"]), "written": ""}


class PostForm(RecordForm):
    """The unit is searched by code, name or initials; its positions are then offered for choice."""

    unit = UnitField(label=gettext_lazy("单位"))
    position = choice(gettext_lazy("岗位"), (), required=False)
    unit_name = text(gettext_lazy("当时的单位名称"), required=False, hint=gettext_lazy("留空用单位现在的名称。"))
    title = text(gettext_lazy("职务名称"))
    tier = choice(gettext_lazy("职务层次"), PostTier.choices, required=False)
    kind = choice(gettext_lazy("任职方式"), HoldingKind.choices)
    is_primary = tick(gettext_lazy("主要职务"))
    order = number(gettext_lazy("排序"))
    valid_from = DayField(gettext_lazy("任职时间"))
    valid_to = DayField(gettext_lazy("免职时间"), required=False)
    document = text(gettext_lazy("任职文号"), required=False)
    end_document = text(gettext_lazy("免职文号"), required=False)
    probation_from = DayField(
        gettext_lazy("试用期起"), required=False, hint=gettext_lazy("有试用期的职务填；没有试用期的留空。")
    )
    confirmed_on = DayField(
        gettext_lazy("正式任职时间"), required=False, hint=gettext_lazy("试用期满、考核胜任以后填；没有试用期的留空。")
    )
    term_from = DayField(
        gettext_lazy("本届任期起"), required=False, hint=gettext_lazy("领导成员等有任期的职务填；连任的另录一条。")
    )

    def prepare(self) -> None:
        super().prepare()
        self.fields["unit"].required = False
        holding = self.record if isinstance(self.record, PostHolding) else None
        self.fields["unit"].initial = holding.unit.code if holding and holding.unit else ""
        self.fields["position"].initial = str(holding.position_id) if holding and holding.position_id else ""
        if holding is None:
            self.fields["is_primary"].initial, self.fields["order"].initial = True, 0
        self.positions = {str(row.pk): row for row in self._offered(holding)}
        field = self.fields["position"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不占岗位"))] + [(key, row.title) for key, row in self.positions.items()]

    def _offered(self, holding: PostHolding | None) -> list[Position]:
        """Of the unit typed, or of that of the record, with the record's own position even if it has ended."""
        typed = str(self.data.get("unit", "")) if self.is_bound else str(self.fields["unit"].initial or "")
        unit = named_unit(self.actor, typed) if typed else None
        found = list(positions_on(unit, self.today)) if unit else []
        kept = holding.position if holding and holding.position and holding.unit == unit else None
        return [*found, *([kept] if kept and kept not in found else [])]

    def clean_unit(self) -> Unit | None:
        typed = self.cleaned_data["unit"]
        if not typed:
            return None
        unit = named_unit(self.actor, typed)
        if unit is not None:
            return unit
        near = listed(bracketed(found.name, found.code) for found in units_matching(self.actor, typed, limit=3))
        raise forms.ValidationError(
            _("没有找到这个单位。是不是：%(near)s？") % {"near": near}
            if near
            else _("没有找到这个单位，或它不在本账号的管理范围内。")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("unit") and not data.get("unit_name") and "unit" not in self.errors:
            self.add_error("unit_name", _("单位和当时的名称至少填一项。"))
        began, confirmed = data.get("probation_from"), data.get("confirmed_on")
        if confirmed and not (began and began <= confirmed):
            self.add_error("confirmed_on", _("正式任职时间不能早于试用期起。没有试用期的，两项都留空。"))
        term, since = data.get("term_from"), data.get("valid_from")
        if term and since and term > since:
            self.add_error("term_from", _("本届任期不能晚于任职时间。连任的，请把上一届结束，再新增一条任职。"))
        return data

    def values(self) -> dict[str, Any]:
        values = super().values()
        unit = values["unit"]
        name = values["unit_name"] or (unit.name if unit else "")
        return values | {"unit_name": name, "position": self.positions.get(values["position"])}


class RankForm(RecordForm):
    rank = choice(gettext_lazy("职级"), Rank.choices)
    valid_from = DayField(gettext_lazy("任职级时间"))
    valid_to = DayField(gettext_lazy("终止时间"), required=False)
    document = text(gettext_lazy("文号"), required=False)


class EducationForm(RecordForm):
    kind = choice(gettext_lazy("教育类别"), EducationKind.choices)
    level_name = text(
        gettext_lazy("学历"), required=False, length=60, hint=gettext_lazy("名称或代码，例如：大学、21。")
    )
    degree_name = text(gettext_lazy("学位"), required=False, length=60)
    school = text(gettext_lazy("学历院校系及专业"), required=False)
    degree_school = text(gettext_lazy("学位院校系及专业"), required=False)
    valid_from = DayField(gettext_lazy("入学"), required=False)
    valid_to = DayField(gettext_lazy("毕业"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("level_name") and not data.get("degree_name"):
            self.add_error("level_name", _("学历和学位至少填一项。"))
        return data

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | _coded(values, "level", "education_levels") | _coded(values, "degree", "degrees")


def _coded(values: Mapping[str, Any], part: str, table: str) -> dict[str, str]:
    """A code typed becomes its name; a name that the table does not know stays without a code."""
    typed, known = values[f"{part}_name"], codes.table(table)
    code = known.code_of(typed) if typed else None
    name = known.name_of(typed) if typed in known.names else typed
    return {f"{part}_code": code or "", f"{part}_name": name}


class TitleForm(RecordForm):
    name = text(gettext_lazy("专业技术职务"), length=90)
    valid_from = DayField(gettext_lazy("取得时间"), required=False)
    valid_to = DayField(gettext_lazy("终止时间"), required=False)

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"code": codes.table("professional_titles").code_of(values["name"]) or ""}


class FamilyForm(RecordForm):
    order = number(gettext_lazy("第几位"), least=1)
    relation = text(gettext_lazy("称谓"), length=20)
    name = text(gettext_lazy("姓名"), length=60)
    birth = text(
        gettext_lazy("出生年月"), required=False, length=20, hint=gettext_lazy("例如：198503；只知年份写 1985。")
    )
    political_affiliation = text(gettext_lazy("政治面貌"), required=False, length=40)
    work = lines(gettext_lazy("工作单位及职务"), required=False)

    def prepare(self) -> None:
        super().prepare()
        if self.record is None:
            rows = records_on(self.cadre, "family", self.today)
            self.fields["order"].initial = max((getattr(row, "order", 0) for row in rows), default=0) + 1

    def values(self) -> dict[str, Any]:
        values = super().values()
        return values | {"relation_code": codes.table("family_relations").code_of(values["relation"]) or ""}


class RewardForm(RecordForm):
    kind = choice(gettext_lazy("种类"), RewardKind.choices)
    name = text(gettext_lazy("名称"))
    authority = text(gettext_lazy("批准机关"), required=False)
    document = text(gettext_lazy("文号"), required=False)
    valid_from = DayField(gettext_lazy("批准时间"))
    valid_to = DayField(gettext_lazy("撤销时间"), required=False)


class SanctionForm(RecordForm):
    begins = "decided_on"
    kind = choice(gettext_lazy("种类"), SanctionKind.choices)
    cause = text(gettext_lazy("事由"), required=False, length=240)
    authority = text(gettext_lazy("决定机关"), required=False)
    document = text(gettext_lazy("文号"), required=False)
    decided_on = DayField(gettext_lazy("决定日期"))
    valid_from = DayField(gettext_lazy("影响期起"))
    valid_to = DayField(gettext_lazy("影响期止"), required=False)
    lifted_on = DayField(gettext_lazy("解除日期"), required=False)


class GradeForm(RecordForm):
    year = number(gettext_lazy("年度"), least=1949, most=2099)
    grade = choice(gettext_lazy("等次"), AssessmentGrade.choices)
    note = text(gettext_lazy("说明"), required=False)

    def clean_year(self) -> int:
        """Dated as everywhere by the last day of its year."""
        year: int = self.cleaned_data["year"]
        if date(year, 12, 31) > self.today:
            raise forms.ValidationError(_("这一年还没有过完，没有年度考核等次。"))
        return year


class TrainingForm(RecordForm):
    name = text(gettext_lazy("班次名称"))
    institution = text(gettext_lazy("举办机构"), required=False)
    hours = number(gettext_lazy("学时"), required=False)
    valid_from = DayField(gettext_lazy("起"))
    valid_to = DayField(gettext_lazy("止"), required=False)


class SpecialtyForm(RecordForm):
    name = text(gettext_lazy("专长"))


FORMS: Mapping[str, type[RecordForm]] = {
    "resume": ResumeForm,
    "post": PostForm,
    "rank": RankForm,
    "education": EducationForm,
    "title": TitleForm,
    "family": FamilyForm,
    "reward": RewardForm,
    "sanction": SanctionForm,
    "grade": GradeForm,
    "training": TrainingForm,
    "specialty": SpecialtyForm,
}
