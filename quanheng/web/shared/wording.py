"""Punctuation of the language in use: lists, and a code in brackets after a name."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def listed(texts: Iterable[object], mark: str = "、") -> str:
    """组织部、人事处; in English with a comma. `mark` is the Chinese one: 、 or ， or ；"""
    marks = {"、": _("、"), "，": _("，"), "；": _("；")}
    return marks[mark].join(str(text) for text in texts)


def bracketed(text: str, inside: str) -> str:
    return _("%(text)s（%(inside)s）") % {"text": text, "inside": inside}


def stated(label: str, value: str) -> str:
    return _("%(label)s：%(value)s") % {"label": label, "value": value}


def people_text(count: int) -> str:
    return ngettext("%(count)s 人", "%(count)s 人", count) % {"count": f"{count:,}"}


def units_text(count: int) -> str:
    return ngettext("%(count)s 个单位", "%(count)s 个单位", count) % {"count": f"{count:,}"}
