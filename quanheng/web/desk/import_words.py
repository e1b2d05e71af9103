"""Words of the import: where in a file something is, how it was read, why somebody is left out."""

import re
from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.formats import elements
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.lrmx import CannotRead
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.models import ImportItem
from quanheng.kernel.errors import Refused
from quanheng.people.fields import BY_KEY
from quanheng.web.shared.element_words import LABELS
from quanheng.web.shared.finding_words import error_reason
from quanheng.web.shared.parts import Text
from quanheng.web.shared.refusals import sentence

IDENTITY = "identity_number"
_RELATIVE = re.compile(r"JiaTingChengYuan/Item\[(\d+)\]/(\w+)")
_LINE = re.compile(r"JianLi/(\d+)")
STUDY_LABELS: Mapping[str, Text] = {
    "full_time": gettext_lazy("全日制教育"),
    "on_job": gettext_lazy("在职教育"),
}
MATCHED: Mapping[str, Text] = {
    ImportMatch.UNCHANGED: gettext_lazy("与登记的一致，不用更新。"),
    ImportMatch.OUT_OF_SCOPE: gettext_lazy("这个人不能由本账号导入：身份证号已在别处登记。请由负责的工作人员导入。"),
    ImportMatch.DUPLICATE: gettext_lazy("登记册里有同名同出生年月的人，没有判定是不是同一人。"),
}


def group_label(group: str) -> Text:
    """A group of the difference, as the form names it."""
    return STUDY_LABELS.get(group) or LABELS[group]


def path_of(place: str) -> str:
    """Where a correction of this place goes: `birth`, `family/2/birth`, `resume`; nothing where none can be typed."""
    if _LINE.fullmatch(place):
        return "resume"
    if relative := _RELATIVE.fullmatch(place):
        element = elements.FAMILY_BY_TAG.get(relative[2])
        return f"family/{relative[1]}/{element.attribute}" if element else ""
    element = elements.BY_TAG.get(place.split("[")[0])
    no_text = (elements.Kind.PHOTO, elements.Kind.FAMILY, elements.Kind.VERSION)
    return element.attribute if element and element.kind not in no_text else ""


def is_place(form: AppointmentForm, path: str) -> bool:
    """Whether a path that was posted names a text of the form."""
    parts = path.split("/")
    if len(parts) == 3 and parts[0] == "family":
        return parts[1].isdecimal() and parts[2] in _RELATIVE_TEXTS
    return path in elements.BY_ATTRIBUTE and isinstance(getattr(form, path), str)


_RELATIVE_TEXTS = frozenset(element.attribute for element in elements.FAMILY_ELEMENTS)


def text_at(form: AppointmentForm, path: str) -> str:
    if path.startswith("family/"):
        _group, index, attribute = path.split("/")
        relatives = form.family[int(index) - 1 : int(index)]
        return str(getattr(relatives[0], attribute)) if relatives else ""
    return str(getattr(form, path)) if path else ""


def our_reading(form: AppointmentForm, path: str) -> str:
    """What goes into the register as things stand: the value, or that there is none yet."""
    text, spec = text_at(form, path), BY_KEY.get(path)
    if spec is None or not text:
        return text
    columns, is_flagged = spec.parse(text)
    value = columns[spec.columns[0]]
    if is_flagged:
        return _("照原文留着，标出来") if value else _("读不出，先空着")
    return f"{value:%Y-%m}" if isinstance(value, date) else text


def masked(number: str) -> str:
    """An identity number in a list: enough to tell two apart, not enough to use."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 4)}{number[-4:]}" if len(number) > 10 else "*" * len(number)


def left_out(item: ImportItem) -> str:
    """Why this person is not taken, in a sentence."""
    if item.match == ImportMatch.UNREADABLE:
        facts = (item.reading or {}).get("facts", {})
        return error_reason(CannotRead(item.error, **facts))
    if item.error:
        return sentence(Refused(item.error))
    if item.match in MATCHED:
        return str(MATCHED[item.match])
    return _("核对时选了跳过。") if item.decision == ImportDecision.SKIP else ""


WRITTEN: Mapping[str, Text] = {
    ImportMatch.NEW: gettext_lazy("新建档案"),
    ImportMatch.CHANGED: gettext_lazy("更新档案"),
}
DECISIONS: Mapping[str, Text] = {
    ImportDecision.PENDING: gettext_lazy("还没决定"),
    ImportDecision.ACCEPT: gettext_lazy("采用"),
    ImportDecision.SKIP: gettext_lazy("跳过"),
}


def failure(code: str, state: str) -> str:
    """A task that could not finish: what is safe, and why."""
    if state != ImportState.FAILED:
        return ""
    kept = _("没有写入任何人的档案，选的文件和改过的内容都还在。")
    return kept if code == "unexpected" else f"{sentence(Refused(code))}{kept}"
