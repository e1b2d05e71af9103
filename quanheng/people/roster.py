"""The 人员名册: filter, order, page and count what an actor may see.

One grouped count gives the total, the numbers beside the unit tree and the place of a page in the
official order, so that a page far behind costs no more than the first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from quanheng.formats import codes
from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.period import add_months, contains
from quanheng.people import access
from quanheng.people.choices import AssessmentGrade, HoldingKind
from quanheng.people.facts import TIER_ORDER
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    PostHolding,
    RankHolding,
    ResumeEntry,
    StatedForm,
    Verification,
)
from quanheng.people.queries import records_of, verifications_of
from quanheng.vault.fields import blind_index_of

MINORITIES = tuple(code for code in codes.table("ethnic_groups").names if code.isdigit() and 2 <= int(code) <= 56)
ORDERS: Mapping[str, tuple[str, ...]] = {
    "official": (),  # 机构规范顺序
    "name": ("sort_name", "pk"),
    "birth": ("birth_month", "pk"),
    "work": ("work_start_month", "pk"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions of a list; an empty one does not narrow."""

    text: str = ""  # name, pinyin, initials, or the last four of the identity number
    unit_path: str = ""
    with_subtree: bool = True
    categories: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    age_from: int | None = None  # completed years, both ends inclusive
    age_to: int | None = None
    education: tuple[str, ...] = ()  # first characters of ZB64 codes: 1, 2, 3
    grades: str = ""  # "any_excellent" or "all_competent" within the last three years
    sex: str = ""
    is_minority: bool | None = None
    is_non_party: bool = False  # 党外: neither member nor probationary member
    statuses: tuple[str, ...] = ()
    keys: tuple[UUID, ...] = ()  # chosen rows


@dataclass(frozen=True, slots=True)
class Row:
    """A list row: the cadre with the few records its columns need. Serves the facts as a Dossier does."""

    cadre: Cadre
    on: date
    posts: Sequence[PostHolding] = ()
    ranks: Sequence[RankHolding] = ()
    educations: Sequence[Education] = ()
    grades: Sequence[AnnualGrade] = ()
    verifications: Sequence[Verification] = ()
    stated_post: str = ""
    resume: Sequence[ResumeEntry] = ()

    @property
    def current_posts(self) -> list[PostHolding]:
        posts = [post for post in self.posts if contains(post.valid_from, post.valid_to, self.on)]
        return sorted(posts, key=lambda post: (not post.is_primary, post.order, post.valid_from))


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[Row]
    total: int
    number: int  # from 1
    size: int
    by_unit: Mapping[UUID, int] = field(default_factory=dict)  # of the whole result
    in_scope: Mapping[UUID, int] = field(default_factory=dict)  # of what the conditions were asked of

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)


def find_cadres(
    actor: Actor, conditions: Filter, on: date, *, purpose: Purpose | None = None, are_few: bool | None = None
) -> QuerySet[Cadre]:
    """Visible cadres that meet the conditions on the date; unordered.

    Where few cadres are in question, records are asked of each in turn; else they are found first, by their index.
    The answer is the same. Without `are_few`, a unit, a text or chosen rows make few.
    """
    if are_few is None:
        are_few = bool(conditions.unit_path or conditions.text.strip() or conditions.keys)
    cadres = access.visible_cadres(actor, purpose=purpose).filter(_own_columns(conditions, on))
    for condition in _records(conditions, on, _one_by_one if are_few else _by_list):
        cadres = cadres.filter(condition)
    return cadres


def _own_columns(wanted: Filter, on: date) -> Q:
    condition = Q()
    if wanted.unit_path:
        inside = access.units_below(wanted.unit_path)
        condition &= inside if wanted.with_subtree else Q(home_unit__path=wanted.unit_path)
    for column, values in (
        ("management_category", wanted.categories),
        ("status", wanted.statuses),
        ("pk", wanted.keys),
    ):
        condition &= Q(**{f"{column}__in": values}) if values else Q()
    condition &= Q(sex=wanted.sex) if wanted.sex else Q()
    if wanted.is_minority is not None:
        condition &= Q(ethnicity__in=MINORITIES) if wanted.is_minority else Q(ethnicity="01")
    if wanted.is_non_party:
        condition &= ~Q(political_affiliation__in=["01", "02", ""])
    return condition & _born(wanted, on) & _named(wanted.text)


