"""The units of the city, in the order of the official list: tree, positions, quotas, history."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from quanheng.demo import templates
from quanheng.demo.chance import KeyMaker, dice, pick
from quanheng.demo.facts import PositionFact, ReorganizationFact, UnitFact, VersionFact
from quanheng.demo.places import CITY, COUNTIES, County, extra_counties
from quanheng.demo.templates import Body, CountyPlan, Seat
from quanheng.organization.choices import (
    GroupRole,
    LeadingGroupKind,
    ReorganizationKind,
    UnitCategory,
    UnitKind,
    UnitLevel,
)

FOUNDED = date(1983, 10, 1)
REFORM = date(2019, 3, 1)
NEWEST = date(2026, 9, 1)
UNITS_UP_TO = 20_000  # cadres that the 120 units hold; larger cities have a county more for each 2,500
PER_EXTRA_COUNTY = 2_500
CITY_NAME = f"{CITY}市"


@dataclass(frozen=True, slots=True)
class Organization:
    units: tuple[UnitFact, ...]
    reorganizations: tuple[ReorganizationFact, ...]
    weights: dict[str, float]  # by code: share of the people who are not leaders


@dataclass
class _Builder:
    seed: int
    units: list[UnitFact] = field(default_factory=list)
    acts: list[ReorganizationFact] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    children: dict[str, int] = field(default_factory=dict)
    position_count: int = 0

    def __post_init__(self) -> None:
        self.unit_keys = KeyMaker(self.seed, "unit")
        self.position_keys = KeyMaker(self.seed, "position")
        self.act_keys = KeyMaker(self.seed, "reorganization")
        self.group_keys = KeyMaker(self.seed, "leading-group")

    def place(self, parent: str) -> str:
        """The code of the next child: its number among the siblings, under the parent's code."""
        self.children[parent] = number = self.children.get(parent, 0) + 1
        return f"{parent}.{number:03d}" if parent else f"{number:03d}"

    def act(self, unit: UnitFact, kind: ReorganizationKind, on: date, reason: str) -> ReorganizationFact:
        number = len(self.acts) + 1
        document = f"霁编办〔{on.year}〕{number}号"
        fact = ReorganizationFact(
            key=self.act_keys.key(number), unit=unit.key, kind=kind, effective_on=on, document=document, reason=reason
        )
        self.acts.append(fact)
        return fact

    def position(self, seat: Seat, order: int, quota: int) -> PositionFact:
        self.position_count += 1
        return PositionFact(
            key=self.position_keys.key(self.position_count),
            title=seat.title,
            tier=seat.tier,
            role=seat.role,
            is_leading=seat.is_leading,
            quota=quota,
            order=order,
        )


def build_units(seed: int, cadres: int) -> Organization:
    builder = _Builder(seed)
    root = _territory(builder, "", CITY_NAME, templates.CITY_SEATS, UnitLevel.DEPARTMENT, "000000")
    _city_organs(builder, root)
    for number, county in enumerate(_counties(cadres)):
        plan = templates.COUNTY_PLANS.get(county.name, templates.FULL_COUNTY)
        _county(builder, root, county, plan, f"00{number + 1:04d}")
    return Organization(_with_successors(builder.units), tuple(builder.acts), builder.weights)


def _counties(cadres: int) -> tuple[County, ...]:
    more = max(0, math.ceil((cadres - UNITS_UP_TO) / PER_EXTRA_COUNTY))
    return COUNTIES + extra_counties(more)


def _city_organs(builder: _Builder, root: str) -> None:
    organs = _grouping(builder, root, "市直机关", "", "000000")
    for body in templates.CITY_BODIES:
        _body(builder, organs, body, CITY_NAME, "市", "", "000000")


def _county(builder: _Builder, root: str, county: County, plan: CountyPlan, region: str) -> None:
    seats = templates.territory_seats(county.suffix)
    area = _territory(builder, root, county.full_name, seats, UnitLevel.COUNTY, region)
    for name, bodies in plan.groups.items():
        group = _grouping(builder, area, county.suffix + name, area, region)
        for body in bodies:
            _body(builder, group, body, county.full_name, county.suffix, area, region)
    towns = _grouping(builder, area, "乡镇街道", area, region)
    for town in county.townships[: plan.townships]:
        _township(builder, towns, town, county.full_name, area, region)


def _grouping(builder: _Builder, parent: str, name: str, area: str, region: str) -> str:
    unit = _unit(builder, parent, name, area=area, region=region, kind=UnitKind.GROUPING)
    builder.units.append(replace(unit, level=UnitLevel.NONE, group_key=None))
    return unit.code


def _territory(
    builder: _Builder, parent: str, name: str, seats: tuple[Seat, ...], level: UnitLevel, region: str
) -> str:
    unit = _unit(builder, parent, name, region=region, level=level)
    area = unit.code if parent else ""
    _add(builder, replace(unit, area=area, group_kind=LeadingGroupKind.PARTY_COMMITTEE), seats, 0.0)
    return unit.code


def _township(builder: _Builder, parent: str, town: str, county: str, area: str, region: str) -> None:
    unit = _unit(builder, parent, county + town, town, area, region, UnitLevel.TOWNSHIP, UnitCategory.TOWNSHIP)
    group_kind = LeadingGroupKind.PARTY_COMMITTEE
    _add(builder, replace(unit, group_kind=group_kind), _named_heads(town), 1.0)


