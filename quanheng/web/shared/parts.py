"""What the components are given: the contract between a page and templates/components/_*.html.

Plain frozen values, ready to print: no model, no query, no clock. The page has worded (and translated) the texts.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.forms import BaseForm
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Link:
    """A link or, with `off`, a step that is not open: it stays focusable and says why."""

    label: Text
    url: str = ""
    icon: str = ""
    off: Text = ""  # the reason why it is not open to this step


@dataclass(frozen=True, slots=True)
class AsOf:
    """Right end of the tab row."""

    moment: str  # 2026-11-20 08:00, or a date
    label: Text = _("数据截至")
    is_past: bool = False  # whole page recomputed for an earlier day: read-only, the bar is tinted
    today_url: str = ""
    choose_name: str = ""  # name of the date field, e.g. "on": shows 看某日的状态
    keep: tuple[tuple[str, str], ...] = ()  # other query parameters to keep
    changes_since: int = 0  # stale: that many changes since
    notice: Text = ""  # stale: what else is wrong with it
    refresh_url: str = ""  # POST target; csrf_token must be passed
    back: str = ""  # where the refresh leads back to


class Shape(StrEnum):
    """Shape of a verdict. The word is always printed beside it, but in matrices."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "person"
    WAIVED = "waived"
    NOT_APPLICABLE = "none"
    ERROR = "error"


WORDS: dict[Shape, Text] = {
    Shape.MET: _("符合"),
    Shape.NOT_MET: _("不符合"),
    Shape.UNKNOWN: _("缺材料"),
    Shape.NEEDS_PERSON: _("待认定"),
    Shape.WAIVED: _("破格已批"),
    Shape.NOT_APPLICABLE: _("不适用"),
    Shape.ERROR: _("出错"),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    shape: Shape
    text: Text = ""  # instead of the usual word: 两处不一, 缺 2 项
    remedy: Text = ""  # second line: 2027-03-18 起符合
    is_bare: bool = False  # matrix: shape alone, word in aria-label
    url: str = ""  # its evidence

    @property
    def word(self) -> Text:
        return self.text or WORDS[self.shape]


@dataclass(frozen=True, slots=True)
class UnitNode:
    key: str
    name: str
    url: str
    count: int
    words: str = ""  # what the filter box matches besides the name: initials, former names
    is_open: bool = False
    is_current: bool = False
    note: Text = ""  # 2025-03 并入…
    children: tuple["UnitNode", ...] = ()
    children_url: str = ""  # lazy: fetched at the first opening


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of the filter bar: `kind` is text, date, choice, many or range."""

    name: str
    label: Text
    kind: str = "text"
    value: Text = ""  # as shown on the bar: 不限, 35–50 岁
    is_set: bool = False
    is_optional: bool = False  # leaves the bar at 1400 px and less
    options: tuple[Option, ...] = ()
    low: str = ""
    high: str = ""
    unit: Text = ""
    hint: Text = ""

    @property
    def low_name(self) -> str:
        return f"{self.name}_from"

    @property
    def high_name(self) -> str:
        return f"{self.name}_to"


@dataclass(frozen=True, slots=True)
class Chip:
    label: Text
    remove_url: str


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a column; `kind` is the class of its cells: text, num, date, name, check, post."""

    key: str
    label: Text
    kind: str = "text"
    sort_url: str = ""
    sorted: str = ""  # ascending | descending
    is_optional: bool = False  # class opt: leaves at 1400 px and less

    @property
    def css(self) -> str:
        return f"c-{self.kind} opt" if self.is_optional else f"c-{self.kind}"


@dataclass(frozen=True, slots=True)
class Pager:
    total: int
    first: int
    last: int
    number: int
    pages: int
    previous_url: str = ""
    next_url: str = ""
    sizes: tuple[Option, ...] = ()  # value = URL
    unit: Text = _("人")
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text; `is_marked` marks operative words of an article."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    paragraphs: tuple[tuple[Run, ...], ...]
    instrument: str
    article: str
    in_force_from: str = ""
    sign_off: Text = ""  # 已签认 2026-06-01 何静 / 未签认，只提示
    attachment_url: str = ""
    is_paraphrase: bool = True  # printed under 条款要点, else 条款原文
    url: str = ""  # the page of the rule


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    value: str
    period: str = ""
    is_counted: bool = True
    why: Text = ""
    source: Text = ""
    checked: Text = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    label: Text
    value: Text
    note: Text = ""
    url: str = ""
    evidence_url: str = ""  # dotted


@dataclass(frozen=True, slots=True)
class Evidence:
    """The drawer, in its fixed order; what is empty is left out but for records and calculation."""

    claim: Text
    path: tuple[Text, ...] = ()
    value: Text = ""
    limit: Text = ""
    since: Text = ""  # 2022-04 起
    verdict: Verdict | None = None
    ruler: "Ruler | None" = None
    records: tuple[EvidenceRecord, ...] = ()
    records_absent: Text = ""  # why there are none
    sealed: int = 0  # records counted but not open to this reader
    law: Law | None = None
    law_absent: Text = ""  # why no article is shown
    calculation: tuple[Text, ...] = ()
    parameters: tuple[Fact, ...] = ()
    who: tuple[Fact, ...] = ()
    steps: tuple[Link, ...] = ()
    notices: tuple[Text, ...] = ()  # computed on old data, source missing, rule changed since
    citation: str = ""  # what 复制引用 copies
    previous_url: str = ""
    next_url: str = ""
    back_url: str = ""  # 关闭 without script


@dataclass(frozen=True, slots=True)
class Ruler:
    """Time or amount against its limit, drawn 0..100 wide."""

    value_width: int
    limit_at: int
    value_label: Text
    limit_label: Text
    start_label: Text = ""


class StepState(StrEnum):
    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    RETURNED = "returned"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class StepMark:
    name: Text
    state: StepState
    note: Text = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class GateItem:
    shape: Shape
    what: Text
    detail: Text = ""
    citation: Text = ""
    citation_url: str = ""
    action: Link | None = None


@dataclass(frozen=True, slots=True)
class Rail:
    name: Text
    url: str
    done: int
    total: int
    sentence: Text  # 考察 · 第 8 / 15 个工作日
    aside: Text = ""  # 还差 3 项
    fact: Text = ""

    @property
    def states(self) -> list[str]:
        return ["done" if at < self.done else "now" if at == self.done else "ahead" for at in range(self.total)]


@dataclass(frozen=True, slots=True)
class Job:
    done: int
    total: int
    seconds: int
    state: str  # waiting | running | done | failed
    unit: Text = _("人")
    poll_url: str = ""
    background_url: str = ""
    report: Link | None = None
    problem: Text = ""


@dataclass(frozen=True, slots=True)
class SearchHit:
    name: str
    detail: str  # unit and post, so that namesakes are told apart
    url: str


@dataclass(frozen=True, slots=True)
class SearchGroup:
    label: Text
    hits: tuple[SearchHit, ...]


@dataclass(frozen=True, slots=True)
class ErrorLine:
    text: Text
    field_id: str = ""


def error_lines(form: BaseForm) -> tuple[ErrorLine, ...]:
    """For the page summary: one line a message of a bound form, linked to its field."""
    lines: list[ErrorLine] = []
    for name, messages in form.errors.items():
        field_id = (form[name].id_for_label or form[name].auto_id) if name in form.fields else ""
        lines += [ErrorLine(str(text), field_id) for text in messages]
    return tuple(lines)
