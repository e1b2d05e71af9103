"""Forms of the import. What the steps refuse is theirs to say; here only what cannot be read."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import ManagementCategory
from quanheng.intake.choices import ImportDecision
from quanheng.intake.queries import LISTS
from quanheng.kernel.actor import Actor, Purpose
from quanheng.organization.models import Unit
from quanheng.organization.queries import named_unit, units_matching
from quanheng.web.shared.wording import bracketed, listed

MAX_REQUEST = 2**30  # bytes of one upload, all files together


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is checked alike."""

    def clean(self, value: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        files = value if isinstance(value, list | tuple) else [value] if value else []
        if not files:
            raise forms.ValidationError(_("还没有选文件。请选 .lrmx 文件，或 .lrmx 文件的 zip 压缩包。"))
        return [super(FilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    upload = FilesField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "选一个或多个 .lrmx 文件，也可选 zip 压缩包；也可把文件拖到这里。"
            "一次合计不超过 1 GB，一个人的文件不超过 16 MB。"
        ),
        widget=FilesInput(
            attrs={
                "class": "form-control",
                "accept": ".lrmx,.zip",
                "multiple": True,
                "data-max-bytes": str(MAX_REQUEST),
            }
        ),
        allow_empty_file=True,  # an empty file is one file that cannot be read, not a reason to refuse the others
        max_length=400,
    )
    unit = forms.CharField(
        label=gettext_lazy("新增的人归入哪个单位"),
        max_length=120,
        help_text=gettext_lazy("写机构编码或全称，边写边提示。已登记的人仍在原单位。"),
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "list": "unit-options",
                "hx-get": reverse_lazy("desk:unit-options"),
                "hx-trigger": "input changed delay:200ms",
                "hx-target": "#unit-options",
            }
        ),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("新增的人的管理类别"), widget=forms.Select(attrs={"class": "form-select"})
    )
    sender = forms.CharField(
        label=gettext_lazy("报送单位"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("可不填。填了，对照时改过的写法可以记住，下次同一单位报来的照样读。"),
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off", "list": "sender-options"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.fields["upload"].widget.attrs["data-too-large"] = _("选的文件合计超过 1 GB。请分几次选。")
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        category.choices = _categories_of(actor)

    def clean_unit(self) -> Unit:
        text = self.cleaned_data["unit"]
        unit = named_unit(self.actor, text)
        if unit is not None:
            return unit
        near = listed(bracketed(found.name, found.code) for found in units_matching(self.actor, text, limit=3))
        raise forms.ValidationError(
            _("没有找到这个单位。是不是：%(near)s？") % {"near": near}
            if near
            else _("没有找到这个单位，或它不在本账号的管理范围内。")
        )


def _categories_of(actor: Actor) -> list[tuple[str, Any]]:
    """Only those under which the actor may put somebody; the city's cadres first, as the most usual."""
    granted = {value for grant in actor.grants if Purpose.MANAGEMENT in grant.purposes for value in grant.categories}
    order = sorted(granted & set(ManagementCategory.values), key=lambda value: value != ManagementCategory.CITY)
    return [(value, ManagementCategory(value).label) for value in order]


class DecisionForm(forms.Form):
    """One button of a list: one person, or all of the list."""

    list = forms.ChoiceField(choices=[(name, name) for name in LISTS])
    page = forms.IntegerField(min_value=1, required=False)
    accept = forms.CharField(required=False)
    skip = forms.CharField(required=False)

    def decision(self) -> ImportDecision:
        return ImportDecision.ACCEPT if self.cleaned_data["accept"] else ImportDecision.SKIP

    def asked(self) -> str:
        """A key, or `all`."""
        return str(self.cleaned_data["accept"] or self.cleaned_data["skip"])