def _born(wanted: Filter, on: date) -> Q:
    """Ages count by month: who turns 35 in this month is 35."""
    this_month = on.replace(day=1)
    condition = Q()
    if wanted.age_from is not None:
        condition &= Q(birth_month__lte=add_months(this_month, -12 * wanted.age_from))
    if wanted.age_to is not None:
        condition &= Q(birth_month__gt=add_months(this_month, -12 * (wanted.age_to + 1)))
    return condition


def _named(text: str) -> Q:
    text = text.strip().lower()
    condition = Q()
    for word in text.split():
        if len(word) == 4 and word[:3].isdigit() and (word[3].isdigit() or word[3] == "x"):
            tail = blind_index_of(Cadre, "identity_tail_index", word.upper())
            condition &= Q(identity_tail_index=tail)
        else:
            condition &= Q(search_text__contains=word)
    return condition


Whose = Callable[[QuerySet[Any]], Q]  # those who have such a record


def _by_list(records: QuerySet[Any]) -> Q:
    return Q(pk__in=records.filter(withdrawn_at=None).values("cadre"))


def _one_by_one(records: QuerySet[Any]) -> Q:
    """Also for those who must not have one: PostgreSQL makes no plan of its own for a list that is denied."""
    return Q(Exists(records.filter(cadre=OuterRef("pk"), withdrawn_at=None)))


def _current(model: type[PostHolding] | type[RankHolding], on: date) -> QuerySet[Any]:
    return model.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


def _records(wanted: Filter, on: date, whose: Whose) -> Iterable[Q]:
    if wanted.tiers:
        yield _tiered(wanted.tiers, on, whose)
    if wanted.ranks:
        yield whose(_current(RankHolding, on).filter(rank__in=wanted.ranks))
    if wanted.education:
        yield _educated(wanted.education, on, whose)
    if wanted.grades:
        yield _graded(wanted.grades, on, whose)


def _tiered(tiers: Sequence[str], on: date, whose: Whose) -> Q:
    """Who holds one of these tiers and none above all of them; a secondment gives no tier."""
    held = _current(PostHolding, on).exclude(kind=HoldingKind.SECONDMENT)
    highest = min(TIER_ORDER[tier] for tier in tiers)
    above = [tier for tier, order in TIER_ORDER.items() if order < highest]
    return whose(held.filter(tier__in=tiers)) & ~_one_by_one(held.filter(tier__in=above))


def _educated(groups: Sequence[str], on: date, whose: Whose) -> Q:
    """Whose highest level reached by the date is in one of these groups of ZB64 (1 above 2 above 3)."""
    reached = Education.objects.filter(Q(valid_to=None) | Q(valid_to__lte=on))
    condition = Q()
    for group in groups:
        highest = whose(reached.filter(level_code__startswith=group))
        for above in range(1, int(group)):
            highest &= ~_one_by_one(reached.filter(level_code__startswith=str(above)))
        condition |= highest
    return condition


_COMPETENT = (AssessmentGrade.EXCELLENT, AssessmentGrade.COMPETENT)


def _graded(wanted: str, on: date, whose: Whose) -> Q:
    """In each of the last three complete years, or in any of them; a year without a record is not competent."""
    years = [on.year - 1, on.year - 2, on.year - 3]
    given = AnnualGrade.objects.filter(year__in=years)
    if wanted == "any_excellent":
        return whose(given.filter(grade=AssessmentGrade.EXCELLENT))
    competent = given.filter(grade__in=_COMPETENT).values("cadre").alias(years=Count("year"))
    return whose(competent.filter(years=len(years)))  # a person has one record a year


def counts_by_unit(cadres: QuerySet[Cadre]) -> dict[UUID, int]:
    return dict(_counts(cadres))


def _counts(cadres: QuerySet[Cadre]) -> QuerySet[Any, Any]:
    return cadres.order_by().values_list("home_unit").annotate(count=Count("*"))


def _counts_with_scope(
    actor: Actor, wanted: Filter, cadres: QuerySet[Cadre], on: date
) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """By unit: those who meet the conditions, and those of whom they were asked. One query."""
    everybody = Filter(categories=wanted.categories, statuses=wanted.statuses)
    if wanted == everybody:
        found = counts_by_unit(cadres)
        return found, found
    scope = _counts(find_cadres(actor, everybody, on)).annotate(part=Value(1))
    parts: tuple[dict[UUID, int], dict[UUID, int]] = ({}, {})
    for unit, count, part in _counts(cadres).annotate(part=Value(0)).union(scope, all=True):
        parts[part][unit] = count
    return parts


