"""The address of the 人员名册: its parameters as conditions, and conditions as parameters, chips and controls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import ManagementCategory
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.queries import TreeUnit
from quanheng.people.choices import CadreStatus, Sex
from quanheng.people.models import SavedQuery
from quanheng.people.roster import ORDERS, Filter
from quanheng.web.shared.parts import Chip, Condition, Option, Text
from quanheng.web.shared.wording import listed

SIZES = (14, 20, 50, 100)
DEFAULT_SIZE = 20
MAX_AGE = 150
NOT_SERVING = tuple(value for value in CadreStatus.values if value != CadreStatus.SERVING)
MANAGED = tuple(value for value in ManagementCategory.values if value != ManagementCategory.OTHER)

EDUCATION: Mapping[str, Text] = {
    "1": gettext_lazy("研究生"),
    "2": gettext_lazy("本科"),
    "3": gettext_lazy("专科及以下"),
}
GRADES: Mapping[str, Text] = {
    "any_excellent": gettext_lazy("有优秀"),
    "all_competent": gettext_lazy("均称职以上"),
}
ALSO: Mapping[str, Text] = {
    "female": gettext_lazy("女"),
    "male": gettext_lazy("男"),
    "minority": gettext_lazy("少数民族"),
    "han": gettext_lazy("汉族"),
    "non_party": gettext_lazy("党外"),
    "not_serving": gettext_lazy("非现职"),
}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the address asks for. `parameters` are those that were understood, in their normal form."""

    filter: Filter
    unit: TreeUnit | None
    units: tuple[TreeUnit, ...]  # the visible tree, in official order
    saved: tuple[SavedQuery, ...]
    is_all: bool  # 全部干部, staff included
    order: str
    descending: bool
    page: int
    size: int
    columns: tuple[str, ...]
    is_dense: bool
    also: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]

    def url(self, *left_out: str, **changes: object) -> str:
        """This address with some parameters changed; None removes one, and a change goes back to page 1."""
        removed = {*left_out, *changes, *(() if "page" in changes else ("page",))}
        kept = [(name, value) for name, value in self.parameters if name not in removed]
        added = [(name, str(value)) for name, value in changes.items() if value is not None]
        return f"?{urlencode([*kept, *added])}"

    @property
    def query(self) -> str:
        """The filter part, for saving and for exporting all pages."""
        return urlencode([pair for pair in self.parameters if pair[0] != "page"])


def parse(
    data: QueryDict,
    unit: TreeUnit | None,
    *,
    units: Sequence[TreeUnit],
    saved: Sequence[SavedQuery] = (),
    keys: Sequence[UUID] = (),
) -> ListQuery:
    """What cannot be understood is left out: an old address still opens the list."""
    order = data.get("sort", "official")
    name = order.lstrip("-")
    chosen = data.get("columns", "") or own_columns(saved)
    return ListQuery(
        filter=_filter(data, unit, keys),
        unit=unit,
        units=tuple(units),
        saved=tuple(saved),
        is_all=data.get("scope") == "all",
        order=name if name in ORDERS else "official",
        descending=order.startswith("-") and name in ORDERS,
        page=_number(data.get("page")) or 1,
        size=size if (size := _number(data.get("size"))) in SIZES else DEFAULT_SIZE,
        columns=tuple(filter(None, chosen.split(","))),
        is_dense=data.get("dense") == "1",
        also=_chosen(data, "also", ALSO),
        parameters=_understood(data),
    )


def own_columns(saved: Sequence[SavedQuery]) -> str:
    """我的列: the saved query without a name."""
    return next((row.query.removeprefix("columns=") for row in saved if not row.name), "")


def _filter(data: QueryDict, unit: TreeUnit | None, keys: Sequence[UUID]) -> Filter:
    also = set(_chosen(data, "also", ALSO))
    return Filter(
        text=data.get("q", "").strip()[:60],
        unit_path=unit.path if unit else "",
        with_subtree=data.get("below", "1") == "1",
        categories=() if data.get("scope") == "all" else MANAGED,
        tiers=_chosen(data, "tier", PostTier.values),
        ranks=_chosen(data, "rank", Rank.values),
        age_from=_age(data.get("age_from")),
        age_to=_age(data.get("age_to")),
        education=_chosen(data, "education", EDUCATION),
        grades=_known(data, "grades", GRADES),
        sex=_one_of(also, Sex.values),
        is_minority={"minority": True, "han": False}.get(_one_of(also, ("minority", "han"))),
        is_non_party="non_party" in also,
        statuses=NOT_SERVING if "not_serving" in also else (CadreStatus.SERVING.value,),
        keys=tuple(keys),
    )


