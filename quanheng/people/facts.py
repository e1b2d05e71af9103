"""What follows from the records of a dossier on a date: computed each time, never stored.

Each function takes a `Dossier` and gives a `Derived`: the value, the records used and not used with
the reason as a code, and what is missing. The pages word it; the rulebook will read the same.
Months are completed months; a value that rests on incomplete evidence is `at_least`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from quanheng.formats import codes
from quanheng.kernel.period import contains, whole_months
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import EducationKind, HoldingKind, ResumeSetting
from quanheng.people.models import AnnualGrade, Cadre, Education, PostHolding, RankHolding, ResumeEntry


class FactKind(StrEnum):
    AGE = "age"
    TIER = "tier"
    RANK = "rank"
    WORK_YEARS = "work_years"
    GRASSROOTS = "grassroots"
    PARTY = "party"
    EDUCATION = "education"
    GRADES = "grades"
    TENURE = "tenure"


class Records(Protocol):
    """What the facts read: a Dossier, or the few records of a list row."""

    @property
    def cadre(self) -> Cadre: ...
    @property
    def on(self) -> date: ...
    @property
    def resume(self) -> Sequence[ResumeEntry]: ...
    @property
    def posts(self) -> Sequence[PostHolding]: ...
    @property
    def ranks(self) -> Sequence[RankHolding]: ...
    @property
    def educations(self) -> Sequence[Education]: ...
    @property
    def grades(self) -> Sequence[AnnualGrade]: ...


@dataclass(frozen=True, slots=True)
class Used:
    """One record in the argument: counted or not, why (a code), and how many months it gave."""

    record: object
    is_counted: bool
    why: str = ""
    months: int | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    kind: FactKind
    on: date
    value: object = None  # None: not known
    since: date | None = None
    months: int | None = None
    at_least: bool = False
    used: tuple[Used, ...] = ()
    missing: tuple[str, ...] = ()


def age(records: Records) -> Derived:
    """Completed months since the birth month; the value is completed years, by month."""
    born = records.cadre.birth_month
    if born is None:
        return Derived(FactKind.AGE, records.on, missing=("birth",))
    months = whole_months(born, records.on)
    return Derived(FactKind.AGE, records.on, value=months // 12, since=born, months=months)


def work_years(records: Records) -> Derived:
    started = records.cadre.work_start_month
    if started is None:
        return Derived(FactKind.WORK_YEARS, records.on, missing=("work_start",))
    months = whole_months(started, records.on)
    return Derived(FactKind.WORK_YEARS, records.on, value=months // 12, since=started, months=months)


def party(records: Records) -> Derived:
    cadre = records.cadre
    if not cadre.political_affiliation:
        return Derived(FactKind.PARTY, records.on, missing=("party_joining",))
    return Derived(FactKind.PARTY, records.on, value=cadre.political_affiliation, since=cadre.party_joined_month)


def education(records: Records) -> Derived:
    """The highest level and degree reached by the date; full-time before on-the-job at the same level."""
    reached = [item for item in records.educations if item.valid_to is None or item.valid_to <= records.on]
    known = [item for item in reached if level_index(item.level_code) is not None]
    unreadable = len(known) < len(reached)
    if not known:
        return Derived(FactKind.EDUCATION, records.on, missing=("education",))
    best = min(known, key=_education_order)
    used = tuple(
        Used(item, item is best, "" if item is best else _why_not_highest(item, reached)) for item in records.educations
    )
    return Derived(FactKind.EDUCATION, records.on, value=best, since=best.valid_to, at_least=unreadable, used=used)


def _education_order(item: Education) -> tuple[int, bool, bool]:
    level = level_index(item.level_code)
    assert level is not None  # only known levels are compared
    return level, item.kind != EducationKind.FULL_TIME, not item.degree_code


def _why_not_highest(item: Education, reached: Sequence[Education]) -> str:
    if item not in reached:
        return "not-yet-graduated"
    return "level-unknown" if level_index(item.level_code) is None else "lower-level"


_LEVELS = ("1", "2", "31", "32", "33", "34", "35", "36", "37", "38", "39")  # ZB64, highest first


def level_index(code: str) -> int | None:
    """Place of an education level code in ZB64's order, 0 the highest; None for an unknown code."""
    if code not in codes.table("education_levels").names:
        return None
    return next((index for index, prefix in enumerate(_LEVELS) if code.startswith(prefix)), 2)


def tier(records: Records) -> Derived:
    """The highest tier held on the date and since when it has been held without a break."""
    held = [post for post in records.posts if contains(post.valid_from, post.valid_to, records.on) and _own_tier(post)]
    if not held:
        return Derived(FactKind.TIER, records.on, missing=("post",))
    best = min(held, key=lambda post: TIER_ORDER[post.tier])
    return _held_since(FactKind.TIER, records.on, PostTier(best.tier), records.posts, _own_tier)


def _own_tier(post: PostHolding) -> str:
    """A secondment (挂职) is a post of another unit for a while: it gives no tier."""
    return "" if post.kind == HoldingKind.SECONDMENT else post.tier


