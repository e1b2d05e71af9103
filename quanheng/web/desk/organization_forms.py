"""Forms of the acts on a unit. What the acts refuse is theirs to say; here only what cannot be read."""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.kernel.actor import Actor
from quanheng.organization.actions import Basis, Quotas, UnitFacts
from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier, UnitCategory, UnitKind, UnitLevel
from quanheng.organization.models import Unit, UnitVersion
from quanheng.organization.position_actions import PositionFacts
from quanheng.organization.queries import leading_groups_on, named_unit, units_below, units_matching
from quanheng.web.desk.reason_field import reason_field
from quanheng.web.shared.wording import bracketed, listed

QUOTA_FIELDS = {
    "principal_quota": gettext_lazy("正职职数"),
    "deputy_quota": gettext_lazy("副职职数"),
    "internal_quota": gettext_lazy("内设机构领导职数"),
    "administrative_establishment": gettext_lazy("行政编制"),
    "institution_establishment": gettext_lazy("事业编制"),
    "other_establishment": gettext_lazy("其他编制"),
}


def _text(label: Any, *, required: bool = True, length: int = 120, help_text: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget, help_text=help_text)


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "form-select"}))


def _number(label: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "form-control"})
    return forms.IntegerField(label=label, min_value=0, max_value=32767, required=False, widget=widget)