def _named_heads(town: str) -> tuple[Seat, ...]:
    """镇长 or 乡长: the head is called after the kind of the place."""
    if town.endswith("街道"):
        return templates.township_seats(is_street=True)
    return tuple(
        replace(seat, title=seat.title[:-1] + f"{town[-1]}长") if seat.title.endswith(("、长", "副长")) else seat
        for seat in templates.township_seats(is_street=False)
    )


def _body(builder: _Builder, parent: str, body: Body, place: str, kind: str, area: str, region: str) -> None:
    name = _full_name(body.name, place, kind)
    level = UnitLevel.TOWNSHIP if area else UnitLevel.COUNTY
    unit = _unit(builder, parent, name, name.removeprefix(place), area, region, level, body.category)
    unit = _with_history(builder, unit, body, place, kind)
    seats = templates.county_seats(body) if area else templates.city_seats(body)
    if unit.abolished_on:
        builder.units.append(replace(unit, group_key=None))
        return
    _add(builder, unit, seats, body.weight * (0.55 if area else 1.0))


def _full_name(name: str, place: str, kind: str) -> str:
    """市委组织部 takes the place without its kind: 中共霁州市委组织部; a mass organization may name it inside."""
    if "{area}" in name:
        return name.format(area=place)
    if name.startswith("委"):
        return f"中共{place}{name}"
    return f"{place}{name}"


def _unit(
    builder: _Builder,
    parent: str,
    name: str,
    short: str = "",
    area: str = "",
    region: str = "",
    level: UnitLevel = UnitLevel.NONE,
    category: UnitCategory = UnitCategory.TERRITORY,
    kind: UnitKind = UnitKind.LEGAL_PERSON,
) -> UnitFact:
    code, number = builder.place(parent), len(builder.units) + 1
    return UnitFact(
        key=builder.unit_keys.key(number),
        code=code,
        path="".join(f"{int(part):04d}." for part in code.split(".")),
        parent=parent,
        short_name=short,
        area=area,
        region=region,
        level=level,
        category=category,
        kind=kind,
        versions=(VersionFact(name=name, valid_from=FOUNDED),),
        group_key=builder.group_keys.key(number),
        group_kind=LeadingGroupKind.WHOLE,
        positions=(),
        principal_quota=None,
        deputy_quota=None,
        internal_quota=None,
        administrative=None,
        institution=None,
        founded_on=FOUNDED,
    )


def _with_history(builder: _Builder, unit: UnitFact, body: Body, place: str, kind: str) -> UnitFact:
    """The reform of March 2019 renamed some and merged one; one was set up this autumn."""
    if body.earlier_name:
        before = _full_name(body.earlier_name, place, kind)
        act = builder.act(unit, ReorganizationKind.RENAMED, REFORM, f"机构改革，{before}更名为{unit.name}")
        versions = (
            VersionFact(name=before, valid_from=FOUNDED, valid_to=REFORM, ended_by=act.key),
            VersionFact(name=unit.name, valid_from=REFORM, reorganization=act.key),
        )
        return replace(unit, versions=versions)
    if body.merged_into:
        target = _full_name(body.merged_into, place, kind)
        act = builder.act(unit, ReorganizationKind.MERGED, REFORM, f"机构改革，{unit.name}职责并入{target}")
        last = replace(unit.versions[0], valid_to=REFORM, successor=target, ended_by=act.key)
        return replace(unit, versions=(last,), abolished_on=REFORM)
    if body.is_new:
        act = builder.act(unit, ReorganizationKind.ESTABLISHED, NEWEST, f"设立{unit.name}")
        version = VersionFact(name=unit.name, valid_from=NEWEST, reorganization=act.key)
        return replace(unit, versions=(version,), founded_on=NEWEST)
    return unit


def _add(builder: _Builder, unit: UnitFact, seats: tuple[Seat, ...], weight: float) -> None:
    chance = dice(builder.seed, "quota", unit.code)
    quotas = [_quota(chance, seat) for seat in seats]
    pairs = zip(seats, quotas, strict=True)
    positions = tuple(builder.position(seat, order, quota) for order, (seat, quota) in enumerate(pairs, 1))
    builder.units.append(_counted(replace(unit, positions=positions), seats, chance))
    builder.weights[unit.code] = 0.0 if unit.founded_on == NEWEST else weight


def _quota(chance: random.Random, seat: Seat) -> int:
    """The authorised number: as the template has it, one deputy less here and there."""
    return seat.quota - 1 if seat.role == GroupRole.DEPUTY and seat.quota > 2 and chance.random() < 0.3 else seat.quota


def _counted(unit: UnitFact, seats: tuple[Seat, ...], chance: random.Random) -> UnitFact:
    def total(*roles: GroupRole | None) -> int:
        return sum(one.quota for one in unit.positions if one.role in roles and one.is_leading)

    staff = pick(chance, (18, 22, 26, 32, 40))
    is_institution = unit.category == UnitCategory.INSTITUTION
    return replace(
        unit,
        principal_quota=total(GroupRole.PRINCIPAL),
        deputy_quota=total(GroupRole.DEPUTY),  # other members of the group are counted apart
        internal_quota=total(None),
        administrative=0 if is_institution else staff,
        institution=staff if is_institution else 0,
    )


def _with_successors(units: list[UnitFact]) -> tuple[UnitFact, ...]:
    """A successor is named while the units are made; its code is known only now."""
    codes = {unit.name: unit.code for unit in units}
    return tuple(replace(unit, versions=tuple(_coded(unit, codes))) for unit in units)


def _coded(unit: UnitFact, codes: dict[str, str]) -> Iterator[VersionFact]:
    return (replace(version, successor=codes.get(version.successor, "")) for version in unit.versions)
