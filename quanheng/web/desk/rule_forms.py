"""Forms of the steps on a rule. What the actions refuse is theirs to say; here only what cannot be read."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from quanheng.instruments.actions import MAX_PAPER, Paper
from quanheng.web.desk.reason_field import reason_field


def _day(label: Any, help_text: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def _document(help_text: Any, *, required: bool) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"})
    return forms.CharField(label=_("文号"), max_length=120, required=required, help_text=help_text, widget=widget)


class SignForm(forms.Form):
    """`is_confirmed` is the statement that stands over the button: nobody signs by a stray click."""

    document = _document(_("正式文本的文号，例如：中办发〔2019〕1号"), required=False)
    paper = forms.FileField(
        label=_("正式文本"),
        required=False,
        help_text=_("PDF、图片、docx 或 ofd，不超过 20 MB；存入系统，签认以后随时可以打开核对。"),
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": ".pdf,.png,.jpg,.jpeg,.docx,.ofd"}),
    )
    used_from = _day(_("启用日"), _("从这天起用于检查；现行规则不早于今天。"))
    is_confirmed = forms.BooleanField(
        label=_("我已对照正式文本逐字核对条款、参数和判断办法"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": _("核对以后勾选这一项，再签认。")},
    )

    def __init__(self, *args: Any, today: date, needs_paper: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["used_from"].initial = today
        self.needs_paper = needs_paper
        if needs_paper:
            self.fields["paper"].required = True
            self.fields["paper"].error_messages["required"] = _(
                "项目组没有见过这一条的现行文本，只填文号不够。请附正式文本的文件。"
            )

    def clean_paper(self) -> "UploadedFile[bytes] | None":
        """Said before it is read into memory."""
        file: UploadedFile[bytes] | None = self.cleaned_data["paper"]
        if file and (file.size or 0) > MAX_PAPER:
            raise forms.ValidationError(_("文件超过 20 MB，没有收下。请缩小后再附。"))
        return file

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"document": data["document"], "paper": _read(data["paper"]), "used_from": data["used_from"]}


def _read(file: "UploadedFile[bytes] | None") -> Paper | None:
    return Paper(file.name or "", file.read()) if file else None


class CountersignForm(forms.Form):
    is_confirmed = forms.BooleanField(
        label=_("我已另行对照正式文本逐字核对条款、参数和判断办法"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        error_messages={"required": _("核对以后勾选这一项，再签认。")},
    )

    def given(self) -> dict[str, Any]:
        return {}


class WithdrawForm(forms.Form):
    reason = reason_field()

    def given(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


class SwitchForm(forms.Form):
    value = forms.ChoiceField(label=_("取值"), widget=forms.RadioSelect(attrs={"class": "form-check-input"}))
    valid_from = _day(_("起算日"), _("从这天起按新的取值；已按原口径办的事不追溯，不早于今天。"))
    document = _document(_("决定这个口径的文件或会议纪要，没有可不填。"), required=False)
    reason = reason_field()

    def __init__(self, *args: Any, choices: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["value"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.fields["valid_from"].initial = today


class LocalRuleForm(forms.Form):
    parameter = forms.ChoiceField(label=_("参数"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    value = forms.CharField(
        label=_("本地的数"),
        max_length=12,
        required=False,
        help_text=_("年、月、日、次数填整数，比例填 1/4 或 25%；只能比中央规定更严。"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    document = _document(_("本地规定的文号，例如：示组发〔2026〕12号"), required=True)
    valid_from = _day(_("施行日"), _("本地规定写明的施行日期。"))
    reason = reason_field()

    def __init__(self, *args: Any, choices: list[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parameter"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        self.fields["valid_from"].initial = today

    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class EndLocalRuleForm(forms.Form):
    valid_to = _day(_("终止日"), _("从这天起回到中央规定；不早于今天。"))
    reason = reason_field()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].initial = today

    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