class UnitField(forms.CharField):
    """A unit named by code or whole name, with suggestions while typing; only units that the actor may see."""

    def __init__(self, *, label: Any) -> None:
        attrs = {
            "class": "form-control",
            "autocomplete": "off",
            "list": "unit-options",
            "hx-get": reverse_lazy("desk:unit-options"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#unit-options",
        }
        hint = gettext_lazy("写机构编码或全称；边写边提示，也可写拼音首字母。")
        super().__init__(label=label, max_length=120, help_text=hint, widget=forms.TextInput(attrs=attrs))


class ReasonForm(forms.Form):
    reason = reason_field()

    def __init__(self, *args: Any, actor: Actor, unit: Unit, version: UnitVersion, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.unit, self.version, self.today = actor, unit, version, today
        if "effective_on" in self.fields:
            self.fields["effective_on"].initial = today
        self.prepare()

    def prepare(self) -> None:
        """What the fields hold at first."""

    def unit_named(self, name: str) -> Unit:
        """The unit that a field names, or an error that offers what it may have meant."""
        text = self.cleaned_data[name]
        unit = named_unit(self.actor, text)
        if unit is not None:
            return unit
        near = listed(bracketed(found.name, found.code) for found in units_matching(self.actor, text, limit=3))
        raise forms.ValidationError(
            _("没有找到这个单位。是不是：%(near)s？") % {"near": near}
            if near
            else _("没有找到这个单位，或它不在本账号的管理范围内。")
        )


class BasisForm(ReasonForm):
    effective_on = forms.DateField(
        label=gettext_lazy("生效日期"),
        help_text=gettext_lazy("文件写明的日期，不晚于今天。"),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
    )
    document = _text(gettext_lazy("文号"), help_text=gettext_lazy("例如：示编〔2026〕12号"))

    field_order: list[str] | None = None

    def basis(self) -> Basis:
        data = self.cleaned_data
        return Basis(effective_on=data["effective_on"], document=data["document"], reason=data["reason"])


class RenameForm(BasisForm):
    name = _text(gettext_lazy("新名称"))
    short_name = _text(gettext_lazy("简称"), required=False, length=60)
    field_order = ["name", "short_name", "effective_on", "document", "reason"]

    def prepare(self) -> None:
        self.fields["name"].initial, self.fields["short_name"].initial = self.version.name, self.version.short_name


class TargetForm(BasisForm):
    target = UnitField(label=gettext_lazy("单位"))
    field_order = ["target", "effective_on", "document", "reason"]

    def clean_target(self) -> Unit:
        return self.unit_named("target")


class MoveForm(TargetForm):
    def prepare(self) -> None:
        self.fields["target"].label = gettext_lazy("新的上级单位")


class MergeForm(TargetForm):
    def prepare(self) -> None:
        self.fields["target"].label = gettext_lazy("并入哪个单位")


class QuotaFields(BasisForm):
    principal_quota = _number(QUOTA_FIELDS["principal_quota"])
    deputy_quota = _number(QUOTA_FIELDS["deputy_quota"])
    internal_quota = _number(QUOTA_FIELDS["internal_quota"])
    administrative_establishment = _number(QUOTA_FIELDS["administrative_establishment"])
    institution_establishment = _number(QUOTA_FIELDS["institution_establishment"])
    other_establishment = _number(QUOTA_FIELDS["other_establishment"])

    def quotas(self) -> Quotas:
        """A field left empty is not known (未核定)."""
        return Quotas(**{name: self.cleaned_data[name] for name in QUOTA_FIELDS})


class QuotaForm(QuotaFields):
    field_order = [*QUOTA_FIELDS, "effective_on", "document", "reason"]

    def prepare(self) -> None:
        for name in QUOTA_FIELDS:
            self.fields[name].initial = getattr(self.version, name)


class EstablishForm(QuotaFields):
    code = _text(gettext_lazy("机构编码"), length=60)
    name = _text(gettext_lazy("名称"))
    short_name = _text(gettext_lazy("简称"), required=False, length=60)
    category = _choice(gettext_lazy("机构类别"), UnitCategory.choices)
    level = _choice(gettext_lazy("机构级别"), UnitLevel.choices)
    kind = _choice(gettext_lazy("机构类型"), UnitKind.choices)
    field_order = [
        *("code", "name", "short_name", "category", "level", "kind"),
        *QUOTA_FIELDS,
        *("effective_on", "document", "reason"),
    ]

    def prepare(self) -> None:
        self.fields["category"].initial = self.version.category
        self.fields["level"].initial = UnitLevel.NONE

    def facts(self) -> UnitFacts:
        data = self.cleaned_data
        return UnitFacts(
            name=data["name"],
            short_name=data["short_name"],
            category=UnitCategory(data["category"]),
            level=UnitLevel(data["level"]),
            kind=UnitKind(data["kind"]),
        )


class LeadingGroupForm(BasisForm):
    name = _text(gettext_lazy("班子名称"))
    kind = _choice(gettext_lazy("班子类型"), LeadingGroupKind.choices)
    field_order = ["name", "kind", "effective_on", "document", "reason"]

    def prepare(self) -> None:
        self.fields["name"].initial = _("%(unit)s领导班子") % {"unit": self.version.name}
        self.fields["kind"].initial = LeadingGroupKind.WHOLE


class PositionForm(BasisForm):
    title = _text(gettext_lazy("职务名称"))
    tier = _choice(gettext_lazy("职务层次"), PostTier.choices)
    leading_group = _choice(gettext_lazy("所在班子"), ())
    group_role = _choice(gettext_lazy("成员类别"), [("", gettext_lazy("不在班子内")), *GroupRole.choices])
    quota = _number(gettext_lazy("职数"))
    is_leading = forms.BooleanField(
        label=gettext_lazy("领导职务"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    field_order = ["title", "tier", "leading_group", "group_role", "quota", "is_leading", "effective_on", "document"]

    def prepare(self) -> None:
        groups = leading_groups_on(self.unit, self.today)
        field = self.fields["leading_group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("不在班子内")), *((str(group.pk), group.name) for group in groups)]
        field.required = self.fields["group_role"].required = False
        self.fields["quota"].initial, self.fields["quota"].required = 1, True

    def facts(self) -> PositionFacts:
        data = self.cleaned_data
        role = GroupRole(data["group_role"]) if data["group_role"] else ""
        return PositionFacts(data["title"], PostTier(data["tier"]), role, data["is_leading"], data["quota"])


class OrderForm(ReasonForm):
    """The units below, one code a line: cut and paste is how an officer brings a list into order."""

    order = forms.CharField(
        label=gettext_lazy("规范顺序"),
        help_text=gettext_lazy("一行一个单位，行首是机构编码。上下移动各行；不增加也不删除。"),
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 12}),
    )
    field_order = ["order", "reason"]

    def prepare(self) -> None:
        below = units_below(self.unit)
        self.fields["order"].initial = "\n".join(f"{unit.code} {unit.name}" for unit in below)

    def clean_order(self) -> list[Unit]:
        below = {unit.code: unit for unit in units_below(self.unit)}
        codes = [line.split()[0] for line in self.cleaned_data["order"].splitlines() if line.strip()]
        if unknown := [code for code in codes if code not in below]:
            raise forms.ValidationError(_("不是下级单位的编码：%(codes)s") % {"codes": listed(unknown)})
        if sorted(codes) != sorted(below):
            raise forms.ValidationError(_("每个下级单位要恰好出现一次，现有 %(count)s 个。") % {"count": len(below)})
        return [below[code] for code in codes]
