"""Forms of changes of a file. What an act refuses is its own to say; here only what cannot be read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.kernel.actor import Actor
from quanheng.people.choices import KinTieState, VerificationResult
from quanheng.people.fields import month_of
from quanheng.people.models import Cadre
from quanheng.people.models.records import DossierRecord
from quanheng.web.desk.reason_field import reason_field
from quanheng.web.shared.parts import Text


def text_input(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", **attrs})


def text(label: Any, *, required: bool = True, length: int = 120, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=length, required=required, widget=text_input(), help_text=hint)


def lines(label: Any, *, required: bool = True, rows: int = 2, hint: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"class": "form-control", "rows": rows})
    return forms.CharField(label=label, required=required, widget=widget, help_text=hint)


def choice(label: Any, choices: Any, *, required: bool = True) -> forms.ChoiceField:
    options = choices if required else [("", gettext_lazy("未填")), *choices]
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, choices=options, required=required, widget=widget)


def number(label: Any, *, least: int = 0, most: int = 32767, required: bool = True) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"class": "form-control"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=required, widget=widget)


def tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"class": "form-check-input"})
    )


class DayField(forms.Field):
    """A month as the files write it, or a whole date; a month means its first day."""

    def __init__(self, label: Any, *, required: bool = True, hint: Any = "") -> None:
        told = hint or gettext_lazy("写作 2022.04、202204 或 2022-04-15。")
        super().__init__(label=label, required=required, widget=text_input(maxlength="20"), help_text=told)

    def to_python(self, value: Any) -> Any:
        raw = str(value or "").strip()
        if not raw:
            return None
        day = read_day(raw)
        if day is None:
            raise forms.ValidationError(_("“%(raw)s”不是年月，也不是日期。") % {"raw": raw})
        return day

    def prepare_value(self, value: Any) -> Any:
        """Months as they are read everywhere: 2022.04."""
        if isinstance(value, date):
            return f"{value:%Y.%m}" if value.day == 1 else value.isoformat()
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(read_day(str(data or "")) != initial)


def read_day(raw: str) -> date | None:
    """A whole date where one is written, else the first day of the month; None for neither."""
    digits = raw.strip().replace(".", "-").replace("/", "-")
    try:
        return date.fromisoformat(digits)
    except ValueError:
        return month_of(raw.strip())


class ChangeForm(forms.Form):
    """Reason, and the revision of the file that the officer was looking at."""

    reason = reason_field(gettext_lazy("必填，不少于 10 个字；写入台账，以后可查。"))
    expected_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, actor: Actor, cadre: Cadre, today: date, record: DossierRecord | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.cadre, self.today, self.record = actor, cadre, today, record
        self.fields["expected_revision"].initial = cadre.revision
        self.prepare()
        last = ("source_field", "reason", "expected_revision")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def prepare(self) -> None:
        """What the fields hold at first, and what may be chosen."""

    @property
    def given(self) -> dict[str, Any]:
        """What every action takes."""
        return {"reason": self.cleaned_data["reason"], "expected_revision": self.cleaned_data["expected_revision"]}


class FieldForm(ChangeForm):
    """One value of the identity part as text of the form."""

    raw = forms.CharField(required=False, max_length=240, strip=True, widget=text_input())

    def offer(self, label: Any, value: str, hint: Text) -> None:
        self.fields["raw"].label, self.fields["raw"].initial = str(label), value
        self.fields["raw"].help_text = str(hint)


class WithdrawForm(ChangeForm):
    """Nothing but the reason."""


class UndoForm(ChangeForm):
    """Nothing but the reason."""


class VerifyForm(ChangeForm):
    result = choice(gettext_lazy("核对结果"), VerificationResult.choices)
    materials = text(
        gettext_lazy("核对的材料"), length=240, hint=gettext_lazy("例如：入党志愿书、学信报告；两处不一的写明哪两处。")
    )

    def prepare(self) -> None:
        """No choice made beforehand; the materials are the reason."""
        del self.fields["reason"]
        field = self.fields["result"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("请选择")), *VerificationResult.choices]


class KinForm(ChangeForm):
    state = choice(gettext_lazy("认定"), ())

    def prepare(self) -> None:
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        labels: Mapping[str, Text] = {
            KinTieState.CONFIRMED.value: _("是同一人，确认亲属关系"),
            KinTieState.REJECTED.value: _("不是同一人，排除"),
        }
        field.choices = [("", _("请选择")), *labels.items()]
