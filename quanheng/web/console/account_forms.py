"""What the security administrator types. Shapes only: what may be given to whom is decided by accounts.actions."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.actions import REASON_MINIMUM
from quanheng.accounts.choices import ManagementCategory, PurposeChoice, RoleChoice
from quanheng.accounts.queries import grantable_unit, grantable_units
from quanheng.kernel.actor import Actor
from quanheng.organization.models import Unit

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

CONTROL = {"class": "form-control"}
CHECK = {"class": "form-check-input"}


def _wanted(what: "StrPromise", **more: "StrPromise") -> dict[str, "StrPromise"]:
    """The summary on top of the page lists errors without their fields: each must name its own."""
    return {"required": format_lazy(gettext_lazy("还没有填：{what}。"), what=what), **more}


def _text(label: "StrPromise", hint: "StrPromise | str" = "") -> forms.CharField:
    widget = forms.TextInput(attrs={**CONTROL, "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, max_length=60, widget=widget, error_messages=_wanted(label))


def _boxes(label: "StrPromise", choices: list[tuple[str, Any]]) -> forms.MultipleChoiceField:
    wrong = gettext_lazy("所选的不在表内。请从页面上重新选。")
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
        error_messages=_wanted(label, invalid_choice=wrong),
    )


def _first_day() -> forms.DateField:
    label = gettext_lazy("起日")
    return forms.DateField(label=label, widget=_day_input(), error_messages=_wanted(label))


def _last_day(hint: "StrPromise") -> forms.DateField:
    return forms.DateField(label=gettext_lazy("止日"), help_text=hint, required=False, widget=_day_input())


def _day_input() -> forms.DateInput:
    return forms.DateInput(attrs={**CONTROL, "type": "date"}, format="%Y-%m-%d")


class UnitForm(forms.Form):
    """A unit is searched for: a text, then one of what it finds. Without script, sending once offers the choice."""

    unit_text = _text(gettext_lazy("单位"), gettext_lazy("输入单位名称、拼音首字母或代码，再选一个。"))
    unit = forms.UUIDField(required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.choices: list[Unit] = []

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        chosen = values.get("unit") and grantable_unit(self.actor, values["unit"])
        self.choices = [chosen] if chosen else grantable_units(self.actor, values.get("unit_text", ""))
        if len(self.choices) == 1:
            values["unit"] = self.choices[0]
        elif values.get("unit_text"):
            values["unit"] = None
            self.add_error("unit_text", _("找到 %(count)s 个单位，请选一个。") % {"count": len(self.choices)})
        return values


class AccountForm(UnitForm):
    username = forms.RegexField(
        r"^[a-z][a-z0-9._-]{1,59}$",
        label=gettext_lazy("账号名"),
        help_text=gettext_lazy("小写字母开头，可有数字、点和横线；以后不改。"),
        widget=forms.TextInput(attrs={**CONTROL, "autocomplete": "off"}),
        error_messages=_wanted(
            gettext_lazy("账号名"), invalid=gettext_lazy("账号名用小写字母开头，至少两个字符，可有数字、点和横线。")
        ),
    )
    name = _text(gettext_lazy("姓名"))
    office = _text(gettext_lazy("科室"))
    field_order = ("username", "name", "office", "unit_text", "unit")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        help_text=gettext_lazy("不少于 10 个字；写入台账，以后可查。"),
        min_length=REASON_MINIMUM,
        error_messages=_wanted(
            gettext_lazy("理由"), min_length=gettext_lazy("理由不少于 10 个字；写入台账，以后可查。")
        ),
        widget=forms.Textarea(attrs={**CONTROL, "rows": "2"}),
    )


class RoleForm(ReasonForm):
    role = forms.ChoiceField(
        label=gettext_lazy("角色"),
        choices=[("", gettext_lazy("请选")), *RoleChoice.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages=_wanted(gettext_lazy("角色")),
    )
    valid_from = _first_day()
    valid_to = _last_day(gettext_lazy("从这天起失效；不填则到结束为止。"))
    field_order = ("role", "valid_from", "valid_to", "reason")


class GrantForm(UnitForm, ReasonForm):
    categories = _boxes(gettext_lazy("干部类别"), ManagementCategory.choices)
    purposes = _boxes(gettext_lazy("用途"), PurposeChoice.choices)
    valid_from = _first_day()
    valid_to = _last_day(gettext_lazy("从这天起失效；不填则到收回为止。"))