def rank(records: Records) -> Derived:
    held = [item for item in records.ranks if contains(item.valid_from, item.valid_to, records.on)]
    if not held:
        return Derived(FactKind.RANK, records.on, missing=("rank",))
    best = min(held, key=lambda item: RANK_ORDER[item.rank])
    return _held_since(FactKind.RANK, records.on, Rank(best.rank), records.ranks, lambda item: item.rank)


TIER_ORDER: Mapping[str, int] = {tier.value: index for index, tier in enumerate(PostTier)}
RANK_ORDER: Mapping[str, int] = {rank.value: index for index, rank in enumerate(Rank)}


def _held_since(
    kind: FactKind,
    on: date,
    value: PostTier | Rank,
    holdings: Sequence[PostHolding] | Sequence[RankHolding],
    level: Callable[..., str],
) -> Derived:
    """Walk back from the date through holdings of the same level that touch each other."""
    since = on
    counted: list[object] = []
    same = sorted((item for item in holdings if level(item) == value.value), key=lambda item: item.valid_from)
    for item in reversed(same):
        if item.valid_from <= on and (item.valid_to is None or item.valid_to >= since):
            since = min(since, item.valid_from)
            counted.append(item)
    used = tuple(
        Used(item, item in counted, "" if item in counted else _why_not_held(item, level, value.value, on))
        for item in holdings
    )
    return Derived(kind, on, value=value, since=since, months=whole_months(since, on), used=used)


def _why_not_held(item: PostHolding | RankHolding, level: Callable[..., str], value: str, on: date) -> str:
    if isinstance(item, PostHolding) and item.kind == HoldingKind.SECONDMENT:
        return "on-secondment"
    if level(item) != value:
        return "other-level"
    return "begins-later" if item.valid_from > on else "broken-off"


def tenure(records: Records) -> Derived:
    """Time in the present primary post."""
    held = [post for post in records.posts if contains(post.valid_from, post.valid_to, records.on)]
    primary = next((post for post in held if post.is_primary), None)
    if primary is None:
        return Derived(FactKind.TENURE, records.on, missing=("post",))
    months = whole_months(primary.valid_from, records.on)
    used = (Used(primary, True, months=months),)
    return Derived(FactKind.TENURE, records.on, value=primary, since=primary.valid_from, months=months, used=used)


def grassroots(records: Records) -> Derived:
    """Months in stretches marked 基层. A stretch nobody has marked may be more: then it is `at_least`."""
    used, unmarked, counted = [], False, _grassroots_months(records)
    for entry in records.resume:
        months = counted.get(entry.pk, _months_in(entry, records.on))
        unmarked = unmarked or (entry.setting == ResumeSetting.UNKNOWN and entry.inside_id is None and bool(months))
        is_counted = entry.pk in counted
        used.append(Used(entry, is_counted, "" if is_counted else _why_not_grassroots(entry), months))
    total = sum(counted.values())
    if not records.resume:
        return Derived(FactKind.GRASSROOTS, records.on, missing=("resume",))
    missing = ("resume_setting",) if unmarked else ()
    return Derived(
        FactKind.GRASSROOTS,
        records.on,
        value=total // 12,
        months=total,
        at_least=unmarked,
        used=tuple(used),
        missing=missing,
    )


def _grassroots_months(records: Records) -> dict[UUID, int]:
    """What each stretch gives, the earlier first: months in which two stretches overlap count once."""
    counted: dict[UUID, int] = {}
    until = date.min
    for entry in sorted(records.resume, key=lambda entry: entry.valid_from or date.max):
        is_inner = entry.inside_id is not None
        if is_inner or entry.setting != ResumeSetting.GRASSROOTS or _months_in(entry, records.on) is None:
            continue
        assert entry.valid_from is not None  # or there were no months
        start, end = max(entry.valid_from, until), min(entry.valid_to or records.on, records.on)
        counted[entry.pk] = max(0, whole_months(start, end))
        until = max(until, end)
    return counted


def _months_in(entry: ResumeEntry, on: date) -> int | None:
    if entry.valid_from is None or entry.valid_from > on:
        return None
    return whole_months(entry.valid_from, min(entry.valid_to or on, on))


def _why_not_grassroots(entry: ResumeEntry) -> str:
    if entry.inside_id is not None:
        return "inside-another"
    if entry.valid_from is None:
        return "no-period"
    return "unmarked" if entry.setting == ResumeSetting.UNKNOWN else "other-setting"


def grades(records: Records) -> Derived:
    """The grades of the last three years that are complete on the date, newest first; None where no record is."""
    newest = records.on.year - 1
    years = (newest, newest - 1, newest - 2)
    by_year = {item.year: item for item in records.grades}
    value = tuple((year, by_year[year].grade if year in by_year else None) for year in years)
    used = tuple(Used(by_year[year], True) for year in years if year in by_year)
    missing = tuple(f"grade-{year}" for year in years if year not in by_year)
    return Derived(FactKind.GRADES, records.on, value=value, used=used, missing=missing)


FACTS: Mapping[FactKind, Callable[[Records], Derived]] = {
    FactKind.AGE: age,
    FactKind.TIER: tier,
    FactKind.TENURE: tenure,
    FactKind.RANK: rank,
    FactKind.WORK_YEARS: work_years,
    FactKind.GRASSROOTS: grassroots,
    FactKind.PARTY: party,
    FactKind.EDUCATION: education,
    FactKind.GRADES: grades,
}