def _chosen(data: QueryDict, name: str, known: Sequence[str] | Mapping[str, object]) -> tuple[str, ...]:
    return tuple(value for value in dict.fromkeys(data.getlist(name)) if value in known)


def _one_of(chosen: set[str], alternatives: Sequence[str]) -> str:
    """The alternative that was chosen; both of two narrow nothing."""
    found = [value for value in alternatives if value in chosen]
    return found[0] if len(found) == 1 else ""


def _known(data: QueryDict, name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    value = data.get(name, "")
    return value if value in known else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def _age(text: str | None) -> int | None:
    """Beyond what a calendar can be turned back by, it is no age."""
    number = _number(text)
    return number if number is not None and number <= MAX_AGE else None


_PARAMETERS = (
    "q", "unit", "below", "scope", "tier", "rank", "age_from", "age_to", "education", "grades", "also",
    "sort", "size", "columns", "dense", "page",
)  # fmt: skip


def _understood(data: QueryDict) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name in _PARAMETERS for value in data.getlist(name) if value)


def conditions(query: ListQuery) -> list[Condition]:
    """The controls of the filter bar, each with what is set."""
    wanted = query.filter
    return [
        Condition("q", _("姓名"), value=wanted.text, is_set=bool(wanted.text), hint=_("或首字母、证件后四位")),
        _many("tier", _("职务层次"), dict(PostTier.choices), wanted.tiers),
        _many("rank", _("职级"), dict(Rank.choices), wanted.ranks),
        _ages(wanted),
        _many("education", _("学历"), EDUCATION, wanted.education, is_optional=True),
        _one("grades", _("近三年考核"), GRADES, wanted.grades),
        _many("also", _("其他"), ALSO, query.also),
    ]


def _many(
    name: str, label: str, labels: Mapping[str, Text], chosen: Sequence[str], *, is_optional: bool = False
) -> Condition:
    options = tuple(Option(value, text, value in chosen) for value, text in labels.items())
    shown = listed(str(labels[value]) for value in chosen[:2]) + (_("等") if len(chosen) > 2 else "")
    return Condition(
        name, label, "many", shown or _("不限"), is_set=bool(chosen), options=options, is_optional=is_optional
    )


def _one(name: str, label: str, labels: Mapping[str, Text], chosen: str, *, is_optional: bool = False) -> Condition:
    options = (Option("", _("不限"), not chosen), *(Option(v, text, v == chosen) for v, text in labels.items()))
    value = labels[chosen] if chosen else _("不限")
    return Condition(name, label, "choice", value, is_set=bool(chosen), options=options, is_optional=is_optional)


def _ages(wanted: Filter) -> Condition:
    low, high = wanted.age_from, wanted.age_to
    return Condition(
        "age",
        _("年龄"),
        "range",
        age_text(wanted) or _("不限"),
        is_set=bool(age_text(wanted)),
        low="" if low is None else str(low),
        high="" if high is None else str(high),
        unit=_("岁"),
    )


def age_text(wanted: Filter) -> str:
    low, high = wanted.age_from, wanted.age_to
    if low is not None and high is not None:
        return _("%(low)s–%(high)s 岁") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s 岁以上") % {"low": low}
    return "" if high is None else _("%(high)s 岁以下") % {"high": high}


def chips(query: ListQuery, on: str) -> list[Chip]:
    """Each condition that narrows, with the address without it."""
    wanted = query.filter
    found: list[tuple[str, tuple[str, ...]]] = [(wanted.text, ("q",))]
    found += [(_labels(labels, values), (name,)) for name, labels, values in _chip_lists(wanted)]
    if age_text(wanted):
        found.append((_("年龄 %(age)s，按 %(on)s 计") % {"age": age_text(wanted), "on": on}, ("age_from", "age_to")))
    if wanted.grades:
        found.append((_("近三年考核%(what)s") % {"what": GRADES[wanted.grades]}, ("grades",)))
    found.append((_labels(ALSO, query.also), ("also",)))
    return [Chip(label, query.url(*names)) for label, names in found if label]


def _chip_lists(wanted: Filter) -> list[tuple[str, Mapping[str, Text], Sequence[str]]]:
    return [
        ("tier", dict(PostTier.choices), wanted.tiers),
        ("rank", dict(Rank.choices), wanted.ranks),
        ("education", EDUCATION, wanted.education),
    ]


def _labels(labels: Mapping[str, Text], values: Sequence[str]) -> str:
    return listed(str(labels[value]) for value in values)
