"""The reason that a person gives for a step, as every form of the desk asks for it. It is written into the ledger."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from quanheng.people.actions import MIN_REASON

HELP = gettext_lazy("不少于 10 个字；写入台账，以后可查。")


def reason_field(help_text: Any = HELP) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("理由"),
        min_length=MIN_REASON,
        error_messages={"min_length": gettext_lazy("理由不少于 10 个字；写入台账，以后可查。")},
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 2}),
    )
