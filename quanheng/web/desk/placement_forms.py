"""Forms that add a person by hand and that move files."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import ManagementCategory
from quanheng.formats import codes
from quanheng.kernel.actor import Actor, Purpose
from quanheng.organization.models import Unit
from quanheng.organization.queries import named_unit, units_matching
from quanheng.people.choices import CadreStatus
from quanheng.web.desk.organization_forms import UnitField
from quanheng.web.desk.reason_field import reason_field
from quanheng.web.shared.wording import bracketed, listed


def _text(label: Any, hint: Any = "", *, length: int = 60, required: bool = False) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, max_length=length, required=required, widget=widget)


def _select(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, widget=forms.Select(attrs={"class": "form-select"})
    )


class PlaceForm(forms.Form):
    """Where a file lies. `unit` gives the Unit, or None where it may stay."""

    unit = UnitField(label=gettext_lazy("归入单位"))
    category = _select(gettext_lazy("管理类别"), ())
    reason = reason_field()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self._offer_categories()

    def _offer_categories(self) -> None:
        granted = {
            name for grant in self.actor.grants if Purpose.MANAGEMENT in grant.purposes for name in grant.categories
        }
        choices = [(value, label) for value, label in ManagementCategory.choices if value in granted]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices if field.required else [("", _("不变")), *choices]

    def clean_unit(self) -> Unit | None:
        text = self.cleaned_data["unit"].strip()
        if not text:
            return None
        found = named_unit(self.actor, text)
        if found is None:
            near = listed(bracketed(unit.name, unit.code) for unit in units_matching(self.actor, text, limit=3))
            words = (
                _("没有找到这个单位。是不是：%(near)s？")
                if near
                else _("没有找到这个单位，或它不在本账号的管理范围内。")
            )
            raise forms.ValidationError(words % {"near": near} if near else words)
        return found


class NewCadreForm(PlaceForm):
    name = _text(gettext_lazy("姓名"), gettext_lazy("与户籍一致；少数民族姓名用间隔点 ·"), required=True)
    sex = _select(gettext_lazy("性别"), [("", ""), ("男", gettext_lazy("男")), ("女", gettext_lazy("女"))])
    birth = _text(gettext_lazy("出生年月"), gettext_lazy("例如 1985.03"), length=10, required=True)
    ethnicity = _select(gettext_lazy("民族"), [(name, name) for name in codes.table("ethnic_groups").names.values()])
    native_place = _text(gettext_lazy("籍贯"))
    birth_place = _text(gettext_lazy("出生地"))
    party_joining = _text(gettext_lazy("入党时间"), gettext_lazy("年月，或党派名称、无党派、群众"))
    work_start = _text(gettext_lazy("参加工作时间"), gettext_lazy("例如 2007.07"), length=10)
    identity_number = _text(gettext_lazy("身份证号"), gettext_lazy("加密保存，用来查重"), length=18)
    is_another = forms.BooleanField(
        label=gettext_lazy("已核对：与同名同年月的那一位不是同一个人"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    TEXTS = (
        "name", "sex", "birth", "ethnicity", "native_place", "birth_place", "party_joining", "work_start",
        "identity_number",
    )  # fmt: skip

    field_order = (*TEXTS, "unit", "category", "is_another", "reason")

    def texts(self) -> dict[str, str]:
        return {key: self.cleaned_data[key] for key in self.TEXTS}


class MoveForm(PlaceForm):
    """Blank stays as it is, for each of the files."""

    status = _select(gettext_lazy("人员状态"), [("", gettext_lazy("不变")), *CadreStatus.choices], required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].required = self.fields["category"].required = False
        self._offer_categories()