@dataclass(frozen=True, slots=True)
class Paging:
    order: str = "official"  # of ORDERS
    descending: bool = False
    number: int = 1
    size: int = 20


def roster_page(
    actor: Actor,
    wanted: Filter,
    on: date,
    paging: Paging,
    *,
    units: Sequence[UUID],
    needs: frozenset[str] = frozenset(),
) -> Page:
    """One page of the list. `units` are the visible ones in official order; a number beyond the end gives the last.

    `needs` are the kinds of records that the columns read.
    """
    cadres = find_cadres(actor, wanted, on)
    by_unit, in_scope = _counts_with_scope(actor, wanted, cadres, on)
    total = sum(by_unit.values())
    number = max(1, min(paging.number, -(-total // paging.size)))
    window = slice((number - 1) * paging.size, number * paging.size)
    if paging.order == "official":
        few = find_cadres(actor, wanted, on, are_few=True)
        chosen = _official(few, [(unit, by_unit[unit]) for unit in units if unit in by_unit], window)
    else:
        chosen = list(_sorted(cadres, paging)[window])
    return Page(rows_of(chosen, on, needs), total, number, paging.size, by_unit, in_scope)


def _sorted(cadres: QuerySet[Cadre], paging: Paging) -> QuerySet[Cadre]:
    column, tie = ORDERS[paging.order]
    first = F(column).desc(nulls_last=True) if paging.descending else F(column).asc(nulls_last=True)
    return cadres.select_related("home_unit").order_by(first, tie)


def _official(cadres: QuerySet[Cadre], counts: Sequence[tuple[UUID, int]], window: slice) -> list[Cadre]:
    """Units in the order of the tree, within each its own list. Only the units the page falls into are read."""
    chosen: list[UUID] = []
    before = start = 0
    for unit, count in counts:
        if before + count > window.start and before < window.stop:
            start = start if chosen else before
            chosen.append(unit)
        before += count
    return list(official_order(cadres.filter(home_unit__in=chosen))[window.start - start : window.stop - start])


def official_order(cadres: QuerySet[Cadre]) -> QuerySet[Cadre]:
    return cadres.select_related("home_unit").order_by("home_unit__path", "unit_order", "sort_name", "pk")


EVERYTHING = frozenset({"posts", "ranks", "educations", "grades", "verifications"})


def rows_of(cadres: Sequence[Cadre], on: date, needs: frozenset[str] = EVERYTHING) -> list[Row]:
    """The records of the columns for some cadres: a query for each kind needed, however many they are."""
    keys = [cadre.pk for cadre in cadres]
    found = {kind: _grouped(load(keys, on)) for kind, load in _LOADERS.items() if kind in needs}
    rows = [_row(cadre, on, found) for cadre in cadres]
    return _with_stated_posts(rows) if "posts" in needs else rows


def _row(cadre: Cadre, on: date, found: Mapping[str, Mapping[UUID, Any]]) -> Row:
    records: dict[str, Any] = {kind: groups.get(cadre.pk, ()) for kind, groups in found.items()}
    return Row(cadre, on, **records)


def _with_stated_posts(rows: list[Row]) -> list[Row]:
    """What an imported form says, for those of whom no present post is recorded."""
    lacking = [row.cadre.pk for row in rows if not row.current_posts]
    stated = _stated_posts(lacking) if lacking else {}
    return [replace(row, stated_post=stated.get(row.cadre.pk, "")) for row in rows]


def _late_grades(keys: Sequence[UUID], on: date) -> QuerySet[AnnualGrade]:
    return records_of(AnnualGrade, keys).filter(year__gte=on.year - 3, year__lt=on.year)


def _stated_posts(keys: Sequence[UUID]) -> dict[UUID, str]:
    forms = records_of(StatedForm, keys)
    return {form.cadre_id: str(form.content.get("current_post", "")) for form in forms}


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.cadre_id, []).append(row)
    return groups


_LOADERS: Mapping[str, Callable[[Sequence[UUID], date], Iterable[Any]]] = {
    "posts": lambda keys, _on: records_of(PostHolding, keys),
    "ranks": lambda keys, _on: records_of(RankHolding, keys),
    "educations": lambda keys, _on: records_of(Education, keys),
    "grades": _late_grades,
    "verifications": lambda keys, _on: verifications_of(keys),
}
